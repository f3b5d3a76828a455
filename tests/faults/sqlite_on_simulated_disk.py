"""SQLite above the simulated disk: a VFS of apsw that tells the disk every write, and a connection that looks like ``sqlite3``'s.

apsw brings a SQLite of its own, so ``connect`` takes the place of ``sqlite3.connect`` in the program's engine and nowhere else; SQLAlchemy
and all the rest of the program run on it unaware. What SQLite does without its VFS knowing is told as its unix VFS does it: the first
sync of a journal that was made also syncs the folder, and so does a deletion that asks for it.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import apsw
import pytest

from botoxcli.store import engine

from .simulated_disk import SimulatedDisk

_NUMBERS = itertools.count(1)
_BEFORE: dict[str, list[Callable[[], None]]] = {"write": [], "sync": []}  # a test may let one fail
_CHANGING = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class _File(apsw.VFSFile):
    def __init__(self, disk: SimulatedDisk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        self._path = Path(name.filename() if isinstance(name, apsw.URIFilename) else name)
        journal = bool(flags[0] & (apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_WAL))
        self._folder_too = journal and not self._path.exists()
        super().__init__("", name, flags)
        disk.opened_by_sqlite(self._path, 1)

    def xWrite(self, data: Any, offset: int) -> None:
        _check("write")
        super().xWrite(data, offset)
        self._disk.wrote(self._path, offset, bytes(data))

    def xTruncate(self, size: int) -> None:
        super().xTruncate(size)
        self._disk.resized(self._path, size)

    def xSync(self, flags: int) -> None:
        _check("sync")
        super().xSync(flags)
        self._disk.file_synced(self._path)
        if self._folder_too:
            self._disk.folder_synced(self._path.parent)
            self._folder_too = False

    def xClose(self) -> None:
        super().xClose()
        self._disk.opened_by_sqlite(self._path, -1)


class _Vfs(apsw.VFS):
    def __init__(self, disk: SimulatedDisk) -> None:
        self.name = f"simulated-{next(_NUMBERS)}"
        self._disk = disk
        super().__init__(self.name, "")

    def xOpen(self, name: Any, flags: list[int]) -> _File:
        return _File(self._disk, name, flags)

    def xDelete(self, name: str, sync_folder: bool) -> None:
        super().xDelete(name, sync_folder)
        self._disk.unnamed(Path(name))
        if sync_folder:
            self._disk.folder_synced(Path(name).parent)


class _Cursor:
    """A DB-API cursor as SQLAlchemy and the program use one."""

    arraysize = 1

    def __init__(self, connection: _Connection) -> None:
        self._connection = connection
        self._cursor = connection.raw.cursor()
        self._rows: Iterator[Any] = iter(())
        self._ahead: Any = None  # like sqlite3's, one row ahead: a statement that is at its end holds no lock
        self.description: tuple[Any, ...] | None = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    def execute(self, sql: str, bindings: Any = ()) -> _Cursor:
        described: list[Any] = []
        self._cursor.exec_trace = _describing(described)  # not a method of this: a circle would keep the statement
        with _as_sqlite3():
            self._rows = iter(self._cursor.execute(sql, bindings))
            self._ahead = next(self._rows, None)
        self.description = tuple((column[0], *(None,) * 6) for column in described) or None
        self._counted(sql, self._connection.raw.changes())
        return self

    def executemany(self, sql: str, sequence: Iterable[Sequence[Any]]) -> _Cursor:
        count = 0
        for bindings in sequence:
            count += max(self.execute(sql, bindings).rowcount, 0)
        self._counted(sql, count)
        return self

    def _counted(self, sql: str, count: int) -> None:
        self.rowcount = count if sql.lstrip().upper().startswith(_CHANGING) else -1
        self.lastrowid = self._connection.raw.last_insert_rowid()

    def __iter__(self) -> Iterator[Any]:
        while self._ahead is not None:
            with _as_sqlite3():
                row, self._ahead = self._ahead, next(self._rows, None)
            yield row

    def fetchone(self) -> Any:
        return next(iter(self), None)

    def fetchmany(self, size: int = 1) -> list[Any]:
        return list(itertools.islice(self, size))

    def fetchall(self) -> list[Any]:
        return list(self)

    def close(self) -> None:
        self._cursor.close(True)


def _describing(into: list[Any]) -> Callable[[Any, str, Any], bool]:
    """What apsw calls before a statement runs: takes the names of its columns."""

    def describe(cursor: Any, _sql: str, _bindings: Any) -> bool:
        into[:] = cursor.get_description()
        return True

    return describe


class _Connection:
    """A DB-API connection in autocommit mode."""

    row_factory = None
    isolation_level = None

    def __init__(self, uri: str, vfs: str) -> None:
        with _as_sqlite3():
            self.raw = apsw.Connection(uri, apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_URI, vfs)

    def cursor(self, _factory: Any = None) -> _Cursor:
        return _Cursor(self)

    def execute(self, sql: str, bindings: Any = ()) -> _Cursor:
        return self.cursor().execute(sql, bindings)

    def executemany(self, sql: str, sequence: Iterable[Sequence[Any]]) -> _Cursor:
        return self.cursor().executemany(sql, sequence)

    @property
    def in_transaction(self) -> bool:
        return bool(self.raw.in_transaction)

    @property
    def total_changes(self) -> int:
        return int(self.raw.total_changes())

    def commit(self) -> None:
        if self.in_transaction:
            self.execute("COMMIT")

    def rollback(self) -> None:
        if self.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        self.raw.close(True)

    def create_function(self, name: str, arguments: int, function: Any, *, deterministic: bool = False) -> None:
        self.raw.create_scalar_function(name, function, arguments, deterministic=deterministic)

    def backup(self, target: _Connection, *, pages: int = -1, progress: Callable[[int, int, int], None] | None = None, **_: Any) -> None:
        with _as_sqlite3(), target.raw.backup("main", self.raw, "main") as copying:
            finished = False
            while not finished:
                finished = copying.step(pages)
                if progress:
                    progress(sqlite3.SQLITE_DONE if finished else sqlite3.SQLITE_OK, copying.remaining, copying.page_count)


@contextmanager
def _as_sqlite3() -> Iterator[None]:
    """apsw's errors as those of ``sqlite3``."""
    try:
        yield
    except apsw.Error as error:
        code = getattr(error, "extendedresult", apsw.SQLITE_ERROR)
        kinds: dict[int, type[sqlite3.Error]] = {
            apsw.SQLITE_CONSTRAINT: sqlite3.IntegrityError,
            apsw.SQLITE_CORRUPT: sqlite3.DatabaseError,
            apsw.SQLITE_NOTADB: sqlite3.DatabaseError,
        }
        told = kinds.get(code & 0xFF, sqlite3.OperationalError)(str(error).split(": ", 1)[-1])
        told.sqlite_errorcode = code
        raise told from error


