#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Does conformance.py find what it promises to find?

Each of these breaks a copy of the tree in one way; conformance.py --check must fail
there, and say why. A copy that is not broken must pass. Nothing is printed when all
is well.
"""
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
PARTS = ["Documentation", "module", "scripts", "selftests"]

# (what is broken, file, what stands there, what takes its place, what is said)
BREAKS = [
    ("a rule has neither test nor reason", "Documentation/requirements/rfc9293.txt",
     "| other: programs\n", "\n", "SHLD-13: neither a test nor a reason"),
    ("a reason is empty", "Documentation/requirements/rfc9293.txt",
     "| other: programs\n", "| other:\n", "not a reason"),
    ("a label of RFC 9293 is missing", "Documentation/requirements/rfc9293.txt",
     "MUST-41 |", "# MUST-41 |", "MUST-41 is missing"),
    ("a label stands there twice", "Documentation/requirements/rfc6298.txt",
     "6298-2-3 |", "6298-2-4 |", "6298-2-4 stands there twice"),
    ("a label is another RFC's", "Documentation/requirements/rfc6298.txt",
     "6298-2-3 |", "6289-2-3 |", "6289-2-3 is another RFC's"),
    ("a test is gone, its comment is not", "selftests/kunit/test_conv_recovery.c",
     "static void third_duplicate(", "static void third_duplicates(",
     '"Shows:" above what is no test'),
    ("a test is not run", "selftests/kunit/test_conv_recovery.c",
     "\tKUNIT_CASE(third_duplicate),\n", "", '"Shows:" above what is no test'),
    ("a test is run in a comment alone", "selftests/kunit/test_conv_recovery.c",
     "\tKUNIT_CASE(third_duplicate),\n", "\t/* KUNIT_CASE(third_duplicate), */\n",
     '"Shows:" above what is no test'),
    ("a suite is not compiled", "selftests/kunit/test_conv_recovery.c",
     "kunit_test_suite(recovery_suite);\n",
     "#if 0\nkunit_test_suite(recovery_suite);\n#endif\n",
     '"Shows:" above what is no test'),
    ("a suite is not run", "selftests/kunit/test_conv_recovery.c",
     "kunit_test_suite(recovery_suite);\n", "", '"Shows:" above what is no test'),
    ("a test of sockets is none", "selftests/socket/t_bind.c",
     "\nTEST(bind_same_port_other_address)", "\nNOTEST(bind_same_port_other_address)",
     '"Shows:" above what is no test'),
    ("a test shows what there is not", "selftests/wire/rst/in-window.wire",
     "# Shows: 5961-3.2-3", "# Shows: 5961-3.2-33", "there is no 5961-3.2-33"),
    ("a script that must fail shows something", "selftests/wire/rst/in-window.wire",
     "\n# Shows:", "\nfails\n# Shows:", "in a script that must fail"),
    ("a test is where none is looked for", "selftests/wire/common/passive.inc",
     "# SPDX", "# Shows: MUST-1\n# SPDX", "where no test is looked for"),
    ("code names what there is not", "module/prr.h",
     " * Rules: 5681-4.3-3,", " * Rules: 5681-4.3-33,", "there is no 5681-4.3-33"),
    ("code names an RFC that there is not", "module/prr.h",
     " * Rules: 5681-4.3-3,", " * Rules: 1-4.3-3,", "there is no 1-4.3-3"),
    ("no code names a tested rule", "module/frto.c",
     " * Rules: 5682-2.1-1\n", "", "5682-2.1-1: tested, but no code names it"),
    ("a mutation's test does not show its rule", "selftests/mutation/mutations",
     "MUST-18 mytcp-recovery.karn", "MUST-19 mytcp-recovery.karn",
     "mytcp-recovery.karn does not show MUST-19"),
    ("a mutation changes nothing", "selftests/mutation/mutations",
     "mytcp-recovery.karn module/recovery.c", "mytcp-recovery.karn module/frto.c",
     "MUST-18 changes nothing in module/frto.c"),
    ("the table is not what would be written", "Documentation/conformance.md",
     "# Conformance\n", "# conformance\n", "conformance.md is old"),
]


def check(copy):
    """Status and words of conformance.py --check in the copy."""
    done = subprocess.run([sys.executable, copy / "scripts/conformance.py", "--check",
                           "--quiet"], capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def broken(copy, what, file, old, new, said):
    """What is wrong with the answer to one of BREAKS."""
    path = copy / file
    before = path.read_text()
    if old not in before:
        yield f"{what}: {file} has no {old!r}"
        return
    path.write_text(before.replace(old, new, 1))
    status, words = check(copy)
    path.write_text(before)
    if not status:
        yield f"{what}: nobody notices"
    elif said not in words:
        yield f"{what}: not {said!r}, but:\n{words}"


def main():
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for part in PARTS:
            shutil.copytree(TOP / part, copy / part, symlinks=True)
        status, words = check(copy)
        problems = [f"not broken, and not good:\n{words}"] if status else []
        for how in BREAKS:
            problems += broken(copy, *how)
    print(*problems, sep="\n", end="\n" if problems else "")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
