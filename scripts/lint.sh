#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# lint.sh [CHECK...]: the static checks, all of which must say nothing:
#
#   checkpatch  the kernel's style, strict, for every C file of the project
#   6.12        the module with W=1 for Debian's kernel, and sparse (which
#               checks the order of bytes, too)
#   6.1         the module with W=1 for the older one
#   clang       the module and its unit tests built by clang, W=1
#   cppcheck    the module and the programs
#   shell       every shell script, by shellcheck
#   tree        licence lines, no path or tool name that does not belong, and
#               the documented list of the sysctls that the module reads
#   conformance each rule of the RFCs has a test or a reason, and
#               Documentation/conformance.md says so; and that this is checked
#               is tested by breaking copies of the tree

set -uo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

cd "$MYTCP_TOP" || exit 1
LOGS=$MYTCP_CACHE/lint
mkdir -p "$LOGS"
failures=0

# own GLOB...: the project's files of that kind
own()
{
	git ls-files --cached --others --exclude-standard -- "$@"
}

# check NAME CMD...: it is clean when CMD succeeds without a word
check()
{
	local name=$1 status=0
	shift

	"$@" >"$LOGS/$name" 2>&1 || status=$?
	if [ "$status" = 0 ] && [ ! -s "$LOGS/$name" ]; then
		say "$name: clean"
		return
	fi
	say "$name: NOT clean (status $status)"
	head -n "${LINT_LINES:-200}" "$LOGS/$name"
	failures=$((failures + 1))
}

# compile KERNEL OPTIONS -- ARGUMENTS...: the module from scratch; only what the
# tools complain about is printed
compile()
{
	local kernel options=() log=$LOGS/compile-$1.log status=0

	if ! kernel=$(scripts/kernels.sh "$1" 2>"$log"); then
		cat "$log"
		return 1
	fi
	shift
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	shift
	scripts/build-module.sh -f "${options[@]}" "$kernel/build" "$@" \
		>/dev/null 2>"$log" || status=$?
	# Lines of make itself, and remarks about the machine, not the code
	grep -vE '^ +(CC|LD|AR|CHECK|MODPOST|BTF|DEPMOD|SYMLINK)( |$)|^make' "$log" |
		grep -vE 'compiler differs|The kernel was built|You are using:|Skipping BTF' |
		# x86-clang has no kernel to link against; others fail here
		grep -vE '^WARNING: modpost: ("[^"]*" .* undefined!|suppressed)'
	return "$status"
}

# checkpatch OPTION...: for the files named on standard input
checkpatch()
{
	local source

	source=$(scripts/kernels.sh source 2>/dev/null) || return 1
	# It leaves a file where it runs
	sed "s|^|$MYTCP_TOP/|" | (cd "$LOGS" &&
		xargs -r "$source/scripts/checkpatch.pl" --strict \
			--root="$source" --quiet --terse --show-types --no-summary "$@" --file)
}

lint_checkpatch()
{
	local status=0

	own 'module/*.[ch]' 'selftests/kunit/*.[ch]' ':!module/compat.h' |
		checkpatch || status=1
	# The one file whose subject is the kernel's version
	own module/compat.h |
		checkpatch --ignore LINUX_VERSION_CODE,CONSTANT_COMPARISON ||
		status=1
	# Programs have neither the kernel's types nor its attributes, and a
	# signal handler's flag is volatile by the C standard
	own 'selftests/*.[ch]' 'tools/*.[ch]' ':!selftests/kunit' |
		checkpatch --ignore PREFER_KERNEL_TYPES,VOLATILE \
			--ignore PREFER_DEFINED_ATTRIBUTE_MACRO || status=1
	return "$status"
}

lint_cppcheck()
{
	own 'module/*.[c]' 'selftests/*.c' 'tools/*.c' |
		cppcheck --quiet --file-list=- --std=c11 --platform=unix64 \
			--enable=warning,performance \
			--inline-suppr --library=posix --library=gnu \
			--library=scripts/cppcheck.cfg -Imodule \
			--error-exitcode=1 -j"$MYTCP_JOBS"
}

# scripts: every file that a shell runs
scripts()
{
	own | while read -r f; do
		[ -f "$f" ] && head -n 1 "$f" | grep -qE '^#!.*\b(ba|da)?sh\b' &&
			echo "$f"
	done
	own 'scripts/*.sh'
}

lint_shell()
{
	scripts | sort -u | xargs shellcheck -x -P "$MYTCP_TOP"
}

# Each sysctl that the module reads stands in architecture.md's table of them, where
# the kernel's name for some has a bit more than its variable; and no other does
sysctls_told()
{
	local name table="Documentation/architecture.md" bad=0
	local read told

	told=$(sed -n "/^## The administrator's settings/,/^### What is not/p" "$table")
	# The last three are not sysctls, but fields of struct proto
	read=$(own 'module/*.[ch]' | xargs grep -ohE '(->|\.|READ_ONCE\()sysctl_[a-z0-9_]+' |
		sed 's/.*sysctl_//' | grep -vxE 'mem|rmem_offset|wmem_offset' | sort -u)
	for name in $read; do
		grep -qE "[\`.](tcp_)?$name(_sec)?\`" <<<"$told" && continue
		echo "$table does not say that the module reads $name"
		bad=1
	done
	# shellcheck disable=SC2016 # Markdown's quotes
	while read -r name; do
		grep -qxE "(tcp_)?${name%_sec}" <<<"$read" && continue
		# Without a variable of that name
		case $name in fastopen_key | mem) continue ;; esac
		echo "$table says that the module reads tcp_$name"
		bad=1
	done < <(sed -n '/^| about/,/^$/s/`tcp_/\n&/gp' <<<"$told" | sed -n 's/^`tcp_\([a-z0-9_]*\)`.*/\1/p')
	return "$bad"
}

# Text files carry the licence in one of their first lines
lint_tree()
{
	local f bad=0

	while read -r f; do
		case $f in
		COPYING | *.md | .git* | */.gitignore) continue ;;
		esac
		[ -f "$f" ] || continue
		head -n 4 "$f" | grep -q 'SPDX-License-Identifier: GPL-2.0' && continue
		echo "$f: no SPDX line"
		bad=1
	done < <(own)
	sysctls_told || bad=1
	# An empty line of a patch's context is one blank
	own | grep -v '\.patch$' | xargs grep -nIE '[[:blank:]]+$' -- && bad=1
	return "$bad"
}

lint_conformance()
{
	scripts/conformance.py --check --quiet && scripts/conformance-test.py
}

need_packages git build-essential sparse cppcheck shellcheck perl python3

for name in "${@:-all}"; do
	case $name in
	all | tree) check tree lint_tree ;;&
	all | conformance)
		check conformance lint_conformance
		;;&
	all | shell) check shell lint_shell ;;&
	all | checkpatch) check checkpatch lint_checkpatch ;;&
	all | cppcheck) check cppcheck lint_cppcheck ;;&
	all | 6.12) check 6.12 compile stock-6.12 -- W=1 C=2 ;;&
	all | 6.1) check 6.1 compile stock-6.1 -- W=1 ;;&
	all | clang)
		check clang compile x86-clang -k -- \
			W=1 CC=clang KBUILD_MODPOST_WARN=1
		;;&
	esac
done

if [ "$failures" != 0 ]; then
	echo "$failures checks are not clean"
	exit 1
fi
echo "all clean"
