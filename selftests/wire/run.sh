#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Runs every wire script, or those named, over both wires, and prints TAP. Arguments that start
# with '-' go to the wire program, see README.md. Needs root, /dev/net/tun and
# the stack under test in the running kernel; builds the program if it is not
# there yet (in a guest with a read-only root it must be).
set -eu

cd "$(dirname "$0")"
[ -x wire ] || make -s wire

family='--family mytcp,mytcp253'
options=
while [ $# -gt 0 ]; do
	case $1 in
	--family) family="$1 $2"; shift 2 ;;
	--slack) options="$options $1 $2"; shift 2 ;;
	-*) options="$options $1"; shift ;;
	*) break ;;
	esac
done
[ $# -gt 0 ] || set -- */*.wire

# shellcheck disable=SC2086 # the options are words
exec ./wire $family $options "$@"
