"""A visit whole, as the ledger tells it: what a person looks at or a note is made of. Frozen values of what stands now.

Conventions. As in ``history``: civil dates, hundredths of a unit, microlitres; lots in their current spelling.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from botoxcli.clinic.findings import Level, Resolution
from botoxcli.clinic.history import Decision, OwnDecision, VisitKind

VisitState = Literal["recorded", "ended-early", "imported"]


@dataclass(frozen=True, slots=True)
class VisitHead:
    """A line of the list of visits. ``patient`` is the code; ``hundredths`` and ``lots`` are a session's, the decisions a consult's."""

    visit: int
    patient_id: int
    patient: str
    kind: VisitKind
    date: date
    protocol: str
    edition: str
    edition_id: int
    edition_sha256: str
    state: VisitState
    hundredths: int | None
    lots: str | None
    decision: Decision | None
    decided: OwnDecision | None
    recorded_at: datetime
    recorded_by: str


@dataclass(frozen=True, slots=True)
class PastFinding:
    """A finding as it was recorded; ``reason`` is what was written to override it (None once it was forgotten)."""

    id: str
    level: Level
    met: bool | None
    because: str
    source: str
    resolution: Resolution | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class PastInjection:
    """One site of a session, in the order of the session."""

    site: str
    muscle: str
    side: str
    planned_hundredths: int
    hundredths: int
    state: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class PastVialUse:
    """What one vial gave. An imported session has no ``vial_id``, and nothing drawn or wasted."""

    vial_id: int | None
    lot: str
    expires: date | None
    drawn_hundredths: int | None
    given_hundredths: int
    wasted_hundredths: int | None


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An adverse event as a follow-up told it."""

    event: str
    severity: str | None
    onset: date | None
    related: str | None
    escalate: str | None
    resolved_on: date | None


@dataclass(frozen=True, slots=True)
class WholeVisit:
    """Everything that was recorded of a visit. ``reason`` is the one of the practitioner's own decision at a consult."""

    head: VisitHead
    jurisdiction: str | None
    answers: tuple[tuple[str, str], ...] = ()
    findings: tuple[PastFinding, ...] = ()
    injections: tuple[PastInjection, ...] = ()
    vials: tuple[PastVialUse, ...] = ()
    events: tuple[ToldEvent, ...] = ()
    reason: str | None = None
    product: str | None = None
    diluent_ul: int | None = None
    reconstituted_at: datetime | None = None
    minutes: int | None = None
    injector: str | None = None
