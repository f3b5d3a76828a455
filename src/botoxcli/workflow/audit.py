"""The audit: read what stands, look for what is lacking, as rows."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from botoxcli.clinic.audit import Gap, gaps

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader

AUDIT_COLUMNS = ("visit", "patient", "kind", "date", "protocol", "what", "because")


def audit(reader: Reader, today: date, *, since: date | None = None) -> tuple[Gap, ...]:
    """All that is lacking in the visits from ``since`` on, by visit."""
    sessions, consults = reader.audit(since)
    return gaps(sessions, consults, today)


def gap_row(gap: Gap) -> dict[str, Any]:
    """A gap as a row with AUDIT_COLUMNS."""
    return {
        "visit": gap.visit,
        "patient": gap.patient,
        "kind": gap.kind,
        "date": gap.date.isoformat(),
        "protocol": gap.protocol,
        "what": gap.what,
        "because": gap.because,
    }
