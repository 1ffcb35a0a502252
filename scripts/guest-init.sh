#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The first process of a test guest, UML or QEMU.  The root file system is the
# host's; uml.sh and qemu.sh say in the file guest.env of the work folder
# (named on the kernel's command line) what to do.  Does nothing when it is not
# the first process.

[ $$ = 1 ] || exit 1
# Arguments of the kernel become variables of its first process
: "${mytcp_host:?}" "${mytcp_guest:?}" "${mytcp_console:?}"
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL=C TERM=${TERM:-linux}
unset LANG HOME

mount -n -t proc proc /proc
mount -n -t sysfs sysfs /sys
mount -n -t debugfs debugfs /sys/kernel/debug 2>/dev/null
mount -n -t cgroup2 cgroup2 /sys/fs/cgroup 2>/dev/null
mountpoint -q /dev || mount -n -t devtmpfs dev /dev
mkdir -p /dev/pts /dev/shm /dev/net
mount -n -t devpts -o ptmxmode=666 devpts /dev/pts
mount -n -t tmpfs tmpfs /dev/shm
[ -e /dev/net/tun ] || mknod /dev/net/tun c 10 200
[ -e /dev/fd ] || ln -s /proc/self/fd /dev/fd

# UML: a hostfs mount for each writable folder.  QEMU: the root is one virtiofs
# mount, read-only but for what is mounted a second time.
if [ "$mytcp_host" = hostfs ]; then
	host_mount()
	{
		mount -n -t hostfs none "$2" -o "$1"
	}
	mount -n -t tmpfs tmpfs /run
else
	host_mount()
	{
		mount -n --bind "/run/host$1" "$2"
	}
	mount -n -t tmpfs tmpfs /mnt
	mkdir /mnt/host
	mount -n --bind / /mnt/host
	mount -n -t tmpfs tmpfs /run
	mkdir /run/host
	mount -n --move /mnt/host /run/host
	umount -n /mnt
	mount -n -o remount,bind,ro /
fi
mkdir -p /run/lock /run/netns /run/work
host_mount "$mytcp_guest" /run/work
# shellcheck source=/dev/null # written by uml.sh and qemu.sh
. /run/work/guest.env

mount -n -t tmpfs tmpfs /tmp
mount -n -t tmpfs tmpfs /var/tmp
mount -n -t tmpfs tmpfs /var/log
export HOME=/tmp TMPDIR=/tmp MYTCP_TOP MYTCP_CACHE
# A checkout or a cache below /tmp has just disappeared
for dir in "$MYTCP_TOP" "$MYTCP_CACHE" "$GUEST_CWD" "${GUEST_WRITABLE[@]}"; do
	[ -d "$dir" ] && continue
	mkdir -p "$dir"
	host_mount "$dir" "$dir"
	mount -n -o remount,bind,ro "$dir"
done
for dir in "${GUEST_WRITABLE[@]}"; do
	host_mount "$dir" "$dir"
done
mount -n --bind "$GUEST_MODULES" /lib/modules

hostname mytcp-guest
ip link set lo up
# Every complaint is wanted in the log
echo 0 >/proc/sys/kernel/printk_ratelimit
echo 0 >/proc/sys/net/core/message_cost

exec <"/dev/$mytcp_console" >"/dev/$mytcp_console" 2>&1
[ -n "$GUEST_INTERACTIVE" ] || stty raw -echo
cd "$GUEST_CWD" || cd /
(
	# shellcheck source=/dev/null # the caller's file
	[ ! -e /run/work/prelude ] || . /run/work/prelude
	if [ -n "$GUEST_INTERACTIVE" ]; then
		exec setsid -c "${GUEST_COMMAND[@]}"
	fi
	exec "${GUEST_COMMAND[@]}"
)
status=$?

# kmemleak ignores what is younger than five seconds
if [ -n "$GUEST_LEAKS" ] && [ -e /sys/kernel/debug/kmemleak ]; then
	sleep 6
	echo scan >/sys/kernel/debug/kmemleak
	echo scan >/sys/kernel/debug/kmemleak
	cat /sys/kernel/debug/kmemleak >/run/work/kmemleak
fi
echo "$status" >/run/work/status
sync
# UML ends at power off; QEMU runs with -no-reboot, which needs no ACPI
if [ "$mytcp_host" = hostfs ]; then
	echo o >/proc/sysrq-trigger
else
	echo b >/proc/sysrq-trigger
fi
sleep 60
