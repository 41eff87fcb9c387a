"""Measure what commands cost, as ratios that hold on any machine.

``python benchmarks/run.py [--sizes 100,10000,100000] [--runs 15] [--cache FOLDER]``

makes the registers that it needs (they are kept in the folder), and prints one
Markdown table.  Every figure is CPU time, git's included, divided by that of
something everybody knows, measured side by side: A, B, A, B, ...; the figure
is the median of the pairs.  F1 is ``python -c "import click"``; F2 is F1 and
``git add`` and ``git commit`` of one file in a repository of one file.

The package must be installed in the Python that runs this, so that what is
measured is what people run; the interpreter is called by its own name.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import Bench, Line
from figures import measure


def table(lines: list[Line]) -> str:
    """The figures as Markdown."""
    out = ["| what | cases | measured | budget | divided by | pairs |", "|---|---:|---:|---:|---|---:|"]
    for line in lines:
        cases = "" if line.cases is None else f"{line.cases:,}"
        budget = "" if line.budget is None else f"≤ {line.budget:g}"
        over = line.budget is not None and line.figure > line.budget
        figure = f"{line.figure:.0f}" if line.of == "count" else f"{line.figure:.2f}"
        figure = f"**{figure}**" if over else figure
        out.append(f"| {line.what} | {cases} | {figure} | {budget} | {line.of} | {line.pairs} |")
    return "\n".join(out)


def machine() -> str:
    """What a reader must know of the machine: no more than cores and versions."""
    git = subprocess.run(["git", "--version"], check=True, capture_output=True, text=True).stdout.split()[2]
    versions = f"Python {platform.python_version()}, git {git}, SQLite {sqlite3.sqlite_version}"
    return f"{os.cpu_count()} cores, {versions}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure what commands cost, as ratios.")
    parser.add_argument(
        "--sizes", default="100,10000,100000", help="cases of the registers (default: %(default)s)"
    )
    parser.add_argument(
        "--runs", type=int, default=15, help="pairs of each measurement (default: %(default)s)"
    )
    parser.add_argument(
        "--cache",
        type=Path,
        default=Path(tempfile.gettempdir()) / "complaintctl-benchmarks",
        help="where the registers are kept (default: %(default)s)",
    )
    given = parser.parse_args()
    sizes = sorted(int(size) for size in given.sizes.split(","))
    given.cache.mkdir(parents=True, exist_ok=True)
    bench = Bench(given.cache.resolve(), given.runs)
    try:
        measure(bench, sizes)
    finally:
        shutil.rmtree(bench.home, ignore_errors=True)
    print(f"`python {' '.join(['benchmarks/run.py', *sys.argv[1:]])}` ({machine()})\n")
    print(table(bench.lines))


if __name__ == "__main__":
    main()
