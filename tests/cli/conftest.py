"""Whole commands, in process: a ledger of one's own, a clock that stands still, and the whole output to compare."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Protocol

import pytest
from typer.testing import CliRunner

from botoxcli import clock

NOW = datetime(2026, 3, 9, 10, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Result:
    """What a command said. ``exit_code`` is the process's."""

    stdout: str
    stderr: str
    exit_code: int


class Botox(Protocol):
    """Runs the command line. ``--ledger`` is given with the test's own ledger, unless the arguments name one."""

    def __call__(self, *args: str, input: str | None = None) -> Result: ...


@pytest.fixture(autouse=True)
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The machine's clock stands at 2026-03-09 10:00 UTC."""
    monkeypatch.setattr(clock, "utc_now", lambda: NOW)
    return NOW


@pytest.fixture
def ledger_path(tmp_path: Path) -> Path:
    """Where the test's ledger is, or will be."""
    return tmp_path / "practice" / "ledger.db"


@pytest.fixture
def botox(ledger_path: Path) -> Botox:
    """The command line, in process."""
    from botoxcli.cli.main import app

    def run(*args: str, input: str | None = None) -> Result:
        given = list(args) if "--ledger" in args else ["--ledger", str(ledger_path), *args]
        result = CliRunner().invoke(app, given, input=input, prog_name="botox")
        return Result(result.stdout, result.stderr, result.exit_code)

    return run


@pytest.fixture(scope="session")
def practices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where practices stand that are made once and only ever copied."""
    return tmp_path_factory.mktemp("practices")


@pytest.fixture
def ledger(botox: Botox, practices: Path, ledger_path: Path, sealing: str) -> Path:
    """A new ledger: Example Practice, Dr Example, UTC, us."""

    def make() -> None:
        made = botox("init", "--practice", "Example Practice", "--practitioner", "Dr Example", "--time-zone", "UTC", "--plaintext", "--no-input")
        assert made.exit_code == 0, made.stderr

    made_once(practices / f"new-{sealing}", ledger_path.parent, make)
    return ledger_path


def made_once(model: Path, practice: Path, make: Callable[[], object]) -> None:
    """The practice as ``make`` leaves it: made by it the first time, a copy of that, file by file with its mode, ever after."""
    if model.exists():
        shutil.copytree(model, practice, dirs_exist_ok=True)
    else:
        make()
        shutil.copytree(practice, model)


@pytest.fixture
def at_a_terminal(monkeypatch: pytest.MonkeyPatch) -> Callable[[bool], None]:
    """Makes the commands believe that a person can be asked; their answers are the test's ``input``."""

    def believe(yes: bool = True) -> None:
        monkeypatch.setattr("botoxcli.terminal.ask.can_ask", lambda: yes)

    return believe


@pytest.fixture
def cycle(botox: Botox, practices: Path, ledger: Path, sealing: str) -> Botox:
    """The command line on a ledger with two cycles of P0001: see ``cycle.two_cycles``."""
    from .cycle import two_cycles

    made_once(practices / f"cycle-{sealing}", ledger.parent, lambda: two_cycles(botox))
    return botox


@pytest.fixture
def visited(ledger: Path) -> Path:
    """The ledger with patient P0001, a consult on 2026-01-05 (visit 1) and a session on 2026-01-06 (visit 2) with two deviations."""
    from botoxcli import paths
    from botoxcli.clinic.records import AnswerGiven, Consult, FindingRecorded, Injection, NewPatient, NewVial, Session, VialUse
    from botoxcli.files.protocol_yaml import load_protocol
    from botoxcli.store.recorder import Recorder

    loaded = load_protocol(paths.shipped_protocols() / "chronic-migraine.yaml")
    recorder = Recorder(ledger)
    with recorder.change(command="consult", actor="Dr Example", at=NOW) as change:
        change.add_patient(NewPatient(code="P0001", name="Jane Example", born=date(1980, 2, 29)))
        answers = (AnswerGiven(question="headache-days", value="18"),)
        findings = (FindingRecorded(id="headache-days", level="note", because="18 is at least 15", source="ICHD-3", met=True),)
        consult = Consult(
            patient="P0001", date=date(2026, 1, 5), answers=answers, findings=findings,
            decision="eligible", decided="treat", reason="agreed", jurisdiction="us",
        )  # fmt: skip
        change.record_consult(consult, change.pin_edition(loaded))
    with recorder.change(command="session", actor="Dr Example", at=NOW) as change:
        vial, _ = change.add_vials(
            NewVial(lot="C-1234", product="onabotulinumtoxinA", hundredths=20_000, expires=date(2027, 3, 31), count=2), date(2026, 1, 2)
        )
        sites = (
            Injection(site="procerus", muscle="procerus", side="midline", planned_hundredths=500, hundredths=500, state="given"),
            Injection(site="corrugator-left", muscle="corrugator", side="left", planned_hundredths=500, hundredths=250, state="changed"),
            Injection(
                site="corrugator-right", muscle="corrugator", side="right", planned_hundredths=500, hundredths=0, state="skipped", reason="bruise"
            ),
        )
        overridden = FindingRecorded(
            id="interval", level="stop", because="70 of 84 days", source="US label", resolution="overridden", reason="moves away"
        )
        session = Session(
            patient="P0001", date=date(2026, 1, 6), answers=(AnswerGiven(question="consent", value="yes"),), findings=(overridden,),
            product="onabotulinumtoxinA", injections=sites, vials=(VialUse(vial_id=vial, given_hundredths=750, wasted_hundredths=19_250),),
            diluent_ul=4000, reconstituted_at=datetime(2026, 1, 6, 9, 0, tzinfo=UTC), minutes=15, injector="Nurse Example", jurisdiction="us",
        )  # fmt: skip
        change.record_session(session, change.pin_edition(loaded))
    return ledger
