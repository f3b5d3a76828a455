"""What the audit looks at, read through the views: the sessions that stand, what was told after them, and consults nobody decided.

Conventions. Each view is read once, whatever the number of visits, and nothing of it that lies before the first day asked for: what was
told up to a session's day says nothing of it. Loaded only when it is asked for.
"""

from __future__ import annotations

import sqlite3
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Generic, TypeVar

from botoxcli.clinic.audit import AuditedSession, ToldAt, UndecidedConsult
from botoxcli.clinic.due_candidate import FollowUpRule

Told = TypeVar("Told")

_SESSIONS = """
SELECT a.visit, a.patient_id, a.patient, a.date, a.protocol, a.state, a.consent, a.aftercare, a.vials, a.units_hundredths, a.given_hundredths,
    a.unbalanced_vials, a.reconstituted_at, a.minutes, a.injector, a.next_session, v.edition_id
FROM session_audit a JOIN visit_now v ON v.visit = a.visit WHERE a.date >= ? ORDER BY a.visit"""
# Of a version that stands the ``*_history`` views have the same lines as the others, and need not ask again whether it does.
_FOLLOW_UPS = """
SELECT v.patient_id, v.protocol, v.visit, v.date,
    EXISTS (SELECT 1 FROM event_history e WHERE e.visit_version_id = v.visit_version_id)
        OR EXISTS (SELECT 1 FROM answer_history a WHERE a.visit_version_id = v.visit_version_id AND a.question = 'event') AS events,
    EXISTS (SELECT 1 FROM answer_history a WHERE a.visit_version_id = v.visit_version_id AND a.value <> 'unknown'
        AND a.question NOT IN ('event', 'diary-days') AND a.question NOT LIKE '%-direction') AS outcome
FROM visit_now v WHERE v.kind = 'follow-up' AND v.date > ? ORDER BY v.date, v.visit"""
_OUTSIDE = "SELECT visit, lot FROM vial_use_line WHERE vial_id IS NULL AND date >= ? ORDER BY visit, position"
_DIARY = "SELECT patient_id, day FROM diary_line WHERE day > ? ORDER BY day"
_UNDECIDED = """
SELECT visit, patient, date, protocol FROM current_visit
WHERE kind = 'consult' AND decision = 'needs-review' AND decided IS NULL AND date >= ? ORDER BY visit"""


class _ByDay(Generic[Told]):
    """What was told of one thing, by day."""

    __slots__ = ("days", "told")

    def __init__(self) -> None:
        self.days: list[str] = []
        self.told: list[Told] = []

    def add(self, day: str, told: Told) -> None:
        """What was told on a day that is not before the last one."""
        self.days.append(day)
        self.told.append(told)

    def between(self, on: str, following: str | None) -> tuple[Told, ...]:
        """What was told after the day of a session, up to and with that of the next."""
        first = bisect_right(self.days, on)
        last = len(self.days) if following is None else bisect_right(self.days, following)
        return tuple(self.told[first:last])


def audited(
    connection: sqlite3.Connection, rules: Callable[[int], tuple[FollowUpRule, ...]], since: date | None
) -> tuple[tuple[AuditedSession, ...], tuple[UndecidedConsult, ...]]:
    """The sessions and the undecided consults from ``since`` on. ``rules`` gives an edition's windows."""
    first = ((since or date.min).isoformat(),)
    told: dict[tuple[int, str], _ByDay[ToldAt]] = defaultdict(_ByDay)
    for patient_id, protocol, visit, on, events, outcome in connection.execute(_FOLLOW_UPS, first):
        told[patient_id, protocol].add(on, ToldAt(visit, date.fromisoformat(on), bool(events), bool(outcome)))
    outside: dict[int, list[str]] = defaultdict(list)
    for visit, lot in connection.execute(_OUTSIDE, first):
        outside[visit].append(lot)
    diary: dict[int, _ByDay[date]] = defaultdict(_ByDay)
    for patient_id, day in connection.execute(_DIARY, first):
        diary[patient_id].add(day, date.fromisoformat(day))
    windows: dict[int, tuple[FollowUpRule, ...]] = {}
    sessions = []
    for row in connection.execute(_SESSIONS, first).fetchall():
        edition_id = row[-1]
        if edition_id not in windows:
            windows[edition_id] = rules(edition_id)
        sessions.append(_session(row, windows[edition_id], told, diary, tuple(outside.get(row[0], ()))))
    undecided = (UndecidedConsult(visit, patient, date.fromisoformat(on), name) for visit, patient, on, name in connection.execute(_UNDECIDED, first))
    return tuple(sessions), tuple(undecided)


def _session(
    row: tuple[Any, ...],
    rules: tuple[FollowUpRule, ...],
    told: Mapping[tuple[int, str], _ByDay[ToldAt]],
    diary: Mapping[int, _ByDay[date]],
    outside: tuple[str, ...],
) -> AuditedSession:
    (
        visit, patient_id, patient, on, protocol, state, consent, aftercare, vials, total, given, unbalanced, mixed, minutes, injector,
        following, _,
    ) = row  # fmt: skip
    after, days = told.get((patient_id, protocol)), diary.get(patient_id)
    return AuditedSession(
        visit, patient, date.fromisoformat(on), protocol, state == "imported", consent, aftercare, vials, outside, total or 0, given, unbalanced,
        mixed is not None, minutes, injector, date.fromisoformat(following) if following else None, rules,
        after.between(on, following) if after else (), days.between(on, following) if days else (),
    )  # fmt: skip
