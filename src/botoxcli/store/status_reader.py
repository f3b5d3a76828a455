"""A patient's pauses and archives, with their reasons."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime

from botoxcli.clinic.past_status import PastStatus


def statuses(connection: sqlite3.Connection, patient_id: int) -> tuple[PastStatus, ...]:
    """All that stand, in the order in which they were recorded."""
    rows = connection.execute(
        "SELECT 'paused', until, NULL, NULL, reason, recorded_at, recorded_by, pause_id FROM pause_line WHERE patient_id = ? "
        "UNION ALL SELECT CASE archived WHEN 1 THEN 'archived' ELSE 'taken-back' END, date, why, rules, reason, recorded_at, recorded_by, archive_id "
        "FROM archive_line WHERE patient_id = ? ORDER BY 6, 8",
        (patient_id, patient_id),
    )
    return tuple(
        PastStatus(kind, None if day is None else date.fromisoformat(day), why, rules, reason, datetime.fromisoformat(at), by)
        for kind, day, why, rules, reason, at, by, _ in rows
    )
