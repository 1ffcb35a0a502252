#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Unmodified programs on mytcp, against the kernel's TCP in both roles and
# against mytcp itself, on both wires.  Runs in a guest with the module loaded
# and prints TAP.  Every transfer is compared by SHA-256.
#
#   +-------- server ---------+            +-------- client ---------+
#   |          10.71.0.1/24  eth0 ------- eth0  10.71.0.2/24         |
#   +-------------------------+            +-------------------------+
#
# FILTER=REGEX selects tests.

cd "$(dirname "$0")" || exit 1
# shellcheck source=selftests/lib.sh
. ../lib.sh

SERVER=10.71.0.1
ROOT=$SUITE_TMP/root
BIG=10000000

# The file that is served; the same one in every test
files()
{
	mkdir -p "$ROOT"
	random_file "$ROOT/big" $BIG
	# Emulated processors are slow at encryption
	random_file "$ROOT/medium" 2000000
	random_file "$ROOT/small" 100000
	chmod -R a+rX "$SUITE_TMP" "$ROOT"
}

# serve STACK PORT CMD ARGS...: start a server in the background, wait for it
serve()
{
	local stack=$1 port=$2

	on "$stack"
	shift 2
	ns server "${ON[@]}" "$@" >"$WORK/server.log" 2>&1 &
	listens server "$port" "$stack" || { cat "$WORK/server.log"; return 1; }
}

# client STACK CMD ARGS...: run a client, for two minutes at most
client()
{
	on "$1"
	shift
	ns client timeout 120 "${ON[@]}" "$@"
}

nginx_serves()
{
	sed 's/^\t//' >"$WORK/nginx.conf" <<-END
	user root;
	daemon off;
	pid $WORK/nginx.pid;
	error_log stderr;
	events { worker_connections 512; }
	http {
		access_log off;
		sendfile $2;
		client_body_temp_path $WORK/body;
		proxy_temp_path $WORK/proxy;
		fastcgi_temp_path $WORK/fastcgi;
		uwsgi_temp_path $WORK/uwsgi;
		scgi_temp_path $WORK/scgi;
		server { listen 80; root $ROOT; }
	}
	END
	serve "$1" 80 nginx -p "$WORK" -e stderr -c "$WORK/nginx.conf"
}

test_nginx()
{
	nginx_serves "$1" "$3"
	client "$2" curl -sS -o "$WORK/got" "http://$SERVER/big"
	same "$ROOT/big" "$WORK/got"
}

# One connection for several requests, then many connections at once
test_nginx_parallel()
{
	nginx_serves "$1" on
	client "$2" curl -sS --no-progress-meter -Z --parallel-max 100 \
		--parallel-immediate -o "$WORK/got#1" "http://$SERVER/small?[1-100]"
	copies 100 "$ROOT/small" "$WORK"/got*
}

test_http_server()
{
	serve "$1" 8000 python3 -m http.server -d "$ROOT" 8000
	client "$2" python3 -c '
import sys, urllib.request
with urllib.request.urlopen(sys.argv[1], timeout=60) as answer, \
     open(sys.argv[2], "wb") as out:
    while data := answer.read(100000):
        out.write(data)
' "http://$SERVER:8000/big" "$WORK/got"
	same "$ROOT/big" "$WORK/got"
}

test_asyncio()
{
	serve "$1" 7000 ./streams.py serve $SERVER 7000
	client "$2" ./streams.py call $SERVER 7000 "$3" "$4"
}

# Both ends send and receive at the same time.  Only the listener closes when it
# has sent (-N): it would not send its own rest to a client that closed before.
test_nc()
{
	random_file "$WORK/other" $BIG
	on "$1"
	ns server "${ON[@]}" nc -l -N 7001 <"$ROOT/big" >"$WORK/at-server" &
	listens server 7001 "$1"
	client "$2" nc $SERVER 7001 <"$WORK/other" >"$WORK/at-client"
	wait $!
	same "$ROOT/big" "$WORK/at-client"
	same "$WORK/other" "$WORK/at-server"
}

# iperf3_streams SERVER CLIENT STREAMS [OPTION]: each of them moves bytes, and no
# more arrives than was sent.  In small blocks: iperf3 serves its streams in turn
iperf3_streams()
{
	serve "$1" 5201 iperf3 -4 -s -1
	client "$2" iperf3 -c $SERVER -t 3 -l 16K -P "$3" ${4:+"$4"} -J >"$WORK/json" ||
		{ cat "$WORK/json"; return 1; }
	python3 - "$WORK/json" "$3" <<-'END'
	import json, sys
	end = json.load(open(sys.argv[1]))["end"]
	bad = 0
	for s in end["streams"]:
	    sent, got = s["sender"]["bytes"], s["receiver"]["bytes"]
	    if not 0 < got <= sent:
	        print("sent", sent, "received", got)
	        bad += 1
	sys.exit(bad > 0 or len(end["streams"]) != int(sys.argv[2]))
	END
}

