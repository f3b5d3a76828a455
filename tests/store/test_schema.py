"""The schema and its steps: what SQLModel believes, what SQLite has, and how an older ledger comes up to date."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path

import pytest
from sqlalchemy import Table
from sqlalchemy.dialects import sqlite

from botoxcli.errors import LedgerDamaged, NewerLedger
from botoxcli.store import edition_tables, engine, identity_tables, patient_tables, schema, schema_version, stock_tables, visit_tables
from botoxcli.store.engine import copied
from botoxcli.store.place import Place
from botoxcli.store.reader import open_ledger
from botoxcli.store.steps import STEPS
from botoxcli.store.tables import Row
from botoxcli.store.views import VIEWS

from .by_hand import OPERATIONAL, dump, opened_by_hand

NEXT = ("ALTER TABLE visit_version ADD COLUMN note TEXT", "CREATE TABLE later (later_id INTEGER NOT NULL PRIMARY KEY) STRICT")
NOW = len(STEPS)
FAILS = ("ALTER TABLE visit_version ADD COLUMN more TEXT", "CREATE TABLE entry (seq)")


def real(connection: sqlite3.Connection, table: str) -> set[tuple[object, ...]]:
    return {(name, kind, bool(required), bool(key)) for _, name, kind, required, _, key, _ in connection.execute(f"PRAGMA table_xinfo({table})")}


def believed(table: Table) -> set[tuple[object, ...]]:
    dialect = sqlite.dialect()
    return {(column.name, column.type.compile(dialect), not column.nullable, column.primary_key) for column in table.columns}


def test_sqlmodel_and_the_schema_agree_both_ways(ledger: Path) -> None:
    connection = engine.open_reader(ledger)
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert all((edition_tables, identity_tables, patient_tables, stock_tables, visit_tables)), "each adds its own"
    assert set(Row.metadata.tables) == tables
    for name, table in Row.metadata.tables.items():
        assert believed(table) == real(connection, name), name
        assert not table.foreign_keys
    connection.close()


def test_the_version_is_the_number_of_steps() -> None:
    assert len(STEPS) == schema_version.CURRENT


def test_all_tables_are_strict(ledger: Path) -> None:
    connection = engine.open_reader(ledger)
    kinds = {row[1]: row[5] for row in connection.execute("PRAGMA table_list") if row[2] == "table" and not row[1].startswith("sqlite_")}
    connection.close()
    assert set(kinds.values()) == {1}


def version(path: Path) -> int:
    connection = opened_by_hand(path)
    found = schema_version.version(connection)
    connection.close()
    return found


def columns(path: Path, table: str = "visit_version") -> set[str]:
    connection = opened_by_hand(path)
    names = {row[1] for row in connection.execute(f"PRAGMA table_info({table})")}
    connection.close()
    return names


def views(path: Path) -> set[str]:
    connection = opened_by_hand(path)
    names = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'")}
    connection.close()
    return names


def test_a_pending_step_is_taken_after_a_whole_backup(full_ledger: Path) -> None:
    connection = engine.connect(full_ledger)
    backup = schema.migrate(full_ledger, connection, copied(Place(full_ledger), connection), "20260309T140000Z", (*STEPS, NEXT))
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    connection.close()
    assert backup == full_ledger.with_name(f"full.db.before-v{NOW + 1}-20260309T140000Z.bak")
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert (version(full_ledger), version(backup)) == (NOW + 1, NOW)
    assert "note" in columns(full_ledger)
    assert "note" not in columns(backup)
    assert views(full_ledger) == set(VIEWS)
    with open_ledger(backup) as reader:
        assert len(reader.visits()) == 3
    assert sorted(one.name for one in full_ledger.parent.iterdir()) == ["full.db", backup.name]


def test_nothing_pending_does_nothing(full_ledger: Path) -> None:
    before = full_ledger.read_bytes()
    connection = engine.connect(full_ledger)
    assert schema.migrate(full_ledger, connection, copied(Place(full_ledger), connection), "x") is None
    connection.close()
    assert full_ledger.read_bytes() == before
    assert [one.name for one in full_ledger.parent.iterdir()] == ["full.db"]


def test_a_step_that_fails_half_way_changes_nothing(full_ledger: Path) -> None:
    connection = engine.connect(full_ledger)
    before = dump(connection)
    with pytest.raises(OPERATIONAL):
        schema.migrate(full_ledger, connection, copied(Place(full_ledger), connection), "x", (*STEPS, FAILS))
    assert dump(connection) == before
    assert connection.execute("PRAGMA foreign_keys").fetchone() == (1,)
    connection.close()
    assert version(full_ledger) == NOW
    assert full_ledger.with_name(f"full.db.before-v{NOW + 1}-x.bak").exists()


def test_a_later_step_that_fails_leaves_the_ledger_as_it_was(full_ledger: Path) -> None:
    connection = engine.connect(full_ledger)
    before = dump(connection)
    with pytest.raises(OPERATIONAL):
        schema.migrate(full_ledger, connection, copied(Place(full_ledger), connection), "x", (*STEPS, NEXT, FAILS))
    assert dump(connection) == before
    connection.close()
    assert version(full_ledger) == NOW
    assert "note" not in columns(full_ledger)


def test_a_step_that_leaves_a_row_without_its_parent_is_refused(full_ledger: Path) -> None:
    connection = engine.connect(full_ledger)
    orphan = ("DROP TRIGGER vial_remains", "DELETE FROM vial WHERE vial_id = 1")
    with pytest.raises(LedgerDamaged):
        schema.migrate(full_ledger, connection, copied(Place(full_ledger), connection), "x", (*STEPS, orphan))
    connection.close()
    assert version(full_ledger) == NOW


def test_a_backup_of_before_is_never_overwritten(full_ledger: Path) -> None:
    names = []
    for _ in range(2):
        connection = engine.connect(full_ledger)
        with pytest.raises(OPERATIONAL):
            schema.migrate(full_ledger, connection, copied(Place(full_ledger), connection), "x", (*STEPS, FAILS))
        connection.close()
        names.append(sorted(one.name for one in full_ledger.parent.glob("*.bak")))
    assert names == [[f"full.db.before-v{NOW + 1}-x.bak"], [f"full.db.before-v{NOW + 1}-x-2.bak", f"full.db.before-v{NOW + 1}-x.bak"]]


def test_what_somebody_writes_meanwhile_is_in_the_backup(full_ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    back_up = schema._back_up
    written: list[bool] = []

    def and_somebody_writes(path: Path, copy: schema.Copy, words: str) -> Path:
        backup = back_up(path, copy, words)
        if not written:
            other = engine.connect(path)
            other.execute("INSERT INTO draft VALUES (9, 'session', 'P1', 'k', '2026-03-09T14:00:00Z', '2026-03-09T14:00:00Z', '{}')")
            other.close()
            written.append(True)
        return backup

    monkeypatch.setattr(schema, "_back_up", and_somebody_writes)
    connection = engine.connect(full_ledger)
    backup = schema.migrate(full_ledger, connection, copied(Place(full_ledger), connection), "x", (*STEPS, NEXT))
    connection.close()
    assert backup is not None
    copy = opened_by_hand(backup)
    assert copy.execute("SELECT count(*) FROM draft").fetchone() == (1,)
    copy.close()
    assert len(list(full_ledger.parent.glob("*.bak"))) == 1


@pytest.mark.plain_only
def test_a_damaged_ledger_is_not_migrated(full_ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytearray(full_ledger.read_bytes())
    connection = opened_by_hand(full_ledger)
    (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'visit_version_by_date'").fetchone()
    connection.close()
    data[(page - 1) * 4096 + 3 : (page - 1) * 4096 + 5] = bytes(2)  # the index says that it is empty
    full_ledger.write_bytes(data)
    connection = engine.connect(full_ledger)
    with pytest.raises(LedgerDamaged):
        schema.migrate(full_ledger, connection, copied(Place(full_ledger), connection), "x", (*STEPS, NEXT))
    connection.close()
    assert full_ledger.read_bytes() == data
    assert [one.name for one in full_ledger.parent.iterdir()] == ["full.db"]


@pytest.mark.parametrize("reading", [True, False])
def test_opening_brings_an_older_ledger_up_to_date(full_ledger: Path, monkeypatch: pytest.MonkeyPatch, reading: bool) -> None:
    monkeypatch.setattr(schema, "STEPS", (*STEPS, NEXT))
    monkeypatch.setattr(schema_version, "CURRENT", NOW + 1)
    (engine.open_reader if reading else engine.open_plain_writer)(full_ledger).close()
    assert version(full_ledger) == NOW + 1
    assert [one.name for one in full_ledger.parent.glob("*.bak")] == [f"full.db.before-v{NOW + 1}-20260309T140000Z.bak"]  # the last entry's time
    monkeypatch.undo()
    with pytest.raises(NewerLedger):
        engine.open_reader(full_ledger)
