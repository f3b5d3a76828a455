"""The flags of ``botox follow-up`` as a request: the patient first, then the values, then what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from botoxcli.cli.given import accepted_ids, answers_given, overridden_ids, pairs
from botoxcli.cli.texts import clean_text
from botoxcli.clinic.adverse_events import read_events, read_resolved, still_open
from botoxcli.clinic.outcomes import missing_outcomes, outcome_questions
from botoxcli.clinic.protocol import Protocol
from botoxcli.errors import MissingInput
from botoxcli.workflow.follow_up import FollowUpPlan, FollowUpRequest


@dataclass(frozen=True)
class FollowUpFlags:
    """The options as they were typed."""

    patient: str
    answer: tuple[str, ...] = ()
    answers: str | None = None
    event: tuple[str, ...] = ()
    resolved: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    override: tuple[str, ...] = ()
    note: str | None = None


def begin(plan: FollowUpPlan, flags: FollowUpFlags, *, today: date, on: date) -> FollowUpRequest:
    """The request that the flags make. Raises ValueRefused, UsageError."""
    protocol = plan.protocol
    events = read_events(protocol, flags.event, today=today, on=on)
    open_events = still_open(plan.history.events, on)
    resolved, told = read_resolved(pairs("--resolved", flags.resolved), open_events, events or (), today=today, on=on)
    return FollowUpRequest(
        patient=plan.patient.code,
        on=on,
        answers=answers_given(outcome_questions(protocol), flags.answer, flags.answers),
        events=None if events is None else told,
        resolved=resolved,
        accepted=accepted_ids(flags.accept, protocol),
        overridden=overridden_ids(flags.override, protocol),
        note=clean_text("--note", flags.note) if flags.note is not None else None,
    )


def require_whole(request: FollowUpRequest, protocol: Protocol) -> None:
    """Raises MissingInput naming every flag that a script still owes."""
    owed = [f"--answer {question}=..." for question in missing_outcomes(protocol, request.answers)]
    if request.events is None:
        owed.append("--event ID=SEVERITY or --event none")
    if owed:
        raise MissingInput(owed)
