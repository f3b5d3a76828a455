"""Record, amend, void, undo, redo and import in any order, against a practice that is kept in a few plain Python dicts.

After every step due dates, dose windows, vial balances, the list of visits, the diary's windows and the verdict of each response rule are
what the model says, and so is what was found at a visit that was recorded or amended; at the end the chain holds. The model stands in
``plain_practice`` and ``plain_response``. The short form runs with the other tests; the long one, some minutes, with

    HISTORIES=long pytest tests/faults/test_histories.py
"""

from __future__ import annotations

import atexit
import contextlib
import copy
import functools
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
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
from botoxcli.clinic.schedule import shown
from botoxcli.clinic.site_patch import SitePatch
from botoxcli.errors import ValueRefused
from botoxcli.files.protocol_yaml import LoadedProtocol, load_protocol
from botoxcli.store import chain
from botoxcli.store.engine import open_reader
from botoxcli.store.place import Place
from botoxcli.store.reader import Reader, open_ledger
from botoxcli.store.recorder import Recorder, create_ledger
from botoxcli.workflow import amend, consult, follow_up, response, session, undo, vials
from botoxcli.workflow.amend_consult import ConsultPatch
from botoxcli.workflow.amend_follow_up import FollowUpPatch
from botoxcli.workflow.amend_session import SessionPatch
from botoxcli.workflow.correction import Correction, Settled
from botoxcli.workflow.demo import chair_answers, usual_answers
from botoxcli.workflow.diary import import_diary, show_diary
from botoxcli.workflow.due import due_list

from .plain_practice import LOTS, PATIENTS, WATCHED, AnyVisit, Consult, FollowUp, Practice, Visit, held, lot_of, windows
from .plain_response import months_later, verdicts

LONG = os.environ.get("HISTORIES") == "long"
NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
TODAY, CONSULT_DAY, FIRST_DAY = date(2026, 6, 1), date(2025, 1, 2), date(2025, 1, 6)
EARLIER = date(2025, 7, 14)  # another day to ask on: what is dated after it still counts
SITES = ("procerus", "frontalis-left-1", "temporalis-right-2")
EVERYTHING = dict.fromkeys(("interval", "cumulative-dose", "duplicate-visit", "consult-old", "vial-used", "consult", "interval-long"), "a trial")

TWICE = frozenset({"duplicate-visit"})

PATIENT = st.sampled_from(PATIENTS)
LOT = st.sampled_from(sorted(LOTS))
DAY = (st.integers(0, 40) | st.sampled_from((0, 12, 24, 36))).map(lambda weeks: FIRST_DAY + timedelta(weeks=weeks))
MONTH_BEFORE = st.sampled_from((-28, 0)).flatmap(lambda days: DAY.map(lambda day: day + timedelta(days=days)))
CHECK_DAY = st.tuples(st.integers(0, 44), st.sampled_from((-1, 0, 1))).map(lambda at: FIRST_DAY + timedelta(weeks=at[0], days=at[1]))
ADVICE_DAY = st.integers(-8, 50).map(lambda weeks: FIRST_DAY + timedelta(weeks=weeks))
BEFORE = st.sampled_from((24, 20, 15, 14, None))
COUNTS = st.sampled_from(((20, 28), (16, 28), (15, 28), (14, 28), (14, 20), (9, 28), (9, 28), (10, 19), (0, 28)))
HOURS = st.sampled_from((None, 0, 90, 200))
SKIPPED = st.sets(st.sampled_from(SITES)).map(frozenset)


@functools.cache
def edition() -> LoadedProtocol:
    return load_protocol(paths.shipped_protocols() / "chronic-migraine.yaml")


def template() -> Path:
    """A ledger with the stock, and an eligible consult of each patient (visits 1 and 2): one in plain text, and one encrypted where all are."""
    return _template(Place.of(Path()).key is not None)


