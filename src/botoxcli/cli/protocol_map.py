"""``botox protocol map``: the sites on the head, as a drawing for the screen, an SVG or the figures."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from botoxcli.cli.protocols import DEFAULT_PROTOCOL
from botoxcli.cli.rows import Form, write_rows
from botoxcli.cli.state import state_of

if TYPE_CHECKING:
    from botoxcli.clinic.head_map import HeadMap, SiteDose


class MapForm(StrEnum):
    """How the map is written."""

    TEXT = "text"
    SVG = "svg"
    JSON = "json"


def draw_map(
    ctx: typer.Context,
    protocol: str | None = typer.Argument(
        None, metavar="[ID|FILE|SHA256]", help="A protocol (default: the practice's), a file, or the first characters of an edition's sha256."
    ),
    form: MapForm = typer.Option(MapForm.TEXT, "--format", help="text (a drawing on a screen, a table in a pipe), svg or json."),
    output: Path | None = typer.Option(None, "--output", metavar="FILE", help="Write to this file instead, whole or not at all."),
) -> None:
    """Draw a protocol's sites on the head: front, left, right, back, numbered in the order of injection.

    Example: botox protocol map chronic-migraine --format svg --output map.svg
    """
    from botoxcli.cli.protocol_words import edition_named
    from botoxcli.clinic.head_map import planned_map
    from botoxcli.terminal.head_map_screen import map_lines, print_head_map

    content = edition_named(protocol or DEFAULT_PROTOCOL, state_of(ctx)).protocol
    head_map = planned_map(content)
    title = f"{content.title}, edition {content.edition}"
    if form is MapForm.TEXT and output is None:
        print_head_map(head_map, title=title)
    elif form is MapForm.TEXT:
        _write(output, "".join(f"{line}\n" for line in map_lines(head_map, title)))
    elif form is MapForm.SVG:
        from botoxcli.files.head_map_svg import head_map_svg

        _write(output, head_map_svg(head_map))
    else:
        item = _item(head_map)
        write_rows("protocol-map", tuple(item), [item], form=Form.JSON, output=output)


def _write(path: Path | None, text: str) -> None:
    from botoxcli.files.output import output

    with output(path) as stream:
        stream.write(text)


def _item(head_map: HeadMap) -> dict[str, Any]:
    views = [
        {
            "view": view.view,
            "outline": [[list(point) for point in stroke.points] for stroke in view.outline],
            "marks": [{**_dose(mark), "x": mark.x, "y": mark.y} for mark in view.marks],
        }
        for view in head_map.views
    ]
    return {"protocol": head_map.protocol, "title": head_map.title, "views": views, "without_place": list(map(_dose, head_map.placeless))}


def _dose(dose: SiteDose) -> dict[str, Any]:
    from botoxcli.clinic.quantity import units

    said = {"number": dose.number, "site": dose.site, "muscle": dose.muscle, "side": dose.side, "state": dose.state}
    return {**said, "units": units(dose.hundredths), "dose": dose.words}
