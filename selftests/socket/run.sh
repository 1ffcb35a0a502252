#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Runs the socket tests in a guest that has the module loaded, and prints TAP.
# The kernel's own TCP goes first: a test that fails on it is a wrong test.
#   run.sh [FILTER]   only tests whose name contains FILTER
# Needs root; the programs are built by make.
set -u

cd "$(dirname "$0")" || exit 1

# suite NAME CMD ARGS...: run one; NAME, a word, goes before its tests' names
suite()
{
	echo "@ $1"
	shift
	"$@"
	echo "@ end"
}

# tests PROGRAM FAMILY...: one program for several families
tests()
{
	program=$1
	shift
	for family; do
		suite "$family" "./$program" --family "$family" "$filter"
	done
}

# An empty one is part of every name.
filter=${1:-}
launcher=../../tools/mytcp_run

{
	tests socket_test tcp mytcp mytcp253
	tests coexist_test tcp mytcp
	tests family_test mytcp mytcp253
	suite mytcp_run "$launcher" ./preload_test --family tcp "$filter"
	suite mytcp_run-253 "$launcher" -p 253 ./preload_test --family tcp "$filter"
	[ -n "$filter" ] || suite mytcp_run ./launcher_test.sh
} | awk '
	# One plan for all, and names that say which suite it was.
	$1 == "@" && $2 != "end" {
		suite = $2; left = 0; planned = ""
		next
	}
	/^1\.\./ { left = planned = substr($0, 4) + 0; next }
	/^TAP / { next }
	/^(not )?ok / {
		left--
		failed += /^not/
		sub(/ok [0-9]+ - /, "ok " ++n " - " suite ": ")
	}
	$1 == "@" {
		# A program that died took its other tests with it.
		if (planned != "" && !left)
			next
		failed++
		$0 = "not ok " ++n " - " suite ": did not finish"
	}
	{ print; fflush() }
	END { print "1.." n; exit failed > 0 }
'
