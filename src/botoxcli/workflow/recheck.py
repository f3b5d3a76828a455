"""A session that stands, held against the rules once more: with the history of the other visits, its own vials still its own.

What its record accepted or overrode counts for the same finding while that says the same (``findings.reopened``). After a correction the
patient's other sessions are checked so, each against what came before it, with the history as it was and as it is now: what is open only
now no longer holds. It is shown and blocks nothing. An imported session has no sites to check.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from botoxcli.clinic.checklist import Checklist, Tick
from botoxcli.clinic.due_candidate import PastEvent
from botoxcli.clinic.findings import Finding, reopened, unsettled
from botoxcli.clinic.history import Deviation, PastConsult, PastSession, PatientHistory
from botoxcli.clinic.past_visit import WholeVisit
from botoxcli.clinic.planned_dose import weight_grams
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.records import Consult, FollowUpVisit, Session, Visit
from botoxcli.clinic.stock_vial import StockVial
from botoxcli.workflow.session import Edition, SessionPlan, SessionRequest, findings_of

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader

Editions = Callable[[int], Edition]
ReadEdition = Callable[[str, str], Edition]
Past = TypeVar("Past", PastConsult, PastSession)


@dataclass(frozen=True)
class NoLongerHolds:
    """A warning or a stop that a session on record now meets and that nobody settled."""

    visit: int
    date: date
    finding: Finding

    def as_dict(self) -> dict[str, object]:
        one = self.finding
        return {"visit": self.visit, "date": self.date, "id": one.id, "level": one.level, "because": one.because, "source": one.source}


@dataclass(frozen=True)
class Course:
    """All that the re-checks of one patient's sessions read. ``editions`` gives the pinned edition of a number, read once."""

    history: PatientHistory
    sessions: tuple[WholeVisit, ...]
    stock: tuple[StockVial, ...]
    zone: str
    editions: Editions


def read_course(reader: Reader, patient_id: int, read: ReadEdition) -> Course:
    """Reads it. ``read`` makes a protocol of a pinned text and a name for it."""
    numbers = [head.visit for head in reader.visits(patient_id, "session")]
    history, sessions = reader.patient_history(patient_id), tuple(map(reader.visit, numbers))
    return Course(history, sessions, reader.stock(), reader.settings()["time-zone"], pinned_editions(reader, read))


def pinned_editions(reader: Reader, read: ReadEdition) -> Editions:
    """The editions of the ledger by their numbers, each read once."""
    known: dict[int, Edition] = {}

    def edition(edition_id: int) -> Edition:
        if edition_id not in known:
            known[edition_id] = read(reader.edition_text(edition_id), f"the ledger's edition {edition_id}")
        return known[edition_id]

    return edition


def plan_without(course: Course, visit: WholeVisit) -> SessionPlan:
    """What stood before a session if it had not been: its own version left out, its vials free again and its own."""
    own = frozenset(use.vial_id for use in visit.vials if use.vial_id is not None)
    return SessionPlan(
        edition=course.editions(visit.head.edition_id),
        patient=course.history.patient,
        history=without(course.history, visit.head.visit),
        stock=tuple(vial._replace(state="unused", visit=None) if vial.vial_id in own else vial for vial in course.stock),
        jurisdiction="eu-uk" if visit.jurisdiction == "eu-uk" else "us",
        zone=course.zone,
        kept=own,
        corrects=visit.head.visit,
    )


def request_of(visit: WholeVisit, protocol: Protocol, zone: str, recorded_at: datetime | None = None) -> SessionRequest:
    """A session on record as what was said for it. Its hour is known when it was recorded on its own day (``recorded_at``)."""
    at = recorded_at or visit.head.recorded_at
    return SessionRequest(
        patient=visit.head.patient,
        on=visit.head.date,
        checklist=checklist_of(visit, protocol),
        answers=dict(visit.answers),
        lots=tuple(use.lot for use in visit.vials),
        diluent_ul=visit.diluent_ul,
        reconstituted_at=visit.reconstituted_at,
        at=at if at.astimezone(ZoneInfo(zone)).date() == visit.head.date else None,
        minutes=visit.minutes,
        injector=visit.injector,
        accepted=frozenset(one.id for one in visit.findings if one.resolution == "accepted"),
        overridden={one.id: one.reason or "as recorded" for one in visit.findings if one.resolution == "overridden"},
    )


def checklist_of(visit: WholeVisit, protocol: Protocol) -> Checklist:
    """The sites as they were ticked."""
    ticks = {
        one.site: Tick(one.site, one.muscle, one.side, one.planned_hundredths, one.hundredths, one.reason)  # type: ignore[arg-type]
        for one in visit.injections
    }
    weight = weight_grams(dict(visit.answers))
    return Checklist(protocol, ticks, ended_early=visit.head.ended_early, weight=weight, passed=frozenset(protocol.muscles))


