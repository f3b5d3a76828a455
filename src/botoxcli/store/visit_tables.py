"""What a visit is made of, as rows: its versions and what stands below each. Conventions as in ``tables``."""

from __future__ import annotations

from botoxcli.store.tables import Recorded, key_column


class VisitVersionRow(Recorded, table=True):
    __tablename__ = "visit_version"
    visit_version_id: int = key_column()
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
    visit_version_id: int = key_column()
    decision: str
    decided: str | None = None
    jurisdiction: str


class SessionDetailRow(Recorded, table=True):
    __tablename__ = "session_detail"
    visit_version_id: int = key_column()
    product: str
    diluent_ul: int | None = None
    reconstituted_at: str | None = None
    minutes: int | None = None
    injector: str | None = None
    jurisdiction: str
    ended_early: int


class AnswerRow(Recorded, table=True):
    __tablename__ = "answer"
    visit_version_id: int = key_column()
    position: int = key_column()
    question: str
    value: str


class FindingRow(Recorded, table=True):
    __tablename__ = "finding"
    visit_version_id: int = key_column()
    position: int = key_column()
    finding: str
    level: str
    met: int | None = None
    because: str
    source: str
    resolution: str | None = None


class InjectionRow(Recorded, table=True):
    __tablename__ = "injection"
    visit_version_id: int = key_column()
    position: int = key_column()
    site: str
    muscle: str
    side: str
    planned_hundredths: int
    hundredths: int
    state: str


class VialUseRow(Recorded, table=True):
    __tablename__ = "vial_use"
    visit_version_id: int = key_column()
    position: int = key_column()
    vial_id: int | None = None
    lot: str | None = None
    drawn_hundredths: int | None = None
    given_hundredths: int
    wasted_hundredths: int | None = None


class AdverseEventRow(Recorded, table=True):
    __tablename__ = "adverse_event"
    visit_version_id: int = key_column()
    position: int = key_column()
    event: str
    severity: str | None = None
    onset: str | None = None
    related: str | None = None
    escalate: str | None = None
    resolved_on: str | None = None


class EventResolvedRow(Recorded, table=True):
    __tablename__ = "event_resolved"
    visit_version_id: int = key_column()
    position: int = key_column()
    event: str
    resolved_on: str


class VisitVoidRow(Recorded, table=True):
    __tablename__ = "visit_void"
    visit_void_id: int = key_column()
    visit: int
