"""The headache diary: facts of single days, and their counts in windows of 28 days.

Conventions. A window is named by its first and last day, both in it. Windows restart at each session (its day is day 0: days 0-27, 28-55,
56-83 and so on, as long as the diary goes) and run backwards before the first. A window that crosses a session is not used. A day that is
not in the diary is missing, and is never a headache-free day: counts are scaled to 28 days (count / diary days * 28), and a window
with fewer diary days than the protocol asks for is incomplete. Hours are hundredths of an hour; figures are exact fractions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

from botoxcli.clinic.quantity import text

WINDOW_DAYS = 28
NAMED_WINDOWS = 3  # those that are shown after every session, diary or not: days 0 to 83


class DiaryDay(NamedTuple):
    """One day of the diary. None is what the diary does not tell. ``severity`` is 0 to 10, ``acute`` whether acute medicine was taken."""

    day: date
    headache: bool
    hours_hundredths: int | None = None
    migraine: bool | None = None
    severity: int | None = None
    acute: bool | None = None


class DiaryRow(NamedTuple):
    """A day as a file told it. ``row`` is the row's number in the file, from 1."""

    row: int
    told: DiaryDay


class DiaryWindow(NamedTuple):
    """What was counted in 28 days. ``session`` is the day of the session that it follows, None before the first.

    ``hours_hundredths`` is None unless every headache day has its hours; ``migraine_days`` and ``acute_days`` unless every day tells them.
    """

    start: date
    end: date
    diary_days: int
    headache_days: int
    incomplete: bool
    source: Literal["diary", "follow-up"] = "diary"
    session: date | None = None
    over: bool = True
    hours_hundredths: int | None = None
    migraine_days: int | None = None
    acute_days: int | None = None

    @property
    def scaled_headache_days(self) -> Fraction | None:
        """Headache days in 28; None without a diary day."""
        return self._scaled(self.headache_days)

    @property
    def scaled_hours(self) -> Fraction | None:
        """Headache hours in 28 days. A follow-up's hours are of 28 days already."""
        if self.hours_hundredths is None:
            return None
        return Fraction(self.hours_hundredths, 100) if self.source == "follow-up" else self._scaled(Fraction(self.hours_hundredths, 100))

    @property
    def counts(self) -> bool:
        """Whether it may stand for 28 days: enough diary days, and over."""
        return self.over and not self.incomplete

    def _scaled(self, count: int | Fraction) -> Fraction | None:
        return Fraction(count) * WINDOW_DAYS / self.diary_days if self.diary_days else None


def count_days(diary: Mapping[date, DiaryDay], start: date, *, complete_from: int, today: date, session: date | None = None) -> DiaryWindow:
    """The counts of the 28 days from ``start``. The window is over when its last day is past, or is in the diary."""
    end = start + timedelta(days=WINDOW_DAYS - 1)
    told = [diary[day] for day in _days(start) if day in diary]
    ill = [one for one in told if one.headache]
    return DiaryWindow(
        start=start,
        end=end,
        diary_days=len(told),
        headache_days=len(ill),
        incomplete=len(told) < complete_from,
        session=session,
        over=end < today or end in diary,
        hours_hundredths=_total([one.hours_hundredths for one in ill]) if told else None,
        migraine_days=_total([one.migraine if one.headache else False for one in told]) if told else None,
        acute_days=_total([one.acute for one in told]) if told else None,
    )


def diary_windows(days: Iterable[DiaryDay], sessions: Iterable[date], *, complete_from: int, today: date) -> tuple[DiaryWindow, ...]:
    """The windows that the diary reaches, in the order of their days.

    Without a session they run backwards from the last diary day. Between two diary days an empty window is shown too, where it is one of
    the three after a session or lies before the first.
    """
    diary = {one.day: one for one in days}
    if not diary:
        return ()
    first, last = min(diary), max(diary)
    anchors = sorted(set(sessions))
    windows = [
        count_days(diary, start, complete_from=complete_from, today=today, session=session)
        for start, session in (*_before(anchors[0] if anchors else last + timedelta(days=1), first), *_after(anchors, last))
    ]
    return tuple(sorted((one for one in windows if _reached(one, first, last)), key=lambda one: one.start))


def days_in_no_window(days: Iterable[DiaryDay], windows: Iterable[DiaryWindow]) -> int:
    """How many diary days no window holds: the rest before a session that is less than 28 days."""
    held = {day for window in windows for day in _days(window.start)}
    return sum(one.day not in held for one in days)


def crosses(start: date, end: date, sessions: Iterable[date]) -> bool:
    """Whether a session falls into the days from ``start`` to ``end``. One on the first day opens them and does not cross."""
    return any(start < session <= end for session in sessions)


def _before(anchor: date, first: date) -> Iterator[tuple[date, None]]:
    start = anchor - timedelta(days=WINDOW_DAYS)
    while start + timedelta(days=WINDOW_DAYS - 1) >= first:
        yield start, None
        start -= timedelta(days=WINDOW_DAYS)


def _after(anchors: list[date], last: date) -> Iterator[tuple[date, date]]:
    for place, session in enumerate(anchors):
        until = anchors[place + 1] if place + 1 < len(anchors) else last + timedelta(days=WINDOW_DAYS)
        start = session
        while start <= last and start + timedelta(days=WINDOW_DAYS) <= until:
            yield start, session
            start += timedelta(days=WINDOW_DAYS)


def _reached(window: DiaryWindow, first: date, last: date) -> bool:
    if window.diary_days:
        return True
    named = window.session is None or (window.start - window.session).days < NAMED_WINDOWS * WINDOW_DAYS
    return named and first <= window.end and window.start <= last


def _days(start: date) -> Iterator[date]:
    return (start + timedelta(days=number) for number in range(WINDOW_DAYS))


def _total(counts: list[int | None] | list[bool | None]) -> int | None:
    known = [one for one in counts if one is not None]
    return sum(known) if len(known) == len(counts) else None


def rounded(value: Fraction, places: int = 2) -> Decimal:
    """A figure to two ``places``, or as many; to more where rounding would carry it onto a whole number that it is not, such as a rule's border."""
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    for many in range(places, 9):
        near = exact.quantize(Decimal(1).scaleb(-many), ROUND_HALF_UP)
        if near != near.to_integral_value() or value.denominator == 1:
            return near
    return exact


def figure(value: Fraction | None, places: int = 2) -> str:
    """A figure to read, to so many ``places``; empty when it is not known."""
    return "" if value is None else text(rounded(value, places))
