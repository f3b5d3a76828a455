"""A visit whole, put together from the views. Loaded only when a visit is shown: the daily list does not need it."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime
from typing import Any

from botoxcli.clinic.past_visit import PastFinding, PastInjection, PastVialUse, ToldEvent, VisitHead, WholeVisit


def head(row: tuple[Any, ...]) -> VisitHead:
    """A line of ``current_visit``, in the order of VisitHead's fields."""
    number, patient_id, patient, kind, on, protocol, edition, edition_id, sha256, state, hundredths, lots, decision, decided, at, by = row
    return VisitHead(
        number, patient_id, patient, kind, date.fromisoformat(on), protocol, edition, edition_id, sha256, state,
        hundredths, lots, decision, decided, datetime.fromisoformat(at), by,
    )  # fmt: skip


def whole_visit(connection: sqlite3.Connection, row: tuple[Any, ...]) -> WholeVisit:
    """Everything of the visit whose line of ``current_visit`` is given."""
    top = head(row)

    def lines(columns: str, view: str) -> list[tuple[Any, ...]]:
        return connection.execute(f"SELECT {columns} FROM {view} WHERE visit = ? ORDER BY position", (top.visit,)).fetchall()  # noqa: S608

    detail = connection.execute(
        "SELECT jurisdiction, reason, product, diluent_ul, reconstituted_at, minutes, injector FROM visit_detail WHERE visit = ?", (top.visit,)
    ).fetchone()
    jurisdiction, reason, product, diluent_ul, reconstituted_at, minutes, injector = detail
    return WholeVisit(
        head=top,
        jurisdiction=jurisdiction,
        answers=tuple(lines("question, value", "answer_line")),
        findings=tuple(
            PastFinding(finding, level, None if met is None else bool(met), because, source, resolution, why)
            for finding, level, met, because, source, resolution, why in lines(
                "finding, level, met, because, source, resolution, reason", "finding_line"
            )
        ),
        injections=tuple(
            PastInjection(*line) for line in lines("site, muscle, side, planned_hundredths, hundredths, state, reason", "injection_line")
        ),
        vials=tuple(
            PastVialUse(vial_id, lot, _day(expires), drawn, given, wasted)
            for vial_id, lot, expires, drawn, given, wasted in lines(
                "vial_id, lot, expires, drawn_hundredths, given_hundredths, wasted_hundredths", "vial_use_line"
            )
        ),
        events=tuple(
            ToldEvent(event, severity, _day(onset), related, escalate, _day(resolved))
            for event, severity, onset, related, escalate, resolved in lines("event, severity, onset, related, escalate, resolved_on", "event_line")
        ),
        reason=reason,
        product=product,
        diluent_ul=diluent_ul,
        reconstituted_at=datetime.fromisoformat(reconstituted_at) if reconstituted_at else None,
        minutes=minutes,
        injector=injector,
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
