"""An entry of the audit chain as a person looks at it: who changed what, when and why."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PastEntry:
    """``at`` is a UTC instant as text, ``patients`` are codes.

    ``reverses`` is the entry that an undo or a redo is about; ``withdrawn`` says that this one was undone.
    """

    seq: int
    at: str
    actor: str
    command: str
    visit: int | None
    patients: tuple[str, ...]
    reason: str | None
    hash: str
    reverses: int | None
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class LedgerMark:
    """Which ledger, and how far it has come: the hash of its first entry, which no other ledger has, and number and instant of its last."""

    first_hash: str
    entries: int
    last_at: str
