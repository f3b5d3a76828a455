"""Two versions of a visit, told as what changed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from botoxcli.clinic.records import (
    AdverseEventTold,
    AnswerGiven,
    Consult,
    EventResolved,
    FindingRecorded,
    FollowUpVisit,
    Injection,
    Session,
    VialUse,
    Visit,
)
from botoxcli.clinic.visit_changes import changes

DAY = date(2026, 3, 9)
LOTS = {1: "C1234", 2: "C1234", 3: "D5"}


def site(name: str, hundredths: int, planned: int = 500, **given: Any) -> Injection:
    state = "extra" if not planned else "skipped" if not hundredths else "given" if hundredths == planned else "changed"
    values = {"site": name, "muscle": name, "side": "midline", "planned_hundredths": planned, "hundredths": hundredths, "state": state}
    return Injection.model_validate({**values, **given})


def session(*sites: Injection, vial: int = 1, **given: Any) -> Session:
    total = sum(one.hundredths for one in sites)
    vials = (VialUse(vial_id=vial, given_hundredths=total, wasted_hundredths=20_000 - total),)
    values = {"patient": "P1", "date": DAY, "product": "toxin", "injections": sites, "vials": vials, "jurisdiction": "us"}
    return Session.model_validate({**values, **given})


def consult(**given: Any) -> Consult:
    return Consult.model_validate({"patient": "P1", "date": DAY, "decision": "eligible", "jurisdiction": "us", **given})


def follow_up(**given: Any) -> FollowUpVisit:
    return FollowUpVisit.model_validate({"patient": "P1", "date": DAY, **given})


def answered(**answers: str) -> tuple[AnswerGiven, ...]:
    return tuple(AnswerGiven(question=name, value=value) for name, value in answers.items())


WARN = FindingRecorded(id="site-dose", level="warn", because="other than planned", resolution="accepted")
CASES: list[tuple[Visit, Visit, list[str]]] = [
    (session(site("a", 500)), session(site("a", 500)), []),
    (session(site("a", 500)), session(site("a", 500), date=date(2026, 3, 10)), ["day: 2026-03-09 -> 2026-03-10"]),
    (session(site("a", 500)), session(site("a", 250)), ["a: 5 U -> 2.5 U", "total: 5 U -> 2.5 U"]),
    (
        session(site("a", 500), site("b", 500)),
        session(site("a", 500), site("b", 0, reason="scar")),
        ["b: 5 U -> skipped (scar)", "total: 10 U -> 5 U"],
    ),
    (session(site("a", 500)), session(site("a", 500), site("b", 500, 0)), ["b: none -> 5 U extra", "total: 5 U -> 10 U"]),
    (session(site("a", 500)), session(site("a", 500), vial=3), ["vials: C1234 -> D5"]),
    (session(site("a", 500)), session(site("a", 500), vial=2), ["vials: C1234 -> C1234 (another vial)"]),
    (
        session(site("a", 500), diluent_ul=4000, minutes=15),
        session(site("a", 500), diluent_ul=2000, reconstituted_at=datetime(2026, 3, 9, 8, tzinfo=UTC), injector="Nurse", ended_early=True),
        [
            "diluent: 4.00 mL -> 2.00 mL",
            "reconstituted: none -> 2026-03-09 08:00 UTC",
            "minutes: 15 -> none",
            "injector: none -> Nurse",
            "ended early: no -> yes",
        ],
    ),
    (session(site("a", 500)), session(site("a", 500), findings=(WARN,)), ["finding site-dose: none -> warn, other than planned; accepted"]),
    (
        consult(answers=answered(months="6"), findings=(FindingRecorded(id="months", level="warn", because="months unknown"),)),
        consult(answers=answered(months="2"), decision="not-eligible", decided="treat", reason="agreed"),
        [
            "months: 6 -> 2",
            "decision: eligible -> not-eligible",
            "practitioner's decision: none -> treat",
            "its reason: none -> agreed",
        ],
    ),
    (
        follow_up(events=(AdverseEventTold(event="neck-pain", severity="mild"),)),
        follow_up(
            events=(AdverseEventTold(event="neck-pain", severity="severe", onset=DAY, resolved_on=DAY), AdverseEventTold(event="headache")),
            resolved=(EventResolved(event="eyelid-ptosis", resolved_on=DAY),),
            note="Tired",
        ),
        [
            "event neck-pain: mild -> severe, onset 2026-03-09, resolved 2026-03-09",
            "event headache: none -> told",
            "resolved eyelid-ptosis: none -> 2026-03-09",
            "note: none -> Tired",
        ],
    ),
]

CASES += [  # that no event was told is an answer too, and is said with the events
    (follow_up(events=(AdverseEventTold(event="headache"),)), follow_up(answers=answered(event="none")), ["event headache: told -> none"]),
    (follow_up(answers=answered(event="none")), follow_up(events=(AdverseEventTold(event="headache"),)), ["event headache: none -> told"]),
    (follow_up(), follow_up(answers=answered(event="none")), ["events: not asked -> asked, none"]),
    (follow_up(answers=answered(event="none")), follow_up(answers=answered(event="none")), []),
]


@pytest.mark.parametrize(("old", "new", "said"), CASES)
def test_what_changed_is_said_line_by_line(old: Visit, new: Visit, said: list[str]) -> None:
    assert list(changes(old, new, LOTS)) == said
