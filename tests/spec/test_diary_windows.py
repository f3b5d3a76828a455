"""The diary's windows of 28 days: restart at each session, run backwards before the first, and a missing day is never a good one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.diary import DiaryDay, DiaryWindow, days_in_no_window, diary_windows

SESSION = date(2026, 3, 9)
TODAY = date(2027, 3, 9)


def day(number: int) -> date:
    """The day of that number; the first session's is 0."""
    return SESSION + timedelta(days=number)


def a_diary(first: int, last: int, headaches: Iterable[int] = (), missing: Iterable[int] = ()) -> list[DiaryDay]:
    """A diary from day ``first`` to ``last``, with a headache on some days; missing ones are not in it."""
    ill, gone = set(headaches), set(missing)
    return [DiaryDay(day(number), number in ill) for number in range(first, last + 1) if number not in gone]


def windows(diary: list[DiaryDay], sessions: Iterable[int] = (0,), today: date = TODAY) -> tuple[DiaryWindow, ...]:
    return diary_windows(diary, map(day, sessions), complete_from=20, today=today)


# What: the diary's first and last day, the sessions, and the first day of each window that is shown
LAYOUT = {
    "one session, 28 days before and 84 after": (-28, 83, [0], [-28, 0, 28, 56]),
    "backwards as far as the diary goes": (-60, -1, [0], [-84, -56, -28]),
    "a diary that begins after the session": (10, 83, [0], [0, 28, 56]),
    "sessions 84 days apart": (-28, 167, [0, 84], [-28, 0, 28, 56, 84, 112, 140]),
    "sessions 91 days apart: the rest before the second is in none": (-28, 174, [0, 91], [-28, 0, 28, 56, 91, 119, 147]),
    "one day short of a window before the next session": (0, 110, [0, 111], [0, 28, 56]),
    "exactly a window before the next session": (0, 111, [0, 112], [0, 28, 56, 84]),
    "a session too early: the window that it crosses is not used": (0, 153, [0, 70], [0, 28, 70, 98, 126]),
    "late: windows go on while the diary does": (0, 139, [0], [0, 28, 56, 84, 112]),
    "two sessions on one day": (0, 27, [0, 0], [0]),
    "no session: backwards from the last diary day": (-41, -1, [], [-56, -28]),
    "a session after the diary": (-28, -1, [0, 84], [-28]),
}


@pytest.mark.parametrize("what", LAYOUT)
def test_where_the_windows_lie(what: str) -> None:
    first, last, sessions, expected = LAYOUT[what]
    found = windows(a_diary(first, last), sessions)
    assert [window.start for window in found] == [day(number) for number in expected]
    assert all((window.end - window.start).days == 27 for window in found)


def test_what_a_window_follows() -> None:
    found = windows(a_diary(-28, 174), [0, 91])
    assert [window.session for window in found] == [None, *[day(0)] * 3, *[day(91)] * 3]
    assert days_in_no_window(a_diary(-28, 174), found) == 7


def test_windows_without_a_diary_day_between_two_with_one() -> None:
    found = windows(a_diary(-28, -1) + a_diary(56, 60) + a_diary(200, 230))
    assert [(window.start, window.diary_days) for window in found] == [
        (day(start), days) for start, days in ((-28, 28), (0, 0), (28, 0), (56, 5), (196, 24), (224, 7))
    ]
    assert (found[1].scaled_headache_days, found[1].incomplete) == (None, True)


# diary days, headache days -> scaled to 28, incomplete
COUNTS = [
    (28, 0, 0, False), (28, 14, 14, False), (28, 28, 28, False), (20, 10, 14, False), (20, 8, Fraction(56, 5), False),
    (21, 9, 12, False), (27, 9, Fraction(28, 3), False), (19, 10, Fraction(280, 19), True), (1, 1, 28, True), (1, 0, 0, True),
]  # fmt: skip


@pytest.mark.parametrize(("diary_days", "headache_days", "scaled", "incomplete"), COUNTS)
def test_a_missing_day_is_not_a_headache_free_day(diary_days: int, headache_days: int, scaled: Fraction, incomplete: bool) -> None:
    (window,) = windows(a_diary(0, diary_days - 1, range(headache_days)))
    assert (window.diary_days, window.headache_days) == (diary_days, headache_days)
    assert (window.scaled_headache_days, window.incomplete) == (scaled, incomplete)


def test_headache_days_are_counted_on_both_edges() -> None:
    found = windows(a_diary(-28, 55, [-28, -1, 0, 27, 28]))
    assert [window.headache_days for window in found] == [2, 2, 1]


# today, the diary's last day: is the window of days 0 to 27 over?
OVER = [(27, 26, False), (28, 26, True), (27, 27, True), (24, 24, False)]


@pytest.mark.parametrize(("today", "last", "over"), OVER)
def test_a_running_window_does_not_count_yet(today: int, last: int, over: bool) -> None:
    (window,) = windows(a_diary(0, last), today=day(today))
    assert (window.over, window.counts, window.incomplete) == (over, over, False)


def test_hours_need_every_headache_day_s() -> None:
    known = [DiaryDay(day(0), True, 350), DiaryDay(day(1), False), *a_diary(2, 13)]
    (window,) = windows(known)
    assert (window.hours_hundredths, window.scaled_hours) == (350, Fraction(7))
    (window,) = windows([*known, DiaryDay(day(14), True)])
    assert (window.hours_hundredths, window.scaled_hours) == (None, None)


def test_migraine_and_medicine_days() -> None:
    told = [DiaryDay(day(number), number < 3, None, number < 2 if number < 3 else None, None, number < 1) for number in range(5)]
    (window,) = windows(told)
    assert (window.migraine_days, window.acute_days) == (2, 1)
    (window,) = windows([*told, DiaryDay(day(5), True)])
    assert (window.migraine_days, window.acute_days) == (None, None)


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(-90, 400), min_size=1), st.sets(st.integers(0, 300), max_size=5))
def test_no_day_is_counted_twice_and_no_window_crosses_a_session(told: set[int], sessions: set[int]) -> None:
    diary = [DiaryDay(day(number), number % 3 == 0) for number in sorted(told)]
    found = windows(diary, sessions)
    assert sum(window.diary_days for window in found) + days_in_no_window(diary, found) == len(diary)
    assert all(first.end < second.start for first, second in pairwise(found))
    assert not any(window.start < day(session) <= window.end for window in found for session in sessions)
    assert all(window.headache_days <= window.diary_days <= 28 for window in found)
