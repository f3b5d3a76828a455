"""What the audit looks at, read through the views: the sessions that stand, what was told after them, and consults nobody decided.

Conventions. Each view is read once, whatever the number of visits. Loaded only when it is asked for.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable
from datetime import date
from typing import Any

from botoxcli.clinic.audit import AuditedSession, ToldAt, UndecidedConsult
from botoxcli.clinic.due_candidate import FollowUpRule

_SESSIONS = """
SELECT a.visit, a.patient_id, a.patient, a.date, a.protocol, a.state, a.consent, a.aftercare, a.vials, a.units_hundredths, a.given_hundredths,
    a.unbalanced_vials, a.reconstituted_at, a.minutes, a.injector, a.next_session, v.edition_id
FROM session_audit a JOIN visit_now v ON v.visit = a.visit WHERE a.date >= ? ORDER BY a.visit"""
_FOLLOW_UPS = """
SELECT v.patient_id, v.protocol, v.visit, v.date,
    EXISTS (SELECT 1 FROM event_line e WHERE e.visit = v.visit)
        OR EXISTS (SELECT 1 FROM answer_line a WHERE a.visit = v.visit AND a.question = 'event') AS events,
    EXISTS (SELECT 1 FROM answer_line a WHERE a.visit = v.visit AND a.value <> 'unknown'
        AND a.question NOT IN ('event', 'diary-days') AND a.question NOT LIKE '%-direction') AS outcome
FROM visit_now v WHERE v.kind = 'follow-up' ORDER BY v.date, v.visit"""
_OUTSIDE = "SELECT visit, lot FROM vial_use_line WHERE vial_id IS NULL ORDER BY visit, position"
_DIARY = "SELECT patient_id, day FROM diary_line ORDER BY day"
_UNDECIDED = """
SELECT visit, patient, date, protocol FROM current_visit
WHERE kind = 'consult' AND decision = 'needs-review' AND decided IS NULL AND date >= ? ORDER BY visit"""


def audited(
    connection: sqlite3.Connection, rules: Callable[[int], tuple[FollowUpRule, ...]], since: date | None
) -> tuple[tuple[AuditedSession, ...], tuple[UndecidedConsult, ...]]:
    """The sessions and the undecided consults from ``since`` on. ``rules`` gives an edition's windows."""
    first = (since or date.min).isoformat()
    told: dict[tuple[int, str], list[ToldAt]] = defaultdict(list)
    for patient_id, protocol, visit, on, events, outcome in connection.execute(_FOLLOW_UPS):
        told[patient_id, protocol].append(ToldAt(visit, date.fromisoformat(on), bool(events), bool(outcome)))
    outside: dict[int, list[str]] = defaultdict(list)
    for visit, lot in connection.execute(_OUTSIDE):
        outside[visit].append(lot)
    diary: dict[int, list[date]] = defaultdict(list)
    for patient_id, day in connection.execute(_DIARY):
        diary[patient_id].append(date.fromisoformat(day))
    windows: dict[int, tuple[FollowUpRule, ...]] = {}
    sessions = []
    for row in connection.execute(_SESSIONS, (first,)).fetchall():
        patient_id, protocol, edition_id = row[1], row[4], row[-1]
        if edition_id not in windows:
            windows[edition_id] = rules(edition_id)
        days = tuple(diary.get(patient_id, ()))
        sessions.append(_session(row, windows[edition_id], tuple(told.get((patient_id, protocol), ())), days, tuple(outside.get(row[0], ()))))
    undecided = (
        UndecidedConsult(visit, patient, date.fromisoformat(on), name) for visit, patient, on, name in connection.execute(_UNDECIDED, (first,))
    )
    return tuple(sessions), tuple(undecided)


def _session(
    row: tuple[Any, ...], rules: tuple[FollowUpRule, ...], told: tuple[ToldAt, ...], diary: tuple[date, ...], outside: tuple[str, ...]
) -> AuditedSession:
    visit, _, patient, on, protocol, state, consent, aftercare, vials, total, given, unbalanced, mixed, minutes, injector, next_session, _ = row
    return AuditedSession(
        visit=visit,
        patient=patient,
        on=date.fromisoformat(on),
        protocol=protocol,
        imported=state == "imported",
        consent=consent,
        aftercare=aftercare,
        vials=vials,
        outside=outside,
        hundredths=total or 0,
        given_hundredths=given,
        unbalanced_vials=unbalanced,
        reconstituted=mixed is not None,
        minutes=minutes,
        injector=injector,
        next_session=date.fromisoformat(next_session) if next_session else None,
        rules=rules,
        told=told,
        diary=diary,
    )