def without(history: PatientHistory, visit: int) -> PatientHistory:
    """The history as if a visit had never been."""
    return history._replace(
        consults=tuple(one for one in history.consults if one.visit != visit),
        sessions=tuple(one for one in history.sessions if one.visit != visit),
        follow_ups=tuple((number, day) for number, day in history.follow_ups if number != visit),
        events=tuple(one for one in history.events if one.visit != visit),
    )


def with_record(history: PatientHistory, visit: int, protocol: str, record: Visit) -> PatientHistory:
    """The history with a visit put right under its number."""
    others = without(history, visit)
    if isinstance(record, Consult):
        consult = PastConsult(visit, record.date, protocol, record.decision, record.decided)
        return history._replace(consults=_by_date([*others.consults, consult]))
    if isinstance(record, Session):
        session = PastSession(
            visit=visit,
            date=record.date,
            protocol=protocol,
            product=record.product,
            hundredths=record.hundredths,
            deviations=tuple(
                Deviation(one.site, one.state, one.planned_hundredths, one.hundredths, one.reason)
                for one in record.injections
                if one.state in ("changed", "skipped", "extra")
            ),
            answers=tuple((answer.question, answer.value) for answer in record.answers),
            doses=tuple((one.site, one.hundredths) for one in record.injections),
        )
        return history._replace(sessions=_by_date([*others.sessions, session]))
    if isinstance(record, FollowUpVisit):
        return _with_follow_up(history, others, visit, record)
    return history


def _with_follow_up(history: PatientHistory, others: PatientHistory, visit: int, record: FollowUpVisit) -> PatientHistory:
    """The events as this follow-up tells them now, and ends them; what a later one ended stays ended."""
    ended_later = {one.event for one in history.events if one.visit == visit and one.resolved}
    ends = {one.event: one.resolved_on for one in record.resolved}
    told = [
        PastEvent(visit, one.onset or record.date, one.event, one.severity, one.escalate, bool(one.resolved_on) or one.event in ended_later)
        for one in record.events
    ]
    earlier = [one._replace(resolved=one.resolved or ends.get(one.event, date.min) >= one.date) for one in others.events]
    return history._replace(
        follow_ups=tuple(sorted([*others.follow_ups, (visit, record.date)], key=lambda one: (one[1], one[0]))),
        events=tuple(sorted([*earlier, *told], key=lambda one: (one.date, one.visit))),
    )


def _before(history: PatientHistory, day: date, visit: int) -> PatientHistory:
    """What had come before a session: later visits are held against it in their turn, not it against them."""
    return history._replace(
        consults=tuple(one for one in history.consults if one.date <= day),
        sessions=tuple(one for one in history.sessions if (one.date, one.visit) < (day, visit)),
        follow_ups=tuple((number, told) for number, told in history.follow_ups if told <= day),
        events=tuple(one for one in history.events if one.date <= day),
        toxins=tuple(one for one in history.toxins if one.date <= day),
    )


def _by_date(visits: Iterable[Past]) -> tuple[Past, ...]:
    return tuple(sorted(visits, key=lambda one: (one.date, one.visit)))


def no_longer_holding(course: Course, after: PatientHistory, *, but: int | None = None) -> tuple[NoLongerHolds, ...]:
    """What is open at the patient's sessions with the history ``after`` and was not before. ``but`` is the visit that is corrected itself."""
    found = []
    for visit in course.sessions:
        if visit.head.visit == but or visit.head.state == "imported":
            continue
        was, now = _findings(course, visit), _findings(replace(course, history=after), visit)
        again = reopened(now, settled_saying(visit, was))
        still = unsettled(replace(one, resolution=None) if one.id in again else one for one in now)
        found += [NoLongerHolds(visit.head.visit, visit.head.date, finding) for finding in still if finding not in unsettled(was)]
    return tuple(found)


def settled_saying(visit: WholeVisit, was: Iterable[Finding]) -> dict[str, set[str]]:
    """What each finding said that the record settled: as it was recorded, and as the rules say it of the same record before a correction.

    The second is for what another wording, or the hour of the recording, makes of the same fact.
    """
    said = {one.id: {one.because} for one in visit.findings if one.resolution}
    for one in was:
        if one.id in said:
            said[one.id].add(one.because)
    return said


def _findings(course: Course, visit: WholeVisit) -> tuple[Finding, ...]:
    plan = plan_without(course, visit)
    plan = replace(plan, history=_before(plan.history, visit.head.date, visit.head.visit))
    return findings_of(plan, request_of(visit, plan.protocol, course.zone))
