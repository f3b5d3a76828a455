"""The due list, each day around each border. The session is on Monday 2026-03-09 where nothing else is said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.dates import Span
from botoxcli.clinic.due_candidate import DueCandidate, FollowUpRule, LastVisit, PastEvent
from botoxcli.clinic.quiet_course import Quiet
from botoxcli.clinic.schedule import DueItem, Rules, Window, as_on, due_on, explain, horizon, latest_first, next_dates, shown, status_on, with_session

SESSION = LastVisit(2, date(2026, 3, 9), 1)
ORDER = ["early", "open", "due", "overdue", "lapsed"]


def a_candidate(**given: Any) -> DueCandidate:
    return DueCandidate(**{"patient": "P0001", "patient_id": 1, "protocol": "chronic-migraine", **given})


def a_consult(on: str, decision: Any = "eligible", decided: Any = None, visit: int = 1) -> LastVisit:
    return LastVisit(visit, date.fromisoformat(on), 1, decision, decided)


def an_event(on: str, escalate: str = "review", *, visit: int = 3, resolved: bool = False, event: str = "eyelid-ptosis") -> PastEvent:
    return PastEvent(visit, date.fromisoformat(on), event, "mild", escalate, resolved)


def a_follow_up(on: str, visit: int = 3) -> LastVisit:
    return LastVisit(visit, date.fromisoformat(on), 1)


def listed(windows_of: Any, day: str | date, **given: Any) -> dict[str, DueItem]:
    """Everything about one patient on a day, by kind; a kind is there once at most."""
    on = day if isinstance(day, date) else date.fromisoformat(day)
    items = due_on([a_candidate(**given)], Rules(windows_of), on)
    assert len({item.window.kind for item in items}) == len(items)
    return {item.window.kind: item for item in items}


def status(windows_of: Any, kind: str, day: str | date, **given: Any) -> str | None:
    item = listed(windows_of, day, **given).get(kind)
    return item.status if item else None


# Each row: from this day up to the day before the next row's, the status is so. The walk takes every single day.
NEXT_SESSION = {
    "12 weeks, 3 and 6 months": ("2026-03-09", [("2026-03-09", "early"), ("2026-06-01", "open"), ("2026-06-03", "due"), ("2026-06-10", "overdue"),
                                                ("2026-09-10", "lapsed"), ("2026-09-20", "")]),
    "30 Nov clips to 28 Feb": ("2025-11-30", [("2025-11-30", "early"), ("2026-02-22", "due"), ("2026-03-01", "overdue"), ("2026-05-31", "lapsed"),
                                              ("2026-06-10", "")]),
    "29 Nov clips to 29 Feb of a leap year": ("2027-11-29", [("2027-11-29", "early"), ("2028-02-21", "open"), ("2028-02-23", "due"),
                                                             ("2028-03-01", "overdue"), ("2028-05-30", "lapsed"), ("2028-06-10", "")]),
    "31 Aug, latest clips to 28 Feb": ("2026-08-31", [("2026-08-31", "early"), ("2026-11-23", "open"), ("2026-11-24", "due"),
                                                      ("2026-12-01", "overdue"), ("2027-03-01", "lapsed"), ("2027-03-10", "")]),
}  # fmt: skip
ONSET_CHECK = {
    "10, 14 and 28 days": ("2026-03-09", [("2026-03-09", "early"), ("2026-03-19", "due"), ("2026-03-24", "overdue"), ("2026-04-07", "lapsed"),
                                          ("2026-06-01", "")]),
}  # fmt: skip


def each_day(rows: list[tuple[str, str]]) -> Iterable[tuple[date, str]]:
    for (first, expected), (following, _) in pairwise(rows):
        day = date.fromisoformat(first)
        while day < date.fromisoformat(following):
            yield day, expected
            day += timedelta(days=1)


@pytest.mark.parametrize(("on", "rows"), NEXT_SESSION.values(), ids=NEXT_SESSION.keys())
def test_the_next_session_day_by_day(windows_of: Any, on: str, rows: list[tuple[str, str]]) -> None:
    session = LastVisit(2, date.fromisoformat(on), 1)
    walked = [(day, status(windows_of, "session", day, session=session), expected) for day, expected in each_day(rows)]
    assert [(day, found) for day, found, _ in walked] == [(day, expected) for day, _, expected in walked]
    assert len(walked) > 180


@pytest.mark.parametrize(("on", "rows"), ONSET_CHECK.values(), ids=ONSET_CHECK.keys())
def test_the_onset_check_day_by_day(windows_of: Any, on: str, rows: list[tuple[str, str]]) -> None:
    session = LastVisit(2, date.fromisoformat(on), 1)
    for day, expected in each_day(rows):
        assert status(windows_of, "onset-check", day, session=session) == expected, day


def test_the_opening_of_the_next_session_closes_the_onset_check(windows_of: Any) -> None:
    assert status(windows_of, "onset-check", "2026-05-31", session=SESSION) == "lapsed"
    assert status(windows_of, "onset-check", "2026-06-01", session=SESSION) is None


def test_the_opening_closes_also_a_check_that_never_lapses(windows_of: Any) -> None:
    def rules(edition: int) -> tuple[FollowUpRule, ...]:
        return tuple(rule._replace(latest=None) if rule.kind == "onset-check" else rule for rule in windows_of(edition))

    assert status(rules, "onset-check", "2026-05-31", session=SESSION) == "overdue"
    assert status(rules, "onset-check", "2026-06-01", session=SESSION) is None


@pytest.mark.parametrize(
    ("told", "expected"),
    [("2026-03-08", "due"), ("2026-03-09", "due"), ("2026-03-15", "due"), ("2026-03-16", None), ("2026-03-20", None)],
    ids=["before the session", "on its day", "day 6", "day 7", "day 11"],
)
def test_a_follow_up_from_day_7_on_closes_the_onset_check(windows_of: Any, told: str, expected: str | None) -> None:
    assert status(windows_of, "onset-check", "2026-03-20", session=SESSION, follow_up=a_follow_up(told)) == expected


def test_a_follow_up_does_not_close_the_next_session(windows_of: Any) -> None:
    assert status(windows_of, "session", "2026-06-05", session=SESSION, follow_up=a_follow_up("2026-06-05")) == "due"


def test_days_late_count_from_the_due_day(windows_of: Any) -> None:
    late = [listed(windows_of, day, session=SESSION)["session"].days_late for day in ("2026-06-08", "2026-06-09", "2026-06-10", "2026-09-10")]
    assert late == [0, 0, 1, 93]


# A consult without a session: the rules' decision, the own one, and whether a session is due from its day
@pytest.mark.parametrize(
    ("decision", "decided", "waits"),
    [
        ("eligible", None, True),
        ("eligible", "treat", True),
        ("needs-review", "treat", True),
        ("not-eligible", "treat", True),
        ("needs-review", None, False),
        ("not-eligible", None, False),
        ("eligible", "defer", False),
        ("eligible", "decline", False),
        ("needs-review", "defer", False),
    ],
)
def test_a_consult_that_allows_treatment_waits_for_a_session(windows_of: Any, decision: str, decided: str | None, waits: bool) -> None:
    given = {"consult": a_consult("2026-01-05", decision, decided)}
    expected = ["early", "due", "overdue"] if waits else [None, None, None]
    assert [status(windows_of, "session", day, **given) for day in ("2026-01-04", "2026-01-05", "2026-01-06")] == expected
    assert status(windows_of, "session", "2030-01-01", **given) == ("overdue" if waits else None)


def test_with_a_session_the_consult_waits_no_longer(windows_of: Any) -> None:
    item = listed(windows_of, "2026-04-01", session=SESSION, consult=a_consult("2026-01-05"))["session"]
    assert (item.window.anchor, item.window.anchor_visit, item.status) == (SESSION.date, 2, "early")


# Reviews of the consult


def test_a_review_without_a_decision_day_by_day(windows_of: Any) -> None:
    rows = [("2026-01-01", "early"), ("2026-01-05", "open"), ("2026-01-13", "due"), ("2026-01-20", "overdue"), ("2026-02-20", "")]
    for day, expected in each_day(rows):
        assert status(windows_of, "consult-review", day, consult=a_consult("2026-01-05", "needs-review")) == expected, day


@pytest.mark.parametrize("decided", ["treat", "defer", "decline"])
def test_a_decision_of_ones_own_ends_the_review(windows_of: Any, decided: str) -> None:
    item = listed(windows_of, "2026-02-01", consult=a_consult("2026-01-05", "needs-review", decided))["consult-review"]
    assert (item.status, item.window.due) == ("early", date(2027, 1, 5))


@pytest.mark.parametrize(("decision", "decided"), [("eligible", None), ("eligible", "decline"), ("not-eligible", None), ("needs-review", "treat")])
def test_twelve_months_after_the_last_consult(windows_of: Any, decision: str, decided: str | None) -> None:
    rows = [("2026-02-25", "early"), ("2027-02-28", "due"), ("2027-03-01", "overdue"), ("2027-04-01", "")]
    for day, expected in each_day(rows):
        assert status(windows_of, "consult-review", day, consult=a_consult("2026-02-28", decision, decided)) == expected, day


def test_a_lapse_asks_for_a_review_of_the_consult(windows_of: Any) -> None:
    given = {"session": SESSION, "consult": a_consult("2026-02-01")}
    assert listed(windows_of, "2026-09-09", **given)["consult-review"].window.due == date(2027, 2, 1)
    review = listed(windows_of, "2026-09-10", **given)["consult-review"]
    assert (review.status, review.window.anchor, review.window.due) == ("due", date(2026, 9, 10), date(2026, 9, 10))
    assert status(windows_of, "consult-review", "2026-09-11", **given) == "overdue"


def test_a_lapse_without_any_consult_asks_for_one_too(windows_of: Any) -> None:
    assert status(windows_of, "consult-review", "2026-09-09", session=SESSION) is None
    assert status(windows_of, "consult-review", "2026-09-10", session=SESSION) == "due"


# A consult around the lapse (the latest day is 2026-09-09), looked at on 2026-10-01: the session's anchor and status, the review's due day
@pytest.mark.parametrize(
    ("consulted", "decision", "anchor", "session", "review"),
    [
        ("2026-09-09", "eligible", "2026-03-09", "lapsed", "2026-09-10"),
        ("2026-09-10", "eligible", "2026-09-10", "overdue", "2027-09-10"),
        ("2026-10-01", "eligible", "2026-10-01", "due", "2027-10-01"),
        ("2026-10-01", "not-eligible", "2026-03-09", "lapsed", "2027-10-01"),
        ("2026-10-01", "needs-review", "2026-03-09", "lapsed", "2026-10-15"),
    ],
    ids=["on the latest day: too soon", "on the day of the lapse", "later", "later, not eligible", "later, needs review"],
)
def test_a_consult_after_a_lapse_opens_a_new_course(windows_of: Any, consulted: str, decision: str, anchor: str, session: str, review: str) -> None:
    items = listed(windows_of, "2026-10-01", session=SESSION, consult=a_consult(consulted, decision, visit=5))
    assert (items["session"].window.anchor.isoformat(), items["session"].status) == (anchor, session)
    assert items["consult-review"].window.due.isoformat() == review


def test_the_session_of_the_new_course_anchors_again(windows_of: Any) -> None:
    item = listed(windows_of, "2026-10-06", session=LastVisit(6, date(2026, 10, 5), 1), consult=a_consult("2026-10-01", visit=5))["session"]
    assert (item.window.anchor_visit, item.status) == (6, "early")


# Events. The consult is of 2026-02-01 (visit 1)
def test_an_emergency_asks_for_a_consult_at_once(windows_of: Any) -> None:
    given = {"session": SESSION, "consult": a_consult("2026-02-01"), "events": (an_event("2026-03-20", "emergency"),)}
    assert listed(windows_of, "2026-03-20", **given)["consult-review"].window.due == date(2026, 3, 20)
    assert [status(windows_of, "consult-review", day, **given) for day in ("2026-03-20", "2026-03-21")] == ["due", "overdue"]
    assert [status(windows_of, "event-review", day, **given) for day in ("2026-03-20", "2026-03-21")] == ["due", "overdue"]


def test_an_emergency_that_is_over_still_asks_for_a_consult_and_for_nothing_else(windows_of: Any) -> None:
    given = {"session": SESSION, "consult": a_consult("2026-02-01"), "events": (an_event("2026-03-20", "emergency", resolved=True),)}
    items = listed(windows_of, "2026-03-21", **given)
    assert items["consult-review"].window.due == date(2026, 3, 20) and "event-review" not in items


def test_an_emergency_without_any_consult_asks_for_one(windows_of: Any) -> None:
    events = (an_event("2026-03-20", "emergency"),)
    assert status(windows_of, "consult-review", "2026-03-20", session=SESSION, events=events) == "due"
    assert status(windows_of, "consult-review", "2026-03-20", follow_up=a_follow_up("2026-03-20"), events=events) == "due"


# the emergency began on 2026-03-20 and is visit 3
@pytest.mark.parametrize(
    ("consulted", "visit", "asks"),
    [
        ("2026-03-25", 4, False),
        ("2026-03-20", 4, False),
        ("2026-03-19", 4, True),
        ("2026-03-19", 1, True),
        ("2026-03-22", 2, True),
    ],
    ids=["a newer consult", "a consult the same day", "an older one, entered after", "an older one", "consulted before it was told"],
)
def test_a_consult_settles_the_emergencies_before_it(windows_of: Any, consulted: str, visit: int, asks: bool) -> None:
    given = {"session": SESSION, "consult": a_consult(consulted, visit=visit), "events": (an_event("2026-03-20", "emergency"),)}
    assert (listed(windows_of, "2026-03-26", **given)["consult-review"].window.due == date(2026, 3, 20)) is asks


def test_an_event_to_review_asks_for_itself_only(windows_of: Any) -> None:
    given = {"session": SESSION, "consult": a_consult("2026-02-01"), "events": (an_event("2026-03-20"),)}
    assert [status(windows_of, "event-review", day, **given) for day in ("2026-03-19", "2026-03-20", "2026-03-21")] == ["early", "due", "overdue"]
    assert listed(windows_of, "2026-03-21", **given)["consult-review"].window.due == date(2027, 2, 1)
    assert status(windows_of, "event-review", "2026-03-21", **{**given, "events": (an_event("2026-03-20", resolved=True),)}) is None


@pytest.mark.parametrize(
    ("events", "reviews"),
    [
        ([("2026-03-20", 3, "eyelid-ptosis"), ("2026-03-18", 3, "neck-weakness")], [("2026-03-18", 3)]),  # one conversation settles both
        ([("2026-03-20", 3, "eyelid-ptosis"), ("2026-03-27", 4, "eyelid-ptosis")], [("2026-03-20", 3)]),  # told again, not put off
        (
            [("2026-03-20", 3, "eyelid-ptosis"), ("2026-03-27", 4, "eyelid-ptosis"), ("2026-03-27", 4, "faint")],
            [("2026-03-20", 3), ("2026-03-27", 4)],
        ),
    ],
)  # fmt: skip
def test_an_open_event_is_reviewed_once(windows_of: Any, events: list[tuple[str, int, str]], reviews: list[tuple[str, int]]) -> None:
    candidate = a_candidate(session=SESSION, events=tuple(an_event(on, visit=visit, event=event) for on, visit, event in events))
    found = [item.window for item in due_on([candidate], Rules(windows_of), date(2026, 4, 1)) if item.window.kind == "event-review"]
    assert [(window.due.isoformat(), window.anchor_visit) for window in found] == reviews


# What is shown. On 2026-03-09 (P1 had a session that day) P2 is overdue and P3 has lapsed; each list is by kind and patient
def the_practice() -> list[DueCandidate]:
    return [
        a_candidate(patient="P1", session=SESSION),
        a_candidate(patient="P2", patient_id=2, session=LastVisit(4, date(2025, 11, 30), 1)),
        a_candidate(patient="P3", patient_id=3, session=LastVisit(5, date(2025, 9, 1), 1), consult=a_consult("2025-08-01", visit=6)),
    ]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, ["P3 consult-review overdue", "P2 session overdue", "P1 onset-check early"]),
        ({"within": Span(0, "days")}, ["P3 consult-review overdue", "P2 session overdue"]),
        ({"within": Span(9, "days")}, ["P3 consult-review overdue", "P2 session overdue"]),
        ({"within": Span(10, "days")}, ["P3 consult-review overdue", "P2 session overdue", "P1 onset-check early"]),
        ({"within": Span(12, "weeks")}, ["P3 consult-review overdue", "P2 session overdue", "P1 onset-check early", "P1 session early"]),
        ({"overdue": True}, ["P3 consult-review overdue", "P2 session overdue"]),
        ({"kind": "session"}, ["P2 session overdue"]),
        ({"kind": "session", "within": Span(3, "months")}, ["P2 session overdue", "P1 session early"]),
        ({"kind": "onset-check", "overdue": True}, []),
        (
            {"everything": True},
            ["P3 session lapsed", "P2 session overdue", "P3 consult-review overdue", "P1 onset-check early", "P1 session early"],
        ),
    ],
    ids=["as it is", "within 0d", "within 9d", "within 10d", "within 12w", "overdue", "kind", "kind within 3m", "kind overdue", "all"],
)
def test_what_the_list_shows(windows_of: Any, options: dict[str, Any], expected: list[str]) -> None:
    day = date(2026, 3, 9)
    items = shown(due_on(the_practice(), Rules(windows_of), day), day, **options)
    told = [f"{item.window.patient} {item.window.kind} {item.status}" for item in items]
    assert sorted(told) == sorted(expected)
    assert [item.window.due for item in items] == sorted(item.window.due for item in items)


def test_what_opens_in_two_weeks_is_shown_and_a_day_later_not(windows_of: Any) -> None:
    candidate = [a_candidate(session=SESSION)]
    for day, expected in ((date(2026, 5, 17), []), (date(2026, 5, 18), ["session"])):
        assert [item.window.kind for item in shown(due_on(candidate, Rules(windows_of), day), day)] == expected


def test_the_end_of_the_calendar_is_no_end_of_the_list(windows_of: Any) -> None:
    day = date.max
    assert shown(due_on([a_candidate(session=SESSION)], Rules(windows_of), day), day, kind="session") == ()
    assert shown(due_on([a_candidate(session=SESSION)], Rules(windows_of), day), day, kind="session", everything=True)[0].status == "lapsed"


def test_the_latest_come_first_then_by_patient_and_kind(windows_of: Any) -> None:
    one = a_candidate(patient="P2", session=SESSION)
    other = a_candidate(patient="P1", patient_id=2, session=SESSION)
    items = due_on([one, other], Rules(windows_of), date(2026, 6, 5))
    assert [(item.window.patient, item.window.kind) for item in items] == [("P1", "session"), ("P2", "session")]


def test_the_sentence_that_explains(windows_of: Any) -> None:
    sentence = explain(listed(windows_of, "2026-06-05", session=SESSION)["session"].window)
    assert "2026-03-09 + 12 weeks = 2026-06-01, due by 2026-06-09" in sentence
    assert sentence == ("visit 2, session: 2026-03-09 + 12 weeks = 2026-06-01, due by 2026-06-09 (+ 3 months), latest 2026-09-09 (+ 6 months)")
    check = explain(listed(windows_of, "2026-03-20", session=SESSION)["onset-check"].window)
    assert check == "visit 2, session: 2026-03-09 + 10 days = 2026-03-19, due by 2026-03-23 (+ 14 days), latest 2026-04-06 (+ 28 days)"
    review = explain(listed(windows_of, "2026-09-10", session=SESSION)["consult-review"].window)
    assert review.startswith("visit 2, lapse after the session: 2026-09-10 + 0 days = 2026-09-10, due by 2026-09-10")


def test_the_next_two_dates_after_a_session(windows_of: Any) -> None:
    coming = next_dates(with_session(a_candidate(consult=a_consult("2026-02-01")), SESSION), Rules(windows_of), SESSION.date)
    assert [(window.kind, window.earliest, window.due) for window in coming] == [
        ("onset-check", date(2026, 3, 19), date(2026, 3, 23)),
        ("session", date(2026, 6, 1), date(2026, 6, 9)),
    ]


# Under the default protocol: the days since the session, the follow-up and the consult, the consult's decisions, and whether it is quiet.
QUIET = [
    (1, None, 1, "eligible", None, False),  # the onset check comes within two weeks
    (20, None, 20, "eligible", None, False),  # it is open
    (20, 8, 20, "eligible", None, True),  # it was told
    (40, None, 40, "eligible", None, True),  # it is past
    (60, 46, 300, "not-eligible", "treat", True),
    (75, 61, 300, "eligible", None, False),  # the next session opens within two weeks
    (200, 186, 300, "eligible", None, False),  # it lapsed
    (60, 46, 360, "eligible", None, False),  # the consult is a year old within two weeks
    (60, 46, 10, "needs-review", None, False),
    (60, 46, 10, "needs-review", "treat", True),
    (60, 46, None, None, None, True),
    (None, None, 10, "eligible", None, False),  # the first session is awaited
]


@pytest.mark.parametrize(("session", "follow_up", "consult", "decision", "decided", "quiet"), QUIET)
def test_between_its_windows_a_course_is_quiet(
    windows_of: Any, session: int | None, follow_up: int | None, consult: int | None, decision: str | None, decided: str | None, quiet: bool
) -> None:
    day = date(2026, 3, 31)
    last, told, asked = (None if days is None else (day - timedelta(days=days)).isoformat() for days in (session, follow_up, consult))
    assert Quiet(windows_of(1), day, horizon(day)).is_so(last, told, asked, decision, decided) is quiet


# Moving today forward

days = st.dates(date(2025, 1, 1), date(2027, 12, 31))
visits = st.builds(LastVisit, visit=st.integers(1, 9), date=days, edition_id=st.just(1))
consults = st.builds(
    LastVisit, visit=st.integers(1, 9), date=days, edition_id=st.just(1), decision=st.sampled_from(["eligible", "not-eligible", "needs-review"]),
    decided=st.sampled_from([None, "treat", "defer", "decline"]),
)  # fmt: skip
events = st.builds(
    PastEvent, visit=st.integers(1, 9), date=days, event=st.just("neck-pain"), severity=st.none(), escalate=st.sampled_from(["emergency", "review"]),
    resolved=st.booleans(),
)  # fmt: skip
candidates = st.builds(
    a_candidate,
    session=st.none() | visits,
    consult=st.none() | consults,
    follow_up=st.none() | visits,
    events=st.lists(events, max_size=3).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(candidate=candidates, day=days, later=st.integers(1, 500))
def test_moving_today_forward_makes_nobody_less_late(windows_of: Any, candidate: DueCandidate, day: date, later: int) -> None:
    def on(when: date) -> dict[Window, DueItem]:
        return {item.window: item for item in due_on([candidate], Rules(windows_of), when)}

    now, then = on(day), on(day + timedelta(days=later))
    for window in now.keys() & then.keys():
        assert ORDER.index(then[window].status) >= ORDER.index(now[window].status)
        assert then[window].days_late >= now[window].days_late
    latest: dict[str, int] = {item.window.kind: item.days_late for item in reversed(list(then.values()))}
    for item in now.values():
        if item.window.kind in ("session", "consult-review", "event-review"):
            assert latest[item.window.kind] >= item.days_late
        elif item.window not in then:
            assert status_on(item.window, day + timedelta(days=later)) == "lapsed"


@settings(max_examples=150, deadline=None)
@given(candidate=candidates, day=days)
def test_a_list_holds_at_most_one_session_one_check_and_one_review(windows_of: Any, candidate: DueCandidate, day: date) -> None:
    kinds = [item.window.kind for item in due_on([candidate], Rules(windows_of), day)]
    assert max((kinds.count(kind) for kind in ("session", "onset-check", "consult-review")), default=0) <= 1
    told = {event.event for event in candidate.events if not event.resolved and (candidate.session or candidate.consult or candidate.follow_up)}
    visits = {event.visit for event in candidate.events if not event.resolved}
    assert bool(told) <= kinds.count("event-review") <= min(len(told), len(visits)), "one as long as something is open, and never two for one"


@settings(max_examples=150, deadline=None)
@given(candidate=candidates, day=days, count=st.integers(0, 60), unit=st.sampled_from(["days", "weeks", "months"]))
def test_a_horizon_never_hides_what_is_open_or_late(windows_of: Any, candidate: DueCandidate, day: date, count: int, unit: Any) -> None:
    items = due_on([candidate], Rules(windows_of), day)
    kept = shown(items, day, within=Span(count, unit))
    assert {item for item in items if item.status in ("open", "due", "overdue")} <= set(kept)
    assert set(kept) <= set(shown(items, day, within=Span(count + 1, unit))) <= set(shown(items, day, everything=True)) == set(items)
    assert not any(item.status == "lapsed" for item in kept)


@settings(max_examples=150, deadline=None)
@given(candidate=candidates, day=days, count=st.integers(0, 400))
def test_what_is_left_out_early_would_not_have_been_shown(windows_of: Any, candidate: DueCandidate, day: date, count: int) -> None:
    within = Span(count, "days")
    whole = shown(due_on([candidate], Rules(windows_of), day), day, within=within)
    early = as_on([candidate], Rules(windows_of), day, until=horizon(day, within))
    assert latest_first(shown(early, day, within=within)) == whole
