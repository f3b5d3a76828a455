"""Opening a ledger: refuse what is not ours without touching it, connect, set what SQLite leaves off, and read it back.

Conventions. A connection is in autocommit mode; every write says ``BEGIN IMMEDIATE`` itself. ``connect`` is the only place
where SQLite opens a ledger. The path of a ledger that exists is followed through symbolic links; making one never follows any.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from botoxcli.errors import BotoxError, CannotWrite, LedgerBusy, LedgerDamaged, NewerLedger, NoLedger, NotOurLedger, ValueRefused
from botoxcli.store import schema

if TYPE_CHECKING:
    from sqlalchemy import Engine

BUSY_MS = 5_000

# Name, what is set, what must be read back. STACK.md says why each of them.
PRAGMAS: tuple[tuple[str, str, int | str], ...] = (
    ("busy_timeout", str(BUSY_MS), BUSY_MS),
    ("trusted_schema", "OFF", 0),
    ("cell_size_check", "ON", 1),
    ("foreign_keys", "ON", 1),
    ("recursive_triggers", "ON", 1),
    ("secure_delete", "ON", 1),
    ("synchronous", "EXTRA", 3),
    ("journal_mode", "DELETE", "delete"),
)

_MAGIC = b"SQLite format 3\x00"
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_NO_LINKS_HERE = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


def open_reader(path: Path) -> sqlite3.Connection:
    """A connection that reads and refuses to write. (It is opened for writing, so that a killed writer's journal is rolled back.)"""
    connection = open_plain_writer(path)
    connection.execute("PRAGMA query_only = ON")
    return connection


def open_plain_writer(path: Path) -> sqlite3.Connection:
    """A connection for the drafts: plain DB-API, autocommit."""
    with translated(path):
        _refuse_what_is_not_ours(path)
        connection = connect(path)
        try:
            _bring_up_to_date(path, connection)
        except BaseException:
            connection.close()
            raise
    return connection


def open_writer(path: Path) -> Engine:
    """An engine for the recorder: each connection is opened by us, and each transaction begins with ``BEGIN IMMEDIATE``.

    SQLAlchemy's own way begins late, and two processes then both find that no visit is there yet. Parameters stay out of errors.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    engine = create_engine("sqlite://", creator=lambda: open_plain_writer(path), poolclass=NullPool, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: object) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # type: ignore[attr-defined]

    return engine


def connect(path: Path) -> sqlite3.Connection:
    """Opens an existing file with SQLite, with every pragma set and read back."""
    connection = sqlite3.connect(_uri(path), uri=True, isolation_level=None, timeout=BUSY_MS / 1000)
    try:
        for name, value, expected in PRAGMAS:
            connection.execute(f"PRAGMA {name} = {value}").fetchall()
            found = connection.execute(f"PRAGMA {name}").fetchone()
            if found is None or found[0] != expected:
                raise BotoxError(f"SQLite does not keep {name} = {value} for {path}.", "Use a Python whose SQLite can, or another disk.")
    except BaseException:
        connection.close()
        raise
    return connection


def create(path: Path, fill: Callable[[Path], None] | None = None) -> bool:
    """A new ledger at ``path``: built beside as a 0600 file, filled, synced, and put in place last. Never overwrites.

    ``fill`` writes the first entry into the file it is given, before anybody can see it under its name. Missing folders are
    made 0700. Returns whether the folder, which was there before, lets others in (it is left as it is).
    """
    if os.path.lexists(path):
        raise _already_there()
    with translated(path), _disk_errors(path):
        ours = _make_folder(path.parent)
        beside = path.with_name(f".{path.name}.{os.urandom(8).hex()}.new")
        descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_RDWR | _NO_FOLLOW, 0o600)
        try:
            os.fchmod(descriptor, 0o600)
            connection = connect(beside)
            try:
                schema.build(connection)
            finally:
                connection.close()
            if fill:
                fill(beside)
            os.fsync(descriptor)
            _put_in_place(beside, path)
        finally:
            os.close(descriptor)
            for left in (beside, beside.with_name(beside.name + "-journal")):
                with suppress(FileNotFoundError):
                    left.unlink()
        _sync_folder(path.parent)
    return not ours and bool(stat.S_IMODE(path.parent.stat().st_mode) & 0o077)


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """What SQLite says, in our words and with our exit codes. What it says of a bug of ours passes through."""
    try:
        yield
    except BotoxError:
        raise
    except Exception as error:
        if told := in_our_words(path, error):
            raise told from error
        raise


def in_our_words(path: Path, error: BaseException) -> BotoxError | None:
    """The error of ours for one of SQLite's, bare or wrapped by SQLAlchemy; None if it is none, or tells of a bug."""
    if isinstance(error, UnicodeDecodeError):
        return LedgerDamaged(str(path), "it holds text that is no text")
    said = error if isinstance(error, sqlite3.Error) else getattr(error, "orig", None)
    if not isinstance(said, sqlite3.Error):
        return None
    code = getattr(said, "sqlite_errorcode", 0) & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LedgerBusy(str(path))
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or str(said).startswith("Could not decode to UTF-8"):
        return LedgerDamaged(str(path), "SQLite cannot read its pages")
    if code == sqlite3.SQLITE_ERROR and str(said).startswith(("malformed", "unsupported file format")):
        return LedgerDamaged(str(path), "its schema is not as this program made it")
    why = {
        sqlite3.SQLITE_FULL: "the disk is full",
        sqlite3.SQLITE_READONLY: "it may only be read",
        sqlite3.SQLITE_IOERR: "the disk reported an error",
        sqlite3.SQLITE_CANTOPEN: "it, or the journal beside it, cannot be opened",
        sqlite3.SQLITE_PERM: "no permission",
    }.get(code)
    return CannotWrite(str(path), why) if why else None


def _refuse_what_is_not_ours(path: Path) -> None:
    """Looks at the file's kind and its first 100 bytes, and so decides before SQLite may touch anything."""
    where = str(path)
    try:
        kind = path.stat().st_mode
        if not stat.S_ISREG(kind):
            raise NotOurLedger(where, "it is a folder" if stat.S_ISDIR(kind) else "it is not a regular file")
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        try:
            head = os.read(descriptor, 100)
        finally:
            os.close(descriptor)
    except (FileNotFoundError, NotADirectoryError):
        raise NoLedger(where) from None
    except PermissionError:
        raise CannotWrite(where, "no permission to read it") from None
    except (OSError, ValueError) as error:
        raise CannotWrite(where, getattr(error, "strerror", None) or "this is no path") from None
    if not head:
        raise NotOurLedger(where, "it is empty")
    if not head.startswith(_MAGIC) or len(head) < 100:
        raise NotOurLedger(where, "it is no SQLite file")
    _refuse_other_numbers(where, int.from_bytes(head[68:72], "big"), int.from_bytes(head[60:64], "big"))


def _refuse_other_numbers(where: str, application: int, version: int) -> None:
    if application != schema.APPLICATION_ID or version == 0:
        raise NotOurLedger(where, "it is a SQLite file of another program")
    if version > schema.CURRENT:
        raise NewerLedger(where, version, schema.CURRENT)


def _bring_up_to_date(path: Path, connection: sqlite3.Connection) -> None:
    """The header again, now that a journal may have been rolled back; then the steps that are pending, if any."""
    found = schema.version(connection)
    _refuse_other_numbers(str(path), connection.execute("PRAGMA application_id").fetchone()[0], found)
    if found < schema.CURRENT:
        last = connection.execute("SELECT at FROM entry ORDER BY seq DESC LIMIT 1").fetchone()
        with _disk_errors(path):
            schema.migrate(path, connection, last[0].replace(":", "").replace("-", "") if last else "empty")


def _already_there() -> ValueRefused:
    return ValueRefused("--ledger", "there is a file at this place already", "Use it as it is, or name another place with --ledger PATH.")


def _make_folder(folder: Path) -> bool:
    """Makes the folder and what is missing above it, 0700 whatever the umask; False when it was there."""
    if folder.is_dir():
        return False
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700)
    folder.chmod(0o700)
    return True


def _put_in_place(beside: Path, path: Path) -> None:
    """Gives the file its name, if nothing has it: a hard link, or on a disk without them a claim and a rename."""
    try:
        os.link(beside, path, follow_symlinks=False)
    except FileExistsError:
        raise _already_there() from None
    except OSError as error:
        if error.errno not in _NO_LINKS_HERE:
            raise
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | _NO_FOLLOW, 0o600))
        except FileExistsError:
            raise _already_there() from None
        beside.replace(path)


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # not every system can sync a folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise CannotWrite(str(path), (error.strerror or "the disk refused").lower()) from error


def _uri(path: Path) -> str:
    """The path as SQLite's URI, to be opened only if it is there."""
    whole = path.absolute().as_posix().lstrip("/")
    return f"file:///{whole.replace('%', '%25').replace('?', '%3f').replace('#', '%23')}?mode=rw"
