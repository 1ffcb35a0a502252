#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# qemu.sh [OPTIONS] KERNEL CMD ARGS...: run a command in a virtual machine
# (plain emulation, -accel tcg) under a kernel of kernels.sh: stock-6.12,
# stock-6.1 or x86-kunit.  The guest sees the machine's own root file system
# read-only by virtiofs, with a fresh /tmp, /run and /var/log, and starts in the
# current directory.  The kernel's own modules can be loaded with modprobe.
#
#   -c N       processors (default 2)
#   -I         count instructions: a guest's nanosecond is one instruction; one
#              processor, figures repeat from run to run
#   -m MEM     memory (default 2G)
#   -t -l -o -a -i -s -L -n   as for uml.sh, which also tells the exit status

set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"
# shellcheck source=scripts/guest.sh
. "$(dirname "$0")/guest.sh"

VIRTIOFSD=/usr/lib/qemu/virtiofsd

cpus=2
mem=2G
accel=(-accel "tcg,thread=multi")
while getopts c:Im:t:l:o:a:is:Ln opt; do
	case $opt in
	c) cpus=$OPTARG ;;
	I) cpus=1 accel=(-accel tcg -icount "shift=0,sleep=off") ;;
	m) mem=$OPTARG ;;
	*) guest_option "$opt" "${OPTARG:-}" ;;
	esac
done
shift $((OPTIND - 1))
[ $# -ge 2 ] || die "usage: qemu.sh [OPTIONS] KERNEL CMD ARGS... (see the script's head)"

# initramfs KERNEL-DIR: where the kernel has virtiofs as a module, print an
# initramfs that loads it; nothing otherwise
initramfs()
{
	local dir=$1 abi out=$1/initramfs.gz root modules

	abi=$(basename "$dir"/modules/*)
	modules=$(modprobe -d "$dir" -S "$abi" -a --show-depends \
		virtio_pci virtiofs virtio_console | sed -n 's/^insmod //p' |
		awk '!seen[$1]++ { print $1 }')
	[ -n "$modules" ] || return 0
	if [ ! -e "$out" ]; then
		root=$(mktemp -d)
		mkdir -p "$root"/{bin,mnt,dev,proc}
		cp "$GUEST_BUSYBOX" "$root/bin/busybox"
		# shellcheck disable=SC2086 # a list of files
		cp $modules "$root/"
		# shellcheck disable=SC2086 # a list of files
		basename -a $modules >"$root/modules"
		cp "$MYTCP_TOP/scripts/initramfs-init.sh" "$root/init"
		chmod +x "$root/init"
		(cd "$root" && find . | cpio --quiet -o -H newc) |
			gzip -1 >"$out.new"
		mv "$out.new" "$out"
		rm -rf "$root"
	fi
	echo "$out"
}

need_packages qemu-system-x86 qemu-system-common cpio kmod
[ -x "$VIRTIOFSD" ] || die "qemu-system-common has no virtiofsd"
kernel=$("$MYTCP_TOP/scripts/kernels.sh" "$1")
shift
boot=()
guest_busybox
initrd=$(initramfs "$kernel")
[ -z "$initrd" ] || boot=(-initrd "$initrd")
guest_prepare "$kernel/modules" "$@"

socket=$GUEST_WORK/fs.sock
"$VIRTIOFSD" --socket-path="$socket" -o source=/ -o sandbox=chroot \
	-o cache=always --thread-pool-size=1 \
	>"$GUEST_WORK/virtiofsd.log" 2>&1 &
for _ in $(seq 100); do
	[ ! -S "$socket" ] || break
	sleep 0.05
done
[ -S "$socket" ] || { cat "$GUEST_WORK/virtiofsd.log" >&2; die "no virtiofsd"; }

# The others come up when the devices have their places: while one processor moves a
# device's memory, what another writes to its interrupt controller may reach that
# device in QEMU 7.2, which then aborts (msix_table_mmio_write).
GUEST_ARGS+=(maxcpus=1)
guest_run qemu-system-x86_64 -nodefaults -no-user-config -no-reboot \
	-display none -machine q35,memory-backend=ram -cpu max \
	"${accel[@]}" -smp "$cpus,sockets=$cpus" -m "$mem" \
	-object memory-backend-memfd,id=ram,size="$mem",share=on \
	-serial "file:$GUEST_LOG" \
	-chardev stdio,id=console,signal=off \
	-device virtio-serial-pci -device virtconsole,chardev=console \
	-chardev socket,id=fs,path="$socket" \
	-device vhost-user-fs-pci,chardev=fs,tag=host \
	-device virtio-rng-pci \
	-kernel "$kernel/image" "${boot[@]}" \
	-append "root=host rootfstype=virtiofs rw console=ttyS0 loglevel=7 \
panic=-1 init=$GUEST_BUSYBOX mytcp_busybox=$GUEST_BUSYBOX \
mytcp_guest=$GUEST_WORK mytcp_host=virtiofs mytcp_console=hvc0 ${GUEST_ARGS[*]} \
-- sh $MYTCP_TOP/scripts/guest-init.sh"
guest_finish
