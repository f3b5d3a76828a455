"""A rehearsal of restoring a backup: does the restored ledger say what the living one said at that entry, view by view?

Conventions. All of it happens on copies in the scratch folder. The copy of the living ledger is cut back to the backup's last entry
before it is asked. Where the living ledger does not hold that entry, or cannot be read, the backup itself is asked instead.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from botoxcli.errors import LedgerDamaged
from botoxcli.store import engine
from botoxcli.store.lineage import Kinship
from botoxcli.store.place import Place
from botoxcli.store.restore import Ready
from botoxcli.store.scratch import new_file
from botoxcli.store.steps import HASHED_TABLES
from botoxcli.store.view_digests import view_digests

_LEDGER_HOLDS_IT = (Kinship.SAME, Kinship.OLDER)


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """``views`` were compared with the living ledger, or else with the backup; ``differing`` are those that say something else.

    ``erased_since`` says whether somebody was forgotten in the living ledger after the backup, which makes views differ.
    """

    views: int
    with_ledger: bool
    differing: tuple[str, ...]
    erased_since: bool


def rehearse(ready: Ready, place: Path | Place) -> Rehearsal:
    """Opens the copy as a restored ledger would be, and compares every view. Raises what opening raises."""
    restored = _digests(ready.copy)
    living = _at_that_entry(ready, Place.of(place).at(ready.path)) if ready.standing.kinship in _LEDGER_HOLDS_IT else None
    told, erased = living or _said_by(ready, ready.copy, None)
    differing = tuple(sorted(name for name in {*restored, *told} if restored.get(name) != told.get(name)))
    return Rehearsal(len(restored), living is not None, differing, erased)


def _at_that_entry(ready: Ready, place: Place) -> tuple[dict[str, str], bool] | None:
    """What the living ledger said at the backup's last entry; None where it is damaged: that is when a rehearsal is wanted most."""
    try:
        return _said_by(ready, place, ready.found.entries)
    except LedgerDamaged:
        return None


def _said_by(ready: Ready, source: Place, last: int | None) -> tuple[dict[str, str], bool]:
    """The views of a copy of ``source``, cut back to the entry ``last``, and whether an entry after it erased something."""
    other = ready.copy.at(ready.copy.path.with_name("living.db" if last else "beside.db"))
    _copied(source, other)
    with engine.translated(source.path):
        connection = engine.open_plain_writer(other)
        try:
            erased = _cut_back(connection, last) if last else False
            return view_digests(connection), erased
        finally:
            connection.close()


def _copied(source: Place, target: Place) -> None:
    """A copy of a ledger that is not brought up to date for it."""
    new_file(target.path)
    with engine.translated(source.path):
        connection = engine.connect(source)
        try:
            if not engine.copied(source, connection)(target.path):
                raise LedgerDamaged(str(source.path), "SQLite finds its pages inconsistent")
        finally:
            connection.close()


def _digests(place: Place) -> dict[str, str]:
    connection = engine.open_plain_writer(place)
    try:
        return view_digests(connection)
    finally:
        connection.close()


def _cut_back(connection: sqlite3.Connection, last: int) -> bool:
    """Takes all entries after ``last`` out of a copy; whether one of them erased something."""
    erased = connection.execute("SELECT 1 FROM erasure WHERE entry_seq > ?", (last,)).fetchone() is not None
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("BEGIN IMMEDIATE")
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    for table in HASHED_TABLES:
        connection.execute(f"DELETE FROM {table} WHERE entry_seq > ?", (last,))  # noqa: S608 - names of our own schema
    connection.execute("DELETE FROM entry WHERE seq > ?", (last,))
    connection.execute("COMMIT")
    return erased