@contextmanager
def simulated(disk: SimulatedDisk) -> Iterator[None]:
    """Within the block the program's engine writes through ``disk``, and what it does with files by itself is told to it too."""
    vfs = _Vfs(disk)

    def connect(file: str, **given: Any) -> _Connection:
        assert given["uri"] and given["isolation_level"] is None
        connection = _Connection(file, vfs.name)
        connection.raw.set_busy_timeout(engine.BUSY_MS)
        return connection

    module = SimpleNamespace(**{**vars(sqlite3), "connect": connect})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "sqlite3", module)
        _tell_of_files(disk, patch)
        disk.begin()
        try:
            yield
        finally:
            vfs.unregister()


@contextmanager
def ordinary_sqlite() -> Iterator[None]:
    """Within the block, inside ``simulated``, ledgers are opened as ever: to look at what stands there. Nothing may be written."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "sqlite3", sqlite3)
        yield


def _tell_of_files(disk: SimulatedDisk, patch: pytest.MonkeyPatch) -> None:
    """``os`` as it is, and the disk told of what keeps a file or a name."""

    def ours(path: Any) -> Path | None:
        whole = Path(os.path.abspath(os.fsdecode(path)))  # noqa: PTH100 - no link is followed
        return whole if whole.is_relative_to(disk.root) else None

    def moved(real: Callable[..., Any]) -> Callable[..., None]:
        def move(old: Any, new: Any, **given: Any) -> None:
            disk.look()
            real(old, new, **given)
            if (source := ours(old)) and (target := ours(new)):
                disk.named(target, source)

        return move

    def link(old: Any, new: Any, *, real: Callable[..., Any] = os.link, **given: Any) -> None:
        disk.look()
        real(old, new, **given)
        if target := ours(new):
            disk.named(target)

    def unlinked(real: Callable[..., Any]) -> Callable[..., None]:
        def unlink(path: Any, **given: Any) -> None:
            disk.look()
            real(path, **given)
            if target := ours(path):
                disk.unnamed(target)

        return unlink

    def synced(descriptor: Any, *, real: Callable[..., Any] = os.fsync) -> None:
        real(descriptor)
        disk.descriptor_synced(descriptor if isinstance(descriptor, int) else descriptor.fileno())

    patch.setattr(os, "rename", moved(os.rename))
    patch.setattr(os, "replace", moved(os.replace))
    patch.setattr(os, "link", link)
    patch.setattr(os, "unlink", unlinked(os.unlink))
    patch.setattr(os, "remove", unlinked(os.remove))
    patch.setattr(os, "fsync", synced)


def _check(what: str) -> None:
    for check in _BEFORE[what]:
        check()


def _refused(code: int) -> Exception:
    error: Exception = apsw.exception_for(code)
    error.extendedresult = code  # type: ignore[attr-defined]
    return error


@contextmanager
def failing(what: str, number: int = sys.maxsize) -> Iterator[list[int]]:
    """Within the block SQLite's writes (``write``: the disk is full) or syncs (``sync``: it reports an error) fail from that number on.

    They are counted from 1; what is given is a list with the count so far.
    """
    count = [0]

    def check() -> None:
        count[0] += 1
        if count[0] >= number:
            raise _refused(apsw.SQLITE_FULL if what == "write" else apsw.SQLITE_IOERR_FSYNC)

    _BEFORE[what].append(check)
    try:
        yield count
    finally:
        _BEFORE[what].remove(check)
