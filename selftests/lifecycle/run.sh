#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Loading and unloading the module, and processes killed at every stage of a
# connection.  Runs in a guest with the module loaded (from the file MYTCP_KO),
# leaves it loaded, and prints TAP.
#
#   +--------- ours ---------+            +--------- peer ---------+
#   |         10.73.0.1/24  eth0 ------- eth0  10.73.0.2/24        |
#   |   void: swallows what is sent to 10.73.9.0/24                |
#   +------------------------+            +------------------------+
#
# "ours" runs on mytcp, "peer" on the kernel's TCP.  When a process has been
# killed, the module is unloaded: an object that is still in one of its slab
# caches then, or a timer that fires later, shows in the kernel's log.
#
# FILTER=REGEX selects tests; LOADS is how often the module is loaded.

cd "$(dirname "$0")" || exit 1
# shellcheck source=selftests/lib.sh
. ../lib.sh

# Processes that hold.py runs in: ours and the peer's
us=
them=

OURS=10.73.0.1
PEER=10.73.0.2
VOID=10.73.9.9
LOADS=${LOADS:-100}
: "${MYTCP_KO:?}"

network()
{
	del_ns ours peer
	add_ns ours peer
	cable ours eth0 $OURS/24 peer eth0 $PEER/24
	ip -n ours link add void type dummy
	ip -n ours link set void up arp off
	ip -n ours route add 10.73.9.0/24 dev void
	ns ours sysctl -q net.ipv4.tcp_fin_timeout=2
}

# Prefixed to commands whose process is to be killed by its number: a function
# in the background would be one process more
IN_OURS=(nsenter --net=/run/netns/ours mytcp_run)
IN_PEER=(nsenter --net=/run/netns/peer)

# hold NAME WRAPPER... -- ARGS...: hold.py in the background; its number in the
# variable NAME, its words in the file $WORK/NAME
hold()
{
	local name=$1 wrapper=()
	shift

	while [ "$1" != -- ]; do
		wrapper+=("$1")
		shift
	done
	shift
	"${wrapper[@]}" ./hold.py "$@" >"$WORK/$name" 2>&1 &
	printf -v "$name" %s $!
}

# says NAME WORD: has hold.py come that far?
says()
{
	wait_for 30 grep -qx "$2" "$WORK/$1" || { cat "$WORK/$1"; return 1; }
}

unloaded()
{
	! loaded
}

# The module's name is not to be found in what the kernel shows
nothing_left()
{
	[ ! -e /proc/net/mytcp ]
	[ ! -e /sys/kernel/mytcp ]
	[ ! -e /sys/module/mytcp ]
	fails grep -i mytcp /proc/net/protocols
	fails grep -i mytcp /proc/slabinfo
	fails grep -l mytcp /proc/net/ptype
}

# free_port NS PORT: the kernel's TCP may have it, without SO_REUSEADDR
free_port()
{
	ns "$1" python3 -c '
import socket, sys
s = socket.socket()
s.bind(("", int(sys.argv[1])))
s.listen()
' "$2"
}

# reload: unload the module with whatever it still has, look, and load it again
reload()
{
	rmmod mytcp
	nothing_left
	insmod "$MYTCP_KO"
}

no_sockets()
{
	[ "$(sockets | cut -d ' ' -f 1)" = 0 ]
}

# rows_left NS: connections of any kind in its table
rows_left()
{
	ns "$1" tail -n +2 /proc/net/mytcp | wc -l
}

no_rows()
{
	[ "$(rows_left ours)" = 0 ]
}

# settled: nothing of ours is left, and the ports can be had
settled()
{
	ns ours sh -c "echo 1000 >/sys/kernel/mytcp/time_wait_ms"
	kill -KILL "$1"
	[ -z "${2:-}" ] || { sleep 0.3; kill -KILL "$2"; }
	wait_for 30 no_sockets
	wait_for 30 no_rows
	equal "$(counter ours curr_estab)" 0 "established connections"
	free_port ours 80
}

kill_syn_sent()
{
	hold us "${IN_OURS[@]}" -- syn $VOID 80
	says us ready
	equal "$(rows ours 02)" 1 "connections in SYN-SENT"
	settled "$us"
}

# The peer never hears our SYN,ACK
kill_syn_recv()
{
	ns peer nft -f - <<-END
	table inet t {
		chain c {
			type filter hook input priority 0;
			tcp sport 80 drop
		}
	}
	END
	hold us "${IN_OURS[@]}" -- listen $OURS 80
	says us ready
	hold them "${IN_PEER[@]}" -- syn $OURS 80
	says them ready
	wait_for 10 rows_are ours 03 1
	settled "$us" "$them"
}

