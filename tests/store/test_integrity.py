"""Verification: what is wrong is found, by the check whose business it is, and its entry is named in words."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from botoxcli.clinic.protocol import Protocol
from botoxcli.errors import LedgerDamaged
from botoxcli.files.protocol_yaml import read_protocol
from botoxcli.store import chain, engine, integrity, schema_version
from botoxcli.store.chain_walk import Walk, walk
from botoxcli.store.drafts import Drafts
from botoxcli.store.integrity import Fault, require_whole, verify
from botoxcli.store.steps import HASHED_TABLES, STEPS
from botoxcli.store.view_digests import view_digests

from .by_hand import opened_by_hand

FROZEN = Path(__file__).resolve().parents[1] / "schemas"
SESSION = "entry 4 (`session`, 2026-03-09 14:00 UTC, by Dr. Test, P0001)"
CONSULT = "entry 3 (`consult`, 2026-03-09 14:00 UTC, by Dr. Test, P0001)"
CHANGED, WORDS = "what it recorded is not as it was recorded", "its words are not those that were recorded"


def parsed(text: str) -> Protocol:
    return read_protocol(text, "edition").protocol


@contextmanager
def behind_its_back(path: Path, *tables: str) -> Iterator[sqlite3.Connection]:
    """A connection without the guards of these tables and of ``entry``; they are put back, so that the schema's text is as it was."""
    connection = opened_by_hand(path)
    connection.execute("PRAGMA synchronous = OFF")
    marks = ", ".join("?" for _ in tables)
    guards = connection.execute(f"SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND tbl_name IN ('entry', {marks})", tables).fetchall()
    connection.execute("BEGIN")
    for name, _ in guards:
        connection.execute(f"DROP TRIGGER {name}")
    yield connection
    for _, sql in guards:
        connection.execute(sql)
    connection.execute("COMMIT")
    connection.close()


def _table_of(sql: str) -> str:
    return sql.replace("DELETE FROM", "UPDATE").split()[1]


def hashed_anew(connection: sqlite3.Connection) -> None:
    """What somebody with this very program would do: every hash computed afresh."""
    previous = ""
    for (seq,) in connection.execute("SELECT seq FROM entry ORDER BY seq").fetchall():
        previous = chain.entry_hash(connection, seq, previous)
        connection.execute("UPDATE entry SET hash = ? WHERE seq = ?", (previous, seq))


def faults(path: Path) -> list[tuple[str, str]]:
    return [(fault.check, fault.said) for fault in verify(path, parse=parsed).faults]


def test_a_whole_ledger(full_ledger: Path) -> None:
    with opened_by_hand(full_ledger) as connection:
        ((entries, head, at),) = connection.execute("SELECT seq, hash, at FROM entry ORDER BY seq DESC LIMIT 1").fetchall()
    connection.close()
    before = full_ledger.read_bytes()
    found = verify(full_ledger, parse=parsed)
    assert found.whole
    assert (found.schema_version, found.entries, found.head, found.last_at) == (schema_version.CURRENT, entries, head, at)
    assert (found.rows > entries, found.unread, found.expected) == (True, (), None)
    assert require_whole(full_ledger).head == head
    assert full_ledger.read_bytes() == before


@pytest.mark.plain_only
@pytest.mark.parametrize("version", range(1, schema_version.CURRENT))
def test_an_older_ledger_is_verified_as_it_is(version: int, tmp_path: Path) -> None:
    path = Path(shutil.copy(FROZEN / f"v{version}.db", tmp_path / "ledger.db"))
    before = path.read_bytes()
    assert verify(path, parse=parsed).faults == ()
    assert path.read_bytes() == before
    engine.open_reader(path).close()
    assert verify(path, parse=parsed).schema_version == schema_version.CURRENT


