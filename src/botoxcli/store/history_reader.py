"""All that stands of one patient, read through the views: what the rules of a visit and a chart look at."""

from __future__ import annotations

import sqlite3
from datetime import date
from itertools import pairwise
from typing import Any

from botoxcli.clinic.diary import DiaryDay
from botoxcli.clinic.due_candidate import Appointment, PastEvent
from botoxcli.clinic.history import Deviation, PastArchive, PastConsult, PastPause, PastSession, PastToxin, PatientHistory
from botoxcli.clinic.known_patient import KnownPatient

_day = date.fromisoformat


def patient_history(connection: sqlite3.Connection, patient: KnownPatient, *, brief: bool = False) -> PatientHistory:
    """Each kind in the order of dates; ``brief`` has of a session its day, product and total alone, and nothing of its sites and answers."""
    heads = connection.execute(
        "SELECT visit, date, protocol, kind, decision, decided FROM current_visit WHERE patient_id = ? ORDER BY date, visit", (patient.patient_id,)
    ).fetchall()
    return PatientHistory(
        patient=patient,
        consults=tuple(PastConsult(visit, _day(on), name, ruled, own) for visit, on, name, kind, ruled, own in heads if kind == "consult"),
        sessions=_brief_sessions(connection, patient.patient_id) if brief else _sessions(connection, patient.patient_id),
        follow_ups=tuple((visit, _day(on)) for visit, on, _, kind, _, _ in heads if kind == "follow-up"),
        events=_events(connection, patient.patient_id),
        toxins=toxins(connection, patient.patient_id),
        archives=_archives(connection, patient.patient_id),
        pauses=_pauses(connection, patient.patient_id),
    )


def toxins(connection: sqlite3.Connection, patient_id: int) -> tuple[PastToxin, ...]:
    """The toxin that was given elsewhere, by date."""
    rows = connection.execute("SELECT date, product, hundredths FROM toxin_line WHERE patient_id = ? ORDER BY date, toxin_id", (patient_id,))
    return tuple(PastToxin(_day(on), product, hundredths) for on, product, hundredths in rows)


def appointments(connection: sqlite3.Connection, patient_id: int) -> tuple[tuple[str, Appointment, str | None], ...]:
    """Protocol, appointment and reason, in the order in which they were recorded."""
    rows = connection.execute(
        "SELECT protocol, kind, date, moved_to, reason FROM appointment_line WHERE patient_id = ? ORDER BY appointment_id", (patient_id,)
    )
    return tuple((protocol, Appointment(kind, _day(on), _maybe_day(to)), reason) for protocol, kind, on, to, reason in rows)


def diary(connection: sqlite3.Connection, patient_id: int) -> tuple[DiaryDay, ...]:
    """The days of the diary as they stand, by date."""
    rows = connection.execute(
        "SELECT day, headache, hours_hundredths, migraine, severity, acute FROM diary_line WHERE patient_id = ? ORDER BY day", (patient_id,)
    )
    return tuple(
        DiaryDay(_day(day), bool(headache), hours, _yes_no(migraine), severity, _yes_no(acute))
        for day, headache, hours, migraine, severity, acute in rows
    )


def _archives(connection: sqlite3.Connection, patient_id: int) -> tuple[PastArchive, ...]:
    rows = connection.execute("SELECT archived, date, why, rules FROM archive_line WHERE patient_id = ? ORDER BY archive_id", (patient_id,))
    return tuple(PastArchive(bool(archived), _maybe_day(on), why, rules) for archived, on, why, rules in rows)


def _pauses(connection: sqlite3.Connection, patient_id: int) -> tuple[PastPause, ...]:
    """A row that came later ends the one before it: a pause on the day of its recording, an early end on the day that it names, or at once."""
    rows = connection.execute(
        "SELECT date(recorded_at), coalesce(until, date(recorded_at)) FROM pause_line WHERE patient_id = ? ORDER BY pause_id", (patient_id,)
    )
    told = [PastPause(_day(since), _day(until)) for since, until in rows]
    lived = [PastPause(one.since, min(one.until, later.since, later.until)) for one, later in pairwise(told)]
    return tuple(one for one in (*lived, *told[-1:]) if one.since < one.until)


def _brief_sessions(connection: sqlite3.Connection, patient_id: int) -> tuple[PastSession, ...]:
    rows = connection.execute(
        "SELECT v.visit, v.date, v.protocol, d.product, v.units_hundredths FROM current_visit v "
        "JOIN visit_detail d ON d.visit = v.visit WHERE v.patient_id = ? AND v.kind = 'session' ORDER BY v.date, v.visit",
        (patient_id,),
    )
    return tuple(PastSession(visit, _day(on), protocol, product, hundredths or 0) for visit, on, protocol, product, hundredths in rows)


def _sessions(connection: sqlite3.Connection, patient_id: int) -> tuple[PastSession, ...]:
    totals: dict[int, list[Any]] = {}
    deviations: dict[int, list[Deviation]] = {}
    doses: dict[int, list[tuple[str, int]]] = {}
    for visit, on, protocol, product, site, state, planned, given, reason in connection.execute(
        "SELECT visit, date, protocol, product, site, state, planned_hundredths, hundredths, reason "
        "FROM injection_line WHERE patient_id = ? ORDER BY date, visit, position",
        (patient_id,),
    ):
        totals.setdefault(visit, [_day(on), protocol, product, 0])[3] += given
        doses.setdefault(visit, []).append((site, given))
        if state in ("changed", "skipped", "extra"):
            deviations.setdefault(visit, []).append(Deviation(site, state, planned, given, reason))
    answers: dict[int, list[tuple[str, str]]] = {}
    for visit, question, value in connection.execute(
        "SELECT visit, question, value FROM answer_line WHERE patient_id = ? AND kind = 'session' ORDER BY visit, position", (patient_id,)
    ):
        answers.setdefault(visit, []).append((question, value))
    return tuple(
        PastSession(visit, on, protocol, product, total, tuple(deviations.get(visit, ())), tuple(answers.get(visit, ())), tuple(doses[visit]))
        for visit, (on, protocol, product, total) in totals.items()
    )


def _events(connection: sqlite3.Connection, patient_id: int) -> tuple[PastEvent, ...]:
    rows = connection.execute(
        "SELECT visit, coalesce(onset, date), event, severity, escalate, resolved_on FROM event_line "
        "WHERE patient_id = ? ORDER BY 2, visit, position",
        (patient_id,),
    )
    return tuple(
        PastEvent(visit, _day(on), event, severity, escalate, resolved is not None) for visit, on, event, severity, escalate, resolved in rows
    )


def _maybe_day(text: str | None) -> date | None:
    return None if text is None else _day(text)


def _yes_no(flag: int | None) -> bool | None:
    return None if flag is None else bool(flag)
