"""A key file: one line of text that opens an encrypted ledger, readable by its owner alone.

Conventions. The line is a passphrase, a recovery code, or a raw key as 64 hex digits; what follows the first line break is not read. A file
that others may read is refused: it would be no secret. No error repeats what is in it.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path

from botoxcli.errors import CannotWrite, ValueRefused
from botoxcli.on_disk import place_new, sync_folder

WHERE = "--key-file"
_LONGEST = 4096


def read_key_file(path: Path, where: str = WHERE) -> str:
    """The file's first line, without its line break; it is never made by reading.

    Raises ValueRefused naming ``where``, the flag, and what is wrong with the file.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except (OSError, ValueError) as error:
        raise ValueRefused(where, (getattr(error, "strerror", None) or "this is no path").lower(), "Name the file that holds the key.") from None
    try:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise ValueRefused(where, "it is not a regular file", "Name the file that holds the key.")
        if os.name == "posix" and stat.S_IMODE(found.st_mode) & 0o077:
            raise ValueRefused(where, "others may read this file", "Make it private with chmod 600, and think of a new key.")
        held = os.read(descriptor, _LONGEST)
    finally:
        os.close(descriptor)
    try:
        line = held.decode().split("\n", 1)[0].rstrip("\r")
    except UnicodeDecodeError:
        raise ValueRefused(where, "it holds bytes that are no text", "Name the file that holds the key.") from None
    if not line:
        raise ValueRefused(where, "it is empty", "Name the file that holds the key.")
    return line


def write_key_file(path: Path, line: str, where: str = WHERE) -> None:
    """A new file, 0600 from its first byte, whole and synced before it has its name; nothing of it stays when the disk refuses.

    Raises ValueRefused when there is something at its place, CannotWrite as the disk says.
    """
    if os.path.lexists(path):
        raise _taken(where)
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except (OSError, ValueError) as error:
        raise _unwritten(path, error) from None
    try:
        try:
            os.fchmod(descriptor, 0o600)
            whole = f"{line}\n".encode()
            if os.write(descriptor, whole) != len(whole):  # a full disk takes what fits, and half a key is none
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        place_new(beside, path)
    except FileExistsError:
        raise _taken(where) from None
    except OSError as error:
        raise _unwritten(path, error) from None
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)  # a ledger whose key did not survive the power cut would be lost with it


def _taken(where: str) -> ValueRefused:
    return ValueRefused(where, "there is a file at this place already", "Name another place.")


def _unwritten(path: Path, error: OSError | ValueError) -> CannotWrite:
    return CannotWrite(str(path), (getattr(error, "strerror", None) or "this is no path").lower())
