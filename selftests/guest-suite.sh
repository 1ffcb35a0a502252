#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# guest-suite.sh MODULE [FOLDER [FULL]]: what selftests/run runs in a guest: load
# the module, run the suite's run.sh (none for KUnit, whose tests run as the
# module is loaded), unload the module.

export MYTCP_KO=$1
export MYTCP_FULL=${3:-}	# not empty: the long runs, too
status=0
insmod "$MYTCP_KO" || exit 1
if [ -n "$2" ]; then
	"$2/run.sh" || status=$?
fi
if ! rmmod mytcp; then
	echo "not ok - the module could not be unloaded"
	status=1
fi
exit "$status"
