#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# vm.sh [KERNEL [CMD ARGS...]]: a shell, or a command, in a virtual machine
# under one of Debian's kernels (stock-6.12, stock-6.1) with the module loaded
# and mytcp_run on the path.  It has the machine's programs and files; what it
# writes is gone when it ends.

set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

bed=${1:-stock-6.12}
shift || true
need_packages build-essential kmod
kernel=$("$MYTCP_TOP/scripts/kernels.sh" "$bed")
say "building the module for $bed"
module=$("$MYTCP_TOP/scripts/build-module.sh" "$kernel/build" 2>"$MYTCP_CACHE/vm.log") ||
	{ cat "$MYTCP_CACHE/vm.log" >&2; die "the module does not build"; }
make -s -C "$MYTCP_TOP/tools"

options=()
if [ $# = 0 ]; then
	say "booting; leave the shell to end the virtual machine"
	options=(-i -n)
	set -- bash --norc -i
fi
prelude=$(mktemp)
trap 'rm -f "$prelude"' EXIT
cat >"$prelude" <<END
export MYTCP_KO=$module PATH=$MYTCP_TOP/tools:\$PATH PS1='mytcp-vm:\\w# '
# The machine's files are read-only here; servers want to write to some of them
modprobe overlay
for dir in /etc /srv /var; do
	mkdir -p /run/overlay\$dir/upper /run/overlay\$dir/work
	mount -t overlay -o lowerdir=\$dir,upperdir=/run/overlay\$dir/upper,workdir=/run/overlay\$dir/work overlay \$dir
done
insmod "\$MYTCP_KO" || exit 1
END
"$MYTCP_TOP/scripts/qemu.sh" "${options[@]}" -s "$prelude" "$bed" "$@"
