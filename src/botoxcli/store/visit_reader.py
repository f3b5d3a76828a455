"""A visit whole, put together from the views. Loaded only when a visit is shown: the daily list does not need it."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime
from typing import Any

from botoxcli.clinic.past_visit import PastFinding, PastIdentity, PastInjection, PastVialUse, ToldEvent, VisitHead, VisitVersion, Voided, WholeVisit
from botoxcli.errors import NotFound, Withdrawn


def head(row: tuple[Any, ...]) -> VisitHead:
    """A line of ``current_visit`` or ``visit_history``, in the order of VisitHead's fields."""
    (
        number, patient_id, patient, kind, on, protocol, edition, edition_id, sha256, state, hundredths, lots, decision, decided, at, by,
        version, ended_early,
    ) = row  # fmt: skip
    return VisitHead(
        number, patient_id, patient, kind, date.fromisoformat(on), protocol, edition, edition_id, sha256, state,
        hundredths, lots, decision, decided, datetime.fromisoformat(at), by, version, bool(ended_early),
    )  # fmt: skip


def whole_visit(connection: sqlite3.Connection, row: tuple[Any, ...]) -> WholeVisit:
    """Everything of the visit whose line of ``current_visit`` is given."""
    top = head(row)
    return _whole(connection, top, "line", "visit_detail", ("visit", top.visit))


def no_visit(connection: sqlite3.Connection, visit: int) -> NotFound:
    """Why no such visit stands: it was voided or taken back, and when, or there never was one."""
    last = connection.execute("SELECT entry_seq FROM visit_history WHERE visit = ? ORDER BY version DESC LIMIT 1", (visit,)).fetchone()
    if last is None:
        return NotFound("visit")
    void = connection.execute("SELECT voided_at FROM void_line WHERE visit = ? ORDER BY entry_seq DESC LIMIT 1", (visit,)).fetchone()
    if void:
        return Withdrawn(visit, "voided", f"{datetime.fromisoformat(void[0]):%Y-%m-%d %H:%M} UTC")
    undone = _undone(connection, last[0])
    return Withdrawn(visit, "taken back", f"{undone.at:%Y-%m-%d %H:%M} UTC") if undone else NotFound("visit")


def versions(connection: sqlite3.Connection, visit: int, columns: str) -> tuple[VisitVersion, ...]:
    """Every version of a visit, the first one first; ``columns`` are those of ``head``. The end of an event stands where it was told."""
    void = connection.execute(
        "SELECT voided_at, voided_by, reason FROM void_line WHERE visit = ? ORDER BY entry_seq DESC LIMIT 1", (visit,)
    ).fetchone()
    voided = Voided(datetime.fromisoformat(void[0]), void[1], void[2]) if void else None
    rows = connection.execute(
        f"SELECT visit_version_id, entry_seq, standing, reason, {columns} FROM visit_history WHERE visit = ? ORDER BY version",  # noqa: S608 - names of ours
        (visit,),
    ).fetchall()
    found = []
    for version_id, seq, standing, reason, *row in rows:
        top = head(tuple(row))
        whole = _whole(connection, top, "history", "visit_detail_history", ("visit_version_id", version_id))
        why, gone = reason if top.version > 1 else None, voided if standing == "void" else None
        found.append(VisitVersion(top.version, standing, whole, why, gone, _undone(connection, seq) if standing == "undone" else None))
    return tuple(found)


def _undone(connection: sqlite3.Connection, seq: int) -> Voided | None:
    """The undo that took an entry back."""
    row = connection.execute(
        "SELECT n.at, n.actor FROM withdrawn_entry w JOIN entry_line n ON n.seq = w.withdrawn_by WHERE w.seq = ?", (seq,)
    ).fetchone()
    return Voided(datetime.fromisoformat(row[0]), row[1], None) if row else None


def identities(connection: sqlite3.Connection, patient_id: int) -> tuple[PastIdentity, ...]:
    """Every identity of a patient, the first one first."""
    rows = connection.execute(
        "SELECT name, born, recorded_at, recorded_by, reason, stands FROM identity_history WHERE patient_id = ? ORDER BY identity_id", (patient_id,)
    )
    return tuple(PastIdentity(name, _day(born), datetime.fromisoformat(at), by, why, bool(stands)) for name, born, at, by, why, stands in rows)


def _whole(connection: sqlite3.Connection, top: VisitHead, suffix: str, detail_view: str, which: tuple[str, int]) -> WholeVisit:
    column, number = which

    def lines(columns: str, view: str) -> list[tuple[Any, ...]]:
        sql = f"SELECT {columns} FROM {view}_{suffix} WHERE {column} = ? ORDER BY position"  # noqa: S608 - names of ours
        return connection.execute(sql, (number,)).fetchall()

    jurisdiction, reason, product, diluent_ul, reconstituted_at, minutes, injector = connection.execute(
        f"SELECT jurisdiction, reason, product, diluent_ul, reconstituted_at, minutes, injector FROM {detail_view} WHERE {column} = ?",  # noqa: S608 - names of ours
        (number,),
    ).fetchone()
    return WholeVisit(
        head=top,
        jurisdiction=jurisdiction,
        answers=tuple(lines("question, value", "answer")),
        findings=tuple(
            PastFinding(finding, level, None if met is None else bool(met), because, source, resolution, why)
            for finding, level, met, because, source, resolution, why in lines("finding, level, met, because, source, resolution, reason", "finding")
        ),
        injections=tuple(PastInjection(*line) for line in lines("site, muscle, side, planned_hundredths, hundredths, state, reason", "injection")),
        vials=tuple(
            PastVialUse(vial_id, lot, _day(expires), drawn, given, wasted)
            for vial_id, lot, expires, drawn, given, wasted in lines(
                "vial_id, lot, expires, drawn_hundredths, given_hundredths, wasted_hundredths", "vial_use"
            )
        ),
        events=tuple(
            ToldEvent(event, severity, _day(onset), related, escalate, _day(told), None if told else _day(ended))
            for event, severity, onset, related, escalate, ended, told in lines(
                "event, severity, onset, related, escalate, resolved_on, told_resolved_on", "event"
            )
        ),
        resolved=tuple((event, date.fromisoformat(on)) for event, on in lines("event, resolved_on", "event_resolved")),
        reason=reason,
        product=product,
        diluent_ul=diluent_ul,
        reconstituted_at=datetime.fromisoformat(reconstituted_at) if reconstituted_at else None,
        minutes=minutes,
        injector=injector,
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
