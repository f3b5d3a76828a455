"""SQLCipher: which file is encrypted, and a connection to one, plain or encrypted, under our key.

Conventions. An encrypted ledger is a whole number of pages of 4096 bytes and begins with its salt instead of SQLite's header. Keys go to
SQLCipher raw, with the salt of a new file spelt out, and its own log is off: no key and no page is ever written to stderr.
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, cast

from botoxcli.errors import BotoxError, WrongKey
from botoxcli.store.place import Place

if TYPE_CHECKING:
    from botoxcli.store.key import Key

PAGE = 4096
SALT_BYTES = 16
COMPATIBILITY = 4  # SQLCipher's file format; a later library still reads it when told so


def looks_encrypted(head: bytes, size: int) -> bool:
    """Whether a file with this beginning and of this size can be an encrypted ledger at all."""
    return size > 0 and size % PAGE == 0 and not head.startswith(b"SQLite format 3\x00")


def module() -> ModuleType:
    """The DB-API module that knows SQLCipher. Raises BotoxError on a machine where it cannot be loaded."""
    try:
        from sqlcipher3 import dbapi2
    except ImportError as error:
        raise BotoxError(
            "This machine cannot open an encrypted ledger: SQLCipher is not there.", "Install it with: pip install sqlcipher3"
        ) from error
    return cast(ModuleType, dbapi2)


def unlock(connection: sqlite3.Connection, place: Place, salt: bytes, *, new: bool) -> None:
    """Gives the connection its key before anything is read. Raises WrongKey when there is none, or when it does not open the file.

    ``salt`` is that of the file; a ``new`` file gets it from here.
    """
    spelt = key_of(place).raw(salt).hex() + (salt.hex() if new else "")
    connection.execute("PRAGMA cipher_log_level = NONE").fetchall()
    connection.execute(f"PRAGMA key = \"x'{spelt}'\"").fetchall()
    connection.execute(f"PRAGMA cipher_compatibility = {COMPATIBILITY}").fetchall()
    if new:
        return
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except module().DatabaseError as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
            raise WrongKey(str(place.path)) from None
        raise


def opens(path: Path, key: Key) -> bool:
    """Whether this key opens the encrypted file; False for a file that is not there, or not encrypted."""
    try:
        salt = salt_of(path)
    except OSError:
        return False
    if salt is None:
        return False
    connection = module().connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)
    try:
        unlock(connection, Place(path, lambda: key), salt, new=False)
    except WrongKey:
        return False
    finally:
        connection.close()
    return True


def key_of(place: Place) -> Key:
    """The key of a place that needs one. Raises WrongKey when nothing gives it."""
    if place.key is None:
        raise WrongKey(str(place.path), given=False)
    return place.key()


def salt_of(path: Path) -> bytes | None:
    """The salt of an encrypted file, else None.

    Never while this process holds a lock on it: closing a file drops the process's locks.
    """
    descriptor = os.open(path, os.O_RDONLY)
    try:
        head, size = os.read(descriptor, SALT_BYTES), os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)
    return head if looks_encrypted(head, size) else None
