"""A follow-up: outcomes and adverse events, checked and recorded as one change; with it, what an escalating event asks for at once.

``prepare`` reads, ``build`` decides, ``record`` does both again inside the transaction and writes. Nothing here asks or prints.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from botoxcli.clinic.adverse_events import EVENT, NONE, ToDo, what_to_do
from botoxcli.clinic.findings import Finding, require_settled, resolve
from botoxcli.clinic.history import PastSession, PatientHistory
from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.clinic.out_of_order import out_of_order
from botoxcli.clinic.outcomes import check_outcomes, whole_answers
from botoxcli.clinic.past_visit import WholeVisit
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.records import AdverseEventTold, AnswerGiven, EventResolved, FollowUpVisit
from botoxcli.clinic.told_outcomes import DIARY_DAYS, CountWindow, Outcome, count_window, outcomes_of
from botoxcli.errors import ValueRefused
from botoxcli.workflow.recording import refuse_forgotten
from botoxcli.workflow.session import Edition, recorded
from botoxcli.workflow.standing import findings_from, standing_visit

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader
    from botoxcli.store.recorder import Recorder


@dataclass(frozen=True)
class FollowUpPlan:
    """What the ledger says before a follow-up: who, and what came before. ``corrects`` is the number of one that is being corrected.

    ``ended`` are the events of that one, by id, whose end a later follow-up told.
    """

    edition: Edition
    patient: KnownPatient
    history: PatientHistory
    corrects: int | None = None
    ended: Mapping[str, date] = field(default_factory=dict)

    @property
    def protocol(self) -> Protocol:
        return self.edition.protocol

    def session_before(self, day: date) -> PastSession | None:
        """The session of this protocol that a follow-up on a day follows."""
        before = [one for one in self.history.sessions if one.date <= day and one.protocol == self.protocol.id]
        return before[-1] if before else None

    def to_do(self, events: Iterable[AdverseEventTold], on: date) -> ToDo | None:
        """What the events of a follow-up on a day ask for at once, but for those that have ended since."""
        still = [one for one in events if self.ended.get(one.event, date.min) < (one.onset or on)]
        return what_to_do(self.protocol, still)


@dataclass(frozen=True)
class FollowUpRequest:
    """What the person said. ``events`` empty is the answer "none"; None is no answer, and cannot be recorded."""

    patient: str
    on: date
    answers: Mapping[str, str] = field(default_factory=dict)
    events: tuple[AdverseEventTold, ...] | None = None
    resolved: tuple[EventResolved, ...] = ()
    accepted: frozenset[str] = frozenset()
    overridden: Mapping[str, str] = field(default_factory=dict)
    note: str | None = None

    def content(self) -> dict[str, object]:
        """What makes two requests the same one, for a retry under one key."""
        return {
            "patient": self.patient,
            "on": self.on.isoformat(),
            "answers": dict(self.answers),
            "events": [one.model_dump(mode="json") for one in self.events or ()],
            "resolved": [one.model_dump(mode="json") for one in self.resolved],
            "accepted": sorted(self.accepted),
            "overridden": dict(self.overridden),
            **({"note": self.note} if self.note else {}),
        }


@dataclass(frozen=True)
class FollowUpOutcome:
    """A follow-up as it is or would be recorded. ``follows`` is the session before it; ``visit`` is None for a rehearsal."""

    patient: str
    on: date
    outcomes: tuple[Outcome, ...]
    answers: Mapping[str, str]
    window: CountWindow
    events: tuple[AdverseEventTold, ...]
    resolved: tuple[EventResolved, ...]
    to_do: ToDo | None
    findings: tuple[Finding, ...]
    follows: PastSession | None
    visit: int | None = None
    standing: bool = False
    note: str | None = None


def prepare(reader: Reader, edition: Edition, patient: str) -> FollowUpPlan:
    """Reads all that a follow-up needs. Raises NotFound or Ambiguous for the patient."""
    known = reader.find_patient(patient)
    refuse_forgotten(reader, known)
    return FollowUpPlan(edition, known, reader.patient_history(known.patient_id))


def check_values(plan: FollowUpPlan, request: FollowUpRequest, *, today: date) -> None:
    """What can never be: refused outright, whatever is accepted or overridden."""
    if request.on > today:
        raise ValueRefused("--on", "the day lies in the future")
    born = plan.patient.born
    if born and request.on < born:
        raise ValueRefused("--on", "the day lies before the patient's birth")
    for told in request.events or ():
        if born and told.onset and told.onset < born:
            raise ValueRefused(f"--event {told.event},onset", "the day lies before the patient's birth")
    session = plan.session_before(request.on)
    check_outcomes(plan.protocol, request.answers, on=request.on, session_on=session.date if session else None)


def findings_of(plan: FollowUpPlan, request: FollowUpRequest) -> tuple[Finding, ...]:
    """What is to be known or accepted, each with what was said to it."""
    return resolve(_findings(plan, request), request.accepted, request.overridden)


def _findings(plan: FollowUpPlan, request: FollowUpRequest) -> list[Finding]:
    found = list(out_of_order(plan.history, request.on, visit=plan.corrects))
    same = [visit for visit, day in plan.history.follow_ups if day == request.on]
    if same:
        because = f"a follow-up on {request.on.isoformat()} stands already (visit {same[0]})"
        found.append(Finding("duplicate-visit", plan.protocol.level("duplicate-visit"), because, "practice"))
    crossed = count_window(request.on).crosses(one.date for one in plan.history.sessions if one.protocol == plan.protocol.id)
    if crossed and DIARY_DAYS in request.answers:
        because = f"the 28 days hold the session of {crossed.isoformat()}: they belong to two cycles, so the response does not use them"
        found.append(Finding("window-crosses-session", "note", because, "practice"))
    return found


def build(plan: FollowUpPlan, request: FollowUpRequest) -> tuple[FollowUpVisit, FollowUpOutcome]:
    """The record, and what is told of it."""
    answers = whole_answers(plan.protocol, request.answers)
    events = request.events or ()
    findings = findings_of(plan, request)
    said = {**answers, **({EVENT: NONE} if request.events == () else {})}
    visit = FollowUpVisit(
        patient=plan.patient.code,
        date=request.on,
        answers=tuple(AnswerGiven(question=question, value=value) for question, value in said.items()),
        findings=tuple(recorded(finding, request.overridden) for finding in findings),
        events=events,
        resolved=request.resolved,
        note=request.note,
    )
    outcome = FollowUpOutcome(
        patient=plan.patient.code,
        on=request.on,
        outcomes=outcomes_of(plan.protocol, answers),
        answers=answers,
        window=count_window(request.on),
        events=events,
        resolved=request.resolved,
        to_do=plan.to_do(events, request.on),
        findings=findings,
        follows=plan.session_before(request.on),
        note=request.note,
    )
    return visit, outcome


def record(
    recorder: Recorder,
    edition: Edition,
    request: FollowUpRequest,
    *,
    actor: str,
    today: date,
    now: datetime,
    key: str | None,
    dry_run: bool = False,
) -> FollowUpOutcome:
    """Checks again inside the transaction and writes one change. Raises StoppedByRule for a warning that was not accepted.

    A retry under the same key writes nothing and gives the standing visit. A rehearsal (``dry_run``) checks all and writes nothing.
    """
    with recorder.change(command="follow-up", actor=actor, at=now, key=key) as change:
        plan = prepare(change.reader, edition, request.patient)
        check_values(plan, request, today=today)
        if key and (entry := change.standing(key, request.content())) is not None:
            return standing_outcome(plan, standing_visit(change.reader, entry))
        visit, outcome = build(plan, request)
        require_settled(outcome.findings)
        if dry_run:
            return outcome
        number = change.record_follow_up(visit, change.pin_edition(edition))
        if key:
            change.drop_draft(key)
    return replace(outcome, visit=number)


def ended_later(visit: WholeVisit) -> dict[str, date]:
    """The events of a follow-up, by id, whose end a later one told."""
    return {one.event: one.resolved_later for one in visit.events if one.resolved_later}


def standing_outcome(plan: FollowUpPlan, visit: WholeVisit) -> FollowUpOutcome:
    """The follow-up as it was recorded."""
    answers = {question: value for question, value in visit.answers if question != EVENT}
    events = tuple(AdverseEventTold.model_validate({name: getattr(one, name) for name in AdverseEventTold.model_fields}) for one in visit.events)
    return FollowUpOutcome(
        patient=visit.head.patient,
        on=visit.head.date,
        outcomes=outcomes_of(plan.protocol, answers),
        answers=answers,
        window=count_window(visit.head.date),
        events=events,
        resolved=tuple(EventResolved(event=event, resolved_on=day) for event, day in visit.resolved),
        to_do=replace(plan, ended=ended_later(visit)).to_do(events, visit.head.date),
        findings=findings_from(visit),
        follows=plan.session_before(visit.head.date),
        visit=visit.head.visit,
        standing=True,
        note=visit.note,
    )