TAMPERED = [
    ("UPDATE injection SET site = 'x' WHERE position = 2", "chain", f"{SESSION}: {CHANGED}"),
    ("UPDATE entry SET actor = 'Dr. Else' WHERE seq = 4", "chain", f"{SESSION.replace('Test', 'Else')}: {CHANGED}"),
    ("DELETE FROM finding WHERE visit_version_id = 2", "chain", f"{SESSION}: {CHANGED}"),
    ("UPDATE identity SET name = 'Bea Example' WHERE identity_id = 1", "chain", f"{CONSULT}: {WORDS}"),
    ("UPDATE identity SET name = NULL, born = NULL, salt = NULL", "erasures", f"{CONSULT}: its words were blanked, and no erasure was recorded"),
    ("UPDATE lot_recall SET entry_seq = 99", "chain", "entry 99: rows of lot_recall belong to no entry (1)"),
    ("DELETE FROM entry WHERE seq = 3", "chain", f"{SESSION}: it does not follow entry 2"),
    ("UPDATE edition SET text = text || '#'", "chain", f"{CONSULT}: {CHANGED}"),
]


@pytest.mark.parametrize(("sql", "check", "said"), TAMPERED, ids=[one[0][:40] for one in TAMPERED])
def test_what_was_changed_is_named(full_ledger: Path, sql: str, check: str, said: str) -> None:
    with behind_its_back(full_ledger, _table_of(sql)) as connection:
        connection.execute(sql)
    assert (check, said) in faults(full_ledger)
    with pytest.raises(LedgerDamaged):
        require_whole(full_ledger)


def test_the_first_broken_entry_is_the_first_that_is_named(full_ledger: Path) -> None:
    with behind_its_back(full_ledger, "vial_label", "injection") as connection:
        connection.execute("UPDATE vial_label SET lot = 'Z' WHERE vial_label_id = 1")
        connection.execute("UPDATE injection SET site = 'x' WHERE position = 2")
    found = verify(full_ledger).faults
    assert [fault.seq for fault in found] == [2, 4]
    assert found[0] == Fault("chain", f"entry 2 (`vial add`, 2026-03-09 14:00 UTC, by Dr. Test): {CHANGED}", 2)


REWRITTEN = [
    ("UPDATE edition_site SET planned_hundredths = 600 WHERE position = 1", "editions", "edition"),
    ("UPDATE edition_limit SET span_count = 1 WHERE limit_kind = 'minimum-interval'", "editions", "edition"),
    ("UPDATE edition SET text = text || '#'", "editions", "is not that of its sha256"),
    ("UPDATE injection SET hundredths = 600, planned_hundredths = 600 WHERE position = 1", "vials", "its units are not what its vials gave"),
    ("UPDATE vial SET hundredths = 10000 WHERE vial_id = 1", "vials", "what was given and wasted of a vial is not what it held"),
    ("UPDATE visit_version SET patient_id = 77 WHERE visit = 3", "references", "rows of visit_version refer to rows that are not there"),
]


@pytest.mark.parametrize(("sql", "check", "said"), REWRITTEN, ids=[one[0][:40] for one in REWRITTEN])
def test_a_chain_that_was_written_anew_is_still_held_against_the_rest(full_ledger: Path, sql: str, check: str, said: str) -> None:
    before = verify(full_ledger)
    with behind_its_back(full_ledger, _table_of(sql)) as connection:
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(sql)
        hashed_anew(connection)
    assert {name for name, _ in faults(full_ledger)} == {check}
    assert said in faults(full_ledger)[0][1]
    assert [fault.check for fault in verify(full_ledger, expect=before.head[:12]).faults][:1] == ["expect"]


