"""One run: its folder for files, its rows, and how long and how often is measured."""

import pathlib
import statistics

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDER = pathlib.Path(__file__).resolve().parent
BINARY = ROOT / ".build/release/windtunnel"
SECONDS = 4
ROUNDS = 3


def row(what, ours, reference, ratio, goal):
    print(f"| {what} | {ours} | {reference} | {ratio} | {goal} |", flush=True)


def rates(what, pairs, reference, goal):
    """A row of pairs of rates, ours and the reference's, each pair measured at the same time."""
    ours, theirs = (statistics.median(side) for side in zip(*pairs))
    row(what, f"{ours:,.0f}/s", f"{reference} {theirs:,.0f}/s", f"{statistics.median(a / b for a, b in pairs):.0%}", goal)
