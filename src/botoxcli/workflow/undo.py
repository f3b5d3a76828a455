"""``botox undo``: the last change taken back by an entry of its own; again, and it stands as it was recorded. One step, both ways.

``look`` says what it is about; ``turn`` does it, and only that: a change made in between is refused. A session that stands or falls by it
has the patient's other sessions re-checked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from botoxcli.clinic.past_visit import ChangeSeen, VisitHead, VisitVersion
from botoxcli.clinic.undo_words import not_taken_back_words, values_back, visit_back
from botoxcli.errors import NotFound, ValueRefused
from botoxcli.workflow.recheck import Course, NoLongerHolds, ReadEdition, no_longer_holding, pinned_editions, read_course
from botoxcli.workflow.recorded import record_from

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader
    from botoxcli.store.recorder import Recorder

UNDO = "undo"


@dataclass(frozen=True)
class Turn:
    """What is to be taken back, or to stand again, with the visit that the change recorded, amended or voided.

    ``changes`` are in words what reads otherwise then, of a visit, a label or the settings.
    """

    seen: ChangeSeen
    visit: VisitHead | None
    course: Course | None = None
    changes: tuple[str, ...] = ()

    @property
    def restores(self) -> bool:
        """Whether it stands again."""
        return not self.seen.stands_now


def look(reader: Reader, read: ReadEdition) -> Turn:
    """The last change. Raises NotFound when there is none, ValueRefused when it cannot be taken back."""
    seen = reader.last_change()
    if seen is None:
        raise NotFound("change to take back", "Nothing was recorded yet.")
    if not seen.reversible:
        raise ValueRefused(UNDO, f"the last change is `{seen.command}`, which cannot be taken back", not_taken_back_words(seen))
    if seen.visit is None:
        return Turn(seen, None, changes=values_back(seen))
    versions = reader.versions(seen.visit)
    head = versions[-1].visit.head
    course = read_course(reader, head.patient_id, read) if _is_known(reader, head.patient_id) else None
    return Turn(seen, head, course, _amended_back(reader, seen, versions))


def _amended_back(reader: Reader, seen: ChangeSeen, versions: Sequence[VisitVersion]) -> tuple[str, ...]:
    """What an amendment changed, the other way round; an amendment that is the last change is the visit's last version."""
    *earlier, amended = versions
    before = [one for one in earlier if one.standing != "undone"]
    if seen.command != "visit amend" or not before:
        return ()
    lots = {vial.vial_id: vial.lot for vial in reader.vials()}
    return visit_back(seen, record_from(before[-1].visit), record_from(amended.visit), lots)


def _is_known(reader: Reader, patient_id: int) -> bool:
    return any(patient.patient_id == patient_id for patient in reader.patients())


def turn(recorder: Recorder, found: Turn, *, actor: str, now: datetime, key: str | None) -> bool:
    """Takes the change back, or lets it stand again. False when this key did so already. Raises ValueRefused when another was made since."""
    with recorder.change(command=UNDO, actor=actor, at=now, key=key) as change:
        if change.standing(key, {"undo": key}) is not None:
            return False
        change.reverse(found.seen.target_seq, stands=found.restores)
    return True


def no_longer(reader: Reader, found: Turn, read: ReadEdition) -> tuple[NoLongerHolds, ...]:
    """What does not hold any more at the patient's other sessions, once it was done."""
    if found.course is None or found.visit is None or not _is_known(reader, found.visit.patient_id):
        return ()
    course = replace(found.course, editions=pinned_editions(reader, read))
    return no_longer_holding(course, reader.patient_history(found.visit.patient_id), but=found.visit.visit)
