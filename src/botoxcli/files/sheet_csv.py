"""A spreadsheet as CSV: where its header is, which column is what, and the cells of each row below it.

Conventions. The separator is ``;``, ``,`` or TAB: the one with which a header is found. The header is the first row with a column for every
field that is required, so a title or a small table before it is passed over; below it every row that is not empty counts. A column that
``--map`` names is matched as it is written, composed (NFC) and with its spaces folded; one that is known by itself without case too.
What is in no known column is not read.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from botoxcli.clinic.date_format import DateFormat, read_day
from botoxcli.clinic.text import clean
from botoxcli.errors import ImportRefused
from botoxcli.files.csv_source import SEPARATORS, problem, rows_of, text_of, too_long, too_long_at, why_no_csv

EMPTY = "is empty"
MAX_BYTES = 32 * 1024 * 1024
MAX_ROWS = 200_000
LONGEST_TEXT = 200
HEADER_WITHIN = 200  # rows from the top in which the header stands
_CODE = re.compile(r"[A-Za-z0-9_-]{1,20}\Z", re.ASCII)
_Value = TypeVar("_Value")


@dataclass(frozen=True, slots=True)
class Fields:
    """What a file may tell. ``known`` is field -> the names that its column has by itself; the ``required`` must have one."""

    known: Mapping[str, tuple[str, ...]]
    required: tuple[str, ...]
    next_step: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file with its header found: ``columns`` is field -> place, ``names`` the header's words."""

    text: str
    separator: str
    header: int
    names: tuple[str, ...]
    columns: Mapping[str, int]

    @property
    def told(self) -> tuple[tuple[str, str], ...]:
        """Which field was read from which column."""
        return tuple((one, self.names[place]) for one, place in self.columns.items())

    @property
    def unread(self) -> tuple[str, ...]:
        """The columns that were not read."""
        return tuple(name for place, name in enumerate(self.names) if place not in self.columns.values() and name)

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The rows below the header that are not empty. Raises ImportRefused for too many, or where it is no CSV."""
        number = self.header
        try:
            for number, row in rows_of(self.text, self.separator):
                if number > MAX_ROWS:
                    raise ImportRefused([problem(None, None, f"it has more than {MAX_ROWS:,} rows")])
                if number > self.header and any(cell.strip() for cell in row):
                    yield number, row
        except csv.Error as error:
            raise ImportRefused([problem(number + 1, None, why_no_csv(error))]) from None


def open_sheet(source: str, fields: Fields, mapped: Mapping[str, str]) -> Sheet:
    """The file, or standard input for ``-``. ``mapped`` is field -> column; a field with an empty one is not read.

    Raises ImportRefused, and ValueRefused when there is no such file.
    """
    return sheet_of(text_of(source, most_bytes=MAX_BYTES), fields, mapped)


def sheet_of(text: str, fields: Fields, mapped: Mapping[str, str]) -> Sheet:
    """The same from the text itself."""
    found = [sheet for separator in SEPARATORS if (sheet := _sheet(text, separator, fields, mapped))]
    if len(found) > 1:
        raise ImportRefused([problem(None, None, "its columns can be read with more than one separator")])
    if not found:
        _refuse_too_long(text)
        asked = [one for one in mapped if mapped[one].strip()]
        of_map = f"the columns that --map names for {', '.join(asked)}, and " if asked else ""
        rest = [one for one in fields.required if one not in asked]
        why = f"no header has {of_map}a column for each of {', '.join(rest)}" if rest else f"no header has {of_map.removesuffix(', and ')}"
        raise ImportRefused([problem(None, None, why)], fields.next_step)
    return found[0]


def _sheet(text: str, separator: str, fields: Fields, mapped: Mapping[str, str]) -> Sheet | None:
    try:
        for number, row in islice(rows_of(text, separator), HEADER_WITHIN):
            columns = _columns(row, fields, mapped)
            if columns and all(one in columns for one in fields.required):
                names = tuple(cell.strip() for cell in row)
                _refuse_doubled(number, names, columns)
                return Sheet(text, separator, number, names, columns)
    except csv.Error:
        return None
    return None


def _refuse_too_long(text: str) -> None:
    """Where a cell that is too long stands before any header, however the cells are separated."""
    rows = [too_long_at(text, separator) for separator in SEPARATORS]
    if all(rows):
        raise ImportRefused([problem(rows[0], None, too_long())])


def _columns(row: Sequence[str], fields: Fields, mapped: Mapping[str, str]) -> dict[str, int] | None:
    """Field -> place in this row, were it the header, in the fields' order; None when it lacks a column that is mapped."""
    written = {_folded(cell): place for place, cell in reversed(list(enumerate(row))) if cell.strip()}
    wanted = {one: _folded(name) for one, name in mapped.items() if name.strip()}
    if any(name not in written for name in wanted.values()):
        return None
    taken = {one: written[name] for one, name in wanted.items()}
    bare = {name.casefold(): place for name, place in reversed(list(written.items())) if place not in taken.values()}
    for one, names in fields.known.items():
        place = next((bare[name] for name in names if name in bare), None)
        if one not in mapped and place is not None:
            taken[one] = place
    return {one: taken[one] for one in fields.known if one in taken}


def _refuse_doubled(number: int, names: Sequence[str], columns: Mapping[str, int]) -> None:
    folded = [_folded(name) for name in names]
    for place in columns.values():
        if folded.count(folded[place]) > 1:
            raise ImportRefused([problem(number, names[place], "stands in the header twice")])


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split())


@dataclass(slots=True)
class Cells:
    """The cells of one row by field; what is wrong with them is kept in ``problems``, by column."""

    sheet: Sheet
    number: int
    row: Sequence[str]
    problems: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        width = len(self.sheet.names)
        if any(cell.strip() for cell in self.row[width:]):
            self.problems.append(problem(self.number, None, f"has {len(self.row)} cells where the header has {width}"))

    def read(self, one: str, reader: Callable[[str], _Value], *, empty: str = "") -> _Value | None:
        """A cell as ``reader`` understands it; None where it is empty, not there or wrong. ``reader`` raises ValueError with why.

        ``empty`` is what is said of an empty cell, where it may not be empty.
        """
        place = self.sheet.columns.get(one)
        text = self.row[place].strip() if place is not None and place < len(self.row) else ""
        try:
            if text:
                return reader(text)
            if empty:
                raise ValueError(empty)
        except ValueError as refused:
            self.wrong(one, str(refused))
        return None

    def wrong(self, one: str, why: str) -> None:
        """Adds a problem of a field's column."""
        place = self.sheet.columns.get(one)
        self.problems.append(problem(self.number, None if place is None else self.sheet.names[place], why))


def day_reader(form: DateFormat | None, *, last: date, is_open: bool) -> Callable[[str], date]:
    """A reader of days up to ``last``; ``is_open`` says whether an error may show how a cell can be read."""

    def read(text: str) -> date:
        on = read_day(text, form, is_open=is_open)
        if on > last:
            raise ValueError("lies after today")
        return on

    return read


def short_text(text: str) -> str:
    """Text of one line as it is kept. Raises ValueError."""
    kept = clean(text)
    if len(kept) > LONGEST_TEXT:
        raise ValueError(f"must have at most {LONGEST_TEXT} characters")
    return kept


def patient_code(text: str) -> str:
    """A patient's code, taken as given. Raises ValueError."""
    if not _CODE.match(text):
        raise ValueError("a patient's code is 1 to 20 of letters, digits, - and _")
    return text
