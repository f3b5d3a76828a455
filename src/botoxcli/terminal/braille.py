"""Lines drawn with braille characters: two dots across and four down in each cell of the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

_BLANK = 0x2800
# The bit of each dot, by its column and row in the cell.
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))

Dot = tuple[float, float]


class Braille:
    """A field of ``columns`` by ``rows`` cells. Places are in dots: x to the right, y downward; what lies outside is left out."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns = columns
        self.rows = rows
        self._cells: dict[tuple[int, int], int] = {}

    def dot(self, x: int, y: int) -> None:
        """Sets one dot."""
        column, row = x // 2, y // 4
        if 0 <= column < self.columns and 0 <= row < self.rows:
            self._cells[column, row] = self._cells.get((column, row), 0) | _BITS[x % 2][y % 4]

    def line(self, points: Sequence[Dot]) -> None:
        """Sets the dots along the line through the points."""
        for (left, top), (right, bottom) in pairwise(points):
            steps = max(1, round(max(abs(right - left), abs(bottom - top))))
            for step in range(steps + 1):
                part = step / steps
                self.dot(round(left + (right - left) * part), round(top + (bottom - top) * part))

    def text(self) -> Iterator[str]:
        """The rows; a cell without a dot is a space."""
        for row in range(self.rows):
            yield "".join(chr(_BLANK + bits) if (bits := self._cells.get((column, row), 0)) else " " for column in range(self.columns))
