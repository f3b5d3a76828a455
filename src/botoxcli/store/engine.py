"""Opening a ledger: refuse what is not ours without touching it, connect, set what SQLite leaves off, and read it back.

Conventions. A connection is in autocommit mode; every write says ``BEGIN IMMEDIATE`` itself. ``connect`` is the only place
where SQLite, or for an encrypted ledger SQLCipher, opens one. The path of a ledger that exists is followed through symbolic links; making
one never follows any. No file of a ledger is opened here beside SQLite while this process holds a lock on it: closing it would drop that.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from botoxcli.errors import (
    BotoxError,
    CannotWrite,
    LedgerBusy,
    LedgerDamaged,
    LedgerReplaced,
    NewerLedger,
    NoLedger,
    NotOurLedger,
    ValueRefused,
)
from botoxcli.on_disk import place_new, sync_folder
from botoxcli.store import cipher, schema_version
from botoxcli.store.place import Place

if TYPE_CHECKING:
    from sqlalchemy import Engine

BUSY_MS = 5_000
FileNumber = tuple[int, int]  # device and inode

# Name, what is set, what must be read back. STACK.md says why each of them.
PRAGMAS: tuple[tuple[str, str, int | str], ...] = (
    ("busy_timeout", str(BUSY_MS), BUSY_MS),
    ("trusted_schema", "OFF", 0),
    ("cell_size_check", "ON", 1),
    ("foreign_keys", "ON", 1),
    ("recursive_triggers", "ON", 1),
    ("secure_delete", "ON", 1),
    ("temp_store", "MEMORY", 2),
    ("synchronous", "EXTRA", 3),
    ("journal_mode", "DELETE", "delete"),
)

_MAGIC = b"SQLite format 3\x00"
_HEADER = 100  # bytes
_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)


def open_reader(place: Path | Place) -> sqlite3.Connection:
    """A connection that reads and refuses to write. (It is opened for writing, so that a killed writer's journal is rolled back.)"""
    connection = open_plain_writer(place)
    connection.execute("PRAGMA query_only = ON")
    return connection


def open_plain_writer(place: Path | Place) -> sqlite3.Connection:
    """A connection for the drafts: plain DB-API, autocommit. Raises NoLedger, NotOurLedger, NewerLedger, WrongKey and their kin."""
    place = Place.of(place)
    with translated(place.path):
        salt_or_refuse(place.path)
        connection = connect(place)
        try:
            _bring_up_to_date(place, connection)
        except BaseException:
            connection.close()
            raise
    return connection


def open_writer(place: Path | Place) -> Engine:
    """An engine for the recorder: each connection is opened by us, and each transaction begins with ``BEGIN IMMEDIATE``.

    SQLAlchemy's own way begins late, and two processes then both find that no visit is there yet. Parameters stay out of errors.
    """
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool

    place = Place.of(place)
    dialect = cipher.module() if salt_or_refuse(place.path) else sqlite3
    numbers: list[FileNumber] = []

    def opened() -> sqlite3.Connection:
        numbers.append(file_number(place.path))
        return open_plain_writer(place)

    engine = create_engine("sqlite://", creator=opened, module=dialect, poolclass=NullPool, hide_parameters=True)

    @event.listens_for(engine, "begin")
    def _begin(connection: object) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # type: ignore[attr-defined]
        require_same_file(place.path, numbers[-1])

    return engine


def connect(place: Path | Place, *, new_salt: bytes | None = None, with_cipher: bool = False) -> sqlite3.Connection:
    """Opens an existing file with every pragma set and read back: an encrypted one with SQLCipher, else with SQLite.

    An empty file becomes encrypted when it is given a ``new_salt``. Raises WrongKey. ``with_cipher`` opens one in plain text with
    SQLCipher's library too: two libraries that have one file open in one process undo each other's locks.
    """
    place = Place.of(place)
    salt = new_salt or cipher.salt_of(place.path)
    opening = cipher.module() if salt or with_cipher else sqlite3
    connection: sqlite3.Connection = opening.connect(_uri(place.path), uri=True, isolation_level=None, timeout=BUSY_MS / 1000)
    try:
        if salt:
            cipher.unlock(connection, place, salt, new=new_salt is not None)
        for name, value, expected in PRAGMAS:
            connection.execute(f"PRAGMA {name} = {value}").fetchall()
            found = connection.execute(f"PRAGMA {name}").fetchone()
            if found is None or found[0] != expected:
                raise BotoxError(f"SQLite does not keep {name} = {value} for {place.path}.", "Use a Python whose SQLite can, or another disk.")
    except BaseException:
        connection.close()
        raise
    return connection


def create(place: Path | Place, fill: Callable[[Place], None] | None = None, *, salt: bytes | None = None) -> bool:
    """A new ledger: built beside as a 0600 file, filled, synced, and put in place last. Never overwrites.

    With a key it is encrypted; its ``salt`` is given when the recovery code was shown before.

    ``fill`` writes the first entry into the place it is given, before anybody can see it under its name. Missing folders are
    made 0700. Returns whether the folder, which was there before, lets others in (it is left as it is).
    """
    from botoxcli.store.schema import build

    place = Place.of(place)
    path = place.path
    if os.path.lexists(path):
        raise _already_there()
    with translated(path), disk_errors(path):
        ours = make_folder(path.parent)
        with file_beside(path) as (beside, descriptor):
            built = place.at(beside)
            connection = connect(built, new_salt=(salt or os.urandom(cipher.SALT_BYTES)) if place.key else None)
            try:
                build(connection)
            finally:
                connection.close()
            if fill:
                fill(built)
            os.fsync(descriptor)
            try:
                place_new(beside, path)
            except FileExistsError:
                raise _already_there() from None
        sync_folder(path.parent)
    return not ours and bool(stat.S_IMODE(path.parent.stat().st_mode) & 0o077)


@contextmanager
def file_beside(path: Path) -> Iterator[tuple[Path, int]]:
    """A new empty file beside ``path``, 0600 from its first byte, and its descriptor. What is left of it at the end is removed."""
    beside = path.with_name(f".{path.name}.{os.urandom(8).hex()}.new")
    descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_RDWR | _NO_FOLLOW, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
        yield beside, descriptor
    finally:
        os.close(descriptor)
        for left in (beside, beside.with_name(beside.name + "-journal")):
            with suppress(FileNotFoundError):
                left.unlink()


def file_number(path: Path) -> FileNumber:
    """Which file has this name now. Raises what opening it would raise: NoLedger, NotOurLedger, CannotWrite."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        salt_or_refuse(path)
        raise
    return found.st_dev, found.st_ino


def require_same_file(path: Path, number: FileNumber) -> None:
    """Raises LedgerReplaced when another file has the name since. To be asked once the writer's lock is held: then no swap is on its way.

    SQLite refuses to write to such a file too, but through SQLCipher's module it does not say why.
    """
    if file_number(path) != number:
        raise LedgerReplaced(str(path))


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
    said = error if is_sqlites(error) else getattr(error, "orig", None)
    if not is_sqlites(said):
        return None
    whole_code = getattr(said, "sqlite_errorcode", 0) or 0
    if whole_code == sqlite3.SQLITE_READONLY_DBMOVED:
        return LedgerReplaced(str(path))
    code = whole_code & 0xFF
    if code in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return LedgerBusy(str(path))
    if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) or str(said).startswith("Could not decode to UTF-8"):
        return LedgerDamaged(str(path), "SQLite cannot read its pages")
    if code == sqlite3.SQLITE_ERROR and str(said).startswith(("malformed", "unsupported file format")):
        return LedgerDamaged(str(path), "its schema is not as this program made it")
    if code == sqlite3.SQLITE_ERROR:  # SQLCipher's export tells what happened in words alone
        code = {"database or disk is full": sqlite3.SQLITE_FULL, "disk I/O error": sqlite3.SQLITE_IOERR}.get(str(said), code)
    why = {
        sqlite3.SQLITE_FULL: "the disk is full",
        sqlite3.SQLITE_READONLY: "it may only be read",
        sqlite3.SQLITE_IOERR: "the disk reported an error",
        sqlite3.SQLITE_CANTOPEN: "it, or the journal beside it, cannot be opened",
        sqlite3.SQLITE_PERM: "no permission",
    }.get(code)
    return CannotWrite(str(path), why) if why else None


def is_sqlites(error: object) -> bool:
    """Whether it is an error of SQLite's, or of SQLCipher's, which has a family of its own."""
    return isinstance(error, sqlite3.Error) or (isinstance(error, Exception) and type(error).__module__.startswith("sqlcipher3"))


def salt_or_refuse(path: Path) -> bytes | None:
    """Looks at the file's kind, size and first 100 bytes, and so decides before SQLite may touch anything.

    The salt of a file that can only be an encrypted ledger; None for one in plain text. Raises NoLedger, NotOurLedger, NewerLedger, and
    LedgerDamaged for what SQLite would take for something else than damage.
    """
    where = str(path)
    try:
        found = path.stat()
        kind = found.st_mode
        if not stat.S_ISREG(kind):
            raise NotOurLedger(where, "it is a folder" if stat.S_ISDIR(kind) else "it is not a regular file")
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        try:
            head = os.read(descriptor, _HEADER)
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
    if cipher.looks_encrypted(head, found.st_size):
        return head[: cipher.SALT_BYTES]
    if len(head) < _HEADER and head[: len(_MAGIC)] == _MAGIC[: len(head)]:
        raise LedgerDamaged(where, f"it ends after {len(head)} bytes, inside its header")
    if not head.startswith(_MAGIC):
        cut = found.st_size > cipher.PAGE  # inside a page: whose ledger it was, nobody can tell any more
        raise NotOurLedger(where, "it is no SQLite file" + (", nor an encrypted ledger of whole pages (one that was cut?)" if cut else ""))
    _refuse_other_numbers(where, int.from_bytes(head[68:72], "big"), int.from_bytes(head[60:64], "big"))
    if not {head[18], head[19]} <= {1, 2}:  # who may write and read it: to SQLite any other number is a file of its future, not a damaged one
        raise LedgerDamaged(where, "its header is not as SQLite wrote it")
    return None


def _refuse_other_numbers(where: str, application: int, version: int) -> None:
    if application != schema_version.APPLICATION_ID or version == 0:
        raise NotOurLedger(where, "it is a SQLite file of another program")
    if version > schema_version.CURRENT:
        raise NewerLedger(where, version, schema_version.CURRENT)


def version_or_refuse(path: Path, connection: sqlite3.Connection) -> int:
    """The schema's version of an open file. Raises NotOurLedger, NewerLedger."""
    found = schema_version.version(connection)
    _refuse_other_numbers(str(path), connection.execute("PRAGMA application_id").fetchone()[0], found)
    return found


def _bring_up_to_date(place: Place, connection: sqlite3.Connection) -> None:
    """The header again, now that a journal may have been rolled back; then the steps that are pending, if any."""
    path = place.path
    found = version_or_refuse(path, connection)
    if found < schema_version.CURRENT:
        from botoxcli.store.schema import migrate

        _refuse_other_schema(path, connection, found)
        last = connection.execute("SELECT at FROM entry ORDER BY seq DESC LIMIT 1").fetchone()
        with disk_errors(path):
            migrate(path, connection, copied(place, connection), last[0].replace(":", "").replace("-", "") if last else "empty")


def _refuse_other_schema(path: Path, connection: sqlite3.Connection, version: int) -> None:
    """No step is taken on what is not a schema of that version: a damaged number must not begin one. Raises LedgerDamaged."""
    from botoxcli.store.schema_text import differences

    told = differences(connection, version, views=False)
    if told and schema_version.version(connection) == version:  # else another process was quicker
        raise LedgerDamaged(str(path), f"{told[0]}, so it cannot be brought up to date from version {version}")


def _already_there() -> ValueRefused:
    return ValueRefused("--ledger", "there is a file at this place already", "Use it as it is, or name another place with --ledger PATH.")


def copied(place: Place, connection: sqlite3.Connection) -> Callable[[Path], bool]:
    """What copies an open ledger, page by page, into an empty file that is there, and says whether the copy is whole.

    An encrypted ledger's copy is encrypted with the same key and salt. Other programs may write meanwhile: SQLite begins the copy over.
    """
    from botoxcli.store.page_copy import copy_pages

    salt = connection.execute("PRAGMA cipher_salt").fetchone()  # nothing at all from a SQLite without encryption

    def copy(target: Path) -> bool:
        into = connect(place.at(target), new_salt=bytes.fromhex(salt[0]) if salt else None)
        try:
            copy_pages(place.path, connection, into)
            return into.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        finally:
            into.close()

    return copy


def copy_whole(place: Place, target: Path) -> None:
    """All pages of a ledger into the empty file. Raises LedgerDamaged when the copy is not whole, and what opening a ledger raises."""
    connection = open_reader(place)
    try:
        whole = copied(place, connection)(target)
    finally:
        connection.close()
    if not whole:
        raise LedgerDamaged(str(place.path), "SQLite finds its pages inconsistent")


def make_folder(folder: Path) -> bool:
    """Makes the folder and what is missing above it, 0700 whatever the umask, its name on the disk; False when it was there."""
    if folder.is_dir():
        return False
    make_folder(folder.parent)
    folder.mkdir(mode=0o700)
    folder.chmod(0o700)
    sync_folder(folder.parent)  # a ledger whose folder did not survive a power cut would be lost with it
    return True


@contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """What the system says of a file that cannot be written, in our words."""
    try:
        yield
    except OSError as error:
        raise CannotWrite(str(path), (error.strerror or "the disk refused").lower()) from error


def _uri(path: Path) -> str:
    """The path as SQLite's URI, to be opened only if it is there."""
    whole = path.absolute().as_posix().lstrip("/")
    return f"file:///{whole.replace('%', '%25').replace('?', '%3f').replace('#', '%23')}?mode=rw"
