"""What a change adds about a patient who is not being seen: who it is, the diary, toxin elsewhere, appointments, pauses, the archive.

Conventions. A patient is a row of ``patient`` for ever; who stands is told by ``identity``. Reasons and notes bear the patient's number, so
that they are forgotten with the patient.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from botoxcli.clinic.diary import DiaryDay
from botoxcli.clinic.due_candidate import AppointmentKind
from botoxcli.clinic.history import ArchiveReason
from botoxcli.clinic.records import NewPatient
from botoxcli.errors import ValueRefused
from botoxcli.store import chain
from botoxcli.store.entry import Entry
from botoxcli.store.rows import day_text, diary_row


class PatientChanges(Entry):
    """Patients."""

    def add_patient(self, patient: NewPatient) -> int:
        """A new patient's number. Raises ValueRefused when the code, in any case, exists.

        A code whose patient was undone is free: it comes back under its old number and in its old spelling.
        """
        from botoxcli.store.identity_tables import PatientRow

        if self._raw.execute("SELECT 1 FROM patient_now WHERE code = ?", (patient.code,)).fetchone():
            raise ValueRefused("CODE", "this code exists", "Give the patient a code that no other has ever had.")
        undone = self._raw.execute("SELECT patient_id FROM patient WHERE code = ?", (patient.code,)).fetchone()
        patient_id = int(undone[0]) if undone else self._next(PatientRow.patient_id)
        if not undone:
            self._add(PatientRow(patient_id=patient_id, entry_seq=self.seq, code=patient.code))
        self._identify(patient_id, patient.name, patient.born)
        self._patient_id = patient_id
        return patient_id

    def edit_patient(self, patient_id: int, *, name: str | None = None, born: date | None = None, reason: str) -> None:
        """A new identity: what is not given stays. Raises ValueRefused for a patient who was forgotten."""
        known = self.reader.patient(patient_id)
        if known.name is None or known.born is None:
            raise ValueRefused("PATIENT", "this patient was forgotten", "There is no name and no birth date left to correct.")
        self._identify(patient_id, name or known.name, born or known.born)
        self.reason(reason, patient_id)

    def _identify(self, patient_id: int, name: str, born: date) -> None:
        from botoxcli.store.identity_tables import IdentityRow

        salt = self._writing.salt()
        identity = IdentityRow(
            identity_id=self._next(IdentityRow.identity_id), entry_seq=self.seq, patient_id=patient_id, commitment="",
            salt=salt, name=name, born=day_text(born),
        )  # fmt: skip
        identity.commitment = chain.commitment(salt, chain.erasable_value("identity", identity.model_dump()))
        self._add(identity)

    def add_diary(self, patient_id: int, days: Sequence[DiaryDay]) -> int:
        """Adds the days that are not so already, and says how many. A day that stands otherwise is replaced; each may be told once."""
        if len({one.day for one in days}) < len(days):
            raise ValueError("a day may be told once")
        self._patient_id = patient_id
        now = {one.day: one for one in self.reader.diary(patient_id)}
        new = [one for one in days if now.get(one.day) != one]
        self._add(*(diary_row(one, patient_id, self.seq) for one in new))
        return len(new)

    def add_toxin(self, patient_id: int, *, product: str, hundredths: int | None, on: date, note: str | None = None) -> None:
        """Toxin that was given elsewhere; ``hundredths`` None when nobody knows how much."""
        from botoxcli.store.patient_tables import ToxinElsewhereRow

        self._patient_id = patient_id
        number = self._next(ToxinElsewhereRow.toxin_id)
        given = ToxinElsewhereRow(
            toxin_id=number, entry_seq=self.seq, patient_id=patient_id, date=on.isoformat(), product=product, hundredths=hundredths
        )
        self._add(given)
        if note:
            self._text(f"toxin:{number}", note, patient_id=patient_id)

    def add_appointment(
        self, patient_id: int, *, protocol: str, kind: AppointmentKind, on: date, moved_to: date | None = None, reason: str | None = None
    ) -> None:
        """An appointment that was missed, declined or moved."""
        from botoxcli.store.patient_tables import AppointmentRow

        appointment = AppointmentRow(
            appointment_id=self._next(AppointmentRow.appointment_id), entry_seq=self.seq, patient_id=patient_id, protocol=protocol, kind=kind,
            date=on.isoformat(), moved_to=day_text(moved_to),
        )  # fmt: skip
        self._add(appointment)
        self.reason(reason, patient_id)

    def pause_patient(self, patient_id: int, *, until: date | None, reason: str | None = None) -> None:
        """A pause up to a day, in place of any before it; None ends it."""
        from botoxcli.store.patient_tables import PauseRow

        self._add(PauseRow(pause_id=self._next(PauseRow.pause_id), entry_seq=self.seq, patient_id=patient_id, until=day_text(until)))
        self.reason(reason, patient_id)

    def archive_patient(self, patient_id: int, *, on: date, why: ArchiveReason, reason: str | None = None, rules: str | None = None) -> None:
        """Archives a patient. ``rules`` is the response rule that was the reason to stop (``why`` is ``stopped`` then)."""
        self._archive(patient_id, archived=1, date=on.isoformat(), why=why, rules=rules)
        self.reason(reason, patient_id)

    def unarchive_patient(self, patient_id: int, reason: str | None = None) -> None:
        """Takes a patient back."""
        self._archive(patient_id, archived=0)
        self.reason(reason, patient_id)

    def _archive(self, patient_id: int, **facts: Any) -> None:
        from botoxcli.store.patient_tables import ArchiveRow

        self._add(ArchiveRow(archive_id=self._next(ArchiveRow.archive_id), entry_seq=self.seq, patient_id=patient_id, **facts))
