"""Who was forgotten is in no byte of the folder any more, and the chain is whole: grepped in the raw files, over random histories.

The long form (FAULTS=long) takes more of them. Plain ledgers only: of an encrypted one nothing could be grepped. The real program is run
where the command itself matters; the histories are made through the recorder.
"""

from __future__ import annotations

import os
import random
import sqlite3
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from botoxcli.clinic.records import NewPatient
from botoxcli.store import engine
from botoxcli.store.integrity import require_whole
from botoxcli.store.recorder import Recorder, create_ledger
from botoxcli.store.sweep import sweep
from botoxcli.store.view_digests import view_digests
from botoxcli.workflow.forget import Choice, ForgetRequest, forget

AT = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
LONG = os.environ.get("FAULTS") == "long"
PATIENTS = 8
HISTORIES = 20 if LONG else 2
PIECE = 12  # letters of a secret that may not be found anywhere
OF_PEOPLE = ("entry_line", "erasure_line", "entry_patient", "patient_now", "identity_history", "toxin_line", "pause_line")


def secret(rng: random.Random) -> str:
    return "".join(rng.choice("bcdfghjklmnpqrstvwxz") for _ in range(rng.choice((PIECE, 30, 150, 199))))


def history(path: Path, rng: random.Random) -> None:
    """Patients with names and texts of every length in pages of their own and shared ones, edited and undone."""
    create_ledger(path, settings={"practice": "Example Practice", "jurisdiction": "us"}, actor="Dr Example", at=AT)
    recorder = Recorder(path)
    for number in range(PATIENTS):
        with recorder.change(command="patient add", actor="Dr Example", at=AT) as change:
            change.add_patient(NewPatient(code=f"P{number:04}", name=secret(rng), born=date(1900 + number, 1, 17)))
        with recorder.change(command="patient pause", actor="Dr Example", at=AT) as change:
            for _ in range(rng.randrange(8)):
                change.pause_patient(rng.randrange(1, number + 2), until=None, reason=secret(rng) * rng.choice((1, 1, 40)))
        with recorder.change(command="patient edit", actor="Dr Example", at=AT) as change:
            change.edit_patient(number + 1, name=secret(rng), reason=secret(rng))
        if rng.random() < 0.5:
            with recorder.change(command="undo", actor="Dr Example", at=AT) as change:
                change.reverse(change.seq - 1, stands=False)


def secrets_of(path: Path, patient: str) -> list[str]:
    """Names, texts and salts of a patient."""
    connection = engine.open_reader(path)
    try:
        rows = connection.execute(
            "SELECT i.name, i.salt FROM identity i JOIN patient p USING (patient_id) WHERE p.code = :code "
            "UNION SELECT t.content, t.salt FROM free_text t JOIN patient p USING (patient_id) WHERE p.code = :code",
            {"code": patient},
        )
        return [word for row in rows for word in row]
    finally:
        connection.close()


def found_in(folder: Path, words: list[str]) -> int:
    """How many pieces of these words stand in any file of the folder, whatever it is called."""
    raw = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return sum(word[at : at + PIECE].encode() in raw for word in words for at in range(0, len(word) - PIECE + 1, PIECE))


@pytest.mark.plain_only
def test_no_byte_of_who_was_forgotten_is_left(tmp_path: Path) -> None:
    forgotten = pieces = 0
    for number in range(HISTORIES):
        rng = random.Random(number)
        path = tmp_path / str(number) / "ledger.db"
        history(path, rng)
        for patient in rng.sample([f"P{number:04}" for number in range(PATIENTS)], 4):
            words = secrets_of(path, patient)
            pieces += (before := found_in(path.parent, words))
            assert before > 0, "the test looks for nothing"
            forget(Recorder(path), ForgetRequest(patient, "asked for"), actor="Dr Example", now=AT)
            sweep(path)
            assert found_in(path.parent, words) == 0
            forgotten += 1
        require_whole(path)
    print(f"\n{forgotten} patients of {HISTORIES} histories forgotten: 0 of {pieces} pieces of {PIECE} letters left, every chain whole")


@pytest.mark.plain_only
def test_a_journal_that_somebody_left_is_gone_too(tmp_path: Path) -> None:
    """As a person's own ``sqlite3`` leaves one: a journal that is kept, and holds the old pages."""
    path = tmp_path / "practice" / "ledger.db"
    history(path, random.Random(1))
    words = secrets_of(path, "P0003")
    by_hand = sqlite3.connect(path, isolation_level=None)
    by_hand.execute("PRAGMA journal_mode = PERSIST")
    by_hand.execute("BEGIN IMMEDIATE")
    by_hand.execute("UPDATE draft SET content = content")
    by_hand.execute("INSERT INTO draft SELECT 1, 'consult', 'P0009', 'k', at, at, 'x' FROM entry WHERE seq = 1")
    by_hand.execute("COMMIT")
    by_hand.close()
    journal = path.with_name("ledger.db-journal")
    journal.write_bytes(journal.read_bytes() + words[0].encode())
    forget(Recorder(path), ForgetRequest("P0003", "asked for"), actor="Dr Example", now=AT)
    sweep(path)
    assert not journal.exists()
    assert found_in(path.parent, words) == 0


def test_others_and_the_record_are_as_they_were(tmp_path: Path) -> None:
    """Every view that does not tell of people is equal before and after the sweep, and another's words stay."""
    path = tmp_path / "practice" / "ledger.db"
    history(path, random.Random(2))
    others = [secrets_of(path, f"P{number:04}") for number in range(1, PATIENTS)]
    before = digests(path)
    forget(Recorder(path), ForgetRequest("P0000", "asked for", Choice()), actor="Dr Example", now=AT)
    between = digests(path)
    sweep(path)
    assert digests(path) == between
    changed = {view for view in before if before[view] != between[view]}
    assert changed <= {*OF_PEOPLE, "archive_line", "appointment_line"}
    assert [secrets_of(path, f"P{number:04}") for number in range(1, PATIENTS)] == others
    assert require_whole(path).whole


def digests(path: Path) -> dict[str, str]:
    connection = engine.open_reader(path)
    try:
        return dict(view_digests(connection))
    finally:
        connection.close()


def test_a_blank_that_no_erasure_names_is_found(tmp_path: Path) -> None:
    """The check that the proof above leans on sees what it must."""
    from botoxcli.errors import LedgerDamaged

    path = tmp_path / "practice" / "ledger.db"
    history(path, random.Random(3))
    connection = engine.open_plain_writer(path)
    connection.execute("UPDATE identity SET salt = NULL, name = NULL, born = NULL WHERE identity_id = 1")
    connection.close()
    with pytest.raises(LedgerDamaged, match="no erasure was recorded"):
        require_whole(path)


def test_a_kill_in_between_is_all_or_nothing(tmp_path: Path) -> None:
    """What the change does is one transaction: an error at its end leaves name and texts whole."""
    path = tmp_path / "practice" / "ledger.db"
    history(path, random.Random(4))
    words = secrets_of(path, "P0001")
    with pytest.raises(ZeroDivisionError), Recorder(path).change(command="patient forget", actor="Dr Example", at=AT) as change:
        change.forget_patient(2, ())
        raise ZeroDivisionError
    assert secrets_of(path, "P0001") == words
    assert require_whole(path).whole
