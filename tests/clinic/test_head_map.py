"""The head map's geometry, and that every drawing shows the same."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.head_map import STATES, checklist_map, planned_map, without_a_map
from botoxcli.files.head_map_svg import SIDE, head_map_svg
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.terminal.head_map import SIGNS
from botoxcli.terminal.head_map_screen import map_rows

FILES = sorted((Path(__file__).parents[2] / "protocols").glob("*.yaml"))
SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_site_with_a_place_is_drawn_in_its_view_once(file: Path) -> None:
    protocol = load_protocol(file).protocol
    head_map = planned_map(protocol)
    drawn = sorted((view.view, mark.site, mark.x, mark.y) for view in head_map.views for mark in view.marks)
    assert drawn == sorted((site.view, site.id, site.x, site.y) for site in protocol.sites if site.view)
    assert [dose.site for dose in head_map.doses] == [site.id for site in protocol.sites_in_order]
    assert bool(without_a_map(head_map)) == bool(head_map.placeless)
    root = ET.fromstring(head_map_svg(head_map))
    places = {group.get("data-site"): group.get("transform") for group in root.iter(f"{SVG}g") if group.get("data-site")}
    assert places == {m.site: f"translate({m.x * SIDE / 100:g} {m.y * SIDE / 100:g})" for m in head_map.marks}
    rows = map_rows(head_map, 80, 20)
    if rows is None:
        assert not head_map.views
        return
    assert len(rows) <= 20
    assert max(map(len, rows)) <= 80
    words = " ".join("".join(sign for sign, _ in row) for row in rows).split()
    assert sorted(int(word) for word in words if word.isdigit()) == [mark.number for mark in head_map.marks]


def test_the_five_states_are_told_apart_without_colour() -> None:
    protocol = load_protocol(FILES[2]).protocol
    checklist = Checklist(protocol).give(protocol.sites_in_order[7:9]).dose("temporalis-left-3", 250).skip("temporalis-left-4", "sore")
    head_map = checklist_map(protocol, checklist.extra("temporalis-left", 500).in_order())
    assert head_map.states() == STATES
    words = " ".join("".join(sign for sign, _ in row) for row in map_rows(head_map, 80, 20) or []).split()
    assert {"12", "x8", "x9", "~10", "-11", "+32"} <= set(words)
    assert len(set(SIGNS.values())) == len(STATES)
