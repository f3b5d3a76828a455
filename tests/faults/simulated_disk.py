"""A disk that loses its power: which writes were made, which of them were made to last, and what may stand there afterwards.

Conventions. The files are really written, below one folder; beside them the disk keeps a log. A write is sure once its file was
synced, a name (made, moved, taken away) once its folder was. ``after_a_cut`` draws one of the possible outcomes of a cut after so many events:
all that was sure, and of the rest any part, in any order, torn at 512 bytes. It is harsher than most real disks: syncing a file
does not keep its name.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

SECTOR = 512
_BLOCK = 4096


@dataclass(frozen=True, slots=True)
class Write:
    file: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Resize:
    file: int
    size: int


@dataclass(frozen=True, slots=True)
class FileSynced:
    file: int


@dataclass(frozen=True, slots=True)
class Named:
    """A name now stands for a file; with ``old`` that name goes in the same instant. A folder is the file ``FOLDER``."""

    folder: Path
    path: Path
    file: int
    old: Path | None = None


@dataclass(frozen=True, slots=True)
class Unnamed:
    folder: Path
    path: Path


@dataclass(frozen=True, slots=True)
class FolderSynced:
    folder: Path


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The program said that it is done: ``what`` was promised from now on."""

    what: str


FOLDER = 0
Event = Write | Resize | FileSynced | Named | Unnamed | FolderSynced | Acknowledged


@dataclass
class SimulatedDisk:
    """What happened to the files below ``root``, in order."""

    root: Path
    events: list[Event] = field(default_factory=list)
    syncs_lie: bool = False
    began: int = 0
    _names: dict[Path, int] = field(default_factory=dict)
    _held: dict[int, bytearray] = field(default_factory=dict)
    _open_in_sqlite: dict[Path, int] = field(default_factory=dict)
    _last_file: int = FOLDER

    def begin(self) -> None:
        """What stands now was there, and is sure."""
        self.look()
        self.events += [FileSynced(file) for file in self._held]
        self.events += [FolderSynced(folder) for folder in {self.root, *(path.parent for path in self._names)}]
        self.began = len(self.events)

    def acknowledged(self, what: str) -> None:
        self.look()
        self.events.append(Acknowledged(what))

    def opened_by_sqlite(self, path: Path, change: int) -> None:
        """From now on (+1) until it is closed (-1) the file's writes are told one by one."""
        self.look()
        self._open_in_sqlite[path] = self._open_in_sqlite.get(path, 0) + change

    def wrote(self, path: Path, offset: int, data: bytes) -> None:
        self._write(self._names[path], offset, data)

    def resized(self, path: Path, size: int) -> None:
        self._resize(self._names[path], size)

    def file_synced(self, path: Path) -> None:
        if not self.syncs_lie:
            self.events.append(FileSynced(self._names[path]))

    def folder_synced(self, folder: Path) -> None:
        if not self.syncs_lie:
            self.events.append(FolderSynced(folder))

    def named(self, path: Path, old: Path | None = None) -> None:
        """A rename from ``old``, or another name for a file that is known."""
        file = self._names.pop(old) if old else self._id_of(path)
        self._names[path] = file
        self.events.append(Named(path.parent, path, file, old))
        if old and old.parent != path.parent:
            self.events.append(Unnamed(old.parent, old))

    def unnamed(self, path: Path) -> None:
        if self._names.pop(path, None) is not None:
            self.events.append(Unnamed(path.parent, path))

    def descriptor_synced(self, descriptor: int) -> None:
        """``os.fsync``: of a file, or of a folder."""
        self.look()
        found = os.fstat(descriptor)
        for path in (self.root, *self._names):
            there = path.stat(follow_symlinks=False) if path.exists() else None
            if there and os.path.samestat(there, found):
                self.folder_synced(path) if path.is_dir() else self.file_synced(path)
                return

    def look(self) -> None:
        """Takes note of what was done to files without SQLite: new and missing names, other bytes."""
        there = {path: path for path in sorted(self.root.rglob("*"))}
        for path in [path for path in self._names if path not in there]:
            self.unnamed(path)
        for path in there:
            if path not in self._names:
                self._names[path] = file = self._id_of(path)
                self.events.append(Named(path.parent, path, file))
            if not path.is_dir() and not self._open_in_sqlite.get(path):
                self._compare(self._names[path], path.read_bytes())

    def _id_of(self, path: Path) -> int:
        if path.is_dir():
            return FOLDER
        for other, file in self._names.items():
            if file != FOLDER and other.exists() and other.samefile(path):
                return file
        self._last_file += 1
        self._held[self._last_file] = bytearray()
        return self._last_file

    def _compare(self, file: int, now: bytes) -> None:
        before = self._held[file]
        if before == now:
            return
        if len(before) > len(now):
            self._resize(file, len(now))
        for offset in range(0, len(now), _BLOCK):
            if before[offset : offset + _BLOCK] != (block := now[offset : offset + _BLOCK]):
                self._write(file, offset, block)

    def _write(self, file: int, offset: int, data: bytes) -> None:
        _put(self._held[file], offset, data)
        self.events.append(Write(file, offset, data))

    def _resize(self, file: int, size: int) -> None:
        _cut(self._held[file], size)
        self.events.append(Resize(file, size))

    def after_a_cut(self, upto: int, chance: random.Random) -> dict[Path, bytes | None]:
        """What stands where after a cut that followed the first ``upto`` events; None for a folder."""
        sure_names: dict[Path, int] = {}
        open_names: dict[Path, list[Named | Unnamed]] = {}
        sure: dict[int, bytearray] = {}
        unsure: dict[int, list[Write | Resize]] = {}
        for event in self.events[:upto]:
            match event:
                case Write() | Resize():
                    unsure.setdefault(event.file, []).append(event)
                case FileSynced():
                    for one in unsure.pop(event.file, []):
                        _apply(sure.setdefault(event.file, bytearray()), one)
                case Named() | Unnamed():
                    open_names.setdefault(event.folder, []).append(event)
                case FolderSynced():
                    for change in open_names.pop(event.folder, []):
                        _rename(sure_names, change)
        share = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0))
        for change in (change for changes in open_names.values() for change in changes):
            if chance.random() < share:
                _rename(sure_names, change)
        share, grows = chance.choice((0.0, 0.1, 0.5, 0.9, 1.0)), chance.random() < 0.5
        for file, changes in unsure.items():
            _apply_a_part(sure.setdefault(file, bytearray()), changes, chance, share, grows)
        reached = {path: file for path, file in sure_names.items() if self._is_reached(path, sure_names)}
        return {path: None if file == FOLDER else bytes(sure.get(file, b"")) for path, file in sorted(reached.items())}

    def _is_reached(self, path: Path, names: dict[Path, int]) -> bool:
        return all(parent in names for parent in path.parents if parent.is_relative_to(self.root) and parent != self.root)


