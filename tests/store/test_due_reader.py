"""Who is read for the daily list, and who is not: whoever came and left costs nothing, and nobody who may be due is missing."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botoxcli.clinic.dates import Span, after
from botoxcli.clinic.due_candidate import Appointment, FollowUpRule
from botoxcli.clinic.interruptions import RESPONSE_STOP, stops_in_view
from botoxcli.clinic.quiet_course import Quiet
from botoxcli.clinic.records import AdverseEventTold
from botoxcli.store.reader import open_ledger

FIRST, SECOND = date(2026, 1, 6), date(2026, 3, 31)
days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
spans = st.lists(st.builds(Span, st.integers(1, 60), st.sampled_from(["days", "weeks", "months"])), max_size=3)


def reviewed_until(latest: Span | None) -> FollowUpRule:
    """The review after a stop of an edition that lets it stand so long."""
    return RESPONSE_STOP._replace(latest=latest)


@given(stopped=days, later=st.integers(0, 400), lasts=spans)
def test_no_stop_whose_review_stands_is_out_of_view(stopped: date, later: int, lasts: list[Any]) -> None:
    day = stopped + timedelta(days=later)
    since = stops_in_view(map(reviewed_until, lasts), day)
    assert since is not None
    assert RESPONSE_STOP.latest
    if any(after(stopped, last) >= day for last in (*lasts, RESPONSE_STOP.latest)):
        assert stopped >= since


def test_a_review_that_stands_for_ever_keeps_every_stop_in_view() -> None:
    assert stops_in_view(map(reviewed_until, [Span(5, "months"), None]), SECOND) is None
    assert stops_in_view([], date(2026, 7, 31)) == date(2026, 2, 28)
    assert stops_in_view([reviewed_until(None)._replace(anchor="consult")], date(2026, 7, 31)) == date(2026, 2, 28)


@pytest.fixture
def practice(ledger: Path, change: Any, make: Any) -> Path:
    """Three patients with two sessions each; the second was stopped by a rule, the third has left."""
    with change() as c:
        edition = c.pin_edition(make.loaded)
        for number in range(1, 4):
            c.add_patient(make.patient(f"P{number}", name=f"Example {number}"))
            for on in (FIRST, SECOND):
                c.add_appointment(number, protocol="chronic-migraine", kind="missed", on=on - timedelta(days=1))
                c.record_session(make.session(f"P{number}", on), edition)
            c.add_appointment(number, protocol="chronic-migraine", kind="moved", on=SECOND, moved_to=date(2026, 7, 1))
    with change("patient archive") as c:
        c.archive_patient(2, on=date(2026, 4, 30), why="stopped", rules="nice-ta260")
        c.archive_patient(3, on=date(2026, 4, 30), why="moved-away")
    return ledger


def codes(ledger: Path, since: date | None) -> list[str]:
    with open_ledger(ledger) as reader:
        return [one.patient for one in reader.due_candidates(stopped_since=since)]


def test_who_was_stopped_is_read_while_the_review_may_stand(practice: Path) -> None:
    assert codes(practice, None) == codes(practice, date(2026, 4, 30)) == ["P1", "P2"]
    assert codes(practice, date(2026, 5, 1)) == ["P1"]


def test_the_list_reads_no_appointment_that_the_last_session_left_behind(practice: Path) -> None:
    moved = Appointment("moved", SECOND, date(2026, 7, 1))
    with open_ledger(practice) as reader:
        assert [one.appointments for one in reader.due_candidates()] == [(moved,), (moved,)]
        assert [len(one.appointments) for one in reader.due_candidates(1)] == [3]


class AllQuiet(Quiet):
    """Every course that is asked about is quiet."""

    def __init__(self) -> None:
        self.asked: list[tuple[str | None, ...]] = []

    def is_so(self, *told: str | None) -> bool:
        self.asked.append(told)
        return True


def test_only_a_course_that_days_alone_tell_of_can_be_quiet(ledger: Path, change: Any, make: Any) -> None:
    emergency, review = (AdverseEventTold(event=event, escalate=escalate) for event, escalate in (("breathing", "emergency"), ("ptosis", "review")))
    with change() as c:
        edition = c.pin_edition(make.loaded)
        for code in ("QUIET", "DECLINED", "MISSED", "PAUSED", "STOPPED", "EMERGENCY", "REVIEW", "RESOLVED"):
            c.add_patient(make.patient(code))
            c.record_consult(make.consult(code, decision="needs-review", decided="treat"), edition)
            c.record_session(make.session(code, FIRST), edition)
            told = {"EMERGENCY": emergency, "REVIEW": review, "RESOLVED": review.model_copy(update={"resolved_on": SECOND})}.get(code)
            c.record_follow_up(make.follow_up(code, SECOND, events=(told,) if told else ()), edition)
        for number, kind in ((2, "declined"), (3, "missed")):
            c.add_appointment(number, protocol="chronic-migraine", kind=kind, on=SECOND)
        c.pause_patient(4, until=FIRST, reason="Long over")
        c.archive_patient(5, on=SECOND, why="stopped", rules="nice-ta260")
    quiet = AllQuiet()
    with open_ledger(ledger) as reader:
        assert [one.patient for one in reader.due_candidates(quiet=quiet)] == ["DECLINED", "EMERGENCY", "PAUSED", "REVIEW", "STOPPED"]
    assert quiet.asked == [(FIRST.isoformat(), SECOND.isoformat(), "2026-01-05", "needs-review", "treat")] * 3  # QUIET, MISSED, RESOLVED


def test_names_are_read_of_those_that_are_asked_for(practice: Path) -> None:
    with open_ledger(practice) as reader:
        assert reader.names(["P3", "P1", "none", "P2"]) == {f"P{number}": f"Example {number}" for number in range(1, 4)}
        assert reader.names([]) == {}
