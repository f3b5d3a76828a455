"""Two editions of a protocol side by side: what is otherwise, and how many patients are on which."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from botoxcli.clinic.editions import PinnedEdition
from botoxcli.clinic.protocol_diff import Difference, differences
from botoxcli.workflow.session import Edition


@dataclass(frozen=True)
class EditionUse:
    """An edition of the compared protocols and how many patients are on it."""

    sha256: str
    protocol: str
    edition: str
    patients: int
    place: str


@dataclass(frozen=True)
class Comparison:
    """The two editions, what is otherwise, and who is on which; ``uses`` is None without a ledger."""

    old: Edition
    new: Edition
    differences: tuple[Difference, ...]
    uses: tuple[EditionUse, ...] | None


def compare(old: Edition, new: Edition, pinned: Iterable[PinnedEdition] | None) -> Comparison:
    """``pinned`` are the ledger's editions, None without one. Those of other protocols are left out."""
    found = differences(old.protocol, new.protocol)
    return Comparison(old, new, found, None if pinned is None else tuple(_uses(old, new, tuple(pinned))))


def _uses(old: Edition, new: Edition, pinned: tuple[PinnedEdition, ...]) -> Iterable[EditionUse]:
    """The old one, the new one, then the others that somebody is on."""
    patients = {edition.sha256: edition.patients for edition in pinned}
    for place, one in {"old": old, "new": new}.items():
        if place == "old" or one.sha256 != old.sha256:
            yield EditionUse(one.sha256, one.protocol.id, one.protocol.edition, patients.get(one.sha256, 0), place)
    for edition in pinned:
        ours = edition.protocol in (old.protocol.id, new.protocol.id) and edition.sha256 not in (old.sha256, new.sha256)
        if ours and edition.patients:
            yield EditionUse(edition.sha256, edition.protocol, edition.edition, edition.patients, "other")


def comparison_item(comparison: Comparison) -> dict[str, Any]:
    """The comparison as plain values with stable names; ``patients`` is null without a ledger."""
    return {
        "old": _edition(comparison.old),
        "new": _edition(comparison.new),
        "differences": [
            {"section": one.section, "thing": one.thing, "what": one.what, "old": one.old, "new": one.new, "words": one.words()}
            for one in comparison.differences
        ],
        "patients": None
        if comparison.uses is None
        else [
            {"place": use.place, "protocol": use.protocol, "edition": use.edition, "sha256": use.sha256, "patients": use.patients}
            for use in comparison.uses
        ],
    }


def _edition(edition: Edition) -> dict[str, str]:
    return {"protocol": edition.protocol.id, "edition": edition.protocol.edition, "sha256": edition.sha256}
