"""A small practice to test with: factories with defaults, and ledgers that hold a row in every table."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from botoxcli.clinic.diary import DiaryDay
from botoxcli.clinic.records import (
    AdverseEventTold,
    AnswerGiven,
    Consult,
    EventResolved,
    FindingRecorded,
    FollowUpVisit,
    Injection,
    NewPatient,
    NewVial,
    Session,
    VialUse,
)
from botoxcli.files.protocol_yaml import LoadedProtocol, load_protocol
from botoxcli.store.recorder import Change, Recorder, create_ledger

from .by_hand import opened_by_hand

AT = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
PRODUCT = "onabotulinumtoxinA"
PROTOCOLS = Path(__file__).resolve().parents[2] / "protocols"


@dataclass(frozen=True)
class Factory:
    """Records with defaults; what a test is about, it says."""

    loaded: LoadedProtocol
    at: datetime = AT

    def patient(self, code: str = "P0001", **given: Any) -> NewPatient:
        return NewPatient(**{"code": code, "name": "Ann Example", "born": date(1980, 2, 29), **given})

    def consult(self, patient: str = "P0001", on: date = date(2026, 1, 5), **given: Any) -> Consult:
        return Consult(**{"patient": patient, "date": on, "decision": "eligible", "jurisdiction": "us", **given})

    def injection(self, site: str = "procerus", hundredths: int = 500, **given: Any) -> Injection:
        values = {"site": site, "muscle": site, "side": "midline", "planned_hundredths": hundredths, "hundredths": hundredths, "state": "given"}
        return Injection(**{**values, **given})

    def session(self, patient: str = "P0001", on: date = date(2026, 1, 6), **given: Any) -> Session:
        """Imported by default, so that it needs no stock."""
        injections = given.pop("injections", (self.injection(),))
        total = sum(injection.hundredths for injection in injections)
        values = {
            "patient": patient, "date": on, "product": PRODUCT, "jurisdiction": "us", "injections": injections,
            "vials": (VialUse(lot="OLD 1", given_hundredths=total),), "imported": True,
        }  # fmt: skip
        return Session(**{**values, **given})

    def stock_session(self, vial_id: int, patient: str = "P0001", on: date = date(2026, 1, 6), **given: Any) -> Session:
        """From one vial of 200 U of the stock."""
        total = sum(injection.hundredths for injection in given.get("injections", (self.injection(),)))
        use = VialUse(vial_id=vial_id, given_hundredths=total, wasted_hundredths=20_000 - total)
        return self.session(patient, on, **{"vials": (use,), "imported": False, **given})

    def follow_up(self, patient: str = "P0001", on: date = date(2026, 1, 20), **given: Any) -> FollowUpVisit:
        return FollowUpVisit(**{"patient": patient, "date": on, **given})

    def vials(self, lot: str = "C-1234", **given: Any) -> NewVial:
        return NewVial(**{"lot": lot, "product": PRODUCT, "hundredths": 20_000, "expires": date(2027, 3, 31), **given})


@pytest.fixture(scope="session")
def make() -> Factory:
    return Factory(load_protocol(PROTOCOLS / "chronic-migraine.yaml"))


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger that holds its settings and nothing else."""
    path = tmp_path / "practice" / "ledger.db"
    create_ledger(path, settings={"practice": "Headache Clinic", "time-zone": "America/New_York"}, actor="Dr. Test", at=AT)
    return path


Changing = Callable[..., AbstractContextManager[Change]]


@pytest.fixture
def change(ledger: Path) -> Changing:
    """``with change() as c:`` makes one change of the ledger."""

    @contextmanager
    def changing(command: str = "test", key: str | None = None) -> Iterator[Change]:
        with Recorder(ledger).change(command=command, actor="Dr. Test", at=AT, key=key) as one:
            yield one

    return changing


