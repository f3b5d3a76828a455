"""A whole ledger as a folder of plain files: one of JSON lines for each table, the protocols' texts, a README and the manifest.

Conventions. A line is a JSON object with the table's columns in their order, UTF-8, NULL as ``null``; characters that hide from a reader
stand as ``\\uXXXX``. The folder is 0700 and every file 0600 from its first byte. The manifest is written last. Raises OSError.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from botoxcli.errors import CannotWrite, ValueRefused
from botoxcli.files.json_rows import json_text
from botoxcli.files.whole_manifest import NAME, PROTOCOLS, Part, WholeManifest, file_of
from botoxcli.on_disk import sync_folder

STEP = 2_000  # rows between two calls of ``told``
Told = Callable[[int], None]


def refuse_place(folder: Path) -> None:
    """Raises CannotWrite where no folder can be made, ValueRefused for one that holds something already."""
    try:
        if folder.is_symlink():
            raise CannotWrite(str(folder), "it is a symbolic link, and those are not followed")
        if not folder.parent.is_dir():
            raise CannotWrite(str(folder), "there is no such folder to make it in")
        if os.path.lexists(folder) and not folder.is_dir():
            raise CannotWrite(str(folder), "there is a file of this name")
        if folder.is_dir() and any(folder.iterdir()):
            raise ValueRefused("--output", "this folder holds something already", "Name a folder that is not there: it is made. Nothing was written.")
    except (OSError, ValueError) as error:
        raise CannotWrite(str(folder), (getattr(error, "strerror", None) or "this is no folder's name").lower()) from error


@dataclass(slots=True)
class FolderWriter:
    """Writes the files of a new ``folder``, one after the other. ``told`` hears now and then how many rows were written."""

    folder: Path
    told: Told | None = None
    parts: list[Part] = field(default_factory=list)
    rows: int = 0

    def begin(self) -> None:
        """Makes the folder."""
        self.folder.mkdir(mode=0o700)
        with suppress(PermissionError):  # a memory stick on which nothing is private
            self.folder.chmod(0o700)

    def table(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """The file of a table, row by row."""
        name, count = file_of(table), 0
        with _Summed(self.folder / name) as stream:
            for row in rows:
                stream.write(json_text(dict(zip(columns, row, strict=True))) + "\n")
                count += 1
                if self.told and (self.rows + count) % STEP == 0:
                    self.told(self.rows + count)
        self.rows += count
        self.parts.append(Part(name, stream.length, stream.sha256, table, count))

    def protocols(self, editions: Iterable[tuple[int, str, str]], text_of: Callable[[int], str]) -> None:
        """The text of every edition (number, protocol, label) as a file to read."""
        inner = self.folder / PROTOCOLS
        inner.mkdir(mode=0o700)
        for number, protocol, label in editions:
            self.text(f"{PROTOCOLS}/{_file_name(number, protocol, label)}", text_of(number))
        sync_folder(inner)

    def text(self, name: str, text: str) -> None:
        """A file for people."""
        with _Summed(self.folder / name) as stream:
            stream.write(text)
        self.parts.append(Part(name, stream.length, stream.sha256))

    def finish(self, about: Mapping[str, Any]) -> WholeManifest:
        """The manifest, which names all that was written. Nothing may be written after it."""
        manifest = WholeManifest(**about, files=tuple(self.parts))
        with _Summed(self.folder / NAME) as stream:
            stream.write(manifest.text())
        sync_folder(self.folder)
        return manifest


def put_folder_in_place(built: Path, folder: Path) -> None:
    """Gives the folder its name; an empty one of that name makes way."""
    if folder.is_dir():
        folder.rmdir()
    built.rename(folder)
    sync_folder(folder.parent)


class _Summed:
    """A new file, 0600, that knows its length and sha256 and is on the disk when it is closed."""

    def __init__(self, path: Path) -> None:
        self._path, self._sum, self.length = path, hashlib.sha256(), 0
        self._stream: BinaryIO

    def __enter__(self) -> _Summed:
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0)
        self._stream = os.fdopen(os.open(self._path, flags, 0o600), "wb")
        with suppress(PermissionError):
            self._path.chmod(0o600)
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        with self._stream:
            if kind is None:
                self._stream.flush()
                os.fsync(self._stream.fileno())

    def write(self, text: str) -> None:
        """Adds text, as UTF-8."""
        told = text.encode()
        self._stream.write(told)
        self._sum.update(told)
        self.length += len(told)

    @property
    def sha256(self) -> str:
        """Of all that was written."""
        return self._sum.hexdigest()


def _file_name(number: int, protocol: str, label: str) -> str:
    words = re.sub(r"[^A-Za-z0-9._-]+", "-", f"{protocol}-{label}").strip("-.")[:80]
    return f"{number}-{words}.yaml"
