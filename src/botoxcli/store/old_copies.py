"""Which files near a ledger still name a patient: its backups, what a migration or a restore kept, leftovers of what was killed.

Conventions. Files are only read, as they lie there. A copy counts by what it holds: the same ledger (its first entry) with an identity of that code
that is not blank. One that cannot be read (another key, damage) may hold it: ``sure`` is False. Copies anywhere else nobody here knows of.
"""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from botoxcli.errors import BotoxError
from botoxcli.store import cipher, engine, schema_version
from botoxcli.store.manifest import read_manifest
from botoxcli.store.place import Place
from botoxcli.store.scratch import is_scratch

_HELD = """
SELECT (SELECT at FROM entry ORDER BY seq DESC LIMIT 1), (SELECT hash FROM entry WHERE seq = 1),
    EXISTS (SELECT 1 FROM identity i JOIN patient p ON p.patient_id = i.patient_id WHERE p.code = ? AND i.salt IS NOT NULL)"""
_NAMES = (".db", ".bak", ".sqlite", ".new", ".aside")


@dataclass(frozen=True, slots=True)
class OldCopy:
    """A file that holds the patient, or (not ``sure``) may. ``at`` is its manifest's time, else that of its last entry, else empty."""

    path: Path
    at: str
    sure: bool


def old_copies(place: Path | Place, folders: Iterable[Path], code: str) -> tuple[OldCopy, ...]:
    """Those in these folders, by time and name. A folder that is not there holds none."""
    place = Place.of(place)
    first = _first_hash(place)
    each_once = dict.fromkeys(folder.resolve() for folder in folders)
    found = [copy for folder in each_once for path in _files(folder, place.path) if (copy := _copy(place, path, code, first))]
    return tuple(sorted(found, key=lambda copy: (copy.at, copy.path)))


def _first_hash(place: Place) -> object:
    connection = engine.open_reader(place)
    try:
        return connection.execute("SELECT hash FROM entry WHERE seq = 1").fetchone()[0]
    finally:
        connection.close()


def _copy(place: Place, path: Path, code: str, first: object) -> OldCopy | None:
    sealed = _is_sealed(path)
    if sealed is None:
        return None
    try:
        if sealed and cipher.salt_of(place.path) is None:  # nobody is asked for the key of a backup
            return OldCopy(path, _manifest_time(path), sure=False)
        held = _held(place.at(path), code)
    except Exception as error:
        if not isinstance(error, (BotoxError, OSError, ValueError)) and not engine.is_sqlites(error):
            raise
        return OldCopy(path, _manifest_time(path), sure=False)
    return OldCopy(path, _manifest_time(path) or held[0] or "", sure=True) if held[2] and held[1] == first else None


def _held(place: Place, code: str) -> tuple[str | None, str | None, int]:
    """The time of the last entry, the first entry's hash, and whether the patient is named. The file is opened as one that never changes."""
    salt = cipher.salt_of(place.path)
    opening = cipher.module() if salt else sqlite3
    connection = opening.connect(f"{place.path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        if salt:
            cipher.unlock(connection, place, salt, new=False)
        at, first, held = connection.execute(_HELD, (code,)).fetchone()
        return at, first, held
    finally:
        connection.close()


def _files(folder: Path, ledger: Path) -> Iterator[Path]:
    """Those in the folder, and in the scratch folders that stand in it: a killed backup leaves its copy there."""
    try:
        there = sorted(folder.iterdir())
        own = ledger.stat().st_ino
    except OSError:
        return
    for path in there:
        with suppress(OSError):
            told = path.lstat()
            if stat.S_ISREG(told.st_mode) and told.st_ino != own:
                yield path
            elif stat.S_ISDIR(told.st_mode) and is_scratch(path):
                yield from _files(path, ledger)


def _is_sealed(path: Path) -> bool | None:
    """Whether a file looks like an encrypted ledger (True), is one of ours in plain text (False), or is none (None)."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return None
    try:
        head, size = os.read(descriptor, 100), os.fstat(descriptor).st_size
    finally:
        os.close(descriptor)
    if head.startswith(b"SQLite format 3\x00"):
        return False if int.from_bytes(head[68:72], "big") == schema_version.APPLICATION_ID else None
    return True if cipher.looks_encrypted(head, size) and path.name.endswith(_NAMES) else None


def _manifest_time(path: Path) -> str:
    try:
        manifest = read_manifest(path)
    except BotoxError:
        return ""
    return manifest.taken_at if manifest else ""
