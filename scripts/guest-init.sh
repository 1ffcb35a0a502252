#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# The first process of a test guest, UML or QEMU.  The root file system is the
# host's; uml.sh and qemu.sh say in the work folder (named on the kernel's
# command line) what to do.  Does nothing when it is not the first process.
#
# Every program that is started costs an emulated machine a good part of a
# second, most of it for its libraries: hence a static busybox, and few commands.

[ $$ = 1 ] || exit 1
# Arguments of the kernel become variables of its first process
b=${mytcp_busybox:?}
: "${mytcp_host:?}" "${mytcp_guest:?}" "${mytcp_console:?}"
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export LC_ALL=C TERM="${TERM:-linux}"
unset LANG

$b mount -t proc proc /proc
$b mount -t sysfs sysfs /sys
# QEMU boots with one processor: see qemu.sh
for cpu in /sys/devices/system/cpu/cpu*/online; do
	[ ! -e "$cpu" ] || echo 1 >"$cpu"
done
[ ! -d /sys/kernel/debug ] || $b mount -t debugfs debugfs /sys/kernel/debug
[ ! -d /sys/fs/cgroup ] || $b mount -t cgroup2 cgroup2 /sys/fs/cgroup
$b mount -t devtmpfs dev /dev
$b mkdir -p /dev/pts /dev/shm /dev/net
$b mount -t devpts -o ptmxmode=666 devpts /dev/pts
$b mount -t tmpfs tmpfs /dev/shm
[ -e /dev/net/tun ] || $b mknod /dev/net/tun c 10 200
[ -e /dev/fd ] || $b ln -s /proc/self/fd /dev/fd

# UML: a hostfs mount for each writable folder.  QEMU: the root is one virtiofs
# mount, read-only but for what is mounted a second time.
if [ "$mytcp_host" = hostfs ]; then
	host_mount()
	{
		$b mount -t hostfs -o "$1" none "$2"
	}
	$b mount -t tmpfs tmpfs /run
else
	host_mount()
	{
		$b mount -o bind "/run/host$1" "$2"
	}
	$b mount -t tmpfs tmpfs /mnt
	$b mkdir /mnt/host
	$b mount -o bind / /mnt/host
	$b mount -t tmpfs tmpfs /run
	$b mkdir /run/host
	$b mount -o move /mnt/host /run/host
	$b umount /mnt
	$b mount -o remount,bind,ro /
fi
$b mkdir -p /run/lock /run/netns /run/work
host_mount "$mytcp_guest" /run/work
# shellcheck source=/dev/null # written by uml.sh and qemu.sh
. /run/work/guest.env

# It may lie below what is about to disappear
$b cp "$b" /run/busybox
b=/run/busybox
for dir in /tmp /var/tmp /var/log; do
	$b mount -t tmpfs tmpfs $dir
done
export HOME=/tmp TMPDIR=/tmp MYTCP_TOP MYTCP_CACHE
# A checkout or a cache below /tmp has just disappeared
for dir in "$MYTCP_TOP" "$MYTCP_CACHE" "$GUEST_CWD" $GUEST_WRITABLE; do
	[ -d "$dir" ] && continue
	$b mkdir -p "$dir"
	host_mount "$dir" "$dir"
	$b mount -o remount,bind,ro "$dir"
done
for dir in $GUEST_WRITABLE; do
	host_mount "$dir" "$dir"
done
$b mount -o bind "$GUEST_MODULES" /lib/modules

echo mytcp-guest >/proc/sys/kernel/hostname
$b ip link set lo up
# Every complaint is wanted in the log
echo 0 >/proc/sys/kernel/printk_ratelimit
echo 0 >/proc/sys/net/core/message_cost

exec <"/dev/$mytcp_console" >"/dev/$mytcp_console" 2>&1
[ -n "$GUEST_INTERACTIVE" ] || $b stty raw -echo
cd "$GUEST_CWD" || cd /
(
	# shellcheck source=/dev/null # the caller's file
	[ ! -e /run/work/prelude ] || . /run/work/prelude
	# shellcheck source=/dev/null # written by uml.sh and qemu.sh
	. /run/work/command
)
status=$?

# kmemleak ignores what is younger than five seconds; what is left of the first
# sleeper (in exact virtual time its RCU callbacks wait) is gone after the second
if [ -n "$GUEST_LEAKS" ] && [ -e /sys/kernel/debug/kmemleak ]; then
	$b sleep 6
	$b sleep 1
	echo scan >/sys/kernel/debug/kmemleak
	echo scan >/sys/kernel/debug/kmemleak
	$b cat /sys/kernel/debug/kmemleak >/run/work/kmemleak
fi
echo "$status" >/run/work/status
# UML ends at power off; QEMU runs with -no-reboot, which needs no ACPI
if [ "$mytcp_host" = hostfs ]; then
	echo o >/proc/sysrq-trigger
else
	echo b >/proc/sysrq-trigger
fi
$b sleep 60