# pair WHAT WHAT [STATE]: we connect, the peer accepts
we_connect()
{
	hold them "${IN_PEER[@]}" -- "$2" $PEER 80
	says them listening
	hold us "${IN_OURS[@]}" -- "$1" $PEER 80
	says us ready
	says them ready
	wait_for 10 rows_are ours "$3" 1 80
}

kill_established()
{
	we_connect connect accept 01
	settled "$us" "$them"
}

kill_sender()
{
	we_connect send sink 01
	wait_for 20 moved out_segs 300
	settled "$us" "$them"
}

# moved COUNTER NUMBER: has it got that far?
moved()
{
	[ "$(counter ours "$1")" -ge "$2" ]
}

kill_receiver()
{
	hold us "${IN_OURS[@]}" -- sink $OURS 80
	says us listening
	hold them "${IN_PEER[@]}" -- send $OURS 80
	says us ready
	wait_for 20 moved in_segs 300
	settled "$us" "$them"
}

# The peer does not read: our send queue is full, its window shut
kill_zero_window()
{
	we_connect fill accept 01
	# shellcheck disable=SC2016 # awk's own variables
	equal "$(ns ours awk '$4 == "01" { print (substr($5, 1, 8) != "00000000") }' \
		/proc/net/mytcp)" 1 "send queue in use"
	settled "$us" "$them"
}

kill_close_wait()
{
	hold us "${IN_OURS[@]}" -- accept $OURS 80
	says us listening
	hold them "${IN_PEER[@]}" -- half $OURS 80
	wait_for 10 rows_are ours 08 1
	settled "$us" "$them"
}

# The peer keeps its side open: the orphan's FIN-WAIT-2 must come to its end
kill_fin_wait2()
{
	we_connect half accept 05
	settled "$us"
	kill -KILL "$them"
}

kill_accept_queue()
{
	local i

	hold us "${IN_OURS[@]}" -- listen $OURS 80
	says us ready
	for i in 1 2 3 4 5; do
		hold them "${IN_PEER[@]}" -- connect $OURS 80
		says them ready
	done
	wait_for 10 rows_are ours 01 5
	settled "$us"
	# They have been reset, or a FIN would wait for them in CLOSE-WAIT
	equal "$(ns peer cat /proc/net/tcp | awk '$4 == "08"' | wc -l)" 0 \
		"connections of the peer in CLOSE-WAIT"
}

# With a connection that no answer will ever come for, and the module unloaded
# while the orphan still retransmits
unload_orphan()
{
	we_connect fill accept 01
	ip -n peer link set eth0 down
	kill -KILL "$us"
	wait_for 10 no_process "$us"
	equal "$(rows_left ours)" 1 "orphans"
	equal "$(rows ours 04)" 1 "orphans in FIN-WAIT-1"
	reload
	free_port ours 80
}

no_process()
{
	! kill -0 "$1" 2>/dev/null
}

