"""A file that was made beside its place gets its name there last, when it is whole and on the disk, and never in place of another."""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
NO_LINKS_HERE = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


def place_new(beside: Path, path: Path) -> None:
    """Gives the file its name, if nothing has it: a hard link, or on a disk without them a claim and a rename. Raises FileExistsError."""
    try:
        os.link(beside, path, follow_symlinks=False)
    except OSError as error:
        if error.errno not in NO_LINKS_HERE:
            raise
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | _NO_FOLLOW, 0o600))
        beside.replace(path)


def sync_file(path: Path) -> None:
    """What was written to the file is on the disk. Never while this process holds one of SQLite's locks on it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """The names in the folder, as they are now, survive a power cut."""
    with suppress(OSError):  # not every system can sync a folder
        sync_file(folder)
