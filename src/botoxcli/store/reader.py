"""READS, through the public views, on the plain DB-API connection: what the rules and the screens look at.

Conventions. What comes back are frozen values of ``clinic.history`` and ``clinic.past_visit``, dates as ``date``, instants
aware and in UTC. The ``*_lines`` methods stream tuples in the order of the column constants below, doses in hundredths; use
them up before the reader closes. Used as a context manager it closes its connection, and turns what SQLite says inside the
block into our errors. Patients are named by code in every error; what was typed is never repeated.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from botoxcli.errors import NotFound
from botoxcli.store.due_reader import EDITIONS_IN_USE, due_candidates, editions_in_use, every_follow_up_rule, follow_up_rules
from botoxcli.store.engine import in_our_words, open_reader
from botoxcli.store.place import Place

if TYPE_CHECKING:
    from botoxcli.clinic.audit import AuditedSession, UndecidedConsult
    from botoxcli.clinic.backup_age import BackupFacts
    from botoxcli.clinic.diary import DiaryDay
    from botoxcli.clinic.due_calendar import PastCourse
    from botoxcli.clinic.due_candidate import Appointment, DueCandidate, FollowUpRule
    from botoxcli.clinic.editions import PinnedEdition
    from botoxcli.clinic.forgetting import Erasable
    from botoxcli.clinic.history import PastToxin, PatientHistory
    from botoxcli.clinic.known_patient import KnownPatient
    from botoxcli.clinic.past_entry import LedgerMark, PastEntry
    from botoxcli.clinic.past_status import PastStatus
    from botoxcli.clinic.past_visit import ChangeSeen, LotLine, PastIdentity, VisitHead, VisitVersion, WholeVisit
    from botoxcli.clinic.quiet_course import Quiet
    from botoxcli.clinic.response import ResponseFacts
    from botoxcli.clinic.stock_vial import StockVial

VISIT_COLUMNS = (
    "visit", "patient", "kind", "date", "protocol", "edition", "state", "units_hundredths", "lots", "decision", "recorded_at", "recorded_by",
)  # fmt: skip
ANSWER_COLUMNS = ("visit", "patient", "kind", "date", "protocol", "position", "question", "value")
INJECTION_COLUMNS = (
    "visit", "patient", "date", "site", "muscle", "side", "planned_hundredths", "hundredths", "state", "product", "protocol",
)  # fmt: skip
VIAL_COLUMNS = (
    "lot", "product", "hundredths", "expires", "state", "visit", "given_hundredths", "wasted_hundredths",
    "discard_reason", "discard_date", "recalled", "in_stock_since",
)  # fmt: skip
EVENT_COLUMNS = ("visit", "patient", "date", "protocol", "event", "severity", "onset", "related", "escalate", "resolved_on")
PATIENT_COLUMNS = ("patient", "protocol", "first_visit", "last_visit", "name", "born", "archived")
ENTRY_COLUMNS = ("seq", "at", "actor", "command", "change_key", "visit", "reason", "hash", "reverses", "withdrawn")

_HEAD = (
    "visit, patient_id, patient, kind, date, protocol, edition, edition_id, edition_sha256, state, units_hundredths, lots, "
    "decision, decided, recorded_at, recorded_by, version, ended_early"
)
_PATIENT = "patient_id, code, name, born, archived, paused_until"


def open_ledger(place: Path | Place) -> Reader:
    """A reader of the ledger at that place; close it, or use it in a ``with``."""
    place = Place.of(place)
    return Reader(open_reader(place), place.path)


class Reader:
    """What stands in a ledger, over an open connection. ``path`` is only named in errors."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
        if error is not None and (told := in_our_words(self._path, error)):
            raise told from error

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def at_one_instant(self) -> None:
        """From here on all is read as it stands now: who writes waits until the reader closes."""
        self._connection.execute("BEGIN")
        self._row("SELECT seq FROM entry_line WHERE seq = 1")

    def _rows(self, sql: str, *values: object) -> sqlite3.Cursor:
        return self._connection.execute(sql, values)

    def _row(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
        return row

    def settings(self) -> dict[str, str]:
        """The practice's settings that stand, by name; which editions are in use is for ``editions_in_use``."""
        return dict(self._rows("SELECT name, value FROM setting_now WHERE name <> ? ORDER BY name", EDITIONS_IN_USE))

    def backup_facts(self) -> BackupFacts:
        """When the last backup was recorded, when the ledger began, and the practice's limit."""
        from botoxcli.store.backup_reader import backup_facts

        return backup_facts(self._connection)

    def patients(self) -> tuple[KnownPatient, ...]:
        """All patients, by code."""
        return tuple(_patient(row) for row in self._rows(f"SELECT {_PATIENT} FROM patient_now ORDER BY code"))  # noqa: S608 - names of ours

    def names(self, codes: Iterable[str]) -> dict[str, str]:
        """The names of those patients, by code; without those that have none."""
        from botoxcli.store.due_reader import names

        return names(self._connection, codes)

    def find_patient(self, code_or_part: str) -> KnownPatient:
        """The patient of that code (in any case), else the only one whose name holds the words. Raises NotFound, Ambiguous."""
        typed = code_or_part.strip()
        if row := self._row(f"SELECT {_PATIENT} FROM patient_now WHERE code = ?", typed):  # noqa: S608 - names of ours
            return _patient(row)
        from botoxcli.clinic.known_patient import the_one_named

        return the_one_named(typed, self.patients())

    def patient(self, patient_id: int) -> KnownPatient:
        """The patient of that number. Raises NotFound."""
        row = self._row(f"SELECT {_PATIENT} FROM patient_now WHERE patient_id = ?", patient_id)  # noqa: S608 - names of ours
        if row is None:
            raise NotFound("patient")
        return _patient(row)

    def similar_patients(self, born: date) -> tuple[KnownPatient, ...]:
        """The patients with that birth date, by code: whether the names are alike is the rules' business."""
        sql = f"SELECT {_PATIENT} FROM patient_now WHERE born = ? ORDER BY code"  # noqa: S608 - names of ours
        return tuple(_patient(row) for row in self._rows(sql, born.isoformat()))

    def patient_history(self, patient_id: int, *, brief: bool = False) -> PatientHistory:
        """All that stands of a patient, each kind in the order of dates; ``brief`` without the sites and answers of sessions. Raises NotFound."""
        from botoxcli.store.history_reader import patient_history

        return patient_history(self._connection, self.patient(patient_id), brief=brief)

    def toxins(self, patient_id: int) -> tuple[PastToxin, ...]:
        """The toxin that was given elsewhere, by date."""
        from botoxcli.store.history_reader import toxins

        return toxins(self._connection, patient_id)

    def appointments(self, patient_id: int) -> tuple[tuple[str, Appointment, str | None], ...]:
        """Protocol, appointment and reason of all that were missed, declined or moved, in the order in which they were recorded."""
        from botoxcli.store.history_reader import appointments

        return appointments(self._connection, patient_id)

    def diary(self, patient_id: int) -> tuple[DiaryDay, ...]:
        """The days of the diary as they stand, by date."""
        from botoxcli.store.history_reader import diary

        return diary(self._connection, patient_id)

    def statuses(self, patient_id: int) -> tuple[PastStatus, ...]:
        """The pauses and archives with their reasons, in the order in which they were recorded."""
        from botoxcli.store.status_reader import statuses

        return statuses(self._connection, patient_id)

    def course_facts(self, patients: Collection[str], today: date) -> dict[tuple[str, str], ResponseFacts]:
        """What the response of those patients (by code) is reckoned from, under each protocol with a session."""
        from botoxcli.store.course_reader import course_facts

        return course_facts(self._connection, patients, today)

    def due_candidates(
        self, patient_id: int | None = None, *, stopped_since: date | None = None, quiet: Quiet | None = None
    ) -> tuple[DueCandidate, ...]:
        """Every patient (or that one) under every protocol that has a visit, by code; without those who were forgotten or archived.

        An archived patient whose archive names a response rule (since that day, if one is given) stays one, with the day of the stop. With
        ``quiet`` without the courses that it tells of.
        """
        return due_candidates(self._connection, patient_id, stopped_since=stopped_since, quiet=quiet)

    def every_follow_up_rule(self) -> tuple[FollowUpRule, ...]:
        """The windows of all pinned editions, each once."""
        return every_follow_up_rule(self._connection)

    def past_courses(self) -> tuple[PastCourse, ...]:
        """Every patient under every protocol that ever had a visit, those who were forgotten or archived too, by code."""
        from botoxcli.store.calendar_reader import past_courses

        return past_courses(self._connection)

    def follow_up_rules(self, edition_id: int) -> tuple[FollowUpRule, ...]:
        """The windows of a pinned edition, in the file's order."""
        return follow_up_rules(self._connection, edition_id)

    def edition_text(self, edition: int | str) -> str:
        """The pinned text of an edition, by its number or its sha256; also of one that only an undone change used.

        Raises NotFound, and LedgerDamaged when the text is not that of its sha256.
        """
        from botoxcli.store.edition_reader import edition_text

        return edition_text(self._connection, edition, self._path)

    def editions(self) -> tuple[PinnedEdition, ...]:
        """Every pinned edition, oldest first, with how many patients are on it."""
        from botoxcli.store.edition_reader import editions

        return editions(self._connection)

    def editions_in_use(self) -> dict[str, int]:
        """The number of the edition that the practice took up last, by protocol; without those of which the ledger has none."""
        return editions_in_use(self._connection)

    def vials(self, lot: str | None = None, *, unused_only: bool = False) -> tuple[StockVial, ...]:
        """The vials, of one lot (compared as lots are) or of all, in the order in which they came into stock."""
        from botoxcli.store.stock_reader import vials

        return vials(self._connection, lot, unused_only=unused_only)

    def is_recalled(self, lot: str) -> bool:
        """Whether a recall of this lot, however it is spelt, stands."""
        from botoxcli.store.stock_reader import is_recalled

        return is_recalled(self._connection, lot)

    def stock(self, lots: Iterable[str] | None = None) -> tuple[StockVial, ...]:
        """All vials, or those that bear or bore one of these lots, each with the lots that its label bore before it was corrected."""
        from botoxcli.store.stock_reader import stock, stock_of

        return stock(self._connection) if lots is None else stock_of(self._connection, lots)

    def vial(self, vial_id: int) -> StockVial:
        """One vial. Raises NotFound."""
        from botoxcli.store.stock_reader import vial

        if (found := vial(self._connection, vial_id)) is None:
            raise NotFound("vial")
        return found

    def visits(self, patient_id: int | None = None, kind: str | None = None) -> tuple[VisitHead, ...]:
        """The visits that stand, of a patient or a kind or all, by date and number."""
        from botoxcli.store.visit_reader import heads

        return heads(self._connection, _HEAD, patient_id, kind)

    def visit(self, number: int) -> WholeVisit:
        """Everything of a visit as it stands. Raises NotFound."""
        from botoxcli.store.visit_reader import whole_visit

        return whole_visit(self._connection, _HEAD, number)

    def whole_visits(self, patient_id: int, *, without: Collection[str] = ()) -> tuple[WholeVisit, ...]:
        """Everything of each visit of a patient that stands, by date and number; ``without`` leaves ``finding`` or ``vial_use`` unread."""
        from botoxcli.store.visit_reader import whole_visits

        return whole_visits(self._connection, _HEAD, patient_id, without)

    def versions(self, visit: int) -> tuple[VisitVersion, ...]:
        """Every version of a visit, the first one first; also of one that was voided or undone. Raises NotFound."""
        from botoxcli.store.visit_reader import versions

        found = versions(self._connection, visit, _HEAD)
        if not found:
            raise NotFound("visit")
        return found

    def visit_numbers(self, patient_id: int) -> tuple[int, ...]:
        """The numbers of all visits that a patient ever had, those that were voided or undone too."""
        return tuple(row[0] for row in self._rows("SELECT DISTINCT visit FROM visit_history WHERE patient_id = ? ORDER BY visit", patient_id))

    def identities(self, patient_id: int) -> tuple[PastIdentity, ...]:
        """Every name and birth date that a patient was recorded with, the first one first; blank once they were forgotten."""
        from botoxcli.store.visit_reader import identities

        return identities(self._connection, patient_id)

    def is_forgotten(self, patient_id: int) -> bool:
        """Whether an erasure was about this patient. Who has no name and was in none came here without identity."""
        return self._row("SELECT 1 FROM erasure_line WHERE patient_id = ? LIMIT 1", patient_id) is not None

    def erasable(self, code: str) -> Erasable:
        """What an erasure looks at, of the patient of exactly this code, also an undone one. Raises NotFound."""
        from botoxcli.store.erasure_reader import erasable

        return erasable(self._connection, code)

    def last_change(self) -> ChangeSeen | None:
        """What ``undo`` takes back, or lets stand again; None in a ledger without an entry."""
        from botoxcli.store.change_reader import last_change

        return last_change(self._connection)

    def lot_lines(self, lot: str) -> tuple[LotLine, ...]:
        """Each use of a lot at a session that stands, by patient and date; a vial is found under every spelling that it ever had."""
        from botoxcli.store.lot_reader import lot_lines

        return lot_lines(self._connection, lot)

    def lot_vials(self, lot: str) -> tuple[tuple[StockVial, tuple[str, ...]], ...]:
        """The vials that ever bore a lot, as they stand, each with every spelling that it had, the first one first."""
        from botoxcli.store.lot_reader import spellings

        return tuple((self.vial(vial_id), spelt) for vial_id, spelt in spellings(self._connection, lot))

    def audit(self, since: date | None = None) -> tuple[tuple[AuditedSession, ...], tuple[UndecidedConsult, ...]]:
        """The sessions that stand with what the audit looks at, and the consults that nobody decided, from ``since`` on."""
        from botoxcli.store.audit_reader import audited

        return audited(self._connection, self.follow_up_rules, since)

    def visit_of_entry(self, seq: int) -> int | None:
        """The number of the visit that an entry recorded, amended or voided (the first, if there are more); None if it did with none."""
        row = self._row("SELECT visit FROM entry_line WHERE seq = ?", seq)
        return row[0] if row else None

    def visit_lines(self, patient_id: int | None = None, *, voided: bool = False) -> Iterator[tuple[Any, ...]]:
        """VISIT_COLUMNS, by visit: those that stand, or those that were voided."""
        return self._lines("(SELECT * FROM visit_history WHERE standing = 'void')" if voided else "current_visit", VISIT_COLUMNS, "visit", patient_id)

    def answer_lines(self, patient_id: int | None = None) -> Iterator[tuple[Any, ...]]:
        """ANSWER_COLUMNS, by visit and in the order in which they were asked."""
        return self._lines("answer_line", ANSWER_COLUMNS, "visit, position", patient_id)

    def injection_lines(self, patient_id: int | None = None) -> Iterator[tuple[Any, ...]]:
        """INJECTION_COLUMNS, by visit and in injection order."""
        return self._lines("injection_line", INJECTION_COLUMNS, "visit, position", patient_id)

    def event_lines(self, patient_id: int | None = None) -> Iterator[tuple[Any, ...]]:
        """EVENT_COLUMNS, by visit and in the order in which they were told; the end too that a later follow-up told."""
        return self._lines("event_line", EVENT_COLUMNS, "visit, position", patient_id)

    def vial_lines(self) -> Iterator[tuple[Any, ...]]:
        """VIAL_COLUMNS, a row a vial, in the order in which they came into stock."""
        return self._lines("vial_line", VIAL_COLUMNS, "vial_id", None)

    def patient_lines(self) -> Iterator[tuple[Any, ...]]:
        """PATIENT_COLUMNS, by code: the protocol of the last visit, and the dates of the first and the last (None without any)."""
        return self._rows(
            "SELECT p.code, (SELECT v.protocol FROM visit_now v WHERE v.patient_id = p.patient_id ORDER BY v.date DESC, v.visit DESC LIMIT 1), "
            "(SELECT min(v.date) FROM visit_now v WHERE v.patient_id = p.patient_id), "
            "(SELECT max(v.date) FROM visit_now v WHERE v.patient_id = p.patient_id), p.name, p.born, p.archived FROM patient_now p ORDER BY p.code"
        )

    def mark(self) -> LedgerMark:
        """Which ledger this is, and its last entry. A ledger always has one: that of its making."""
        from botoxcli.store.entry_reader import mark

        return mark(self._connection)

    def entries(self) -> Iterator[tuple[Any, ...]]:
        """ENTRY_COLUMNS, oldest first."""
        return self._lines("entry_line", ENTRY_COLUMNS, "seq", None)

    def chain_head(self) -> str:
        """The hash of the last entry of the audit chain."""
        row = self._row("SELECT hash FROM entry_line ORDER BY seq DESC LIMIT 1")
        return str(row[0]) if row else ""

    def past_entries(
        self, *, since: str | None = None, until: str | None = None, patient_id: int | None = None, command: str | None = None
    ) -> Iterator[PastEntry]:
        """The entries with their patients, oldest first; ``since`` up to and without ``until``, as UTC instants."""
        from botoxcli.store.entry_reader import past_entries

        return past_entries(self._connection, since=since, until=until, patient_id=patient_id, command=command)

    def _lines(self, view: str, columns: tuple[str, ...], order: str, patient_id: int | None) -> Iterator[tuple[Any, ...]]:
        where = "" if patient_id is None else " WHERE patient_id = ?"
        sql = f"SELECT {', '.join(columns)} FROM {view}{where} ORDER BY {order}"  # noqa: S608 - names of ours
        return self._rows(sql, *([] if patient_id is None else [patient_id]))


def _patient(row: tuple[Any, ...]) -> KnownPatient:
    from botoxcli.clinic.known_patient import KnownPatient

    patient_id, code, name, born, archived, paused_until = row
    return KnownPatient(patient_id, code, name, _maybe_day(born), bool(archived), _maybe_day(paused_until))


_day = date.fromisoformat


def _maybe_day(text: str | None) -> date | None:
    return None if text is None else _day(text)
