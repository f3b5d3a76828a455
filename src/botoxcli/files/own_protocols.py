"""The practitioner's own protocols: a folder with ``ID.yaml``, the edition in use, and beside it ``ID.SHA256.yaml``, those before it.

A file of theirs goes before the one of the same id that came with the program. Nothing is ever overwritten: an edition that is replaced
is kept under the first KEPT characters of its sha256. Files are 0600, a folder that we make 0700.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from botoxcli.errors import CannotWrite, NotFound, ValueRefused
from botoxcli.files.output import output
from botoxcli.files.protocol_yaml import SUFFIX, LoadedProtocol, load_protocol, protocol_ids, read_bytes, sha256_of
from botoxcli.on_disk import sync_folder

KEPT = 16
_KEPT_NAME = re.compile(rf"[a-z0-9-]+\.[0-9a-f]{{{KEPT}}}\{SUFFIX}\Z")


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a file that was added. ``kept`` is the edition that it replaced, now beside it; ``standing``: it was in use already."""

    path: Path
    kept: Path | None = None
    standing: bool = False


@dataclass(frozen=True, slots=True)
class EditionFile:
    """A file with an edition: where it comes from, and whether it is the one that new visits follow."""

    path: Path
    origin: Literal["own", "shipped"]
    in_use: bool

    @property
    def sha256(self) -> str:
        """By which the edition is known."""
        return sha256_of(read_bytes(self.path))


def file_in_use(protocol_id: str, own: Path, shipped: Path) -> Path:
    """The file of the edition that is followed now: the practitioner's own, else the one that came along. Raises NotFound."""
    for folder in (own, shipped):
        if protocol_id in protocol_ids(folder):
            return folder / f"{protocol_id}{SUFFIX}"
    known = sorted({*protocol_ids(own), *protocol_ids(shipped)})
    raise NotFound("protocol", f"There is {', '.join(known)}." if known else "")


def load_in_use(protocol_id: str, own: Path, shipped: Path) -> LoadedProtocol:
    """The edition that is followed now. Raises NotFound, ProtocolInvalid, ValueRefused for a file that is named for another protocol."""
    loaded = load_protocol(file_in_use(protocol_id, own, shipped))
    if loaded.protocol.id != protocol_id:
        raise ValueRefused(f"{protocol_id}{SUFFIX}", "the protocol in this file has another id", "Name the file after the id that stands in it.")
    return loaded


def files_of_editions(own: Path, shipped: Path) -> Iterator[EditionFile]:
    """Every edition that stands in a file: those in use, by id; then those that are not."""
    mine, came_along = protocol_ids(own), protocol_ids(shipped)
    for name in sorted({*mine, *came_along}):
        yield EditionFile(file_in_use(name, own, shipped), "own" if name in mine else "shipped", in_use=True)
    yield from (EditionFile(path, "own", in_use=False) for path in _kept_editions(own))
    yield from (EditionFile(shipped / f"{name}{SUFFIX}", "shipped", in_use=False) for name in came_along if name in mine)


def _kept_editions(own: Path) -> Iterator[Path]:
    """The files of the editions that were in use before."""
    try:
        names = sorted(file.name for file in own.iterdir())
    except OSError:
        return
    yield from (own / name for name in names if _KEPT_NAME.match(name))


def add(loaded: LoadedProtocol, own: Path, *, dry_run: bool = False) -> Added:
    """Puts an edition into use. What was in use stays beside it; the same text again changes nothing. Raises CannotWrite."""
    path = own / f"{loaded.protocol.id}{SUFFIX}"
    before = read_bytes(path) if path.exists() else None
    if before is not None and sha256_of(before) == loaded.sha256:
        return Added(path, standing=True)
    kept = own / f"{loaded.protocol.id}.{sha256_of(before)[:KEPT]}{SUFFIX}" if before is not None else None
    if not dry_run:
        _make_private(own)
        if kept is not None and before is not None and not kept.exists():
            _write(kept, _text(before, path))
        _write(path, loaded.text)
    return Added(path, kept)


def _text(raw: bytes, path: Path) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise CannotWrite(str(path), "what stands there is no UTF-8 text and would be lost; move it away") from None


def _write(path: Path, text: str) -> None:
    with output(path) as stream:
        stream.write(text)


def _make_private(folder: Path) -> None:
    """The folder and those above it that are not there, each 0700 and its name on the disk; one that stands is left as it is."""
    missing = []
    while not folder.exists():
        missing.append(folder)
        folder = folder.parent
    try:
        for one in reversed(missing):
            one.mkdir(mode=0o700)
            sync_folder(one.parent)
    except OSError as error:
        raise CannotWrite(str(missing[0]), (error.strerror or "no folder can be made").lower()) from error
