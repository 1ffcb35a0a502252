#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# mytcp among the rest of the kernel's network: bad links, packet filters,
# connection tracking, address translation, IPsec policy, namespaces.  Runs in a
# guest with the module loaded and prints TAP.
#
#   +------ left ------+    +------------ router ------------+    +------ right -----+
#   |     10.72.1.2  eth0 -- left  10.72.1.1   10.72.2.1  right -- eth0  10.72.2.2   |
#   +------------------+    |  netem on both devices, NAT    |    +------------------+
#                           +--------------------------------+
#
# FILTER=REGEX selects tests.  BYTES is how much goes each way over a bad link:
# 20 MB under UML, where waiting costs nothing, and when MYTCP_FULL is set, which
# also adds the other roles, and mytcp on both ends, where fewer pairs show the rule.

cd "$(dirname "$0")" || exit 1
# shellcheck source=selftests/lib.sh
. ../lib.sh

LEFT=10.72.1.2
RIGHT=10.72.2.2
GATE=10.72.1.1

if [ -n "${BYTES:-}" ]; then
	:
elif on_uml || [ -n "${MYTCP_FULL:-}" ]; then
	BYTES=20000000
else
	BYTES=4000000
fi

# RIGHT-STACK,LEFT-STACK: who serves whom
LINK_PAIRS=("mytcp,kernel")
SEGMENT_PAIRS=("mytcp,kernel" "mytcp253,mytcp253")
FILTER_PAIRS=("mytcp,kernel" "kernel,mytcp")
MARK_PAIRS=("mytcp,kernel" "kernel,mytcp")
ECN_PAIRS=("mytcp,kernel")
SYNS=3000
if [ -n "${MYTCP_FULL:-}" ]; then
	LINK_PAIRS+=("kernel,mytcp" "mytcp,mytcp")
	SEGMENT_PAIRS+=("kernel,mytcp" "mytcp,mytcp")
	FILTER_PAIRS+=("mytcp,mytcp")
	MARK_PAIRS+=("mytcp,mytcp" "mytcp253,mytcp253")
	ECN_PAIRS+=("kernel,mytcp")
	SYNS=10000
fi

# ip netns del ends a namespace's own links, so every test can have a new set.  In
# batches: under UML a process takes longer to begin than all that it does here.
network()
{
	del_ns left router right
	ip -batch - <<-END
	netns add left
	netns add router
	netns add right
	link add eth0 netns left type veth peer name left netns router
	link add right netns router type veth peer name eth0 netns right
	END
	ip -n left -batch - <<-END
	link set lo up
	address add $LEFT/24 dev eth0
	link set eth0 up
	route add default via $GATE
	END
	ip -n router -batch - <<-END
	link set lo up
	address add $GATE/24 dev left
	link set left up
	address add 10.72.2.1/24 dev right
	link set right up
	END
	ip -n right -batch - <<-END
	link set lo up
	address add $RIGHT/24 dev eth0
	link set eth0 up
	route add default via 10.72.2.1
	END
	ns router sysctl -q net.ipv4.ip_forward=1
}

# rules NS: nftables rules of standard input
rules()
{
	nsenter --net="/run/netns/$1" nft -f -
}

# counted NS COUNTER: packets of a named counter in table inet t
counted()
{
	ns "$1" nft list counter inet t "$2" |
		sed -n 's/.*packets \([0-9]*\).*/\1/p'
}

# serve STACK [PORT]: one connection is sent standard input, in the background
serve()
{
	on "$1"
	# 0: bash would give a background job /dev/null
	ns right "${ON[@]}" nc -l -N "${2:-80}" <&0 >"$WORK/at-right" &
	server=$!
	listens right "${2:-80}" "$1"
}

# call STACK FILE ADDRESS PORT [LIMIT]: the other end of serve.  It closes after
# the server (no -N): nc -l would not send its own rest to one that closed before.
call()
{
	on "$1"
	ns left timeout "${5:-60}" "${ON[@]}" nc -w "${5:-60}" "$3" "$4" \
		<"$2" >"$WORK/at-left"
}

# exchange RIGHT-STACK LEFT-STACK [BYTES [ADDRESS PORT [LIMIT]]]: both ways at once
exchange()
{
	random_file "$WORK/a" "${3:-500000}"
	random_file "$WORK/b" "${3:-500000}"
	serve "$1" <"$WORK/a"
	call "$2" "$WORK/b" "${4:-$RIGHT}" "${5:-80}" "${6:-60}"
	wait "$server"
	same "$WORK/a" "$WORK/at-left"
	same "$WORK/b" "$WORK/at-right"
}

# netem ARGS...: on the router's way to each end
netem()
{
	local device

	for device in left right; do
		# Changed in place it would keep what it is not told
		tc -n router qdisc del dev $device root 2>/dev/null || :
		# Room for whatever a sender without pacing queues
		tc -n router qdisc add dev $device root netem limit 10000 "$@"
	done
}

# single_segments: to netem and filters a packet is what the ends send, up to 64 KiB.
# From here on each is a segment, as on a real link.
single_segments()
{
	local name

	for name in left right; do
		ip -n $name link set eth0 gso_max_segs 1
	done
}

