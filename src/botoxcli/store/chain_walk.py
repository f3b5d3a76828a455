"""The whole chain recomputed from the rows, in one pass over every table side by side; memory stays flat however long the ledger is.

Conventions. Each table is read in the order of its entries. An entry is held against the hash that *stands* with the one before it, so each
that was changed is found by itself. What was found is told as (seq, clause); a stray row, which no entry covers, has the seq that it names.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

from botoxcli.store import chain
from botoxcli.store.steps import ERASABLE, HASHED_TABLES

CHANGED = "what it recorded is not as it was recorded"
WORDS = "its words are not those that were recorded"
STEP = 2_000  # rows between two calls of ``walked``


@dataclass(slots=True)
class Walk:
    """What a walk has seen: entries and rows so far, the last entry, and every fault as (seq, clause)."""

    entries: int = 0
    rows: int = 0
    head: str = ""
    last_at: str = ""
    matched: int | None = None
    faults: list[tuple[int, str]] = field(default_factory=list)


def walk(connection: sqlite3.Connection, tables: set[str], *, expect: str = "", walked: Callable[[int], None] | None = None) -> Walk:
    """Walks the entries and the rows of ``tables`` (those of this ledger's version). ``matched`` is the entry whose hash begins with ``expect``.

    ``walked`` is told now and then how many rows were seen.
    """
    seen = Walk()
    lines = [_Lines(connection, table) for table in HASHED_TABLES if table in tables]
    told = 0
    for entry in _entries(connection):
        _next_entry(seen, entry, lines)
        if expect and seen.head.startswith(expect):
            seen.matched = seen.entries
        if walked and seen.rows - told >= STEP:
            told = seen.rows
            walked(seen.rows)
    for table in lines:
        while not table.ended:
            _stray(seen, table)
    return seen


def _next_entry(seen: Walk, entry: dict[str, Any], lines: list[_Lines]) -> None:
    seq, previous = entry["seq"], seen.head
    if seq != seen.entries + 1:
        seen.faults.append((seq, f"it does not follow entry {seen.entries}"))
    rows: dict[str, list[dict[str, Any]]] = {}
    for table in lines:
        while table.is_before(seq):
            _stray(seen, table)
        if table.seq == seq:
            rows[table.name] = found = table.take()
            seen.rows += len(found)
    if fault := _fault(previous, entry, rows):
        seen.faults.append((seq, fault))
    seen.entries, seen.head, seen.last_at = seq, str(entry["hash"]), str(entry["at"])


def _stray(seen: Walk, table: _Lines) -> None:
    seq, rows = table.seq, table.take()
    seen.rows += len(rows)
    seen.faults.append((seq if isinstance(seq, int) else 0, f"rows of {table.name} belong to no entry ({len(rows)})"))


def _fault(previous: str, entry: dict[str, Any], rows: dict[str, list[dict[str, Any]]]) -> str:
    try:
        words = [_words_hold(table, row) for table in ERASABLE if table in rows for row in rows[table]]  # of all: they leave the rows
        if chain.digest_in_order(previous, entry, rows) != entry["hash"]:
            return CHANGED
    except (TypeError, ValueError, AttributeError):  # a cell of a kind that no row of ours holds, or text that is no text
        return CHANGED
    return "" if all(words) else WORDS


def _words_hold(table: str, row: dict[str, Any]) -> bool:
    """Whether the words are those that were committed to, or blank. They leave the row: the hash covers their commitment."""
    words = {column: row.pop(column, None) for column in ERASABLE[table]}
    return chain.words_hold(table, {**words, "commitment": row.get("commitment")})


class _Lines:
    """A table's rows in the order of their entries, one entry's at a time.

    ``seq`` is what the next rows name as their entry: in a damaged file it may be anything. ``ended`` says that there are no more.
    """

    def __init__(self, connection: sqlite3.Connection, table: str) -> None:
        self.name = table
        keys = ", ".join(("entry_seq", *HASHED_TABLES[table]))
        self._names = sorted(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))
        columns = ", ".join(f'"{name}"' for name in self._names)  # in the order in which they are hashed
        cursor = connection.execute(f"SELECT {columns} FROM {table} ORDER BY {keys}")  # noqa: S608 - names of our own schema
        self._entries = groupby(cursor, itemgetter(self._names.index("entry_seq")))
        self._step()

    def take(self) -> list[dict[str, Any]]:
        """The next entry's rows, without their empty columns."""
        names = self._names
        found = [
            {name: value for name, value in zip(names, row, strict=True) if value is not None} if None in row else dict(zip(names, row))  # noqa: B905
            for row in self._rows
        ]
        self._step()
        return found

    def is_before(self, seq: int) -> bool:
        """Whether the next rows belong to no entry from this one on."""
        return not self.ended and (type(self.seq) is not int or self.seq < seq)

    def _step(self) -> None:
        following: tuple[Any, Iterator[tuple[Any, ...]]] | None = next(self._entries, None)
        self.ended = following is None
        self.seq: Any
        self.seq, self._rows = following or (None, iter(()))


def _entries(connection: sqlite3.Connection) -> Iterator[dict[str, Any]]:
    cursor = connection.execute("SELECT * FROM entry ORDER BY seq")
    names = [described[0] for described in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))
