#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Hundreds of thousands of hostile segments against live connections in every state,
# while other connections go on.  Runs in a guest with the module loaded, prints TAP.
#
#   +-------------------- victim --------------------+        +------ peer ------+
#   |  10.74.0.1/16  hostile0 = the program hostile  |        |                  |
#   |                           10.75.0.1/24  eth0 ---------- eth0  10.75.0.2/24 |
#   |                           10.76.0.1/24         |        |     10.76.0.2/24 |
#   +------------------------------------------------+        +------------------+
#
# The program is the peer of all connections on its device.  Of those between 10.75.0.1
# and 10.75.0.2 it knows addresses and ports: to these it sends blindly.  Others it leaves
# alone.
#
# SEED repeats a run's choices, though not the moments at which they meet; SEGMENTS is how
# many there are.

cd "$(dirname "$0")" || exit 1
# shellcheck source=selftests/lib.sh
. ../lib.sh

SEED=${SEED:-$RANDOM$RANDOM}
if [ -z "${SEGMENTS:-}" ]; then
	SEGMENTS=${MYTCP_FULL:+1000000}
	# On two processors each of them is an emulated one
	[ "$(nproc)" = 1 ] || SEGMENTS=40000
	SEGMENTS=${SEGMENTS:-60000}
fi

# A window of 32 KiB: who guesses meets it, and the ACK's, once in 10^10 times
PAIRS=(
	"blind, mytcp with mytcp|mytcp@victim|10.75.0.1|5001|mytcp@peer|16384"
	"blind, protocol 253|mytcp253@victim|10.75.0.1|6001|mytcp253@peer|16384"
	"blind, mytcp with the kernel's TCP|mytcp@victim|10.75.0.1|5002|kernel@peer|16384"
	"blind, the kernel's TCP with mytcp|kernel@peer|10.75.0.2|5003|mytcp@victim|16384"
	"unrelated, mytcp with mytcp|mytcp@peer|10.76.0.2|5004|mytcp@victim"
	"unrelated, protocol 253|mytcp253@victim|10.76.0.1|6002|mytcp253@peer"
	"unrelated, the kernel's TCP with mytcp|kernel@victim|10.76.0.1|5005|mytcp@peer"
	"unrelated, in another namespace|mytcp@peer|127.0.0.1|5006|mytcp@peer"
)

network()
{
	add_ns victim peer
	cable victim eth0 10.75.0.1/24 peer eth0 10.75.0.2/24
	ip -n victim address add 10.76.0.1/24 dev eth0
	ip -n peer address add 10.76.0.2/24 dev eth0
	# What the victim gives up it is to give up while we look
	ns victim sysctl -q net.ipv4.tcp_fin_timeout=2 \
		net.ipv4.tcp_orphan_retries=3 net.ipv4.tcp_retries2=6 \
		net.ipv4.tcp_syn_retries=3 net.ipv4.tcp_synack_retries=2 \
		net.ipv4.tcp_challenge_ack_limit=10 \
		net.ipv4.tcp_fastopen=3 net.ipv4.tcp_ecn=1 \
		net.ipv4.tcp_mtu_probing=1 net.ipv4.route.mtu_expires=2
	# shellcheck disable=SC2016 # for the other shell
	ns victim sh -c 'echo 1000 >/sys/kernel/mytcp/time_wait_ms'
}

no_rows()
{
	[ "$(ns victim cat /proc/net/mytcp | wc -l)" = 1 ]
}

# What the attack has left behind ends by itself, though nobody answers.  Objects that
# stay in a slab cache show in the kernel's log when the module is unloaded.
all_gone()
{
	wait_for 600 no_rows || { ns victim cat /proc/net/mytcp; false; }
	wait_for 60 no_sockets || { sockets; false; }
	equal "$(counter victim curr_estab)" 0 "established connections"
	equal "$(counter victim time_wait)" 0 "TIME_WAIT entries"
}

# Each rule against hostile segments has had its say
counted()
{
	local name value none=''

	for name in active_opens passive_opens attempt_fails estab_resets in_segs \
		out_segs retrans_segs in_errs out_rsts bad_checksum challenge_acks \
		challenge_acks_limited time_wait_reaped time_wait_reused \
		syncookies_sent syncookies_recv syncookies_failed \
		fastopen_passives fastopen_passive_fails fastopen_cookie_requests \
		paws_drops ts_missing rto_timeouts fast_retransmits \
		tail_loss_probes dsacks_received dsacks_sent sacks_ignored ce_segs \
		delivered_ce ecn_reductions persist_probes out_of_order \
		out_of_window aborted_on_data timeouts icmp_ignored; do
		value=$(counter victim "$name")
		echo "$name $value"
		[ "$value" != 0 ] || none+=" $name"
	done
	equal "$none" "" "counters that did not move"
}

# The same again on what the attack has left: it still works
still_serves()
{
	random_file "$WORK/sent" 300000
	on "$1"
	ns victim "${ON[@]}" nc -l -N 80 >"$WORK/got" &
	listens victim 80 "$1"
	ns peer timeout 60 "${ON[@]}" nc -N 10.76.0.1 80 <"$WORK/sent"
	wait $!
	same "$WORK/sent" "$WORK/got"
}

network
echo "# seed $SEED, $SEGMENTS segments"
relay "" ./pairs.py "${PAIRS[@]}" -- \
	nsenter --net=/run/netns/victim ./hostile "$SEED" "$SEGMENTS"
check "all that was attacked has gone, and its memory is free" all_gone
check "each defence has counted something" counted
check "the victim still serves" still_serves mytcp
check "and by protocol 253" still_serves mytcp253
del_ns victim peer
done_testing
