"""The manifest of a whole export: ``manifest.json``, which names every other file of the folder with what it must be.

Conventions. It holds no patient's data. ``rows`` is the number of lines of a table's file, None for a file that is only read by people.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, BinaryIO

from botoxcli.errors import FolderRefused, ValueRefused

NAME = "manifest.json"
README = "README.txt"
PROTOCOLS = "protocols"
SCHEMA = "botoxcli/all/1"
_LONGEST = 1 << 24
_AT_ONCE = 1 << 20
_TEXT_FILE = re.compile(rf"{re.escape(README)}|{PROTOCOLS}/[A-Za-z0-9][A-Za-z0-9._-]*\.yaml")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Part:
    """One file: its name in the folder, its bytes, and for a table's file its table and rows."""

    file: str
    bytes: int
    sha256: str
    table: str | None = None
    rows: int | None = None


@dataclass(frozen=True, slots=True)
class WholeManifest:
    """``head`` is the hash of the last entry, ``identified`` whether names and free text are in the folder."""

    program: str
    made_at: str
    schema_version: int
    identified: bool
    entries: int
    head: str
    last_entry_at: str
    files: tuple[Part, ...]

    def text(self) -> str:
        """The file's whole text."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, ensure_ascii=False, indent=2) + "\n"

    @property
    def tables(self) -> dict[str, Part]:
        """Table -> its file."""
        return {part.table: part for part in self.files if part.table is not None}

    @property
    def rows(self) -> int:
        """Of all tables together."""
        return sum(part.rows or 0 for part in self.files)


def file_of(table: str) -> str:
    """The name of a table's file."""
    return f"{table}.jsonl"


def read_manifest(folder: Path) -> WholeManifest:
    """The manifest of a folder. Raises ValueRefused when there is no such folder, FolderRefused for one that is not ours or newer."""
    if not folder.is_dir():
        raise ValueRefused("FOLDER", "there is no such folder", "Name the folder that `botox export all` made.")
    try:
        with opened(folder, NAME) as stream:
            held = json.loads(stream.read(_LONGEST))
    except FileNotFoundError:
        raise FolderRefused.of(NAME, "there is none in the folder", next_step="Name the folder that `botox export all` made.") from None
    except (ValueError, RecursionError):
        raise FolderRefused.of(NAME, "it cannot be read as JSON") from None
    schema = held.get("schema") if isinstance(held, dict) else None
    if schema != SCHEMA:
        newer = isinstance(schema, str) and re.fullmatch(r"botoxcli/all/[1-9]\d{0,5}", schema)
        why = "it was made by a newer program" if newer else "it is not that of a whole export"
        raise FolderRefused.of(NAME, why, next_step="Update botoxcli, then import it." if newer else "")
    return _checked(held)


@contextmanager
def opened(folder: Path, name: str) -> Iterator[BinaryIO]:
    """A file of the folder, to read. Raises FileNotFoundError, and FolderRefused for what is no regular file or cannot be read."""
    try:
        descriptor = os.open(folder / name, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except FileNotFoundError:
        raise
    except OSError:
        raise FolderRefused.of(name, "it is no regular file, or it cannot be opened") from None
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise FolderRefused.of(name, "it is no regular file")
        try:
            yield stream
        except OSError:
            raise FolderRefused.of(name, "the disk refuses to read it") from None


def measured(stream: BinaryIO) -> tuple[int, str, int]:
    """The bytes, the sha256 and the lines of what is left of a stream."""
    summed, length, lines = hashlib.sha256(), 0, 0
    while part := stream.read(_AT_ONCE):
        summed.update(part)
        length += len(part)
        lines += part.count(b"\n")
    return length, summed.hexdigest(), lines


def _checked(held: dict[str, Any]) -> WholeManifest:
    parts = held.get("files")
    told: dict[str, Any] = {field.name: held.get(field.name) for field in fields(WholeManifest)}
    kinds = {"schema_version": int, "identified": bool, "entries": int, "files": list}
    if any(type(value) is not kinds.get(name, str) for name, value in told.items()) or not isinstance(parts, list):
        raise FolderRefused.of(NAME, "it does not say what a manifest says")
    files = tuple(_part(number, part) for number, part in enumerate(parts, start=1))
    if len({part.file for part in files}) != len(files):
        raise FolderRefused.of(NAME, "it names a file twice")
    return WholeManifest(**{**told, "files": files})


def _part(number: int, held: Any) -> Part:
    """One line of ``files``. What it names stands in the folder or in its ``protocols``, and nowhere else."""
    kinds: dict[str, tuple[type, ...]] = {"file": (str,), "bytes": (int,), "sha256": (str,), "table": (str, type(None)), "rows": (int, type(None))}
    fits = isinstance(held, dict) and held.keys() == kinds.keys() and all(type(held[name]) in kind for name, kind in kinds.items())
    if not fits or not _SHA256.fullmatch(held["sha256"]) or not _is_named_well(held["file"], held["table"], held["rows"]):
        raise FolderRefused.of(NAME, f"what it says of file number {number} is not what a manifest says")
    return Part(**held)


def _is_named_well(file: str, table: str | None, rows: int | None) -> bool:
    if table is None:
        return rows is None and _TEXT_FILE.fullmatch(file) is not None
    return rows is not None and re.fullmatch(r"[a-z_]{1,40}", table) is not None and file == file_of(table)
