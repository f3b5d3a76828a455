"""Processes that record the same thing at the same instant: what is checked inside a change holds until it is committed."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from botoxcli.clinic.records import NewPatient
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.store import chain
from botoxcli.store.engine import open_reader
from botoxcli.store.reader import open_ledger
from botoxcli.store.recorder import Recorder, create_ledger

AT = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
PROTOCOL = Path(__file__).resolve().parents[2] / "protocols" / "chronic-migraine.yaml"
PATIENTS = 25
PROCESSES = 4

RACER = """
import sys, time
from datetime import UTC, date, datetime
from pathlib import Path
from botoxcli.clinic.records import Injection, Session, VialUse
from botoxcli.store.recorder import Recorder

ledger, ready, go, patients, key = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]), sys.argv[5]
recorder = Recorder(ledger)
injection = Injection(site="procerus", muscle="procerus", side="midline", planned_hundredths=500, hundredths=500, state="given")
ready.touch()
while not go.exists():
    time.sleep(0.001)
recorded = 0
for number in range(1, patients + 1):
    code = f"P{number:04}"
    session = Session(patient=code, date=date(2026, 1, 6), product="x", jurisdiction="us", injections=(injection,), imported=True,
                      vials=(VialUse(lot="L", given_hundredths=500),))
    with recorder.change(command="session", actor="me", at=datetime.now(UTC), key=f"{key}-{code}" if key else None) as change:
        if key:
            free = change.standing(f"{key}-{code}", {"code": code}) is None
        else:
            free = not change.reader.patient_history(change.reader.find_patient(code).patient_id).sessions
        if free:
            change.record_session(session, 1)
            recorded += 1
print(recorded)
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "ledger" / "ledger.db"
    create_ledger(path, settings={"practice": "X"}, actor="me", at=AT)
    with Recorder(path).change(command="patient add", actor="me", at=AT) as change:
        change.pin_edition(load_protocol(PROTOCOL))
        for number in range(1, PATIENTS + 1):
            change.add_patient(NewPatient(code=f"P{number:04}", name="Ann Example", born=date(1980, 1, 1)))
    return path


@pytest.mark.parametrize("key", ["", "key"], ids=["if there is none", "the same key"])
def test_many_at_once_record_once(ledger: Path, tmp_path: Path, key: str) -> None:
    ready = [tmp_path / f"ready-{number}" for number in range(PROCESSES)]
    go = tmp_path / "go"
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(ledger), str(one), str(go), str(PATIENTS), key], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for one in ready
    ]
    while not all(one.exists() for one in ready):
        assert all(racer.poll() is None for racer in racers)
    go.touch()
    told = [racer.communicate(timeout=120) for racer in racers]
    assert [(racer.returncode, error) for racer, (_, error) in zip(racers, told, strict=True)] == [(0, b"")] * PROCESSES
    assert sum(int(said) for said, _ in told) == PATIENTS
    with open_ledger(ledger) as reader:
        assert [head.patient for head in reader.visits()] == [f"P{number:04}" for number in sorted(head.patient_id for head in reader.visits())]
        assert len({head.patient for head in reader.visits()}) == len(reader.visits()) == PATIENTS
    connection = open_reader(ledger)
    previous = ""
    for seq, stands in connection.execute("SELECT seq, hash FROM entry ORDER BY seq").fetchall():
        assert chain.entry_hash(connection, seq, previous) == stands
        previous = stands
    connection.close()
