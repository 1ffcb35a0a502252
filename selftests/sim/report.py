#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""report.py [--tap] FILE...: what the lines of simulate.py say of mytcp beside the
kernel's TCP.

Without --tap writes simulation.md and simulation.svg into Documentation/.  With it
prints the goals as tests, which is what the suite does with its few cells.
"""

import collections
import csv
import html
import math
import pathlib
import statistics
import sys

import grid

TOP = pathlib.Path(__file__).resolve().parents[2]
OUT = TOP / "Documentation"

# What is asked for: goodput and what is sent again in parts of the kernel's
MEAN_LEAST, CELL_LEAST, AGAIN_MOST, JAIN_LEAST = 1.00, 0.90, 1.05, 0.95
# A few cells, once: one run's chance must not fail them
SHORT_MEAN_LEAST, SHORT_CELL_LEAST, SHORT_AGAIN_MOST = 0.95, 0.80, 1.25
SHORT_JAIN_LEAST = 0.85

Figures = collections.namedtuple("Figures", "goodput again delay")
Goal = collections.namedtuple("Goal", "text value good")


def read(paths):
    """All rows of all files, of which one has the names of the columns"""
    lines = [line for path in paths
             for line in pathlib.Path(path).read_text("ascii").splitlines()]
    head = next(line for line in lines if line.startswith("set\t"))
    lines = [line for line in lines if line != head]
    return list(csv.DictReader([head] + sorted(lines), delimiter="\t"))


def cell_of(row):
    """What names the path"""
    return (float(row["mbit"]), float(row["rtt"]), row["loss"], row["queue"],
            row["disorder"])


def figures(rows):
    """Of one stack in one cell, over the repetitions"""
    received = sum(int(row["received"]) for row in rows)
    seconds = sum(float(row["seconds"]) for row in rows)
    sent = sum(int(row["sent"]) for row in rows)
    again = sum(int(row["again"]) for row in rows)
    queued = statistics.fmean(float(row["queued"]) for row in rows)
    rate = float(rows[0]["mbit"]) * 1e6
    return Figures(received * 8 / seconds, again / sent, queued * 8 / rate)


def cells_of(rows, control):
    """{cell: {stack: Figures}} of the runs with one flow"""
    found = collections.defaultdict(lambda: collections.defaultdict(list))
    for row in rows:
        if "+" not in row["pair"] and row["control"] == control:
            found[cell_of(row)][row["stack"]].append(row)
    return {cell: {stack: figures(lines) for stack, lines in stacks.items()}
            for cell, stacks in found.items()}


def ratio(stacks):
    """mytcp's goodput in parts of the kernel's"""
    return stacks["mytcp"].goodput / max(stacks["kernel"].goodput, 1)


def each_ratio(rows, control, cell):
    """The same of each repetition"""
    received = collections.defaultdict(dict)
    for row in rows:
        if ("+" not in row["pair"] and row["control"] == control and
                cell_of(row) == cell):
            received[row["repetition"]][row["stack"]] = int(row["received"])
    return [stacks["mytcp"] / max(stacks["kernel"], 1)
            for _, stacks in sorted(received.items())]


def mean_ratio(cells):
    """The geometric mean over all cells"""
    return math.exp(statistics.fmean(
        math.log(max(ratio(stacks), 1e-3)) for stacks in cells.values()))


def mean_of(cells, stack, field):
    """The mean of a figure over all cells"""
    return statistics.fmean(getattr(stacks[stack], field)
                            for stacks in cells.values())


def name_of(cell):
    """A cell as a person says it"""
    mbit, rtt, loss, queue, disorder = cell
    words = [f"{mbit:g} Mbit/s", f"{rtt:g} ms"]
    words.append("lost in bursts" if loss == "bursts" else f"{loss} % lost")
    words.append(queue if queue in ("fq_codel", "ecn") else f"queue {queue} BDP")
    if disorder != "none":
        words.append(disorder)
    return ", ".join(words)


def jain(shares):
    """Jain's index of fairness"""
    return sum(shares) ** 2 / (len(shares) * sum(s * s for s in shares))


