"""Weeks and months are different things: what 12 weeks, 3 months and 6 months come to, and where the windows built on them meet."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from botoxcli.clinic.cumulative import Dose, DoseWindow, window_doses
from botoxcli.clinic.dates import Span, after, before
from botoxcli.clinic.protocol import Protocol

# session, 12 weeks, 3 months, 6 months
SESSIONS = [
    ("2026-03-09", "2026-06-01", "2026-06-09", "2026-09-09"),
    ("2025-11-30", "2026-02-22", "2026-02-28", "2026-05-30"),
    ("2027-11-30", "2028-02-22", "2028-02-29", "2028-05-30"),
    ("2026-12-31", "2027-03-25", "2027-03-31", "2027-06-30"),
    ("2026-08-31", "2026-11-23", "2026-11-30", "2027-02-28"),
    ("2024-02-29", "2024-05-23", "2024-05-29", "2024-08-29"),
    ("2026-01-31", "2026-04-25", "2026-04-30", "2026-07-31"),
]


@pytest.mark.parametrize(("session", "weeks", "three", "six"), SESSIONS, ids=[row[0] for row in SESSIONS])
def test_the_spans_of_the_protocol(protocol: Protocol, session: str, weeks: str, three: str, six: str) -> None:
    rule = next(rule for rule in protocol.follow_ups if (rule.kind, rule.after) == ("session", "session"))
    day = date.fromisoformat(session)
    assert rule.latest is not None
    assert [after(day, span).isoformat() for span in (rule.earliest, rule.due, rule.latest)] == [weeks, three, six]
    assert after(day, protocol.limits.minimum_interval.span).isoformat() == weeks


def test_three_months_are_89_to_92_days_and_never_84() -> None:
    days = [date(2024, 1, 1) + timedelta(days=number) for number in range(366 * 4)]
    assert {(after(day, Span(3, "months")) - day).days for day in days} == {89, 90, 91, 92}
    assert {(after(day, Span(12, "weeks")) - day).days for day in days} == {84}


@pytest.mark.parametrize("session", [row[0] for row in SESSIONS])
def test_the_list_opens_on_the_first_day_that_the_interval_allows(chair: Any, windows_of: Any, session: str) -> None:
    """Whoever is shown as open never meets the stop, whoever is early always does."""
    day = date.fromisoformat(session)
    rule = next(rule for rule in windows_of(1) if (rule.kind, rule.anchor) == ("session", "session"))
    opens = after(day, rule.earliest)
    sessions, consults = [chair.session(day)], [chair.consult(day - timedelta(days=30))]
    found = [chair.level("interval", opens + timedelta(days=step), sessions=sessions, consults=consults) for step in range(-3, 3)]
    assert found == ["stop", "stop", "stop", None, None, None]


def test_a_course_at_every_due_day_meets_no_stop(chair: Any, windows_of: Any) -> None:
    rule = next(rule for rule in windows_of(1) if (rule.kind, rule.anchor) == ("session", "session"))
    day, sessions = date(2025, 11, 30), list[Any]()
    for number in range(2, 14):
        consults = [chair.consult(day - timedelta(days=1), visit=100 + number)]
        assert chair.found(day, sessions=sessions, consults=consults, vials=()) == {}, day
        sessions.append(chair.session(day, visit=number))
        day = after(day, rule.due)


# The window of 3 months up to day D: its first day, and the last day outside it
@pytest.mark.parametrize(
    ("end", "first"),
    [("2026-05-31", "2026-03-01"), ("2026-03-09", "2025-12-10"), ("2026-02-28", "2025-11-29"), ("2024-05-31", "2024-03-01")],
)
def test_a_window_holds_the_days_after_d_minus_three_months(chair: Any, end: str, first: str) -> None:
    product, window, last, opens = chair.protocol.product.name, Span(3, "months"), date.fromisoformat(end), date.fromisoformat(first)
    assert before(last, window) + timedelta(days=1) == opens

    def held(day: date) -> int:
        return window_doses(DoseWindow(product, 40_000, window), [Dose(day, product, 10_000)], on=last, hundredths=0)[0].hundredths

    assert [held(opens - timedelta(days=1)), held(opens), held(last)] == [0, 10_000, 10_000]
