"""The tables of a whole export, column by column, as each version of the schema has them.

Conventions. ``entry`` comes first, then every table whose rows an entry covers; the drafts are no part of the record. Without identities the columns
that an erasure may blank are not there.
"""

from __future__ import annotations

import functools
import sqlite3
from dataclasses import dataclass

from botoxcli.store.steps import ERASABLE, HASHED_TABLES, STEPS


@dataclass(frozen=True, slots=True)
class Column:
    """``kind`` is ``str`` or ``int``; ``nullable`` says whether it may be NULL."""

    name: str
    kind: type
    nullable: bool


@functools.cache
def tables_of(version: int, *, identified: bool) -> dict[str, tuple[Column, ...]]:
    """Table -> its columns in their order, for a ledger of that version. It is to be looked at only."""
    new = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for step in STEPS[:version]:
            for statement in step:
                new.execute(statement)
        there = {name for (name,) in new.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
        return {table: _columns(new, table, identified=identified) for table in ("entry", *HASHED_TABLES) if table in there}
    finally:
        new.close()


def in_order(table: str) -> str:
    """The order of a table's rows: by entry, and then by primary key."""
    return "seq" if table == "entry" else ", ".join(dict.fromkeys(("entry_seq", *HASHED_TABLES[table])))


def _columns(connection: sqlite3.Connection, table: str, *, identified: bool) -> tuple[Column, ...]:
    left_out = () if identified else ERASABLE.get(table, ())
    told = connection.execute(f"PRAGMA table_info({table})").fetchall()
    return tuple(Column(name, {"TEXT": str, "INTEGER": int}[kind], not held) for _, name, kind, held, _, _ in told if name not in left_out)
