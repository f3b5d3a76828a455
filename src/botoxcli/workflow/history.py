"""Every version of a visit, told one after the other: who, when, why, and what it changed; and what withdrew it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botoxcli.clinic.past_visit import VisitVersion, Voided
from botoxcli.clinic.visit_changes import changes
from botoxcli.workflow.recorded import record_from
from botoxcli.workflow.visits import instant_text, visit_item

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader


@dataclass(frozen=True)
class Told:
    """A version with what it changed: nothing for the first. It is held against the version that stood when it was made."""

    version: VisitVersion
    changes: tuple[str, ...]


def visit_history(reader: Reader, visit: int) -> tuple[Told, ...]:
    """All versions of a visit, the first one first; of one that was voided or undone too. Raises NotFound."""
    return tuple(_told(reader.versions(visit), {vial.vial_id: vial.lot for vial in reader.vials()}))


def _told(versions: Iterable[VisitVersion], lots: Mapping[int, str]) -> Iterator[Told]:
    before = None
    for version in versions:
        record = record_from(version.visit)
        yield Told(version, changes(before, record, lots) if before is not None else ())
        if version.standing != "undone":
            before = record


def version_item(told: Told) -> dict[str, Any]:
    """A version as plain values, with the whole record."""
    version = told.version
    head = version.visit.head
    return {
        "version": version.version,
        "standing": version.standing,
        "recorded_at": instant_text(head.recorded_at),
        "recorded_by": head.recorded_by,
        "why": version.reason,
        "changes": list(told.changes),
        "voided": _withdrawn(version.voided),
        "undone": _withdrawn(version.undone),
        "record": visit_item(version.visit),
    }


def _withdrawn(by: Voided | None) -> dict[str, Any] | None:
    return {"at": instant_text(by.at), "by": by.by, "why": by.reason} if by else None
