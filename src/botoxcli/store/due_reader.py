"""What the due list is derived from, read through the daily views. Loaded every morning: nothing here is heavy."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from operator import itemgetter
from typing import Any

from botoxcli.clinic.dates import Span
from botoxcli.clinic.due_candidate import Appointment, DueCandidate, FollowUpRule, LastVisit, PastEvent

# The setting whose value is a JSON object: a protocol's id, and the sha256 of its edition in use.
EDITIONS_IN_USE = "editions-in-use"
Course = tuple[int, str]  # a patient's number and a protocol
_day = date.fromisoformat
_NOT_FORGOTTEN = "(name IS NOT NULL OR NOT EXISTS (SELECT 1 FROM erasure_line x WHERE x.patient_id = patient_now.patient_id))"


def due_candidates(connection: sqlite3.Connection, patient_id: int | None = None) -> tuple[DueCandidate, ...]:
    """Every patient (or that one) under every protocol that has a visit, by code; without those who were forgotten or archived.

    An archived patient whose archive names a response rule stays one, with the day of the stop.
    """
    rows = _Rows(connection, patient_id)
    sessions = _last(rows, "last_session")
    consults = _last(rows, "last_consult", "decision, decided")
    follow_ups = _last(rows, "last_follow_up")
    in_use = editions_in_use(connection)
    events, appointments, known = _weighty_events(rows), _appointments(rows), _patients(rows)
    keys = sorted((known[key[0]][0], key) for key in {*sessions, *consults, *follow_ups} if key[0] in known)
    return tuple(
        DueCandidate(
            patient=code,
            patient_id=key[0],
            protocol=key[1],
            session=sessions.get(key),
            consult=consults.get(key),
            follow_up=follow_ups.get(key),
            events=tuple(events.get(key, ())),
            appointments=tuple(appointments.get(key, ())),
            paused_until=known[key[0]][1],
            stopped_on=known[key[0]][2],
            edition_in_use=in_use.get(key[1]),
        )
        for code, key in keys
    )


def editions_in_use(connection: sqlite3.Connection) -> dict[str, int]:
    """The edition of each protocol that the practice took up last, as far as the ledger heard of it.

    That is the one that was pinned last, but where an older text came back into use: then the setting names it.
    """
    in_use = dict(connection.execute("SELECT protocol, max(edition_id) FROM edition_line GROUP BY protocol").fetchall())
    named = connection.execute("SELECT value FROM setting_now WHERE name = ?", (EDITIONS_IN_USE,)).fetchone()
    if named:
        import json

        pinned = dict(connection.execute("SELECT sha256, edition_id FROM edition_history").fetchall())
        in_use.update({protocol: pinned[sha256] for protocol, sha256 in json.loads(named[0]).items() if sha256 in pinned})
    return in_use


def follow_up_rules(connection: sqlite3.Connection, edition_id: int) -> tuple[FollowUpRule, ...]:
    """The windows of a pinned edition, in the file's order."""
    rows = connection.execute(
        "SELECT kind, anchor, earliest_count, earliest_unit, due_count, due_unit, latest_count, latest_unit, closes_count, closes_unit "
        "FROM follow_up_rule WHERE edition_id = ? ORDER BY position",
        (edition_id,),
    )
    return tuple(
        FollowUpRule(kind, anchor, Span(e, e_unit), Span(d, d_unit), _span(late, late_unit), _span(closes, closes_unit))
        for kind, anchor, e, e_unit, d, d_unit, late, late_unit, closes, closes_unit in rows
    )


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of the daily views: everybody's, or one patient's."""

    connection: sqlite3.Connection
    patient_id: int | None

    def of(self, columns: str, view: str, condition: str = "1") -> Iterator[tuple[Any, ...]]:
        sql = f"SELECT patient_id, {columns} FROM {view} WHERE {condition}"  # noqa: S608 - names of ours
        if self.patient_id is None:
            return self.connection.execute(sql)
        return self.connection.execute(f"{sql} AND patient_id = ?", (self.patient_id,))


def _last(rows: _Rows, view: str, *more: str) -> dict[Course, LastVisit]:
    columns = ", ".join(("protocol", "visit", "date", "edition_id", *more))
    return {
        (patient_id, protocol): LastVisit(visit, _day(on), edition_id, *decisions)
        for patient_id, protocol, visit, on, edition_id, *decisions in rows.of(columns, view)
    }


def _patients(rows: _Rows) -> dict[int, tuple[str, date | None, date | None]]:
    """Code, end of the pause and day of the stop of each who may be due. Who has no name here for another reason than forgetting may be."""
    told = rows.of("code, paused_until, archived_on", "patient_now", f"{_NOT_FORGOTTEN} AND (archived = 0 OR archived_rules IS NOT NULL)")
    return {patient_id: (code, _maybe_day(paused), _maybe_day(stopped)) for patient_id, code, paused, stopped in told}


def _appointments(rows: _Rows) -> dict[Course, list[Appointment]]:
    """In the order in which they were recorded."""
    found: dict[Course, list[Appointment]] = {}
    told = rows.of("appointment_id, protocol, kind, date, moved_to", "appointment_line")
    for patient_id, _, protocol, kind, on, to in sorted(told, key=itemgetter(1)):
        found.setdefault((patient_id, protocol), []).append(Appointment(kind, _day(on), _maybe_day(to)))
    return found


def _weighty_events(rows: _Rows) -> dict[Course, list[PastEvent]]:
    """The events that were marked for a review and are not resolved, and every emergency, by day, visit and event.

    Where a visit has several emergencies, the one that stands first in its record made the others one: they are marked as raised.
    """
    found: dict[Course, list[PastEvent]] = {}
    columns = "protocol, visit, date, event, severity, escalate"
    to_review = rows.of(f"{columns}, NULL", "open_event", "escalate = 'review'")
    told = [*to_review, *rows.of(f"{columns}, resolved_on", "emergency_event")]
    grave = Counter(row[2] for row in told if row[6] == "emergency")
    first = {visit: _first_emergency(rows.connection, visit) for visit, count in grave.items() if count > 1}
    for patient_id, protocol, visit, on, event, severity, escalate, resolved in sorted(told, key=itemgetter(3, 2, 4)):
        raised = escalate == "emergency" and first.get(visit, event) != event
        found.setdefault((patient_id, protocol), []).append(PastEvent(visit, _day(on), event, severity, escalate, resolved is not None, raised))
    return found


def _first_emergency(connection: sqlite3.Connection, visit: int) -> str:
    sql = "SELECT event FROM event_line WHERE visit = ? AND escalate = 'emergency' ORDER BY position LIMIT 1"
    return str(connection.execute(sql, (visit,)).fetchone()[0])


def _maybe_day(text: str | None) -> date | None:
    return None if text is None else _day(text)


def _span(count: int | None, unit: Any) -> Span | None:
    return None if count is None else Span(count, unit)
