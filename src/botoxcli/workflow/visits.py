"""Visits as they are listed and shown: rows for scripts, and the sums of one visit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from botoxcli.clinic.past_visit import PastInjection, VisitHead, WholeVisit
from botoxcli.clinic.quantity import units

VISIT_COLUMNS = (
    "visit",
    "patient",
    "kind",
    "date",
    "protocol",
    "edition",
    "state",
    "units",
    "lots",
    "decision",
    "recorded_at",
    "recorded_by",
    "decided",
)


def visit_row(head: VisitHead) -> dict[str, Any]:
    """A visit as a row with VISIT_COLUMNS."""
    return {
        "visit": head.visit,
        "patient": head.patient,
        "kind": head.kind,
        "date": head.date.isoformat(),
        "protocol": head.protocol,
        "edition": head.edition,
        "state": head.state,
        "units": None if head.hundredths is None else units(head.hundredths),
        "lots": head.lots,
        "decision": head.decision,
        "recorded_at": instant_text(head.recorded_at),
        "recorded_by": head.recorded_by,
        "decided": head.decided,
    }


def between(heads: Iterable[VisitHead], since: date | None, until: date | None) -> tuple[VisitHead, ...]:
    """The visits from ``since`` up to and with ``until``."""
    return tuple(head for head in heads if (since is None or head.date >= since) and (until is None or head.date <= until))


def instant_text(instant: datetime) -> str:
    """An instant in UTC as the ledger writes it: ``2026-03-09T10:00:00Z``."""
    return instant.isoformat().replace("+00:00", "Z")


def volume_ul(visit: WholeVisit, hundredths: int) -> int | None:
    """The volume of a dose at this visit's dilution, to the microlitre; None when the diluent is not known."""
    drawn = sum(use.drawn_hundredths or 0 for use in visit.vials)
    return None if not visit.diluent_ul or not drawn else round(hundredths * visit.diluent_ul / drawn)


def by_muscle(injections: Iterable[PastInjection]) -> Mapping[str, list[PastInjection]]:
    """The injections of each muscle, muscles and sites in the order of the session."""
    muscles: dict[str, list[PastInjection]] = {}
    for injection in injections:
        muscles.setdefault(injection.muscle, []).append(injection)
    return muscles


def visit_item(visit: WholeVisit) -> dict[str, Any]:
    """Everything of a visit, as plain values with stable names. Free text is in it: the caller asked for the record."""
    head = visit.head
    return {
        **visit_row(head),
        "edition_sha256": head.edition_sha256,
        "jurisdiction": visit.jurisdiction,
        "reason": visit.reason if head.kind == "consult" else None,
        "note": visit.note,
        "answers": [{"question": question, "value": value} for question, value in visit.answers],
        "findings": [
            {
                "id": one.id,
                "level": one.level,
                "met": one.met,
                "because": one.because,
                "source": one.source,
                "resolution": one.resolution,
                "reason": one.reason,
            }
            for one in visit.findings
        ],
        "product": visit.product,
        "injections": [
            {
                "site": one.site,
                "muscle": one.muscle,
                "side": one.side,
                "planned_units": units(one.planned_hundredths),
                "units": units(one.hundredths),
                "state": one.state,
                "volume_ul": volume_ul(visit, one.hundredths),
                "reason": one.reason,
            }
            for one in visit.injections
        ],
        "vials": [
            {
                "lot": use.lot,
                "expires": use.expires.isoformat() if use.expires else None,
                "drawn_units": _units(use.drawn_hundredths),
                "given_units": units(use.given_hundredths),
                "wasted_units": _units(use.wasted_hundredths),
            }
            for use in visit.vials
        ],
        "diluent_ul": visit.diluent_ul,
        "reconstituted_at": instant_text(visit.reconstituted_at) if visit.reconstituted_at else None,
        "minutes": visit.minutes,
        "injector": visit.injector,
        "events": [
            {
                "event": one.event,
                "severity": one.severity,
                "onset": one.onset.isoformat() if one.onset else None,
                "related": one.related,
                "escalate": one.escalate,
                "resolved_on": one.resolved_on.isoformat() if one.resolved_on else None,
            }
            for one in visit.events
        ],
    }


def _units(hundredths: int | None) -> int | float | None:
    return None if hundredths is None else units(hundredths)
