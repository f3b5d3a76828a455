"""Civil dates and spans of time, in plain standard-library values.

Conventions. A date is a ``datetime.date`` of the practice's calendar. Month arithmetic clips: 30 Nov + 3 months = 28 Feb.
A span keeps its unit, because 12 weeks and 3 months are different things. Nothing here reads a clock: ``today`` is given.
(pendulum does the same sums; it takes longer to load than the daily list may take. A test holds the two equal.)
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from typing import Literal, NamedTuple

from botoxcli.errors import ValueRefused

FIRST_YEAR, LAST_YEAR = 1900, 2199
Unit = Literal["hours", "days", "weeks", "months"]
_SPAN = re.compile(r"(\d{1,4}) (hour|day|week|month)s?\Z", re.ASCII)
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}\Z", re.ASCII)
_RELATIVE = re.compile(r"([+-])(\d{1,4})([dwm])\Z", re.ASCII)
_SHORT_SPAN = re.compile(r"\+?(\d{1,4})([dwm])\Z", re.ASCII)
_TWO_READINGS = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\Z", re.ASCII)
_LETTERS: dict[str, Unit] = {"d": "days", "w": "weeks", "m": "months"}


class Span(NamedTuple):
    """``count`` of ``unit``; counts are not negative. ``str(Span(12, "weeks")) == "12 weeks"``."""

    count: int  # type: ignore[assignment]  # a tuple's method of that name is of no use here
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {self.unit[:-1] if self.count == 1 else self.unit}"


def parse_span(words: str) -> Span | None:
    """``12 weeks``, ``1 day``, ``24 hours``; None when it is no span."""
    found = _SPAN.match(words)
    if not found:
        return None
    unit: Unit = {"hour": "hours", "day": "days", "week": "weeks", "month": "months"}[found[2]]  # type: ignore[assignment]
    return Span(int(found[1]), unit)


def add_months(day: date, months: int) -> date:
    """``day`` moved by ``months`` (negative: back), clipped to the month's last day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    if day.day <= 28 or month == 11:
        return date(year, month + 1, day.day)
    return date(year, month + 1, min(day.day, (date(year, month + 2, 1) - timedelta(days=1)).day))


def after(day: date, span: Span) -> date:
    """The day that lies ``span`` after ``day``. Hours are refused: they need an instant, not a day."""
    if span.unit == "months":
        return add_months(day, span.count)
    return day + _days(span.count, span.unit)


def before(day: date, span: Span) -> date:
    """The day that lies ``span`` before ``day``."""
    return _moved(day, -span.count, span.unit)


def _moved(day: date, count: int, unit: Unit) -> date:
    if unit == "months":
        return add_months(day, count)
    return day + _days(count, unit)


@cache
def _days(count: int, unit: Unit) -> timedelta:
    if unit == "hours":
        raise ValueError("a span of hours has no place on a calendar")
    return timedelta(days=count * (7 if unit == "weeks" else 1))


def parse_date(words: str, *, today: date, where: str) -> date:
    """``YYYY-MM-DD``, ``today``, ``yesterday``, ``-3d``, ``+12w``, ``+1m``.

    Raises ValueRefused naming ``where``; when the words have two readings, the sentence shows both. A year that no record can be of is
    refused: one far date would carry every sum with it past the calendar's end.
    """
    try:
        day = _day(words, today)
    except (ValueError, OverflowError):
        raise ValueRefused(where, "there is no such day in the calendar") from None
    if day is None:
        raise ValueRefused(where, _why_no_date(words), "Write it as YYYY-MM-DD, `today`, `yesterday`, `-3d` or `+12w`.")
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueRefused(where, f"the day lies outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return day


def _day(words: str, today: date) -> date | None:
    if words in ("today", "yesterday"):
        return today - timedelta(days=words == "yesterday")
    if _ISO.match(words):
        return date.fromisoformat(words)
    if step := _RELATIVE.match(words):
        return _moved(today, int(step[2]) * (1 if step[1] == "+" else -1), _LETTERS[step[3]])
    return None


def _why_no_date(words: str) -> str:
    split = _TWO_READINGS.match(words)
    if not split:
        return "this is no date"
    one, two, year = int(split[1]), int(split[2]), int(split[3])
    readings = []
    for day, month in ((one, two), (two, one)):
        try:
            readings.append(date(year, month, day).isoformat())
        except ValueError:
            continue
    return "this may be read as " + " or as ".join(dict.fromkeys(readings)) if readings else "this is no date"


def parse_horizon(words: str, *, where: str) -> Span:
    """``2w``, ``10d``, ``1m`` or ``2 weeks``: a span of days, weeks or months. Raises ValueRefused naming ``where``."""
    short = _SHORT_SPAN.match(words)
    span = Span(int(short[1]), _LETTERS[short[2]]) if short else parse_span(words)
    if span is None or span.unit == "hours":
        raise ValueRefused(where, "this is no span of days, weeks or months", "Write it as 10d, 2w or 1m.")
    return span
