#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh [RULE...]: is every rule of `mutations`, or those named, held by its
# test?  The module is built with the rule broken, in a copy of the tree, and
# the test must fail.  Runs on the host, under UML, and prints TAP.

set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/../../scripts/common.sh"

cd "$MYTCP_TOP"
MUTATIONS=selftests/mutation/mutations
# What the module and its guest are made of
PARTS=(Kbuild module scripts selftests/kunit)

# Objects are kept for the next run, so that only what is broken is compiled
COPY=$MYTCP_CACHE/mutation/$(printf %s "$MYTCP_TOP" | sha256sum | cut -c1-10)
lock "$COPY/.lock"

kernel=$(scripts/kernels.sh uml-debug)
make -s -C selftests/wire >&2

# refresh: make the copy like the tree, touching only what differs
refresh()
{
	local f

	(cd "$COPY" && find "${PARTS[@]}" -type f 2>/dev/null) |
		while read -r f; do
			[ -e "$f" ] || rm "$COPY/$f"
		done
	find "${PARTS[@]}" -type f | while read -r f; do
		cmp -s "$f" "$COPY/$f" && continue
		mkdir -p "$COPY/$(dirname "$f")"
		cp --preserve=mode "$f" "$COPY/$f"
	done
}

# broken RULE TEST FILE SED: the test fails when the rule is broken
broken()
{
	local rule=$1 suite=${2%%.*} name=${2#*.} file=$3 sed=$4
	local log=$COPY/$rule.log ko

	refresh
	sed -i "$sed" "$COPY/$file"
	if cmp -s "$file" "$COPY/$file"; then
		echo "# $file: nothing to change by $sed"
		return 1
	fi
	if ! ko=$("$COPY/scripts/build-module.sh" -k -a um "$kernel/build" 2>"$log"); then
		tail -n 20 "$log" | sed 's/^/# /'
		return 1
	fi
	# The kernel may complain, too: it is the test's word that counts
	if [ "$suite" = wire ]; then
		"$COPY/scripts/uml.sh" -x -n -l "$log.kernel" -a kunit.enable=0 \
			selftests/mutation/guest-script.sh "$ko" "$name" >"$log" || :
		grep -q "^not ok [0-9]* - mytcp: $name\$" "$log" && return 0
	else
		"$COPY/scripts/uml.sh" -n -l "$log" \
			-a "kunit.filter_glob=$suite.$name" \
			selftests/guest-suite.sh "$ko" >&2 || :
		grep -qE "^(\[[ 0-9.]*\] )? +not ok [0-9]+ $name\$" "$log" && return 0
	fi
	grep -E '(^| )(not )?ok [0-9]' "$log" | sed 's/^/# /' || echo "# no test ran"
	return 1
}

count=0 failed=0
while read -r rule test file && IFS= read -r sed; do
	[ $# = 0 ] || [[ " $* " == *" $rule "* ]] || continue
	count=$((count + 1))
	text="$rule broken in $file: ${test/./: } fails"
	if broken "$rule" "$test" "$file" "${sed#$'\t'}" </dev/null; then
		echo "ok $count - $text"
	else
		failed=$((failed + 1))
		echo "not ok $count - $text"
	fi
done < <(grep -vE '^(#|$)' "$MUTATIONS")
echo "1..$count"
[ "$failed" = 0 ] && [ "$count" != 0 ]
