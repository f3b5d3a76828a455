"""A visit whole, put together from the views. Loaded only when a visit is shown: the daily list does not need it."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from botoxcli.clinic.past_visit import PastFinding, PastIdentity, PastInjection, PastVialUse, ToldEvent, VisitHead, VisitVersion, Voided, WholeVisit
from botoxcli.errors import NotFound, Withdrawn

# What belongs to a visit: the view of each part without its suffix, and the columns of it. Every visit has one line of ``detail``.
_COLUMNS = {
    "detail": "jurisdiction, reason, product, diluent_ul, reconstituted_at, minutes, injector",
    "answer": "question, value",
    "finding": "finding, level, met, because, source, resolution, reason",
    "injection": "site, muscle, side, planned_hundredths, hundredths, state, reason",
    "vial_use": "vial_id, lot, expires, drawn_hundredths, given_hundredths, wasted_hundredths",
    "event": "event, severity, onset, related, escalate, resolved_on, told_resolved_on",
    "event_resolved": "event, resolved_on",
}
_Parts = dict[str, list[list[Any]]]


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


def heads(connection: sqlite3.Connection, columns: str, patient_id: int | None, kind: str | None) -> tuple[VisitHead, ...]:
    """The visits that stand, of a patient or a kind or all, by date and number; ``columns`` are those of ``head``."""
    wanted = {"patient_id": patient_id, "kind": kind}
    given = {column: value for column, value in wanted.items() if value is not None}
    where = " AND ".join(["1", *(f"{column} = ?" for column in given)])
    sql = f"SELECT {columns} FROM current_visit WHERE {where} ORDER BY date, visit"  # noqa: S608 - names of ours
    return tuple(head(row) for row in connection.execute(sql, tuple(given.values())))


def whole_visit(connection: sqlite3.Connection, columns: str, visit: int) -> WholeVisit:
    """Everything of a visit that stands; ``columns`` are those of ``head``. Raises NotFound."""
    row = connection.execute(f"SELECT {columns} FROM current_visit WHERE visit = ?", (visit,)).fetchone()  # noqa: S608 - names of ours
    if row is None:
        raise no_visit(connection, visit)
    return _whole(head(row), _parts(connection, "line", "visit_detail", ("visit", visit))[visit])


def whole_visits(connection: sqlite3.Connection, columns: str, patient_id: int, without: Collection[str] = ()) -> tuple[WholeVisit, ...]:
    """The same of every visit of a patient, by date and number: each view is read once, however many visits there are, those ``without`` never.

    A visit that came or went meanwhile is not among them: who must have all reads at one instant.
    """
    parts = _parts(connection, "line", "visit_detail", ("patient_id", patient_id), without)
    return tuple(_whole(top, parts[top.visit]) for top in heads(connection, columns, patient_id, None) if top.visit in parts)


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
        whole = _whole(top, _parts(connection, "history", "visit_detail_history", ("visit_version_id", version_id))[visit])
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


def _parts(connection: sqlite3.Connection, suffix: str, detail_view: str, which: tuple[str, int], without: Collection[str] = ()) -> dict[int, _Parts]:
    """What belongs to visits, by their numbers: of the one visit or version that ``which`` names, or of all visits of a patient."""
    column, number = which
    found: dict[int, _Parts] = {}
    for name, columns in _COLUMNS.items():
        if name in without:
            continue
        view = detail_view if name == "detail" else f"{name}_{suffix}"
        order = "" if name == "detail" else " ORDER BY position"
        sql = f"SELECT visit, {columns} FROM {view} WHERE {column} = ?{order}"  # noqa: S608 - names of ours
        for visit, *line in connection.execute(sql, (number,)):
            found.setdefault(visit, {}).setdefault(name, []).append(line)
    return found


def _whole(top: VisitHead, parts: _Parts) -> WholeVisit:
    ((jurisdiction, reason, product, diluent_ul, reconstituted_at, minutes, injector),) = parts["detail"]
    return WholeVisit(
        head=top,
        jurisdiction=jurisdiction,
        answers=tuple((question, value) for question, value in parts.get("answer", ())),
        findings=tuple(
            PastFinding(finding, level, None if met is None else bool(met), because, source, resolution, why)
            for finding, level, met, because, source, resolution, why in parts.get("finding", ())
        ),
        injections=tuple(PastInjection(*line) for line in parts.get("injection", ())),
        vials=tuple(
            PastVialUse(vial_id, lot, _day(expires), drawn, given, wasted)
            for vial_id, lot, expires, drawn, given, wasted in parts.get("vial_use", ())
        ),
        events=tuple(
            ToldEvent(event, severity, _day(onset), related, escalate, _day(told), None if told else _day(ended))
            for event, severity, onset, related, escalate, ended, told in parts.get("event", ())
        ),
        resolved=tuple((event, date.fromisoformat(on)) for event, on in parts.get("event_resolved", ())),
        reason=reason,
        product=product,
        diluent_ul=diluent_ul,
        reconstituted_at=datetime.fromisoformat(reconstituted_at) if reconstituted_at else None,
        minutes=minutes,
        injector=injector,
    )


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
