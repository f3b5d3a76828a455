"""What is about a patient and no visit, as rows; who it is stands in ``identity_tables``. Conventions as in ``tables``."""

from __future__ import annotations

from sqlmodel import Field

from botoxcli.store.tables import Recorded, key_column


class DiaryDayRow(Recorded, table=True):
    __tablename__ = "diary_day"
    patient_id: int = key_column()
    day: str = Field(primary_key=True)
    entry_seq: int = key_column()
    headache: int
    hours_hundredths: int | None = None
    migraine: int | None = None
    severity: int | None = None
    acute: int | None = None


class ToxinElsewhereRow(Recorded, table=True):
    __tablename__ = "toxin_elsewhere"
    toxin_id: int = key_column()
    patient_id: int
    date: str
    product: str
    hundredths: int | None = None


class AppointmentRow(Recorded, table=True):
    __tablename__ = "appointment"
    appointment_id: int = key_column()
    patient_id: int
    protocol: str
    kind: str
    date: str
    moved_to: str | None = None


class PauseRow(Recorded, table=True):
    __tablename__ = "pause"
    pause_id: int = key_column()
    patient_id: int
    until: str | None = None


class ArchiveRow(Recorded, table=True):
    __tablename__ = "archive"
    archive_id: int = key_column()
    patient_id: int
    archived: int
    date: str | None = None
    why: str | None = None
    rules: str | None = None


class ErasureRow(Recorded, table=True):
    __tablename__ = "erasure"
    erasure_id: int = key_column()
    patient_id: int | None = None
    erased_table: str
    erased_id: int
