"""A session put right: the patch laid over its record, and every rule asked again as if it were recorded now on its day.

The other visits are the history; the vials that it used are free for it first. What its record accepted or overrode counts for the
same finding, as long as that says what it said then. How strong the toxin was made up stays when other vials are named without a volume.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING

from botoxcli.clinic.answers import chair_questions
from botoxcli.clinic.findings import require_settled
from botoxcli.clinic.past_visit import WholeVisit
from botoxcli.clinic.planned_dose import weight_grams
from botoxcli.clinic.questions import Question
from botoxcli.clinic.site_patch import SitePatch
from botoxcli.clinic.stock import choose_vials
from botoxcli.clinic.visit_changes import changes
from botoxcli.errors import ValueRefused
from botoxcli.workflow.correction import Corrected, Correction, Settled, answered, refuse_no_change
from botoxcli.workflow.recheck import Course, no_longer_holding, plan_without, request_of, with_record
from botoxcli.workflow.recorded import record_from
from botoxcli.workflow.session import SessionPlan, SessionRequest, build, check_values, findings_of, standing_outcome

if TYPE_CHECKING:
    from botoxcli.store.recorder import Change


@dataclass(frozen=True)
class SessionPatch:
    """What should read otherwise; what is empty or None stays. ``lots`` are all its vials, in their order."""

    on: date | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    sites: SitePatch = field(default_factory=SitePatch)
    lots: tuple[str, ...] = ()
    diluent_ul: int | None = None
    reconstituted_at: datetime | None = None
    minutes: int | None = None
    injector: str | None = None
    settled: Settled = field(default_factory=Settled)

    def content(self) -> dict[str, object]:
        """What makes two corrections the same one, for a retry under one key."""
        return {
            "on": self.on.isoformat() if self.on else None,
            "answers": dict(self.answers),
            "sites": self.sites.content(),
            "lots": list(self.lots),
            "diluent_ul": self.diluent_ul,
            "reconstituted_at": self.reconstituted_at.isoformat() if self.reconstituted_at else None,
            "minutes": self.minutes,
            "injector": self.injector,
            **self.settled.content(),
        }


def amend_session(change: Change, course: Course, visit: WholeVisit, patch: SessionPatch, how: Correction) -> Corrected:
    """Checks the session as it should have been and writes its next version. Raises ValueRefused, StoppedByRule."""
    head = visit.head
    if head.state == "imported":
        raise ValueRefused("VISIT", "an imported session has no sites to put right", "Void it, and record it as it was.")
    plan = plan_without(course, visit)
    first = change.reader.versions(head.visit)[0].visit.head.recorded_at
    recorded = request_of(visit, plan.protocol, course.zone, first)
    request = patched(recorded, patch, plan, visit)
    settled = answered(visit, findings_of(plan, recorded), findings_of(plan, request), patch.settled)
    request = replace(request, accepted=settled.accepted, overridden=settled.overridden)
    check_values(plan, request, today=how.today, now=how.now)
    outcome = build(plan, request)
    before = record_from(visit)
    refuse_no_change(before, outcome.session)
    require_settled(outcome.findings)
    if not how.dry_run:
        change.amend_visit(head.visit, outcome.session, reason=how.reason)
    used = {use.vial_id for use in outcome.session.vials}
    return Corrected(
        visit=head.visit,
        kind="session",
        patient=head.patient,
        date=request.on,
        edition_id=head.edition_id,
        outcome=replace(outcome, visit=head.visit, left_out=outcome.left_out if patch.lots else ()),
        changes=changes(before, outcome.session, {vial.vial_id: vial.lot for vial in course.stock}),
        freed=tuple(use.lot for use in visit.vials if use.vial_id is not None and use.vial_id not in used),
        no_longer=no_longer_holding(course, with_record(course.history, head.visit, head.protocol, outcome.session), but=head.visit),
    )


def standing_session(course: Course, visit: WholeVisit) -> Corrected:
    """The session as it stands, for a retry."""
    head = visit.head
    outcome = standing_outcome(plan_without(course, visit), visit)
    return Corrected(head.visit, "session", head.patient, head.date, head.edition_id, outcome, standing=True)


def patched(request: SessionRequest, patch: SessionPatch, plan: SessionPlan, visit: WholeVisit) -> SessionRequest:
    """The request as it should have been. Raises ValueRefused naming the flag."""
    answers = in_order(chair_questions(plan.protocol), {**request.answers, **patch.answers})
    return replace(
        request,
        on=patch.on or request.on,
        at=request.at if patch.on in (None, request.on) else None,
        checklist=patch.sites.onto(request.checklist.at_weight(weight_grams(answers))),
        answers=answers,
        lots=patch.lots or request.lots,
        diluent_ul=patch.diluent_ul or _diluent_ul(request, patch, plan, visit),
        reconstituted_at=patch.reconstituted_at or request.reconstituted_at,
        minutes=request.minutes if patch.minutes is None else patch.minutes,
        injector=patch.injector or request.injector,
    )


def in_order(questions: Sequence[Question], answers: Mapping[str, str]) -> dict[str, str]:
    """The answers in the order in which they are asked; those that are asked no more stand last."""
    order = {question.id: place for place, question in enumerate(questions)}
    return dict(sorted(answers.items(), key=lambda pair: order.get(pair[0], len(order))))


def _diluent_ul(request: SessionRequest, patch: SessionPatch, plan: SessionPlan, visit: WholeVisit) -> int | None:
    """The recorded volume; for other vials as much as makes them as strong as it was. None is the protocol's."""
    held = sum(use.drawn_hundredths or 0 for use in visit.vials)
    if not patch.lots or request.diluent_ul is None:
        return request.diluent_ul
    choices = choose_vials(plan.stock, patch.lots, kept=plan.kept)
    now_held = sum(choice.vial.hundredths for choice in choices if choice.vial)
    if not held or any(choice.vial is None for choice in choices):
        return None
    return round(Fraction(request.diluent_ul * now_held, held))
