#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# The exit statuses and the messages of mytcp_run, in TAP. Needs root, and the
# module MYTCP_KO loaded; unloads it for a moment.
set -u

cd "$(dirname "$0")" || exit 1
launcher=../../tools/mytcp_run
out=$(mktemp)
trap 'rm -f "$out"' EXIT
n=0
failed=0

# expect STATUS TEXT NAME CMD ARGS...: what a run returns, and says among others
expect()
{
	want=$1 text=$2 name=$3 status=0
	shift 3
	n=$((n + 1))
	"$@" >"$out" 2>&1 || status=$?
	echo "status $status" >>"$out"
	if grep -qxF "status $want" "$out" && grep -qF -- "$text" "$out"; then
		echo "ok $n - $name"
		return
	fi
	failed=1
	echo "# want status $want and: $text"
	sed 's/^/# /' "$out"
	echo "not ok $n - $name"
}

echo 1..11
expect 0 'Usage:' launcher_help "$launcher" -h
expect 1 'Usage:' launcher_no_command "$launcher"
expect 1 'must be 6 or 253' launcher_bad_protocol "$launcher" -p 17 true
expect 1 'Usage:' launcher_bad_option "$launcher" -z true
expect 0 'status' launcher_success "$launcher" true
expect 7 'status' launcher_status_of_command "$launcher" sh -c 'exit 7'
expect 0 '-p 6' launcher_options_of_command "$launcher" echo -p 6
expect 127 'No such file' launcher_not_found "$launcher" ./no-such-command
expect 126 'Permission denied' launcher_not_executable "$launcher" ./Makefile
# The program must not start on the kernel's TCP.
rmmod mytcp
expect 1 'not loaded' launcher_no_module "$launcher" echo started
n=$((n + 1))
if grep -q started "$out"; then
	failed=1
	echo "not ok $n - launcher_no_module_runs_nothing"
else
	echo "ok $n - launcher_no_module_runs_nothing"
fi
insmod "$MYTCP_KO"
exit "$failed"
