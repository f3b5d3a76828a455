"""The dates of somebody's spreadsheet, in the order of day, month and year that the person named; it is never guessed.

Conventions. An ISO date, with or without a time of the day behind it, is read whatever the format. A format has DD, MM and YYYY once each, with
one sign of ``/ . -`` or a space between them, or none. A cell may leave a leading zero out where there is a sign. An error shows readings of
the cell only where it may be ``open``: a birth date is never shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from botoxcli.clinic.dates import FIRST_YEAR, LAST_YEAR

_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?\Z", re.ASCII)
_FORMAT = re.compile(r"(DD|MM|YYYY)([/. -]?)(DD|MM|YYYY)\2(DD|MM|YYYY)\Z", re.ASCII)
_NUMBERS = re.compile(r"(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})\Z", re.ASCII)
EXAMPLES = "DD/MM/YYYY, MM/DD/YYYY or DD.MM.YYYY"


@dataclass(frozen=True, slots=True)
class DateFormat:
    """``words`` as they were given, ``pattern`` what a cell must be, with a group of each name."""

    words: str
    pattern: re.Pattern[str]

    @classmethod
    def parse(cls, words: str) -> DateFormat:
        """Raises ValueError with what is wrong."""
        found = _FORMAT.match(words.strip())
        if not found or len({found[1], found[3], found[4]}) < 3:
            raise ValueError("must have DD, MM and YYYY once each, with the same sign between them")
        if words.strip() == "YYYY-DD-MM":
            raise ValueError("cannot be: YYYY-MM-DD is always read as such")
        between, most = re.escape(found[2]), "{1,2}" if found[2] else "{2}"
        digits = {"DD": rf"(?P<day>\d{most})", "MM": rf"(?P<month>\d{most})", "YYYY": r"(?P<year>\d{4})"}
        return cls(words.strip(), re.compile(between.join(digits[found[place]] for place in (1, 3, 4)) + r"\Z", re.ASCII))


def read_day(text: str, form: DateFormat | None, *, is_open: bool) -> date:
    """The day of a cell. Raises ValueError with why it is none."""
    if found := _ISO.match(text):
        year, month, day = map(int, found[1].split("-"))
    elif form and (told := form.pattern.match(text)):
        year, month, day = int(told["year"]), int(told["month"]), int(told["day"])
    else:
        raise ValueError(f"must be a date as {form.words} or YYYY-MM-DD" if form else _why_not_read(text, is_open=is_open))
    try:
        on = date(year, month, day)
    except ValueError:
        raise ValueError("there is no such day in the calendar") from None
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise ValueError(f"lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return on


def _why_not_read(text: str, *, is_open: bool) -> str:
    found = list(dict.fromkeys(_readings(text)))
    if not found:
        return "must be a date as YYYY-MM-DD, or as --date-format says"
    if not is_open:
        return f"can be read {'in two ways' if len(found) > 1 else 'only by guessing'}; --date-format says how"
    return f"may be read as {' or as '.join(day.isoformat() for day in found)}; --date-format says how"


def _readings(text: str) -> Iterator[date]:
    if found := _NUMBERS.match(text):
        one, two, year = map(int, found.groups())
        for day, month in ((one, two), (two, one)):
            if 1 <= month <= 12 and FIRST_YEAR <= year <= LAST_YEAR:
                try:
                    yield date(year, month, day)
                except ValueError:
                    continue
