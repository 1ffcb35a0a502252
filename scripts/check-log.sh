#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check-log.sh FILE: fail when a kernel's log holds a complaint of the kernel
# about itself, and show the first lines of each.

set -euo pipefail
[ $# = 1 ] || { echo "usage: check-log.sh FILE" >&2; exit 2; }
[ -r "$1" ] || { echo "check-log.sh: cannot read $1" >&2; exit 2; }

# What KASAN, KFENCE, lockdep, RCU, UBSAN, kmemleak, debug objects, reference
# trackers, the scheduler and the memory allocator print
bad='BUG:|BUG at|WARNING:|KASAN|KFENCE:|KCSAN|UBSAN|Oops|general protection'
bad+='|INFO: (task|rcu|trying|possible|inconsistent|HARDIRQ|SOFTIRQ|recursive)'
bad+='|possible (circular|recursive|irq)|bad unlock balance|held lock freed'
bad+='|suspicious RCU usage|RCU used illegally|self-detected stall|detected stalls'
bad+='|unreferenced object|ODEBUG:|ref_tracker:|list_(add|del) corruption'
bad+='|refcount_t:|scheduling while atomic|sleeping function called'
bad+='|unregister_netdevice: waiting|Objects remaining in|still has objects'
bad+='|page allocation failure|blocked for more than|soft lockup|hard LOCKUP'
bad+='|Kernel panic|Unable to handle|double fault|stack guard page'
bad+='|Unknown symbol|disagrees about version|Slab cache still'
bad+='|DEBUG_LOCKS_WARN_ON|lockdep is turned off|turning off the locking'

# The kernel says these about itself at boot
good='KernelAddressSanitizer initialized|kasan: |KASAN shadow|rcu: INFO: Hierarchical'
good+='|Lock dependency validator|MAX_LOCKDEP|kfence: initialized'

grep -nE "$bad" "$1" | grep -vE "$good" >/dev/null || exit 0

echo "---- complaints in the kernel's log ($1):"
awk -v bad="$bad" -v good="$good" '
	$0 ~ bad && $0 !~ good { show = 45 }
	show > 0 && lines < 400 { print NR ": " $0; show--; lines++ }
' "$1"
echo "----"
exit 1
