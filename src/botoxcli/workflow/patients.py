"""A new patient: what their code, name and birth date may be, and whether they are known already."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from botoxcli.clinic import duplicates
from botoxcli.clinic.findings import Finding, Level, require_settled, resolve
from botoxcli.clinic.records import NewPatient
from botoxcli.errors import ValueRefused

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader
    from botoxcli.store.recorder import Recorder

EARLIEST_BIRTH = date(1900, 1, 1)
FLAGS = {"code": "CODE", "name": "--name", "born": "--born"}


def checked_code(code: str) -> str:
    """A patient's code, taken as given. Raises ValueRefused."""
    return NewPatient.checked(FLAGS, code=code, name="-", born=EARLIEST_BIRTH).code


def checked_name(name: str) -> str:
    """A name, clean. Raises ValueRefused."""
    return NewPatient.checked(FLAGS, code="-", name=name, born=EARLIEST_BIRTH).name


def checked_birth(born: date, today: date) -> date:
    """A birth date that can be. Raises ValueRefused."""
    if born > today:
        raise ValueRefused("--born", "this day lies in the future")
    if born < EARLIEST_BIRTH:
        raise ValueRefused("--born", f"this day lies before {EARLIEST_BIRTH.year}")
    return born


def refuse_known_code(reader: Reader, code: str) -> None:
    """Raises ValueRefused when a patient has the code, in any case of its letters."""
    if any(patient.code.casefold() == code.casefold() for patient in reader.patients()):
        raise ValueRefused("CODE", "this code exists", "Give the patient a code that no other has ever had.")


def duplicate_findings(reader: Reader, name: str, born: date, *, level: Level = "warn", but: str | None = None) -> tuple[Finding, ...]:
    """Whether somebody of the same birth date and a similar name is known, ``but`` one code; the finding names codes only."""
    others = [patient for patient in reader.similar_patients(born) if patient.code != but]
    return duplicates.duplicate_findings(others, name=name, born=born, level=level)


def add_patient(
    recorder: Recorder, patient: NewPatient, *, accepted: Iterable[str], level: Level, actor: str, now: datetime, dry_run: bool = False
) -> None:
    """Records a new patient. Raises ValueRefused for a code that exists, StoppedByRule for a likely duplicate that was not accepted."""
    with recorder.change(command="patient add", actor=actor, at=now) as change:
        refuse_known_code(change.reader, patient.code)
        require_settled(resolve(duplicate_findings(change.reader, patient.name, patient.born, level=level), accepted, {}))
        if not dry_run:
            change.add_patient(patient)
