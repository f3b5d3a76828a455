"""The due list when something comes between: moved, missed and declined appointments, pauses, stops. Each day around each border.

The session is on Monday 2026-03-09: the next one is open from 2026-06-01, due by 2026-06-09, lapsed after 2026-09-09.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.due_candidate import Appointment, DueCandidate, FollowUpRule, LastVisit, PastEvent
from botoxcli.clinic.interruptions import PAUSE_END, RESPONSE_STOP
from botoxcli.clinic.schedule import DueItem, Rules, due_on, explain, shown

SESSION = LastVisit(2, date(2026, 3, 9), 1)
ORDER = ["early", "open", "due", "overdue", "lapsed"]


def a_consult(on: str, decision: Any = "eligible", decided: Any = None, visit: int = 1) -> LastVisit:
    return LastVisit(visit, date.fromisoformat(on), 1, decision, decided)


CONSULT = a_consult("2026-02-01")


def a_patient(**given: Any) -> DueCandidate:
    return DueCandidate(**{"patient": "P0001", "patient_id": 1, "protocol": "chronic-migraine", "session": SESSION, "consult": CONSULT, **given})


def moved(to: str, on: str = "2026-06-05") -> Appointment:
    return Appointment("moved", date.fromisoformat(on), date.fromisoformat(to))


def missed(on: str = "2026-06-05", to: str | None = None) -> Appointment:
    return Appointment("missed", date.fromisoformat(on), date.fromisoformat(to) if to else None)


def declined(on: str = "2026-06-05") -> Appointment:
    return Appointment("declined", date.fromisoformat(on))


def listed(rules: Any, day: str | date, **given: Any) -> dict[str, DueItem]:
    """Everything about the patient on a day, by kind; a kind is there once at most."""
    items = due_on([a_patient(**given)], Rules(rules), date.fromisoformat(day) if isinstance(day, str) else day)
    assert len({item.window.kind for item in items}) == len(items)
    return {item.window.kind: item for item in items}


def status(rules: Any, kind: str, day: str | date, **given: Any) -> str | None:
    item = listed(rules, day, **given).get(kind)
    return item.status if item else None


def each_day(rows: list[tuple[str, Any]]) -> Iterable[tuple[date, Any]]:
    for (first, expected), (following, _) in pairwise(rows):
        day = date.fromisoformat(first)
        while day < date.fromisoformat(following):
            yield day, expected
            day += timedelta(days=1)


# Each row: from this day up to the day before the next row's, the session's status is so
UNMOVED = [("2026-04-07", "early"), ("2026-06-01", "open"), ("2026-06-03", "due"), ("2026-06-10", "overdue"), ("2026-09-10", "lapsed"),
           ("2026-09-20", "")]  # fmt: skip
WALKS = {
    "nothing": ((), UNMOVED),
    "moved later": ((moved("2026-06-20"),), [("2026-04-07", "early"), ("2026-06-01", "open"), ("2026-06-14", "due"), ("2026-06-21", "overdue"),
                                            ("2026-09-10", "lapsed"), ("2026-09-20", "")]),
    "moved before the due day": ((moved("2026-06-04", on="2026-05-20"),), [("2026-04-07", "early"), ("2026-06-01", "due"), ("2026-06-05", "overdue"),
                                                                         ("2026-09-10", "lapsed"), ("2026-09-20", "")]),
    "moved to the earliest day": ((moved("2026-06-01", on="2026-05-20"),), [("2026-05-20", "early"), ("2026-06-01", "due"), ("2026-06-02", "overdue"),
                                                                          ("2026-06-20", "")]),
    "moved to the latest day": ((moved("2026-09-09"),), [("2026-06-01", "open"), ("2026-09-03", "due"), ("2026-09-10", "lapsed"),
                                                        ("2026-09-20", "")]),
    "moved past the latest day": ((moved("2026-10-01"),), [("2026-06-01", "open"), ("2026-09-03", "due"), ("2026-09-10", "lapsed"),
                                                          ("2026-10-05", "")]),
    "moved to before the earliest": ((moved("2026-05-01", on="2026-04-20"),), [("2026-05-20", "early"), ("2026-06-01", "due"),
                                                                              ("2026-06-02", "overdue"), ("2026-06-20", "")]),
    "moved twice": ((moved("2026-06-20"), moved("2026-07-01", on="2026-06-18")), [("2026-06-01", "open"), ("2026-06-25", "due"),
                                                                                 ("2026-07-02", "overdue"), ("2026-08-01", "")]),
    "the later word counts, recorded first": ((moved("2026-07-01", on="2026-06-18"), moved("2026-06-20")),
                                              [("2026-06-01", "open"), ("2026-06-25", "due"), ("2026-07-02", "overdue"), ("2026-08-01", "")]),
    "missed": ((missed(),), UNMOVED),
    "declined": ((declined(),), UNMOVED),
    "moved and then missed": ((moved("2026-06-20"), missed("2026-06-20")), [("2026-06-01", "open"), ("2026-06-14", "due"), ("2026-06-21", "overdue"),
                                                                           ("2026-09-10", "lapsed"), ("2026-09-20", "")]),
    "missed, with a new day": ((missed("2026-06-08", "2026-06-20"),), [("2026-06-01", "open"), ("2026-06-14", "due"), ("2026-06-21", "overdue"),
                                                                     ("2026-09-10", "lapsed"), ("2026-09-20", "")]),
    "before the last session": ((moved("2026-06-20", on="2026-03-08"),), UNMOVED),
    "on the session's day, for it": ((moved("2026-03-12", on="2026-03-09"),), UNMOVED),
    "on the session's day, for the next": ((moved("2026-06-20", on="2026-03-09"),), [("2026-06-01", "open"), ("2026-06-14", "due"),
                                                                                    ("2026-06-21", "overdue"), ("2026-07-20", "")]),
}  # fmt: skip


@pytest.mark.parametrize(("appointments", "rows"), WALKS.values(), ids=WALKS.keys())
def test_the_session_day_by_day(windows_of: Any, appointments: tuple[Appointment, ...], rows: list[tuple[str, str]]) -> None:
    walked = [(day, status(windows_of, "session", day, appointments=appointments), expected) for day, expected in each_day(rows)]
    assert [(day, found) for day, found, _ in walked] == [(day, expected) for day, _, expected in walked]


def test_a_move_is_explained(windows_of: Any) -> None:
    window = listed(windows_of, "2026-06-18", appointments=(missed(), moved("2026-06-20"), declined("2026-06-07")))["session"].window
    assert explain(window) == (
        "visit 2, session: 2026-03-09 + 12 weeks = 2026-06-01, due by 2026-06-09 (+ 3 months), latest 2026-09-09 (+ 6 months), "
        "missed on 2026-06-05, moved to 2026-06-20 on 2026-06-05, declined on 2026-06-07"
    )
    assert (window.earliest, window.due, window.latest) == (date(2026, 6, 1), date(2026, 6, 20), date(2026, 9, 9))


def test_the_next_session_leaves_a_move_behind(windows_of: Any) -> None:
    window = listed(windows_of, "2026-09-18", session=LastVisit(5, date(2026, 6, 20), 1), appointments=(moved("2026-06-20"),))["session"].window
    assert (window.due, window.said) == (date(2026, 9, 20), ())


def test_the_first_session_can_be_moved_too(windows_of: Any) -> None:
    rows = [("2026-02-01", "open"), ("2026-02-14", "due"), ("2026-02-21", "overdue"), ("2026-03-01", "")]
    for day, expected in each_day(rows):
        assert status(windows_of, "session", day, session=None, appointments=(moved("2026-02-20", on="2026-02-01"),)) == expected, day


# A declined session asks for a review of the consult at once
@pytest.mark.parametrize(
    ("given", "due"),
    [
        ({"appointments": (declined(),)}, "2026-06-05"),
        ({"appointments": (missed(),)}, "2027-02-01"),
        ({"appointments": (declined(), moved("2026-06-20", on="2026-06-06"))}, "2027-02-01"),
        ({"appointments": (moved("2026-06-20", on="2026-06-04"), declined())}, "2026-06-05"),
        ({"appointments": (declined(),), "consult": a_consult("2026-06-05", visit=4)}, "2027-06-05"),
        ({"appointments": (declined(),), "consult": a_consult("2026-06-04", visit=4)}, "2026-06-05"),
        ({"appointments": (declined(),), "session": LastVisit(4, date(2026, 6, 12), 1)}, "2027-02-01"),
        ({"appointments": (declined("2026-02-01"),), "session": None}, "2026-02-01"),
    ],
    ids=["declined", "missed only", "a new day since", "declined after a move", "a consult that day", "a consult before", "a session since",
         "on the day of the consult that allowed it"],
)  # fmt: skip
def test_the_review_after_a_declined_session(windows_of: Any, given: Any, due: str) -> None:
    assert listed(windows_of, "2026-06-15", **given)["consult-review"].window.due == date.fromisoformat(due)


# Paused until 2026-08-01: (the session's status, the review's)
def test_a_pause_day_by_day(windows_of: Any) -> None:
    rows = [("2026-03-09", (None, "early")), ("2026-08-01", ("overdue", "due")), ("2026-08-02", ("overdue", "overdue")),
            ("2026-09-10", ("lapsed", "overdue")), ("2026-09-20", "")]  # fmt: skip
    for day, expected in each_day(rows):
        given = {"paused_until": date(2026, 8, 1), "follow_up": LastVisit(3, date(2026, 3, 20), 1)}
        items = listed(windows_of, day, **given)
        assert (status(windows_of, "session", day, **given), items["consult-review"].status) == expected, day
        assert items["consult-review"].window.due == date(2026, 8, 1) and set(items) <= {"session", "consult-review"}


def test_a_pause_takes_everything_else_out(windows_of: Any) -> None:
    events = (PastEvent(3, date(2026, 3, 20), "eyelid-ptosis", "mild", "review", False),)
    given = {"paused_until": date(2026, 8, 1), "events": events, "appointments": (declined("2026-03-25"),)}
    assert set(listed(windows_of, "2026-03-20", **given)) == {"consult-review"}
    assert set(listed(windows_of, "2026-08-01", **given)) == {"session", "consult-review", "event-review"}


def test_what_the_list_shows_of_a_pause(windows_of: Any) -> None:
    """Nothing, until its end is two weeks away."""
    for day, expected in ((date(2026, 7, 17), []), (date(2026, 7, 18), ["consult-review"]), (date(2026, 7, 31), ["consult-review"])):
        items = shown(due_on([a_patient(paused_until=date(2026, 8, 1))], Rules(windows_of), day), day)
        assert [item.window.kind for item in items] == expected, day


@pytest.mark.parametrize(
    ("consulted", "due"),
    [("2026-07-31", "2026-08-01"), ("2026-08-01", "2027-08-01"), ("2026-08-05", "2027-08-05")],
    ids=["before", "that day", "after"],
)
def test_a_consult_from_the_pause_s_end_on_settles_its_review(windows_of: Any, consulted: str, due: str) -> None:
    items = listed(windows_of, "2026-08-10", paused_until=date(2026, 8, 1), consult=a_consult(consulted, visit=4))
    assert items["consult-review"].window.due == date.fromisoformat(due)


def test_the_end_of_a_pause_is_explained(windows_of: Any) -> None:
    window = listed(windows_of, "2026-08-01", paused_until=date(2026, 8, 1))["consult-review"].window
    assert explain(window) == "visit 2, end of the pause: 2026-08-01 + 0 days = 2026-08-01, due by 2026-08-01 (+ 0 days)"


# Stopped by a response rule on 2026-06-30: 4 months later, at the latest 5
def test_a_stop_day_by_day(windows_of: Any) -> None:
    rows = [("2026-06-30", "early"), ("2026-10-30", "due"), ("2026-10-31", "overdue"), ("2026-12-01", "lapsed"), ("2026-12-10", "")]
    for day, expected in each_day(rows):
        items = listed(windows_of, day, stopped_on=date(2026, 6, 30))
        assert {kind: item.status for kind, item in items.items()} == {"consult-review": expected}, day


@pytest.mark.parametrize(("consulted", "open_"), [("2026-06-30", True), ("2026-07-01", False)], ids=["on the day of the stop", "a day later"])
def test_a_later_consult_settles_the_look_back(windows_of: Any, consulted: str, open_: bool) -> None:
    items = listed(windows_of, "2026-10-30", stopped_on=date(2026, 6, 30), consult=a_consult(consulted, visit=4))
    assert bool(items) is open_


@pytest.mark.parametrize("given", [{"paused_until": date(2026, 8, 1)}, {"stopped_on": date(2026, 6, 30)}], ids=["pause", "stop"])
def test_an_edition_that_cannot_say_it_has_the_default(windows_of: Any, given: Any) -> None:
    def old(edition: int) -> tuple[FollowUpRule, ...]:
        return tuple(rule for rule in windows_of(edition) if rule.anchor not in (PAUSE_END.anchor, RESPONSE_STOP.anchor))

    for day in ("2026-07-20", "2026-08-01", "2026-10-30", "2026-12-05"):
        assert listed(old, day, **given) == listed(windows_of, day, **given)


# Nobody becomes less late
days = st.dates(date(2026, 1, 1), date(2027, 3, 1))
appointments = st.lists(
    st.builds(missed, days.map(str)) | st.builds(declined, days.map(str)) | st.builds(moved, days.map(str), days.map(str)), max_size=4
).map(tuple)
candidates = st.builds(
    a_patient,
    session=st.none() | st.builds(LastVisit, visit=st.integers(1, 9), date=days, edition_id=st.just(1)),
    appointments=appointments,
    paused_until=st.none() | days,
    stopped_on=st.none() | days,
)


@settings(max_examples=120, deadline=None)
@given(candidate=candidates, day=days, later=st.integers(1, 400))
def test_moving_today_forward_makes_nobody_less_late(windows_of: Any, candidate: DueCandidate, day: date, later: int) -> None:
    now = {item.window: item for item in due_on([candidate], Rules(windows_of), day)}
    then = {item.window: item for item in due_on([candidate], Rules(windows_of), day + timedelta(days=later))}
    for window in now.keys() & then.keys():
        assert ORDER.index(then[window].status) >= ORDER.index(now[window].status)
        assert then[window].days_late >= now[window].days_late
    late: dict[str, int] = {item.window.kind: item.days_late for item in then.values()}
    for item in now.values():
        if item.window.kind in ("session", "consult-review"):
            assert late[item.window.kind] >= item.days_late


@settings(max_examples=120, deadline=None)
@given(candidate=candidates, day=days, words=st.lists(st.builds(missed, days.map(str)) | st.builds(declined, days.map(str)), min_size=1, max_size=3))
def test_missed_and_declined_change_no_session(windows_of: Any, candidate: DueCandidate, day: date, words: list[Appointment]) -> None:
    def session(of: tuple[Appointment, ...]) -> list[tuple[str, int, date]]:
        told = candidate._replace(appointments=of)
        return [(item.status, item.days_late, item.window.due) for item in due_on([told], Rules(windows_of), day) if item.window.kind == "session"]

    assert session((*candidate.appointments, *words)) == session(candidate.appointments)


@settings(max_examples=120, deadline=None)
@given(candidate=candidates, day=days)
def test_the_agreed_day_stays_inside_the_window(windows_of: Any, candidate: DueCandidate, day: date) -> None:
    for item in due_on([candidate], Rules(windows_of), day):
        window = item.window
        assert window.earliest <= window.due and (window.latest is None or window.due <= window.latest)