unload_time_wait()
{
	local port i

	hold us "${IN_OURS[@]}" -- listen $OURS 80
	says us ready
	for i in 1 2 3; do
		ns peer timeout 20 nc -z $OURS 80
	done
	hold them "${IN_PEER[@]}" -- listen $PEER 81
	says them ready
	for i in 1 2 3; do
		ns ours timeout 20 mytcp_run nc -z $PEER 81
	done
	kill -KILL "$them"
	# The peer's end of each ended connection is closed, ours waits
	wait_for 10 some_time_wait
	kill -KILL "$us"
	wait_for 10 no_sockets
	ns ours cat /proc/net/mytcp
	# shellcheck disable=SC2016 # awk's own variables
	port=$(ns ours awk '$4 == "06" { split($2, a, ":"); print a[2]; exit }' \
		/proc/net/mytcp)
	rmmod mytcp
	nothing_left
	free_port ours 80
	free_port ours $((16#$port))
	insmod "$MYTCP_KO"
}

some_time_wait()
{
	[ "$(rows ours 06)" != 0 ]
}

refuse_unload()
{
	hold us "${IN_OURS[@]}" -- open $OURS "$1"
	says us ready
	fails rmmod mytcp
	kill -0 "$us"
	kill -KILL "$us"
	wait_for 10 no_sockets
	reload
}

refuse_unload_connected()
{
	we_connect connect accept 01
	fails rmmod mytcp
	settled "$us" "$them"
	reload
}

# The kernel's log since a mark says TEXT
log_mark()
{
	dmesg | wc -l
}

log_since()
{
	dmesg | tail -n "+$(($1 + 1))"
}

slot_taken()
{
	local mark

	rmmod mytcp
	mark=$(log_mark)
	# AF_UNIX is in every kernel
	fails insmod "$MYTCP_KO" family=1 || { rmmod mytcp; false; }
	nothing_left
	log_since "$mark" | tee "$WORK/log" | grep -i 'mytcp.*family 1 is taken' ||
		{ cat "$WORK/log"; false; }
	insmod "$MYTCP_KO"
}

slot_wrong()
{
	local family

	rmmod mytcp
	for family in 0 -1 1000; do
		fails insmod "$MYTCP_KO" family=$family || { rmmod mytcp; false; }
	done
	nothing_left
	insmod "$MYTCP_KO"
}

slot_moved()
{
	rmmod mytcp
	insmod "$MYTCP_KO" family=27
	equal "$(cat /sys/kernel/mytcp/family)" 27 "the family"
	echo hello >"$WORK/hello"
	ns peer nc -l -N 80 <"$WORK/hello" >/dev/null &
	listens peer 80
	ns ours timeout 20 mytcp_run nc -N $PEER 80 </dev/null >"$WORK/got"
	same "$WORK/hello" "$WORK/got"
	equal "$(counter ours active_opens)" 1 "active opens"
	reload
	equal "$(cat /sys/kernel/mytcp/family)" 19 "the family"
}

# What mytcp_run does when there is no module
no_module()
{
	local status=0

	rmmod mytcp
	mytcp_run true >"$WORK/out" 2>&1 || status=$?
	insmod "$MYTCP_KO"
	equal "$status" 1 "exit status"
	grep -q mytcp "$WORK/out"
}

load_often()
{
	local i

	for i in $(seq "$LOADS"); do
		rmmod mytcp
		insmod "$MYTCP_KO"
	done
	echo "$i times"
}

# Connections of the kernel's TCP are not disturbed by a module that comes and goes
load_often_with_traffic()
{
	local i calls=0

	ns peer ../apps/streams.py serve $PEER 7000 &
	listens peer 7000
	touch "$WORK/go"
	while [ -e "$WORK/go" ]; do
		ns ours timeout 120 ../apps/streams.py call $PEER 7000 4 300000
		echo call >>"$WORK/calls"
	done &
	traffic=$!
	wait_for 60 test -s "$WORK/calls"
	for i in $(seq "$LOADS"); do
		rmmod mytcp
		insmod "$MYTCP_KO"
	done
	rm "$WORK/go"
	wait "$traffic"
	calls=$(wc -l <"$WORK/calls")
	echo "$i times during $calls runs"
	[ "$calls" -gt 1 ]
}

# Nothing was left behind by the test itself
leaves_nothing()
{
	wait_for 30 no_sockets
	reload
}

stage()
{
	network
	check "kill -9: $1" "$2"
	check "kill -9: $1: nothing is left, the module can be unloaded" \
		leaves_nothing
}

stage "in SYN-SENT" kill_syn_sent
stage "a listener with a connection in SYN-RECEIVED" kill_syn_recv
stage "ESTABLISHED, idle" kill_established
stage "in the middle of sending" kill_sender
stage "in the middle of receiving" kill_receiver
stage "the peer's window shut" kill_zero_window
stage "in CLOSE-WAIT" kill_close_wait
stage "in FIN-WAIT-2" kill_fin_wait2
stage "a listener with connections in its accept queue" kill_accept_queue
network
check "rmmod refuses with a socket open" refuse_unload 0
check "rmmod refuses with a named port" refuse_unload 80
network
check "rmmod refuses with a connection" refuse_unload_connected
network
check "rmmod ends orphans" unload_orphan
network
check "rmmod ends TIME-WAIT and gives back the ports" unload_time_wait
network
check "family= of somebody else: refused, and the log says why" slot_taken
check "family= that cannot be: refused" slot_wrong
check "family= moves it, and mytcp_run finds it" slot_moved
check "mytcp_run without the module says so and exits 1" no_module
check "insmod and rmmod, $LOADS times" load_often
network
check "insmod and rmmod $LOADS times while the kernel's TCP is at work" \
	load_often_with_traffic
del_ns ours peer
done_testing
