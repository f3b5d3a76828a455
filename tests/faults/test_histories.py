"""Record, amend, void, undo, redo and import in any order, against a practice that is kept in a few plain Python dicts.

After every step due dates, dose windows, vial balances, the list of visits and the diary's windows (the figures of the response) are what
the model says, and at the end the chain holds. The short form runs with the other tests; the long one, some minutes, with

    HISTORIES=long pytest tests/faults/test_histories.py
"""

from __future__ import annotations

import atexit
import calendar
import contextlib
import copy
import functools
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from botoxcli import paths
from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.cumulative import doses_of, window_doses
from botoxcli.clinic.diary import DiaryDay, DiaryRow
from botoxcli.clinic.dose_outlook import windows_of
from botoxcli.clinic.records import NewPatient, NewVial
from botoxcli.clinic.site_patch import SitePatch
from botoxcli.errors import ValueRefused
from botoxcli.files.protocol_yaml import LoadedProtocol, load_protocol
from botoxcli.store import chain
from botoxcli.store.reader import Reader, open_ledger
from botoxcli.store.recorder import Recorder, create_ledger
from botoxcli.workflow import amend, consult, session, undo, vials
from botoxcli.workflow.amend_session import SessionPatch
from botoxcli.workflow.correction import Correction, Settled
from botoxcli.workflow.demo import chair_answers, usual_answers
from botoxcli.workflow.diary import import_diary, show_diary
from botoxcli.workflow.due import due_list

LONG = os.environ.get("HISTORIES") == "long"
NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
TODAY, CONSULT_DAY, FIRST_DAY = date(2026, 6, 1), date(2025, 1, 2), date(2025, 1, 6)
PATIENTS = ("P0001", "P0002")
LOTS = {"A1": 5, "B2": 3}
SITES = ("procerus", "frontalis-left-1", "temporalis-right-2")
EVERYTHING = dict.fromkeys(("interval", "cumulative-dose", "duplicate-visit", "consult-old", "vial-used", "consult", "interval-long"), "a trial")

PATIENT = st.sampled_from(PATIENTS)
LOT = st.sampled_from(sorted(LOTS))
DAY = st.integers(0, 40).map(lambda weeks: FIRST_DAY + timedelta(weeks=weeks))
SKIPPED = st.sets(st.sampled_from(SITES)).map(frozenset)


@dataclass
class Visit:
    """A session as the model keeps it: its vial is the number of one."""

    patient: str
    day: date
    skipped: frozenset[str]
    vial: int

    @property
    def units(self) -> int:
        return 155 - 5 * len(self.skipped)


@dataclass
class Practice:
    """All that stands. A vial is ``unused``, ``discarded`` or a visit's number."""

    visits: dict[int, Visit] = field(default_factory=dict)
    vials: dict[int, str | int] = field(default_factory=dict)
    diary: dict[str, dict[date, bool]] = field(default_factory=lambda: {code: {} for code in PATIENTS})

    def unused(self, lot: str, but: Visit | None = None) -> int | None:
        """The vial that a lot means: the one that the visit has already, else the first unused one."""
        if but and lot_of(but.vial) == lot:
            return but.vial
        return next((number for number, state in sorted(self.vials.items()) if state == "unused" and lot_of(number) == lot), None)

    def sessions(self, patient: str) -> list[tuple[date, int]]:
        """Days and numbers of a patient's sessions, in order."""
        return sorted((visit.day, number) for number, visit in self.visits.items() if visit.patient == patient)


def lot_of(vial: int) -> str:
    return "A1" if vial <= LOTS["A1"] else "B2"


