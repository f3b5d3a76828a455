"""``ledger encrypt | rekey | decrypt`` killed by SIGKILL at random instants: the old ledger or the new one, never between.

The short form runs with the other tests. The long one, some minutes:  FAULTS=long .venv/bin/pytest tests/faults -s -n auto
"""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from botoxcli.clinic.records import NewPatient
from botoxcli.store import cipher, engine, reseal
from botoxcli.store.integrity import require_whole
from botoxcli.store.key import Key
from botoxcli.store.place import Place
from botoxcli.store.recorder import Recorder, create_ledger
from botoxcli.store.view_digests import view_digests

pytestmark = pytest.mark.plain_only  # it goes from plain text to encrypted and back by itself
KILLS = 600 if os.environ.get("FAULTS") == "long" else 9
AT = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
KEYS = {"one": "11" * 32, "two": "22" * 32}


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "practice" / "ledger.db"
    create_ledger(path, settings={"practice": "Example Practice"}, actor="me", at=AT)
    with Recorder(path).change(command="patient add", actor="me", at=AT) as change:
        for number in range(200):
            change.add_patient(NewPatient(code=f"P{number:04}", name=f"Example Number{number}", born=date(1980, 1, 1)))
    return path


def started(ledger: Path, old: str, new: str) -> int:
    """A process of its own, forked with all loaded: what is killed is the work and not the start of Python."""
    process = os.fork()
    if process:
        return process
    try:
        key, salt = (Key.of_raw(bytes.fromhex(new)), os.urandom(16)) if new else (None, None)
        place = Place(ledger, lambda: Key.of_raw(bytes.fromhex(old)))
        reseal.reseal(place, key, salt, command="ledger rekey", actor="me", at=datetime.now(UTC))
        os._exit(0)
    finally:
        os._exit(1)


def ended(process: int) -> bool:
    """Waits for its end; whether it was done before it was killed."""
    status = os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])
    assert status in (0, -signal.SIGKILL)
    return status == 0


def state(ledger: Path, keys: list[str]) -> tuple[str, str, dict[str, str]]:
    """Which key opens it (empty: plain text), its head, and what its views say; it is whole."""
    place = Place(ledger)
    opening = ""
    if cipher.salt_of(ledger):
        (opening,) = [key for key in keys if key and cipher.opens(ledger, Key.of_raw(bytes.fromhex(key)))]
        place = Place(ledger, lambda: Key.of_raw(bytes.fromhex(opening)))
    found = require_whole(place)
    connection = engine.connect(place)
    try:
        return opening, found.head, view_digests(connection, leave_out=("entry_line",))
    finally:
        connection.close()


def test_a_kill_leaves_the_old_or_the_new(ledger: Path) -> None:
    chance, turns = random.Random(4), ["", KEYS["one"], KEYS["two"]]
    begin = time.monotonic()
    assert ended(started(ledger, "", KEYS["one"]))
    usual = time.monotonic() - begin
    old, head, views = state(ledger, turns)
    ends = {"old": 0, "new": 0, "done": 0}
    for _ in range(KILLS):
        new = chance.choice([key for key in turns if key != old])
        process = started(ledger, old, new)
        time.sleep(chance.uniform(0, usual))
        os.kill(process, signal.SIGKILL)
        done = ended(process)
        opening, now, views_now = state(ledger, turns)
        assert opening in ((new,) if done else (old, new))
        assert (opening == old) == (now == head), "the entry stands in the new file only"
        assert views_now == views
        assert all(one.stat().st_mode & 0o777 == 0o600 for one in ledger.parent.iterdir())
        ends["done" if done else "old" if opening == old else "new"] += 1
        old, head = opening, now
    left = sum(1 for one in ledger.parent.iterdir() if one.name.startswith(".ledger.db."))
    print(f"\n{KILLS} kills of encrypt, rekey and decrypt: {ends}, {left} leftovers in nobody's way, 0 ledgers lost or between")
    assert ends["old"]
    assert ended(started(ledger, old, next(key for key in turns if key != old)))