def fairness_of(rows, control):
    """{pair: {cell: Jain's index}}, each the mean over the repetitions"""
    runs = collections.defaultdict(list)
    for row in rows:
        if "+" in row["pair"] and row["control"] == control:
            runs[row["pair"], cell_of(row), row["repetition"]].append(
                int(row["late"]))
    result = collections.defaultdict(lambda: collections.defaultdict(list))
    for (pair, cell, _), shares in runs.items():
        result[pair][cell].append(jain(shares))
    return {pair: {cell: statistics.fmean(values)
                   for cell, values in cells.items()}
            for pair, cells in result.items()}


def goals(cells, mean_least, cell_least, again_most):
    """Those of one control"""
    worst = min(cells, key=lambda cell: ratio(cells[cell]))
    again = (mean_of(cells, "mytcp", "again") /
             max(mean_of(cells, "kernel", "again"), 1e-6))
    mean = mean_ratio(cells)
    return [
        Goal(f"goodput, geometric mean of {len(cells)} paths (least "
             f"{mean_least:.2f})", mean, mean >= mean_least),
        Goal(f"goodput on the worst path ({name_of(worst)}; least "
             f"{cell_least:.2f})", ratio(cells[worst]),
             ratio(cells[worst]) >= cell_least),
        Goal(f"share of octets sent again (most {again_most:.2f})", again,
             again <= again_most),
    ]


def fairness_goals(rows, control, jain_least):
    """Jain's index between like controls, the mean over the paths"""
    found = []
    for pair, cells in sorted(fairness_of(rows, control).items()):
        mean = statistics.fmean(cells.values())
        least = jain_least if "mytcp" in pair else 0
        found.append(Goal(f"Jain's index of {pair}, mean of {len(cells)} paths "
                          f"(least {least:.2f})", mean, mean >= least))
    return found


def controls_of(rows):
    """The controls in the order of their fame"""
    known = ("cubic", "reno", "bbr", "dctcp")
    return [c for c in known if any(row["control"] == c for row in rows)]


# --- the picture ---

COLUMN, ROW, LEFT, TOP_EDGE = 34, 20, 130, 70
TEXT = 'font-family="sans-serif" font-size='


def colour(value):
    """White where both are alike, red where mytcp is behind, blue where ahead"""
    lean = max(-1.0, min(1.0, math.log(max(value, 1e-3)) / math.log(1.5)))
    fade = int(255 * (1 - 0.7 * abs(lean)))     # never so dark that text is lost
    return f"rgb(255,{fade},{fade})" if lean < 0 else f"rgb({fade},{fade},255)"


def columns():
    """(title of the group, title, key of the cell without rate and round trip)"""
    found = []
    for loss in grid.LOSSES:
        title = "lost in bursts" if loss == "bursts" else f"{loss} % lost"
        for queue in grid.QUEUES:
            found.append((title, queue.replace("fq_codel", "fqc"),
                          (loss, queue, "none")))
    for disorder in grid.DISORDERS:
        found.append(("disorder", disorder[:6], ("0", "1", disorder)))
    return found


