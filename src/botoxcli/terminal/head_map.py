"""One view of the head map on the screen: the outline in braille, the marks as numbers with the checklist's signs.

``9`` planned, ``x9`` given, ``~9`` changed, ``-9`` skipped, ``+9`` extra: the state is told by the sign, colour only repeats it. Marks keep
a space between them: those that would touch give way along their row. A drawing is rows of signs, each with its style.
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
_FARTHEST = 6.0  # columns that a mark may be moved along its row
_LOWEST = 2  # rows that it may go down

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

    ``first`` are the sites whose marks stand before others at the same place.
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
    """Where each label begins. None where one would have to go too far from its place.

    Marks of one height share a row, and a row keeps its marks in their order from left to right: what is higher, or further in, never reads as
    lower or further out. Those that would touch give way to either side alike, so that mirrored sites stay mirrored; where a row is full, the
    lower ones go down.
    """
    rows: dict[int, list[Mark]] = {}
    begins: dict[int, list[int]] = {}
    lowest = 0
    for level in _levels(marks):
        wanted = max(window.cell(level[0])[1], lowest)
        for row in range(wanted, min(wanted + _LOWEST, window.rows - 1) + 1):
            together = sorted([*rows.get(row, ()), *level], key=lambda mark: (mark.x, mark.site not in first, mark.number))
            columns = _spread([window.cell(mark)[0] for mark in together], [len(label(mark)[0]) for mark in together], window.columns)
            if columns is not None:
                rows[row], begins[row], lowest = together, columns, row
                break
        else:
            return None
    return [((column, row), label(mark)) for row, columns in begins.items() for column, mark in zip(columns, rows[row], strict=True)]


def _levels(marks: Sequence[Mark]) -> list[list[Mark]]:
    """The marks of each height, from the highest down."""
    levels: dict[float, list[Mark]] = {}
    for mark in sorted(marks, key=lambda mark: mark.y):
        levels.setdefault(mark.y, []).append(mark)
    return list(levels.values())


def _spread(centres: Sequence[float], sizes: Sequence[int], columns: int) -> list[int] | None:
    """Where labels of these sizes begin, each as near to its centre as a space between them allows, in their order; None where that is too far.

    Labels that would touch make a group, which stands where its members together want it.
    """
    offsets = [sum(sizes[:place]) + place for place in range(len(sizes))]  # of each label in a row of labels that all touch but for a space
    wanted = [centre - size / 2 + 0.25 - offset for centre, size, offset in zip(centres, sizes, offsets, strict=True)]
    groups: list[list[float]] = []
    for one in wanted:
        groups.append([one])
        while len(groups) > 1 and _mean(groups[-2]) > _mean(groups[-1]):
            groups[-2:] = [groups[-2] + groups[-1]]
    room = columns - (offsets[-1] + sizes[-1])
    begins = [round(min(max(_mean(group), 0), room)) for group in groups for _ in group]
    if room < 0 or any(abs(begin - one) > _FARTHEST for begin, one in zip(begins, wanted, strict=True)):
        return None
    return [begin + offset for begin, offset in zip(begins, offsets, strict=True)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


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
