"""Editions of protocols: those that the ledger has pinned with its visits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PinnedEdition:
    """An edition whose text the ledger keeps. ``patients`` are those under care whose last visit of the protocol followed it."""

    edition_id: int
    protocol: str
    edition: str
    sha256: str
    patients: int
