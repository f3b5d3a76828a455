"""The manifest of a backup: a small JSON file beside it that says what it is, so that a change of it is seen without opening it.

Conventions. ``FILE.json`` belongs to ``FILE``. It holds no patient's data, so it is plain text beside an encrypted backup too. Instants are UTC.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from botoxcli.errors import BackupDiffers

SCHEMA = "botoxcli/backup/1"
_AT_ONCE = 1 << 20
_LONGEST = 1 << 16


@dataclass(frozen=True, slots=True)
class Manifest:
    """``file`` is the backup's name when it was made, ``head`` the hash of its last entry, ``entries`` how many there are."""

    file: str
    bytes: int
    sha256: str
    head: str
    entries: int
    last_entry_at: str
    schema_version: int
    program: str
    taken_at: str
    encrypted: bool

    def text(self) -> str:
        """The file's whole text."""
        return json.dumps({"schema": SCHEMA, **asdict(self)}, ensure_ascii=False, indent=2) + "\n"


def manifest_path(backup: Path) -> Path:
    """Where the manifest of a backup stands."""
    return backup.with_name(f"{backup.name}.json")


def read_manifest(backup: Path) -> Manifest | None:
    """The manifest beside a backup; None when there is none. Raises BackupDiffers for one that cannot be read as such."""
    path = manifest_path(backup)
    try:
        with path.open("rb") as opened:
            held = json.loads(opened.read(_LONGEST))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError):
        raise _no_manifest(backup) from None
    if not isinstance(held, dict) or held.get("schema") != SCHEMA or not all(_fits(held, field.name, str(field.type)) for field in fields(Manifest)):
        raise _no_manifest(backup)
    return Manifest(**{field.name: held[field.name] for field in fields(Manifest)})


def fingerprint(path: Path) -> tuple[int, str]:
    """The length and the sha256 of a file."""
    summed, length = hashlib.sha256(), 0
    with path.open("rb") as opened:
        while part := opened.read(_AT_ONCE):
            summed.update(part)
            length += len(part)
    return length, summed.hexdigest()


def _fits(held: dict[str, Any], name: str, kind: str) -> bool:
    return type(held.get(name)).__name__ == kind


def _no_manifest(backup: Path) -> BackupDiffers:
    return BackupDiffers(str(backup), "the manifest beside it cannot be read")
