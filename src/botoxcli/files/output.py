"""Where an answer goes: to stdout, or into a file that appears whole or not at all.

A file is written beside under another name, 0600, synced, and renamed into place last. No folder is made; a folder, a device or a symbolic link in
the way is refused. Raises CannotWrite.
"""

from __future__ import annotations

import codecs
import io
import os
import stat
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO, cast

from botoxcli.errors import CannotWrite
from botoxcli.on_disk import sync_folder


@contextmanager
def output(path: Path | None) -> Iterator[TextIO]:
    """The stream to write to: stdout without a path. When the block fails, the file that stood there is as it was."""
    if path is None:
        held = _Held()
        yield cast("TextIO", held)
        held.release(sys.stdout)
        return
    from secrets import token_hex

    _refuse_what_is_in_the_way(path)
    beside = path.with_name(f".{path.name}.{token_hex(8)}.part")
    try:
        descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError as error:
        raise _cannot_write(path, error) from error
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace", newline="") as stream:
            yield stream
            _on_disk(stream, path)
        _put_in_place(beside, path)
    except OSError as error:
        raise _cannot_write(path, error) from error
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()


def write_bytes(path: Path | None, content: bytes) -> None:
    """Bytes to stdout, or into a file that appears whole or not at all."""
    if path is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    with output(path) as stream:
        stream.buffer.write(content)


class _Held(io.TextIOBase):
    """Text on its way to stdout, kept small in memory until all of it is there.

    The rows come from a ledger that is read as they are written: a pager that nobody scrolls must not keep that read, and with it the
    ledger's lock, open.
    """

    def __init__(self) -> None:
        self._packer = zlib.compressobj(1)
        self._packed: list[bytes] = []

    def write(self, text: str) -> int:
        self._packed.append(self._packer.compress(text.encode("utf-8", "surrogatepass")))
        return len(text)

    def release(self, stream: TextIO) -> None:
        """Writes it all out."""
        unpacker, decoder = zlib.decompressobj(), codecs.getincrementaldecoder("utf-8")("surrogatepass")
        for part in (*self._packed, self._packer.flush()):
            stream.write(decoder.decode(unpacker.decompress(part)))
        stream.write(decoder.decode(unpacker.flush(), final=True))


def _refuse_what_is_in_the_way(path: Path) -> None:
    try:
        found = path.lstat()
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise _cannot_write(path, error) from error
    if stat.S_ISLNK(found.st_mode):
        raise CannotWrite(str(path), "it is a symbolic link, and those are not followed")
    if stat.S_ISDIR(found.st_mode):
        raise CannotWrite(str(path), "it is a folder")
    if not stat.S_ISREG(found.st_mode):
        raise CannotWrite(str(path), "it is no regular file")


def _on_disk(stream: TextIO, path: Path) -> None:
    try:
        stream.flush()
        os.fchmod(stream.fileno(), 0o600)
        os.fsync(stream.fileno())
    except OSError as error:
        raise _cannot_write(path, error) from error


def _put_in_place(beside: Path, path: Path) -> None:
    beside.replace(path)
    sync_folder(path.parent)


def _cannot_write(path: Path, error: OSError | ValueError) -> CannotWrite:
    return CannotWrite(str(path), (getattr(error, "strerror", None) or "this is no file name").lower())
