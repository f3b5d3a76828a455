"""What every small change of a patient's record has: who records, when, under which key; and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.errors import ValueRefused

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader


@dataclass(frozen=True)
class Recording:
    """How a change is to be recorded. ``key`` makes a retry safe; a rehearsal (``dry_run``) checks all and writes nothing."""

    actor: str
    today: date
    now: datetime
    key: str | None = None
    dry_run: bool = False


@dataclass(frozen=True)
class Recorded:
    """What became of it: ``standing`` says that it stood already under its key. ``remarks`` are worth a word to the person."""

    patient: str
    standing: bool = False
    remarks: tuple[str, ...] = ()


def check_day(patient: KnownPatient, on: date, today: date, *, where: str = "--on") -> None:
    """Raises ValueRefused for a day that is still to come, or before the patient's birth."""
    if on > today:
        raise ValueRefused(where, f"this day is after today, {today}")
    if patient.born and on < patient.born:
        raise ValueRefused(where, "the day lies before the patient's birth")


def refuse_forgotten(reader: Reader, patient: KnownPatient) -> None:
    """Raises ValueRefused for a patient who was forgotten: nobody could say any more whose record it is.

    A ledger that was imported without identities has no names either, and goes on.
    """
    if patient.name is None and reader.is_forgotten(patient.patient_id):
        raise ValueRefused("PATIENT", "this patient was forgotten", "What was recorded stays; for anything new give the person a new code.")
