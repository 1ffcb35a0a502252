#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# sim.sh: simulate the whole grid of paths (selftests/sim/), mytcp beside the
# kernel's TCP, and write Documentation/simulation.md and its picture.  By
# variables:
#
#   CONTROLS=cubic,reno,bbr  congestion controls
#   REPETITIONS=3            of each run
#   SETS=whole,fairness      of selftests/sim/grid.py

set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

CONTROLS=${CONTROLS:-cubic,reno,bbr}
REPETITIONS=${REPETITIONS:-3}
SETS=${SETS:-whole,fairness}
RESULTS=$MYTCP_CACHE/results/sim

cd "$MYTCP_TOP"
need_packages build-essential kmod iproute2 python3
kernel=$(scripts/kernels.sh uml-plain)
module=$(scripts/build-module.sh -a um "$kernel/build" 2>"$MYTCP_CACHE/sim-build.log") ||
	{ cat "$MYTCP_CACHE/sim-build.log" >&2; die "the module could not be built"; }
make -s -C selftests/sim
rm -rf "$RESULTS"
mkdir -p "$RESULTS"

# part NUMBER: one of as many guests as there are processors
part()
{
	scripts/uml.sh -k uml-plain -x -t 36000 -o "$RESULTS" \
		-l "$RESULTS/$1.kernel" -- sh -c "insmod '$module' &&
		cd selftests/sim && exec ./simulate.py $SETS $CONTROLS $REPETITIONS $1 \
		$MYTCP_JOBS $RESULTS/$1.runs" >"$RESULTS/$1.log" 2>&1
}

say "simulating: $SETS, $CONTROLS, $REPETITIONS times"
jobs=()
trap 'kill "${jobs[@]}" 2>/dev/null; exit 130' INT TERM
for ((i = 0; i < MYTCP_JOBS; i++)); do
	part "$i" &
	jobs+=($!)
done
tick=0
while [ -n "$(jobs -rp)" ]; do
	sleep 1
	tick=$((tick + 1))
	[ $((tick % 30)) != 0 ] || say "$SECONDS s:" \
		"$(cat "$RESULTS"/*.log | grep -c '^# ') runs begun: $(tail -qn 1 "$RESULTS/0.log")"
done
for job in "${jobs[@]}"; do
	wait "$job" || die "a guest failed: see $RESULTS"
done
selftests/sim/report.py "$RESULTS"/*.runs
say "written: Documentation/simulation.md and simulation.svg"
