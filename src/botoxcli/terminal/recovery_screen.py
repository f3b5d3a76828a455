"""The recovery code on the screen: shown once, numbered by group, and taken off the screen when it was written down."""

from __future__ import annotations

import math
import shutil
import sys

from botoxcli.terminal.ask import wait_for_enter
from botoxcli.terminal.console import is_plain

_IN_A_ROW = 7
_WRITTEN = "Press Enter when it is written down: it is not shown again."


def show_once(code: str) -> None:
    """Shows the code on stderr until Enter is pressed, then wipes it off a terminal that can be drawn on. Raises Interrupted."""
    lines = [
        "",
        "The recovery code opens the ledger when passphrase or key file are lost.",
        "Without any of these nobody can ever open it again. Write it down on paper",
        "and keep the paper away from this machine.",
        "",
        *_rows(code.split("-")),
        "",
    ]
    sys.stdout.flush()
    sys.stderr.write("".join(f"{line}\n" for line in lines))
    wait_for_enter(_WRITTEN)
    if not is_plain(sys.stderr):
        sys.stderr.write(f"\x1b[{sum(map(_height, [*lines, _WRITTEN]))}A\x1b[J")


def _height(line: str) -> int:
    """How many rows of the terminal a line takes."""
    return max(1, math.ceil(len(line) / shutil.get_terminal_size().columns))


def _rows(groups: list[str]) -> list[str]:
    """The groups with their numbers above them: they are asked back by number."""
    rows = []
    for first in range(0, len(groups), _IN_A_ROW):
        some = groups[first : first + _IN_A_ROW]
        rows += ["  " + "".join(f"{number:<7}" for number in range(first + 1, first + len(some) + 1)).rstrip(), "  " + "   ".join(some), ""]
    return rows[:-1]
