"""Thousands of rows of one change: written many at a time, and hashed as they stream by, so that memory does not grow with them.

Conventions. The rows of a table come in the order of its primary key, each time afresh when they are asked for. The digest is the very one that
``chain.digest`` gives for the same rows.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import Any

from botoxcli.store import chain
from botoxcli.store.steps import HASHED_TABLES

# ruff: noqa: S608 - names of our own schema

Row = Mapping[str, Any]
AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Bulk:
    """Rows of one table. ``rows`` gives them afresh each time, all with the same columns."""

    table: str
    columns: tuple[str, ...]
    rows: Callable[[], Iterator[tuple[Any, ...]]]

    def write(self, connection: sqlite3.Connection, told: Callable[[int], None]) -> None:
        """Inserts them; ``told`` is given how many went in each time."""
        insert = f"INSERT INTO {self.table} ({', '.join(self.columns)}) VALUES ({', '.join('?' * len(self.columns))})"
        rows = self.rows()
        while some := list(islice(rows, AT_ONCE)):
            connection.executemany(insert, some)
            told(len(some))

    def named(self) -> Iterator[dict[str, Any]]:
        """The rows by column."""
        return (dict(zip(self.columns, row, strict=True)) for row in self.rows())


def digest(previous: str, entry: Row, tables: Mapping[str, Iterable[Row]]) -> str:
    """The hash of an entry with these rows by table, which come in primary-key order."""
    told = hashlib.sha256(b'{"entry":')
    told.update(chain.canonical({name: entry[name] for name in chain.ENTRY_FIELDS if entry[name] is not None}))
    told.update(b',"previous":' + chain.canonical(previous) + b',"rows":{')
    between = b""
    for table, rows in sorted(tables.items()):
        opening = between + chain.canonical(table) + b":["
        for row in rows:
            told.update(opening + chain.canonical(chain.covered(table, row)))
            opening = b","
        if opening == b",":
            told.update(b"]")
            between = b","
    told.update(b"}}")
    return told.hexdigest()


def together(table: str, single: Iterable[Row], bulks: Iterable[Bulk]) -> Iterator[Row]:
    """All rows of a table in primary-key order."""
    keys = HASHED_TABLES[table]

    def place(row: Row) -> tuple[Any, ...]:
        return tuple(row[key] for key in keys)

    return merge(sorted(single, key=place), *(bulk.named() for bulk in bulks if bulk.table == table), key=place)


def entry_hash(connection: sqlite3.Connection, seq: int, previous: str) -> str:
    """An entry's hash, computed afresh from the rows as they stand in the ledger."""
    entry = next(_stored(connection, "entry", "seq", ("seq",), seq))
    return digest(previous, entry, {table: _stored(connection, table, "entry_seq", keys, seq) for table, keys in HASHED_TABLES.items()})


def _stored(connection: sqlite3.Connection, table: str, column: str, keys: tuple[str, ...], seq: int) -> Iterator[Row]:
    cursor = connection.execute(f"SELECT * FROM {table} WHERE {column} = ? ORDER BY {', '.join(keys)}", (seq,))
    names = [described[0] for described in cursor.description]
    return (dict(zip(names, row, strict=True)) for row in cursor)
