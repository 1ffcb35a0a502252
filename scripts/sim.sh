#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# sim.sh: simulate the whole grid of paths (selftests/sim/), mytcp beside the
# kernel's TCP, and write Documentation/simulation.md and its picture.  By
# variables:
#
#   CONTROLS=cubic,reno,bbr  congestion controls
#   REPETITIONS=3            of each run
#   SETS="whole fairness"    of selftests/sim/grid.py

set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

CONTROLS=${CONTROLS:-cubic,reno,bbr}
REPETITIONS=${REPETITIONS:-3}
SETS=${SETS:-whole fairness}
RESULTS=$MYTCP_CACHE/results/sim

cd "$MYTCP_TOP"
need_packages build-essential kmod iproute2 python3
kernel=$(scripts/kernels.sh uml-plain)
module=$(scripts/build-module.sh -a um "$kernel/build" 2>"$MYTCP_CACHE/sim-build.log") ||
	{ cat "$MYTCP_CACHE/sim-build.log" >&2; die "the module could not be built"; }
make -s -C selftests/sim
rm -rf "$RESULTS"
mkdir -p "$RESULTS"

# part KIND NUMBER: one of as many guests as there are processors
part()
{
	scripts/uml.sh -k uml-plain -x -t 36000 -o "$RESULTS" \
		-l "$RESULTS/$1.$2.kernel" -- sh -c "insmod '$module' &&
		cd selftests/sim && exec ./simulate.py $1 $CONTROLS $REPETITIONS $2 \
		$MYTCP_JOBS $RESULTS/$1.$2" >"$RESULTS/$1.$2.log" 2>&1
}

jobs=()
trap 'kill "${jobs[@]}" 2>/dev/null; exit 130' INT TERM
for kind in $SETS; do
	say "simulating: $kind"
	jobs=()
	for ((i = 0; i < MYTCP_JOBS; i++)); do
		part "$kind" "$i" &
		jobs+=($!)
	done
	tick=0
	while [ -n "$(jobs -rp)" ]; do
		sleep 1
		tick=$((tick + 1))
		[ $((tick % 30)) != 0 ] || say "$kind: $SECONDS s:" \
			"$(cat "$RESULTS"/*.log | grep -c '^# ') runs are done"
	done
	for job in "${jobs[@]}"; do
		wait "$job" || die "a guest failed: see $RESULTS"
	done
done
find "$RESULTS" -regex '.*/[a-z]*\.[0-9]*' -print0 | sort -z | xargs -0 selftests/sim/report.py
say "written: Documentation/simulation.md and simulation.svg"
