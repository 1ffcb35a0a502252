#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh [TARGET [FILE...]]: build the fuzz targets and run each of them, or the
# one named, for a while; TAP on standard output.  With files only these inputs
# are run, each for itself: what a failure leaves is run again so.
#
#   -s SECONDS  for each target, by default 60, and 300 in `make test-full`
#   -S SEED     of what is tried; by default 1, in `make test-full` another one
#               each time, which is told
#   -k          keep: make the tree's corpus of what has been found in this
#               checkout so far, as few inputs as reach as much
#
# What reaches new code is kept in the cache, and the next run goes on from
# there; a fresh one begins with the tree's corpus.  An input that fails is left
# with the results.

set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/../../scripts/common.sh"

cd "$MYTCP_TOP"
TARGETS=(codec rules scoreboard reassembly segment)
INPUT_MAX=512
# Octets of a file of the tree's corpus: a sample of what would be more
CORPUS_MAX=18000
seconds=60
seed=1
keep=

if [ -n "${MYTCP_FULL:-}" ]; then
	seconds=300
	seed=$RANDOM
fi
while getopts ks:S: opt; do
	case $opt in
	k) keep=1 ;;
	s) seconds=$OPTARG ;;
	S) seed=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# = 0 ] || TARGETS=("$1")
[ $# = 0 ] || shift

# shellcheck disable=SC2046 # a list of package names
need_packages $(grep -v '^#' selftests/fuzz/packages)
kernel=$(scripts/kernels.sh uml-clang)
OUT=$MYTCP_CACHE/fuzz/$(printf '%s\n' "$MYTCP_TOP" "$kernel" | sha256sum | cut -c1-10)
results=${RESULTS:-$OUT/results}/fuzz
mkdir -p "$OUT" "$results"
lock "$OUT/.lock"
with_progress "building the fuzz targets" "$OUT/build.log" \
	make -f selftests/fuzz/build.mk -j"$MYTCP_JOBS" \
	TOP="$MYTCP_TOP" KERNEL="$kernel" OUT="$OUT" "${TARGETS[@]/#/$OUT/}"

# Machines are busy: who needs a minute for one input goes round in circles
fuzzer()
{
	local target=$1
	shift

	"$OUT/$target" -timeout=60 -max_len="$INPUT_MAX" "$@" 9>&-
}

# unpack TARGET: the tree's corpus and what it has once found, a file for each line
unpack()
{
	local dir=$OUT/corpus/$1 line n=0

	mkdir -p "$dir"
	while read -r line; do
		n=$((n + 1))
		base64 -d <<<"$line" >"$dir/tree-$n"
	done < <(grep -hv '^#' selftests/fuzz/{corpus,found}/"$1" 2>/dev/null)
}

# pack TARGET: the reverse, of no more inputs than needed
pack()
{
	local small=$OUT/small file=selftests/fuzz/corpus/$1 f

	rm -rf "$small"
	mkdir -p "$small" selftests/fuzz/corpus
	fuzzer "$1" -set_cover_merge=1 "$small" "$OUT/corpus/$1" >"$OUT/$1.log" 2>&1
	{
		echo '# SPDX-License-Identifier: GPL-2.0'
		echo '# Inputs in base64, written by run.sh -k'
		for f in "$small"/*; do
			base64 -w 0 "$f"
			echo
		done | LC_ALL=C sort | sort -R --random-source=<(yes) |
			awk -v most="$CORPUS_MAX" '(n += length($0)) <= most' |
			LC_ALL=C sort
	} >"$file"
	say "$file: $(wc -l <"$file") lines, $(wc -c <"$file") octets"
}

# explain LOG: what the sanitizers said, as remarks
explain()
{
	grep -vE '^(INFO|#[0-9]|NEW_FUNC|[[:space:]]+NEW_FUNC)' "$1" |
		cut -c1-200 | head -n 60 | sed 's/^/# /'
}

# run_target NUMBER TARGET: a line of TAP
run_target()
{
	local number=$1 target=$2 log=$results/$2.log prefix=$results/$2- input runs

	unpack "$target"
	rm -f "$prefix"*
	if fuzzer "$target" -max_total_time="$seconds" -seed="$seed" \
		-print_final_stats=1 -artifact_prefix="$prefix" \
		"$OUT/corpus/$target" >"$log" 2>&1; then
		runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
		echo "ok $number - fuzz: $target: ${runs:-0} runs in $seconds s," \
			"seed $seed"
		return
	fi
	explain "$log"
	input=$(find "$results" -name "$target-*" | head -n 1)
	[ -z "$input" ] ||
		echo "# again by: selftests/fuzz/run.sh $target $input"
	echo "not ok $number - fuzz: $target: seed $seed"
	return 1
}

# run_inputs TARGET FILE...: a line of TAP for each
run_inputs()
{
	local target=$1 number=0 status=0 file
	shift

	for file; do
		number=$((number + 1))
		if fuzzer "$target" "$file" >"$OUT/$target.log" 2>&1; then
			echo "ok $number - fuzz: $target: $file"
		else
			explain "$OUT/$target.log"
			echo "not ok $number - fuzz: $target: $file"
			status=1
		fi
	done
	echo "1..$number"
	return "$status"
}

if [ -n "$keep" ]; then
	for target in "${TARGETS[@]}"; do
		pack "$target"
	done
	exit
fi
if [ $# != 0 ]; then
	run_inputs "${TARGETS[0]}" "$@"
	exit
fi

number=0 failed=0
for target in "${TARGETS[@]}"; do
	number=$((number + 1))
	run_target "$number" "$target" || failed=$((failed + 1))
done
echo "1..$number"
[ "$failed" = 0 ]
