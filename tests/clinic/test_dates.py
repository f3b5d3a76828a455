"""Civil dates: the sums are pendulum's, spans keep their unit, and what a person writes has one reading or is refused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pendulum
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.dates import Span, add_months, after, before, parse_date, parse_horizon, parse_span
from botoxcli.errors import ValueRefused

TODAY = date(2026, 3, 9)
days = st.dates(date(1900, 1, 1), date(2199, 12, 31))
spans = st.builds(Span, st.integers(0, 400), st.sampled_from(["days", "weeks", "months"]))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        ("2025-11-30", 3, "2026-02-28"),
        ("2027-11-30", 3, "2028-02-29"),
        ("2026-05-31", -3, "2026-02-28"),
        ("2026-01-31", 1, "2026-02-28"),
        ("2026-12-31", 2, "2027-02-28"),
        ("2026-01-15", -1, "2025-12-15"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-03-09", 0, "2026-03-09"),
    ],
)
def test_month_arithmetic_clips(day: str, months: int, expected: str) -> None:
    assert add_months(date.fromisoformat(day), months).isoformat() == expected


@settings(max_examples=200, deadline=None)
@given(day=days, months=st.integers(-600, 600))
def test_adding_months_is_pendulums(day: date, months: int) -> None:
    assert add_months(day, months).isoformat() == pendulum.date(day.year, day.month, day.day).add(months=months).isoformat()


@settings(max_examples=200, deadline=None)
@given(day=days, span=spans)
def test_after_and_before_are_pendulums(day: date, span: Span) -> None:
    theirs = pendulum.date(day.year, day.month, day.day)
    given: Any = {span.unit: span.count}
    assert after(day, span).isoformat() == theirs.add(**given).isoformat()
    assert before(day, span).isoformat() == theirs.subtract(**given).isoformat()


@settings(max_examples=200, deadline=None)
@given(day=days, later=st.integers(0, 60), span=spans)
def test_a_later_day_never_moves_to_an_earlier_one(day: date, later: int, span: Span) -> None:
    assert before(day, span) <= day <= after(day, span)
    assert after(day, span) <= after(day + timedelta(days=later), span)
    assert before(after(day, span), span) <= day


def test_hours_have_no_place_on_a_calendar() -> None:
    for move in (after, before):
        with pytest.raises(ValueError, match="hours"):
            move(TODAY, Span(24, "hours"))


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("12 weeks", Span(12, "weeks")),
        ("1 day", Span(1, "days")),
        ("24 hours", Span(24, "hours")),
        ("0 days", Span(0, "days")),
        ("3 month", Span(3, "months")),
    ],
)
def test_a_span_is_read(words: str, span: Span) -> None:
    assert parse_span(words) == span


@pytest.mark.parametrize(
    "words", ["", "12", "weeks", "12weeks", " 12 weeks", "12 weeks ", "12 weeks\n", "-1 day", "1.5 days", "12 fortnights", "10000 days", "١٢ weeks"]
)
def test_no_span(words: str) -> None:
    assert parse_span(words) is None


@given(span=spans)
@settings(max_examples=50, deadline=None)
def test_a_span_comes_back_from_its_text(span: Span) -> None:
    assert parse_span(str(span)) == span


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("2026-03-09", "2026-03-09"),
        ("today", "2026-03-09"),
        ("yesterday", "2026-03-08"),
        ("-3d", "2026-03-06"),
        ("+12w", "2026-06-01"),
        ("+1m", "2026-04-09"),
        ("-1m", "2026-02-09"),
        ("+0d", "2026-03-09"),
        ("2024-02-29", "2024-02-29"),
    ],
)
def test_a_date_is_read(words: str, expected: str) -> None:
    assert parse_date(words, today=TODAY, where="--on").isoformat() == expected


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("2026-02-29", "there is no such day in the calendar"),
        ("2026-13-01", "there is no such day in the calendar"),
        ("0000-01-01", "there is no such day in the calendar"),
        ("03/04/2026", "this may be read as 2026-04-03 or as 2026-03-04"),
        ("13/04/2026", "this may be read as 2026-04-13"),
        ("05/05/2026", "this may be read as 2026-05-05"),
        ("13.14.2026", "this is no date"),
        ("20260309", "this is no date"),
        ("2026-3-9", "this is no date"),
        ("2026-W11-1", "this is no date"),
        ("tomorrow", "this is no date"),
        ("3d", "this is no date"),
        ("+3y", "this is no date"),
        ("", "this is no date"),
        ("２０２６-03-09", "this is no date"),
        ("2026-03-09\n", "this is no date"),
    ],
)
def test_what_is_no_date_is_refused(words: str, why: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        parse_date(words, today=TODAY, where="--on")
    assert refused.value.sentence == f"--on: {why}."


@pytest.mark.parametrize("words", ["+9999m", "-9999m", "+9999w", "-9999w", "+9999d"])
@pytest.mark.parametrize("today", [date(1, 1, 2), date(9999, 12, 30)])
def test_beyond_the_calendar_is_refused_and_never_a_bug(words: str, today: date) -> None:
    with pytest.raises(ValueRefused):
        parse_date(words, today=today, where="--on")


@pytest.mark.parametrize(("words", "kept"), [("1899-12-31", False), ("1900-01-01", True), ("2199-12-31", True), ("2200-01-01", False)])
def test_a_day_is_of_a_year_that_a_record_can_be_of(words: str, kept: bool) -> None:
    if kept:
        assert parse_date(words, today=TODAY, where="--on").isoformat() == words
    else:
        with pytest.raises(ValueRefused, match="1900 to 2199"):
            parse_date(words, today=TODAY, where="--on")


@settings(max_examples=150, deadline=None)
@given(words=st.text(max_size=12) | st.from_regex(r"[+-]?\d{1,5}[dwm/.-]?\d{0,2}[-/.]?\d{0,4}", fullmatch=True))
def test_any_text_is_a_date_or_refused(words: str) -> None:
    try:
        assert isinstance(parse_date(words, today=TODAY, where="--on"), date)
    except ValueRefused as refused:
        assert refused.where == "--on"


@pytest.mark.parametrize(
    ("words", "span"),
    [("2w", Span(2, "weeks")), ("10d", Span(10, "days")), ("1m", Span(1, "months")), ("+2w", Span(2, "weeks")), ("2 weeks", Span(2, "weeks"))],
)
def test_a_horizon_is_read(words: str, span: Span) -> None:
    assert parse_horizon(words, where="--within") == span


@pytest.mark.parametrize("words", ["", "2", "-2w", "24 hours", "2y", "2 w", "2w\n"])
def test_no_horizon(words: str) -> None:
    with pytest.raises(ValueRefused, match="--within: this is no span of days, weeks or months"):
        parse_horizon(words, where="--within")
