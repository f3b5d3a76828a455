"""A backup put in a ledger's place: copied, checked against its manifest, verified, compared with what stands, and only then swapped in.

Conventions. Work goes on in a private folder beside the ledger, on a copy: the backup is only read and stays. What stood there is kept under another
name, with what is left of its journal, and is there until the moment in which the restored ledger takes its place. The restored ledger
carries an entry that says so from its first moment. A backup of an older schema is brought up to date on the way.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from botoxcli.errors import BackupDiffers, LedgerBusy, LedgerDamaged, NoLedger, NotOurLedger, ValueRefused, WrongKey
from botoxcli.on_disk import place_new, sync_file, sync_folder
from botoxcli.store import cipher, engine
from botoxcli.store.integrity import Verified, require_whole
from botoxcli.store.lineage import Compared, Kinship, compared, entries_of
from botoxcli.store.manifest import Manifest, fingerprint, read_manifest
from botoxcli.store.place import Place
from botoxcli.store.recorder import Recorder
from botoxcli.store.scratch import new_file, scratch_folder, spoken_of
from botoxcli.store.swap import put_in_place, writing_stopped

COMMAND = "ledger restore"
WHERE = "FILE"
_FIRST_PAGE = 4_096

Glimpse = tuple[bytes, int]  # a file's first page, which every commit changes, and its size


@dataclass(frozen=True, slots=True)
class Ready:
    """A backup that may take the place of the ledger at ``path``, which is a path without symbolic links.

    ``copy`` is the copy of it in the scratch folder. ``standing`` is what is at ``path`` now, ``glimpse`` how it looked then.
    """

    file: Path
    sha256: str
    manifest: Manifest | None
    found: Verified
    encrypted: bool
    copy: Place
    path: Path
    standing: Compared
    stands_encrypted: bool | None
    glimpse: Glimpse | None


@dataclass(frozen=True, slots=True)
class Restored:
    """``aside`` is where the old ledger is kept, None if there was none; ``head`` that of the restored ledger, with its own entry."""

    aside: Path | None
    head: str


@contextmanager
def made_ready(place: Path | Place, file: Path, *, drill: bool = False) -> Iterator[Ready]:
    """Copies the backup into a scratch folder, checks it, and compares it with what stands at the place. Changes nothing else.

    A missing folder of the ledger is made, unless it is only a drill.
    Raises ValueRefused when there is no such file, BackupDiffers when it is not what its manifest says, LedgerDamaged, WrongKey, NotOurLedger,
    NewerLedger and CannotWrite.
    """
    place = Place.of(place)
    path = Path(os.path.realpath(place.path))
    _look_for(file, path)
    with ExitStack() as until_done:
        with engine.disk_errors(path):
            scratch = until_done.enter_context(scratch_folder(_room_beside(path, drill=drill), f"{path.name}-restore"))
            ready = _prepared(place, path, file, place.at(scratch / "ledger.db"))
        yield ready


def restore(ready: Ready, *, actor: str, at: datetime) -> Restored:
    """Puts the copy in the ledger's place and keeps the old one aside. Raises LedgerBusy when that was written to since it was looked at."""
    path, fresh = ready.path, ready.copy
    with spoken_of(fresh.path, path), engine.disk_errors(path):
        head = _with_its_entry(ready, actor, at)
        sync_file(fresh.path)
    with engine.disk_errors(path):
        _forget_second_names(path)
        aside = _free_name(path, at)
        if ready.standing.kinship is Kinship.MISSING:
            _where_nothing_stood(fresh.path, path, aside)
            return Restored(None, head)
        with ExitStack() as at_last, writing_stopped(path):
            if _held_glimpse(path, at_last) != ready.glimpse:
                raise LedgerBusy(str(path))
            put_in_place(fresh.path, path, aside)
    return Restored(aside, head)


def _prepared(place: Place, path: Path, file: Path, copy: Place) -> Ready:
    _copy(file, copy.path)
    _, summed = fingerprint(copy.path)
    with spoken_of(copy.path, file):
        manifest = read_manifest(file)
        with spoken_of(place.path, file, WrongKey):  # who asks for a key names the ledger
            encrypted, found = _checked(copy, file, manifest, summed)
        glimpse = _glimpse(path)
        standing = compared(place.at(path), entries_of(copy))
    stands_encrypted = cipher.salt_of(path) is not None if glimpse else None
    return Ready(file, summed, manifest, found, encrypted, copy, path, standing, stands_encrypted, glimpse)


