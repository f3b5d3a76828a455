"""Hours on the practice's clock: read once, refused where the clock skips or doubles them, and moved by what has passed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from botoxcli.clinic.dates import Span
from botoxcli.clinic.instants import end_of_day, moment_text, moved, on_clock, parse_hour, parse_moment
from botoxcli.errors import ValueRefused

ZONES = ["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Etc/UTC", "Asia/Kathmandu", "America/St_Johns"]
CHANGES = [datetime(2026, month, day, tzinfo=UTC) for month, day in ((3, 8), (3, 29), (4, 4), (10, 3), (10, 25), (11, 1))]
moments = st.builds(
    lambda change, minutes, zone: (change + timedelta(minutes=minutes)).astimezone(ZoneInfo(zone)),
    st.sampled_from(CHANGES),
    st.integers(-3 * 24 * 60, 3 * 24 * 60) | st.integers(0, 24).map(lambda half_hours: 30 * half_hours),
    st.sampled_from(ZONES),
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("2026-03-09T10:00", "2026-03-09T10:00:00+01:00"),
        ("2026-03-09 10:00", "2026-03-09T10:00:00+01:00"),
        (" 2026-03-09T10:00 ", "2026-03-09T10:00:00+01:00"),
        ("2026-03-09T10:00Z", "2026-03-09T11:00:00+01:00"),
        ("2026-03-09T10:00-04:00", "2026-03-09T15:00:00+01:00"),
        ("2026-07-09T10:00", "2026-07-09T10:00:00+02:00"),
    ],
)
def test_a_moment_is_read(words: str, expected: str) -> None:
    assert parse_moment(words, zone="Europe/Berlin", where="--for").isoformat() == expected


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("2026-03-09", "this is no date with an hour"),
        ("10:00", "this is no date with an hour"),
        ("2026-03-09T10", "this is no date with an hour"),
        ("2026-03-09T10:00:00", "this is no date with an hour"),
        ("2026-02-30T10:00", "there is no such day or hour"),
        ("2026-03-09T24:00", "there is no such day or hour"),
        ("2026-03-09T10:60", "there is no such day or hour"),
        ("2026-03-09T10:00+25:00", "there is no such day or hour"),
        ("0001-01-01T00:00", "there is no such day or hour"),
        ("9999-12-31T23:59-12:00", "there is no such day or hour"),
    ],
)
def test_what_is_no_moment_is_refused(words: str, why: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        parse_moment(words, zone="Europe/Berlin", where="--for")
    assert refused.value.sentence == f"--for: {why}."


@pytest.mark.parametrize(
    ("words", "expected"),
    [("08:30", "2026-03-09T08:30"), ("8:30", "2026-03-09T08:30"), ("00:00", "2026-03-09T00:00"), ("2026-03-08T22:10", "2026-03-08T22:10")],
)
def test_an_hour_of_the_sessions_day(words: str, expected: str) -> None:
    at = parse_hour(words, on=date(2026, 3, 9), zone="Europe/Berlin", where="--reconstituted")
    assert at.isoformat(timespec="minutes") == f"{expected}+01:00"


@pytest.mark.parametrize("words", ["24:00", "08:60", "8", "8.30", "noon", "", "２０:00"])
def test_what_is_no_hour_is_refused(words: str) -> None:
    with pytest.raises(ValueRefused, match=r"^--reconstituted: "):
        parse_hour(words, on=date(2026, 3, 9), zone="Europe/Berlin", where="--reconstituted")


@settings(max_examples=150, deadline=None)
@given(at=moments)
def test_a_moment_comes_back_from_its_text_with_the_offset(at: datetime) -> None:
    zone = str(at.tzinfo)
    assert parse_moment(at.isoformat(timespec="minutes"), zone=zone, where="x").astimezone(UTC) == at.astimezone(UTC)


@settings(max_examples=150, deadline=None)
@given(at=moments)
def test_the_clocks_hour_is_that_moment_or_refused(at: datetime) -> None:
    first, second = at.replace(fold=0).astimezone(UTC), at.replace(fold=1).astimezone(UTC)
    if first == second:
        assert on_clock(at.date(), at.time(), zone=str(at.tzinfo), where="x").astimezone(UTC) == first
    else:
        with pytest.raises(ValueRefused, match="twice"):
            on_clock(at.date(), at.time(), zone=str(at.tzinfo), where="x")


@settings(max_examples=150, deadline=None)
@given(at=moments, hours=st.integers(0, 200), back=st.booleans())
def test_hours_are_elapsed_hours(at: datetime, hours: int, back: bool) -> None:
    there = moved(at, Span(hours, "hours"), back=back)
    assert there.astimezone(UTC) - at.astimezone(UTC) == timedelta(hours=-hours if back else hours)
    assert there.tzinfo is at.tzinfo


@settings(max_examples=150, deadline=None)
@given(at=moments, days=st.integers(1, 100), back=st.booleans())
def test_days_keep_the_hour_on_the_clock(at: datetime, days: int, back: bool) -> None:
    there = moved(at, Span(days, "days"), back=back)
    wanted = (at + timedelta(days=-days if back else days)).replace(fold=0)
    assume(wanted.astimezone(UTC).astimezone(at.tzinfo).replace(fold=0) == wanted)
    assert there.replace(tzinfo=None, fold=0) == wanted.replace(tzinfo=None)
    beside: Any = there.replace(fold=1 - there.fold).astimezone(UTC)
    assert there.astimezone(UTC) <= beside if back else there.astimezone(UTC) >= beside


def test_a_day_ends_with_its_last_minute() -> None:
    assert end_of_day(date(2026, 3, 29), "Europe/Berlin").isoformat() == "2026-03-29T23:59:00+02:00"


def test_a_moment_to_read() -> None:
    assert moment_text(datetime(2026, 3, 9, 10, 0, tzinfo=ZoneInfo("America/New_York"))) == "Mon 2026-03-09 10:00 EDT"
