"""Statuses and windows of protocols other than the default one. The default's borders stand in tests/spec/test_due.py."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.dates import Span, after
from botoxcli.clinic.due_candidate import DueCandidate, FollowUpRule, LastVisit
from botoxcli.clinic.schedule import DueItem, Rules, Window, due_on, open_window, shown, status_on, windows

ON = date(2026, 3, 9)
ORDER = ["early", "open", "due", "overdue", "lapsed"]
CANDIDATE = DueCandidate("P0001", 1, "p", session=LastVisit(2, ON, 1))


def a_rule(earliest: int, due: int, latest: int | None = None, **given: Any) -> FollowUpRule:
    spans = {"earliest": Span(earliest, "days"), "due": Span(due, "days"), "latest": Span(latest, "days") if latest is not None else None}
    return FollowUpRule(**{"kind": "session", "anchor": "session", "closes": None, **spans, **given})


def a_window(earliest: int, due: int, latest: int | None = None) -> Window:
    return open_window(CANDIDATE, ON, 2, a_rule(earliest, due, latest))


@pytest.mark.parametrize(
    ("window", "days"),
    [
        (a_window(3, 12, 14), "eeeooodddddddoo.."),
        (a_window(3, 5, 6), "eeedddo.."),
        (a_window(0, 0), "doooo"),
        (a_window(0, 0, 0), "d...."),
        (a_window(2, 2), "eedoo"),
        (a_window(0, 7, 7), "oddddddd.."),
        (a_window(0, 6), "dddddddoo"),
    ],
    ids=["each in turn", "never due before earliest", "at once", "one day only", "one day, later", "7 days and the due day", "7 days"],
)
def test_a_window_day_by_day(window: Window, days: str) -> None:
    walked = [status_on(window, ON + timedelta(days=day)) for day in range(len(days))]
    assert "".join("." if status == "lapsed" else status[0] for status in walked) == days
    assert [ORDER.index(status) for status in walked] == sorted(ORDER.index(status) for status in walked)


@settings(max_examples=200, deadline=None)
@given(earliest=st.integers(0, 60), more=st.integers(0, 60), past=st.none() | st.integers(0, 60), day=st.integers(-10, 200))
def test_the_status_says_where_the_day_lies(earliest: int, more: int, past: int | None, day: int) -> None:
    window = a_window(earliest, earliest + more, None if past is None else earliest + more + past)
    on = ON + timedelta(days=day)
    said = status_on(window, on)
    assert (said == "early") == (on < window.earliest)
    assert (said in ("open", "due")) == (window.earliest <= on <= window.due)
    assert (said in ("overdue", "lapsed")) == (on > window.due)
    assert (said == "lapsed") == (window.latest is not None and on > window.latest)
    assert ORDER.index(status_on(window, on + timedelta(days=1))) >= ORDER.index(said)


def test_a_session_that_never_lapses_opens_no_new_course_and_no_review() -> None:
    rules = [a_rule(84, 91), a_rule(0, 0, kind="session", anchor="eligible-consult"), a_rule(0, 0, kind="consult-review", anchor="lapse")]
    candidate = DueCandidate("P0001", 1, "p", session=LastVisit(2, ON, 1), consult=LastVisit(3, ON + timedelta(days=900), 1, "eligible"))
    found = list(windows(candidate, Rules(lambda _edition: rules), ON + timedelta(days=1_000)))
    assert [(window.kind, window.anchor_visit) for window in found] == [("session", 2)]


def test_each_window_follows_the_edition_of_its_own_visit() -> None:
    editions = {1: [a_rule(84, 91)], 2: [a_rule(70, 77)]}
    for edition, opens in ((1, 84), (2, 70)):
        candidate = DueCandidate("P0001", 1, "p", session=LastVisit(2, ON, edition))
        assert [(window.earliest - ON).days for window in windows(candidate, Rules(editions.__getitem__), ON)] == [opens]


def test_a_check_without_closing_is_closed_by_no_follow_up() -> None:
    rules = [a_rule(10, 14, 28, kind="onset-check"), a_rule(84, 91)]
    candidate = DueCandidate("P0001", 1, "p", session=LastVisit(2, ON, 1), follow_up=LastVisit(3, ON + timedelta(days=20), 1))
    assert [window.kind for window in windows(candidate, Rules(lambda _edition: rules), ON + timedelta(days=20))] == ["session", "onset-check"]


def test_nobody_without_a_visit_is_due() -> None:
    assert due_on([DueCandidate("P0001", 1, "p")], Rules(lambda _edition: [a_rule(0, 0)]), ON) == ()


@settings(max_examples=100, deadline=None)
@given(day=st.dates(date(2026, 1, 1), date(2026, 12, 31)), weeks=st.integers(0, 30))
def test_the_horizon_holds_its_last_day(day: date, weeks: int) -> None:
    item = DueItem(a_window(84, 91), status_on(a_window(84, 91), day), 0)
    expected = item.status != "early" or item.window.earliest <= after(day, Span(weeks, "weeks"))
    assert (shown([item], day, within=Span(weeks, "weeks")) == (item,)) is expected
