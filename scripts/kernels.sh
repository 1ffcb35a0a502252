#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kernels.sh NAME: make sure that a kernel for the tests is there, print its
# folder.  Everything is kept in the cache, keyed by version and configuration,
# so a second call builds nothing.
#
#   uml-debug    User Mode Linux with KUnit, KASAN, lockdep, kmemleak, UBSAN
#   uml-plain    User Mode Linux without any of them, for simulations
#   uml-clang    its build folder prepared for clang; there is no kernel in it
#   x86-kunit    x86-64 for QEMU with KUnit, SMP, lockdep
#   x86-clang    its build folder prepared for clang; there is no kernel in it
#   source       the source that they are built from
#   stock-6.12   Debian's cloud-amd64 kernel, unpacked, and its headers installed
#   stock-6.1    the same of the release's own kernel
#
# The folder holds:
#   image        what to boot: the UML program or a bzImage
#   build        the build folder for modules: make KDIR=FOLDER/build
#   modules      what belongs at /lib/modules

set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

SOURCE_PACKAGE=linux-source-6.12
CONFIGS=$MYTCP_TOP/scripts/kernel-config
UML_PATCH=$CONFIGS/uml.patch

# Folders of the kernel whose code handles objects of the module
KASAN_FOLDERS='net net/% lib lib/% drivers/net kernel/time kernel/rcu kernel/sched'

package_version()
{
	dpkg-query -W -f '${Version}' "$1"
}

# A version as a folder name: make is unhappy about some of its characters
folder_name()
{
	printf '%s' "$1" | tr -c 'A-Za-z0-9.+-' '-'
}

# Unpack Debian's kernel source once, with our changes to UML, print where
kernel_source()
{
	local version dir

	need_packages "$SOURCE_PACKAGE" xz-utils patch
	version=$(package_version "$SOURCE_PACKAGE")
	dir=$MYTCP_CACHE/$SOURCE_PACKAGE-$(folder_name "$version")
	dir+=-$(sha256sum <"$UML_PATCH" | cut -c1-6)
	[ -e "$dir/.unpacked" ] || lock "$dir.lock"
	if [ ! -e "$dir/.unpacked" ]; then
		say "unpacking $SOURCE_PACKAGE $version"
		rm -rf "$dir"
		mkdir -p "$dir"
		tar -I "xz -T$MYTCP_JOBS" -C "$dir" --strip-components=1 \
			-xf "/usr/src/$SOURCE_PACKAGE.tar.xz"
		patch -s -d "$dir" -p1 <"$UML_PATCH" >&2
		touch "$dir/.unpacked"
	fi
	echo "$dir"
}

# Every line of the fragments must have survived: Kconfig drops a symbol whose
# dependencies are not met without a word
check_config()
{
	local config=$1 symbol want got bad=0
	shift

	while IFS='=' read -r symbol want; do
		got=$(sed -n "s/^$symbol=//p" "$config")
		[ "${got:-n}" = "$want" ] && continue
		say "$symbol: wanted $want, the configuration has ${got:-n}"
		bad=1
	done < <(grep -h '^CONFIG_' "$@")
	[ "$bad" = 0 ] || die "the configuration ${*##*/} does not hold"
}