# lost: packets that the router's netem has dropped
lost()
{
	tc -n router -s qdisc show |
		awk '/^qdisc/ { netem = $2 == "netem" }
			netem && /dropped/ { sub(/.*dropped /, ""); n += $0 }
			END { print n + 0 }'
}

# total COUNTER: of mytcp at both ends
total()
{
	echo $(($(counter left "$1") + $(counter right "$1")))
}

# bad_link RIGHT-STACK LEFT-STACK BYTES NETEM-ARGS...: the same bytes arrive, and
# the link was as bad as it was to be
bad_link()
{
	local a=$1 b=$2 bytes=$3 corrupt
	shift 3

	corrupt=$(total bad_checksum)
	netem "$@"
	exchange "$a" "$b" "$bytes" $RIGHT 80 3000
	tc -n router -s qdisc show
	if [[ $* == *loss* ]]; then
		between 1 "$(lost)" "$bytes" "lost packets"
	fi
	if [[ $* == *corrupt* ]]; then
		between 1 $(($(total bad_checksum) - corrupt)) "$bytes" \
			"bad checksums"
	fi
}

# bad_segments RIGHT-STACK LEFT-STACK: all at once, to single segments
bad_segments()
{
	single_segments
	bad_link "$1" "$2" $((BYTES / 10)) delay 10ms 5ms \
		loss 2% duplicate 5% corrupt 1% reorder 25%
}

# netstat NS NAME: a counter of the kernel's own
# shellcheck disable=SC2016 # awk's own
netstat()
{
	ns "$1" awk -v name="$2" '
		at { print $at; found = 1; exit }
		{ for (i = 1; i <= NF; i++) if ($i == name) at = i }
		END { if (!found) print "no " name }' /proc/net/netstat
}

# told_of_marks NS STACK: whether it has told its peer of marks is for its peer to
# say; here: marks came in, the peer has told of others, and the window was reduced
told_of_marks()
{
	between 1 "$(netstat "$1" InCEPkts)" 100000 "marked packets at $1"
	if [ "$2" = kernel ]; then
		between 1 "$(netstat "$1" TCPDeliveredCE)" 100000 \
			"marks that the peer of $1 told of"
		return
	fi
	equal "$(counter "$1" ce_segs)" "$(netstat "$1" InCEPkts)" \
		"marked segments at $1"
	between 1 "$(counter "$1" delivered_ce)" 100000 \
		"marks that the peer of $1 told of"
	between 1 "$(counter "$1" ecn_reductions)" "$(counter "$1" delivered_ce)" \
		"reductions at $1"
}

# ask_for_marks VALUE: of tcp_ecn at left.  SYNs are lost, not marked: the next one asks,
# too.  Of single segments three in a hundred are many.
ask_for_marks()
{
	single_segments
	ns left sysctl -q net.ipv4.tcp_ecn="$1" net.ipv4.tcp_ecn_fallback=0
}

# marks RIGHT-STACK LEFT-STACK: a network that marks what it would lose, where it may
marks()
{
	ask_for_marks 1
	netem delay 2ms loss 3% ecn
	exchange "$1" "$2" $((BYTES / 10)) $RIGHT 80 600
	told_of_marks right "$1"
	told_of_marks left "$2"
}

# queue_marks RIGHT-STACK LEFT-STACK: a bottleneck whose queue is kept short by marks;
# it has to be slower than the processor, too
queue_marks()
{
	local device rate=20mbit

	on_uml || rate=2mbit
	ask_for_marks 1
	for device in left right; do
		tc -n router qdisc replace dev $device root handle 1: \
			tbf rate $rate burst 20kb limit 2mb
		tc -n router qdisc add dev $device parent 1: \
			fq_codel target 2ms interval 20ms ecn
	done
	exchange "$1" "$2" $((BYTES / 10)) $RIGHT 80 600
	tc -n router -s qdisc show
	told_of_marks right "$1"
	told_of_marks left "$2"
}

# no_marks RIGHT-STACK LEFT-STACK: tcp_ecn 0 at the server, so nobody may be marked
no_marks()
{
	ask_for_marks 1
	ns right sysctl -q net.ipv4.tcp_ecn=0
	netem delay 2ms loss 3% ecn
	exchange "$1" "$2" $((BYTES / 10)) $RIGHT 80 600
	equal "$(netstat left InCEPkts)" 0 "marked packets at left"
	equal "$(netstat right InCEPkts)" 0 "marked packets at right"
	between 1 "$(lost)" 100000 "lost packets"
}

# A route may ask for ECN, and grant it, where the sysctl does not
route_marks()
{
	ask_for_marks 0
	ns right sysctl -q net.ipv4.tcp_ecn=0
	ip -n left route replace default via $GATE features ecn
	ip -n right route replace default via 10.72.2.1 features ecn
	netem delay 2ms loss 3% ecn
	exchange "$1" "$2" $((BYTES / 10)) $RIGHT 80 600
	told_of_marks right "$1"
	told_of_marks left "$2"
}

# The algorithm that mytcp's route names may need marks: then it asks for them, or grants
# them, where the sysctl does not
route_algorithm()
{
	if [ "$1" = kernel ]; then
		ask_for_marks 0
		ip -n left route replace default via $GATE congctl dctcp
	else
		ask_for_marks 1
		ns right sysctl -q net.ipv4.tcp_ecn=0
		ip -n right route replace default via 10.72.2.1 congctl dctcp
	fi
	netem delay 2ms loss 3% ecn
	exchange "$1" "$2" $((BYTES / 10)) $RIGHT 80 600
	between 1 "$(netstat left InCEPkts)" 100000 "marked packets at left"
	between 1 "$(netstat right InCEPkts)" 100000 "marked packets at right"
}

