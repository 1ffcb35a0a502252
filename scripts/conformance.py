#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""What the RFCs ask, where the code does it, and which test shows it.

  conformance.py            write Documentation/conformance.md
  conformance.py --check    write nothing; fail when something is not traced
  conformance.py --strict   the same, and nothing may be pending

The catalogue, Documentation/requirements/rfcNNNN.txt, has one rule a line:

  LABEL | SECTION | LEVEL | the rule in brief [| KIND: why there is no test]

A label is the RFC's own (MUST-58), or NUMBER-SECTION-COUNT (7323-5.3-2). The
line "# all: MUST 69, SHLD 31" makes the program count. Kinds are those of KINDS.

Code names a label in a comment, in front of the function or inside it: "Rules:
LABEL, LABEL". A test says "Shows: LABEL, LABEL" in the comment right above it
(KUnit: the function, sockets: TEST(), shell: the line with `check`, Python: that
with @stage), a wire script in any comment.

What --check finds: a rule without a test and without a reason; a tested rule
that no code names; a label that the catalogue does not have, or has twice or in
another RFC's file; "Shows:" above what is no test that is run, in a script that
must fail, or where no test is looked for; a mutation whose test does not show its
rule, or that changes nothing; a conformance.md that is not what would be written now. conformance-test.py
breaks each of these and looks whether it is found.
"""
import argparse
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent
CATALOGUE = TOP / "Documentation/requirements"
OUTPUT = TOP / "Documentation/conformance.md"

# Why a rule has no test, and how the table calls that.
KINDS = {
    "deviation": "Deviation",
    "choice": "Left out",
    "other": "For others",
    "pending": "Pending",
}

@dataclass(frozen=True, order=True)
class Place:
    """A function or a test: what it is called, and the file that it is in."""
    name: str
    file: str


@dataclass
class Rule:
    label: str
    section: str
    level: str
    text: str
    kind: str = ""
    reason: str = ""
    code: list = field(default_factory=list)
    tests: list = field(default_factory=list)


@dataclass
class Rfc:
    number: str
    title: str
    rules: list


# --- The catalogue ---

def read_rule(line):
    """One line of a catalogue; ValueError when it has not that form."""
    label, section, level, text, *rest = (part.strip() for part in line.split("|"))
    rule = Rule(label, section, level, text)
    if rest:
        rule.kind, colon, rule.reason = (p.strip() for p in rest[0].partition(":"))
        if len(rest) > 1 or not colon or rule.kind not in KINDS or not rule.reason:
            raise ValueError(f"not a reason: {rest}")
    if not (label and section and level and text):
        raise ValueError("an empty column")
    return rule


def count_labels(rules, claim, where):
    """The line "# all: MUST 69, SHLD 31": each series is whole."""
    for series, last in re.findall(r"([A-Z]+) (\d+)", claim):
        want = {f"{series}-{n}" for n in range(1, int(last) + 1)}
        have = {r.label for r in rules if r.label.startswith(series + "-")}
        for label in sorted(want ^ have):
            yield f"{where}: {label} is {'missing' if label in want else 'too many'}"


def read_rfc(path, problems):
    """A file of the catalogue."""
    title, rules = "", []
    where = path.relative_to(TOP)
    claim = ""
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if line.startswith("# RFC"):
            title = line.partition(": ")[2]
        elif line.startswith("# all:"):
            claim = line
        if not line.strip() or line.startswith("#"):
            continue
        try:
            rules.append(read_rule(line))
        except ValueError as error:
            problems.append(f"{where}:{number}: {error}")
    labels = [r.label for r in rules]
    problems += [f"{where}: {label} is another RFC's" for label in labels
                 if label[0].isdigit() and label.split("-")[0] != path.stem[3:]]
    problems += [f"{where}: {label} stands there twice"
                 for label in sorted(set(labels)) if labels.count(label) > 1]
    problems += count_labels(rules, claim, where)
    return Rfc(path.stem[3:], title, rules)


def label_pattern(rfcs):
    """Matches whatever looks like a label of the catalogue."""
    numbers = "|".join(r.number for r in rfcs)
    return re.compile(rf"\b(?:(?:MUST|SHLD|MAY|REC)-\d+|(?:{numbers})-[\d.]+-\d+)\b")


# --- C ---

COMMENT = re.compile(r"/\*.*?\*/", re.S)
# What stands behind these words, up to a full stop
SHOWS = re.compile(r"\bShows: (.*?)(?:\.(?= |$)|$)")
RULES = re.compile(r"\bRules: (.*?)(?:\.(?= |$)|$)")
LINES_OF_COMMENT = re.compile(r"(?:^[ \t]*#.*\n)+", re.M)


def c_name(text):
    """What a declaration or definition that begins so is called."""
    define = re.match(r"#define (\w+)", text)
    if define:
        return define[1]
    tag = re.match(r"(?:static |const )*((?:struct|enum|union) \w+) \{", text)
    if tag:
        return tag[1]
    called = re.search(r"(\w+)\s*(?:\[[^]]*\]\s*)*[(=;]", text)
    return called[1] if called else ""


def c_blocks(source):
    """The top-level blocks in braces: (begin, end, name)."""
    for m in re.finditer(r"^(?P<head>(?:[^\s#/*}{][^;{}]*?|[^\s#/*}{][^\n]*=\s*)){"
                         r".*?^}", source, re.M | re.S):
        yield m.start(), m.end(), c_name(m["head"] + "{")


def c_owner(source, blocks, comment):
    """The function, structure or macro that a comment belongs to; "" for a file."""
    for begin, end, name in blocks:
        if begin < comment.start() < end:
            return name
    line = source[source.rfind("\n", 0, comment.start()) + 1:comment.start()]
    if line.strip():
        return c_name(line)
    rest = source[comment.end():].lstrip("\n")
    if rest.startswith(("#include", "#ifndef")):
        return ""
    return c_name(rest)


def listed(word, comment):
    """The labels that a comment lists behind each "Shows:" or "Rules:"."""
    text = re.sub(r"\s*\n[\s*#]*", " ", comment.removesuffix("*/")).strip()
    return [label.strip() for m in word.finditer(text) for label in m[1].split(",")]


def code_places(pattern):
    """(label, Place) for each label that a comment of the module has."""
    for path in sorted((TOP / "module").rglob("*.[ch]")):
        source = path.read_text()
        blocks = list(c_blocks(source))
        file = str(path.relative_to(TOP))
        for comment in COMMENT.finditer(source):
            for label in pattern.findall(comment[0]) + listed(RULES, comment[0]):
                yield label, Place(c_owner(source, blocks, comment), file)


def c_tests(path, named, problems):
    """(label, Place) of a C file whose tests "named" finds behind a comment."""
    source = compiled(path)
    file = str(path.relative_to(TOP))
    for comment in COMMENT.finditer(source):
        labels = listed(SHOWS, comment[0])
        name = named(source[comment.end():]) if labels else ""
        if labels and not name:
            line = source.count("\n", 0, comment.start()) + 1
            problems.append(f"{file}:{line}: \"Shows:\" above what is no test")
        for label in labels if name else ():
            yield label, Place(name, file)


def compiled(path):
    """A source without what `#if 0` hides; its lines are where they were."""
    return re.sub(r"^#if 0\n.*?^#endif$", lambda m: "\n" * m[0].count("\n"),
                  path.read_text(), flags=re.M | re.S)


def kunit_names(source):
    """The cases of a file that are run: function to "suite: case"."""
    source = re.sub(r"/\*.*?\*/|//[^\n]*", "", source, flags=re.S)
    names = {}
    run = re.findall(r"\w+", " ".join(re.findall(r"kunit_test_suites?\((.*?)\)", source,
                                                 re.S)))
    for suite in re.finditer(r"struct kunit_suite (\w+) = \{(.*?)^\}", source,
                             re.M | re.S):
        if suite[1] not in run:
            continue
        name = re.search(r'\.name = "([^"]+)"', suite[2])[1]
        table = re.search(r"\.test_cases = (\w+)", suite[2])[1]
        cases = re.search(rf"struct kunit_case {table}\[\] = \{{(.*?)^\}}", source,
                          re.M | re.S)[1]
        for case in re.findall(r"KUNIT_CASE(?:_PARAM|_SLOW)?\((\w+)", cases):
            names[case] = f"{name}: {case}"
    return names


def kunit_tests(problems):
    for path in sorted((TOP / "selftests/kunit").glob("*.c")):
        names = kunit_names(compiled(path))

        def named(rest, names=names):
            m = re.match(r"\n(?:static void (\w+)\(struct kunit|CONV_ARRIVAL\((\w+),)",
                         rest)
            return names.get(m[1] or m[2]) if m else None

        yield from c_tests(path, named, problems)


def socket_tests(problems):
    def named(rest):
        m = re.match(r"\nTEST\((\w+)\)", rest)
        return f"socket: {m[1]}" if m else None

    for path in sorted((TOP / "selftests/socket").glob("*.c")):
        yield from c_tests(path, named, problems)


# --- Scripts ---

def wire_tests(problems):
    folder = TOP / "selftests/wire"
    for path in sorted(folder.glob("*/*.wire")):
        source = path.read_text()
        test = Place(f"wire: {path.relative_to(folder).with_suffix('')}",
                     str(path.relative_to(TOP)))
        labels = [label for comment in LINES_OF_COMMENT.findall(source)
                  for label in listed(SHOWS, comment)]
        if labels and re.search(r"^fails\b", source, re.M):
            problems.append(f"{test.file}: \"Shows:\" in a script that must fail")
            continue
        for label in labels:
            yield label, test


def script_tests(problems):
    for path in sorted((TOP / "selftests").glob("*/*.[ps][hy]")):
        source = path.read_text()
        file = str(path.relative_to(TOP))
        for comment in LINES_OF_COMMENT.finditer(source):
            labels = listed(SHOWS, comment[0])
            test = re.match(r'\s*(?:check |@stage\()"([^"]+)"', source[comment.end():])
            if labels and not test:
                line = source.count("\n", 0, comment.end())
                problems.append(f"{file}:{line}: \"Shows:\" above what is no test")
            for label in labels if test else ():
                # What differs from round to round of a loop
                name = re.sub(r"\$\{?\w+\}?", "...", test[1])
                yield label, Place(f"{path.parent.name}: {name}", file)


def stray_tests(problems):
    """Nothing is shown where nobody looks for it."""
    scanned = re.compile(r"kunit/[^/]+\.c|socket/[^/]+\.c|wire/[^/]+/[^/]+\.wire|"
                         r"[^/]+/[^/]+\.(?:sh|py)")
    for path in sorted((TOP / "selftests").rglob("*")):
        file = path.relative_to(TOP / "selftests")
        if path.suffix not in (".c", ".h", ".inc", ".py", ".sh", ".wire") or \
           scanned.fullmatch(str(file)):
            continue
        if re.search(r"\bShows: (?:MUST|SHLD|MAY|REC|\d{4})-", path.read_text()):
            problems.append(f"selftests/{file}: \"Shows:\" where no test is looked for")
    for path in sorted((TOP / "module").rglob("*.[ch]")):
        if "Shows: " in path.read_text():
            problems.append(f"{path.relative_to(TOP)}: \"Shows:\" in the module")


# --- What it comes to ---

def trace(rfcs, problems):
    """Enter code and tests in the rules."""
    rules = {rule.label: rule for rfc in rfcs for rule in rfc.rules}
    pattern = label_pattern(rfcs)
    tests = [kunit_tests, socket_tests, wire_tests, script_tests]
    for source, entered in [(code_places(pattern), "code")] + [
            (find(problems), "tests") for find in tests]:
        for label, place in source:
            if label not in rules:
                problems.append(f"{place.file}: there is no {label} "
                                f"({place.name or 'at its head'})")
                continue
            places = getattr(rules[label], entered)
            if place not in places:
                places.append(place)


def changes(sed, path):
    """Does the command of sed change the file?"""
    return subprocess.run(["sed", sed, path], check=True,
                          stdout=subprocess.PIPE).stdout != path.read_bytes()


def broken_rules(rfcs, problems):
    """The rules that the suite mutation breaks: its tests show them.  Those in small
    letters are Linux's, not an RFC's."""
    rules = {rule.label: rule for rfc in rfcs for rule in rfc.rules}
    path = TOP / "selftests/mutation/mutations"
    labels = []
    for label, test, file, sed in re.findall(r"^([^#\s]\S*) (\S+) (\S+)\n\t(.+)$",
                                             path.read_text(), re.M):
        if not changes(sed, TOP / file):
            problems.append(f"{path.relative_to(TOP)}: {label} changes nothing in {file}")
        if re.match("[a-z]", label):
            continue
        tests = rules[label].tests if label in rules else []
        if test.replace(".", ": ") not in [t.name for t in tests]:
            problems.append(f"{path.relative_to(TOP)}: {test} does not show {label}")
        labels.append(label)
    return labels


def judge(rule, strict):
    """What is wrong with a rule."""
    if not rule.tests and not rule.kind:
        yield f"{rule.label}: neither a test nor a reason ({rule.text})"
    if rule.tests and not rule.code:
        yield f"{rule.label}: tested, but no code names it ({rule.text})"
    if rule.kind == "pending" and rule.tests:
        yield f"{rule.label}: has a test and is not pending any more"
    if rule.kind == "pending" and strict:
        yield f"{rule.label}: pending ({rule.reason})"


def counts(rfc):
    """Rules, tested ones, and the untested ones of each kind."""
    tested = sum(bool(r.tests) for r in rfc.rules)
    return [len(rfc.rules), tested] + [
        sum(r.kind == kind and (kind == "deviation" or not r.tests) for r in rfc.rules)
        for kind in KINDS]


def link(place):
    name = place.name or Path(place.file).name
    return f"[{name}](../{place.file})"


def cell(rule):
    """How the rule is shown, or why not."""
    parts = [", ".join(link(p) for p in sorted(rule.tests))] if rule.tests else []
    if rule.kind:
        parts.append(f"*{KINDS[rule.kind]}:* {rule.reason}")
    return ". ".join(parts)


HEAD = """\
<!-- SPDX-License-Identifier: GPL-2.0 -->
<!-- Written by scripts/conformance.py (make conformance): do not edit. -->
# Conformance