# Keys for nobody, made for this run
ssh_files()
{
	mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$WORK/host"
	ssh-keygen -q -t ed25519 -N '' -f "$WORK/key"
	cp "$WORK/key.pub" "$WORK/authorized"
	# A locked account is refused whatever its key
	if ! mountpoint -q /etc/shadow; then
		sed 's/^root:[^:]*:/root:*:/' /etc/shadow >"$SUITE_TMP/shadow"
		mount --bind "$SUITE_TMP/shadow" /etc/shadow
	fi
	cat >"$WORK/sshd_config" <<-END
	Port 2222
	ListenAddress $SERVER
	HostKey $WORK/host
	AuthorizedKeysFile $WORK/authorized
	PidFile none
	StrictModes no
	UsePAM no
	PermitRootLogin yes
	Subsystem sftp internal-sftp
	END
	cat >"$WORK/ssh_config" <<-END
	User root
	IdentityFile $WORK/key
	UserKnownHostsFile /dev/null
	StrictHostKeyChecking no
	BatchMode yes
	LogLevel ERROR
	END
}

test_ssh()
{
	ssh_files
	serve "$1" 2222 /usr/sbin/sshd -D -e -f "$WORK/sshd_config"
	client "$2" ssh -F "$WORK/ssh_config" -p 2222 $SERVER \
		"cat > $WORK/up; echo done" <"$ROOT/medium" >"$WORK/answer" ||
		{ cat "$WORK/server.log"; return 1; }
	equal "$(cat "$WORK/answer")" "done" "the remote command's output"
	same "$ROOT/medium" "$WORK/up"
	client "$2" scp -q -F "$WORK/ssh_config" -P 2222 \
		"$SERVER:$ROOT/medium" "$WORK/down"
	same "$ROOT/medium" "$WORK/down"
}

# The program must see its own world: AF_INET and TCP
test_disguise()
{
	client "$1" python3 -c '
import socket
s = socket.socket()
assert s.getsockopt(socket.SOL_SOCKET, socket.SO_DOMAIN) == socket.AF_INET
assert s.getsockopt(socket.SOL_SOCKET, socket.SO_PROTOCOL) == socket.IPPROTO_TCP
s.bind(("10.71.0.2", 0))
assert s.getsockname()[0] == "10.71.0.2" and s.getsockname()[1]
'
}

# Nothing of the kernel's own TCP may have carried these tests
uses_mytcp()
{
	nginx_serves mytcp on
	equal "$(rows server 0A 80)" 1 "listeners on mytcp"
	fails client kernel curl -s -m 5 "http://$SERVER:81/"
	client mytcp curl -sS -o /dev/null "http://$SERVER/small"
	wait_for 10 rows_are client 06 1 80 || wait_for 10 rows_are server 06 1 80
}

# What shows a pairing of stacks at once
programs_briefly()
{
	local name="$1 serves $2"

	check "$name: nginx to curl, sendfile" test_nginx "$@" on
	check "$name: asyncio, 100 streams" test_asyncio "$@" 100 50000
	check "$name: nc, both ways at once" test_nc "$@"
}

programs()
{
	local name="$1 serves $2"

	programs_briefly "$@"
	check "$name: nginx to curl, writev" test_nginx "$@" off
	check "$name: nginx to curl, 100 connections" test_nginx_parallel "$@"
	check "$name: Python's http.server to urllib" test_http_server "$@"
	check "$name: asyncio, 1 stream" test_asyncio "$@" 1 5000000
	[ -z "${MYTCP_FULL:-}" ] ||
		check "$name: asyncio, 10 streams" test_asyncio "$@" 10 500000
	check "$name: iperf3, 8 streams up" iperf3_streams "$@" 8
	check "$name: iperf3, 16 streams down" iperf3_streams "$@" 16 -R
	check "$name: ssh and scp" test_ssh "$@"
}

# Emulation is slow: every program in every pairing on every kernel is for make
# test-full
first=programs
others=programs
if [ -z "${MYTCP_FULL:-}" ]; then
	others=programs_briefly
	[[ $(uname -r) = 6.12.* ]] || first=programs_briefly
fi

files
add_ns server client
cable server eth0 $SERVER/24 client eth0 10.71.0.2/24
check "getsockname, SO_DOMAIN, SO_PROTOCOL are TCP's" test_disguise mytcp
check "mytcp's tables show the listener and the closed connection" uses_mytcp
$first mytcp kernel
$others kernel mytcp
$others mytcp mytcp
$others mytcp253 mytcp253
del_ns server client
if mountpoint -q /etc/shadow; then
	umount /etc/shadow
fi
done_testing
