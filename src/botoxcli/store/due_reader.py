"""What the due list is derived from, read through the daily views. Loaded every morning: nothing here is heavy."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from operator import itemgetter
from typing import Any

from botoxcli.clinic.dates import Span
from botoxcli.clinic.due_candidate import Appointment, DueCandidate, FollowUpRule, LastVisit, PastEvent

# The setting whose value is a JSON object: a protocol's id, and the sha256 of its edition in use.
EDITIONS_IN_USE = "editions-in-use"
Course = tuple[int, str]  # a patient's number and a protocol
_day = date.fromisoformat
_AT_ONCE = 500  # codes in a question: SQLite may take no more than 999 values
_NOT_FORGOTTEN = "(name IS NOT NULL OR NOT EXISTS (SELECT 1 FROM erasure_line x WHERE x.patient_id = patient_now.patient_id))"


def due_candidates(connection: sqlite3.Connection, patient_id: int | None = None, *, stopped_since: date | None = None) -> tuple[DueCandidate, ...]:
    """Every patient (or that one) under every protocol that has a visit, by code; without those who were forgotten or archived.

    An archived patient whose archive names a response rule stays one, with the day of the stop; with ``stopped_since`` only where that is no
    earlier. Who they are is asked first, and everything else of them alone: whoever ever came and left costs nothing.
    """
    known = _patients(connection, patient_id, stopped_since)
    rows = _Rows(connection, known)
    sessions = _last(rows, "last_session")
    consults = _last(rows, "last_consult", "decision, decided")
    follow_ups = _last(rows, "last_follow_up")
    in_use = editions_in_use(connection)
    events = _weighty_events(rows)
    keys = sorted((known[key[0]][0], key) for key in {*sessions, *consults, *follow_ups})
    appointments = _appointments(connection, {key: sessions.get(key) if patient_id is None else None for _, key in keys})
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


def names(connection: sqlite3.Connection, codes: Iterable[str]) -> dict[str, str]:
    """The names of those patients, by code; without those that have none."""
    asked, found = list(codes), dict[str, str]()
    for start in range(0, len(asked), _AT_ONCE):
        some = asked[start : start + _AT_ONCE]
        sql = f"SELECT code, name FROM patient_now WHERE code IN ({', '.join('?' * len(some))}) AND name IS NOT NULL"  # noqa: S608 - of question marks
        found.update(connection.execute(sql, some).fetchall())
    return found


def stop_reviews_last(connection: sqlite3.Connection) -> tuple[Span | None, ...]:
    """How long the review after a stop stands in the list, by every pinned edition that says so; None: for ever."""
    sql = "SELECT DISTINCT latest_count, latest_unit FROM follow_up_rule WHERE anchor = 'response-stop'"
    return tuple(_span(count, unit) for count, unit in connection.execute(sql))


class _Rows:
    """Rows of the daily views, of those patients."""

    def __init__(self, connection: sqlite3.Connection, patients: Collection[int]) -> None:
        self.connection = connection
        self._patients = f"[{','.join(map(str, patients))}]"

    def of(self, columns: str, view: str, condition: str = "1") -> Iterator[tuple[Any, ...]]:
        sql = f"SELECT patient_id, {columns} FROM {view} WHERE patient_id IN (SELECT value FROM json_each(?)) AND {condition}"  # noqa: S608 - ours
        return self.connection.execute(sql, (self._patients,))


def _last(rows: _Rows, view: str, *more: str) -> dict[Course, LastVisit]:
    columns = ", ".join(("protocol", "visit", "date", "edition_id", *more))
    return {
        (patient_id, protocol): LastVisit(visit, _day(on), edition_id, *decisions)
        for patient_id, protocol, visit, on, edition_id, *decisions in rows.of(columns, view)
    }


def _patients(connection: sqlite3.Connection, patient_id: int | None, stopped_since: date | None) -> dict[int, tuple[str, date | None, date | None]]:
    """Code, end of the pause and day of the stop of each who may be due. Who has no name here for another reason than forgetting may be."""
    sql = (
        "SELECT patient_id, code, paused_until, archived_on FROM patient_now "  # noqa: S608 - names of ours
        f"WHERE (archived = 0 OR archived_rules IS NOT NULL AND archived_on >= ?) AND {_NOT_FORGOTTEN}"
    )
    since = stopped_since.isoformat() if stopped_since else ""
    one = patient_id is not None
    told = connection.execute(f"{sql} AND patient_id = ?" if one else sql, (since, patient_id) if one else (since,))
    return {number: (code, _maybe_day(paused), _maybe_day(stopped)) for number, code, paused, stopped in told}


def _appointments(connection: sqlite3.Connection, courses: Mapping[Course, LastVisit | None]) -> dict[Course, list[Appointment]]:
    """In the order in which they were recorded; of a course whose last session is given those from its day on, for it left the others behind."""
    since: dict[str, dict[int, str]] = {}
    for (patient_id, protocol), session in courses.items():
        since.setdefault(protocol, {})[patient_id] = session.date.isoformat() if session else ""
    found: dict[Course, list[Appointment]] = {}
    for protocol, days in since.items():
        wanted = ",".join(f'"{patient_id}":"{day}"' for patient_id, day in days.items())
        told = connection.execute(
            "SELECT a.patient_id, a.appointment_id, a.kind, a.date, a.moved_to FROM json_each(?) c "
            "CROSS JOIN appointment_line a ON a.patient_id = CAST(c.key AS INTEGER) AND a.protocol = ? AND a.date >= c.value",
            (f"{{{wanted}}}", protocol),
        )
        for patient_id, _, kind, on, to in sorted(told, key=itemgetter(1)):
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
