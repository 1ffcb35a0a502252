# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What uml.sh and qemu.sh have in common: the work folder by which host and
# guest speak, and the verdict on a run.  To be sourced after common.sh.

GUEST_LIMIT=300
GUEST_LOG=
GUEST_ARGS=()
guest_writable=()
guest_prelude=
guest_leaks=
guest_interactive=
guest_judge=1

# guest_option LETTER ARGUMENT: the options that both scripts take
guest_option()
{
	case $1 in
	t) GUEST_LIMIT=$2 ;;
	l) GUEST_LOG=$2 ;;
	o) guest_writable+=("$(realpath "$2")") ;;
	a) GUEST_ARGS+=("$2") ;;
	i) guest_interactive=1 ;;
	s) guest_prelude=$2 ;;
	L) guest_leaks=1 ;;
	n) guest_judge= ;;
	*) exit 2 ;;
	esac
}

# guest_busybox: keep Debian's static busybox in the cache.  It is not installed,
# because it excludes the ordinary one.
guest_busybox()
{
	local dir

	GUEST_BUSYBOX=$MYTCP_CACHE/busybox
	[ ! -x "$GUEST_BUSYBOX" ] || return 0
	dir=$(mktemp -d)
	(cd "$dir" && { apt_download busybox-static ||
		{ apt_update_once && apt_download busybox-static; }; } &&
		dpkg -x busybox-static_*.deb .) >&2
	mv "$dir/bin/busybox" "$GUEST_BUSYBOX"
	rm -rf "$dir"
}

# guest_prepare MODULES CMD ARGS...: make the work folder and write there what
# guest-init.sh reads.  MODULES is what the guest sees as /lib/modules.
guest_prepare()
{
	local modules=$1

	shift
	guest_busybox
	GUEST_WORK=$(mktemp -d "${TMPDIR:-/tmp}/mytcp-guest.XXXXXX")
	trap 'rm -rf "$GUEST_WORK"' EXIT
	[ -n "$GUEST_LOG" ] || GUEST_LOG=$GUEST_WORK/kernel.log
	[ -z "$guest_prelude" ] || cp "$guest_prelude" "$GUEST_WORK/prelude"
	{
		printf 'MYTCP_TOP=%q\n' "$MYTCP_TOP"
		printf 'MYTCP_CACHE=%q\n' "$MYTCP_CACHE"
		printf 'GUEST_CWD=%q\n' "$PWD"
		printf 'GUEST_LEAKS=%q\n' "$guest_leaks"
		printf 'GUEST_INTERACTIVE=%q\n' "$guest_interactive"
		printf 'GUEST_MODULES=%q\n' "$modules"
		printf 'GUEST_WRITABLE="%s"\n' "${guest_writable[*]}"
	} >"$GUEST_WORK/guest.env"
	{
		printf 'exec '
		[ -z "$guest_interactive" ] || printf 'setsid -c '
		printf '%q ' "$@"
	} >"$GUEST_WORK/command"
}

# guest_run CMD ARGS...: run the emulator, leave its exit status in guest_rc
guest_run()
{
	guest_rc=0
	if [ -n "$guest_interactive" ]; then
		"$@" || guest_rc=$?
		return 0
	fi
	timeout -k 5 "$GUEST_LIMIT" "$@" </dev/null &
	guest_pid=$!
	trap 'kill "$guest_pid" 2>/dev/null; exit 130' INT TERM
	wait "$guest_pid" || guest_rc=$?
}

# guest_finish: exit with the guest command's status, or with a status that
# says what went wrong (see the head of uml.sh)
guest_finish()
{
	local status

	[ ! -s "$GUEST_WORK/kmemleak" ] ||
		cat "$GUEST_WORK/kmemleak" >>"$GUEST_LOG"
	if [ -e "$GUEST_WORK/status" ]; then
		status=$(cat "$GUEST_WORK/status")
	elif [ "$guest_rc" = 124 ] || [ "$guest_rc" = 137 ]; then
		say "the guest was stopped after $GUEST_LIMIT s; its log ends:"
		tail -n 20 "$GUEST_LOG" >&2
		status=124
	else
		say "the guest died (status $guest_rc); its log ends:"
		tail -n 60 "$GUEST_LOG" >&2
		status=98
	fi
	if [ -n "$guest_judge" ] &&
	   ! "$MYTCP_TOP/scripts/check-log.sh" "$GUEST_LOG" >&2 &&
	   [ "$status" = 0 ]; then
		status=99
	fi
	exit "$status"
}
