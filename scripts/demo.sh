#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# demo.sh: show mytcp at work with real programs, on the very kernel that Debian
# ships, in a virtual machine.  What happens there is in demo-guest.sh.

set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

need_packages build-essential kmod iproute2 nginx curl tcpdump netcat-openbsd
"$MYTCP_TOP/scripts/vm.sh" stock-6.12 "$MYTCP_TOP/scripts/demo-guest.sh"
