#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# build-module.sh [-k] [-a ARCH] KDIR [MAKE-ARGUMENTS...]: build mytcp.ko for
# one kernel and print the module's path.  With targets among the arguments
# (module/rtt.o) only those are made.
#
#   -k       with the KUnit tests inside (the kernel must have KUnit)
#   -f       from scratch, beside the usual build, for a tool that looks at
#            the whole; the objects do not last
#   -C       remove what was built for this checkout, for every kernel
#   -a ARCH  the kernel's architecture, um or x86_64; default: the machine's
#
# The build happens in a mirror of the tree made of symbolic links, one for
# each kernel, so that builds for several kernels never touch each other's
# objects and a rebuild compiles only what changed.

set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

kunit=
fresh=
arch=
while getopts kfCa: opt; do
	case $opt in
	k) kunit=1 ;;
	f) fresh=1 ;;
	C)
		grep -lFxs "$MYTCP_TOP" "$MYTCP_CACHE"/build/*/.checkout |
			xargs -r dirname | xargs -r rm -rf
		exit 0
		;;
	a) arch=$OPTARG ;;
	*) exit 2 ;;
	esac
done
shift $((OPTIND - 1))
[ $# -ge 1 ] || die "usage: build-module.sh [-k] [-a ARCH] KDIR [ARGUMENTS...]"
kdir=$(realpath -m "$1")
shift

if [ ! -e "$kdir/Makefile" ] || [ ! -e "$kdir/Module.symvers" ]; then
	die "$kdir is not a kernel build folder.
For the running kernel install its headers: apt-get install linux-headers-$(uname -r)
For another kernel name its build folder: make KDIR=/usr/src/linux-headers-VERSION"
fi

# Sources that take part, as links with the same relative path
mirror()
{
	local out=$1 f

	find "$out" -type l ! -exec test -e {} \; -delete
	(cd "$MYTCP_TOP" && find Kbuild module selftests/kunit \
		\( -name '*.[ch]' -o -name Kbuild \) -type f 2>/dev/null) |
	while read -r f; do
		[ -L "$out/$f" ] && continue
		mkdir -p "$out/$(dirname "$f")"
		ln -s "$MYTCP_TOP/$f" "$out/$f"
	done
}

key=$(printf '%s\n' "$MYTCP_TOP" "$kdir" "$kunit$fresh" | sha256sum | cut -c1-10)
out=$MYTCP_CACHE/build/$(basename "$kdir")${kunit:+-kunit}-$key
[ -z "$fresh" ] || out=$out-fresh
mkdir -p "$out"
lock "$out/.lock"
echo "$MYTCP_TOP" >"$out/.checkout"
mirror "$out"
[ -z "$fresh" ] || find "$out" -name '*.o' -delete
# A calling make's jobs and variables are not the kernel's
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
target=modules
for arg; do
	case $arg in
	*.o | *.i | *.s) target= ;;
	esac
done
# Messages name the files of the tree, not those of the mirror
make -C "$kdir" M="$out" ${arch:+ARCH="$arch"} MYTCP_KUNIT="$kunit" \
	-j"$MYTCP_JOBS" --no-print-directory "$@" $target 2>&1 |
	sed -u "s|$out/||g" >&2
[ -z "$target" ] || echo "$out/mytcp.ko"
