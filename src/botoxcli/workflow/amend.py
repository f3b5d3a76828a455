"""``visit amend`` and ``visit void``: one change each, under the number and the edition of the visit; the other sessions are re-checked after it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from botoxcli.clinic.past_visit import WholeVisit
from botoxcli.workflow.amend_consult import ConsultPatch, amend_consult, standing_consult
from botoxcli.workflow.amend_follow_up import FollowUpPatch, amend_follow_up, standing_follow_up
from botoxcli.workflow.amend_session import SessionPatch, amend_session, standing_session
from botoxcli.workflow.correction import Corrected, Correction
from botoxcli.workflow.recheck import Course, ReadEdition, no_longer_holding, read_course, without

if TYPE_CHECKING:
    from botoxcli.store.recorder import Recorder

Patch = SessionPatch | ConsultPatch | FollowUpPatch


def amend(recorder: Recorder, read: ReadEdition, visit: int, patch: Patch, how: Correction) -> Corrected:
    """Puts a visit right, as its next version. ``patch`` is of the visit's kind.

    Raises NotFound for a visit that does not stand, ValueRefused, StoppedByRule. A retry under the same key gives what stands.
    """
    with recorder.change(command="visit amend", actor=how.actor, at=how.now, key=how.key) as change:
        request = {"visit": visit, "reason": how.reason, **patch.content()}
        standing = change.standing(how.key, request) is not None
        whole = change.reader.visit(visit)
        course = read_course(change.reader, whole.head.patient_id, read)
        if standing:
            return _as_it_stands(course, whole)
        if isinstance(patch, SessionPatch):
            return amend_session(change, course, whole, patch, how)
        if isinstance(patch, ConsultPatch):
            return amend_consult(change, course, whole, patch, how)
        return amend_follow_up(change, course, whole, patch, how)


def _as_it_stands(course: Course, visit: WholeVisit) -> Corrected:
    if visit.head.kind == "session":
        return standing_session(course, visit)
    return standing_consult(visit) if visit.head.kind == "consult" else standing_follow_up(course, visit)


def void(recorder: Recorder, read: ReadEdition, visit: int, how: Correction) -> Corrected:
    """Withdraws a visit: nothing of it stands, its vials are free again. Raises NotFound. A retry under the same key writes nothing."""
    with recorder.change(command="visit void", actor=how.actor, at=how.now, key=how.key) as change:
        standing = change.standing(how.key, {"visit": visit, "reason": how.reason}) is not None
        whole = change.reader.versions(visit)[-1].visit if standing else change.reader.visit(visit)
        head = whole.head
        freed = tuple(use.lot for use in whole.vials if use.vial_id is not None)
        told = Corrected(head.visit, head.kind, head.patient, head.date, head.edition_id, freed=freed, standing=standing)
        if standing:
            return told
        course = read_course(change.reader, head.patient_id, read)
        if not how.dry_run:
            change.void_visit(visit, reason=how.reason)
        return replace(told, no_longer=no_longer_holding(course, without(course.history, visit), but=visit))
