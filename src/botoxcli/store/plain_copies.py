"""Which files hold a ledger that anybody can read: backups and leftovers of a ledger that is encrypted now."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from botoxcli.store import schema_version

_MAGIC = b"SQLite format 3\x00"


def plain_copies(folders: Iterable[Path]) -> tuple[Path, ...]:
    """The ledgers of ours in plain text in these folders, whatever their names, in order. A folder that cannot be read holds none."""
    return tuple(sorted(path for folder in folders for path in _files(folder) if _is_plain_ledger(path)))


def _files(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if stat.S_ISREG(path.lstat().st_mode)]
    except OSError:
        return []


def _is_plain_ledger(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return False
    try:
        head = os.read(descriptor, 100)
    finally:
        os.close(descriptor)
    return head.startswith(_MAGIC) and int.from_bytes(head[68:72], "big") == schema_version.APPLICATION_ID
