"""Where a ledger is, and what opens it: a path, and for an encrypted one the way to its key.

A bare path stands for a ledger without a key wherever a place is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from botoxcli.store.key import Key


class Place(NamedTuple):
    """``key`` is called only when an encrypted file is met or made: it may read a file or ask a person, and does so once."""

    path: Path
    key: Callable[[], Key] | None = None

    @classmethod
    def of(cls, place: Path | Place) -> Place:
        """A bare path as a place without a key."""
        return place if isinstance(place, Place) else cls(place)

    def at(self, path: Path) -> Place:
        """Another file that the same key opens: a backup, the file beside."""
        return Place(path, self.key)


def asked_once(ask: Callable[[], Key]) -> Callable[[], Key]:
    """The same, but whoever is asked is asked once in this process. A refusal is no answer and is not kept."""
    return cache(ask)
