"""The screens that are kept are those of the program, and they need nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.snapshots.screens import FOLDER, SCREENS, THEMES, kept, made

ANEW = "Look at what changed; if it is meant, make them anew: python -m tests.snapshots"
README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")


@pytest.mark.plain_only
def test_the_screens_are_the_program_s(tmp_path: Path) -> None:
    now, before = made(tmp_path), kept()
    assert now.keys() == before.keys(), ANEW
    changed = [name for name in now if now[name] != before[name]]
    assert not changed, f"{', '.join(changed)}: not as kept. {ANEW}"


def test_every_screen_is_kept_in_every_theme() -> None:
    assert sorted(kept()) == sorted(f"{screen.name}-{theme}.svg" for screen in SCREENS for theme in THEMES), ANEW


@pytest.mark.parametrize("name", sorted(kept()))
def test_a_screen_stands_by_itself(name: str) -> None:
    drawn = kept()[name]
    assert ElementTree.fromstring(drawn).tag == "{http://www.w3.org/2000/svg}svg"
    assert re.findall(r"https?:[^\"\s)]*", drawn) == ["http://www.w3.org/2000/svg"]
    assert "@font-face" not in drawn
    assert "href" not in drawn


def test_the_readme_shows_screens_that_are_kept() -> None:
    shown = re.findall(r"tests/snapshots/([\w-]+\.svg)", README)
    assert shown
    assert all((FOLDER / name).is_file() for name in shown)