# A dropped packet is lost: the handshake waits, and goes on without the rule
filter_drop()
{
	local chain=$1 where=$2 stack=$3 client=$4

	rules "$where" <<-END
	table inet t {
		counter dropped { }
		chain c {
			type filter hook $chain priority 0;
			meta l4proto { tcp, 253 } counter name dropped drop
		}
	}
	END
	echo hello >"$WORK/hello"
	serve "$stack" <"$WORK/hello"
	on "$client"
	fails ns left timeout 3 "${ON[@]}" nc -w 2 $RIGHT 80 </dev/null
	between 1 "$(counted "$where" dropped)" 20 "dropped packets"
	ns "$where" nft delete table inet t
	call "$client" /dev/null $RIGHT 80
	same "$WORK/hello" "$WORK/at-left"
}

# error NS STACK ADDRESS PORT ERROR SECONDS: connect() fails so, and so soon
error()
{
	on "$2"
	ns "$1" timeout 60 "${ON[@]}" python3 -c '
import errno, socket, sys, time
start = time.monotonic()
error = socket.socket().connect_ex((sys.argv[1], int(sys.argv[2])))
took = time.monotonic() - start
print(errno.errorcode.get(error, error), took)
sys.exit(error != getattr(errno, sys.argv[3]) or took > float(sys.argv[4]))
' "$3" "$4" "$5" "$6"
}

# refused NS STACK ADDRESS PORT: by a reset, which acts at once
refused()
{
	error "$@" ECONNREFUSED 0.9
}

filter_reject()
{
	rules right <<-END
	table inet t {
		chain c {
			type filter hook input priority 0;
			tcp dport 80 reject $1
		}
	}
	END
	# An ICMP error that finds the socket in use by connect() does not count,
	# as with the kernel's TCP: the next one does
	error left mytcp $RIGHT 80 ECONNREFUSED 4
}

# A router that has no way to there: a soft error, RFC 9293 3.9.2.2.
# It is the reason given when the last retry (after 1 s, waiting for 2 s) fails.
unreachable()
{
	ip -n router route replace unreachable 10.72.3.0/24
	ns left sysctl -q net.ipv4.tcp_syn_retries=1
	error left "$1" 10.72.3.1 80 EHOSTUNREACH 4
}

# A firewall that lets only tracked connections pass, in front of each end, and
# holds every segment against connection tracking's own idea of TCP
stateful()
{
	local where

	for where in left right router; do
		rules $where <<-END
		table inet t {
			counter invalid { }
			chain c {
				ct state invalid counter name invalid drop
				ct state established accept
				ct state new tcp dport 80 accept
				tcp dport 0-65535 drop
			}
			chain in { type filter hook input priority 0; jump c; }
			chain out { type filter hook output priority 0; jump c; }
			chain forwarded { type filter hook forward priority 0; jump c; }
		}
		END
	done
}

tracked()
{
	ns "$1" cat /proc/net/nf_conntrack
}

filter_conntrack()
{
	local where

	stateful
	random_file "$WORK/a" 2000000
	random_file "$WORK/b" 2000000
	# The connection stays open until it has been looked at
	serve "$1" < <(cat "$WORK/a"; wait_for 60 test -e "$WORK/seen")
	call "$2" "$WORK/b" $RIGHT 80 &
	for where in left right router; do
		wait_for 10 eval "tracked $where | grep -q 'tcp .*ESTABLISHED.*dport=80 .*ASSURED'"
	done
	touch "$WORK/seen"
	wait "$!"
	wait "$server"
	same "$WORK/a" "$WORK/at-left"
	same "$WORK/b" "$WORK/at-right"
	for where in left right router; do
		wait_for 10 eval "tracked $where | grep -q 'tcp .*TIME_WAIT.*dport=80 '"
		equal "$(counted $where invalid)" 0 "invalid packets in $where"
	done
}

# A program is asked about every packet, and what it lets pass goes on in its
# context, not in a soft-irq's
filter_queue()
{
	local queue

	# Not by ns: $! is to be the process itself
	nsenter --net=/run/netns/right python3 queue.py 7 >"$WORK/queue" &
	queue=$!
	wait_for 20 grep -q ready "$WORK/queue"
	rules right <<-END
	table inet t {
		chain in {
			type filter hook input priority 0;
			meta l4proto { tcp, 253 } queue num 7
		}
		chain out {
			type filter hook output priority 0;
			meta l4proto { tcp, 253 } queue num 7
		}
	}
	END
	exchange "$1" "$2"
	refused left "$2" $RIGHT 81
	kill -TERM $queue
	wait $queue
	between 50 "$(tail -n 1 "$WORK/queue")" 10000 "packets let pass"
}

# The router hides left's address and gives right's port away as its own
nat_router()
{
	rules router <<-END
	table ip nat {
		chain in {
			type nat hook prerouting priority dstnat;
			tcp dport 8080 dnat to $RIGHT:80
		}
		chain out {
			type nat hook postrouting priority srcnat;
			oifname right masquerade
		}
	}
	END
	exchange "$1" "$2" 500000 $GATE 8080
}

