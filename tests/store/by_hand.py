"""A ledger's file as a person with ``sqlite3``, or for an encrypted one ``sqlcipher``, in hand opens it: no pragma of ours."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2 as sqlcipher

from botoxcli.store import cipher
from botoxcli.store.place import Place

INTEGRITY = (sqlite3.IntegrityError, sqlcipher.IntegrityError)
OPERATIONAL = (sqlite3.OperationalError, sqlcipher.OperationalError)


def opened_by_hand(path: Path, mode: str = "rw") -> sqlite3.Connection:
    """In autocommit mode."""
    salt = cipher.salt_of(path)
    opening = sqlcipher if salt else sqlite3
    connection: sqlite3.Connection = opening.connect(f"file:{path}?mode={mode}", uri=True, isolation_level=None)
    if salt:
        cipher.unlock(connection, Place.of(path), salt, new=False)
    return connection


def by_name(cursor: Any, row: tuple[Any, ...]) -> dict[str, Any]:
    """A row factory: the values by their columns' names."""
    return {described[0]: value for described, value in zip(cursor.description, row, strict=True)}


def dump(connection: sqlite3.Connection) -> list[tuple[Any, ...]]:
    """All that a ledger holds: its schema's text, and every row of every table."""
    schema = connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name").fetchall()
    rows = [(name, *row) for kind, name, _ in schema if kind == "table" for row in connection.execute(f'SELECT * FROM "{name}"')]
    return [*schema, *rows]
