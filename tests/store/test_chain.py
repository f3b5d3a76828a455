"""The audit chain: any cell that is changed behind its back is seen."""

from __future__ import annotations

import json
import sqlite3
from hashlib import sha256
from pathlib import Path

import pytest

from botoxcli.store import chain, schema
from botoxcli.store.steps import ERASABLE, HASHED_TABLES

from .by_hand import opened_by_hand


def cells() -> list[tuple[str, str]]:
    connection = sqlite3.connect(":memory:", isolation_level=None)
    schema.build(connection)
    tables = ("entry", *HASHED_TABLES)
    found = [(table, row[1]) for table in tables for row in connection.execute(f"PRAGMA table_info({table})")]
    connection.close()
    return found


def whole(connection: sqlite3.Connection) -> bool:
    """Whether every entry's hash is that of its rows, and every word is the one committed to."""
    previous = ""
    for seq, stands in connection.execute("SELECT seq, hash FROM entry ORDER BY seq").fetchall():
        if chain.entry_hash(connection, seq, previous) != stands or chain.broken_commitments(connection, seq):
            return False
        previous = stands
    return True


def without_guards(path: Path) -> sqlite3.Connection:
    connection = opened_by_hand(path)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("COMMIT")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    return connection


def test_an_untouched_ledger_is_whole(as_a_person: sqlite3.Connection) -> None:
    assert as_a_person.execute("SELECT count(*) FROM entry").fetchone() == (20,)
    assert whole(as_a_person)


@pytest.mark.repeated_last  # four hundred cells: the hash knows nothing of the encryption
@pytest.mark.parametrize(("table", "column"), cells())
def test_a_changed_cell_is_seen(full_ledger: Path, table: str, column: str) -> None:
    connection = without_guards(full_ledger)
    keys = " || '/' || ".join(HASHED_TABLES.get(table, ("seq",)))
    (row, kind) = connection.execute(f"SELECT {keys}, typeof({column}) FROM {table} ORDER BY {column} IS NULL, 1 DESC LIMIT 1").fetchone()
    integer = kind == "integer" or connection.execute("SELECT type FROM pragma_table_info(?) WHERE name = ?", (table, column)).fetchone() == (
        "INTEGER",
    )
    changed = f"coalesce({column}, 0) + 1000" if integer else f"coalesce({column}, '') || 'x'"
    connection.execute(f"UPDATE {table} SET {column} = {changed} WHERE {keys} = ?", (row,))
    assert connection.execute("SELECT changes()").fetchone() == (1,)
    assert not whole(connection)
    connection.close()


@pytest.mark.parametrize("table", sorted(HASHED_TABLES))
def test_a_row_that_is_gone_or_was_added_is_seen(full_ledger: Path, table: str) -> None:
    connection = without_guards(full_ledger)
    key = [one for one in HASHED_TABLES[table] if one not in ("day", "entry_seq")][-1]
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    unique = {"code", "sha256", "visit", "erased_id", key}
    more = ", ".join(f"'x' || {one}" if one in ("code", "sha256") else f"{one} + 1000" if one in unique else one for one in columns)
    connection.execute("BEGIN")
    connection.execute(f"INSERT INTO {table} SELECT {more} FROM {table} LIMIT 1")
    assert not whole(connection)
    connection.execute("ROLLBACK")
    assert whole(connection)
    connection.execute(f"DELETE FROM {table} WHERE {key} = (SELECT max({key}) FROM {table})")
    assert not whole(connection)
    connection.close()


def test_an_erasure_keeps_the_chain_whole(as_a_person: sqlite3.Connection) -> None:
    for table, words in ERASABLE.items():
        as_a_person.execute(f"UPDATE {table} SET {', '.join(f'{column} = NULL' for column in words)}")
    assert whole(as_a_person)


def test_a_later_nullable_column_and_a_later_table_change_no_hash(as_a_person: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    as_a_person.execute("ALTER TABLE injection ADD COLUMN depth TEXT")
    as_a_person.execute("CREATE TABLE later (later_id INTEGER PRIMARY KEY, entry_seq INTEGER)")
    monkeypatch.setitem(HASHED_TABLES, "later", ("later_id",))
    assert whole(as_a_person)


def test_the_canonical_form_is_what_the_docstring_says() -> None:
    entry = {"seq": 1, "at": "2026-03-09T14:00:00Z", "actor": "Ärztin", "command": "init", "change_key": None, "program": "p", "hash": "ignored"}
    rows = {"setting": [{"setting_id": 2, "name": "b", "none": None}, {"setting_id": 1, "name": "a"}], "patient": []}
    text = (
        '{"entry":{"actor":"Ärztin","at":"2026-03-09T14:00:00Z","command":"init","program":"p","seq":1},"previous":"",'
        '"rows":{"setting":[{"name":"a","setting_id":1},{"name":"b","setting_id":2}]}}'
    )
    assert chain.digest("", entry, rows) == sha256(text.encode()).hexdigest()
    assert json.loads(text)


def test_the_commitment_needs_the_salt(as_a_person: sqlite3.Connection) -> None:
    salt, name, born, kept = as_a_person.execute("SELECT salt, name, born, commitment FROM identity").fetchone()
    assert kept == sha256((salt + json.dumps({"born": born, "name": name}, separators=(",", ":"))).encode()).hexdigest()
    assert as_a_person.execute("SELECT count(DISTINCT salt) = count(*) FROM free_text").fetchone() == (1,)
