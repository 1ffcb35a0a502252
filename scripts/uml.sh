#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# uml.sh [OPTIONS] [--] CMD ARGS...: run a command under a User Mode Linux
# kernel.  The guest sees the machine's own root file system read-only,
# with a fresh /tmp, /run and /var/log, and starts in the current directory.
#
#   -k NAME    the kernel, as kernels.sh names it (default uml-debug)
#   -R         real time; default is virtual time, which jumps over every wait
#   -x         exact virtual time: computing takes none, so that times repeat to
#              the microsecond; a program that polls the clock hangs
#   -t SECS    give up after SECS of real time (default 300)
#   -l FILE    the kernel's log (default: a temporary file)
#   -o DIR     this folder is writable in the guest, at the same path (may be
#              repeated)
#   -m MEM     memory (default 1G)
#   -a ARG     one more kernel argument (may be repeated)
#   -i         interactive: the terminal is the guest's console; implies -R
#   -s FILE    source FILE (shell) in the guest before the command
#   -L         scan for leaked memory afterwards (kmemleak)
#   -n         do not judge the kernel's log
#
# Standard output is the command's standard output and error.  The exit status
# is the command's; 124 when time ran out, 99 when the command succeeded but
# the kernel's log has a complaint in it (which is shown on standard error), 98
# when the guest died before the command ended.

set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/guest.sh
. "$(dirname "$0")/guest.sh"

name=uml-debug
time_args=(time-travel)
mem=1G
input=null
while getopts k:Rxt:l:o:m:a:is:Ln opt; do
	case $opt in
	k) name=$OPTARG ;;
	R) time_args=() ;;
	x) time_args=(time-travel=inf-cpu) ;;
	m) mem=$OPTARG ;;
	*) guest_option "$opt" "${OPTARG:-}" ;;
	esac
	[ "$opt" != i ] || input=fd:0 time_args=()
done
shift $((OPTIND - 1))
[ $# -ge 1 ] || die "usage: uml.sh [OPTIONS] CMD ARGS... (see the script's head)"

kernel=$("$MYTCP_TOP/scripts/kernels.sh" "$name")
guest_prepare "$kernel/modules" "$@"
# tty0 is the command's terminal, tty1 takes the kernel's log
guest_run "$kernel/image" mem="$mem" \
	root=/dev/root rootfstype=hostfs rootflags=/ ro \
	init="$GUEST_BUSYBOX" mytcp_busybox="$GUEST_BUSYBOX" \
	mytcp_guest="$GUEST_WORK" \
	mytcp_host=hostfs mytcp_console=tty0 \
	uml_dir="$GUEST_WORK/" umid=guest \
	con=null "con0=$input,fd:1" con1=null,fd:2 console=tty1 loglevel=8 \
	"${time_args[@]}" "${GUEST_ARGS[@]}" \
	-- sh "$MYTCP_TOP/scripts/guest-init.sh" 2>"$GUEST_LOG"
guest_finish
