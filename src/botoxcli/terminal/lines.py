"""Plain lines and sheets: the answer to stdout, the talk to stderr. Needs no Rich; reads the same on a screen and on paper."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from botoxcli.terminal.clean import shown

SHEET_WIDTH = 78


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a sheet: a heading (or none), and its points. A point may be long; it is wrapped below its bullet."""

    heading: str
    points: tuple[str, ...]
    bullet: str = "- "


def print_lines(lines: Iterable[str]) -> None:
    """Each as a line of the answer."""
    for line in lines:
        sys.stdout.write(f"{shown(line)}\n")


def note(text: str) -> None:
    """A line of talk, on stderr."""
    sys.stderr.write(f"{shown(text)}\n")
    sys.stderr.flush()


def print_sheet(title: str, sections: Iterable[Section]) -> None:
    """A sheet to read or to hand out: the title, then each section's heading and points."""
    print_lines([title, "=" * min(len(title), SHEET_WIDTH)])
    for section in sections:
        print_lines(["", *([section.heading] if section.heading else [])])
        for point in section.points:
            print_lines(_wrapped(shown(point), section.bullet))


def _wrapped(point: str, bullet: str) -> list[str]:
    return textwrap.wrap(
        point,
        SHEET_WIDTH,
        initial_indent=bullet,
        subsequent_indent=" " * len(bullet),
        break_long_words=False,
        break_on_hyphens=False,
    ) or [bullet.rstrip()]
