#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Sockets used, shared, killed and closed at random on two processors, under a
# kernel that checks its locks.  Runs in a guest with the module loaded, prints
# TAP.  SEED repeats a run's choices, though not the moments at which they meet.

cd "$(dirname "$0")" || exit 1
# shellcheck source=selftests/lib.sh
. ../lib.sh

SEED=${SEED:-$RANDOM$RANDOM}
ROUNDS=${ROUNDS:-${MYTCP_FULL:+40}}
OPS=${OPS:-500}

nothing_left()
{
	wait_for 60 no_sockets
	equal "$(cat $COUNTERS/curr_estab)" 0 "established connections"
}

echo "# seed $SEED"
echo 1000 >/sys/kernel/mytcp/time_wait_ms
# Orphans whose peer has been killed are to end while we wait
echo 2 >/proc/sys/net/ipv4/tcp_fin_timeout
echo 3 >/proc/sys/net/ipv4/tcp_orphan_retries
check "random operations, seed $SEED" ./stress "$SEED" "${ROUNDS:-12}" "$OPS"
check "all sockets are freed" nothing_left
check "connections have been made" \
	test "$(cat $COUNTERS/passive_opens)" -gt 0
done_testing
