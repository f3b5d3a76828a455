"""Another file in a ledger's place: restored, encrypted, decrypted, under a new key.

Conventions. While the swap is made nobody can write the old file: SQLite's own RESERVED byte of it is held, whatever state the file is in.
Who waited for that lock finds its file moved and is told so (LedgerReplaced): nothing is ever written to a file without a name. The
new file is whole, verified and synced before; one rename puts it in place. On Windows an open ledger cannot be replaced at all.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from botoxcli.errors import LedgerBusy, NoLedger
from botoxcli.on_disk import NO_LINKS_HERE, sync_folder
from botoxcli.store.engine import BUSY_MS

_RESERVED_BYTE = 0x40000000 + 1  # where SQLite's unix locking keeps the one writer's lock
_PAUSE = 0.05
_AT_ONCE = 1 << 20


@contextmanager
def writing_stopped(path: Path) -> Iterator[None]:
    """Nobody else writes to the file at ``path`` until the block ends. Raises LedgerBusy after the usual wait, NoLedger without a file.

    No connection of this process may be open to the file, and no descriptor of it be closed, inside the block: SQLite frees the whole file
    with the last of its shared locks, and closing a file drops all locks that its process has on it.
    """
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        raise NoLedger(str(path)) from None
    try:
        _take_reserved(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def put_in_place(new: Path, path: Path, aside: Path | None = None) -> None:
    """Gives ``new`` the name ``path``; the old file keeps a name only as ``aside``, with what is left of its journal.

    Raises FileExistsError when something is at ``aside``.
    """
    journal = path.with_name(path.name + "-journal")
    with ExitStack() as until_swapped:
        if aside is not None:
            _keep(path, aside, until_swapped)
            with suppress(FileNotFoundError):
                journal.rename(aside.with_name(aside.name + "-journal"))
        else:
            journal.unlink(missing_ok=True)  # the old file's: SQLite would roll it back into the new one
        sync_folder(path.parent)  # first the old one's other name and its journal's end: after a power cut the rename may be all that is there
        try:
            new.replace(path)
        except BaseException:
            _take_back(path, aside)
            raise
    sync_folder(path.parent)


def _take_back(path: Path, aside: Path | None) -> None:
    """One file under two names is no ledger kept aside: what is written to one is written to both."""
    if aside is not None:
        with suppress(FileNotFoundError):
            aside.with_name(aside.name + "-journal").rename(path.with_name(path.name + "-journal"))
        aside.unlink(missing_ok=True)


def _keep(path: Path, aside: Path, until: ExitStack) -> None:
    """A second name for the file; on a disk without them a copy, through a descriptor that stays open for the sake of the lock."""
    try:
        os.link(path, aside, follow_symlinks=False)
    except OSError as error:
        if error.errno not in NO_LINKS_HERE:
            raise
        source = os.open(path, os.O_RDONLY)
        until.callback(os.close, source)
        target = os.open(aside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(target, "wb") as kept:
            while part := os.read(source, _AT_ONCE):
                kept.write(part)
            kept.flush()
            os.fsync(kept.fileno())


def _take_reserved(descriptor: int, path: Path) -> None:
    try:
        import fcntl
    except ImportError:
        return
    until = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _RESERVED_BYTE, os.SEEK_SET)
        except OSError:
            if time.monotonic() > until:
                raise LedgerBusy(str(path)) from None
            time.sleep(_PAUSE)
        else:
            return
