# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Shared by the scripts of this folder: paths, messages, package installation.
# To be sourced by bash; stdout stays free for results.

MYTCP_TOP=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
export MYTCP_TOP
MYTCP_CACHE=${MYTCP_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mytcp}
mkdir -p "$MYTCP_CACHE"

# Parallel jobs of every build
MYTCP_JOBS=${MYTCP_JOBS:-$(nproc)}

say()
{
	printf '== %s\n' "$*" >&2
}

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# apt_get ARGS...: apt-get that asks nothing, waits for another one to end, and
# starts no service: nginx is wanted as a program, not as this machine's server
apt_get()
{
	local policy=/usr/sbin/policy-rc.d ours='' status=0

	[ "$(id -u)" = 0 ] || die "root is needed for: apt-get $*"
	if [ ! -e "$policy" ]; then
		ours=1
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod +x "$policy"
	fi
	DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o DPkg::Lock::Timeout=600 "$@" || status=$?
	[ -z "$ours" ] || rm -f "$policy"
	return "$status"
}

# apt_download PACKAGE: into the current directory, without installing it
apt_download()
{
	apt-get -q -o APT::Sandbox::User=root download "$1"
}

# apt_update_once: refresh the package index, at most once in a run
apt_update_once()
{
	[ -z "${MYTCP_APT_UPDATED:-}" ] || return 0
	say "updating the package index"
	apt_get update >&2 || die "apt-get update failed"
	export MYTCP_APT_UPDATED=1
}

# missing_packages NAME...: print those that are not installed
missing_packages()
{
	local p

	for p; do
		dpkg-query -W -f '${db:Status-Status}\n' "$p" 2>/dev/null |
			grep -qx installed || echo "$p"
	done
}

# need_packages NAME...: install what is not there yet.  The index is only
# refreshed when the installation fails, as it does on a machine that has none.
need_packages()
{
	local missing

	missing=$(missing_packages "$@")
	[ -n "$missing" ] || return 0
	# shellcheck disable=SC2086 # a list of package names
	set -- $missing
	say "installing Debian packages: $*"
	apt_get install --no-install-recommends "$@" >&2 && return 0
	apt_update_once
	apt_get install --no-install-recommends "$@" >&2 ||
		die "cannot install: $*"
}

# lock FILE: only one holder at a time, until this process ends.  Children that
# may outlive it must not inherit descriptor 9.
lock()
{
	mkdir -p "$(dirname "$1")"
	exec 9>"$1"
	flock 9
}

# with_progress TEXT LOG CMD...: run CMD with its output in LOG and a line of
# progress every 15 seconds; on failure the log's end is shown
with_progress()
{
	local text=$1 log=$2 start=$SECONDS pid tick=0
	shift 2

	say "$text"
	"$@" >"$log" 2>&1 9>&- &
	pid=$!
	trap 'kill "$pid"; exit 130' INT TERM
	while kill -0 "$pid" 2>/dev/null; do
		sleep 1
		tick=$((tick + 1))
		[ $((tick % 15)) = 0 ] && say "$text: $((SECONDS - start)) s," \
			"$(wc -l <"$log") lines of output"
	done
	trap - INT TERM
	wait "$pid" && return 0
	tail -n 40 "$log" >&2
	die "failed: $text (full output in $log)"
}
