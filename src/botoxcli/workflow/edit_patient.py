"""A patient's name or birth date put right: what is not given stays, and what stood before stays in the history."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from botoxcli.clinic.eligibility import judge
from botoxcli.clinic.findings import Finding, Level, require_settled, resolve
from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.errors import ValueRefused
from botoxcli.workflow.consult import jurisdiction_of
from botoxcli.workflow.patients import duplicate_findings
from botoxcli.workflow.session import Edition

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader
    from botoxcli.store.recorder import Recorder


@dataclass(frozen=True)
class Edit:
    """What should read otherwise; None stays. Values are clean and can be."""

    patient: str
    name: str | None = None
    born: date | None = None
    reason: str = ""
    accepted: frozenset[str] = frozenset()

    def content(self) -> dict[str, object]:
        """What makes two edits the same one, for a retry under one key."""
        born = self.born.isoformat() if self.born else None
        return {"patient": self.patient, "name": self.name, "born": born, "reason": self.reason, "accepted": sorted(self.accepted)}


def edit_patient(recorder: Recorder, edit: Edit, *, level: Level, actor: str, now: datetime, key: str | None, dry_run: bool = False) -> bool:
    """Records it. False when this key did so already. Raises NotFound, ValueRefused, StoppedByRule for a likely duplicate."""
    with recorder.change(command="patient edit", actor=actor, at=now, key=key) as change:
        known = change.reader.find_patient(edit.patient)
        if change.standing(key, edit.content()) is not None:
            return False
        _check(change.reader, known, edit)
        require_settled(resolve(_duplicates(change.reader, known, edit, level), edit.accepted, {}))
        if not dry_run:
            change.edit_patient(known.patient_id, name=edit.name, born=edit.born, reason=edit.reason)
    return True


def age_no_longer_holds(reader: Reader, patient: str, edition_of: Callable[[int], Edition]) -> tuple[tuple[int, str], ...]:
    """The standing consults, by number, whose requirement of an age the birth date that stands now does not meet, and why.

    Shown after a birth date was put right; it blocks nothing, and the consult's decision stays until it is amended.
    """
    known = reader.find_patient(patient)
    found = []
    for head in reader.visits(known.patient_id, "consult"):
        judged = judge(edition_of(head.edition_id).protocol, {}, born=known.born, on=head.date, jurisdiction=jurisdiction_of(reader))
        found += [(head.visit, one.finding().because) for one in judged if one.criterion.type == "age" and one.level == "stop"]
    return tuple(found)


def _check(reader: Reader, known: KnownPatient, edit: Edit) -> None:
    if known.name is None or known.born is None:
        raise ValueRefused("PATIENT", "this patient was forgotten", "There is no name and no birth date left to correct.")
    if edit.name in (None, known.name) and edit.born in (None, known.born):
        raise ValueRefused("patient edit", "this is what stands already", "Nothing was recorded.")
    first = min((head.date for head in reader.visits(known.patient_id)), default=None)
    if edit.born and first and first < edit.born:
        raise ValueRefused("--born", "a visit of this patient lies before this day", "Put the visit's day right first, or give another day.")


def _duplicates(reader: Reader, known: KnownPatient, edit: Edit, level: Level) -> tuple[Finding, ...]:
    """Whether somebody else is now alike; the patient's own record is no duplicate."""
    name, born = edit.name or known.name or "", edit.born or known.born
    return duplicate_findings(reader, name, born, level=level, but=known.code) if born else ()