Each rule that the RFCs of TCP lay down, the code that follows it and the tests that fail when it is broken. Rules of RFC
9293 have its own labels; those of the other RFCs are named by number, section and order, in our words, in
`Documentation/requirements/`; STEP is a step of an algorithm that has no such word. `CONTRIBUTING.md` tells how a rule, its
code and its test come in here.

A *deviation* is what mytcp does otherwise, with the reason; its tests show what holds all the same. *Left out* is what an
RFC allows and mytcp does not do. *For others* are rules for programs, routers or operators. *Pending* is not built yet.

That a test fails when the rule is broken is itself tested, by breaking the code (`selftests/mutation/`), for {broken}.
"""


def document(rfcs, broken):
    """The text of conformance.md."""
    lines = [HEAD.format(broken=", ".join(broken))]
    lines.append("| RFC | rules | tested | " +
                 " | ".join(k.lower() for k in KINDS.values()) + " |")
    lines.append("| --- |" + " ---: |" * (2 + len(KINDS)))
    total = [0] * (2 + len(KINDS))
    for rfc in rfcs:
        row = counts(rfc)
        total = [a + b for a, b in zip(total, row)]
        lines.append(f"| [RFC {rfc.number}](#rfc-{rfc.number}) {rfc.title} | " +
                     " | ".join(map(str, row)) + " |")
    lines.append("| all | " + " | ".join(map(str, total)) + " |")
    for rfc in rfcs:
        lines += ["", f"## RFC {rfc.number}", f"{rfc.title}.", "",
                  "| rule | section | it asks | code | shown by |",
                  "| --- | --- | --- | --- | --- |"]
        for r in rfc.rules:
            code = ", ".join(link(p) for p in sorted(r.code))
            lines.append(f"| {r.label} | {r.section} | {r.level}: {r.text} | {code} | "
                         f"{cell(r)} |")
    return "\n".join(lines) + "\n"


def summary(rfcs):
    """A line for each RFC."""
    for rfc in rfcs:
        row = counts(rfc)
        yield f"RFC {rfc.number}: {row[0]} rules, {row[1]} tested" + "".join(
            f", {n} {kind.lower()}" for n, kind in zip(row[2:], KINDS.values()) if n)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="fail, and write nothing")
    parser.add_argument("--strict", action="store_true", help="--check; nothing pends")
    parser.add_argument("--quiet", action="store_true", help="no numbers")
    args = parser.parse_args()

    problems = []
    rfcs = [read_rfc(p, problems) for p in sorted(
        CATALOGUE.glob("rfc*.txt"), key=lambda p: (p.stem != "rfc9293", int(p.stem[3:])))]
    trace(rfcs, problems)
    stray_tests(problems)
    problems += [p for rfc in rfcs for rule in rfc.rules for p in judge(rule, args.strict)]

    text = document(rfcs, broken_rules(rfcs, problems))
    if not (args.check or args.strict):
        OUTPUT.write_text(text)
    elif not OUTPUT.exists() or OUTPUT.read_text() != text:
        problems.append("Documentation/conformance.md is old: make conformance")
    if not args.quiet:
        print(*summary(rfcs), sep="\n")
    print(*problems, sep="\n", end="\n" if problems else "", file=sys.stderr)
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
