"""Plain lines and sheets: the answer to stdout, the talk to stderr. Needs no Rich; reads the same on a screen and on paper."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import NamedTuple, TextIO

from botoxcli.terminal.clean import shown

SHEET_WIDTH = 78


class Section(NamedTuple):
    """A part of a sheet: a heading (or none), and its points. A long point is wrapped below its bullet, or ``hanging`` columns in; one that
    begins with spaces stands that far in, its bullet too; a ``drawn`` one stays as it is.
    """

    heading: str
    points: tuple[str, ...]
    bullet: str = "- "
    hanging: int = 0
    drawn: bool = False


def print_lines(lines: Iterable[str]) -> None:
    """Each as a line of the answer."""
    for line in lines:
        sys.stdout.write(f"{shown(line)}\n")


def print_text(lines: Iterable[str]) -> None:
    """The same for lines of words, which a terminal breaks between words; for what is aligned in columns there is ``print_lines``."""
    for line in lines:
        sys.stdout.write(f"{_fitted(shown(line), sys.stdout)}\n")


def _fitted(line: str, stream: TextIO) -> str:
    """On a terminal broken between words, under its own indent; in a pipe as it is, whole."""
    room = shutil.get_terminal_size().columns if stream.isatty() else 0
    if not room or len(line) <= room:
        return line
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return textwrap.fill(line, room, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def note(text: str) -> None:
    """A line of talk, on stderr."""
    sys.stderr.write(f"{shown(text)}\n")
    sys.stderr.flush()


def note_text(lines: Iterable[str]) -> None:
    """Lines of words as talk, on stderr; a terminal breaks them between words."""
    for line in lines:
        sys.stderr.write(f"{_fitted(shown(line), sys.stderr)}\n")
    sys.stderr.flush()


def print_sheet(title: str, sections: Iterable[Section]) -> None:
    """A sheet to read or to hand out: the title, then each section's heading and points."""
    print_lines([title, "=" * min(len(title), SHEET_WIDTH)])
    for section in sections:
        print_lines(["", *([section.heading] if section.heading else [])])
        for point in section.points:
            print_lines([f"{section.bullet}{point}".rstrip()] if section.drawn else _wrapped(shown(point), section))


def _wrapped(point: str, section: Section) -> list[str]:
    inner = " " * (len(point) - len(point.lstrip(" "))) if section.bullet else ""
    whole = f"{inner}{section.bullet}{point.removeprefix(inner)}"
    if len(whole) <= SHEET_WIDTH and whole[-1:].strip():  # most do: nothing is to be folded
        return [whole]
    return textwrap.wrap(
        point.removeprefix(inner),
        SHEET_WIDTH,
        initial_indent=inner + section.bullet,
        subsequent_indent=inner + " " * (section.hanging or len(section.bullet)),
        break_long_words=False,
        break_on_hyphens=False,
    ) or [section.bullet.rstrip()]
