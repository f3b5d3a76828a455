"""The patient's own sheets as documents: what to leave off before the day, what to heed after it. In large letters, with nothing that is not theirs.

Neither ever tells a patient to stop a prescribed medicine: such a rule stands under the prescriber, and the sheet says to keep taking it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from botoxcli.clinic.care_sheet import AftercareLine, PreCareLine
from botoxcli.clinic.document import Block, Document, Facts, Heading, Paragraph, Points
from botoxcli.clinic.instants import moment_text
from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.clinic.protocol import Aftercare


@dataclass(frozen=True, slots=True)
class AftercareFacts:
    """All that an aftercare sheet is made of. ``next_dates`` are what the session opened, each with its words."""

    practice: str
    patient: KnownPatient
    on: date
    at: datetime | None
    lines: tuple[AftercareLine, ...]
    sheet: Aftercare
    next_dates: tuple[tuple[str, str], ...]


def prep_sheet(patient: KnownPatient, practice: str, session_at: datetime, lines: Sequence[PreCareLine], always: str) -> Document:
    """The sheet for before an appointment, with the hour from which each rule holds."""
    avoid = tuple(f"From {moment_text(line.starts)}: {line.what}. {line.why}" for line in lines if line.action == "avoid")
    ask = tuple(f"By {moment_text(line.starts)}: {line.what}. {line.why}" for line in lines if line.action == "ask-the-prescriber")
    blocks: list[Block] = [Facts((("For", _who(patient)), ("Appointment", moment_text(session_at))))]
    blocks += [Heading("Please leave off"), Points(avoid)] if avoid else []
    blocks += [Heading("Ask the prescriber"), Points(ask)] if ask else []
    blocks += [Heading("Always"), Paragraph(always)]
    return Document("Before your treatment", practice, tuple(blocks), session_at.date(), running=_who(patient), reader="patient")


def aftercare_sheet(facts: AftercareFacts) -> Document:
    """The sheet for after a session. It ends with the warning and whom to ring."""
    sheet = facts.sheet
    when = moment_text(facts.at) if facts.at else facts.on.isoformat()
    return Document(
        title="After your treatment",
        over=facts.practice,
        blocks=(
            Facts((("For", _who(facts.patient)), ("Treated", when))),
            Heading("Please heed"),
            Points(tuple(f"{line.what.rstrip('.')}, {line.until_words}." for line in facts.lines)),
            Heading("Usual"),
            Paragraph(sheet.usual),
            *((Heading("Your next dates"), Facts(facts.next_dates)) if facts.next_dates else ()),
            Heading("Get emergency help"),
            Paragraph(sheet.warning, strong=True),
            Heading("Ring us"),
            Paragraph(sheet.call_us),
        ),
        dated=facts.on,
        running=_who(facts.patient),
        reader="patient",
    )


def _who(patient: KnownPatient) -> str:
    return f"{patient.name} ({patient.code})" if patient.name else patient.code
