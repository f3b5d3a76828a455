"""All of a ledger, table by table, to be written down for another program or another century.

Conventions. What is read is a verified copy at one instant, so nobody who writes has to wait; it is encrypted as the ledger is. Without
identities the words that an erasure may blank are not even read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botoxcli.errors import CannotWrite, LedgerDamaged
from botoxcli.store import engine
from botoxcli.store.integrity import require_whole
from botoxcli.store.place import Place
from botoxcli.store.schema_version import version
from botoxcli.store.scratch import new_file, spoken_of
from botoxcli.store.whole_tables import in_order, tables_of

# ruff: noqa: S608 - names of our own schema


@dataclass(frozen=True, slots=True)
class Whole:
    """An open ledger at one instant. ``head`` is the hash of its last entry, ``drafts`` how many unfinished visits are not told."""

    connection: sqlite3.Connection
    identified: bool
    schema_version: int
    entries: int
    head: str
    last_entry_at: str
    drafts: int

    @classmethod
    def of(cls, connection: sqlite3.Connection, *, identified: bool) -> Whole:
        """Of a connection that is open, whatever the version of its schema."""
        entries, head, at = connection.execute("SELECT seq, hash, at FROM entry ORDER BY seq DESC LIMIT 1").fetchone() or (0, "", "")
        (drafts,) = connection.execute("SELECT count(*) FROM draft").fetchone()
        return cls(connection, identified, version(connection), entries, head, at, drafts)

    @property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """Table -> the names of its columns."""
        return {table: tuple(one.name for one in columns) for table, columns in tables_of(self.schema_version, identified=self.identified).items()}

    def count(self) -> int:
        """How many rows there are in all tables."""
        return sum(int(self.connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]) for table in self.tables)

    def rows(self, table: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a table as they come, by entry and then by primary key."""
        return iter(self.connection.execute(f"SELECT {', '.join(self.tables[table])} FROM {table} ORDER BY {in_order(table)}"))

    def editions(self) -> list[tuple[int, str, str]]:
        """Number, protocol and label of every edition of a protocol that was pinned."""
        return self.connection.execute("SELECT edition_id, protocol, label FROM edition ORDER BY edition_id").fetchall()

    def edition_text(self, edition_id: int) -> str:
        """The text of an edition, as it was pinned."""
        return str(self.connection.execute("SELECT text FROM edition WHERE edition_id = ?", (edition_id,)).fetchone()[0])


@contextmanager
def whole_ledger(place: Path | Place, scratch: Path, *, identified: bool, output: Path) -> Iterator[Whole]:
    """The ledger, copied into the folder ``scratch`` and verified. ``output`` is what the disk's refusals are told of.

    Raises what opening and verifying a ledger raise, and CannotWrite. The copy goes with the folder.
    """
    place = Place.of(place)
    copy = place.at(scratch / "ledger.db")
    new_file(copy.path)
    with spoken_of(copy.path, output, CannotWrite), spoken_of(copy.path, place.path, LedgerDamaged), engine.translated(copy.path):
        engine.copy_whole(place, copy.path)
        require_whole(copy)
        connection = engine.open_reader(copy)
        try:
            yield Whole.of(connection, identified=identified)
        finally:
            connection.close()
