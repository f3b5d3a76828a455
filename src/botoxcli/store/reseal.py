"""The ledger under another key, or under none: encrypted, decrypted, rekeyed.

Conventions. The pages are written anew into a file beside; the swap is made when that file holds the same rows, the same schema, the
same head of the chain and every view as it was, and is whole with its own new entry. Until then the ledger is as it was, byte for
byte; a file beside that a kill left is in nobody's way. From the first row that is copied until the swap SQLite's own lock keeps writers
out. The old file's bytes are not wiped from the disk: no program can promise that.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from botoxcli.errors import LedgerDamaged, ValueRefused
from botoxcli.store import chain, cipher, schema_version
from botoxcli.store.engine import connect, disk_errors, file_beside, file_number, require_same_file, salt_or_refuse, translated
from botoxcli.store.integrity import require_whole
from botoxcli.store.key import Key
from botoxcli.store.place import Place
from botoxcli.store.recorder import Recorder
from botoxcli.store.swap import put_in_place
from botoxcli.store.view_digests import view_digests

if TYPE_CHECKING:
    from botoxcli.store.integrity import Verified


def require_sealed(path: Path, *, sealed: bool) -> None:
    """Raises ValueRefused when the ledger is encrypted already, or in plain text already; NoLedger and its kin as when it is opened."""
    is_sealed = salt_or_refuse(path) is not None
    if is_sealed and not sealed:
        raise ValueRefused("the ledger", "it is encrypted already", "Give it another key with `botox ledger rekey`.")
    if sealed and not is_sealed:
        raise ValueRefused("the ledger", "it is not encrypted", "Encrypt it with `botox ledger encrypt`.")


def reseal(place: Place, key: Key | None, salt: bytes | None, *, command: str, actor: str, at: datetime) -> Verified:
    """The ledger at ``place`` under ``key`` and ``salt``, or in plain text when both are None, with an entry that says so.

    The ledger has today's schema. Returns what its verification found. Raises LedgerDamaged, LedgerBusy, WrongKey, CannotWrite, and then
    the ledger is as it was.
    """
    place = place.at(place.path.resolve())
    with translated(place.path), disk_errors(place.path):
        require_whole(place)
        with _held(place) as (holder, copier), file_beside(place.path) as (beside, descriptor):
            new = Place(beside, (lambda: key) if key else None)
            _export(copier, new, salt)
            _require_equal(holder, place, new)
            with Recorder(new).change(command=command, actor=actor, at=at) as change:
                change.note_entry()
            found = require_whole(new)
            os.fsync(descriptor)
            put_in_place(beside, place.path)
    return found


@contextmanager
def _held(place: Place) -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection]]:
    """Two connections of one library to the ledger: the first keeps writers out until the block ends, the second reads.

    Both are opened before, and nothing else opens the file inside: whatever closes it would end the hold.
    """
    before = file_number(place.path)
    with closing(connect(place, with_cipher=True)) as holder, closing(connect(place, with_cipher=True)) as copier:
        holder.execute("BEGIN IMMEDIATE")
        require_same_file(place.path, before)
        yield holder, copier


def _export(copier: sqlite3.Connection, new: Place, salt: bytes | None) -> None:
    """Every table, index, trigger, view and row into the empty file. The key goes as a value, never into the text of a statement."""
    spelt = f"x'{cipher.key_of(new).raw(salt).hex()}{salt.hex()}'" if salt else ""
    copier.execute("ATTACH DATABASE ? AS target KEY ?", (str(new.path), spelt))
    if salt:
        copier.execute(f"PRAGMA target.cipher_compatibility = {cipher.COMPATIBILITY}").fetchall()
    copier.execute("BEGIN")
    copier.execute("SELECT sqlcipher_export('target')").fetchall()
    copier.execute(f"PRAGMA target.application_id = {schema_version.APPLICATION_ID}")
    copier.execute(f"PRAGMA target.user_version = {schema_version.version(copier)}")
    copier.execute("COMMIT")
    copier.execute("DETACH DATABASE target")


def _require_equal(old: sqlite3.Connection, place: Place, new: Place) -> None:
    """Raises LedgerDamaged unless the new file holds the old one's schema, rows, views and head."""
    with closing(connect(new)) as connection:
        equal = all(told(old) == told(connection) for told in (schema_version.version, _schema_text, _row_counts, _drafts, _head, view_digests))
    if not equal:
        raise LedgerDamaged(str(place.path), "a copy of it does not come out equal; it was left as it was")


def _schema_text(connection: sqlite3.Connection) -> list[tuple[str, ...]]:
    return sorted(connection.execute("SELECT type, name, tbl_name, coalesce(sql, '') FROM sqlite_schema").fetchall())


def _row_counts(connection: sqlite3.Connection) -> list[int]:
    names = [name for kind, name, *_ in _schema_text(connection) if kind == "table"]
    return [connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names]  # noqa: S608 - names of our own schema


def _drafts(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
    return connection.execute("SELECT * FROM draft ORDER BY draft_id").fetchall()


def _head(connection: sqlite3.Connection) -> str:
    last = connection.execute("SELECT max(seq) FROM entry").fetchone()[0] or 0
    return chain.hash_of(connection, last)