def panel(control, cells, top):
    """The map of one control, as lines of SVG"""
    mean = mean_ratio(cells)
    lines = [f'<text x="8" y="{top + 16}" {TEXT}"15" font-weight="bold">'
             f'{html.escape(control)}: goodput of mytcp / the kernel\'s TCP, '
             f'geometric mean {mean:.3f}</text>']
    previous = None
    for number, (group, title, _) in enumerate(columns()):
        x = LEFT + number * COLUMN
        if group != previous:
            lines.append(f'<text x="{x}" y="{top + 42}" {TEXT}"12">{group}</text>')
            previous = group
        lines.append(f'<text x="{x + COLUMN / 2}" y="{top + 60}" {TEXT}"10" '
                     f'text-anchor="middle">{title}</text>')
    y = top + TOP_EDGE
    for mbit in grid.RATES:
        for rtt in grid.ROUND_TRIPS:
            lines.append(f'<text x="{LEFT - 8}" y="{y + 14}" {TEXT}"11" '
                         f'text-anchor="end">{mbit} Mbit/s, {rtt} ms</text>')
            for number, (_, _, key) in enumerate(columns()):
                stacks = cells.get((float(mbit), float(rtt), *key))
                if not stacks:
                    continue
                value = ratio(stacks)
                x = LEFT + number * COLUMN
                lines.append(
                    f'<rect x="{x}" y="{y}" width="{COLUMN - 1}" '
                    f'height="{ROW - 1}" fill="{colour(value)}"/>')
                lines.append(f'<text x="{x + COLUMN / 2}" y="{y + 14}" {TEXT}"10" '
                             f'text-anchor="middle">{value:.2f}</text>')
            y += ROW
    return lines, y + 30


def picture(rows):
    """The whole drawing"""
    lines, top = [], 10
    for control in controls_of(rows):
        cells = cells_of(rows, control)
        if cells:
            more, top = panel(control, cells, top)
            lines += more
    lines.append(f'<text x="8" y="{top}" {TEXT}"12">Columns: the queue of the '
                 'bottleneck in bandwidth-delay products, fq_codel (fqc), fq_codel '
                 'that marks (ecn). Red: mytcp is behind; blue: ahead.</text>')
    width = LEFT + len(columns()) * COLUMN + 10
    return "\n".join([
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<!-- SPDX-License-Identifier: GPL-2.0 -->',
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" '
        f'height="{top + 15}" viewBox="0 0 {width} {top + 15}">',
        f'<rect width="{width}" height="{top + 15}" fill="white"/>',
        *lines, '</svg>', ''])


# --- the text ---

INTRODUCTION = """<!-- SPDX-License-Identifier: GPL-2.0 -->
# mytcp beside the kernel's TCP on simulated paths

Written by `make sim`; do not edit. `selftests/sim/` has the paths (`network.py`), the grid
(`grid.py`), the flows (`flow.c`) and this report's program. All runs are made in User Mode Linux with exact
virtual time: computing takes none, so the figures are those of the protocol alone. Both stacks run in
one boot, in turn, on the same path with the same random numbers, with the same congestion control and the
kernel's default sysctls, with which mytcp's buffers may be larger (`rcvbuf_max`, `sndbuf_max`).

BBR is not the same algorithm on both sides: the kernel has version 1, to which losses are nothing, and mytcp that of
draft-ietf-ccwg-bbr, which gives way where more than 2 % of a round trip are lost (BBR.LossThresh). With 3 % lost it
is to get less than version 1 does, and so it does; its goals are told as those of the others.

![goodput ratios](simulation.svg)

Goodput: octets that arrive in order from the first to the last second, slow start included. Queueing delay:
the mean length of the bottleneck's queue divided by its rate. Sent again: share of all octets sent.
Bursts: Gilbert-Elliott, 1 % lost: half of the packets of times that last for four. Overtaking: 2 % of the packets come an eighth of the
round trip early. Jitter: each packet comes by up to an eighth of it earlier or later. The queue of
fq_codel is four bandwidth-delay products.
"""


def summary(rows):
    """A row for each goal"""
    lines = ["", "## Goals", "", "| control | what | mytcp | |",
             "| --- | --- | --- | --- |"]
    for control in controls_of(rows):
        found = []
        cells = cells_of(rows, control)
        if cells:
            found += goals(cells, MEAN_LEAST, CELL_LEAST, AGAIN_MOST)
        found += fairness_goals(rows, control, JAIN_LEAST)
        for goal in found:
            lines.append(f"| {control} | {goal.text} | {goal.value:.3f} | "
                         f"{'met' if goal.good else '**not met**'} |")
    return lines


