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
	./simulate.py short,few cubic,reno 1 0 1 "$SUITE_TMP/runs" &&
		./report.py --tap "$SUITE_TMP/runs"
}

relay "" simulate
done_testing
