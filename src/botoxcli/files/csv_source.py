"""The text and the rows of a CSV file that somebody else's program wrote.

Conventions. UTF-8, with or without a BOM. A refusal names the row by its number in the file and never a cell.
"""

from __future__ import annotations

import csv
import io
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from botoxcli.errors import ImportRefused, ValueRefused
from botoxcli.files.csv_rows import unguarded

SEPARATORS = (";", ",", "\t")


def problem(row: int | None, column: str | None, why: str) -> dict[str, Any]:
    """One thing that is wrong with a file, as ``ImportRefused`` has it."""
    return {"row": row, "column": column, "why": why}


def text_of(source: str, *, most_bytes: int) -> str:
    """The file's text, or that of standard input for ``-``. Raises ImportRefused, and ValueRefused when there is no such file."""
    raw = sys.stdin.buffer.read(most_bytes + 1) if source == "-" else _bytes(Path(source), most_bytes)
    if len(raw) > most_bytes:
        raise ImportRefused([problem(None, None, f"it holds more than {most_bytes // 1024 // 1024} MB")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        why = "it is not UTF-8 text"
        raise ImportRefused([problem(None, None, why)], "Save it as `CSV UTF-8` and import it again.") from None


def rows_of(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Each row with its number, its cells without what guards them. Raises csv.Error where it cannot be read as CSV."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    for number, row in enumerate(reader, start=1):
        yield number, [unguarded(cell) for cell in row]


def why_no_csv(error: csv.Error) -> str:
    """What is wrong with the row at which the reading as CSV ended. A mark that is never closed makes a cell of all that follows."""
    if _is_too_long(error):
        return too_long()
    return "the quotation marks of its cells do not match"


def too_long() -> str:
    """What is said of a cell that is too long to be read."""
    return f"a cell is too long: it has more than {csv.field_size_limit():,} characters, or its quotation mark is never closed"


def too_long_at(text: str, separator: str) -> int | None:
    """The number of the first row with a cell that is too long to be read; None where there is none."""
    number = 0
    try:
        for number, _ in rows_of(text, separator):  # noqa: B007 - the last one that could be read
            pass
    except csv.Error as error:
        return number + 1 if _is_too_long(error) else None
    return None


def _is_too_long(error: csv.Error) -> bool:
    return "field larger than" in str(error)


def _bytes(path: Path, most_bytes: int) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ValueRefused("FILE", "this is no file", "Name a CSV file, or - for standard input.")
        with path.open("rb") as file:
            return file.read(most_bytes + 1)
    except (OSError, ValueError):
        raise ValueRefused("FILE", "the file cannot be read", "Look at the path and at its permissions.") from None
