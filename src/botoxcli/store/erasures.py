"""Blank words and the entries that blanked them: each must name the other.

Conventions. A row of ``identity`` or ``free_text`` without its salt is blank. Only a lawful erasure leaves one: a row of ``erasure`` names it, and
that row's entry is one of ``BLANKING``. Before version 3 of the schema nothing was ever blank. What is found is told as (seq, clause).
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from botoxcli.store.steps import ERASABLE, HASHED_TABLES

# ruff: noqa: S608 - names of our own schema

BLANKING = ("patient forget", "import all")


def false_erasures(connection: sqlite3.Connection, tables: set[str]) -> Iterator[tuple[int, str]]:
    """The blanks without an erasure, and the erasures without a blank or of another command."""
    recorded = "erasure" in tables
    for table in ERASABLE:
        key = HASHED_TABLES[table][0]
        named = f"SELECT 1 FROM erasure x WHERE x.erased_table = '{table}' AND x.erased_id = t.{key}"
        without = f"AND NOT EXISTS ({named})" if recorded else ""
        for (seq,) in connection.execute(f"SELECT t.entry_seq FROM {table} t WHERE t.salt IS NULL {without} ORDER BY t.entry_seq"):
            yield seq, "its words were blanked, and no erasure was recorded"
    if not recorded:
        return
    for table in ERASABLE:
        key = HASHED_TABLES[table][0]
        blank = f"SELECT 1 FROM {table} t WHERE t.{key} = x.erased_id AND t.salt IS NULL"
        rows = connection.execute(f"SELECT x.entry_seq FROM erasure x WHERE x.erased_table = ? AND NOT EXISTS ({blank})", (table,))
        yield from ((seq, "it erased words, and they are there") for (seq,) in rows)
    marks = ", ".join("?" for _ in BLANKING)
    lawful = f"SELECT DISTINCT x.entry_seq FROM erasure x JOIN entry n ON n.seq = x.entry_seq WHERE n.command NOT IN ({marks})"
    yield from ((seq, "it erased words, which its command never does") for (seq,) in connection.execute(lawful, BLANKING))
