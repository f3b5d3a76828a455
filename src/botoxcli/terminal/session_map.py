"""The map beside the checklist: the views of the muscle on the screen, its sites lit under the numbers that can be typed.

A lit site is ``[3]`` while it is open, then ``[x3]``, ``[~3]``, ``[-3]``; extras are ``[+]``. Other muscles' sites are one sign: a point while
open, then the state's. So the map never shows a number that means something else at the prompt.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.head_map import HeadMap, Mark, checklist_map
from botoxcli.terminal.head_map import SIGNS, STYLES, Label, Row, caption, drawn, widened
from botoxcli.terminal.head_map_screen import as_text, can_draw

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_NARROW, _WIDE = 26, 44  # columns of the panel on a screen of 80, and on one from 120 on
_WIDE_FROM = 120
_KEPT = 9  # lines of the screen that are not the block's: what was said before, the heading, the total, the prompt
_LOWEST = 5
_TALLEST = 18


def panel(screen: Console, checklist: Checklist, muscle: str, sites: Sequence[str]) -> list[Text]:
    """The drawing for a muscle whose sites are typed as 1, 2 ... in this order; empty where the screen cannot draw or has no room."""
    if not can_draw(screen.file):
        return []
    head_map = checklist_map(checklist.protocol, checklist.in_order(), weight=checklist.weight)
    columns = _WIDE if screen.width >= _WIDE_FROM else _NARROW
    return as_text(_drawn(head_map, muscle, sites, columns, min(screen.height - _KEPT, _TALLEST)) or [])


def _drawn(head_map: HeadMap, muscle: str, sites: Sequence[str], columns: int, rows: int) -> list[Row] | None:
    """The views that hold the muscle, one above the other."""
    views = [view for view in head_map.views if any(mark.muscle == muscle for mark in view.marks)]
    numbers = {site: str(number) for number, site in enumerate(sites, start=1)}

    def label(mark: Mark) -> Label:
        sign = SIGNS[mark.state]
        if mark.muscle != muscle:
            return sign or "·", "dim"
        style = "bold reverse" if mark.state == "planned" else f"bold {STYLES[mark.state]}"
        return f"[{sign}{numbers.get(mark.site, '')}]", style

    block: list[Row] = []
    high = rows // max(len(views), 1) - 1
    for view in views:
        drawing = drawn(view, columns, high, label=label, near=True, first=sites) if high >= _LOWEST else None
        if drawing is None:
            return None
        block += [caption(view, columns), *widened(drawing, columns)]
    return block


def beside(lines: Sequence[Text], drawing: Sequence[Text], width: int) -> list[Text]:
    """The lines, so many columns wide at most, with the drawing to their right; both from the top."""
    from rich.text import Text

    joined = []
    for at in range(max(len(lines), len(drawing))):
        left = lines[at].copy() if at < len(lines) else Text()
        if at < len(drawing) and drawing[at].plain:
            left.append(" " * max(width - left.cell_len, 0))
            left.append_text(drawing[at])
        joined.append(left)
    return joined
