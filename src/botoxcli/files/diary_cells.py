"""The cells of a diary's row, as a day: dates, flags, hours, severity. A refusal names columns and what they allow, never a cell.

Conventions. A date is ISO, with or without a time of the day behind it; with ``--start`` it is a day number, of which 1 is that day (0 is,
in a file that has a day 0). Flags are yes/no, y/n, true/false, 1/0 in any case. A headache column that holds other numbers than 0 and 1
holds hours: 0 is no headache. Hours are 0 to 24, as 3.5 or 3:30. An empty cell tells nothing; a headache of 0 hours was not timed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TypeVar

from botoxcli.clinic.diary import DiaryDay
from botoxcli.clinic.quantity import parse_number

_Value = TypeVar("_Value")
_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?\Z", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):([0-5]\d)\Z", re.ASCII)
_DAY_NUMBER = re.compile(r"\d{1,5}\Z", re.ASCII)
_YES = frozenset(("yes", "y", "true", "ja", "j", "oui", "si", "sí"))
_NO = frozenset(("no", "n", "false", "nein", "non"))
_FLAG = "must be yes or no, 1 or 0, true or false"
NEEDS_START = "is a day number: give the day that it counts from with --start DATE"
_HOURS = "must be hours, 0 to 24, as 3.5 or 3:30"


class CellRefused(Exception):
    """What is wrong with a row: (column or None, why), one for each."""

    def __init__(self, cells: Sequence[tuple[str | None, str]]) -> None:
        super().__init__("cells refused")
        self.cells = tuple(cells)


@dataclass(frozen=True, slots=True)
class DayReader:
    """Reads rows of one file. ``columns`` is field -> place, ``names`` the header's words.

    ``day_zero`` is the day of day number 0, None when the file has dates; ``hours`` whether the headache column holds hours.
    """

    columns: Mapping[str, int]
    names: Sequence[str]
    today: date
    decimal_comma: bool
    day_zero: date | None
    hours: bool

    @classmethod
    def for_rows(
        cls, columns: Mapping[str, int], names: Sequence[str], rows: Iterable[Sequence[str]], *, start: date | None, today: date, decimal_comma: bool
    ) -> DayReader:
        """The reader that fits these rows: it looks over the columns whose meaning depends on all their cells."""
        rows = list(rows)
        day_zero = start
        if start is not None and not any(re.fullmatch("0+", _cell(row, columns["date"])) for row in rows):
            day_zero = start - timedelta(days=1)
        place = columns.get("headache")
        numbers = [] if place is None else [_number(_cell(row, place), decimal_comma) for row in rows]
        hours = any(one is not None and one not in (0, 1) for one in numbers)
        return cls(columns, names, today, decimal_comma, day_zero, hours)

    def day(self, row: Sequence[str]) -> DiaryDay | None:
        """The day that a row tells; None without a headache answer. Raises CellRefused with all that is wrong."""
        wrong: list[tuple[str | None, str]] = []
        on = self._read("date", row, self._date, wrong)
        said = self._read("headache", row, self._hours if self.hours else _flag, wrong)
        hours = self._read("hours", row, self._hours, wrong)
        migraine = self._read("migraine", row, _flag, wrong)
        severity = self._read("severity", row, self._severity, wrong)
        acute = self._read("acute", row, self._doses, wrong)
        if wrong:
            raise CellRefused(wrong)
        if on is None:
            raise CellRefused([(self._name("date"), "is empty")])
        if self.hours and said is not None and hours is None:
            hours = said
        headache = hours > 0 if said is None and hours is not None else None if said is None else bool(said)
        if clash := self._contradiction(headache, hours, migraine, severity):
            raise CellRefused([clash])
        if headache is None:
            return None
        told = hours if headache and hours else None
        return DiaryDay(on, headache, told, None if migraine is None else bool(migraine), severity, None if acute is None else bool(acute))

    def _contradiction(self, headache: bool | None, hours: int | None, migraine: int | None, severity: int | None) -> tuple[str | None, str] | None:
        ill = {"hours": hours, "migraine": migraine, "severity": severity}
        told = [field for field, value in ill.items() if value and field in self.columns]
        if headache or not told:
            return None
        says = "does not say whether there was a headache" if headache is None else "says that there was no headache"
        return self._name("headache"), f"{says}, and column {self._name(told[0])} tells of one"

    def _read(self, field: str, row: Sequence[str], reader: Callable[[str], _Value], wrong: list[tuple[str | None, str]]) -> _Value | None:
        text = _cell(row, self.columns[field]) if field in self.columns else ""
        try:
            return reader(text) if text else None
        except ValueError as refused:
            wrong.append((self._name(field), str(refused)))
            return None

    def _name(self, field: str) -> str:
        return self.names[self.columns[field if field in self.columns else "hours"]]

    def _date(self, text: str) -> date:
        if self.day_zero is not None:
            day = _day_of_number(text, self.day_zero)
        elif _DAY_NUMBER.match(text):
            raise ValueError(NEEDS_START)
        else:
            day = _iso_day(text)
        if day > self.today:
            raise ValueError("lies after today")
        return day

    def _hours(self, text: str) -> int:
        value = Decimal(int(clock[1]) * 60 + int(clock[2])) / 60 if (clock := _CLOCK.match(text)) else _number(text, self.decimal_comma)
        if value is None or not 0 <= value <= 24:
            raise ValueError(_HOURS)
        return int((value * 100).to_integral_value(ROUND_HALF_UP))

    def _severity(self, text: str) -> int:
        value = _number(text, self.decimal_comma)
        if value is None or value != value.to_integral_value() or not 0 <= value <= 10:
            raise ValueError("must be a whole number from 0 to 10; --map severity= leaves the column out")
        return int(value)

    def _doses(self, text: str) -> int:
        """A flag, or how many doses were taken."""
        value = _number(text, self.decimal_comma)
        if value is not None and 0 <= value <= 100:
            return int(value > 0)
        try:
            return _flag(text)
        except ValueError:
            raise ValueError(f"{_FLAG}, or a number of doses; --map acute= leaves the column out") from None


def looks_like_a_day(text: str) -> bool:
    """Whether a cell has the form of a date or of a day number: ``2026-03`` and ``March`` have not."""
    return bool(_ISO.match(text.strip()) or _DAY_NUMBER.match(text.strip()))


def _flag(text: str) -> int:
    word = text.casefold()
    value = parse_number(word)
    if word in _YES or value == 1:
        return 1
    if word in _NO or value == 0:
        return 0
    raise ValueError(_FLAG)


def _iso_day(text: str) -> date:
    found = _ISO.match(text)
    if not found:
        raise ValueError("must be a date as YYYY-MM-DD; one such as 03/04/2026 can be read in two ways")
    try:
        return date.fromisoformat(found[1])
    except ValueError:
        raise ValueError("there is no such day in the calendar") from None


def _day_of_number(text: str, day_zero: date) -> date:
    if not _DAY_NUMBER.match(text):
        raise ValueError("must be a day number: with --start the column holds 1, 2, 3 and so on")
    try:
        return day_zero + timedelta(days=int(text))
    except OverflowError:
        raise ValueError("there is no such day in the calendar") from None


def _number(text: str, decimal_comma: bool) -> Decimal | None:
    return parse_number(text.replace(",", ".") if decimal_comma and text.count(",") == 1 and "." not in text else text)


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""
