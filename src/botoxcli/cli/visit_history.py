"""``--history``: a visit as it was first recorded, then every correction with who, when and why, and what withdrew it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from botoxcli.cli.rows import Form, write_item
from botoxcli.terminal.lines import Section

if TYPE_CHECKING:
    from botoxcli.cli.state import State
    from botoxcli.clinic.past_visit import VisitVersion
    from botoxcli.workflow.history import Told

STANDING = {"current": "stands now", "replaced": "replaced by a later version", "void": "voided", "undone": "taken back"}


def print_visit_history(state: State, visit: int, form: Form) -> None:
    """The history on stdout. Raises NotFound for a visit that never was."""
    from botoxcli.terminal.lines import print_sheet
    from botoxcli.workflow.history import version_item, visit_history

    with state.reader() as reader:
        told = visit_history(reader, visit)
        zone = state.zone(reader.settings())
    head = told[-1].version.visit.head
    if form is Form.JSON:
        write_item("visit-history", {"visit": visit, "patient": head.patient, "kind": head.kind, "versions": [version_item(one) for one in told]})
        return
    print_sheet(f"History of visit {visit}: {head.kind} of {head.patient}", history_sections(told, zone))


def history_sections(told: Sequence[Told], zone: str) -> Iterator[Section]:
    """The original whole, then what each later version changed."""
    from botoxcli.cli.visit_sheet import visit_sections

    first = told[0].version
    yield Section(_title("Original", first), (f"Day: {first.visit.head.date}",), "")
    yield from visit_sections(first.visit, zone)
    for one in told:
        version = one.version
        if version.version > 1:
            yield Section(_title(f"Version {version.version}", version), tuple(_why(version)) + (one.changes or ("nothing but its findings",)))
        if version.voided:
            gone = version.voided
            yield Section("Voided", (f"{gone.at:%Y-%m-%d %H:%M} UTC by {gone.by}: {gone.reason or 'reason forgotten'}",))


def _title(name: str, version: VisitVersion) -> str:
    head = version.visit.head
    undone = version.undone
    taken = f" {undone.at:%Y-%m-%d %H:%M} UTC by {undone.by}" if undone else ""
    return f"{name}, recorded {head.recorded_at:%Y-%m-%d %H:%M} UTC by {head.recorded_by}: {STANDING[version.standing]}{taken}"


def _why(version: VisitVersion) -> Iterator[str]:
    yield f"Why: {version.reason or 'forgotten'}"
