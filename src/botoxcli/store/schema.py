"""The schema's version: building a new ledger, and taking an older one up to date with a verified backup first.

Conventions. The version is SQLite's ``user_version`` and equals the number of steps taken; ``application_id`` tells our files
from others. Each step and its version stand in one exclusive transaction: a ledger is always wholly at one version.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from botoxcli.errors import LedgerDamaged
from botoxcli.store.steps import STEPS
from botoxcli.store.views import VIEWS

CURRENT = len(STEPS)
APPLICATION_ID = int.from_bytes(b"Btx1", "big")


def version(connection: sqlite3.Connection) -> int:
    """The schema's version of an open ledger."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def build(connection: sqlite3.Connection) -> None:
    """All of the current schema in an empty database, in one transaction."""
    connection.execute("BEGIN EXCLUSIVE")
    for step in STEPS:
        for statement in step:
            connection.execute(statement)
    _make_views(connection)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {CURRENT}")
    connection.execute("COMMIT")


def migrate(path: Path, connection: sqlite3.Connection, stamp: str, steps: tuple[tuple[str, ...], ...] | None = None) -> Path | None:
    """Takes the steps that are pending, one transaction each, and returns where the backup was put; None if nothing was pending.

    ``connection`` is in autocommit mode. ``stamp`` goes into the backup's name. If a step fails, the ledger stays at the
    version before it, and the backup stays too.
    """
    steps = STEPS if steps is None else steps
    if version(connection) >= len(steps):
        return None
    connection.execute("PRAGMA foreign_keys = OFF")  # a step may build a table anew; what it leaves is checked before it counts
    try:
        backup = _begin_with_backup(path, connection, stamp)
        while (done := version(connection)) < len(steps):  # inside the transaction: another process may have been quicker
            _take(path, connection, steps[done], done + 1)
            connection.execute("BEGIN EXCLUSIVE")
        return backup
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.execute("PRAGMA foreign_keys = ON")


def _begin_with_backup(path: Path, connection: sqlite3.Connection, stamp: str) -> Path:
    """Backs up, then begins exclusively; begins over if somebody wrote in between, so that the backup lacks nothing."""
    while True:
        seen = connection.execute("PRAGMA data_version").fetchone()
        backup = _back_up(path, connection, stamp)
        connection.execute("BEGIN EXCLUSIVE")
        if connection.execute("PRAGMA data_version").fetchone() == seen:
            return backup
        connection.execute("ROLLBACK")
        backup.unlink()


def _take(path: Path, connection: sqlite3.Connection, step: tuple[str, ...], number: int) -> None:
    """One step inside the transaction that is open, the views afresh, and the commit."""
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'").fetchall():
        connection.execute(f'DROP VIEW "{name}"')
    for statement in step:
        connection.execute(statement)
    _make_views(connection)
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        raise LedgerDamaged(str(path), "rows refer to rows that are not there, so it cannot be brought up to date")
    connection.execute(f"PRAGMA user_version = {number}")
    connection.execute("COMMIT")


def _make_views(connection: sqlite3.Connection) -> None:
    for name, select in VIEWS.items():
        connection.execute(f"CREATE VIEW {name} AS {select}")


def _back_up(path: Path, connection: sqlite3.Connection, stamp: str) -> Path:
    """A whole copy beside the ledger, 0600 from its first byte, opened again and checked before it counts."""
    target = _free_name(path, f"before-v{version(connection) + 1}-{stamp}")
    descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        os.fchmod(descriptor, 0o600)
        copy = sqlite3.connect(target, isolation_level=None)
        try:
            connection.backup(copy)
            whole = copy.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        finally:
            copy.close()
        os.fsync(descriptor)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    if not whole:
        target.unlink(missing_ok=True)
        raise LedgerDamaged(str(path), "SQLite finds its pages inconsistent, so it cannot be brought up to date")
    return target


def _free_name(path: Path, words: str) -> Path:
    number = 1
    while True:
        target = path.with_name(f"{path.name}.{words}{'' if number == 1 else f'-{number}'}.bak")
        if not os.path.lexists(target):
            return target
        number += 1