# Translation in the very hosts of the two ends
nat_ends()
{
	rules left <<-END
	table ip nat {
		chain out {
			type nat hook output priority -100;
			tcp dport 8081 dnat to $RIGHT:8080
		}
	}
	END
	rules right <<-END
	table ip nat {
		chain in {
			type nat hook prerouting priority dstnat;
			tcp dport 8080 redirect to :80
		}
	}
	END
	exchange "$1" "$2" 500000 $GATE 8081
}

xfrm_in()
{
	ip -n right xfrm policy add src $LEFT dst $RIGHT dir in action block
	echo hello >"$WORK/hello"
	serve mytcp <"$WORK/hello"
	fails ns left timeout 3 nc -w 2 $RIGHT 80 </dev/null
	equal "$(rows right 03)" 0 "half-open connections"
	ip -n right xfrm policy flush
	call kernel /dev/null $RIGHT 80
	same "$WORK/hello" "$WORK/at-left"
}

xfrm_out()
{
	ip -n left xfrm policy add src $LEFT dst $RIGHT dir out action block
	echo hello >"$WORK/hello"
	serve kernel <"$WORK/hello"
	fails ns left timeout 3 mytcp_run nc -w 2 $RIGHT 80 </dev/null
	ip -n left xfrm policy flush
	call mytcp /dev/null $RIGHT 80
	same "$WORK/hello" "$WORK/at-left"
}

# out_rsts NS: resets that the kernel's TCP has sent
# shellcheck disable=SC2016 # awk's own
out_rsts()
{
	ns "$1" awk '$1 == "Tcp:" { if (!at) { for (i = 1; i <= NF; i++)
		if ($i == "OutRsts") at = i } else print $at }' /proc/net/snmp
}

# The reset for a port that nobody has comes from the kernel's TCP
nobody()
{
	local before

	before=$(out_rsts right)
	refused left kernel $RIGHT 81
	refused left mytcp $RIGHT 81
	equal "$(out_rsts right)" $((before + 2)) "the kernel's resets"
	equal "$(counter right out_rsts)" 0 "mytcp's resets"
}

nobody_253()
{
	local before

	before=$(counter right out_rsts)
	refused left mytcp253 $RIGHT 81
	equal "$(counter right out_rsts)" $((before + 1)) "mytcp's resets"
}

# The way back need not be the way it came: right sends by another device
nobody_asymmetric()
{
	cable router away 10.72.3.1/24 right eth1 10.72.3.2/24
	ip -n right route replace default via 10.72.3.1
	for name in all eth0 eth1; do
		ns right sysctl -q net.ipv4.conf.$name.rp_filter=0
	done
	nobody_253
}

# SO_BINDTODEVICE between bind() and listen(): nobody else's device is listened on,
# by neither stack
late_device()
{
	ns right mytcp_run python3 -c '
import signal, socket
s = socket.socket()
s.bind(("", 80))
s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
s.listen()
signal.pause()' &
	listens right 80 mytcp
	refused right kernel 127.0.0.1 80
	ns left nc -z $RIGHT 80
	equal "$(counter right passive_opens)" 1 "right's passive opens"
}

# serve_once STACK: to one connection, which it is the first to close
serve_once()
{
	on "$1"
	ns right "${ON[@]}" python3 -c '
import socket
s = socket.create_server(("", 80))
c, peer = s.accept()
c.sendall(b"hello")
c.shutdown(socket.SHUT_WR)
c.recv(1)' &
	server=$!
	listens right 80 "$1"
}

# greeted: a connection from left, port 4444
greeted()
{
	equal "$(ns left python3 -c '
import socket, sys
s = socket.socket()
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 4444))
s.settimeout(20)
s.connect((sys.argv[1], 80))
print(s.makefile().read())' $RIGHT)" hello "the server's greeting"
	wait "$server"
}

# A server restarts on mytcp, and its clients come from the ports that they had
over_time_wait()
{
	serve_once kernel
	greeted
	[ -n "$(ns right ss -Htn state time-wait sport = 80)" ]
	serve_once mytcp
	greeted
	equal "$(counter right passive_opens)" 1 "right's passive opens"
	rows_are right 06 1 80
}

# The same when SYNs are answered by cookies: over TIME_WAIT there are none
over_time_wait_cookies()
{
	ns right sysctl -q net.ipv4.tcp_syncookies=2
	over_time_wait
	equal "$(counter right syncookies_sent)" 0 "cookies"
}

# flood STACK MODE [LIMIT]: SYNS forged ones while clients of the kernel's TCP connect,
# with net.ipv4.tcp_syncookies = MODE; the answers end at the router
flood()
{
	on "$1"
	ns right sysctl -q net.ipv4.tcp_syncookies="$2"
	ip -n router route replace blackhole 10.99.0.0/16
	ns right "${ON[@]}" python3 flood.py serve 80 64 &
	listens right 80 "$1"
	ns left timeout 300 python3 flood.py attack $RIGHT 80 $SYNS "${3:-10}" 100000 \
		>"$WORK/result"
	cat "$WORK/result"
}

