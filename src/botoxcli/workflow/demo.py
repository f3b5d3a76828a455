"""A small fictitious practice: seven people who do not exist, each at another point of their course, reckoned back from a day.

Everything is recorded through the same workflows as real visits, with the same rules. Names are plainly made up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.decisions import OwnDecision
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.quantity import text
from botoxcli.clinic.questions import Condition, Question
from botoxcli.clinic.records import AdverseEventTold, NewPatient, NewVial
from botoxcli.workflow import consult as consults
from botoxcli.workflow import follow_up as follow_ups
from botoxcli.workflow import session as sessions
from botoxcli.workflow.session import Edition

if TYPE_CHECKING:
    from botoxcli.store.recorder import Recorder

ACTOR = "Dr Example"
SETTINGS = {"practice": "Example Headache Practice", "practitioner": ACTOR, "time-zone": "UTC", "jurisdiction": "us"}
LOT = "DEMO1"


@dataclass(frozen=True)
class Asked:
    """A follow-up so many days ago: headache days of 28 diary days, other outcomes, and mild events that lasted a week from 12 days before."""

    days: int
    headache_days: int
    others: tuple[tuple[str, str], ...] = ()
    events: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """Somebody made up: how many days ago the consult was, each session and follow-up, and which answers differ from the usual ones."""

    code: str
    name: str
    born: date
    consult: int
    sessions: tuple[int, ...] = ()
    asked: tuple[Asked, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    skipped: tuple[tuple[str, str], ...] = ()
    decided: OwnDecision | None = None
    reason: str | None = None


BETTER = (Asked(276, 15, events=("neck-pain",)), Asked(201, 12, (("hit-6", "58"),)), Asked(111, 9, (("hit-6", "52"), ("wear-off-day", "75"))))
SHOWN = Person("D001", "Ada Example", date(1980, 2, 29), 7, (0,))
PEOPLE = (
    Person("D002", "Ben Sample", date(1975, 6, 1), 300, (290, 200, 110), BETTER, skipped=(("temporalis-left-4", "haematoma last time"),)),
    Person("D003", "Cleo Placeholder", date(1991, 11, 12), 30, (12,)),
    Person("D004", "Dan Specimen", date(1968, 3, 3), 20, answers=(("anticoagulant", "yes"),)),
    Person("D005", "Eve Madeup", date(1985, 9, 9), 3),
    Person("D006", "Finn Fictitious", date(1999, 1, 31), 40, answers=(("headache-days", "9"), ("migraine-days", "6"))),
    Person("D007", "Gil Nobody", date(1970, 7, 7), 120, (86,), answers=(("aminoglycoside", "unknown"),), decided="treat", reason="none on the list"),
)


def usual_answers(protocol: Protocol) -> dict[str, str]:
    """Answers to the protocol's criteria that speak for treatment."""
    return {criterion.id: _favourable(criterion, criterion.rule) for criterion in protocol.criteria if criterion.type != "age"}


def _favourable(question: Question, rule: tuple[str, Condition] | None) -> str:
    wanted = rule is not None and rule[0] in ("require", "advise")
    condition = rule[1] if rule else None
    if question.type == "number":
        lowest, highest = question.min or Decimal(0), question.max or Decimal(0)
        if condition and condition.at_least is not None:
            return text(min(condition.at_least + 4 * question.step, highest))
        return text(condition.more_than + 9 if condition and condition.more_than is not None else lowest + 4 * question.step)
    if condition and condition.one_of and wanted:
        return condition.one_of[-1]
    return question.choices[-1] if question.choices else "no"


def chair_answers(protocol: Protocol) -> dict[str, str]:
    """Chair answers that raise nothing."""
    return {question.id: next(word for word in ("no", "yes") if word not in question.raises.when) for question in protocol.chair}


def furnish(recorder: Recorder, edition: Edition, *, today: date, now: datetime) -> tuple[consults.ConsultOutcome, sessions.SessionOutcome]:
    """Stock and patients; gives the consult and the session of the one who is shown."""
    with recorder.change(command="vial add", actor=ACTOR, at=now) as change:
        vials = NewVial(lot=LOT, product=edition.protocol.product.name, hundredths=20_000, expires=today + timedelta(days=300), count=8)
        change.add_vials(vials, today - timedelta(days=300))
    for person in PEOPLE:
        _consult(recorder, edition, person, today, now)
        asked = {one.days: one for one in person.asked}
        for days in sorted({*person.sessions, *asked}, reverse=True):
            if days in asked:
                _follow_up(recorder, edition, person, asked[days], today, now)
            else:
                _session(recorder, edition, person, days, today, now)
    consulted = _consult(recorder, edition, SHOWN, today, now)
    return consulted, _session(recorder, edition, SHOWN, 0, today, now)


def _consult(recorder: Recorder, edition: Edition, person: Person, today: date, now: datetime) -> consults.ConsultOutcome:
    request = consults.ConsultRequest(
        patient=person.code,
        on=today - timedelta(days=person.consult),
        answers={**usual_answers(edition.protocol), **dict(person.answers)},
        identity=NewPatient(code=person.code, name=person.name, born=person.born),
        decided=person.decided,
        reason=person.reason,
    )
    return consults.record(recorder, edition, request, actor=ACTOR, today=today, now=now, key=None)


def _follow_up(recorder: Recorder, edition: Edition, person: Person, asked: Asked, today: date, now: datetime) -> None:
    on = today - timedelta(days=asked.days)
    onset, end = on - timedelta(days=12), on - timedelta(days=5)
    request = follow_ups.FollowUpRequest(
        patient=person.code,
        on=on,
        answers={"headache-days": str(asked.headache_days), "diary-days": "28", **dict(asked.others)},
        events=tuple(AdverseEventTold(event=event, severity="mild", onset=onset, related="yes", resolved_on=end) for event in asked.events),
    )
    follow_ups.record(recorder, edition, request, actor=ACTOR, today=today, now=now, key=None)


def _session(recorder: Recorder, edition: Edition, person: Person, days: int, today: date, now: datetime) -> sessions.SessionOutcome:
    checklist = Checklist(edition.protocol)
    for site, reason in person.skipped:
        checklist = checklist.skip(site, reason)
    request = sessions.SessionRequest(
        patient=person.code,
        on=today - timedelta(days=days),
        checklist=checklist.give_rest(),
        answers=chair_answers(edition.protocol),
        lots=(LOT,),
        minutes=15,
        injector=ACTOR,
    )
    return sessions.record(recorder, edition, request, actor=ACTOR, today=today, now=now, key=None)
