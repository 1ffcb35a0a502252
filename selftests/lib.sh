# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What the suites that run programs in namespaces have in common: results in
# TAP, bounded waits, the namespaces, and the words for the stacks.  To be
# sourced by bash, as root, in a guest that has the module loaded (MYTCP_KO
# says which file it is).

MYTCP_TOP=${MYTCP_TOP:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}
export PATH="$MYTCP_TOP/tools:$PATH"

# shellcheck disable=SC2034 # for the suites
COUNTERS=/sys/kernel/mytcp/counters

tap_count=0
tap_failed=0

# An own folder for every run, and one for each test (cleaned before it)
SUITE_TMP=$(mktemp -d "${TMPDIR:-/tmp}/mytcp-test.XXXXXX")
WORK=$SUITE_TMP/work

# what the kernel is: UML has virtual time and every checker
on_uml()
{
	[ -e /proc/exitcode ]
}

# check TEXT CMD ARGS...: one test.  CMD (a function, mostly) runs in a subshell
# with "set -e"; what it printed is shown when it fails.  $WORK is empty at its
# start.  FILTER, an extended regular expression, selects tests by TEXT.
check()
{
	local text=$1 status
	shift

	[[ $text =~ ${FILTER:-} ]] || return 0
	rm -rf "$WORK"
	mkdir -p "$WORK"
	(
		set -eEuo pipefail
		trap 'echo "failed: $BASH_COMMAND (line $LINENO)"' ERR
		trap end_jobs EXIT
		"$@"
	) >"$SUITE_TMP/output" 2>&1
	status=$?
	tap_count=$((tap_count + 1))
	if [ "$status" = 0 ]; then
		echo "ok $tap_count - $text"
		return 0
	fi
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $text"
	tail -n 40 "$SUITE_TMP/output" | cut -c1-300 | sed 's/^/# /'
	return 0
}

# skip TEXT WHY: a test that this kernel cannot run
skip()
{
	[[ $1 =~ ${FILTER:-} ]] || return 0
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

# done_testing: the plan; to be the suite's last command
done_testing()
{
	rm -rf "$SUITE_TMP"
	echo "1..$tap_count"
	[ "$tap_failed" = 0 ] && [ "$tap_count" != 0 ]
}

# end_jobs: kill what a test left running, whether it is this shell's child or
# grandchild or has become a daemon in one of the namespaces
end_jobs()
{
	local name

	# shellcheck disable=SC2046 # a list of numbers
	kill -KILL $(jobs -p) 2>/dev/null || :
	for name in /run/netns/*; do
		[ ! -e "$name" ] || end_processes "${name##*/}"
	done
	wait 2>/dev/null || :
}

# wait_for SECONDS CMD ARGS...: until CMD succeeds.  The longer it takes, the less
# often it is asked: asking is dearer than waiting.
wait_for()
{
	local end=$((SECONDS + $1)) tenths=1
	shift

	until "$@"; do
		if [ "$SECONDS" -gt "$end" ]; then
			echo "not in time: $*"
			return 1
		fi
		sleep 0.$tenths
		[ $tenths = 5 ] || tenths=$((tenths + 1))
	done
}

# fails CMD ARGS...: the reverse of its success; unlike "!", "set -e" heeds it
fails()
{
	if "$@"; then
		echo "should fail: $*"
		return 1
	fi
}

# equal GOT WANT WHAT
equal()
{
	[ "$1" = "$2" ] || { echo "$3: got '$1', want '$2'"; return 1; }
}

# between LOW VALUE HIGH WHAT: integers
between()
{
	if [ "$2" -lt "$1" ] || [ "$2" -gt "$3" ]; then
		echo "$4: $2 is not within $1..$3"
		return 1
	fi
}

# digest [FILE]: SHA-256 of a file or of standard input
digest()
{
	sha256sum "${1:--}" | cut -d ' ' -f 1
}

# same FILE FILE: byte by byte, by SHA-256
same()
{
	local a b

	a=$(digest "$1")
	b=$(digest "$2")
	[ "$a" = "$b" ] ||
		{ echo "$(stat -c '%n %s bytes' "$1" "$2") differ"; return 1; }
}

# copies N FILE COPY...: as many as that, all of them byte by byte
copies()
{
	local number=$1 original=$2
	shift 2

	equal "$(sha256sum "$@" | cut -d ' ' -f 1 | sort | uniq -c | xargs)" \
		"$number $(digest "$original")" "copies"
}

# random_file FILE BYTES
random_file()
{
	head -c "$2" /dev/urandom >"$1"
}

