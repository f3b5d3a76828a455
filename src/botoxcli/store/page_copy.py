"""Copying an open ledger into another file, page by page, while other programs may write to it.

Conventions. The copy is the ledger as it stood at one instant. Between two steps others may write; SQLite then begins the copy over by itself.
When that has happened often enough the whole is copied in one step, for which writers wait: a copy always comes to its end.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

from botoxcli.errors import LedgerBusy

PAGES_AT_ONCE = 2_048  # eight megabytes: some hundredths of a second for which writers wait
MOST_BEGINNINGS = 4
_ALL = -1
_NO_ERROR = (sqlite3.SQLITE_OK, sqlite3.SQLITE_DONE)


class _BegunTooOften(Exception):
    """Others write faster than the copy gets to its end."""


def copy_pages(path: Path, connection: sqlite3.Connection, into: sqlite3.Connection) -> None:
    """Copies all of ``connection``, which reads ``path``, over what ``into`` holds. Raises LedgerBusy when it is locked for too long."""
    try:
        _copy(path, connection, into, PAGES_AT_ONCE)
    except _BegunTooOften:
        _copy(path, connection, into, _ALL)


def _copy(path: Path, connection: sqlite3.Connection, into: sqlite3.Connection, at_once: int) -> None:
    watch = Watch(path)
    try:
        connection.backup(into, pages=at_once, progress=watch, sleep=0)
    except Exception as error:
        if watch.status not in _NO_ERROR and getattr(error, "sqlite_errorcode", None) is None:
            error.sqlite_errorcode = watch.status  # type: ignore[attr-defined]  # SQLCipher's module forgets it here
        raise


class Watch:
    """Called after each step. Python would wait for a lock for ever, and copy for ever from a ledger that is written to all the time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._beginnings = 1
        self._remaining = 2**63
        self.status = sqlite3.SQLITE_OK

    def __call__(self, status: int, remaining: int, _total: int) -> None:
        self.status = status
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise LedgerBusy(str(self._path))
        if status == sqlite3.SQLITE_OK and remaining >= self._remaining:
            self._beginnings += 1
            if self._beginnings > MOST_BEGINNINGS:
                raise _BegunTooOften
        self._remaining = remaining