def fill(path: Path, make: Factory) -> None:
    """Some changes that leave a row in every table."""
    recorder = Recorder(path)
    create_ledger(path, settings={"practice": "Headache Clinic", "jurisdiction": "us"}, actor="Dr. Test", at=AT)
    with recorder.change(command="vial add", actor="Dr. Test", at=AT) as change:
        change.add_vials(make.vials(count=3), date(2026, 1, 2))
    finding = FindingRecorded(
        id="pregnancy", level="stop", because="it is unknown", source="label", met=True, resolution="overridden", reason="Tested"
    )
    answers = (AnswerGiven(question="months", value="6"), AnswerGiven(question="hit-6", value="64"))
    with recorder.change(command="consult", actor="Dr. Test", at=AT, key="first") as change:
        change.standing("first", {"code": "P0001"})
        change.add_patient(make.patient())
        edition = change.pin_edition(make.loaded)
        change.record_consult(
            make.consult(decision="needs-review", decided="treat", reason="Third line", answers=answers, findings=(finding,)), edition
        )
    injections = (
        make.injection(),
        make.injection("frontalis-left-1", 0, planned_hundredths=500, state="skipped", reason="Scar"),
        make.injection("temporalis-left-5", 500, planned_hundredths=0, state="extra", muscle="temporalis", side="left"),
    )
    with recorder.change(command="session", actor="Dr. Test", at=AT) as change:
        session = make.stock_session(
            1, injections=injections, answers=(AnswerGiven(question="consent", value="yes"),), findings=(finding,),
            diluent_ul=4000, reconstituted_at=AT, minutes=15, injector="Nurse", ended_early=True,
        )  # fmt: skip
        change.record_session(session, edition)
    with recorder.change(command="follow-up", actor="Dr. Test", at=AT) as change:
        told = AdverseEventTold(event="neck-pain", severity="mild", onset=date(2026, 1, 9), related="yes", escalate="review")
        ended = EventResolved(event="weakness", resolved_on=date(2026, 1, 18))
        emergency = AdverseEventTold(event="dysphagia", onset=date(2026, 1, 11), escalate="emergency", resolved_on=date(2026, 1, 12))
        events = (told, emergency, AdverseEventTold(event="ptosis", resolved_on=date(2026, 1, 19)))
        change.record_follow_up(make.follow_up(events=events, resolved=(ended,)), edition)
    with recorder.change(command="vial discard", actor="Dr. Test", at=AT) as change:
        change.discard_vial(2, "broken", date(2026, 1, 7), "Fell from the table")
    with recorder.change(command="vial recall", actor="Dr. Test", at=AT) as change:
        change.recall_lots(["X 99"], date(2026, 1, 8))
        change.reason("Letter of the maker")
    correct(recorder, make, edition)


def correct(recorder: Recorder, make: Factory, edition: int) -> None:
    """What comes after the first visits: a row in every table of step 2, and the three visits as they were."""

    def change(command: str) -> AbstractContextManager[Change]:
        return recorder.change(command=command, actor="Dr. Test", at=AT)

    with change("diary import") as one:
        one.add_diary(1, [DiaryDay(date(2026, 1, 1), True, 450, True, 7, False), DiaryDay(date(2026, 1, 2), False)])
    with change("patient toxin") as one:
        one.add_toxin(1, product=PRODUCT, hundredths=5_000, on=date(2025, 12, 1), note="For the bladder")
    with change("visit moved") as one:
        one.add_appointment(1, protocol="chronic-migraine", kind="moved", on=date(2026, 4, 1), moved_to=date(2026, 4, 8), reason="Snow")
    with change("patient pause") as one:
        one.pause_patient(1, until=date(2026, 6, 1), reason="Travels")
        one.pause_patient(1, until=None)
    with change("patient archive") as one:
        one.archive_patient(1, on=date(2026, 2, 1), why="stopped", rules="nice-ta260", reason="No response")
        one.unarchive_patient(1)
    with change("follow-up") as one:
        number = one.record_follow_up(make.follow_up(on=date(2026, 2, 2)), edition)
    with change("visit void") as one:
        one.void_visit(number, reason="Another patient's")
    with change("patient add") as one:
        one.add_patient(make.patient("P0099", name="Ben Example"))
    with change("undo") as one:
        one.reverse(one.seq - 1, stands=False)
    with change("patient forget") as one:
        one.forget_patient(2, ())
        one.reason("Asked for")
    with change("ledger backup") as one:
        one.note_entry()
    with change("settings") as one:
        one.set_settings({"practice": "Another Clinic"})
    with change("undo") as one:
        one.reverse(one.seq - 1, stands=False)


@pytest.fixture(scope="session")
def full_template(tmp_path_factory: pytest.TempPathFactory, make: Factory, sealing: str) -> Path:
    path = tmp_path_factory.mktemp("full") / "ledger.db"
    fill(path, make)
    return path


@pytest.fixture
def full_ledger(full_template: Path, tmp_path: Path) -> Path:
    """A copy, to be spoilt, of a ledger with a row in every table."""
    return Path(shutil.copy(full_template, tmp_path / "full.db"))


@pytest.fixture
def as_a_person(full_ledger: Path) -> Iterator[sqlite3.Connection]:
    """A connection as someone with ``sqlite3`` in hand has it."""
    connection = opened_by_hand(full_ledger)
    yield connection
    connection.close()
