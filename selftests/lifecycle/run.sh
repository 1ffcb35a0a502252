#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Loading and unloading the module, and processes killed at every stage of a
# connection; algorithms for congestion control as modules.  Runs in a guest with
# the module loaded (from the file MYTCP_KO), leaves it loaded, and prints TAP.
#
#   +--------- ours ---------+            +--------- peer ---------+
#   |         10.73.0.1/24  eth0 ------- eth0  10.73.0.2/24        |
#   |   void: swallows what is sent to 10.73.9.0/24                |
#   +------------------------+            +------------------------+
#
# "ours" runs on mytcp, "peer" on the kernel's TCP.  An object that is still in
# one of the module's slab caches when it is unloaded, or a timer that fires
# later, shows in the kernel's log.
#
# FILTER=REGEX selects tests; LOADS is how often the module is loaded, and then
# while the kernel's TCP is at work.

cd "$(dirname "$0")" || exit 1
# shellcheck source=selftests/lib.sh
. ../lib.sh

OURS=10.73.0.1
PEER=10.73.0.2
LOADS=${LOADS:-100}
LOADS_AT_WORK=${MYTCP_FULL:+$LOADS}
LOADS_AT_WORK=${LOADS_AT_WORK:-30}
: "${MYTCP_KO:?}"

network()
{
	add_ns ours peer
	cable ours eth0 $OURS/24 peer eth0 $PEER/24
	ip -n ours link add void type dummy
	ip -n ours link set void up arp off
	ip -n ours route add 10.73.9.0/24 dev void
	ns ours sysctl -q net.ipv4.tcp_fin_timeout=2
}

# The module's name is not to be found in what the kernel shows
nothing_left()
{
	[ ! -e /proc/net/mytcp ]
	[ ! -e /sys/kernel/mytcp ]
	[ ! -e /sys/module/mytcp ]
	fails grep -i mytcp /proc/net/protocols
	fails grep -i mytcp /proc/slabinfo
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
	rmmod mytcp
	insmod "$MYTCP_KO"
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

# load NUMBER: so often out and in again
load()
{
	local i

	for ((i = 0; i < $1; i++)); do
		rmmod mytcp
		insmod "$MYTCP_KO"
	done
}

# Connections of the kernel's TCP are not disturbed by a module that comes and goes
load_with_traffic()
{
	local traffic

	ns peer ../apps/streams.py serve $PEER 7000 &
	listens peer 7000
	touch "$WORK/go"
	while [ -e "$WORK/go" ]; do
		ns ours timeout 120 ../apps/streams.py call $PEER 7000 4 300000
		echo call >>"$WORK/calls"
	done &
	traffic=$!
	wait_for 60 test -s "$WORK/calls"
	load "$LOADS_AT_WORK"
	rm "$WORK/go"
	wait "$traffic"
	[ "$(wc -l <"$WORK/calls")" -gt 1 ]
}

network
relay "kill -9: " ns ours ./stages.py "${FILTER:-}"
relay "congestion control: " ns ours ./congestion.py "${FILTER:-}"
check "family= of somebody else: refused, and the log says why" slot_taken
check "family= that cannot be: refused" slot_wrong
check "family= moves it, and mytcp_run finds it" slot_moved
check "mytcp_run without the module says so and exits 1" no_module
check "insmod and rmmod, $LOADS times" load "$LOADS"
check "insmod and rmmod, $LOADS_AT_WORK times while the kernel's TCP is at work" \
	load_with_traffic
del_ns ours peer
done_testing
