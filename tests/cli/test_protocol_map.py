"""``botox protocol map``: where the sites are, as text for a pipe, as a drawing for paper, and as figures."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

from .conftest import Botox

FRONT = """\
Front
No  Site               State    Units   x   y
 1  corrugator-left    planned  5 U    55  38
 2  corrugator-right   planned  5 U    45  38
 3  procerus           planned  5 U    50  40
 4  frontalis-left-1   planned  5 U    56  25
 5  frontalis-left-2   planned  5 U    64  25
 6  frontalis-right-1  planned  5 U    44  25
 7  frontalis-right-2  planned  5 U    36  25
"""


def test_in_a_pipe_it_is_a_table_by_view(botox: Botox) -> None:
    said = botox("protocol", "map", "chronic-migraine")
    assert said.exit_code == 0
    assert FRONT in said.stdout
    assert said.stdout.count(" planned ") == 31
    assert not [sign for sign in said.stdout if 0x2800 <= ord(sign) <= 0x28FF]


def test_as_figures_and_as_svg_it_has_the_same_marks(botox: Botox, tmp_path: Path) -> None:
    (item,) = json.loads(botox("protocol", "map", "chronic-migraine", "--format", "json").stdout)["items"]
    marks = {mark["site"] for view in item["views"] for mark in view["marks"]}
    path = tmp_path / "map.svg"
    assert botox("protocol", "map", "chronic-migraine", "--format", "svg", "--output", str(path)).exit_code == 0
    drawn = [site for group in ElementTree.parse(path).iter() if (site := group.get("data-site"))]
    assert len(marks) == 31
    assert sorted(drawn) == sorted(marks)
    assert path.stat().st_mode & 0o777 == 0o600


def test_sites_without_a_place_are_told_in_words(botox: Botox) -> None:
    said = botox("protocol", "map", "spasticity-child").stdout
    assert "spasticity-child has no head map: none of its sites has a place (view, x, y) on one." in said
    assert "soleus-right-2" in said


def test_an_unknown_protocol_is_22(botox: Botox) -> None:
    assert botox("protocol", "map", "nothing").exit_code == 22
