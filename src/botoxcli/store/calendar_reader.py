"""Which courses a calendar may hold something of, read through the views. Loaded only when a calendar is written.

Conventions. A course is a patient under a protocol, with every version of every visit, those that were voided or undone too: an earlier list may
have shown what they opened. What was archived before the first visit was recorded, as an import does it, ended nothing.
"""

from __future__ import annotations

import sqlite3
from datetime import date

from botoxcli.clinic.due_calendar import PastCourse

_ENDS = """
SELECT patient_id, recorded_at AS at FROM archive_line WHERE archived = 1
UNION ALL SELECT patient_id, recorded_at FROM pause_line
UNION ALL SELECT patient_id, erased_at FROM erasure_line
UNION ALL SELECT h.patient_id, v.voided_at FROM void_line v JOIN visit_history h ON h.visit = v.visit"""

_INTERRUPTIONS = """
SELECT patient_id FROM archive_line UNION SELECT patient_id FROM pause_line
UNION SELECT patient_id FROM appointment_line WHERE kind = 'declined'"""


def past_courses(connection: sqlite3.Connection) -> tuple[PastCourse, ...]:
    """Every course, by code and protocol."""
    ends = dict(connection.execute(f"SELECT patient_id, max(at) FROM ({_ENDS}) GROUP BY patient_id").fetchall())  # noqa: S608 - ours
    interrupted = {row[0] for row in connection.execute(_INTERRUPTIONS)}
    events: dict[tuple[int, str], list[int]] = {}
    told = "SELECT DISTINCT patient_id, protocol, visit FROM event_history WHERE escalate IN ('review', 'emergency') ORDER BY visit"
    for patient_id, protocol, visit in connection.execute(told):
        events.setdefault((patient_id, protocol), []).append(visit)
    rows = connection.execute(
        "SELECT patient_id, patient, protocol, max(date), min(recorded_at), sum(kind = 'consult'), sum(kind = 'session') FROM visit_history "
        "GROUP BY patient_id, protocol ORDER BY patient, protocol"
    )
    return tuple(
        PastCourse(
            code, protocol, date.fromisoformat(last), _touched(last, since, ends.get(patient_id)), consults, sessions, patient_id in interrupted,
            tuple(events.get((patient_id, protocol), ())),
        )
        for patient_id, code, protocol, last, since, consults, sessions in rows
    )  # fmt: skip


def _touched(last_visit: str, since: str, ended: str | None) -> date:
    """The later of two days; ``since`` is when the course's first visit was recorded."""
    return date.fromisoformat(max(last_visit, ended[:10]) if ended and ended >= since else last_visit)
