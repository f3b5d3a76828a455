"""A consult: answers -> the rules' decision, beside it the practitioner's own; a new code makes the patient in the same change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from botoxcli.clinic.decisions import Decision, OwnDecision
from botoxcli.clinic.duplicates import duplicate_findings
from botoxcli.clinic.eligibility import decide, judge
from botoxcli.clinic.findings import Finding, require_settled, resolve
from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.clinic.out_of_order import out_of_order
from botoxcli.clinic.past_visit import WholeVisit
from botoxcli.clinic.protocol import Jurisdiction
from botoxcli.clinic.records import AnswerGiven, Consult, NewPatient
from botoxcli.errors import Ambiguous, NotFound, ValueRefused
from botoxcli.workflow.recording import refuse_forgotten
from botoxcli.workflow.session import Edition, recorded
from botoxcli.workflow.standing import findings_from, standing_visit

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader
    from botoxcli.store.recorder import Recorder


@dataclass(frozen=True)
class ConsultRequest:
    """What the person said. ``identity`` is the name and birth date that were given: a new code makes the patient of them."""

    patient: str
    on: date
    answers: Mapping[str, str] = field(default_factory=dict)
    identity: NewPatient | None = None
    decided: OwnDecision | None = None
    reason: str | None = None
    accepted: frozenset[str] = frozenset()

    def content(self) -> dict[str, object]:
        """What makes two requests the same one, for a retry under one key."""
        who = self.identity
        return {
            "patient": self.patient,
            "on": self.on.isoformat(),
            "answers": dict(self.answers),
            "identity": [who.name, who.born.isoformat()] if who else None,
            "decided": self.decided,
            "reason": self.reason,
            "accepted": sorted(self.accepted),
        }


@dataclass(frozen=True)
class ConsultOutcome:
    """The decision with each criterion judged. ``warnings`` are about the record itself (a duplicate), not about the patient's fit."""

    patient: str
    on: date
    decision: Decision
    findings: tuple[Finding, ...]
    decided: OwnDecision | None
    jurisdiction: Jurisdiction
    warnings: tuple[Finding, ...] = ()
    visit: int | None = None
    standing: bool = False


def find_or_new(reader: Reader, patient: str, named: str | None = None) -> KnownPatient | None:
    """The patient, or None when the words fit nobody and so may be a new code. Raises Ambiguous when they fit several.

    With a name (``named``) beside them the words are a code: a part of somebody else's name is none.
    """
    try:
        found = reader.find_patient(patient)
    except NotFound:
        return None
    except Ambiguous:
        if named is None:
            raise
        return None
    return found if named in (None, found.name) or found.code.casefold() == patient.strip().casefold() else None


def jurisdiction_of(reader: Reader) -> Jurisdiction:
    """Whose rules hold in this practice."""
    return "eu-uk" if reader.settings()["jurisdiction"] == "eu-uk" else "us"


def weigh(
    reader: Reader, edition: Edition, request: ConsultRequest, *, instead_of: int | None = None, under: Jurisdiction | None = None
) -> ConsultOutcome:
    """The decision on what is known now, and the warnings about the record. Raises NotFound when there is no such patient and none to make.

    A correction names the visit that it stands ``instead_of``, and the jurisdiction ``under`` which that was recorded.
    """
    known = find_or_new(reader, request.patient, request.identity.name if request.identity else None)
    if known and instead_of is None:
        refuse_forgotten(reader, known)
    jurisdiction = under or jurisdiction_of(reader)
    born, code = _who(known, request.identity)
    if born and request.on < born:
        raise ValueRefused("--on", "the day lies before the patient's birth")
    judged = judge(edition.protocol, request.answers, born=born, on=request.on, jurisdiction=jurisdiction)
    warnings = resolve(_warnings(reader, edition, request, known, instead_of), request.accepted, {})
    return ConsultOutcome(code, request.on, decide(judged), tuple(item.finding() for item in judged), request.decided, jurisdiction, warnings)


def _who(known: KnownPatient | None, new: NewPatient | None) -> tuple[date | None, str]:
    if known:
        return known.born, known.code
    if new is None:
        raise NotFound("patient", "For a new patient give --name and --born.")
    return new.born, new.code


def _warnings(reader: Reader, edition: Edition, request: ConsultRequest, known: KnownPatient | None, instead_of: int | None) -> tuple[Finding, ...]:
    level = edition.protocol.level
    if known is None:
        new = request.identity
        return duplicate_findings(reader.patients(), name=new.name, born=new.born, level=level("duplicate-patient")) if new else ()
    history = reader.patient_history(known.patient_id)
    late = tuple(out_of_order(history, request.on, visit=instead_of))
    same = [consult.visit for consult in history.consults if consult.date == request.on and consult.visit != instead_of]
    because = f"a consult on {request.on.isoformat()} stands already (visit {same[0]})" if same else ""
    return (Finding("duplicate-visit", level("duplicate-visit"), because, "practice"), *late) if same else late


def record(
    recorder: Recorder,
    edition: Edition,
    request: ConsultRequest,
    *,
    actor: str,
    today: date,
    now: datetime,
    key: str | None,
    dry_run: bool = False,
) -> ConsultOutcome:
    """Weighs again inside the transaction and writes one change: the patient when new, the consult, the edition it followed.

    Raises StoppedByRule for a warning that was not accepted. A retry under the same key gives the standing consult.
    """
    if request.on > today:
        raise ValueRefused("--on", "the day lies in the future")
    with recorder.change(command="consult", actor=actor, at=now, key=key) as change:
        standing = change.standing(key, request.content()) if key else None
        if standing is not None:
            return standing_outcome(standing_visit(change.reader, standing))
        outcome = weigh(change.reader, edition, request)
        require_settled(outcome.warnings)
        if dry_run:
            return outcome
        if request.identity and find_or_new(change.reader, request.identity.code, request.identity.name) is None:
            change.add_patient(request.identity)
        visit = change.record_consult(consult_record(outcome, request), change.pin_edition(edition))
        if key:
            change.drop_draft(key)
    return replace(outcome, visit=visit)


def standing_outcome(visit: WholeVisit) -> ConsultOutcome:
    """A consult as it was recorded, for a retry."""
    head = visit.head
    return ConsultOutcome(
        patient=head.patient,
        on=head.date,
        decision=head.decision or "needs-review",
        findings=tuple(finding for finding in findings_from(visit) if not finding.id.startswith("duplicate-") and finding.id != "out-of-order"),
        decided=head.decided,
        jurisdiction="eu-uk" if visit.jurisdiction == "eu-uk" else "us",
        visit=head.visit,
        standing=True,
    )


def consult_record(outcome: ConsultOutcome, request: ConsultRequest) -> Consult:
    """The consult as it is recorded."""
    findings = (*outcome.findings, *outcome.warnings)
    return Consult(
        patient=outcome.patient,
        date=request.on,
        answers=tuple(AnswerGiven(question=question, value=value) for question, value in request.answers.items()),
        findings=tuple(recorded(finding, {}) for finding in findings),
        decision=outcome.decision,
        decided=request.decided,
        reason=request.reason,
        jurisdiction=outcome.jurisdiction,
    )
