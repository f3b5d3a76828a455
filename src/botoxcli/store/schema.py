"""The schema's version: building a new ledger, and taking an older one up to date with a verified backup first.

Conventions. The version is SQLite's ``user_version`` and equals the number of steps taken; ``application_id`` tells our files
from others. The steps that are pending, the views and the version stand in one exclusive transaction: a ledger is wholly what it was, or of today.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from botoxcli.errors import LedgerDamaged
from botoxcli.on_disk import place_new, sync_file
from botoxcli.store.schema_version import APPLICATION_ID, version
from botoxcli.store.steps import STEPS
from botoxcli.store.views import VIEWS

Copy = Callable[[Path], bool]


def build(connection: sqlite3.Connection) -> None:
    """All of the current schema in an empty database, in one transaction."""
    connection.execute("BEGIN EXCLUSIVE")
    for step in STEPS:
        for statement in step:
            connection.execute(statement)
    _make_views(connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(STEPS)}")
    connection.execute("COMMIT")


def migrate(path: Path, connection: sqlite3.Connection, copy: Copy, stamp: str, steps: tuple[tuple[str, ...], ...] | None = None) -> Path | None:
    """Takes the steps that are pending, all in one transaction, and returns where the backup was put; None if nothing was pending.

    ``connection`` is in autocommit mode. ``copy`` fills an empty file with the ledger and says whether it is whole; ``stamp`` goes into
    the backup's name. If a step fails, the ledger stays as it was, and the backup stays too.
    """
    steps = STEPS if steps is None else steps
    connection.execute("PRAGMA foreign_keys = OFF")  # a step may build a table anew; what it leaves is checked before it counts
    try:
        backup = _begin_with_backup(path, connection, copy, stamp, len(steps))
        if backup:
            for number in range(version(connection), len(steps)):
                _take(path, connection, steps[number], number + 1)
            connection.execute("COMMIT")
        return backup
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.execute("PRAGMA foreign_keys = ON")


def _begin_with_backup(path: Path, connection: sqlite3.Connection, copy: Copy, stamp: str, wanted: int) -> Path | None:
    """Backs up, then begins exclusively; begins over if somebody wrote in between, so that the backup lacks nothing.

    None, and nothing begun, when the ledger has the version that is wanted: another process may have been quicker.
    """
    while (found := version(connection)) < wanted:
        seen = connection.execute("PRAGMA data_version").fetchone()
        backup = _back_up(path, copy, f"before-v{found + 1}-{stamp}")
        connection.execute("BEGIN EXCLUSIVE")
        if connection.execute("PRAGMA data_version").fetchone() == seen:
            return backup
        connection.execute("ROLLBACK")
        backup.unlink()
    return None


def _take(path: Path, connection: sqlite3.Connection, step: tuple[str, ...], number: int) -> None:
    """One step inside the transaction that is open, and the views afresh."""
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'").fetchall():
        connection.execute(f'DROP VIEW "{name}"')
    for statement in step:
        connection.execute(statement)
    _make_views(connection)
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        raise LedgerDamaged(str(path), "rows refer to rows that are not there, so it cannot be brought up to date")
    connection.execute(f"PRAGMA user_version = {number}")


def _make_views(connection: sqlite3.Connection) -> None:
    for name, select in VIEWS.items():
        connection.execute(f"CREATE VIEW {name} AS {select}")


def _back_up(path: Path, copy: Copy, words: str) -> Path:
    """A whole copy beside the ledger, 0600 from its first byte, opened again and checked; only then it has a name."""
    from botoxcli.store.scratch import new_file, scratch_folder  # only then: `due` does not wait for them

    with scratch_folder(path.parent, f"{path.name}-before") as scratch:
        made = scratch / "copy.db"
        new_file(made)
        if not copy(made):
            raise LedgerDamaged(str(path), "SQLite finds its pages inconsistent, so it cannot be brought up to date")
        sync_file(made)
        return _named(made, path, words)


def _named(made: Path, path: Path, words: str) -> Path:
    while True:
        with suppress(FileExistsError):  # another process may take the name first
            target = _free_name(path, words)
            place_new(made, target)
            return target


def _free_name(path: Path, words: str) -> Path:
    number = 1
    while True:
        target = path.with_name(f"{path.name}.{words}{'' if number == 1 else f'-{number}'}.bak")
        if not os.path.lexists(target):
            return target
        number += 1
