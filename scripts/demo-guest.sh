#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The demonstration, inside the virtual machine; vm.sh has loaded the module.
# Two machines, each a network namespace with one end of a cable:
#
#   +---------- client ----------+          +---------- server ----------+
#   |                 10.9.0.2/24 veth ---- veth 10.9.0.1/24             |
#   +----------------------------+          +----------------------------+
#
# First nginx runs on mytcp and curl on the kernel's TCP, then the reverse.

set -euo pipefail

title()
{
	printf '\n\033[1m--- %s\033[0m\n' "$*"
}

in_server()
{
	ip netns exec server "$@"
}

in_client()
{
	ip netns exec client "$@"
}

network()
{
	ip netns add server
	ip netns add client
	ip link add eth0 netns client type veth peer name eth0 netns server
	in_server ip address add 10.9.0.1/24 dev eth0
	in_client ip address add 10.9.0.2/24 dev eth0
	in_server ip link set eth0 up
	in_client ip link set eth0 up
}

# An ordinary configuration; only its paths are in this folder
nginx_files()
{
	mkdir -p /tmp/demo/www
	echo hello >/tmp/demo/www/index.html
	head -c 10000000 /dev/urandom >/tmp/demo/www/file
	cat >/tmp/demo/nginx.conf <<-'END'
	user root;
	pid /tmp/demo/nginx.pid;
	error_log stderr;
	events { }
	http {
		access_log off;
		sendfile on;
		client_body_temp_path /tmp/demo/body;
		proxy_temp_path /tmp/demo/proxy;
		fastcgi_temp_path /tmp/demo/fastcgi;
		uwsgi_temp_path /tmp/demo/uwsgi;
		scgi_temp_path /tmp/demo/scgi;
		server { listen 80; root /tmp/demo/www; }
	}
	END
}

# start_nginx [WRAPPER...]: and wait until it serves
start_nginx()
{
	in_server "$@" nginx -p /tmp/demo -e stderr -c /tmp/demo/nginx.conf
	for _ in $(seq 50); do
		! in_client curl -s -o /dev/null http://10.9.0.1/ || return 0
		sleep 0.1
	done
	echo "nginx does not answer" >&2
	return 1
}

stop_nginx()
{
	kill -QUIT "$(cat /tmp/demo/nginx.pid)"
	while [ -e /tmp/demo/nginx.pid ]; do
		sleep 0.1
	done
}

# fetch [WRAPPER...]: the file, compared by its SHA-256
fetch()
{
	local want got

	in_client "$@" curl -s -o /tmp/demo/got \
		-w '%{size_download} bytes in %{time_total} s\n' \
		http://10.9.0.1/file
	want=$(sha256sum </tmp/demo/www/file)
	got=$(sha256sum </tmp/demo/got)
	echo "served  SHA-256 ${want%% *}"
	echo "fetched SHA-256 ${got%% *}"
	[ "$want" = "$got" ] || { echo "THEY DIFFER"; return 1; }
}

# socket_table NAMESPACE: /proc/net/mytcp in netstat's columns
socket_table()
{
	ip netns exec "$1" cat /proc/net/mytcp | awk '
	function hex(s,   i, n) {
		n = 0
		for (i = 1; i <= length(s); i++)
			n = n * 16 + index("0123456789ABCDEF", substr(s, i, 1)) - 1
		return n
	}
	function name(s,   a) {
		split(s, a, ":")
		return hex(substr(a[1], 7, 2)) "." hex(substr(a[1], 5, 2)) "." \
			hex(substr(a[1], 3, 2)) "." hex(substr(a[1], 1, 2)) ":" \
			(a[2] == "0000" ? "*" : hex(a[2]))
	}
	BEGIN {
		split("ESTABLISHED SYN_SENT SYN_RECV FIN_WAIT1 FIN_WAIT2 " \
			"TIME_WAIT CLOSE CLOSE_WAIT LAST_ACK LISTEN CLOSING " \
			"SYN_RECV", state)
		form = "%-6s %6s %6s %-22s %-22s %s\n"
		printf form, "Proto", "Recv-Q", "Send-Q", "Local Address",
			"Foreign Address", "State"
	}
	NR > 1 {
		split($5, queue, ":")
		printf form, "mytcp", hex(queue[2]), hex(queue[1]), name($2),
			name($3), state[hex($4)]
	}'
}

capture()
{
	in_client tcpdump -i eth0 -n -U --immediate-mode -w /tmp/demo/close.pcap \
		tcp 2>/tmp/demo/tcpdump.log &
	while ! grep -q listening /tmp/demo/tcpdump.log 2>/dev/null; do
		sleep 0.1
	done
}

# The segments from the first FIN on
show_close()
{
	sleep 0.5
	kill "$(pidof tcpdump)"
	wait
	tcpdump -n -r /tmp/demo/close.pcap 2>/dev/null |
		awk '/Flags \[F/ { seen = 1 }
		     seen { sub(/, options.*\]/, ""); print }'
}

# One short connection whose ends close one after the other, so that each FIN
# and each ACK is a segment of its own: the client closes first, the server when
# it hears the end of its input, once the client is in FIN_WAIT2.
half_close()
{
	local client

	mkfifo /tmp/demo/input
	in_server nc -l -N 7000 </tmp/demo/input &
	exec 9>/tmp/demo/input
	until [[ $(in_server ss -Hltn) = *:7000* ]]; do
		sleep 0.1
	done
	in_client "$@" nc -N 10.9.0.1 7000 </dev/null 9>&- &
	client=$!
	for _ in $(seq 50); do
		[[ $(socket_table client) != *FIN_WAIT2* ]] || break
		sleep 0.1
	done
	exec 9>&-
	wait $client
}

counters()
{
	ip netns exec "$1" grep -H . -r /sys/kernel/mytcp/counters |
		sed 's|.*/||' | grep -v ':0$' | sort | paste -sd ' ' | fold -s -w 78
}

title "$(uname -sr), mytcp $(cat /sys/kernel/mytcp/version) loaded as family $(cat /sys/kernel/mytcp/family)"
network
nginx_files

title "mytcp_run nginx, fetched by curl over the kernel's TCP"
start_nginx mytcp_run
fetch
# Not by in_client: the number in $! must be curl's own
ip netns exec client curl -sS -o /dev/null --limit-rate 500k \
	http://10.9.0.1/file &
table=
# On a busy machine curl may need a while to begin
for _ in $(seq 100); do
	table=$(socket_table server)
	[[ $table != *ESTABLISHED* ]] || break
	sleep 0.2
done
title "the server's mytcp sockets during another transfer"
echo "$table"
[[ $table = *ESTABLISHED* ]] ||
	{ echo "the transfer is not in the table" >&2; exit 1; }
kill $!
wait $! || true
stop_nginx

title "nginx over the kernel's TCP, fetched by mytcp_run curl"
start_nginx
fetch mytcp_run
stop_nginx

title "mytcp_run nc to nc: how the connection is closed"
capture
half_close mytcp_run
show_close
title "and what stays behind for a minute: TIME_WAIT"
socket_table client

title "the counters that moved: server"
counters server
title "client"
counters client
