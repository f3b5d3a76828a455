"""The edition in use in brief, when its text is one that was checked whole before: read strictly as YAML, and not checked again.

Conventions. Whether a text was checked the caller knows, by its sha256: an edition is pinned into the ledger only after it was. Whatever is not
plainly so, a file that cannot be read among it, gives None here, and goes the long way of ``own_protocols``, which says what is wrong.
"""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botoxcli.clinic.brief_edition import BriefEdition

LARGEST = 256 * 1024  # as protocol_yaml.MAX_BYTES


def checked_in_use(protocol_id: str, folders: Iterable[Path], is_checked: Callable[[str], bool]) -> BriefEdition | None:
    """The edition in the first of the folders that has a file of that protocol; ``is_checked`` knows texts by their sha256."""
    for folder in folders:
        try:
            names = {file.name for file in folder.iterdir()}
        except OSError:
            continue
        if f"{protocol_id}.yaml" in names:
            raw = _regular(folder / f"{protocol_id}.yaml")
            found = checked_text(raw) if raw is not None and is_checked(hashlib.sha256(raw).hexdigest()) else None
            return found if found is not None and found.id == protocol_id else None
    return None


def checked_text(text: str | bytes) -> BriefEdition | None:
    """The edition in a text that was checked."""
    from botoxcli.clinic.brief_edition import brief_edition
    from botoxcli.files.yaml_strict import read_document

    try:
        document = read_document(text.decode("utf-8") if isinstance(text, bytes) else text)
    except UnicodeDecodeError:
        return None
    return brief_edition(document.value) if document.whole and not document.problems else None


def _regular(path: Path) -> bytes | None:
    """The bytes of a regular file of a protocol's size."""
    try:
        found = path.stat()
        return path.read_bytes() if stat.S_ISREG(found.st_mode) and found.st_size <= LARGEST else None
    except OSError:
        return None
