"""A follow-up put right: the patch laid over its outcomes and events, checked as if it were recorded now on its day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from botoxcli.clinic.adverse_events import EVENT
from botoxcli.clinic.findings import require_settled
from botoxcli.clinic.past_visit import WholeVisit
from botoxcli.clinic.records import AdverseEventTold, EventResolved, FollowUpVisit
from botoxcli.errors import ValueRefused
from botoxcli.workflow.correction import Corrected, Correction, Settled, answered, put_right, refuse_no_change
from botoxcli.workflow.follow_up import FollowUpPlan, FollowUpRequest, build, check_values, ended_later, findings_of, standing_outcome
from botoxcli.workflow.recheck import Course, without
from botoxcli.workflow.recorded import record_from

if TYPE_CHECKING:
    from botoxcli.store.recorder import Change


@dataclass(frozen=True)
class FollowUpPatch:
    """What should read otherwise; what is empty or None stays. ``events`` are all of them: empty is the answer "none"."""

    on: date | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    events: tuple[AdverseEventTold, ...] | None = None
    resolved: tuple[EventResolved, ...] = ()
    note: str | None = None
    settled: Settled = field(default_factory=Settled)

    def content(self) -> dict[str, object]:
        """What makes two corrections the same one, for a retry under one key."""
        return {
            "on": self.on.isoformat() if self.on else None,
            "answers": dict(self.answers),
            "events": None if self.events is None else [one.model_dump(mode="json") for one in self.events],
            "resolved": [one.model_dump(mode="json") for one in self.resolved],
            **({} if self.note is None else {"note": self.note}),
            **self.settled.content(),
        }


def amend_follow_up(change: Change, course: Course, visit: WholeVisit, patch: FollowUpPatch, how: Correction) -> Corrected:
    """Checks the follow-up as it should have been and writes its next version. Raises ValueRefused, StoppedByRule."""
    plan = plan_of(course, visit)
    before = record_from(visit)
    if not isinstance(before, FollowUpVisit):
        raise TypeError("this visit is no follow-up")
    request = patched(before, patch)
    settled = answered(visit, findings_of(plan, patched(before, FollowUpPatch())), findings_of(plan, request), patch.settled)
    request = replace(request, accepted=settled.accepted, overridden=settled.overridden)
    check_values(plan, request, today=how.today)
    for told in request.events or ():
        if any(day and day > request.on for day in (told.onset, told.resolved_on)):
            raise ValueRefused("--on", "an event of this follow-up lies after this day", "Give --event anew, with its days.")
    after, outcome = build(plan, request)
    refuse_no_change(before, after)
    require_settled(outcome.findings)
    return put_right(change, course, visit, after, outcome, how)


def plan_of(course: Course, visit: WholeVisit) -> FollowUpPlan:
    """What stood before a follow-up if it had not been."""
    edition, history = course.editions(visit.head.edition_id), without(course.history, visit.head.visit)
    return FollowUpPlan(edition, course.history.patient, history, corrects=visit.head.visit, ended=ended_later(visit))


def patched(record: FollowUpVisit, patch: FollowUpPatch) -> FollowUpRequest:
    """The follow-up as it should have been, as what was said."""
    answers = {answer.question: answer.value for answer in record.answers}
    told_none = answers.pop(EVENT, None) is not None
    events = patch.events if patch.events is not None else record.events if record.events or told_none else None
    resolved = {one.event: one for one in (*record.resolved, *patch.resolved)}
    return FollowUpRequest(
        patient=record.patient,
        on=patch.on or record.date,
        answers={**answers, **patch.answers},
        events=events,
        resolved=tuple(resolved.values()),
        note=record.note if patch.note is None else patch.note,
    )


def standing_follow_up(course: Course, visit: WholeVisit) -> Corrected:
    """The follow-up as it stands, for a retry."""
    head = visit.head
    outcome = standing_outcome(plan_of(course, visit), visit)
    return Corrected(head.visit, "follow-up", head.patient, head.date, head.edition_id, outcome, standing=True)