def _look_for(file: Path, ledger: Path) -> None:
    named = "Name the backup's own file, as `botox ledger backup` printed it; nothing was changed."
    try:
        engine.salt_or_refuse(file)
    except NoLedger:
        raise ValueRefused(WHERE, "there is no such file", named) from None
    except NotOurLedger as refused:
        refused.next_step = named
        raise
    if ledger.exists() and ledger.samefile(file):
        raise ValueRefused(WHERE, "this is the ledger itself", named)


def _room_beside(path: Path, *, drill: bool) -> Path:
    if drill and not path.parent.is_dir():
        return Path(tempfile.gettempdir())
    engine.make_folder(path.parent)
    return path.parent


def _copy(file: Path, target: Path) -> None:
    """The backup's bytes, and its journal if it has one, as a ledger that was kept aside may: SQLite then finishes what was begun."""
    for suffix in ("", "-journal"):
        source, copy = file.with_name(file.name + suffix), target.with_name(target.name + suffix)
        if not suffix or source.is_file():
            new_file(copy)
            shutil.copyfile(source, copy)


def _checked(copy: Place, file: Path, manifest: Manifest | None, summed: str) -> tuple[bool, Verified]:
    """The copy against the manifest, and against itself."""
    if manifest is not None and manifest.sha256 != summed:
        raise BackupDiffers(str(file), "its bytes are not those that its manifest names")
    encrypted = cipher.salt_of(copy.path) is not None
    try:
        found = require_whole(copy)
    except WrongKey as wrong:
        raise _other_key(wrong) from None
    except LedgerDamaged as damaged:
        damaged.next_step = "Nothing was changed. Keep the file as it is, and take another backup."
        raise
    if manifest is not None and (manifest.head, manifest.entries) != (found.head, found.entries):
        raise BackupDiffers(str(file), "its last entry is not the one that its manifest names")
    return encrypted, found


def _other_key(wrong: WrongKey) -> WrongKey:
    wrong.next_step = (
        "Nothing was touched. A backup opens with the key that the ledger had on that day: give that one with --key-file FILE, "
        "or type the passphrase or the recovery code when asked."
    )
    return wrong


def _with_its_entry(ready: Ready, actor: str, at: datetime) -> str:
    """The copy brought up to date, with the entry that tells of the restoring. Returns its head."""
    lost = len(ready.standing.lost)
    with Recorder(ready.copy).change(command=COMMAND, actor=actor, at=at, key=f"restore-{ready.sha256}-{_stamp(at)}") as change:
        change.note_entry()
        if lost:
            change.reason(f"{lost} {'entry' if lost == 1 else 'entries'} that came after this backup were set aside")
    return entries_of(ready.copy)[-1].hash


def _where_nothing_stood(fresh: Path, path: Path, aside: Path) -> None:
    """A journal without its ledger would be played into the restored one: it is kept aside."""
    journal = path.with_name(f"{path.name}-journal")
    with suppress(FileNotFoundError):
        journal.rename(aside.with_name(f"{aside.name}-journal"))
    try:
        place_new(fresh, path)
    except FileExistsError:
        raise LedgerBusy(str(path)) from None
    sync_folder(path.parent)


def _forget_second_names(path: Path) -> None:
    """A restore that was killed just before the swap leaves the ledger under two names: the second one is no ledger kept aside."""
    for one in path.parent.iterdir():
        if one.name.startswith(f"{path.name}.before-restore-") and path.exists() and os.path.samestat(one.lstat(), path.stat()):
            one.unlink()


def _glimpse(path: Path) -> Glimpse | None:
    with ExitStack() as at_once, suppress(FileNotFoundError):
        return _held_glimpse(path, at_once)
    return None


def _held_glimpse(path: Path, until: ExitStack) -> Glimpse:
    """The glimpse through a descriptor that stays open: closing one of a file drops the locks that this process holds on it."""
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    until.callback(os.close, descriptor)
    return os.pread(descriptor, _FIRST_PAGE, 0), os.fstat(descriptor).st_size


def _free_name(path: Path, at: datetime) -> Path:
    number = 1
    while True:
        aside = path.with_name(f"{path.name}.before-restore-{_stamp(at)}{'' if number == 1 else f'-{number}'}.bak")
        if not os.path.lexists(aside) and not os.path.lexists(aside.with_name(f"{aside.name}-journal")):
            return aside
        number += 1


def _stamp(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
