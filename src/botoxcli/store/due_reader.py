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
from botoxcli.clinic.quiet_course import Quiet

# The setting whose value is a JSON object: a protocol's id, and the sha256 of its edition in use.
EDITIONS_IN_USE = "editions-in-use"
Course = tuple[int, str]  # a patient's number and a protocol
_day = date.fromisoformat
_RULE = "kind, anchor, earliest_count, earliest_unit, due_count, due_unit, latest_count, latest_unit, closes_count, closes_unit"
_COURSES = """
SELECT patient_id, patient, protocol, archived_on, paused_until, declined_on, session, session_date, session_edition_id,
    consult, consult_date, consult_edition_id, decision, decided, follow_up, follow_up_date, follow_up_edition_id
FROM course_now k WHERE (archived = 0 OR archived_rules IS NOT NULL AND archived_on >= ?) AND (
    NOT EXISTS (SELECT 1 FROM erasure_line x WHERE x.patient_id = k.patient_id)
    OR (SELECT n.name FROM patient_now n WHERE n.patient_id = k.patient_id) IS NOT NULL)"""


def due_candidates(
    connection: sqlite3.Connection, patient_id: int | None = None, *, stopped_since: date | None = None, quiet: Quiet | None = None
) -> tuple[DueCandidate, ...]:
    """Every patient (or that one) under every protocol that has a visit, by code; without those who were forgotten or archived.

    An archived patient whose archive names a response rule stays one, with the day of the stop; with ``stopped_since`` only where that is no
    earlier. Who came and left costs nothing but the look at whether they did; with ``quiet`` nothing is made of a course that it tells of.
    """
    since = stopped_since.isoformat() if stopped_since else ""
    one = patient_id is not None
    told = connection.execute(f"{_COURSES} AND patient_id = ?" if one else _COURSES, (since, patient_id) if one else (since,)).fetchall()
    events = _weighty_events(connection, {row[0] for row in told})
    courses = [row for row in told if not (quiet and _is_quiet(row, quiet, events))]
    appointments = _appointments(connection, courses, all_of_them=one)
    in_use = editions_in_use(connection)
    found = [_candidate(row, events, appointments, in_use) for row in courses]
    found.sort(key=_BY_CODE)
    return tuple(found)


_BY_CODE = itemgetter(0, 2)  # and by protocol


def _is_quiet(row: tuple[Any, ...], quiet: Quiet, events: Collection[Course]) -> bool:
    patient_id, _, protocol, archived, paused, declined, _, session, _, _, consult, _, decision, decided, _, follow_up, _ = row
    if archived or paused or declined or (patient_id, protocol) in events:
        return False
    return quiet.is_so(session, follow_up, consult, decision, decided)


def _candidate(
    row: tuple[Any, ...], events: Mapping[Course, list[PastEvent]], appointments: Mapping[Course, list[Appointment]], in_use: Mapping[str, int]
) -> DueCandidate:
    (
        patient_id, code, protocol, stopped, paused, _, session, session_on, session_by, consult, consult_on, consult_by, decision, decided,
        follow_up, follow_up_on, follow_up_by,
    ) = row  # fmt: skip
    course = patient_id, protocol
    return DueCandidate(
        code,
        patient_id,
        protocol,
        session and LastVisit(session, _day(session_on), session_by),
        consult and LastVisit(consult, _day(consult_on), consult_by, decision, decided),
        follow_up and LastVisit(follow_up, _day(follow_up_on), follow_up_by),
        tuple(events[course]) if course in events else (),
        tuple(appointments[course]) if course in appointments else (),
        paused and _day(paused),
        stopped and _day(stopped),
        in_use.get(protocol),
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
    rows = connection.execute(f"SELECT {_RULE} FROM follow_up_rule WHERE edition_id = ? ORDER BY position", (edition_id,))  # noqa: S608 - ours
    return tuple(_rule(*row) for row in rows)


def every_follow_up_rule(connection: sqlite3.Connection) -> tuple[FollowUpRule, ...]:
    """The windows of all pinned editions, each once."""
    return tuple(_rule(*row) for row in connection.execute(f"SELECT DISTINCT {_RULE} FROM follow_up_rule"))  # noqa: S608 - names of ours


def names(connection: sqlite3.Connection, codes: Iterable[str]) -> dict[str, str]:
    """The names of those patients, by code; without those that have none."""
    sql = "SELECT code, name FROM patient_now WHERE code IN (SELECT value FROM json_each(?)) AND name IS NOT NULL"
    return dict(connection.execute(sql, (_json_of_codes(codes),)).fetchall())


def _json_of_codes(codes: Iterable[str]) -> str:
    """A JSON array: a code is of letters, digits, ``-`` and ``_`` (RULES), which need no escape."""
    return f'["{quoted}"]' if (quoted := '","'.join(codes)) else "[]"


def _appointments(connection: sqlite3.Connection, courses: Iterable[tuple[Any, ...]], *, all_of_them: bool) -> dict[Course, list[Appointment]]:
    """In the order in which they were recorded; those from the last session's day on, which left the others behind, or all of them."""
    since: dict[str, dict[int, str]] = {}
    for patient_id, _, protocol, _, _, _, _, session_on, *_ in courses:
        since.setdefault(protocol, {})[patient_id] = "" if all_of_them else session_on or ""
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


def _weighty_events(connection: sqlite3.Connection, patients: Collection[int]) -> dict[Course, list[PastEvent]]:
    """Of those patients the events that were marked for a review and are not resolved, and every emergency, by day, visit and event.

    Where a visit has several emergencies, the one that stands first in its record made the others one: they are marked as raised.
    """

    def rows(view: str, resolved: str, condition: str) -> Iterator[tuple[Any, ...]]:
        sql = (
            f"SELECT patient_id, protocol, visit, date, event, severity, escalate, {resolved} "  # noqa: S608 - ours
            f"FROM {view} WHERE patient_id IN (SELECT value FROM json_each(?)) AND {condition}"
        )
        return connection.execute(sql, (f"[{','.join(map(str, patients))}]",))

    found: dict[Course, list[PastEvent]] = {}
    told = [*rows("open_event", "NULL", "escalate = 'review'"), *rows("emergency_event", "resolved_on", "1")]
    grave = Counter(row[2] for row in told if row[6] == "emergency")
    first = {visit: _first_emergency(connection, visit) for visit, count in grave.items() if count > 1}
    for patient_id, protocol, visit, on, event, severity, escalate, resolved in sorted(told, key=itemgetter(3, 2, 4)):
        raised = escalate == "emergency" and first.get(visit, event) != event
        found.setdefault((patient_id, protocol), []).append(PastEvent(visit, _day(on), event, severity, escalate, resolved is not None, raised))
    return found


def _first_emergency(connection: sqlite3.Connection, visit: int) -> str:
    sql = "SELECT event FROM event_line WHERE visit = ? AND escalate = 'emergency' ORDER BY position LIMIT 1"
    return str(connection.execute(sql, (visit,)).fetchone()[0])


def _maybe_day(text: str | None) -> date | None:
    return None if text is None else _day(text)


def _rule(
    kind: str, anchor: str, earliest: int, earliest_unit: Any, due: int, due_unit: Any, latest: int | None, latest_unit: Any,
    closes: int | None, closes_unit: Any,
) -> FollowUpRule:  # fmt: skip
    spans = Span(earliest, earliest_unit), Span(due, due_unit), _span(latest, latest_unit), _span(closes, closes_unit)
    return FollowUpRule(kind, anchor, *spans)


def _span(count: int | None, unit: Any) -> Span | None:
    return None if count is None else Span(count, unit)
