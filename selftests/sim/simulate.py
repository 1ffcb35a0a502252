#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""simulate.py SETS CONTROLS REPETITIONS PART PARTS FILE: run cells of the grid in a
guest that has the module loaded and exact virtual time, and write a line for each
flow to FILE.

  SETS         whole, short: one flow at a time, mytcp and the kernel's TCP in turn
               fairness, few: two flows at a time, in each pairing; several are
               separated by commas
  CONTROLS     congestion controls, separated by commas
  REPETITIONS  of each cell, each with other random numbers on the path, which are
               the same ones for each stack
  PART PARTS   which share of the runs is done here
"""

import subprocess
import sys
import zlib

import grid
from network import Network, RECEIVER

COLUMNS = ("set", "control", "mbit", "rtt", "loss", "queue", "disorder",
           "repetition", "pair", "stack", "seconds", "received", "late", "sent",
           "again", "queued")

ALONE = (("kernel",), ("mytcp",))
TOGETHER = (("kernel", "kernel"), ("mytcp", "mytcp"), ("mytcp", "kernel"))
PAIRS = {"whole": ALONE, "short": ALONE, "fairness": TOGETHER, "few": TOGETHER}


def run(network, cell, seed, control, stacks, seconds):
    """One run; returns the queue's mean length and a list of each flow's figures"""
    network.path(cell, seed)
    result = subprocess.run(
        ["./flow", str(seconds), "sender", "receiver", RECEIVER, "near", "out"]
        + [f"{stack}/{control}" for stack in stacks],
        check=True, text=True, stdout=subprocess.PIPE)
    lines = [line.split() for line in result.stdout.splitlines()]
    return lines[0][1], [line[3:] for line in lines[1:]]


def runs(kinds, controls, repetitions):
    """Everything that is to be run, in its order"""
    for repetition in range(repetitions):
        for kind in kinds:
            for control in controls:
                for cell in getattr(grid, kind)():
                    yield repetition, kind, control, cell


def main():
    """Run this part of the runs"""
    kinds, controls, repetitions, part, parts, path = sys.argv[1:]
    network = Network()
    todo = list(runs(kinds.split(","), controls.split(","), int(repetitions)))
    with open(path, "w", encoding="ascii") as file:
        if part == "0":
            print(*COLUMNS, sep="\t", file=file)
        for number, (repetition, kind, control, cell) in enumerate(todo):
            if number % int(parts) != int(part):
                continue
            seconds = cell.seconds() * (2 if PAIRS[kind] is TOGETHER else 1)
            seed = zlib.crc32(f"{cell} {repetition}".encode())
            for stacks in PAIRS[kind]:
                print(f"# {control}, {'+'.join(stacks)}: {cell}", flush=True)
                queued, flows = run(network, cell, seed, control, stacks, seconds)
                for stack, figures in zip(stacks, flows):
                    print(kind, control, cell.mbit, cell.rtt, cell.loss,
                          cell.queue, cell.disorder, repetition, "+".join(stacks),
                          stack, seconds, *figures, queued, sep="\t", file=file)
            file.flush()


if __name__ == "__main__":
    main()
