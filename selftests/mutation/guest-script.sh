#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# guest-script.sh MODULE SCRIPT: what run.sh runs in a guest for a rule that a wire
# script holds: load the module, run the script.

set -euo pipefail

insmod "$1"
selftests/wire/run.sh --family mytcp "$2.wire"
