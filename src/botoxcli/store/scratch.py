"""A folder for work in hand, beside where its result goes: private, and gone at the end, whatever the end was.

Conventions. It is held with flock for as long as its process lives, so that what a killed process left can be told from work in hand; the next one of
the same name in the same place removes it. SQLite's own locks are of another kind and do not meet these.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from botoxcli.errors import BotoxError

_NO_FOLLOW = getattr(os, "O_NOFOLLOW", 0)
_A_FOLDER = getattr(os, "O_DIRECTORY", 0)


@contextmanager
def scratch_folder(parent: Path, name: str) -> Iterator[Path]:
    """A new folder in ``parent``, 0700, removed at the end with all that is in it. What killed ones of this name left is removed too."""
    _sweep(parent, name)
    folder, held = _made(parent, name)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if held is not None:
            os.close(held)


def new_file(path: Path) -> None:
    """An empty file, 0600 from its first byte. A disk that knows no permissions keeps its own. Raises OSError."""
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY | _NO_FOLLOW, 0o600)
    try:
        with suppress(PermissionError):  # a memory stick with FAT, on which nothing is private
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


@contextmanager
def spoken_of(stand_in: Path, path: Path, kind: type[BotoxError] = BotoxError) -> Iterator[None]:
    """In the errors of this kind inside the block ``stand_in``, which nobody knows, is called by the path it stands for."""
    try:
        yield
    except kind as error:
        error.sentence = error.sentence.replace(str(stand_in), str(path))
        error.args = (error.sentence,)
        raise


def _made(parent: Path, name: str) -> tuple[Path, int | None]:
    """A folder that is there and held. Another process may take it for a leftover at any moment before it is held: then a new one."""
    while True:
        folder = parent / f".{name}.{os.urandom(8).hex()}.tmp"
        folder.mkdir(mode=0o700)
        with suppress(PermissionError, FileNotFoundError):
            folder.chmod(0o700)
        held = _hold(folder, wait=True)
        if folder.is_dir():
            return folder, held
        if held is not None:
            os.close(held)


def is_scratch(folder: Path, name: str | None = None) -> bool:
    """Whether a folder has the name of one made here: for this work, or for any."""
    return re.fullmatch(rf"\.{'.+' if name is None else re.escape(name)}\.[0-9a-f]{{16}}\.tmp", folder.name) is not None


def _sweep(parent: Path, name: str) -> None:
    with suppress(OSError):
        for left in [one for one in parent.iterdir() if is_scratch(one, name)]:
            held = _hold(left, wait=False)
            if held is not None:
                shutil.rmtree(left, ignore_errors=True)
                os.close(held)


def _hold(folder: Path, *, wait: bool) -> int | None:
    """A descriptor that holds the folder; None where somebody else does, where it is not ours, or where nothing can be held."""
    try:
        import fcntl

        descriptor = os.open(folder, os.O_RDONLY | _A_FOLDER | _NO_FOLLOW)
    except (ImportError, OSError):
        return None
    try:
        if os.fstat(descriptor).st_uid == os.geteuid():
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            return descriptor
    except OSError:
        pass
    os.close(descriptor)
    return None
