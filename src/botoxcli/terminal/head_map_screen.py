"""The head map on a terminal, all views with a legend; in a pipe, on a dumb terminal and one without braille a table by view.

Front and the two sides stand to the left of the back, so that all fit on 80 columns by 24 rows with room for a prompt.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import IO, TYPE_CHECKING

from botoxcli.clinic.head_map import HeadMap, SiteDose, ViewMap, without_a_map
from botoxcli.terminal.clean import shown
from botoxcli.terminal.console import console, is_plain
from botoxcli.terminal.head_map import SIGNS, STYLES, Row, caption, drawn, widened
from botoxcli.terminal.lines import print_text
from botoxcli.terminal.table import Column, Table, plain_lines

if TYPE_CHECKING:
    from rich.text import Text

_GAP = 2
_AROUND = 4  # lines of the screen that are not the drawing's: title, legend (of one line or two), the prompt that follows
_LARGEST = 34


def can_draw(stream: IO[str] | None = None) -> bool:
    """Whether the stream (stdout when none is given) is a terminal that shows braille: the Linux console has no such letters."""
    stream = sys.stdout if stream is None else stream
    return not is_plain(stream) and os.environ.get("TERM", "").lower() != "linux" and "utf" in (getattr(stream, "encoding", None) or "").lower()


def print_head_map(head_map: HeadMap, *, title: str = "") -> None:
    """To stdout, in the form that fits it."""
    if can_draw() and print_drawing(head_map, title=title):
        return
    for line in map_lines(head_map, title):
        sys.stdout.write(f"{line}\n")


def print_drawing(head_map: HeadMap, *, title: str = "") -> bool:
    """The drawing to stdout, which is a terminal, no higher than the screen; False, and nothing printed, where it finds no room."""
    screen = console()
    below = legend(head_map, screen.width)
    drawing = map_rows(head_map, screen.width, min(screen.height - _AROUND, _LARGEST))
    if drawing is None:
        return False
    for text in [*(["", _bold(title)] if title else []), *as_text(drawing), *below]:
        screen.print(text, soft_wrap=True)
    print_text(filter(None, [without_a_map(head_map)]))
    return True


def map_rows(head_map: HeadMap, columns: int, rows: int) -> list[Row] | None:
    """All views in so many columns and rows; None when there is nothing to draw, or no room for it."""
    left = [stack for stack in (_of(head_map, "front"), _of(head_map, "left", "right")) if stack]
    right = [stack for stack in (_of(head_map, "back"),) if stack]
    sides = [side for side in (left, right) if side]
    if not sides:
        return None
    wide = (columns - _GAP * (len(sides) - 1)) // len(sides)
    blocks = [_stacked(side, wide, rows) for side in sides]
    done = [block for block in blocks if block is not None]
    return _beside(done, wide) if len(done) == len(blocks) else None


def _of(head_map: HeadMap, *views: str) -> list[ViewMap]:
    return [view for view in head_map.views if view.view in views]


def _stacked(stacks: Sequence[Sequence[ViewMap]], columns: int, rows: int) -> list[Row] | None:
    """Rows of views, one above the other, each under its caption."""
    block: list[Row] = []
    for place, views in enumerate(stacks):
        high = (rows - len(block)) // (len(stacks) - place)
        wide = (columns - _GAP * (len(views) - 1)) // len(views)
        drawings = [view_rows(view, wide, high) for view in views]
        done = [drawing for drawing in drawings if drawing is not None]
        if len(done) < len(drawings):
            return None
        block += [[*row, *[(" ", "")] * (columns - len(row))] for row in _beside(done, wide)]
    return block


def view_rows(view: ViewMap, columns: int, rows: int) -> list[Row] | None:
    """One view under its caption, in the middle of so many columns."""
    drawing = drawn(view, columns, rows - 1)
    return None if drawing is None else [caption(view, columns), *widened(drawing, columns)]


def _beside(blocks: Sequence[list[Row]], columns: int) -> list[Row]:
    empty: Row = [(" ", "")] * columns
    gap: Row = [(" ", "")] * _GAP
    joined: list[Row] = []
    for rows in zip_longest(*blocks):
        line: Row = []
        for row in rows:
            line += [*(gap if line else []), *(row if row is not None else empty)]
        joined.append(line)
    return joined


def as_text(rows: Iterable[Row]) -> list[Text]:
    """The rows for Rich, without the spaces at their ends."""
    from rich.text import Text

    texts = []
    for row in rows:
        text = Text()
        for sign, style in row:
            text.append(sign, style=style)
        text.rstrip()
        texts.append(text)
    return texts


def legend(head_map: HeadMap, columns: int) -> list[Text]:
    """``9 planned  x9 given ...`` of the states that occur, and what the number is: on one line where there is room, else on two."""
    from rich.text import Text

    states, numbers = Text(), Text("Numbers: order of injection. L, R: the patient's.", style="dim")
    for state in head_map.states():
        states.append(f"{SIGNS[state]}9", style=STYLES[state])
        states.append(f" {state}   ")
    if states.cell_len + numbers.cell_len <= columns:
        return [states.append_text(numbers)]
    states.rstrip()
    return [states, numbers]


def _bold(words: str) -> Text:
    from rich.text import Text

    return Text(shown(words), style="bold")


def map_lines(head_map: HeadMap, title: str = "") -> list[str]:
    """The same without a drawing: a table of the sites under each view, and those that have no place on the map."""
    columns = [Column("No", "right"), Column("Site"), Column("State"), Column("Units"), Column("x", "right"), Column("y", "right")]
    lines = [shown(title)] if title else []
    for view in head_map.views:
        rows = [[*_cells(mark), f"{mark.x:g}", f"{mark.y:g}"] for mark in sorted(view.marks, key=lambda mark: mark.number)]
        lines += [*([""] if lines else []), *plain_lines(Table(columns, rows, title=view.title))]
    if head_map.placeless:
        lines += [*([""] if lines else []), without_a_map(head_map) if not head_map.views else "Without a place on the map"]
        lines += plain_lines(Table(columns[:4], [_cells(dose) for dose in head_map.placeless]))
    return lines


def _cells(dose: SiteDose) -> list[str]:
    return [str(dose.number) if dose.number else "", dose.site, dose.state, dose.words]
