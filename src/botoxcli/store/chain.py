"""The audit chain: the canonical form of what a change wrote, and its hash.

Conventions. An entry's hash is sha256 over canonical JSON (UTF-8, keys sorted, no spaces) of the previous entry's hash (empty
for the first), the entry's own fields, and every row that names the entry, by table and in primary-key order. A NULL column
is left out, and so is a table without rows: a column or table of a later schema changes no old hash. Erasable columns are left
out; the row's ``commitment``, which is in, stands for them.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from botoxcli.store.steps import ERASABLE, HASHED_TABLES

ENTRY_FIELDS = ("seq", "at", "actor", "command", "change_key", "program")

Row = Mapping[str, Any]
_FIELDS_IN_ORDER = tuple(sorted(ENTRY_FIELDS))
_IN_ORDER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False, check_circular=False)
_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def canonical(value: object) -> bytes:
    """A value of plain JSON types as the one text that is hashed."""
    return _CANONICAL.encode(value).encode()


def digest(previous: str, entry: Row, rows: Mapping[str, Iterable[Row]]) -> str:
    """The hash of an entry with these rows by table."""
    tables = {table: [covered(table, row) for row in sorted(lines, key=_place(table))] for table, lines in rows.items()}
    return digest_of_covered(previous, entry, {table: lines for table, lines in tables.items() if lines})


def digest_of_covered(previous: str, entry: Row, rows: Mapping[str, list[dict[str, Any]]]) -> str:
    """The same of rows that hold only what is covered, in primary-key order; no table without rows."""
    told = {"previous": previous, "entry": {name: entry[name] for name in ENTRY_FIELDS if entry[name] is not None}, "rows": rows}
    return hashlib.sha256(canonical(told)).hexdigest()


def digest_in_order(previous: str, entry: Row, rows: Mapping[str, list[dict[str, Any]]]) -> str:
    """The same of rows whose tables and columns come in the order of their names: nothing is sorted again."""
    told = {"entry": {name: entry[name] for name in _FIELDS_IN_ORDER if entry[name] is not None}, "previous": previous, "rows": rows}
    return hashlib.sha256(_IN_ORDER.encode(told).encode()).hexdigest()


def entry_hash(connection: sqlite3.Connection, seq: int, previous: str) -> str:
    """An entry's hash, computed afresh from the rows as they stand in the ledger."""
    entry = next(iter(_rows(connection, "entry", "seq", seq)))
    return digest(previous, entry, {table: _rows(connection, table, "entry_seq", seq) for table in HASHED_TABLES})


def hash_of(connection: sqlite3.Connection, seq: int) -> str:
    """The hash that stands with an entry; empty for entry 0, the one before the first."""
    found = connection.execute("SELECT hash FROM entry WHERE seq = ?", (seq,)).fetchone()
    return str(found[0]) if found else ""


def commitment(salt: str, value: object) -> str:
    """What the chain knows of an erasable value: without the salt nobody can try names against it."""
    return hashlib.sha256(salt.encode() + canonical(value)).hexdigest()


def erasable_value(table: str, row: Row) -> dict[str, object]:
    """The value that a row's commitment is made of: its erasable columns but the salt."""
    return {column: row[column] for column in ERASABLE[table] if column != "salt"}


def broken_commitments(connection: sqlite3.Connection, seq: int) -> list[tuple[str, int]]:
    """The rows of an entry, as (table, id), whose erasable words are not what was committed to. A blank row is none of them."""
    return [
        (table, row[HASHED_TABLES[table][0]])
        for table in ERASABLE
        for row in _rows(connection, table, "entry_seq", seq)
        if not words_hold(table, row)
    ]


def words_hold(table: str, row: Row) -> bool:
    """Whether a row's erasable words are those that were committed to, or all blank."""
    if all(row[column] is None for column in ERASABLE[table]):
        return True
    return row["salt"] is not None and commitment(row["salt"], erasable_value(table, row)) == row["commitment"]


def covered(table: str, row: Row) -> dict[str, Any]:
    """What an entry's hash covers of a row."""
    erasable = ERASABLE.get(table, ())
    return {column: value for column, value in row.items() if value is not None and column not in erasable}


def _place(table: str) -> Any:
    keys = HASHED_TABLES[table]
    return lambda row: tuple(row[key] for key in keys)


def _rows(connection: sqlite3.Connection, table: str, column: str, seq: int) -> Iterable[dict[str, Any]]:
    cursor = connection.execute(f"SELECT * FROM {table} WHERE {column} = ?", (seq,))  # noqa: S608 - names of our own schema
    names = [described[0] for described in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor]
