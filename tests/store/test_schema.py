"""The schema and its steps: what SQLModel believes, what SQLite has, and how an older ledger comes up to date."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import Table
from sqlalchemy.dialects import sqlite

from botoxcli.errors import LedgerDamaged, NewerLedger
from botoxcli.store import engine, schema
from botoxcli.store.reader import open_ledger
from botoxcli.store.steps import STEPS
from botoxcli.store.tables import Row
from botoxcli.store.views import VIEWS

NEXT = ("ALTER TABLE visit_version ADD COLUMN note TEXT", "CREATE TABLE later (later_id INTEGER NOT NULL PRIMARY KEY) STRICT")
FAILS = ("ALTER TABLE visit_version ADD COLUMN more TEXT", "CREATE TABLE entry (seq)")


def real(connection: sqlite3.Connection, table: str) -> set[tuple[object, ...]]:
    return {(name, kind, bool(required), bool(key)) for _, name, kind, required, _, key, _ in connection.execute(f"PRAGMA table_xinfo({table})")}


def believed(table: Table) -> set[tuple[object, ...]]:
    dialect = sqlite.dialect()
    return {(column.name, column.type.compile(dialect), not column.nullable, column.primary_key) for column in table.columns}


def test_sqlmodel_and_the_schema_agree_both_ways(ledger: Path) -> None:
    connection = engine.open_reader(ledger)
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert set(Row.metadata.tables) == tables
    for name, table in Row.metadata.tables.items():
        assert believed(table) == real(connection, name), name
        assert not table.foreign_keys
    connection.close()


def test_all_tables_are_strict(ledger: Path) -> None:
    connection = engine.open_reader(ledger)
    kinds = {row[1]: row[5] for row in connection.execute("PRAGMA table_list") if row[2] == "table" and not row[1].startswith("sqlite_")}
    connection.close()
    assert set(kinds.values()) == {1}


def version(path: Path) -> int:
    return int.from_bytes(path.read_bytes()[60:64], "big")


def columns(path: Path, table: str = "visit_version") -> set[str]:
    connection = sqlite3.connect(path)
    names = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    connection.close()
    return names


def views(path: Path) -> set[str]:
    connection = sqlite3.connect(path)
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")}
    connection.close()
    return names


def test_a_pending_step_is_taken_after_a_whole_backup(full_ledger: Path) -> None:
    connection = engine.connect(full_ledger)
    backup = schema.migrate(full_ledger, connection, "20260309T140000Z", (*STEPS, NEXT))
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    connection.close()
    assert backup == full_ledger.with_name("full.db.before-v3-20260309T140000Z.bak")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert (version(full_ledger), version(backup)) == (3, 2)
    assert "note" in columns(full_ledger)
    assert "note" not in columns(backup)
    assert views(full_ledger) == set(VIEWS)
    with open_ledger(backup) as reader:
        assert len(reader.visits()) == 3
    assert sorted(one.name for one in full_ledger.parent.iterdir()) == ["full.db", backup.name]


def test_nothing_pending_does_nothing(full_ledger: Path) -> None:
    before = full_ledger.read_bytes()
    connection = engine.connect(full_ledger)
    assert schema.migrate(full_ledger, connection, "x") is None
    connection.close()
    assert full_ledger.read_bytes() == before
    assert [one.name for one in full_ledger.parent.iterdir()] == ["full.db"]


def test_a_step_that_fails_half_way_changes_nothing(full_ledger: Path) -> None:
    connection = engine.connect(full_ledger)
    before = list(connection.iterdump())
    with pytest.raises(sqlite3.OperationalError):
        schema.migrate(full_ledger, connection, "x", (*STEPS, FAILS))
    assert list(connection.iterdump()) == before
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    connection.close()
    assert version(full_ledger) == 2
    assert full_ledger.with_name("full.db.before-v3-x.bak").exists()


def test_the_steps_before_the_one_that_fails_stand_whole(full_ledger: Path) -> None:
    connection = engine.connect(full_ledger)
    with pytest.raises(sqlite3.OperationalError):
        schema.migrate(full_ledger, connection, "x", (*STEPS, NEXT, FAILS))
    connection.close()
    assert version(full_ledger) == 3
    assert "note" in columns(full_ledger)
    assert "more" not in columns(full_ledger)
    assert views(full_ledger) == set(VIEWS)


def test_a_step_that_leaves_a_row_without_its_parent_is_refused(full_ledger: Path) -> None:
    connection = engine.connect(full_ledger)
    orphan = ("DROP TRIGGER vial_remains", "DELETE FROM vial WHERE vial_id = 1")
    with pytest.raises(LedgerDamaged):
        schema.migrate(full_ledger, connection, "x", (*STEPS, orphan))
    connection.close()
    assert version(full_ledger) == 2


def test_a_backup_of_before_is_never_overwritten(full_ledger: Path) -> None:
    names = []
    for _ in range(2):
        connection = engine.connect(full_ledger)
        with pytest.raises(sqlite3.OperationalError):
            schema.migrate(full_ledger, connection, "x", (*STEPS, FAILS))
        connection.close()
        names.append(sorted(one.name for one in full_ledger.parent.glob("*.bak")))
    assert names == [["full.db.before-v3-x.bak"], ["full.db.before-v3-x-2.bak", "full.db.before-v3-x.bak"]]


def test_what_somebody_writes_meanwhile_is_in_the_backup(full_ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    back_up = schema._back_up
    written: list[bool] = []

    def and_somebody_writes(path: Path, connection: sqlite3.Connection, stamp: str) -> Path:
        backup = back_up(path, connection, stamp)
        if not written:
            other = engine.connect(path)
            other.execute("INSERT INTO draft VALUES (9, 'session', 'P1', 'k', '2026-03-09T14:00:00Z', '2026-03-09T14:00:00Z', '{}')")
            other.close()
            written.append(True)
        return backup

    monkeypatch.setattr(schema, "_back_up", and_somebody_writes)
    connection = engine.connect(full_ledger)
    backup = schema.migrate(full_ledger, connection, "x", (*STEPS, NEXT))
    connection.close()
    assert backup is not None
    copy = sqlite3.connect(backup)
    assert copy.execute("SELECT count(*) FROM draft").fetchone() == (1,)
    copy.close()
    assert len(list(full_ledger.parent.glob("*.bak"))) == 1


def test_a_damaged_ledger_is_not_migrated(full_ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytearray(full_ledger.read_bytes())
    connection = sqlite3.connect(full_ledger)
    (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'visit_version_by_date'").fetchone()
    connection.close()
    data[(page - 1) * 4096 + 3 : (page - 1) * 4096 + 5] = bytes(2)  # the index says that it is empty
    full_ledger.write_bytes(data)
    connection = engine.connect(full_ledger)
    with pytest.raises(LedgerDamaged):
        schema.migrate(full_ledger, connection, "x", (*STEPS, NEXT))
    connection.close()
    assert full_ledger.read_bytes() == data
    assert [one.name for one in full_ledger.parent.iterdir()] == ["full.db"]


@pytest.mark.parametrize("reading", [True, False])
def test_opening_brings_an_older_ledger_up_to_date(full_ledger: Path, monkeypatch: pytest.MonkeyPatch, reading: bool) -> None:
    monkeypatch.setattr(schema, "STEPS", (*STEPS, NEXT))
    monkeypatch.setattr(schema, "CURRENT", 3)
    (engine.open_reader if reading else engine.open_plain_writer)(full_ledger).close()
    assert version(full_ledger) == 3
    assert [one.name for one in full_ledger.parent.glob("*.bak")] == ["full.db.before-v3-20260309T140000Z.bak"]  # the last entry's time
    monkeypatch.undo()
    with pytest.raises(NewerLedger):
        engine.open_reader(full_ledger)
