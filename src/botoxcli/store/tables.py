"""The ledger's tables as SQLModel sees them, for writing. The schema itself is made by ``steps``; a test holds the two equal.

Conventions. Values are as SQLite keeps them: dates and instants are text, doses hundredths of a unit. These classes validate
nothing: a record did before, and the CHECKs do after. No table is ever created from here.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import MetaData
from sqlalchemy.ext.compiler import compiles
from sqlmodel import Field, SQLModel
from sqlmodel.sql.sqltypes import AutoString


@compiles(AutoString, "sqlite")  # a STRICT table knows no VARCHAR
def _text(_type: AutoString, _compiler: Any, **_options: Any) -> str:
    return "TEXT"


def _key() -> Any:
    """A primary key that the program gives; SQLAlchemy is never to ask the database for one."""
    return Field(primary_key=True, sa_column_kwargs={"autoincrement": False})


class Row(SQLModel):
    """A row of a table of ours."""

    metadata = MetaData()


class Recorded(Row):
    """A row that one change wrote, under the number of its entry."""

    entry_seq: int


class EntryRow(Row, table=True):
    __tablename__ = "entry"
    seq: int = _key()
    at: str
    actor: str
    command: str
    change_key: str | None = None
    program: str
    hash: str


class SettingRow(Recorded, table=True):
    __tablename__ = "setting"
    setting_id: int = _key()
    name: str
    value: str


class PatientRow(Recorded, table=True):
    __tablename__ = "patient"
    patient_id: int = _key()
    code: str


class IdentityRow(Recorded, table=True):
    __tablename__ = "identity"
    identity_id: int = _key()
    patient_id: int
    commitment: str
    salt: str | None = None
    name: str | None = None
    born: str | None = None


class EditionRow(Recorded, table=True):
    __tablename__ = "edition"
    edition_id: int = _key()
    protocol: str
    label: str
    sha256: str
    text: str


class EditionSiteRow(Recorded, table=True):
    __tablename__ = "edition_site"
    edition_id: int = _key()
    position: int = _key()
    site: str
    muscle: str
    side: str
    planned_hundredths: int | None = None
    lowest_hundredths: int | None = None
    highest_hundredths: int | None = None
    planned_per_kg_hundredths: int | None = None
    lowest_per_kg_hundredths: int | None = None
    highest_per_kg_hundredths: int | None = None
    optional: int | None = None


class EditionFollowUpRow(Recorded, table=True):
    __tablename__ = "edition_follow_up"
    edition_id: int = _key()
    position: int = _key()
    kind: str
    anchor: str
    earliest_count: int
    earliest_unit: str
    due_count: int
    due_unit: str
    latest_count: int | None = None
    latest_unit: str | None = None
    closes_count: int | None = None
    closes_unit: str | None = None


class EditionLimitRow(Recorded, table=True):
    __tablename__ = "edition_limit"
    edition_id: int = _key()
    position: int = _key()
    limit_kind: str
    subject: str | None = None
    level: str | None = None
    sites: int | None = None
    hundredths: int | None = None
    span_count: int | None = None
    span_unit: str | None = None
    per_kg_hundredths: int | None = None
    least_hundredths: int | None = None
    least_per_kg_hundredths: int | None = None


class VialRow(Recorded, table=True):
    __tablename__ = "vial"
    vial_id: int = _key()
    date: str
    product: str
    hundredths: int


class VialLabelRow(Recorded, table=True):
    __tablename__ = "vial_label"
    vial_label_id: int = _key()
    vial_id: int
    lot: str
    lot_key: str
    expires: str


class VialDiscardRow(Recorded, table=True):
    __tablename__ = "vial_discard"
    vial_discard_id: int = _key()
    vial_id: int
    date: str
    reason: str


class LotRecallRow(Recorded, table=True):
    __tablename__ = "lot_recall"
    lot_recall_id: int = _key()
    lot: str
    lot_key: str
    date: str


class VisitVersionRow(Recorded, table=True):
    __tablename__ = "visit_version"
    visit_version_id: int = _key()
    visit: int
    version: int
    patient_id: int
    kind: str
    protocol: str
    edition_id: int
    date: str
    origin: str


class ConsultDetailRow(Recorded, table=True):
    __tablename__ = "consult_detail"
    visit_version_id: int = _key()
    decision: str
    decided: str | None = None
    jurisdiction: str


class SessionDetailRow(Recorded, table=True):
    __tablename__ = "session_detail"
    visit_version_id: int = _key()
    product: str
    diluent_ul: int | None = None
    reconstituted_at: str | None = None
    minutes: int | None = None
    injector: str | None = None
    jurisdiction: str
    ended_early: int


class AnswerRow(Recorded, table=True):
    __tablename__ = "answer"
    visit_version_id: int = _key()
    position: int = _key()
    question: str
    value: str


class FindingRow(Recorded, table=True):
    __tablename__ = "finding"
    visit_version_id: int = _key()
    position: int = _key()
    finding: str
    level: str
    met: int | None = None
    because: str
    source: str
    resolution: str | None = None


class InjectionRow(Recorded, table=True):
    __tablename__ = "injection"
    visit_version_id: int = _key()
    position: int = _key()
    site: str
    muscle: str
    side: str
    planned_hundredths: int
    hundredths: int
    state: str


class VialUseRow(Recorded, table=True):
    __tablename__ = "vial_use"
    visit_version_id: int = _key()
    position: int = _key()
    vial_id: int | None = None
    lot: str | None = None
    drawn_hundredths: int | None = None
    given_hundredths: int
    wasted_hundredths: int | None = None


class AdverseEventRow(Recorded, table=True):
    __tablename__ = "adverse_event"
    visit_version_id: int = _key()
    position: int = _key()
    event: str
    severity: str | None = None
    onset: str | None = None
    related: str | None = None
    escalate: str | None = None
    resolved_on: str | None = None


class EventResolvedRow(Recorded, table=True):
    __tablename__ = "event_resolved"
    visit_version_id: int = _key()
    position: int = _key()
    event: str
    resolved_on: str


class VisitVoidRow(Recorded, table=True):
    __tablename__ = "visit_void"
    visit_void_id: int = _key()
    visit: int


class ReversalRow(Recorded, table=True):
    __tablename__ = "reversal"
    reversal_id: int = _key()
    target_seq: int
    stands: int


class DiaryDayRow(Recorded, table=True):
    __tablename__ = "diary_day"
    patient_id: int = _key()
    day: str = Field(primary_key=True)
    entry_seq: int = _key()
    headache: int
    hours_hundredths: int | None = None
    migraine: int | None = None
    severity: int | None = None
    acute: int | None = None


class ToxinElsewhereRow(Recorded, table=True):
    __tablename__ = "toxin_elsewhere"
    toxin_id: int = _key()
    patient_id: int
    date: str
    product: str
    hundredths: int | None = None


class AppointmentRow(Recorded, table=True):
    __tablename__ = "appointment"
    appointment_id: int = _key()
    patient_id: int
    protocol: str
    kind: str
    date: str
    moved_to: str | None = None


class PauseRow(Recorded, table=True):
    __tablename__ = "pause"
    pause_id: int = _key()
    patient_id: int
    until: str | None = None


class ArchiveRow(Recorded, table=True):
    __tablename__ = "archive"
    archive_id: int = _key()
    patient_id: int
    archived: int
    date: str | None = None
    why: str | None = None
    rules: str | None = None


class ErasureRow(Recorded, table=True):
    __tablename__ = "erasure"
    erasure_id: int = _key()
    patient_id: int | None = None
    erased_table: str
    erased_id: int


class FreeTextRow(Recorded, table=True):
    __tablename__ = "free_text"
    free_text_id: int = _key()
    patient_id: int | None = None
    visit_version_id: int | None = None
    about: str
    commitment: str
    salt: str | None = None
    content: str | None = None


class DraftRow(Row, table=True):
    __tablename__ = "draft"
    draft_id: int = _key()
    kind: str
    patient_code: str
    change_key: str
    started_at: str
    saved_at: str
    content: str
