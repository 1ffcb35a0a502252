#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A few paths of the simulation (see network.py) and what mytcp makes of them beside
# the kernel's TCP, as tests.  Runs in a guest that has the module loaded and exact
# virtual time; prints TAP.  The whole grid is `make sim`.

cd "$(dirname "$0")" || exit 1
# shellcheck source=selftests/lib.sh
. ../lib.sh

simulate()
{
	local kind

	for kind in short few; do
		echo "# $kind"
		./simulate.py "$kind" cubic,reno 1 0 1 "$SUITE_TMP/$kind" || return
	done
	./report.py --tap "$SUITE_TMP/short" "$SUITE_TMP/few"
}

relay "" simulate
done_testing
