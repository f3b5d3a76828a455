"""A consult put right: the patch laid over its answers, weighed again under the edition and the jurisdiction that it was recorded under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from botoxcli.clinic.answers import consult_questions
from botoxcli.clinic.decisions import OwnDecision
from botoxcli.clinic.findings import require_settled, resolve
from botoxcli.clinic.past_visit import WholeVisit
from botoxcli.errors import ValueRefused
from botoxcli.workflow.amend_session import in_order
from botoxcli.workflow.consult import ConsultRequest, consult_record, standing_outcome, weigh
from botoxcli.workflow.correction import Corrected, Correction, Settled, answered, put_right, refuse_no_change
from botoxcli.workflow.recheck import Course
from botoxcli.workflow.recorded import record_from

if TYPE_CHECKING:
    from botoxcli.store.recorder import Change

NewDecision = Literal["treat", "defer", "decline", "none"]


@dataclass(frozen=True)
class ConsultPatch:
    """What should read otherwise; what is empty or None stays. ``decided`` ``none`` takes the practitioner's own decision back."""

    on: date | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    decided: NewDecision | None = None
    why_decided: str | None = None
    settled: Settled = field(default_factory=Settled)

    def content(self) -> dict[str, object]:
        """What makes two corrections the same one, for a retry under one key."""
        return {
            "on": self.on.isoformat() if self.on else None,
            "answers": dict(self.answers),
            "decided": self.decided,
            "why_decided": self.why_decided,
            **self.settled.content(),
        }


def amend_consult(change: Change, course: Course, visit: WholeVisit, patch: ConsultPatch, how: Correction) -> Corrected:
    """Weighs the consult as it should have been and writes its next version. Raises ValueRefused, StoppedByRule."""
    head = visit.head
    edition = course.editions(head.edition_id)
    decided, reason = _own_decision(visit, patch, how)
    request = ConsultRequest(
        patient=head.patient,
        on=patch.on or head.date,
        answers=in_order(consult_questions(edition.protocol), {**dict(visit.answers), **patch.answers}),
        decided=decided,
        reason=reason,
    )
    if request.on > how.today:
        raise ValueRefused("--on", "the day lies in the future")
    outcome = weigh(change.reader, edition, request, instead_of=head.visit, under="eu-uk" if visit.jurisdiction == "eu-uk" else "us")
    settled = answered(visit, (), outcome.warnings, patch.settled)
    outcome = replace(outcome, warnings=resolve(outcome.warnings, settled.accepted, {}))
    after = consult_record(outcome, request)
    refuse_no_change(record_from(visit), after)
    require_settled(outcome.warnings)
    return put_right(change, course, visit, after, outcome, how)


def _own_decision(visit: WholeVisit, patch: ConsultPatch, how: Correction) -> tuple[OwnDecision | None, str | None]:
    """The practitioner's own decision and its reason: a new decision without one has the correction's."""
    if patch.decided == "none":
        return None, None
    decided = patch.decided or visit.head.decided
    if decided is None:
        if patch.why_decided:
            raise ValueRefused("--decide-reason", "there is no decision that it could be the reason of", "Give --decide too.")
        return None, None
    kept = visit.reason if decided == visit.head.decided else how.reason
    return decided, patch.why_decided or kept


def standing_consult(visit: WholeVisit) -> Corrected:
    """The consult as it stands, for a retry."""
    head = visit.head
    return Corrected(head.visit, "consult", head.patient, head.date, head.edition_id, standing_outcome(visit), standing=True)
