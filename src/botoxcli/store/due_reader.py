"""What the due list is derived from, read through the daily views. Loaded every morning: nothing here is heavy."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Any

from botoxcli.clinic.dates import Span
from botoxcli.clinic.history import Appointment, DueCandidate, FollowUpRule, LastVisit, PastEvent

Course = tuple[int, str]  # a patient's number and a protocol
_day = date.fromisoformat


def due_candidates(connection: sqlite3.Connection) -> tuple[DueCandidate, ...]:
    """Every patient under every protocol that has a visit, by code; without those who were forgotten or archived.

    An archived patient whose archive names a response rule stays one, with the day of the stop.
    """
    sessions = _last(connection, "SELECT patient_id, protocol, visit, date, edition_id FROM last_session")
    consults = _last(connection, "SELECT patient_id, protocol, visit, date, edition_id, decision, decided FROM last_consult")
    follow_ups = _last(connection, "SELECT patient_id, protocol, visit, date, edition_id FROM last_follow_up")
    events, appointments, known = _weighty_events(connection), _appointments(connection), _patients(connection)
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
        )
        for code, key in keys
    )


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


def _last(connection: sqlite3.Connection, sql: str) -> dict[Course, LastVisit]:
    return {
        (patient_id, protocol): LastVisit(visit, _day(on), edition_id, *decisions)
        for patient_id, protocol, visit, on, edition_id, *decisions in connection.execute(sql)
    }


def _patients(connection: sqlite3.Connection) -> dict[int, tuple[str, date | None, date | None]]:
    """Code, end of the pause and day of the stop of each who may be due."""
    rows = connection.execute(
        "SELECT patient_id, code, paused_until, archived_on FROM patient_now WHERE name IS NOT NULL AND (archived = 0 OR archived_rules IS NOT NULL)"
    )
    return {patient_id: (code, _maybe_day(paused), _maybe_day(stopped)) for patient_id, code, paused, stopped in rows}


def _appointments(connection: sqlite3.Connection) -> dict[Course, list[Appointment]]:
    """In the order in which they were recorded."""
    found: dict[Course, list[Appointment]] = {}
    for patient_id, protocol, kind, on, to in connection.execute(
        "SELECT patient_id, protocol, kind, date, moved_to FROM appointment_line ORDER BY appointment_id"
    ):
        found.setdefault((patient_id, protocol), []).append(Appointment(kind, _day(on), _maybe_day(to)))
    return found


def _weighty_events(connection: sqlite3.Connection) -> dict[Course, list[PastEvent]]:
    """The events that were marked for a review and are not resolved, and every emergency."""
    found: dict[Course, list[PastEvent]] = {}
    for patient_id, protocol, visit, on, event, severity, escalate, resolved in connection.execute(
        "SELECT patient_id, protocol, visit, date, event, severity, escalate, NULL FROM open_event WHERE escalate = 'review' "
        "UNION ALL SELECT patient_id, protocol, visit, date, event, severity, escalate, resolved_on FROM emergency_event ORDER BY 4, 3, 5"
    ):
        found.setdefault((patient_id, protocol), []).append(PastEvent(visit, _day(on), event, severity, escalate, resolved is not None))
    return found


def _maybe_day(text: str | None) -> date | None:
    return None if text is None else _day(text)


def _span(count: int | None, unit: Any) -> Span | None:
    return None if count is None else Span(count, unit)