def shortfalls(rows):
    """The paths that miss the goal, with what each repetition says: chance, or not"""
    lines = []
    for control in controls_of(rows):
        cells = cells_of(rows, control)
        for cell in sorted(cells, key=lambda cell: ratio(cells[cell])):
            if ratio(cells[cell]) >= CELL_LEAST:
                break
            lines.append(f"| {control} | {name_of(cell)} | {ratio(cells[cell]):.2f} | "
                         + ", ".join(f"{value:.2f}" for value in
                                     each_ratio(rows, control, cell)) + " |")
    if lines:
        lines = ["", f"## Paths with less than {CELL_LEAST:.2f} of the kernel's goodput", "",
                 "| control | path | ratio | of each repetition |",
                 "| --- | --- | --- | --- |"] + lines
    return lines


def fairness_table(rows):
    """Jain's index for each path"""
    lines = ["", "## Two flows on one path", "",
             "Jain's index of what both receive in the second half of the time.", ""]
    for control in controls_of(rows):
        pairs = fairness_of(rows, control)
        if not pairs:
            continue
        names = sorted(pairs)
        lines += [f"| {control} | " + " | ".join(names) + " |",
                  "| --- |" + " --- |" * len(names)]
        for cell in sorted(pairs[names[0]]):
            lines.append(f"| {name_of(cell)} | " + " | ".join(
                f"{pairs[name].get(cell, math.nan):.3f}" for name in names) + " |")
        lines.append("")
    return lines


def table(rows, control):
    """All cells of a control"""
    lines = ["", f"## {control}, path by path", "",
             "| path | goodput, Mbit/s: kernel | mytcp | ratio | queueing delay, "
             "ms: kernel | mytcp | sent again, %: kernel | mytcp |",
             "| --- | --- | --- | --- | --- | --- | --- | --- |"]
    for cell, stacks in sorted(cells_of(rows, control).items()):
        kernel, mytcp = stacks["kernel"], stacks["mytcp"]
        lines.append(
            f"| {name_of(cell)} | {kernel.goodput / 1e6:.3f} | "
            f"{mytcp.goodput / 1e6:.3f} | {ratio(stacks):.2f} | "
            f"{kernel.delay * 1e3:.1f} | {mytcp.delay * 1e3:.1f} | "
            f"{kernel.again * 100:.2f} | {mytcp.again * 100:.2f} |")
    return lines


def write(rows):
    """The report and its picture"""
    repetitions = ", ".join(
        f"{control} {len({row['repetition'] for row in rows if row['control'] == control})}"
        for control in controls_of(rows))
    lines = [INTRODUCTION, f"Repetitions of each run: {repetitions}. Rows read: "
             f"{len(rows)}."]
    lines += summary(rows) + shortfalls(rows) + fairness_table(rows)
    for control in controls_of(rows):
        if cells_of(rows, control):
            lines += table(rows, control)
    (OUT / "simulation.md").write_text("\n".join(lines) + "\n", "utf-8")
    (OUT / "simulation.svg").write_text(picture(rows), "utf-8")
    print("\n".join(summary(rows)[2:]))


def tap(rows):
    """The goals of the few cells as tests"""
    good = True
    for control in controls_of(rows):
        cells = cells_of(rows, control)
        found = goals(cells, SHORT_MEAN_LEAST, SHORT_CELL_LEAST,
                      SHORT_AGAIN_MOST) if cells else []
        for goal in found + fairness_goals(rows, control, SHORT_JAIN_LEAST):
            print(f"{'ok' if goal.good else 'not ok'} - {control}: {goal.text}: "
                  f"{goal.value:.3f}")
            good = good and goal.good
        for cell, stacks in sorted(cells.items()):
            print(f"# {control}: {name_of(cell)}: {ratio(stacks):.2f}")
    return good


def main():
    """See above"""
    arguments = sys.argv[1:]
    if arguments[0] == "--tap":
        sys.exit(0 if tap(read(arguments[1:])) else 1)
    write(read(arguments))


if __name__ == "__main__":
    main()