# build_kernel NAME ARCH FRAGMENTS TARGET MAKE-ARGUMENTS...: configure a kernel
# and make TARGET: what to boot, or `modules_prepare` alone
build_kernel()
{
	local name=$1 arch=$2 fragments=() target=$4 goal=all
	local fragment src key dir

	for fragment in $3; do
		fragments+=("$CONFIGS/$fragment.config")
	done
	shift 4

	need_packages build-essential flex bison bc libelf-dev libssl-dev \
		python3 kmod
	src=$(kernel_source)
	key=$( (grep -h '^CONFIG_' "${fragments[@]}"; gcc -dumpfullversion; echo "$*") |
		sha256sum | cut -c1-10)
	dir=$MYTCP_CACHE/$name-${src#"$MYTCP_CACHE/$SOURCE_PACKAGE-"}-$key
	[ -e "$dir/.built" ] || lock "$dir/.lock"
	if [ ! -e "$dir/.built" ]; then
		say "configuring $name"
		make -s -C "$src" ARCH="$arch" O="$dir" "$@" tinyconfig >&2
		mv "$dir/.config" "$dir/.config.tiny"
		(cd "$dir" && "$src/scripts/kconfig/merge_config.sh" -m -O "$dir" \
			.config.tiny "${fragments[@]}" >/dev/null)
		make -s -C "$src" ARCH="$arch" O="$dir" "$@" olddefconfig >&2
		check_config "$dir/.config" "${fragments[@]}"
		[ "$target" != modules_prepare ] || goal=modules_prepare
		with_progress "building the kernel $name (some minutes, once)" \
			"$dir/build.log" \
			make -C "$dir" ARCH="$arch" -j"$MYTCP_JOBS" "$@" "$goal"
		ln -sfn . "$dir/build"
		if [ "$goal" = all ]; then
			[ -e "$dir/$target" ] || die "$name: no $target was built"
			install_builtin_list "$arch" "$dir"
			ln -sfn "$target" "$dir/image"
		else
			# Nobody links against it: no symbol is known
			touch "$dir/Module.symvers"
		fi
		touch "$dir/.built"
	fi
	echo "$dir"
}

# install_builtin_list ARCH FOLDER: let modprobe know what is built in, so that
# test scripts need not care
install_builtin_list()
{
	local release dir

	release=$(make -s -C "$2" ARCH="$1" kernelrelease)
	dir=$2/modules/$release
	mkdir -p "$dir"
	cp "$2"/modules.{order,builtin,builtin.modinfo} "$dir/"
	mkdir -p "$2/lib"
	ln -sfn ../modules "$2/lib/modules"
	depmod -b "$2" "$release"
}

# abi_of META-PACKAGE: the package that it stands for
abi_of()
{
	apt-cache depends --important "$1" 2>/dev/null |
		sed -n 's/^ *Depends: \(linux-headers-[0-9].*\)/\1/p' | head -n 1
}

# stock_kernel META: Debian's kernel for a meta package of headers: the headers
# are installed, the image of the same version is only unpacked
stock_kernel()
{
	local meta=$1 headers version abi dir

	headers=$(abi_of "$meta")
	if [ -z "$headers" ]; then
		apt_update_once
		headers=$(abi_of "$meta")
		[ -n "$headers" ] || die "no package $meta"
	fi
	need_packages "$headers" kmod xz-utils
	abi=${headers#linux-headers-}
	version=$(package_version "$headers")
	dir=$MYTCP_CACHE/stock-$abi-$(folder_name "$version")
	[ -e "$dir/.unpacked" ] || lock "$dir.lock"
	if [ ! -e "$dir/.unpacked" ]; then
		say "fetching linux-image-$abi $version"
		rm -rf "$dir"
		mkdir -p "$dir/deb"
		if ! fetch_image "$dir/deb" "$abi" "$version"; then
			apt_update_once
			apt_get install "$headers" >&2
			[ "$(package_version "$headers")" = "$version" ] ||
				exec "$0" "$NAME"
			fetch_image "$dir/deb" "$abi" "$version" ||
				die "cannot fetch linux-image-$abi=$version"
		fi
		dpkg -x "$dir"/deb/*.deb "$dir"
		depmod -b "$dir" "$abi"
		ln -sfn "boot/vmlinuz-$abi" "$dir/image"
		ln -sfn lib/modules "$dir/modules"
		ln -sfn "/usr/src/$headers" "$dir/build"
		rm -rf "${dir:?}/deb" "${dir:?}/usr"
		touch "$dir/.unpacked"
	fi
	echo "$dir"
}

# fetch_image FOLDER ABI VERSION
fetch_image()
{
	(cd "$1" && apt_download "linux-image-$2=$3") >&2
}

[ $# = 1 ] || die "usage: kernels.sh NAME (see the head of this script)"

NAME=$1
case $NAME in
uml-debug)
	# The kernel itself is spared what takes longest to compile and finds only
	# its own mistakes; modules get all of it.  KASAN looks on where pointers of
	# the module go.  (Make expands this for each folder.)
	build_kernel uml-debug um "uml uml-debug" linux \
		UBSAN_SANITIZE=n KCFLAGS="--param asan-stack=0" \
		KASAN_SANITIZE="\$(if \$(filter $KASAN_FOLDERS,\$(obj)),y,n)"
	;;
uml-plain)
	build_kernel uml-plain um "uml uml-plain" linux
	;;
uml-clang)
	need_packages clang
	build_kernel uml-clang um "uml uml-plain" modules_prepare CC=clang
	;;
x86-kunit)
	build_kernel x86-kunit x86_64 x86-kunit arch/x86/boot/bzImage
	;;
x86-clang)
	need_packages clang
	build_kernel x86-clang x86_64 x86-kunit modules_prepare CC=clang
	;;
source)
	kernel_source
	;;
stock-6.12)
	stock_kernel linux-headers-6.12-cloud-amd64
	;;
stock-6.1)
	stock_kernel linux-headers-cloud-amd64
	;;
*)
	die "unknown kernel: $1"
	;;
esac