# The stacks by their names: on STACK prints nothing; it sets the array ON to
# what comes before a command so that it runs on that stack.
#   kernel   the kernel's own TCP
#   mytcp    mytcp in TCP's own packets
#   mytcp253 mytcp under protocol 253
# shellcheck disable=SC2034 # ON is for the caller
on()
{
	case $1 in
	kernel) ON=(env) ;;
	mytcp) ON=(mytcp_run) ;;
	mytcp253) ON=(mytcp_run -p 253) ;;
	*) echo "no such stack: $1"; return 1 ;;
	esac
}

# ns NAME CMD ARGS...: in a network namespace.  /proc/net and
# /sys/kernel/mytcp show that of their reader, so nothing need be mounted.
ns()
{
	local name=$1
	shift

	nsenter --net="/run/netns/$name" "$@"
}

# add_ns NAME...: with the loopback device up
add_ns()
{
	local name

	for name; do
		ip netns add "$name"
		ip -n "$name" link set lo up
	done
}

# end_processes NAME: kill whoever is in a network namespace.  What ip netns pids
# would tell, without a process of its own.
end_processes()
{
	local process

	for process in /proc/[0-9]*; do
		[ ! "$process/ns/net" -ef "/run/netns/$1" ] ||
			kill -KILL "${process#/proc/}" 2>/dev/null || :
	done
}

# del_ns NAME...: after everything in there has been killed
del_ns()
{
	local name

	for name; do
		[ -e "/run/netns/$name" ] || continue
		end_processes "$name"
		ip netns del "$name"
	done
}

# cable NS DEVICE ADDRESS/BITS NS DEVICE ADDRESS/BITS: a veth pair
cable()
{
	ip link add "$2" netns "$1" type veth peer name "$5" netns "$4"
	ip -n "$1" address add "$3" dev "$2"
	ip -n "$4" address add "$6" dev "$5"
	ip -n "$1" link set "$2" up
	ip -n "$4" link set "$5" up
}

# listening NS PORT [STACK]: does this stack (either, when none is named) listen?
# shellcheck disable=SC2016 # awk's own variables
listening()
{
	local port tables=(/proc/net/tcp /proc/net/tcp6 /proc/net/mytcp)

	case ${3:-} in
	kernel) unset 'tables[2]' ;;
	mytcp*) tables=(/proc/net/mytcp) ;;
	esac
	port=$(printf ':%04X' "$2")
	ns "$1" awk -v port="$port" 'index($2, port) && $4 == "0A" { found = 1 }
		END { exit !found }' "${tables[@]}"
}

# listens NS PORT [STACK]: wait until somebody does
listens()
{
	wait_for 20 listening "$@"
}

# rows NS STATE [PORT]: mytcp's connections in this state (two hexadecimal
# digits as in /proc/net/tcp), with that port at either end
rows()
{
	local port=

	[ -z "${3:-}" ] || port=$(printf ':%04X' "$3")
	ns "$1" cat /proc/net/mytcp |
		awk -v state="$2" -v port="$port" 'NR > 1 && $4 == state &&
			(port == "" || index($2 $3, port)) { n++ }
			END { print n + 0 }'
}

# rows_are NS STATE NUMBER [PORT]
rows_are()
{
	[ "$(rows "$1" "$2" "${4:-}")" = "$3" ]
}

# counter NS NAME
counter()
{
	ns "$1" cat "$COUNTERS/$2"
}

# loaded: is the module in the kernel?
loaded()
{
	grep -q '^mytcp ' /proc/modules
}

# sockets: how many mytcp sockets the whole machine has, and pages of memory
sockets()
{
	awk '$1 == "MYTCP" { print $3, $4 }' /proc/net/protocols
}

no_sockets()
{
	[ "$(sockets | cut -d ' ' -f 1)" = 0 ]
}

# relay PREFIX CMD ARGS...: tests of a program that prints TAP without numbers
relay()
{
	local prefix=$1 line
	shift

	while IFS= read -r line; do
		case $line in
		"ok - "*)
			tap_count=$((tap_count + 1))
			echo "ok $tap_count - $prefix${line#ok - }"
			;;
		"not ok - "*)
			tap_count=$((tap_count + 1))
			tap_failed=$((tap_failed + 1))
			echo "not ok $tap_count - $prefix${line#not ok - }"
			;;
		*)
			echo "# ${line#\# }"
			;;
		esac
	done < <("$@" 2>&1)
	wait $! && return
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $prefix${1##*/} came to its end"
}
