"""The pre-care sheet: from which hour each rule holds for this patient's appointment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botoxcli.clinic.care_sheet import PreCareLine, pre_care
from botoxcli.clinic.dose_outlook import DoseOutlook
from botoxcli.clinic.instants import parse_moment
from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.workflow.doses import outlook_of
from botoxcli.workflow.recording import refuse_forgotten
from botoxcli.workflow.session import Edition

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader


@dataclass(frozen=True)
class PrepSheet:
    """A sheet for one appointment. ``always`` is the sentence about prescribed blood thinners that every sheet prints; ``doses`` is for us."""

    patient: KnownPatient
    practice: str
    session_at: datetime
    lines: tuple[PreCareLine, ...]
    always: str
    doses: DoseOutlook


def prep(reader: Reader, edition: Edition, patient: str, when: str) -> PrepSheet:
    """The sheet for an appointment on the practice's clock. Raises NotFound, then ValueRefused for the hour."""
    known = reader.find_patient(patient)
    refuse_forgotten(reader, known)
    settings = reader.settings()
    at = parse_moment(when, zone=settings["time-zone"], where="--for")
    doses = outlook_of(edition.protocol, reader.patient_history(known.patient_id), at.date())
    return PrepSheet(known, settings["practice"], at, pre_care(edition.protocol, at), edition.protocol.pre_care.always, doses)
