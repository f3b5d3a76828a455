"""What the courses of many patients are reckoned from, read at once: a query a view, however many patients there are.

The same facts as for one patient's response, of those that the daily list needs. How many diary days make a window complete is read out of the
text of the edition in use, for the list reads no YAML.
"""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from botoxcli.clinic.dates import Span
from botoxcli.clinic.diary import DiaryDay
from botoxcli.clinic.response import ResponseFacts, ToldConsult, ToldFollowUp, told_count, told_figure
from botoxcli.store.due_reader import editions_in_use, follow_up_rules

Course = tuple[str, str]  # a patient's code and a protocol
COMPLETE_FROM = 20
_COMPLETE_FROM = re.compile(r"^[^#\n]*\bcomplete_from_diary_days[\"']?:[ \t]*(\d{1,2})\b", re.MULTILINE)
_day = date.fromisoformat


def course_facts(connection: sqlite3.Connection, patients: Collection[str], today: date) -> dict[Course, ResponseFacts]:
    """The facts of each of those patients (by code) under each protocol with a session."""
    rows = _Rows(connection, patients)
    visits: dict[Course, dict[str, list[tuple[date, int]]]] = defaultdict(lambda: defaultdict(list))
    for code, protocol, kind, on, visit in rows.of("visit_now", "protocol, kind, date, visit"):
        visits[code, protocol][kind].append((_day(on), visit))
    answers = rows.answers()
    diary: dict[str, list[DiaryDay]] = defaultdict(list)
    for code, on, headache in rows.of("diary_line", "day, headache"):
        diary[code].append(DiaryDay(_day(on), bool(headache)))
    stops: dict[str, list[date]] = defaultdict(list)
    for code, on in rows.of("archive_line", "date", "archived = 1 AND why = 'stopped' AND date IS NOT NULL"):
        stops[code].append(_day(on))
    editions = _Editions(connection)
    return {
        (code, protocol): ResponseFacts(
            today=today,
            sessions=tuple(sorted(on for on, _ in kinds["session"])),
            consults=tuple(ToldConsult(visit, on, told_figure(answers[visit].get("headache-days"))) for on, visit in sorted(kinds["consult"])),
            follow_ups=tuple(
                ToldFollowUp(visit, on, told_count(answers[visit].get("headache-days")), told_count(answers[visit].get("diary-days")))
                for on, visit in sorted(kinds["follow-up"])
            ),
            diary=tuple(diary[code]),
            stops=tuple(stops[code]),
            complete_from=editions.complete_from(protocol),
            lapses_after=editions.lapses_after(protocol),
        )
        for (code, protocol), kinds in visits.items()
        if kinds["session"]
    }


class _Rows:
    """Rows of the views, of some patients."""

    def __init__(self, connection: sqlite3.Connection, patients: Collection[str]) -> None:
        known = connection.execute("SELECT patient_id, code FROM patient_now").fetchall()
        wanted = set(patients)
        self._connection = connection
        self._codes = {patient_id: code for patient_id, code in known if code in wanted}

    def of(self, view: str, columns: str, condition: str = "1") -> Iterator[tuple[Any, ...]]:
        """The patient's code, and those columns."""
        among = ", ".join(str(int(patient_id)) for patient_id in self._codes)
        sql = f"SELECT patient_id, {columns} FROM {view} WHERE patient_id IN ({among}) AND {condition}"  # noqa: S608 - names and numbers of ours
        return ((self._codes[patient_id], *row) for patient_id, *row in self._connection.execute(sql))

    def answers(self) -> dict[int, dict[str, str]]:
        """Of each consult and follow-up its headache days and diary days, as they were answered."""
        found: dict[int, dict[str, str]] = defaultdict(dict)
        asked = "kind IN ('consult', 'follow-up') AND question IN ('headache-days', 'diary-days')"
        for _, visit, question, value in self.of("answer_line", "visit, question, value", asked):
            found[visit][question] = value
        return found


class _Editions:
    """What the edition in use of a protocol says, each read once."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._in_use = editions_in_use(connection)
        self._complete: dict[str, int] = {}
        self._lapses: dict[str, Span | None] = {}

    def complete_from(self, protocol: str) -> int:
        if protocol not in self._complete:
            row = self._connection.execute("SELECT text FROM edition_line WHERE edition_id = ?", (self._in_use.get(protocol),)).fetchone()
            found = _COMPLETE_FROM.search(row[0]) if row else None
            self._complete[protocol] = int(found[1]) if found else COMPLETE_FROM
        return self._complete[protocol]

    def lapses_after(self, protocol: str) -> Span | None:
        if protocol not in self._lapses:
            edition = self._in_use.get(protocol)
            rules = follow_up_rules(self._connection, edition) if edition is not None else ()
            self._lapses[protocol] = next((rule.latest for rule in rules if (rule.kind, rule.anchor) == ("session", "session")), None)
        return self._lapses[protocol]