# Each client connects at once, by a cookie; the SYN queue stays at its limit
flood_cookies()
{
	local succeeded slowest sent recv

	flood mytcp 1
	read -r succeeded slowest <"$WORK/result"
	equal "$succeeded" 10 "clients that succeeded"
	# Less than the first repetition of a SYN, where computing takes no time
	! on_uml || between 0 "$slowest" 900 "ms of the slowest connect"
	sent=$(counter right syncookies_sent)
	recv=$(counter right syncookies_recv)
	echo "$sent cookies sent, $recv came back"
	between $((SYNS - 100)) "$sent" $((SYNS + 10)) "cookies sent"
	equal "$recv" 10 "cookies that came back"
	equal "$(counter right syncookies_failed)" 0 "cookies that failed"
	equal "$(counter right syn_queue_drops)" 0 "SYNs dropped"
	between 60 "$(rows right 03 80)" 64 "requests"
	dmesg | grep -q "mytcp: possible SYN flooding on port 0.0.0.0:80. Sending cookies."
}

# All of them are cookies, and nothing is remembered
flood_stateless()
{
	flood mytcp 2
	equal "$(cut -d ' ' -f 1 "$WORK/result")" 10 "clients that succeeded"
	equal "$(counter right syncookies_sent)" $((SYNS + 10)) "cookies sent"
	equal "$(counter right syncookies_recv)" 10 "cookies that came back"
	equal "$(rows right 03 80)" 0 "requests"
}

# When there are none, the flood does its work: nobody comes through
flood_without_cookies()
{
	flood mytcp 0 1
	equal "$(cut -d ' ' -f 1 "$WORK/result")" 0 "clients that succeeded"
	equal "$(counter right syncookies_sent)" 0 "cookies sent"
	between $((SYNS - 100)) "$(counter right syn_queue_drops)" $((SYNS + 10)) \
		"SYNs dropped"
}

isolation()
{
	local name

	for name in left right; do
		ns $name mytcp_run nc -l -N 80 </dev/null >/dev/null &
		listens $name 80
		equal "$(rows $name 0A 80)" 1 "listeners of $name"
	done
	equal "$(rows router 0A)" 0 "listeners of router"
	refused left mytcp $GATE 80
	ns left timeout 20 mytcp_run nc -N $RIGHT 80 </dev/null
	# The refused one counts, too
	equal "$(counter left active_opens)" 2 "left's active opens"
	equal "$(counter left passive_opens)" 0 "left's passive opens"
	equal "$(counter right active_opens)" 0 "right's active opens"
	equal "$(counter right passive_opens)" 1 "right's passive opens"
	equal "$(counter router in_segs)" 0 "router's segments"
	equal "$(ns router cat /proc/net/mytcp | wc -l)" 1 "router's table"
	ns left sh -c "echo 1000 >/sys/kernel/mytcp/time_wait_ms"
	equal "$(ns left cat /sys/kernel/mytcp/time_wait_ms)" 1000 "left's TIME_WAIT"
	equal "$(ns right cat /sys/kernel/mytcp/time_wait_ms)" 60000 "right's TIME_WAIT"
}

# gone DEVICE: has router's end of the cable to a deleted namespace vanished?
gone()
{
	! ip -n router link show "$1" >/dev/null 2>&1
}

# Every kind of thing that a namespace may hold.  Then it is cut off from its
# peers, its processes are killed, and what goes on without them is deleted.
delete_namespace()
{
	local i

	random_file "$WORK/a" 3000000
	# This one closes after its client (no -N): TIME_WAIT will be at left
	ns right nc -l -k 81 </dev/null >/dev/null &
	# This one neither reads nor closes
	ns right python3 -c '
import signal, socket
s = socket.create_server(("", 82), backlog=10)
signal.pause()' &
	listens right 81 kernel
	listens right 82 kernel
	# A listener with an accept queue and a connection
	ns left mytcp_run python3 -c '
import signal, socket
s = socket.create_server(("", 80), backlog=10)
keep = s.accept()
signal.pause()' &
	listens left 80 mytcp
	for i in 1 2 3; do
		ns right nc $LEFT 80 </dev/null >/dev/null &
		wait_for 10 rows_are left 01 "$i" 80
	done
	# TIME_WAIT, FIN_WAIT_2, and one with data that the peer does not take
	ns left timeout 20 mytcp_run nc -N $RIGHT 81 </dev/null
	wait_for 10 rows_are left 06 1 81
	ns left mytcp_run python3 -c '
import socket, sys
socket.create_connection((sys.argv[1], 82)).close()' $RIGHT
	wait_for 10 rows_are left 05 1 82
	ns left mytcp_run nc -N $RIGHT 82 <"$WORK/a" >/dev/null &
	wait_for 10 rows_are left 01 1 82
	# From here on nothing comes back from right
	rules router <<-END
	table inet t {
		chain c {
			type filter hook forward priority 0;
			iifname left counter drop
		}
	}
	END
	ns right timeout 20 nc -w 20 $LEFT 80 </dev/null >/dev/null &
	wait_for 10 rows_are left 03 1 80
	ns left mytcp_run nc -N $RIGHT 81 </dev/null >/dev/null &
	wait_for 10 rows_are left 02 1 81

	# shellcheck disable=SC2046 # a list of numbers
	kill -KILL $(ip netns pids left)
	wait_for 10 rows_are left 0A 0
	wait_for 10 rows_are left 02 0
	wait_for 10 rows_are left 04 1 80
	wait_for 10 rows_are left 04 1 82
	ns left cat /proc/net/mytcp
	rows_are left 05 1 82
	rows_are left 06 1 81
	ip netns del left
	wait_for 60 gone left
	wait_for 10 no_sockets
}