@functools.cache
def _template(_encrypted: bool) -> Path:
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
        consults = {number: Consult(code, CONSULT_DAY, 19) for number, code in enumerate(PATIENTS, start=1)}
        self.now = Practice(consults=consults, vials=dict.fromkeys(range(1, sum(LOTS.values()) + 1), "unused"))
        self.before = self.after = self.now
        self.last_visit = len(PATIENTS)
        self.changed = self.undone = False

    def teardown(self) -> None:
        with contextlib.closing(open_reader(self.path)) as connection:
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

    def add(self, number: int | None, visits: str, visit: AnyVisit) -> None:
        """The model's side of a visit that was recorded, under a number that nobody had, and what was found at it."""
        self.last_visit += 1
        assert number == self.last_visit, "a number is never given twice"

        def act(practice: Practice) -> None:
            getattr(practice, visits)[self.last_visit] = visit
            if isinstance(visit, Visit):
                practice.vials[visit.vial] = self.last_visit

        self.change(act)
        self.check_findings(self.last_visit, new=True)

    def put_right(self, number: int, patch: SessionPatch | ConsultPatch | FollowUpPatch, visits: str, wanted: AnyVisit) -> None:
        """Amends a visit, in the ledger and in the model. Only what says nothing new is refused."""
        old = self.now.every_visit[number]
        try:
            amend.amend(self.recorder, lambda text, name: edition(), number, patch, self.how())
        except ValueRefused:
            assert wanted == old
            return
        assert wanted != old

        def act(practice: Practice) -> None:
            practice.void(number)
            getattr(practice, visits)[number] = wanted
            if isinstance(wanted, Visit):
                practice.vials[wanted.vial] = number

        self.change(act)
        self.check_findings(number, new=False)

    def check_findings(self, number: int, *, new: bool) -> None:
        with open_ledger(self.path) as reader:
            found = {one.id for one in reader.visit(number).findings}
        assert found & set(WATCHED) == self.now.findings(number, new=new)

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
        self.add(told.visit, "visits", Visit(patient, day, skipped, vial))

    @rule(patient=PATIENT, day=ADVICE_DAY, days=BEFORE)
    def advise(self, patient: str, day: date, days: int | None) -> None:
        answers = {**usual_answers(edition().protocol), "headache-days": words(days)}
        request = consult.ConsultRequest(patient=patient, on=day, answers=answers, accepted=TWICE)
        told = consult.record(self.recorder, edition(), request, actor="Dr Example", today=TODAY, now=NOW, key=None)
        self.add(told.visit, "consults", Consult(patient, day, days))

    @rule(patient=PATIENT, day=CHECK_DAY, counts=COUNTS, hours=HOURS)
    def ask_after(self, patient: str, day: date, counts: tuple[int, int], hours: int | None) -> None:
        answers = {"headache-days": str(counts[0]), "diary-days": str(counts[1])}
        answers |= {} if hours is None else {"headache-hours-28d": str(hours)}
        request = follow_up.FollowUpRequest(patient=patient, on=day, answers=answers, events=(), accepted=TWICE)
        told = follow_up.record(self.recorder, edition(), request, actor="Dr Example", today=TODAY, now=NOW, key=None)
        self.add(told.visit, "follow_ups", FollowUp(patient, day, *counts, hours))

    @precondition(lambda self: self.now.visits)
    @rule(choice=st.integers(0, 20), day=st.none() | DAY, lot=st.none() | LOT, skipped=st.none() | SKIPPED)
    def amend(self, choice: int, day: date | None, lot: str | None, skipped: frozenset[str] | None) -> None:
        number = chosen(self.now.visits, choice)
        old = self.now.visits[number]
        vial = old.vial if lot is None else self.now.unused(lot, but=old)
        if vial is None:
            return
        wanted = Visit(old.patient, day or old.day, old.skipped if skipped is None else skipped, vial)
        sites = SitePatch() if skipped is None else SitePatch(as_planned=True, skipped=dict.fromkeys(sorted(skipped), "scar"))
        patch = SessionPatch(on=day, sites=sites, lots=(lot,) if lot else (), settled=Settled(overridden=EVERYTHING))
        self.put_right(number, patch, "visits", wanted)

    @precondition(lambda self: self.now.consults)
    @rule(choice=st.integers(0, 20), day=st.none() | ADVICE_DAY, days=st.just("stays") | BEFORE)
    def amend_consult(self, choice: int, day: date | None, days: int | str | None) -> None:
        number = chosen(self.now.consults, choice)
        old = self.now.consults[number]
        wanted = Consult(old.patient, day or old.day, old.days if isinstance(days, str) else days)
        answers = {} if isinstance(days, str) else {"headache-days": words(days)}
        self.put_right(number, ConsultPatch(on=day, answers=answers, settled=Settled(accepted=TWICE)), "consults", wanted)

    @precondition(lambda self: self.now.follow_ups)
    @rule(choice=st.integers(0, 20), day=st.none() | CHECK_DAY, counts=st.none() | COUNTS, hours=HOURS)
    def amend_follow_up(self, choice: int, day: date | None, counts: tuple[int, int] | None, hours: int | None) -> None:
        number = chosen(self.now.follow_ups, choice)
        old = self.now.follow_ups[number]
        ill, of = counts or (old.ill, old.of)
        wanted = replace(old, day=day or old.day, ill=ill, of=of, hours=old.hours if hours is None else hours)
        answers = {"headache-days": str(ill), "diary-days": str(of)} if counts else {}
        answers |= {} if hours is None else {"headache-hours-28d": str(hours)}
        self.put_right(number, FollowUpPatch(on=day, answers=answers, settled=Settled(accepted=TWICE)), "follow_ups", wanted)

    @precondition(lambda self: self.now.every_visit)
    @rule(choice=st.integers(0, 20))
    def void(self, choice: int) -> None:
        number = chosen(self.now.every_visit, choice)
        amend.void(self.recorder, lambda text, name: edition(), number, self.how())
        self.change(lambda practice: practice.void(number))

    @rule(lot=LOT)
    def discard(self, lot: str) -> None:
        vial = self.now.unused(lot)
        if vial is None:
            return
        how = vials.Change("Dr Example", NOW, TODAY)
        vials.discard(self.recorder, lot, how, reason="broken", count=1, note=None)
        self.change(lambda practice: practice.vials.update({vial: "discarded"}))

    @rule(patient=PATIENT, start=MONTH_BEFORE, days=st.integers(1, 120), every=st.integers(1, 4))
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
            for patient in PATIENTS:
                self.check_doses(reader, patient)
                self.check_diary(reader, patient)
            for day in (TODAY, EARLIER):
                self.check_due(reader, day)
                for patient in PATIENTS:
                    self.check_response(reader, patient, day)

    def check_visits(self, reader: Reader) -> None:
        told = {head.visit: (head.patient, head.date, head.hundredths, head.lots) for head in reader.visits(kind="session")}
        assert told == {number: (one.patient, one.day, one.units * 100, lot_of(one.vial)) for number, one in self.now.visits.items()}
        consults = {head.visit: (head.patient, head.date, head.decision) for head in reader.visits(kind="consult")}
        assert consults == {number: (one.patient, one.day, one.decision) for number, one in self.now.consults.items()}
        checks = {head.visit: (head.patient, head.date) for head in reader.visits(kind="follow-up")}
        assert checks == {number: (one.patient, one.day) for number, one in self.now.follow_ups.items()}

    def check_vials(self, reader: Reader) -> None:
        told = {one.vial_id: (one.state, one.visit, one.given_hundredths, one.wasted_hundredths) for one in reader.vials()}
        assert told == {number: self.balance(state) for number, state in self.now.vials.items()}

    def balance(self, state: str | int) -> tuple[Any, ...]:
        """``given + wasted = 200 U`` for a vial that a visit used; nothing for any other."""
        if isinstance(state, str):
            return state, None, None, None
        units = self.now.visits[state].units
        return "used", state, units * 100, (200 - units) * 100

    def check_due(self, reader: Reader, today: date) -> None:
        items = due_list(reader, today, everything=True)
        assert due_list(reader, today) == shown(items, today), "what the list of the day leaves out early is not in it"
        told = {(one.window.patient, one.window.kind): one.window for one in items if one.window.kind in ("session", "onset-check")}
        wanted = {(patient, kind): due for patient in PATIENTS for kind, due in self.now.due(patient, today).items()}
        assert {key: (one.earliest, one.anchor, one.anchor_visit) for key, one in told.items()} == wanted
        for (_, kind), one in told.items():
            if kind == "session" and one.anchor_visit in self.now.visits:
                assert (one.due, one.latest) == (months_later(one.anchor, 3), months_later(one.anchor, 6))

    def check_doses(self, reader: Reader, patient: str) -> None:
        """The 400 U window that ends on the day of each session, and today."""
        doses = doses_of(reader.patient_history(reader.find_patient(patient).patient_id))
        limit = next(one for one in windows_of(edition().protocol) if one.window.unit == "months")
        sessions = [one for one in self.now.visits.values() if one.patient == patient]
        for end in {TODAY, *(one.day for one in sessions)}:
            assert window_doses(limit, doses, on=end, hundredths=0)[0].hundredths == held(sessions, end) * 100

    def check_diary(self, reader: Reader, patient: str) -> None:
        """Each 28 days of the diary from a session on, and backwards before the first: no window crosses a session."""
        shown = show_diary(reader, reader.find_patient(patient).patient_id, edition().protocol.id, complete_from=20, today=TODAY)
        told = {one.start: (one.diary_days, one.headache_days) for one in shown.windows if one.diary_days}
        assert told == windows(self.now.diary[patient], sorted({day for day, _ in self.now.sessions(patient)}))

    def check_response(self, reader: Reader, patient: str, today: date) -> None:
        """The verdict of each rule set, and the figures beside it."""
        history, protocol = reader.patient_history(reader.find_patient(patient).patient_id), edition().protocol
        found = response.response(reader, history, protocol, protocol.response_rules, today=today)
        told = {
            one.rule.id: (
                one.verdict,
                {part.because for part in one.parts if part.holds and one.rule.stop_when},
                one.baseline,
                found.course.baseline.source,
                one.latest,
                one.change_percent,
            )
            for one in found.verdicts
        }
        assert told == verdicts(self.now.told(patient, today))


def chosen(visits: Mapping[int, AnyVisit], choice: int) -> int:
    numbers = sorted(visits)
    return numbers[choice % len(numbers)]


def words(days: int | None) -> str:
    return "unknown" if days is None else str(days)


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=150 if LONG else 10,
    stateful_step_count=40 if LONG else 16,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
