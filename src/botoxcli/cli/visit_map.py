"""The head map beneath a session that is shown on a terminal. A pipe has the list of injections alone, as scripts know it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botoxcli.clinic.head_map import HeadMap
    from botoxcli.clinic.past_visit import WholeVisit
    from botoxcli.store.reader import Reader


def map_of_visit(reader: Reader, visit: WholeVisit) -> HeadMap | None:
    """What was injected, on the map of the edition that the session followed; None where the map has nothing to show."""
    from botoxcli.clinic.head_map import session_map
    from botoxcli.files.protocol_yaml import read_protocol

    if visit.head.kind != "session" or not visit.injections:
        return None
    sha256 = visit.head.edition_sha256
    protocol = read_protocol(reader.edition_text(sha256), f"edition {sha256[:12]}").protocol
    head_map = session_map(protocol, visit.injections)
    return head_map if head_map.views else None


def print_visit_map(head_map: HeadMap | None) -> None:
    """The map, on a terminal that has room for it."""
    from botoxcli.terminal.head_map_screen import print_drawing

    if head_map is not None:
        print_drawing(head_map, title="Map")
