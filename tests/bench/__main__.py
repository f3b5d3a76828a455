"""What is measured, all of it by one command: ``python -m tests.bench``. It prints medians and ratios, writes them as CSV, and judges nobody.

The practices are made once, in a folder that is kept (``--folder``); ``--small`` makes little ones, to see that it runs.
"""

from __future__ import annotations

import argparse
import csv
import platform
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from . import peers
from .measuring import side_by_side
from .practices import Practices
from .rows import Row, rows

HEADER = ("what", "ours_ms", "ours_mb", "beside", "beside_ms", "ratio", "goal")


def main(arguments: Sequence[str]) -> int:
    """Makes the practices, measures every row, prints and writes."""
    told = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    told.add_argument("--folder", type=Path, default=Path("bench"), help="where the practices stand, and are kept (bench)")
    told.add_argument("--output", type=Path, default=Path("bench.csv"), help="the CSV with what was measured (bench.csv)")
    told.add_argument("--runs", type=_at_least_one, default=7, help="runs of each command (7); what takes long runs three times or once")
    told.add_argument("--only", default="", help="only the rows with this in their name")
    told.add_argument("--small", action="store_true", help="little practices")
    asked = told.parse_args(arguments)
    for program, how in peers.HOW.items():
        if peers.found(program) is None:
            print(f"{program} is not installed: {how}")
    print(f"Python {platform.python_version()}, {platform.system()} {platform.machine()}")
    try:
        practices = Practices(asked.folder.absolute(), small=asked.small)
        wanted = [row for row in rows(practices) if asked.only in row.what]
        if not wanted:
            told.error(f"no row has {asked.only!r} in its name; the rows are: {'; '.join(row.what for row in rows(practices))}")
        with asked.output.open("w", newline="") as file:
            table = csv.writer(file)
            table.writerow(HEADER)
            for row in wanted:
                for line in _measured(row, asked.runs):
                    table.writerow(line)
                    print("  ".join(line), flush=True)
    except OSError as error:
        told.error(f"{error.filename}: {error.strerror}")
    except subprocess.CalledProcessError as failed:
        told.error(f"{' '.join(map(str, failed.cmd))} ended with {failed.returncode}: {failed.stderr}")
    return 0


def _at_least_one(words: str) -> int:
    if not words.isdecimal() or int(words) < 1:
        raise argparse.ArgumentTypeError("must be a whole number, at least 1")
    return int(words)


def _measured(row: Row, runs: int) -> list[tuple[str, ...]]:
    sides = row.sides()
    beside = [(one, goal) for one, goal in sides.beside if one]
    goal = sides.goal or "; ".join(goal for _, goal in sides.beside)
    timed = side_by_side([sides.ours, *(one for one, _ in beside)], min(row.runs or runs, runs))
    ours = timed[0]
    mine = (row.what, f"{ours.milliseconds:.1f}", f"{ours.megabytes:.0f}")
    if not beside:
        return [(*mine, "", "", "", goal)]
    return [
        (*mine, one.name, f"{other.milliseconds:.1f}", f"{ours.milliseconds / other.milliseconds:.2f}", goal)
        for (one, goal), other in zip(beside, timed[1:], strict=True)
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
