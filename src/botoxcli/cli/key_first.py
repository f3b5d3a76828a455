"""Whoever must be asked for a key is asked before a bar is on the screen, which would be drawn over the question."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from botoxcli.errors import BotoxError, WrongKey

if TYPE_CHECKING:
    from botoxcli.store.place import Place


def ask_key_first(place: Place, *files: Path) -> None:
    """Comes by the key, once, if the ledger or one of the other files is encrypted. What is wrong with a file or a key, its opening says."""
    if place.key and any(map(_is_encrypted, (place.path, *files))):
        try:
            place.key()
        except WrongKey:
            return


def _is_encrypted(path: Path) -> bool:
    from botoxcli.store.engine import salt_or_refuse

    try:
        return salt_or_refuse(path) is not None
    except BotoxError:
        return False
