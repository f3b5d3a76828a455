"""What every correction has: who corrects, why, under which key; what comes out of it; and the refusal of one that changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from botoxcli.clinic.findings import Finding, reopened
from botoxcli.clinic.history import VisitKind
from botoxcli.clinic.past_visit import WholeVisit
from botoxcli.clinic.records import FollowUpVisit, Visit
from botoxcli.clinic.visit_changes import changes
from botoxcli.errors import ValueRefused
from botoxcli.workflow.consult import ConsultOutcome
from botoxcli.workflow.follow_up import FollowUpOutcome
from botoxcli.workflow.recheck import Course, NoLongerHolds, no_longer_holding, settled_saying, with_record
from botoxcli.workflow.recorded import record_from
from botoxcli.workflow.recording import Recording
from botoxcli.workflow.session import SessionOutcome

if TYPE_CHECKING:
    from botoxcli.store.recorder import Change


@dataclass(frozen=True, kw_only=True)
class Correction(Recording):
    """How a correction is to be recorded, and why."""

    reason: str


@dataclass(frozen=True)
class Corrected:
    """A visit as it stands, or would stand, after a correction.

    ``changes`` are in words, from the old version to the new; ``freed`` the lots of vials that were given back; ``no_longer`` what does
    not hold any more at the patient's other sessions. ``outcome`` is None when the visit was voided.
    """

    visit: int
    kind: VisitKind
    patient: str
    date: date
    edition_id: int
    outcome: SessionOutcome | ConsultOutcome | FollowUpOutcome | None = None
    changes: tuple[str, ...] = ()
    freed: tuple[str, ...] = ()
    no_longer: tuple[NoLongerHolds, ...] = ()
    standing: bool = False


def put_right(
    change: Change, course: Course, visit: WholeVisit, after: Visit, outcome: ConsultOutcome | FollowUpOutcome, how: Correction
) -> Corrected:
    """Writes the next version of a consult or a follow-up, but for a rehearsal, and says what it is now. What had to be settled is."""
    head = visit.head
    if not how.dry_run:
        change.amend_visit(head.visit, after, reason=how.reason)
    return Corrected(
        visit=head.visit,
        kind=head.kind,
        patient=head.patient,
        date=after.date,
        edition_id=head.edition_id,
        outcome=replace(outcome, visit=head.visit),
        changes=changes(record_from(visit), after, {}),
        no_longer=no_longer_holding(course, with_record(course.history, head.visit, head.protocol, after)),
    )


@dataclass(frozen=True)
class Settled:
    """What was accepted and overridden, by finding."""

    accepted: frozenset[str] = frozenset()
    overridden: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> dict[str, object]:
        """As plain values."""
        return {"accepted": sorted(self.accepted), "overridden": dict(self.overridden)}


def answered(visit: WholeVisit, was: Iterable[Finding], now: Iterable[Finding], settled: Settled) -> Settled:
    """What was said to the findings ``now``: on the record, as far as they say what was settled then, and with the correction itself.

    ``was`` are the findings of the record before the correction. A finding whose fact the correction changes is asked about again.
    """
    again = reopened(now, settled_saying(visit, was))
    kept = [one for one in visit.findings if one.resolution and one.id not in again]
    return Settled(
        frozenset(one.id for one in kept if one.resolution == "accepted") | settled.accepted,
        {**{one.id: one.reason or "as recorded" for one in kept if one.resolution == "overridden"}, **settled.overridden},
    )


def refuse_no_change(old: Visit, new: Visit) -> None:
    """Raises ValueRefused when a correction says what stands already. Findings are what the rules say, no change of the person's."""
    if _said(old) == _said(new):
        raise ValueRefused("visit amend", "this is what stands already", "Nothing was recorded; `botox visit show` has the visit.")


def _said(visit: Visit) -> Visit:
    """What a person said, in an order of its own: answers and events that are only told in another order are the same."""
    said: dict[str, object] = {"findings": (), "answers": tuple(sorted(visit.answers, key=lambda one: one.question))}
    if isinstance(visit, FollowUpVisit):
        said["events"] = tuple(sorted(visit.events, key=lambda one: one.event))
        said["resolved"] = tuple(sorted(visit.resolved, key=lambda one: one.event))
    return visit.model_copy(update=said)