def _apply_a_part(held: bytearray, changes: list[Write | Resize], chance: random.Random, share: float, grows: bool) -> None:
    """Any sectors of these changes; with ``grows`` the file is as long as it was to be, with zeros where nothing came."""
    for change in changes:
        if isinstance(change, Resize):
            if chance.random() < share:
                _cut(held, change.size)
            continue
        for offset, sector in _sectors(change):
            if chance.random() < share:
                _put(held, offset, sector)
            elif grows:
                _cut(held, max(len(held), offset + len(sector)))


def _sectors(write: Write) -> Iterator[tuple[int, bytes]]:
    begin, end = write.offset, write.offset + len(write.data)
    while begin < end:
        stop = min(end, (begin // SECTOR + 1) * SECTOR)
        yield begin, write.data[begin - write.offset : stop - write.offset]
        begin = stop


def _apply(held: bytearray, change: Write | Resize) -> None:
    if isinstance(change, Write):
        _put(held, change.offset, change.data)
    else:
        _cut(held, change.size)


def _put(held: bytearray, offset: int, data: bytes) -> None:
    _cut(held, max(len(held), offset + len(data)))
    held[offset : offset + len(data)] = data


def _cut(held: bytearray, size: int) -> None:
    """Makes it exactly so long."""
    del held[size:]
    held.extend(bytes(size - len(held)))


def _rename(names: dict[Path, int], change: Named | Unnamed) -> None:
    if isinstance(change, Unnamed):
        names.pop(change.path, None)
        return
    if change.old:
        names.pop(change.old, None)
    names[change.path] = change.file
