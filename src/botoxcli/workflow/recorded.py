"""A visit's record out of the ledger, whole: as it was when it was made, with its findings and what was said to them."""

from __future__ import annotations

from botoxcli.clinic.past_visit import PastFinding, WholeVisit
from botoxcli.clinic.records import AdverseEventTold, AnswerGiven, Consult, EventResolved, FindingRecorded, FollowUpVisit, Visit
from botoxcli.workflow.standing import session_from


def record_from(visit: WholeVisit) -> Visit:
    """The consult, session or follow-up that a visit is."""
    kinds = {"consult": consult_from, "session": session_from, "follow-up": follow_up_from}
    record: Visit = kinds[visit.head.kind](visit)
    return record.model_copy(update={"findings": tuple(map(_finding, visit.findings))})


def consult_from(visit: WholeVisit) -> Consult:
    """A consult's record."""
    return Consult.recorded(
        patient=visit.head.patient,
        date=visit.head.date,
        answers=_answers(visit),
        decision=visit.head.decision or "needs-review",
        decided=visit.head.decided,
        reason=visit.reason,
        jurisdiction="eu-uk" if visit.jurisdiction == "eu-uk" else "us",
    )


def follow_up_from(visit: WholeVisit) -> FollowUpVisit:
    """A follow-up's record."""
    events = tuple(AdverseEventTold.recorded(**{name: getattr(event, name) for name in AdverseEventTold.model_fields}) for event in visit.events)
    resolved = tuple(EventResolved.recorded(event=event, resolved_on=day) for event, day in visit.resolved)
    return FollowUpVisit.recorded(
        patient=visit.head.patient, date=visit.head.date, answers=_answers(visit), events=events, resolved=resolved, note=visit.note
    )


def _answers(visit: WholeVisit) -> tuple[AnswerGiven, ...]:
    return tuple(AnswerGiven.recorded(question=question, value=value) for question, value in visit.answers)


def _finding(finding: PastFinding) -> FindingRecorded:
    return FindingRecorded.recorded(**{name: getattr(finding, name) for name in FindingRecorded.model_fields})
