"""What the flags of an import from a spreadsheet say: which column is what, and how its dates are written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botoxcli.errors import ImportRefused, UsageError, ValueRefused

if TYPE_CHECKING:
    from botoxcli.clinic.date_format import DateFormat
    from botoxcli.files.sheet_csv import Fields

FILE_HELP = "The spreadsheet saved as CSV (UTF-8), or - for standard input."
FORMAT_OF_DATES = "How its dates are written, such as DD/MM/YYYY; never guessed. YYYY-MM-DD is always read."
DRY_RUN = "Show what would be made, or every problem by row and column; record nothing."


def mapped_columns(given: Sequence[str], fields: Fields) -> dict[str, str]:
    """``--map patient=Chart no,date=Datum`` as field -> column, which may hold a comma. A field with nothing behind ``=`` is not read.

    Raises UsageError.
    """
    from botoxcli.cli.given import pairs

    if any("=" not in words for words in given):
        raise UsageError("--map needs FIELD=COLUMN.", 'Write it as --map patient="Chart no",date=Datum.')
    said = pairs("--map", [pair for words in given for pair in re.split(r",(?=\s*\w+\s*=)", words)])
    if not said.keys() <= fields.known.keys():
        raise UsageError("--map names a field that this file cannot have.", f"The fields are {', '.join(fields.known)}.")
    if empty := [field for field in fields.required if not said.get(field, "-").strip()]:
        raise UsageError(f"--map leaves out {', '.join(empty)}, which every row must have.", "Name its column.")
    return {field: column.strip() for field, column in said.items()}


def date_format(words: str | None) -> DateFormat | None:
    """How dates are written; None for ISO alone. Raises ValueRefused."""
    from botoxcli.clinic.date_format import EXAMPLES, DateFormat

    try:
        return None if words is None else DateFormat.parse(words)
    except ValueError as refused:
        raise ValueRefused("--date-format", str(refused), f"Write it as {EXAMPLES}.") from None


@contextmanager
def every_problem(*, shown: bool) -> Iterator[None]:
    """With ``shown`` a refusal tells every problem, however many there are."""
    try:
        yield
    except ImportRefused as refused:
        if shown:
            refused.tell_all()
        raise
