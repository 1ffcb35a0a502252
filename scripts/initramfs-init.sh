#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=dash
#
# The first process of the initramfs of qemu.sh, for a kernel that has virtiofs
# as a module: load it and go on with the init that the kernel's command line
# names, on the host's file system.

b=/bin/busybox
while read -r module; do
	$b insmod "/$module"
done </modules
$b mount -t virtiofs host /mnt || exit 1
$b mount -t proc proc /proc
init=$($b sed 's/.* init=\([^ ]*\).*/\1/' /proc/cmdline)
$b umount /proc
exec $b switch_root /mnt "$init" "$@"
