"""A headache diary as CSV: which column is what, and each row as a day. All of it, or nothing with every problem named.

Conventions. UTF-8, with or without a BOM; the separator is ``;``, ``,`` or TAB: the one with which a header is found. The header is the
first row that names a date and a headache (or hours) column and has a day under it, so a small table before it is passed over; after it
every row that is not empty is a day. A row is named by its number in the file, a column by the header's word, and no cell is ever repeated.
A row without a headache answer is a missing day, never a headache-free one. What is not in a known column is not read.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from botoxcli.clinic.diary import DiaryRow
from botoxcli.errors import ImportRefused
from botoxcli.files.csv_rows import unguarded
from botoxcli.files.csv_source import SEPARATORS, problem, text_of
from botoxcli.files.diary_cells import NEEDS_START, CellRefused, DayReader, looks_like_a_day

MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 20_000
MAX_COLUMNS = 200
HEADER_WITHIN = 200  # rows from the top in which the header stands

# What a column may be called, the likelier first; compared without case, signs and spaces.
KNOWN_HEADERS: dict[str, tuple[str, ...]] = {
    "date": ("date", "diary date", "entry date", "calendar date", "log date", "datum", "fecha", "day", "day number", "tag", "study day", "jour"),
    "headache": ("headache", "headache day", "had headache", "headache yes no", "headache y n", "ha", "head pain", "kopfschmerz", "kopfschmerzen",
                 "kopfschmerztag", "céphalée", "mal de tête", "cefalea", "dolor de cabeza"),
    "hours": ("hours", "headache hours", "hours of headache", "duration hours", "duration h", "hours with headache", "ha hours", "duration in hours",
              "headache h", "headache in hours", "headache duration hours", "hours headache",
              "stunden", "dauer stunden", "dauer h"),
    "migraine": ("migraine", "migraine day", "migraine yes no", "migraine y n", "is migraine", "migräne", "migränetag", "migraña"),
    "severity": ("severity", "pain severity", "severity 0 10", "intensity", "pain intensity", "intensity 0 10", "pain level", "headache severity",
                 "headache intensity", "peak severity", "max severity", "worst pain", "pain 0 10", "nrs", "stärke", "schmerzstärke", "intensität"),
    "acute": ("acute", "acute medication", "acute medicine", "acute med", "acute meds", "acute medication taken", "acute medication yes no",
              "rescue medication", "took acute medication", "acute treatment", "akutmedikament", "akutmedikation"),
}  # fmt: skip
FIELDS = tuple(KNOWN_HEADERS)


@dataclass(frozen=True, slots=True)
class DiaryFile:
    """What a file told: its days by row, how many rows said the same day again, and how many had no headache answer."""

    rows: tuple[DiaryRow, ...]
    doubles: int
    unanswered: int
    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Header:
    row: int
    names: tuple[str, ...]
    columns: dict[str, int]


@dataclass(frozen=True, slots=True)
class _Table:
    rows: list[list[str]]
    header: _Header
    separator: str


def read_diary(source: str, *, mapped: Mapping[str, str], start: date | None, today: date) -> DiaryFile:
    """The diary in the file ``source``, or on standard input for ``-``.

    ``mapped`` is field -> header as the person gave it; ``start`` the day that a day number counts from. Raises ImportRefused with
    every problem, or ValueRefused when there is no such file.
    """
    return parse_diary(text_of(source, most_bytes=MAX_BYTES), mapped=mapped, start=start, today=today)


def parse_diary(text: str, *, mapped: Mapping[str, str], start: date | None, today: date) -> DiaryFile:
    """The same from the text itself."""
    table = _table(text, mapped)
    header = table.header
    cells = [(number, row) for number, row in enumerate(table.rows, start=1) if number > header.row and any(cell.strip() for cell in row)]
    reader = DayReader.for_rows(
        header.columns, header.names, (row for _, row in cells), start=start, today=today, decimal_comma=table.separator != ","
    )
    problems: list[dict[str, Any]] = []
    told: list[DiaryRow] = []
    unanswered = 0
    for number, row in cells:
        found = list(_wrong_shape(number, row, header))
        if not found:
            try:
                day = reader.day(row)
            except CellRefused as refused:
                found = [problem(number, column, why) for column, why in refused.cells]
            else:
                unanswered += day is None
                told += [DiaryRow(number, day)] if day else []
        problems += found
    kept, doubles, clashes = _once(told)
    problems += clashes
    if not problems and not kept:
        problems = [problem(None, None, "no row below the header tells a day")]
    if problems:
        unstarted = all(one["why"] == NEEDS_START for one in problems)
        next_step = "Give the day that the day numbers count from: --start DATE." if unstarted else ""
        raise ImportRefused(sorted(problems, key=lambda one: one["row"] or 0), next_step)
    return DiaryFile(kept, doubles, unanswered, tuple((field, header.names[place]) for field, place in header.columns.items()))


def _once(told: Sequence[DiaryRow]) -> tuple[tuple[DiaryRow, ...], int, list[dict[str, Any]]]:
    """Each day once; how often one was told again alike; the rows that contradict an earlier one."""
    first: dict[date, DiaryRow] = {}
    doubles, clashes = 0, []
    for one in told:
        before = first.setdefault(one.told.day, one)
        if before is one:
            continue
        if before.told == one.told:
            doubles += 1
        else:
            clashes.append(problem(one.row, None, f"tells the day of row {before.row} otherwise"))
    return tuple(first.values()), doubles, clashes


def _table(text: str, mapped: Mapping[str, str]) -> _Table:
    """The rows under the only separator with which a header is found."""
    found: list[_Table] = []
    broken: int | None = None
    for separator in SEPARATORS:
        rows, broken = _rows(text, separator)
        if header := _header(rows, mapped):
            if broken:
                raise ImportRefused([problem(broken, None, "the quotation marks of its cells do not match")])
            found.append(_Table(rows, header, separator))
    if len(found) > 1:
        raise ImportRefused([problem(None, None, "its columns can be read with more than one separator")])
    if found:
        return found[0]
    if mapped:
        why = f"no header has the columns that --map names for {', '.join(mapped)}, and a date and a headache column"
    else:
        why = "no header names a date and a headache column"
    raise ImportRefused([problem(None, None, why)], "Say which columns they are, as the header has them: --map date=NAME,headache=NAME.")


def _rows(text: str, separator: str) -> tuple[list[list[str]], int | None]:
    """The rows, and the number of the first that cannot be read as CSV (None when all can)."""
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            rows.append([unguarded(cell) for cell in row])
            if len(rows) > MAX_ROWS or len(row) > MAX_COLUMNS:
                raise ImportRefused([problem(None, None, f"it has more than {MAX_ROWS} rows or {MAX_COLUMNS} columns")])
    except csv.Error:
        return rows, len(rows) + 1
    return rows, None


def _header(rows: Sequence[Sequence[str]], mapped: Mapping[str, str]) -> _Header | None:
    """The first row that could be the header and has a day under it, before the next such row; the first of them when none has."""
    could = [
        (number, row, columns)
        for number, row in enumerate(rows[:HEADER_WITHIN], start=1)
        if (columns := _columns(row, mapped)) and "date" in columns and ("headache" in columns or "hours" in columns)
    ]
    if not could:
        return None
    ends = [*(number - 1 for number, _, _ in could[1:]), len(rows)]
    tells = (header for header, end in zip(could, ends, strict=True) if _tells_a_day(rows[header[0] : end], header[2]["date"]))
    number, row, columns = next(tells, could[0])
    names = tuple(cell.strip() for cell in row)
    while not names[-1]:
        names = names[:-1]
    taken = {names[place].casefold() for place in columns.values()}
    if twice := [name for name in taken if sum(other.casefold() == name for other in names) > 1]:
        raise ImportRefused([problem(number, next(name for name in names if name.casefold() in twice), "stands in the header twice")])
    return _Header(number, names, columns)


def _tells_a_day(rows: Sequence[Sequence[str]], place: int) -> bool:
    return any(place < len(row) and looks_like_a_day(row[place]) for row in rows)


def _columns(row: Sequence[str], mapped: Mapping[str, str]) -> dict[str, int] | None:
    """Field -> place in this row, were it the header; None when it lacks a column that --map names. A field with no name is left out."""
    exact: dict[str, int] = {}
    for place, cell in enumerate(row):
        exact.setdefault(cell.strip().casefold(), place)
    wanted = {field: name.strip().casefold() for field, name in mapped.items() if name.strip()}
    columns = {field: exact[name] for field, name in wanted.items() if name in exact}
    if len(columns) < len(wanted):
        return None
    words: dict[str, int] = {}
    for place, cell in enumerate(row):
        if place not in columns.values():
            words.setdefault(_words(cell), place)
    for field, names in KNOWN_HEADERS.items():
        known = next((words[name] for name in names if name in words), None)
        if field not in columns and field not in mapped and known is not None:
            columns[field] = known
    return columns


def _words(cell: str) -> str:
    """A header's cell without case and signs: ``Headache (yes/no)`` is ``headache yes no``."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in cell.casefold()).split())


def _wrong_shape(number: int, row: Sequence[str], header: _Header) -> Iterator[dict[str, Any]]:
    if len(row) < len(header.names) or any(cell.strip() for cell in row[len(header.names) :]):
        yield problem(number, None, f"has {len(row)} cells where the header has {len(header.names)}")