def months_later(day: date, months: int) -> date:
    """The same day so many months on, or the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@functools.cache
def edition() -> LoadedProtocol:
    return load_protocol(paths.shipped_protocols() / "chronic-migraine.yaml")


@functools.cache
def template() -> Path:
    """A ledger with the stock, and an eligible consult of each patient (visits 1 and 2)."""
    folder = Path(tempfile.mkdtemp(prefix="histories-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    path = folder / "practice" / "ledger.db"
    names = {"practice": "Example Practice", "practitioner": "Dr Example", "time-zone": "UTC", "jurisdiction": "us"}
    create_ledger(path, settings=names, actor="Dr Example", at=NOW)
    recorder = Recorder(path)
    with recorder.change(command="vial add", actor="Dr Example", at=NOW) as change:
        for lot, count in LOTS.items():
            product = edition().protocol.product.name
            change.add_vials(NewVial(lot=lot, product=product, hundredths=20_000, expires=date(2030, 1, 31), count=count), CONSULT_DAY)
    for number, code in enumerate(PATIENTS):
        identity = NewPatient(code=code, name=f"Example Number{number}", born=date(1970 + number, 1, 1))
        request = consult.ConsultRequest(patient=code, on=CONSULT_DAY, answers=usual_answers(edition().protocol), identity=identity)
        consult.record(recorder, edition(), request, actor="Dr Example", today=TODAY, now=NOW, key=None)
    return path


class Histories(RuleBasedStateMachine):
    """One ledger and one model. ``before`` and ``after`` are the model around the last change, for undo."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="histories-"))
        self.path = Path(shutil.copy(template(), self.folder / "ledger.db"))
        self.now = Practice(vials=dict.fromkeys(range(1, sum(LOTS.values()) + 1), "unused"))
        self.before = self.after = self.now
        self.last_visit = len(PATIENTS)
        self.changed = self.undone = False

    def teardown(self) -> None:
        with contextlib.closing(sqlite3.connect(self.path)) as connection:
            (last,) = connection.execute("SELECT max(seq) FROM entry").fetchone()
            for seq in range(1, last + 1):
                assert chain.entry_hash(connection, seq, chain.hash_of(connection, seq - 1)) == chain.hash_of(connection, seq)
        shutil.rmtree(self.folder)

    @property
    def recorder(self) -> Recorder:
        return Recorder(self.path)

    def change(self, act: Callable[[Practice], None]) -> None:
        """The model's side of a change that was recorded."""
        self.before, self.now = self.now, copy.deepcopy(self.now)
        act(self.now)
        self.after, self.changed, self.undone = self.now, True, False

    def how(self) -> Correction:
        return Correction(reason="mistyped", actor="Dr Example", today=TODAY, now=NOW)

    def visit(self, choice: int) -> int | None:
        """One of the sessions that stand."""
        numbers = sorted(self.now.visits)
        return numbers[choice % len(numbers)] if numbers else None

    @rule(patient=PATIENT, day=DAY, lot=LOT, skipped=SKIPPED)
    def record(self, patient: str, day: date, lot: str, skipped: frozenset[str]) -> None:
        vial = self.now.unused(lot)
        if vial is None:
            return
        checklist = Checklist(edition().protocol)
        for site in sorted(skipped):
            checklist = checklist.skip(site, "scar")
        request = session.SessionRequest(
            patient=patient, on=day, checklist=checklist.give_rest(), answers=chair_answers(edition().protocol), lots=(lot,), overridden=EVERYTHING
        )
        told = session.record(self.recorder, edition(), request, actor="Dr Example", today=TODAY, now=NOW, key=None)
        self.last_visit += 1
        assert told.visit == self.last_visit, "a number is never given twice"

        def act(practice: Practice) -> None:
            practice.visits[self.last_visit] = Visit(patient, day, skipped, vial)
            practice.vials[vial] = self.last_visit

        self.change(act)

    @precondition(lambda self: self.now.visits)
    @rule(choice=st.integers(0, 20), day=st.none() | DAY, lot=st.none() | LOT, skipped=st.none() | SKIPPED)
    def amend(self, choice: int, day: date | None, lot: str | None, skipped: frozenset[str] | None) -> None:
        number = self.visit(choice)
        assert number is not None
        old = self.now.visits[number]
        vial = old.vial if lot is None else self.now.unused(lot, but=old)
        if vial is None:
            return
        wanted = Visit(old.patient, day or old.day, old.skipped if skipped is None else skipped, vial)
        sites = SitePatch() if skipped is None else SitePatch(as_planned=True, skipped=dict.fromkeys(sorted(skipped), "scar"))
        patch = SessionPatch(on=day, sites=sites, lots=(lot,) if lot else (), settled=Settled(overridden=EVERYTHING))
        try:
            amend.amend(self.recorder, lambda text, name: edition(), number, patch, self.how())
        except ValueRefused:
            assert wanted == old, "only what says nothing new is refused"
            return
        assert wanted != old

        def act(practice: Practice) -> None:
            practice.vials[old.vial] = "unused"
            practice.visits[number] = wanted
            practice.vials[vial] = number

        self.change(act)

    @precondition(lambda self: self.now.visits)
    @rule(choice=st.integers(0, 20))
    def void(self, choice: int) -> None:
        number = self.visit(choice)
        assert number is not None
        amend.void(self.recorder, lambda text, name: edition(), number, self.how())

        def act(practice: Practice) -> None:
            practice.vials[practice.visits.pop(number).vial] = "unused"

        self.change(act)

    @rule(lot=LOT)
    def discard(self, lot: str) -> None:
        vial = self.now.unused(lot)
        if vial is None:
            return
        how = vials.Change("Dr Example", NOW, TODAY)
        vials.discard(self.recorder, lot, how, reason="broken", count=1, note=None)
        self.change(lambda practice: practice.vials.update({vial: "discarded"}))

    @rule(patient=PATIENT, start=DAY, days=st.integers(1, 40), every=st.integers(1, 4))
    def import_days(self, patient: str, start: date, days: int, every: int) -> None:
        """A headache every so many days; the file's word is taken where the diary says otherwise."""
        told = {start + timedelta(days=number): number % every == 0 for number in range(days)}
        rows = [DiaryRow(place, DiaryDay(day, ill, None, None, None, None)) for place, (day, ill) in enumerate(told.items(), start=1)]
        import_diary(self.recorder, patient, rows, actor="Dr Example", now=NOW, replace="the paper says so")
        if any(self.now.diary[patient].get(day) != ill for day, ill in told.items()):
            self.change(lambda practice: practice.diary[patient].update(told))

    @precondition(lambda self: self.changed)
    @rule()
    def undo_or_redo(self) -> None:
        with open_ledger(self.path) as reader:
            found = undo.look(reader, lambda text, name: edition())
        assert found.restores == self.undone
        undo.turn(self.recorder, found, actor="Dr Example", now=NOW, key=None)
        self.undone = not self.undone
        self.now = self.before if self.undone else self.after

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        with open_ledger(self.path) as reader:
            self.check_visits(reader)
            self.check_vials(reader)
            self.check_due(reader)
            for patient in PATIENTS:
                self.check_doses(reader, patient)
                self.check_diary(reader, patient)

    def check_visits(self, reader: Reader) -> None:
        told = {head.visit: (head.patient, head.date, head.hundredths, head.lots) for head in reader.visits(kind="session")}
        assert told == {number: (one.patient, one.day, one.units * 100, lot_of(one.vial)) for number, one in self.now.visits.items()}

    def check_vials(self, reader: Reader) -> None:
        told = {one.vial_id: (one.state, one.visit, one.given_hundredths, one.wasted_hundredths) for one in reader.vials()}
        assert told == {number: self.balance(state) for number, state in self.now.vials.items()}

    def balance(self, state: str | int) -> tuple[Any, ...]:
        """``given + wasted = 200 U`` for a vial that a visit used; nothing for any other."""
        if isinstance(state, str):
            return state, None, None, None
        units = self.now.visits[state].units
        return "used", state, units * 100, (200 - units) * 100

    def check_due(self, reader: Reader) -> None:
        items = due_list(reader, TODAY, everything=True)
        told = {(one.window.patient, one.window.kind): one.window for one in items if one.window.kind in ("session", "onset-check")}
        wanted = {}
        for patient in PATIENTS:
            sessions = self.now.sessions(patient)
            if not sessions:
                wanted[patient, "session"] = (CONSULT_DAY, CONSULT_DAY, PATIENTS.index(patient) + 1)
                continue
            day, number = sessions[-1]
            wanted[patient, "session"] = (day + timedelta(days=84), day, number)
            if day + timedelta(days=84) > TODAY:
                wanted[patient, "onset-check"] = (day + timedelta(days=10), day, number)
        assert {key: (one.earliest, one.anchor, one.anchor_visit) for key, one in told.items()} == wanted
        for (patient, kind), one in told.items():
            if kind == "session" and self.now.sessions(patient):
                assert (one.due, one.latest) == (months_later(one.anchor, 3), months_later(one.anchor, 6))

    def check_doses(self, reader: Reader, patient: str) -> None:
        """The 400 U window that ends on the day of each session, and today."""
        doses = doses_of(reader.patient_history(reader.find_patient(patient).patient_id))
        limit = next(one for one in windows_of(edition().protocol) if one.window.unit == "months")
        sessions = [one for one in self.now.visits.values() if one.patient == patient]
        for end in {TODAY, *(one.day for one in sessions)}:
            held = sum(one.units for one in sessions if months_later(end, -3) < one.day <= end)
            assert window_doses(limit, doses, on=end, hundredths=0)[0].hundredths == held * 100

    def check_diary(self, reader: Reader, patient: str) -> None:
        """Each 28 days of the diary from a session on, and backwards before the first: no window crosses a session."""
        shown = show_diary(reader, reader.find_patient(patient).patient_id, edition().protocol.id, complete_from=20, today=TODAY)
        told = {one.start: (one.diary_days, one.headache_days) for one in shown.windows if one.diary_days}
        assert told == windows(self.now.diary[patient], sorted({day for day, _ in self.now.sessions(patient)}))


def windows(diary: dict[date, bool], sessions: list[date]) -> dict[date, tuple[int, int]]:
    if not diary:
        return {}
    month, last = timedelta(days=28), max(diary)
    first = sessions[0] if sessions else last + timedelta(days=1)
    starts = [first - month * number for number in range(1, 60)]
    for place, day in enumerate(sessions):
        ends = sessions[place + 1] if place + 1 < len(sessions) else date(2027, 1, 1)
        starts += [day + month * number for number in range(60) if day + month * (number + 1) <= ends]
    counted = {start: [ill for day, ill in diary.items() if start <= day < start + month] for start in starts}
    return {start: (len(days), sum(days)) for start, days in counted.items() if days}


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=150 if LONG else 10,
    stateful_step_count=40 if LONG else 16,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