# A process outside holds the namespace by its socket; the last close ends it
delete_held()
{
	ns right nc -l 81 </dev/null >/dev/null &
	listens right 81
	# Not by ns: $! is to be the process itself
	nsenter --net=/run/netns/left mytcp_run python3 -c '
import signal, socket, sys
s = socket.create_connection((sys.argv[1], 81))
signal.pause()' $RIGHT &
	wait_for 10 rows_are left 01 1 81
	ip netns del left
	sleep 1
	fails gone left
	kill -KILL $!
	wait_for 60 gone left
	wait_for 10 no_sockets
}

# A bridge does not take packets from their socket.  One that waits in its queue
# must not keep the socket's namespace from going.
delete_stalled()
{
	del_ns left router right
	add_ns left router right
	cable left eth0 10.72.9.2/24 router left 0.0.0.0/32
	cable router right 0.0.0.0/32 right eth0 10.72.9.3/24
	ip -n router link add br0 type bridge
	ip -n router link set br0 up
	ip -n router link set left master br0
	ip -n router link set right master br0

	ns right nc -l 80 </dev/null >/dev/null &
	listens right 80
	mkfifo "$WORK/text"
	ns left mytcp_run nc 10.72.9.3 80 <"$WORK/text" &
	exec 9>"$WORK/text"
	wait_for 10 rows_are left 01 1 80
	tc -n router qdisc add dev right root netem delay 200s
	echo text >&9
	sleep 0.5
	# shellcheck disable=SC2046 # a list of numbers
	kill -KILL $(ip netns pids left)
	wait_for 10 rows_are left 04 1 80
	# They go one after the other: so the second shows that the first is gone
	ip netns del left
	wait_for 20 gone left
	add_ns left
	cable left eth0 10.72.9.4/24 router left2 0.0.0.0/32
	ip netns del left
	wait_for 20 gone left2
	tc -n router qdisc del dev right root
}

# measure [STACK [SKIP]]: serve one connection, in the background; octets in a second
# that come, once SKIP have
measure()
{
	on "${1:-kernel}"
	ns right "${ON[@]}" python3 -c '
import socket, sys, time
c, peer = socket.create_server(("", 80)).accept()
got, first, skip = 0, None, int(sys.argv[1])
while data := c.recv(1 << 18):
    last = time.monotonic()
    if skip > 0 or first is None:
        first = last
        skip -= len(data)
    else:
        got += len(data)
print(int(got / (last - first)))' "${2:-0}" >"$WORK/rate" &
	server=$!
	listens right 80 "${1:-kernel}"
}

# pour BYTES [MAX-PACING-RATE [CONGESTION-CONTROL [STACK]]]: from left
pour()
{
	on "${4:-mytcp}"
	ns left timeout 600 "${ON[@]}" python3 -c '
import socket, sys
size, rate = map(int, sys.argv[2:4])
s = socket.socket()
if sys.argv[4]:
    s.setsockopt(socket.IPPROTO_TCP, 13, sys.argv[4].encode())
if rate:
    s.setsockopt(socket.SOL_SOCKET, 47, rate)
s.connect((sys.argv[1], 80))
part = memoryview(bytes(min(size, 1 << 20)))
while size > 0:
    s.sendall(part[:size])
    size -= len(part)' $RIGHT "$1" "${2:-0}" "${3:-}"
}

# reaches LEAST N MOST WHAT: as between, but where time is real there is no LEAST: the
# processor is emulated, and others may be at work beside it.  It may be slower than the
# path, never faster.
reaches()
{
	local least=$1

	on_uml || least=0
	between "$least" "${@:2}"
}

# measured LEAST MOST: the rate that measure() has found reaches
measured()
{
	reaches "$1" "$(cat "$WORK/rate")" "$2" "octets in a second"
}

# throttled: how often fq at left has waited for a time of departure
throttled()
{
	tc -n left -s qdisc show dev eth0 | sed -n 's/.*throttled \([0-9]*\).*/\1/p'
}

# paced RATE SECONDS: what comes is within 5 % of SO_MAX_PACING_RATE
paced()
{
	netem delay 10ms
	measure
	pour $(($1 * $2)) "$1"
	wait "$server"
	measured $(($1 * 95 / 100)) $(($1 * 105 / 100))
}

paced_by_fq()
{
	tc -n left qdisc replace dev eth0 root fq
	paced "$@"
	tc -n left -s qdisc show dev eth0
	between 100 "$(throttled)" 1000000 "waits of fq"
	tc -n left qdisc del dev eth0 root
}

# backlog NS DEVICE: octets that wait there
backlog()
{
	local n

	n=$(tc -n "$1" -s qdisc show dev "$2" |
		sed -n 's/.*backlog \([0-9]*[KM]*\)b .*/\1/p')
	n=${n/K/000}
	echo "${n/M/000000}"
}

