"""CSV that a spreadsheet cannot be tricked with, and that comes back as it left.

Conventions. UTF-8, ``\\n`` line ends, a header, one row a record. None is an empty cell. A number stays a number. A text whose first
sign, after spaces, is one of ``= + - @`` or TAB, CR, LF, or whose very first is ``'``, gets a ``'`` before it; ``unguarded``
takes that off again, so ``unguarded(guarded(text)) == text``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from decimal import Decimal

    Cell = str | int | float | Decimal | bool | date | datetime | None

_TRIGGERS = ("=", "+", "-", "@", "\t", "\r", "\n")
# What a spreadsheet may also take for them: full-width forms.
_WIDE = ("\uff1d", "\uff0b", "\uff0d", "\uff20")


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]], stream: TextIO) -> None:
    """Writes header and rows as they come; holds no more than one row."""
    stream.write(_line(list(columns)))
    for row in rows:
        stream.write(_line([cell_text(cell) for cell in row]))


def cell_text(cell: Cell) -> str:
    """A cell as it is written: ``yes`` and ``no`` for truth, ISO for dates, plain decimals, guarded text."""
    if isinstance(cell, str):
        return cell if cell[:1].isalnum() else guarded(cell)  # what begins with a letter or a digit is no formula
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _line(cells: Sequence[str]) -> str:
    """One row. The csv module leaves a lone CR bare when lines end in LF, and its own reader then splits the row there."""
    line = ",".join(cells)
    if not line or '"' in line or "\n" in line or "\r" in line or line.count(",") >= len(cells):
        line = ",".join(map(_quoted, cells)) or '""'
    return line + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(sign in text for sign in ',"\r\n') else text


def guarded(text: str) -> str:
    """The text, with ``'`` before it when a spreadsheet could take it for a formula, or when it begins with ``'``."""
    return f"'{text}" if text.startswith(("'", "\t", "\r", "\n")) or text.lstrip().startswith(_TRIGGERS + _WIDE) else text


def unguarded(text: str) -> str:
    """The text as it was before ``guarded``. A ``'`` that guards nothing is left alone."""
    rest = text[1:]
    return rest if text.startswith("'") and guarded(rest) == text else text
