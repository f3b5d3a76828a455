"""A backup of a ledger: always a new file, whole and verified before it has a name, with a manifest beside it.

Conventions. Other programs may read and write meanwhile; the backup is the ledger at one instant, at one entry. It is made in a private folder beside
its place and gets its name last. It is a ledger like any other; that of an encrypted one is encrypted with the same key and salt.
A symbolic link at the place is never followed, and nothing is ever replaced. ``at`` is an aware instant.
"""

from __future__ import annotations

import itertools
import os
import stat
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from botoxcli import __version__
from botoxcli.errors import CannotWrite, LedgerDamaged
from botoxcli.on_disk import place_new, sync_file, sync_folder
from botoxcli.store import cipher, engine
from botoxcli.store.integrity import require_whole
from botoxcli.store.manifest import Manifest, fingerprint, manifest_path
from botoxcli.store.place import Place
from botoxcli.store.recorder import Recorder
from botoxcli.store.scratch import new_file, scratch_folder, spoken_of

COMMAND = "ledger backup"
HEAD_SHOWN = 12


class NameTaken(CannotWrite):
    """Something stands where the backup was to be."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made. ``private`` is False on a disk that keeps no permissions."""

    file: Path
    manifest: Manifest
    private: bool


@dataclass(frozen=True, slots=True)
class Destination:
    """A folder, and the name of the new file in it; without a name it is made of the time and the head."""

    folder: Path
    name: str | None = None


def destination(given: str | None, usual: Path) -> Destination:
    """Where a backup goes: into the folder ``usual``, which is made if it is missing, into another folder, or to a new file's place.

    Raises CannotWrite for a symbolic link, for something that is there already, and where a folder is missing.
    """
    path = usual if given is None else Path(given)
    with engine.disk_errors(path):
        try:
            kind = path.lstat().st_mode
        except ValueError:
            raise _refused(path, "this is no path", "Name a folder, or a new file.") from None
        except FileNotFoundError:
            return _made(path) if given is None else _new(path, as_a_folder=given.endswith(("/", os.sep)))
    if stat.S_ISLNK(kind):
        raise _refused(path, "it is a symbolic link, and those are not followed", "Name the folder or file that it points to.")
    if not stat.S_ISDIR(kind):
        raise _taken(path)
    return Destination(path)


def back_up(place: Path | Place, into: Destination, *, at: datetime) -> Backup:
    """Makes the backup. Raises what opening and verifying the ledger raise, and CannotWrite; then nothing of it is left."""
    place = Place.of(place)
    wanted = into.folder / into.name if into.name else into.folder
    with engine.disk_errors(wanted), scratch_folder(into.folder, f"{place.path.stem}-backup") as scratch:
        copy = place.at(scratch / "copy.db")
        new_file(copy.path)
        with spoken_of(copy.path, wanted):
            with spoken_of(copy.path, place.path, LedgerDamaged), engine.translated(copy.path):
                engine.copy_whole(place, copy.path)
            sync_file(copy.path)
        with spoken_of(copy.path, place.path):
            found = require_whole(copy)
        stamp = _text(at)
        length, summed = fingerprint(copy.path)
        manifest = Manifest(
            file=into.name or "", bytes=length, sha256=summed, head=found.head, entries=found.entries, last_entry_at=found.last_at,
            schema_version=found.schema_version, program=f"botoxcli {__version__}", taken_at=stamp, encrypted=cipher.salt_of(copy.path) is not None,
        )  # fmt: skip
        private = not stat.S_IMODE(copy.path.stat().st_mode) & 0o077
        if into.name:
            return Backup(_named(copy.path, wanted, manifest), manifest, private)
        words = f"{place.path.stem}-{stamp.replace('-', '').replace(':', '')}-{found.head[:HEAD_SHOWN]}"
        return _named_by_itself(copy.path, into.folder, words, Backup(copy.path, manifest, private))


def record_backup(place: Path | Place, backup: Backup, *, actor: str, at: datetime) -> None:
    """Lets the ledger know that it has a backup, as an entry without rows. Its key holds the sha256 of the backup's file."""
    with Recorder(place).change(command=COMMAND, actor=actor, at=at, key=f"backup-{backup.manifest.sha256}") as change:
        change.note_entry()


def _named_by_itself(copy: Path, folder: Path, words: str, made: Backup) -> Backup:
    """The backup under the first name that is free; another backup of the same second may take one meanwhile."""
    for number in itertools.count(1):
        path = folder / f"{words}{'' if number == 1 else f'-{number}'}.db"
        if os.path.lexists(path) or os.path.lexists(manifest_path(path)):
            continue
        manifest = replace(made.manifest, file=path.name)
        with suppress(NameTaken):
            return Backup(_named(copy, path, manifest), manifest, made.private)
    raise AssertionError("numbers do not end")


def _named(copy: Path, path: Path, manifest: Manifest) -> Path:
    """The backup under its name, and its manifest; both, or none of them. Raises NameTaken when something has that name by now."""
    beside = copy.with_name("manifest.json")
    if not beside.exists():
        new_file(beside)
    beside.write_text(manifest.text(), encoding="utf-8")
    sync_file(beside)
    _named_new(copy, path)
    try:
        _named_new(beside, manifest_path(path))
    except BaseException:
        if copy.exists():  # the same file under two names: to rename one to the other would do nothing
            path.unlink()
        else:
            path.replace(copy)
        raise
    sync_folder(path.parent)
    return path


def _named_new(beside: Path, path: Path) -> None:
    try:
        place_new(beside, path)
    except FileExistsError:
        raise _taken(path) from None


def _new(path: Path, *, as_a_folder: bool) -> Destination:
    """A new file's place, in a folder that is there."""
    if as_a_folder or not path.parent.is_dir():
        raise _refused(path, "there is no such folder", "Make the folder first, or name another.")
    if path.name.endswith(("-journal", "-wal", "-shm")):
        raise _refused(path, "SQLite keeps such a name for itself", "Name the file otherwise.")
    if os.path.lexists(manifest_path(path)):
        raise _refused(manifest_path(path), "there is something of this name already, and the manifest goes there", "Name the file otherwise.")
    return Destination(path.parent, path.name)


def _made(folder: Path) -> Destination:
    engine.make_folder(folder)
    return Destination(folder)


def _text(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _taken(path: Path) -> NameTaken:
    taken = NameTaken(str(path), "there is something of this name already, and a backup replaces nothing")
    taken.next_step = "Name a folder, or a new file. Nothing was changed."
    return taken


def _refused(path: Path, why: str, next_step: str) -> CannotWrite:
    refused = CannotWrite(str(path), why)
    refused.next_step = f"{next_step} Nothing was changed."
    return refused
