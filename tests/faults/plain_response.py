"""Is it working? Reckoned a second time, in plain Python, from what the rules say in words: what the response's verdicts are held against.

A course begins with a session; a consult after a lapse (6 months) opens a new one. Months are 28 days. A month counts with 20 diary days,
once it is over. Nothing here looks at how the program does it.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, NamedTuple

ENOUGH, MONTH = 20, timedelta(days=28)
LEAST_INTERVAL = timedelta(days=84)


class Month(NamedTuple):
    """28 days that were counted, scaled; ``hours`` None when nobody told them. ``place`` orders those that end on one day."""

    end: date
    place: int
    start: date
    days: Fraction
    hours: Fraction | None


@dataclass
class Told:
    """What stands of one patient: days of sessions; day, number and headache days of consults; and of follow-ups day, number, days, of, hours."""

    today: date
    sessions: list[date] = field(default_factory=list)
    consults: list[tuple[date, int, int | None]] = field(default_factory=list)
    follow_ups: list[tuple[date, int, int, int, int | None]] = field(default_factory=list)
    diary: dict[date, bool] = field(default_factory=dict)


class Cycle(NamedTuple):
    """Its figures, whether it is complete, and every month that counts in it, also after its time."""

    days: Fraction | None
    hours: Fraction | None
    complete: bool
    months: list[Month]


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def verdicts(told: Told) -> dict[str, tuple[Any, ...]]:
    """By rule set: verdict, the reasons to stop that hold, baseline, where it is from, the latest figure, the change in per cent."""
    sessions = latest_course(told)
    base_days, base_hours, source = before(told, sessions[0]) if sessions else (None, None, "none")
    cycles = list(cycles_of(told, sessions))
    figures = [one.days for one in cycles if one.complete and one.days is not None] or [one.days for one in cycles if one.days is not None]
    latest = figures[-1] if figures else None
    change = (latest - base_days) / base_days * 100 if base_days and latest is not None else None
    complete = [one for one in cycles if one.complete]
    row = in_a_row([month for one in cycles for month in one.months])
    nice = {"non-response": too_little(base_days, complete[1:2]), "became-episodic": all_below(row, 15)}
    ehf = {"non-response": too_little(base_days, complete[1:][-1:]), "became-episodic": all_below(row, 10)}
    last = complete[-1] if complete else Cycle(None, None, False, [])
    payer = [at_least(7, base_days, last.days), at_least(100, base_hours, last.hours)]
    common = (base_days, source, latest, change)
    goes_on = "continue" if True in payer else "undetermined" if None in payer else "stop"
    return {"nice-ta260": (*stops(nice), *common), "ehf-2018": (*stops(ehf), *common), "payer-example": (goes_on, set(), *common)}


def stops(parts: dict[str, bool | None]) -> tuple[str, set[str]]:
    """Either is enough to stop; what cannot be told is no ``no``."""
    held = {why for why, holds in parts.items() if holds}
    return "stop" if held else "undetermined" if None in parts.values() else "continue", held


def latest_course(told: Told) -> list[date]:
    sessions, begins = sorted(set(told.sessions)), 0
    for place, session in enumerate(sessions):
        following = sessions[place + 1] if place + 1 < len(sessions) else date.max
        if any(months_later(session, 6) < day <= following for day, *_ in told.consults):
            begins = place + 1
    return sessions[begins:]


def diary_month(told: Told, start: date) -> Month | None:
    """The 28 days from ``start``, when they count. A headache day's hours are never told here: only a month without any has them, 0."""
    days = [ill for day, ill in told.diary.items() if start <= day < start + MONTH]
    end = start + MONTH - timedelta(days=1)
    if len(days) < ENOUGH or (end >= told.today and end not in told.diary):
        return None
    return Month(end, 0, start, Fraction(28 * sum(days), len(days)), None if any(days) else Fraction(0))


def told_months(told: Told) -> Iterator[Month]:
    """The follow-ups' own 28 days, which end the day before each, where they count."""
    for day, number, ill, of, hours in sorted(told.follow_ups):
        if of >= ENOUGH:
            yield Month(day - timedelta(days=1), number, day - MONTH, Fraction(28 * ill, of), None if hours is None else Fraction(hours))


def before(told: Told, first: date) -> tuple[Fraction | None, Fraction | None, str]:
    """The diary's 28 days before; else a follow-up of those days; else the last consult that knows."""

    def crossed(month: Month) -> bool:
        return any(month.start < session <= month.end for session in told.sessions)

    month = diary_month(told, first - MONTH)
    if month and not crossed(month):
        return month.days, month.hours, "diary"
    for month in reversed(list(told_months(told))):
        if first - MONTH <= month.end + timedelta(days=1) <= first and not crossed(month):
            return month.days, month.hours, "follow-up"
    consults = sorted((one for one in told.consults if one[0] <= first), key=lambda one: one[:2])
    days = consults[-1][2] if consults else None
    return (None, None, "none") if days is None else (Fraction(days), None, "consult")


def cycles_of(told: Told, sessions: list[date]) -> Iterator[Cycle]:
    for place, session in enumerate(sessions):
        following = sessions[place + 1] if place + 1 < len(sessions) else None
        until = following or date(2100, 1, 1)
        starts = [session + MONTH * number for number in range(60) if session + MONTH * (number + 1) <= until]
        months = [month for month in (diary_month(told, start) for start in starts) if month]
        taken = {month.start + timedelta(days=number) for month in months for number in range(28)}
        for month in told_months(told):
            own = sum(month.start + timedelta(days=number) not in taken for number in range(28))
            if session <= month.start and month.end < until and own >= ENOUGH:
                months.append(month)
        in_time = [month for month in months if month.start < session + LEAST_INTERVAL]
        hours = [month.hours for month in in_time]
        yield Cycle(
            days=sum((month.days for month in in_time), Fraction(0)) / len(in_time) if in_time else None,
            hours=None if None in hours or not hours else sum((one for one in hours if one), Fraction(0)) / len(hours),
            complete=following is not None or told.today >= session + LEAST_INTERVAL,
            months=months,
        )


def in_a_row(months: list[Month]) -> list[Month]:
    """From the latest backwards, none overlapping the one after it, as long as less than a month lies between two."""
    row: list[Month] = []
    for month in sorted(months, reverse=True):
        if row and month.end >= row[-1].start:
            continue
        if row and (row[-1].start - month.end).days - 1 >= MONTH.days:
            break
        row.append(month)
    return row


def all_below(row: list[Month], below: int) -> bool | None:
    """The last three: all below; one of them not; or too few to tell."""
    last = row[:3]
    if any(month.days >= below for month in last):
        return False
    return True if len(last) == 3 else None


def too_little(base: Fraction | None, cycles: list[Cycle]) -> bool | None:
    """Less than 30 % fewer in that cycle; None when there is none, or nothing to compare it with."""
    if not cycles or not base or cycles[0].days is None:
        return None
    return (base - cycles[0].days) / base * 100 < 30


def at_least(fewer: int, base: Fraction | None, now: Fraction | None) -> bool | None:
    return None if base is None or now is None else base - now >= fewer
