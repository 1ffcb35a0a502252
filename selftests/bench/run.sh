#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# Measures what the kernel's TCP, AF_UNIX and mytcp cost, in one boot, and prints
# a table as comments in TAP: instructions (of both ends and all their system
# calls) and bytes, mytcp's ratio to the kernel's TCP, and what it is to reach.
# Runs in a guest that counts instructions, with the module loaded, as root.
#   run.sh [FAMILY...]   default: tcp unix mytcp mytcp253
#
# Of the bytes, those of a TIME_WAIT entry are all that it keeps, so the kernel's
# TCP pays there for the buckets of the automatic port too.
set -u

cd "$(dirname "$0")" || exit 1
[ $# -gt 0 ] || set -- tcp unix mytcp mytcp253

# Its pages must not come from the host while the clock runs.
program=$(mktemp -d)/streambench
cp streambench "$program"

# The kernel still sets itself up in its first seconds, in whatever is measured
# then: one family is measured for nothing.
"$program" "$1" >/dev/null

{
	"$program" "$@" || echo "failed $?"
} | awk -v families="$*" '
	function row(label, work, unit, target,    i, cell, line) {
		line = sprintf("%-26s", label)
		for (i = 1; i <= n; i++) {
			cell = value[family[i], work]
			line = line sprintf(" %10s", cell == "" ? "-" : number(cell, unit))
		}
		line = line sprintf(" %10s", ratio("mytcp", work))
		return line sprintf(" %10s", number(target, unit))
	}
	function number(x, unit) {
		return unit == "byte" ? sprintf("%.2f", x) : sprintf("%.0f", x)
	}
	function ratio(who, work) {
		if (!value["tcp", work] || value[who, work] == "")
			return "-"
		return sprintf("%.2f", value[who, work] / value["tcp", work])
	}
	BEGIN { n = split(families, family, " ") }
	$1 == "failed" { print "not ok " ++tests " - streambench: exit status " $2; bad = 1; next }
	{
		value[$1, $2] = $3
		known = $3 > 0
		bad = bad || !known
		print (known ? "" : "not ") "ok " ++tests " - " $1 ": " $2 ": " $3
		fflush()
	}
	END {
		line = sprintf("%-26s", "")
		for (i = 1; i <= n; i++)
			line = line sprintf(" %10s", family[i])
		print "# " line sprintf(" %10s %10s", "mytcp/tcp", "target")
		print "# " row("one-byte ping-pong", "ping_pong", "", 25000) "  instructions"
		print "# " row("connect, ping-pong, close", "connection", "", 75000) "  instructions"
		print "# " row("bulk, 128 KiB writes", "bulk_byte", "byte", 3.3) "  instructions a byte"
		print "# " row("idle pair, both ends", "idle_pair", "", 5500) "  bytes"
		print "# " row("TIME_WAIT entry", "time_wait", "", 128) "  bytes"
		print "1.." tests
		exit bad
	}
'
status=$?
rm -r "$(dirname "$program")"
exit "$status"
