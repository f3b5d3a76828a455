"""One view of the head map on the screen: the outline in braille, the marks as numbers with the checklist's signs.

``9`` planned, ``x9`` given, ``~9`` changed, ``-9`` skipped, ``+9`` extra: the state is told by the sign, colour only repeats it. Marks keep
a space between them: one that would touch another moves to the nearest free place. A drawing is rows of signs, each with its style.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from botoxcli.clinic.head_map import Mark, MarkState, ViewMap
from botoxcli.clinic.head_outline import Point
from botoxcli.clinic.protocol import View
from botoxcli.terminal.braille import Braille

SIGNS: dict[MarkState, str] = {"planned": "", "given": "x", "changed": "~", "skipped": "-", "extra": "+"}
STYLES: dict[MarkState, str] = {"planned": "bold", "given": "green", "changed": "yellow", "skipped": "red", "extra": "cyan"}
OUTLINE_STYLE = "dim"
_HEADS: dict[View, tuple[float, float, float, float]] = {
    "front": (22, 6, 78, 77), "left": (13, 6, 85, 80), "right": (15, 6, 87, 80), "back": (22, 6, 78, 72),
}  # fmt: skip
_MARGIN = 4.0
_DETAILS_FROM = 12  # rows
_FARTHEST = 9.0  # columns that a mark may be moved; a row counts as four

Cell = tuple[str, str]
Row = list[Cell]
Label = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Window:
    """The part of a view that is drawn, in per cent, and how many columns and rows it takes. A row is as high as two columns are wide."""

    left: float
    top: float
    right: float
    bottom: float
    columns: int
    rows: int

    @classmethod
    def fitting(cls, view: ViewMap, columns: int, rows: int, *, near: bool = False) -> Window:
        """The head and all marks, as large as the room allows; ``near`` leaves out what lies well below the marks."""
        left, top, right, bottom = _HEADS[view.view]
        lowest = max((mark.y for mark in view.marks), default=bottom) + (20 if near else _MARGIN)
        left = max(min([left, *(mark.x - _MARGIN for mark in view.marks)]), 0)
        right = min(max([right, *(mark.x + _MARGIN for mark in view.marks)]), 100)
        bottom = min(lowest if near else max(bottom, lowest), 100)
        scale = min(columns / (right - left), 2 * rows / (bottom - top))
        return cls(left, top, right, bottom, max(round((right - left) * scale), 1), max(round((bottom - top) * scale / 2), 1))

    def dots(self, point: Point) -> Point:
        """A place of the view in braille dots."""
        across, down = (point[0] - self.left) / (self.right - self.left), (point[1] - self.top) / (self.bottom - self.top)
        return across * (2 * self.columns - 1), down * (4 * self.rows - 1)

    def cell(self, mark: Mark) -> tuple[float, int]:
        """A mark's column, as a fraction, and its row."""
        x, y = self.dots((mark.x, mark.y))
        return x / 2, min(int(y // 4), self.rows - 1)


def usual_label(mark: Mark) -> Label:
    """``x9``: the state's sign and the number of the order of injection."""
    return f"{SIGNS[mark.state]}{mark.number}", STYLES[mark.state]


def drawn(
    view: ViewMap, columns: int, rows: int, *, label: Callable[[Mark], Label] = usual_label, near: bool = False, first: Iterable[str] = ()
) -> list[Row] | None:
    """The view in at most so many columns and rows, each row as wide as the widest; None where the marks do not find room.

    ``first`` are the sites whose marks take their places before the others.
    """
    window = Window.fitting(view, columns, rows, near=near)
    field = Braille(window.columns, window.rows)
    for stroke in view.outline:
        if not stroke.detail or window.rows >= _DETAILS_FROM:
            field.line([window.dots(point) for point in stroke.points])
    lines = [[(sign, OUTLINE_STYLE if sign != " " else "") for sign in line] for line in field.text()]
    places = _places(view.marks, window, label, frozenset(first))
    if places is None:
        return None
    for (column, row), (words, style) in places:
        for beside in (column - 1, column + len(words)):
            if 0 <= beside < window.columns and not _taken(places, beside, row):
                lines[row][beside] = (" ", "")
        lines[row][column : column + len(words)] = [(sign, style) for sign in words]
    return lines


_Placed = list[tuple[tuple[int, int], Label]]


def _places(marks: Sequence[Mark], window: Window, label: Callable[[Mark], Label], first: frozenset[str]) -> _Placed | None:
    """Where each label begins: as near to its place as those before it leave room for."""
    placed: _Placed = []
    for mark in sorted(marks, key=lambda mark: (mark.site not in first, mark.number)):
        words, style = label(mark)
        spot = _nearest_free(window.cell(mark), len(words), window, placed)
        if spot is None:
            return None
        placed.append((spot, (words, style)))
    return placed


def _nearest_free(cell: tuple[float, int], size: int, window: Window, placed: _Placed) -> tuple[int, int] | None:
    ideal, row = cell[0] - size / 2 + 0.25, cell[1]
    spots = [(column, line) for line in range(window.rows) for column in range(window.columns - size + 1)]

    def far(spot: tuple[int, int]) -> float:
        return abs(spot[0] - ideal) + 4 * abs(spot[1] - row)

    free = [spot for spot in spots if far(spot) <= _FARTHEST and _is_free(spot, size, placed)]
    return min(free, key=lambda spot: (far(spot), spot[1], spot[0]), default=None)


def _is_free(spot: tuple[int, int], size: int, placed: _Placed) -> bool:
    """Room for the label with a space on either side."""
    return not any(row == spot[1] and spot[0] <= column + len(words) and column <= spot[0] + size for (column, row), (words, _) in placed)


def _taken(placed: _Placed, column: int, row: int) -> bool:
    return any(row == line and start <= column < start + len(words) for (start, line), (words, _) in placed)


def caption(view: ViewMap, columns: int) -> Row:
    """``R  Front  L``: the view's name between what lies at its edges, in the middle of so many columns."""
    words = f"{view.edges[0]} < {view.title} > {view.edges[1]}"
    words = words if len(words) <= columns else view.title[:columns]
    return [(sign, "bold") for sign in words.center(columns)]


def widened(rows: list[Row], columns: int) -> list[Row]:
    """The drawing in the middle of so many columns."""
    wide = max(map(len, rows), default=0)
    before = (columns - wide) // 2
    return [[(" ", "")] * before + row + [(" ", "")] * (columns - before - len(row)) for row in rows]
