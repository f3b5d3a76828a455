"""A pinned edition, as rows. Conventions as in ``tables``."""

from __future__ import annotations

from botoxcli.store.tables import Recorded, key_column


class EditionRow(Recorded, table=True):
    __tablename__ = "edition"
    edition_id: int = key_column()
    protocol: str
    label: str
    sha256: str
    text: str


class EditionSiteRow(Recorded, table=True):
    __tablename__ = "edition_site"
    edition_id: int = key_column()
    position: int = key_column()
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
    edition_id: int = key_column()
    position: int = key_column()
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
    edition_id: int = key_column()
    position: int = key_column()
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