def test_an_erasure_and_its_blank_need_each_other(full_ledger: Path) -> None:
    add = "INSERT INTO erasure (erasure_id, entry_seq, patient_id, erased_table, erased_id) VALUES (99, 12, 1, 'identity', 1)"
    with behind_its_back(full_ledger, "erasure", "identity") as connection:
        connection.execute("DELETE FROM erasure")
        connection.execute("UPDATE identity SET name = 'Ann Example' WHERE identity_id = 1")
        connection.execute(add)
        hashed_anew(connection)
    assert [said.split(": ")[1] for check, said in faults(full_ledger) if check == "erasures" and "entry 12" in said] == [
        "it erased words, and they are there",
        "it erased words, which its command never does",
    ]
    with behind_its_back(full_ledger, "identity") as connection:
        connection.execute("UPDATE entry SET command = 'patient forget' WHERE seq = 12")
        connection.execute("UPDATE identity SET name = NULL, born = NULL, salt = NULL WHERE identity_id = 1")
        hashed_anew(connection)
    assert not [said for check, said in faults(full_ledger) if check == "erasures" and "entry 12" in said]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("DROP TRIGGER injection_stays", "the trigger injection_stays is gone"),
        ("DROP INDEX vial_use_by_vial", "the index vial_use_by_vial is gone"),
        ("DROP VIEW vial_line", "the view vial_line is gone"),
        ("CREATE TABLE mine (x)", "it holds a table that is not of this program"),
        ("CREATE TRIGGER mine AFTER INSERT ON draft BEGIN SELECT 1; END", "it holds a trigger that is not of this program"),
    ],
)
def test_the_schemas_own_text(full_ledger: Path, sql: str, said: str) -> None:
    connection = opened_by_hand(full_ledger)
    connection.execute(sql)
    connection.close()
    assert ("schema", said) in faults(full_ledger)


def test_the_head_and_any_entry_before_it_may_be_expected(full_ledger: Path) -> None:
    with opened_by_hand(full_ledger) as connection:
        hashes = [one for (one,) in connection.execute("SELECT hash FROM entry ORDER BY seq")]
    connection.close()
    assert verify(full_ledger, expect=hashes[-1]).expected == len(hashes)
    assert verify(full_ledger, expect=hashes[4][:12]).expected == 5
    lost = verify(full_ledger, expect="0" * 12)
    assert (lost.expected, [fault.check for fault in lost.faults]) == (None, ["expect"])


def test_a_cut_tail_is_whole_by_itself_and_found_by_the_head(full_ledger: Path) -> None:
    head = verify(full_ledger).head
    with behind_its_back(full_ledger, *HASHED_TABLES) as connection:
        (last,) = connection.execute("SELECT max(seq) FROM entry").fetchone()
        connection.execute("DELETE FROM entry WHERE seq = ?", (last,))
        for table in HASHED_TABLES:
            connection.execute(f"DELETE FROM {table} WHERE entry_seq = ?", (last,))
    assert verify(full_ledger).whole
    assert not verify(full_ledger, expect=head).whole


def test_a_draft_that_was_changed_is_found_and_not_gone_on_with(full_ledger: Path) -> None:
    with Drafts(full_ledger) as drafts:
        drafts.save("session", "P0001", "k", {"answers": {"consent": "no"}}, datetime(2026, 3, 9, tzinfo=UTC))
    assert verify(full_ledger).whole
    connection = opened_by_hand(full_ledger)
    connection.execute("UPDATE draft SET content = replace(content, '\"no\"', '\"yes\"')")
    connection.close()
    assert faults(full_ledger) == [("drafts", "an unfinished session of P0001 is not as it was saved")]
    with Drafts(full_ledger) as drafts, pytest.raises(LedgerDamaged):
        drafts.load("session", "P0001")


def test_a_draft_of_before_drafts_had_a_digest_is_taken(full_ledger: Path) -> None:
    connection = opened_by_hand(full_ledger)
    values = "('session', 'P0001', 'k', '2026-03-09T14:00:00Z', '2026-03-09T14:00:00Z', '{\"a\": 1}')"
    connection.execute(f"INSERT INTO draft (kind, patient_code, change_key, started_at, saved_at, content) VALUES {values}")
    connection.close()
    assert verify(full_ledger).whole
    with Drafts(full_ledger) as drafts:
        (only,) = drafts.list()
        assert only.content == {"a": 1}


_WRITES = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=0, isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
connection.execute("INSERT INTO draft (kind, patient_code, change_key, started_at, saved_at, content) VALUES "
                   "('session', 'P', 'k', '2026-03-09T14:00:00Z', '2026-03-09T14:00:00Z', '{}')")