# A device that is slower than the path: what is to come waits in the send queue,
# where it delays nobody, and not in the device's, which would take a megabyte.
small_queue()
{
	local i n most=0

	netem delay 10ms
	tc -n left qdisc replace dev eth0 root tbf rate 8mbit burst 20kb limit 1mb
	measure
	pour 5000000 &
	sleep 1
	for i in 1 2 3 4 5 6; do
		n=$(backlog left eth0)
		[ "$n" -le "$most" ] || most=$n
		sleep 0.3
	done
	wait "$!" "$server"
	tc -n left -s qdisc show dev eth0
	reaches 1000 "$most" 20000 "octets in the queue"
	measured 900000 1010000
	tc -n left qdisc del dev eth0 root
}

# bottleneck NETEM-ARGS...: 10 Mbit/s to right, 40 ms round trip, and room for ten
# times what fits on the way.  To netem a packet is a segment here.
bottleneck()
{
	single_segments
	netem delay 20ms
	tc -n router qdisc replace dev right root netem delay 20ms rate 10mbit limit 400 "$@"
}

# The path holds 50 kB, half of which is netem's delay; in the bottleneck's queue
# there is never much more, once Startup and Drain are over
bbr_queue()
{
	local i n most=0

	bottleneck
	measure
	pour 8000000 0 bbr &
	sleep 2
	for i in {1..10}; do
		n=$(backlog router right)
		[ "$n" -le "$most" ] || most=$n
		sleep 0.4
	done
	wait "$!" "$server"
	reaches 10000 "$most" 110000 "octets in the queue"
	measured 1050000 1250000
}

# Reno would come to 440 kB/s: 1.22 segments / (40 ms * sqrt(1 %))
bbr_loss()
{
	bottleneck loss 1%
	measure
	pour 6000000 0 bbr
	wait "$server"
	tc -n router -s qdisc show dev right
	measured 750000 1250000
}

# roomy NAMESPACE STACK: buffers for a path of 12.5 MB.  mytcp has them by default;
# the kernel has 6 and 4 MB, unless its administrator allows more.
roomy()
{
	[ "$2" = kernel ] || return 0
	ns "$1" sysctl -q net.ipv4.tcp_rmem="4096 131072 33554432" \
		net.ipv4.tcp_wmem="4096 16384 33554432"
}

# long_fat RIGHT-STACK LEFT-STACK: 1 Gbit/s and 100 ms there and back are filled by
# programs that set no buffer's size, with the limits that mytcp has by default: a
# second and a half after the beginning the path is full, and stays it.
long_fat()
{
	roomy right "$1"
	roomy left "$2"
	netem delay 50ms rate 1gbit limit 50000
	measure "$1" 60000000
	pour 200000000 0 "" "$2"
	wait "$server"
	tc -n router -s qdisc show
	# 1448 octets of text are 1514 on the way
	measured 112000000 119600000
}

# black_hole MODE: the router drops what is larger than 1200 octets, and says nothing
black_hole()
{
	local dropped lost

	ip -n left link set eth0 gso_max_segs 1
	ns left sysctl -q net.ipv4.tcp_mtu_probing="$1"
	netem delay 5ms
	rules router <<-END
	table inet t {
		counter dropped { }
		chain c {
			type filter hook forward priority 0;
			meta length > 1200 counter name dropped drop
		}
	}
	END
	lost=$(counter left mtu_probes_lost)
	measure
	pour 4000000
	wait "$server"
	dropped=$(counted router dropped)
	lost=$(($(counter left mtu_probes_lost) - lost))
	echo "$dropped dropped, $lost of them probes"
	between 1 "$lost" 10 "lost probes"
	# From 1024 there is a way to 1148 octets of text in halves
	between 1 $(($(counter left mtu_probes) - lost)) 10 "probes that arrived"
	# Where time is real the timer may be early, and a probe tells nothing then
	if [ "$1" = 2 ] && on_uml; then
		equal "$dropped" "$lost" "dropped packets"
		equal "$(counter left rto_timeouts)" 0 "timeouts"
	fi
	ns router nft delete table inet t
}

