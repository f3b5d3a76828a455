"""A ledger of every schema that was ever in use walks to today's: the chain whole, and what its views said still said.

``tests/schemas/vN.db`` was made once, by the program of its day, with a fictitious practice; ``vN.json`` is what its views gave then. Neither
is ever made again. A view may gain columns; what it had stays.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from botoxcli.store import chain, engine, schema, schema_version
from botoxcli.store.reader import open_ledger

FROZEN = Path(__file__).resolve().parents[1] / "schemas"
VERSIONS = sorted(int(one.stem[1:]) for one in FROZEN.glob("v*.db"))


@pytest.fixture
def frozen(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """A copy, under its own name in an empty folder."""
    return Path(shutil.copy(FROZEN / f"v{request.param}.db", tmp_path / "ledger.db"))


def rows(connection: sqlite3.Connection, view: str, columns: list[str]) -> list[dict[str, Any]]:
    found = connection.execute(f"SELECT {', '.join(columns)} FROM {view}").fetchall()
    return sorted((dict(zip(columns, row, strict=True)) for row in found), key=repr)


def test_there_is_one_for_every_version_before_todays() -> None:
    assert list(range(1, schema_version.CURRENT)) == VERSIONS
    for number in VERSIONS:
        with sqlite3.connect(f"file:{FROZEN / f'v{number}.db'}?mode=ro&immutable=1", uri=True) as connection:
            assert connection.execute("PRAGMA user_version").fetchone() == (number,)
        connection.close()


@pytest.mark.parametrize("frozen", VERSIONS, indirect=True)
def test_it_walks_to_today_and_says_what_it_said(frozen: Path, request: pytest.FixtureRequest) -> None:
    number = request.node.callspec.params["frozen"]
    said: dict[str, list[dict[str, Any]]] = json.loads((FROZEN / f"v{number}.json").read_text())
    before = sqlite3.connect(frozen)
    tables = {name: before.execute(f"SELECT count(*) FROM {name}").fetchone() for name in _tables(before)}
    before.close()
    connection = engine.open_reader(frozen)
    assert connection.execute("PRAGMA user_version").fetchone() == (schema_version.CURRENT,)
    for view, then in said.items():
        assert then, view
        assert rows(connection, view, list(then[0])) == sorted(then, key=repr), view
    assert {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone() for name in tables} == tables
    connection.close()


@pytest.mark.parametrize("frozen", VERSIONS, indirect=True)
def test_its_chain_is_unbroken_and_goes_on(frozen: Path, make: Any) -> None:
    from botoxcli.store.recorder import Recorder

    with Recorder(frozen).change(command="patient add", actor="Dr Example", at=make.at) as change:
        change.add_patient(make.patient("NEW-1"))
    connection = engine.open_reader(frozen)
    previous = ""
    for seq, stands in connection.execute("SELECT seq, hash FROM entry ORDER BY seq").fetchall():
        assert chain.entry_hash(connection, seq, previous) == stands
        assert chain.broken_commitments(connection, seq) == []
        previous = stands
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


@pytest.mark.parametrize("frozen", VERSIONS, indirect=True)
def test_its_schema_is_then_that_of_a_new_ledger(frozen: Path) -> None:
    new = sqlite3.connect(":memory:", isolation_level=None)
    schema.build(new)
    walked = engine.open_reader(frozen)
    sql = "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name"
    assert walked.execute(sql).fetchall() == new.execute(sql).fetchall()
    walked.close()
    new.close()


@pytest.mark.parametrize("frozen", VERSIONS, indirect=True)
def test_the_backup_of_before_is_the_old_ledger(frozen: Path) -> None:
    with open_ledger(frozen) as reader:
        visits = reader.visits()
    (backup,) = frozen.parent.glob("*.bak")
    with open_ledger(backup) as reader:
        assert reader.visits() == visits


def _tables(connection: sqlite3.Connection) -> list[str]:
    return [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