connection.execute("COMMIT")
"""


@pytest.mark.plain_only
def test_nobody_can_write_while_it_looks(full_ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It holds its lock from the first row to the last, also while its other connection looks at the pages: all is of one state."""
    ended = list[str]()

    def while_another_writes(*given: Any, **more: Any) -> Walk:
        time.sleep(0.2)  # whatever goes on beside has begun
        written = subprocess.run([sys.executable, "-c", _WRITES, str(full_ledger)], capture_output=True, text=True, check=False)
        ended.append(written.stderr.strip().splitlines()[-1] if written.returncode else "written")
        return walk(*given, **more)

    monkeypatch.setattr(integrity, "walk", while_another_writes)
    assert verify(full_ledger).whole
    assert ended == ["sqlite3.OperationalError: database is locked"]


def spoil_number(ledger: Path, version: int) -> bytes:
    spoilt = bytearray(ledger.read_bytes())
    spoilt[60:64] = version.to_bytes(4, "big")
    ledger.write_bytes(spoilt)
    return bytes(spoilt)


@pytest.mark.plain_only
@pytest.mark.parametrize("version", [number for number in range(1, schema_version.CURRENT) if any(STEPS[number:])])
def test_a_damaged_version_number_begins_no_migration(full_ledger: Path, version: int) -> None:
    spoilt = spoil_number(full_ledger, version)
    with pytest.raises(LedgerDamaged, match="cannot be brought up to date"):
        engine.open_reader(full_ledger)
    assert full_ledger.read_bytes() == spoilt
    assert [one.name for one in full_ledger.parent.iterdir()] == [full_ledger.name]
    assert not verify(full_ledger).whole


@pytest.mark.plain_only
@pytest.mark.parametrize("version", [number for number in range(1, schema_version.CURRENT) if not any(STEPS[number:])])
def test_one_of_a_version_with_the_same_tables_is_put_right(full_ledger: Path, version: int) -> None:
    before, whole = full_ledger.read_bytes(), verify(full_ledger)
    spoil_number(full_ledger, version)
    assert [fault.check for fault in verify(full_ledger).faults] == ["schema"]
    engine.open_reader(full_ledger).close()
    assert verify(full_ledger) == whole
    (backup,) = full_ledger.parent.glob("*.bak")
    assert len(backup.read_bytes()) == len(before)


@pytest.mark.plain_only
@pytest.mark.parametrize("place", [18, 19])
def test_a_header_that_sqlite_takes_for_one_of_its_future_is_damaged(full_ledger: Path, place: int) -> None:
    spoilt = bytearray(full_ledger.read_bytes())
    spoilt[place] ^= 0x40
    full_ledger.write_bytes(spoilt)
    assert [fault.check for fault in verify(full_ledger).faults] == ["pages"]
    with pytest.raises(LedgerDamaged):
        engine.open_plain_writer(full_ledger)


def test_progress_is_told_up_to_the_last_rows(full_ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botoxcli.store.chain_walk.STEP", 1)
    told: list[tuple[int, int]] = []
    found = verify(full_ledger, progress=lambda done, total: told.append((done, total)))
    assert told == sorted(told)
    assert told[-1][0] == found.rows <= told[-1][1]


def test_view_digests_see_a_cell_and_no_order(full_ledger: Path) -> None:
    connection = opened_by_hand(full_ledger)
    before = view_digests(connection)
    assert "visit_now" not in view_digests(connection, ["visit_now"])
    connection.execute("PRAGMA reverse_unordered_selects = ON")
    assert view_digests(connection) == before
    connection.close()
    with behind_its_back(full_ledger, "vial_label") as changing:
        changing.execute("UPDATE vial_label SET expires = '2031-01-01' WHERE vial_label_id = 3")
    connection = opened_by_hand(full_ledger)
    after = view_digests(connection)
    connection.close()
    assert {view for view in after if after[view] != before[view]} == {"vial_line"}