bad_links()
{
	local pair a b

	for pair in "${LINK_PAIRS[@]}"; do
		a=${pair%,*} b=${pair#*,}
		check "$a serves $b: $BYTES bytes, loss 5 %" \
			bad_link "$a" "$b" "$BYTES" loss 5%
		check "$a serves $b: $BYTES bytes, reordering 25 %" \
			bad_link "$a" "$b" "$BYTES" delay 5ms reorder 25%
		check "$a serves $b: $BYTES bytes, duplication 5 %" \
			bad_link "$a" "$b" "$BYTES" duplicate 5%
		check "$a serves $b: $BYTES bytes, corruption 1 %" \
			bad_link "$a" "$b" "$BYTES" corrupt 1%
		check "$a serves $b: $BYTES bytes, delay 50 ms" \
			bad_link "$a" "$b" "$BYTES" delay 50ms
	done
	for pair in "${SEGMENT_PAIRS[@]}"; do
		a=${pair%,*} b=${pair#*,}
		check "$a serves $b: all at once, segment by segment" \
			bad_segments "$a" "$b"
	done
}

filters()
{
	local pair a b

	for pair in "${FILTER_PAIRS[@]}"; do
		a=${pair%,*} b=${pair#*,}
		network
		check "$a serves $b: a stateful firewall everywhere" \
			filter_conntrack "$a" "$b"
		network
		check "$a serves $b: masquerading and port forwarding by a router" \
			nat_router "$a" "$b"
		network
		check "$a serves $b: address translation in both hosts" \
			nat_ends "$a" "$b"
	done
	network
	check "a rule at INPUT drops mytcp's packets, server" \
		filter_drop input right mytcp kernel
	check "a rule at INPUT drops mytcp's packets, client" \
		filter_drop input left kernel mytcp
	check "a rule at OUTPUT drops mytcp's packets, server" \
		filter_drop output right mytcp kernel
	check "a rule at OUTPUT drops mytcp's packets, client" \
		filter_drop output left kernel mytcp
	check "a rule at INPUT drops protocol 253" \
		filter_drop input right mytcp253 mytcp253
	check "reject with a reset refuses mytcp" \
		filter_reject "with tcp reset"
	network
	check "a program lets mytcp's packets pass" filter_queue mytcp kernel
	network
	check "a program lets packets of protocol 253 pass" \
		filter_queue mytcp253 mytcp253
	network
	check "reject with port-unreachable refuses mytcp" \
		filter_reject "with icmp type port-unreachable"
	check "a router without a route: EHOSTUNREACH" unreachable mytcp
	check "a router without a route, protocol 253: EHOSTUNREACH" \
		unreachable mytcp253
}

ecn()
{
	local pair a b

	for pair in "${MARK_PAIRS[@]}"; do
		a=${pair%,*} b=${pair#*,}
		network
		check "$a serves $b: packets are marked, not lost" marks "$a" "$b"
	done
	for pair in "${ECN_PAIRS[@]}"; do
		a=${pair%,*} b=${pair#*,}
		network
		if tc -n router qdisc replace dev left root fq_codel ecn 2>/dev/null; then
			check "$a serves $b: fq_codel marks" queue_marks "$a" "$b"
		else
			skip "$a serves $b: fq_codel marks" "the kernel has no fq_codel"
		fi
		network
		check "$a serves $b: tcp_ecn 0 at the server" no_marks "$a" "$b"
		network
		check "$a serves $b: the routes ask for ECN" route_marks "$a" "$b"
		if ! modprobe -q tcp_dctcp; then
			skip "$a serves $b: the route has DCTCP" "the kernel has no DCTCP"
			continue
		fi
		network
		check "$a serves $b: the route has DCTCP" route_algorithm "$a" "$b"
	done
}

network
check "a port that nobody has: the kernel's reset" nobody
check "a port that nobody has, protocol 253: mytcp's reset" nobody_253
check "the same, and the way back is another" nobody_asymmetric
network
check "a device that is named after bind()" late_device
network
check "a connection begins over the kernel's TIME_WAIT" over_time_wait
network
check "the same, with SYN cookies" over_time_wait_cookies
network
check "a SYN flood: clients come through by cookies" flood_cookies
network
check "a SYN flood: cookies alone" flood_stateless
network
check "a SYN flood: without cookies it is one" flood_without_cookies
network
check "ports, counters and tables of namespaces are apart" isolation
filters
network
if ip -n left xfrm policy show >/dev/null 2>&1; then
	check "IPsec policy blocks what comes to mytcp" xfrm_in
	check "IPsec policy blocks what mytcp sends" xfrm_out
else
	skip "IPsec policy blocks mytcp" "the kernel has no xfrm"
fi
network
check "ip netns del frees live connections, orphans, requests, TIME_WAIT" \
	delete_namespace
network
check "a namespace ends with the last socket that a process holds" delete_held
check "a namespace ends though a bridge holds its last packets" delete_stalled
network
check "SO_MAX_PACING_RATE, 1 MB/s, by our timer" paced 1000000 5
check "SO_MAX_PACING_RATE, 30 kB/s, by our timer" paced 30000 20
if tc -n left qdisc replace dev eth0 root fq 2>/dev/null; then
	tc -n left qdisc del dev eth0 root
	check "SO_MAX_PACING_RATE, 1 MB/s, by fq" paced_by_fq 1000000 5
	check "SO_MAX_PACING_RATE, 30 kB/s, by fq" paced_by_fq 30000 20
else
	skip "SO_MAX_PACING_RATE by fq" "the kernel has no fq"
fi
if tc -n left qdisc replace dev eth0 root tbf rate 8mbit burst 20kb limit 1mb \
	2>/dev/null; then
	tc -n left qdisc del dev eth0 root
	check "a slow device's queue stays short" small_queue
else
	skip "a slow device's queue stays short" "the kernel has no tbf"
fi
network
check "BBR fills 10 Mbit/s and keeps the queue short" bbr_queue
check "BBR goes on though 1 % is lost" bbr_loss
network
check "a black hole for large packets is found and measured" black_hole 1
network
check "there is none when the search comes from below" black_hole 2
network
if on_uml; then
	check "mytcp sends, the kernel receives: a path of 12.5 MB is filled" \
		long_fat kernel mytcp
	check "the kernel sends, mytcp receives: a path of 12.5 MB is filled" \
		long_fat mytcp kernel
	check "mytcp sends, mytcp receives: a path of 12.5 MB is filled" \
		long_fat mytcp mytcp
else
	skip "a path of 12.5 MB is filled" "waiting takes time here"
fi
bad_links
ecn
del_ns left router right
done_testing
