"""Two processes record the same patient's session at the same instant: one is recorded, the other stopped by the interval rule."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from botoxcli import paths
from botoxcli.clinic.records import NewPatient, NewVial
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.store.engine import open_reader
from botoxcli.store.recorder import Recorder, create_ledger
from botoxcli.workflow import consult
from botoxcli.workflow.demo import usual_answers

pytestmark = pytest.mark.repeated_last  # test_races races on encrypted ledgers in the short run
CHAIR = Path(__file__).parents[1] / "data" / "chair.yaml"
NOW = datetime(2026, 3, 9, 10, 0, tzinfo=UTC)
ROUNDS = 40


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """ROUNDS patients who may be treated, and vials for all of them."""
    path = tmp_path / "practice" / "ledger.db"
    settings = {"practice": "Example Practice", "practitioner": "Dr Example", "time-zone": "UTC", "jurisdiction": "us"}
    create_ledger(path, settings=settings, actor="Dr Example", at=NOW)
    edition, recorder = load_protocol(paths.shipped_protocols() / "chronic-migraine.yaml"), Recorder(path)
    with recorder.change(command="vial add", actor="Dr Example", at=NOW) as change:
        product = edition.protocol.product.name
        change.add_vials(
            NewVial(lot="C1234", product=product, hundredths=20_000, expires=NOW.date().replace(year=2028), count=2 * ROUNDS), NOW.date()
        )
    for number in range(ROUNDS):
        code = f"P{number:04}"
        request = consult.ConsultRequest(
            patient=code,
            on=NOW.date(),
            answers=usual_answers(edition.protocol),
            identity=NewPatient(code=code, name=f"Example Number{number}", born=NOW.date().replace(year=1950 + number)),
        )
        consult.record(recorder, edition, request, actor="Dr Example", today=NOW.date(), now=NOW, key=None)
    return path


def run(ledger: Path, *arguments: str) -> int:
    """The whole command line in this process; its exit code."""
    from botoxcli.cli.main import app

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            app(["--ledger", str(ledger), *arguments], prog_name="botox")
        except SystemExit as end:
            return int(end.code or 0)
    return 0


def racer(ledger: Path, start: Barrier, codes: Queue[tuple[int, int]], key: str | None) -> None:
    for number in range(ROUNDS):
        start.wait(timeout=60)
        flags = ["--on", "2026-03-09", "--vial", "C1234", "--as-planned", "--answers", str(CHAIR), "--no-input"]
        flags += ["--key", f"{key}-{number}"] if key else []
        codes.put((number, run(ledger, "session", f"P{number:04}", *flags)))


@pytest.mark.parametrize(("key", "ends"), [(None, (0, 23)), ("same", (0, 0))])
def test_the_same_session_at_the_same_instant_is_recorded_once(ledger: Path, key: str | None, ends: tuple[int, int]) -> None:
    context = multiprocessing.get_context("fork")
    start, codes = context.Barrier(2), context.Queue()
    racers = [context.Process(target=racer, args=(ledger, start, codes, key)) for _ in range(2)]
    for process in racers:
        process.start()
    ended = [codes.get(timeout=120) for _ in range(2 * ROUNDS)]
    for process in racers:
        process.join(timeout=60)
    by_round = {number: tuple(sorted(code for at, code in ended if at == number)) for number in range(ROUNDS)}
    assert by_round == dict.fromkeys(range(ROUNDS), ends)
    with contextlib.closing(open_reader(ledger)) as connection:
        sessions = connection.execute("SELECT patient, count(*) FROM current_visit WHERE kind = 'session' GROUP BY patient").fetchall()
        used = connection.execute("SELECT count(*) FROM vial_line WHERE state = 'used'").fetchone()
    assert sessions == [(f"P{number:04}", 1) for number in range(ROUNDS)]
    assert used == (ROUNDS,)
