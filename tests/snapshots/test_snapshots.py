"""The screens that are kept are those of the program, and they need nothing from elsewhere."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pyte
import pytest
from tests.snapshots.drawing import BOXES, DOT, HIGH, LEFT, TOP, WIDE, is_braille, svg
from tests.snapshots.emulator import DimScreen
from tests.snapshots.screens import FOLDER, SCREENS, THEMES, kept, made

ANEW = "Look at what changed; if it is meant, make them anew: python -m tests.snapshots"
SVG = "{http://www.w3.org/2000/svg}"
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


@pytest.mark.parametrize("name", sorted(kept()))
def test_no_sign_needs_a_certain_font_and_all_stand_within(name: str) -> None:
    root = ElementTree.fromstring(kept()[name])
    across, down = map(float, root.attrib["viewBox"].split()[2:])
    (cells,) = root.iter(f"{SVG}g")
    for run in cells.iter(f"{SVG}text"):
        words, wide = run.text or "", float(run.attrib["textLength"])
        assert wide == pytest.approx(len(words) * WIDE, abs=0.01)
        assert words.isascii()
        assert LEFT + float(run.attrib["x"]) + wide <= across
        assert TOP + float(run.attrib["y"]) + 6 <= down  # what hangs below the line
    for x, y in re.findall(r"M([\d.]+) ([\d.]+)", " ".join(path.attrib["d"] for path in cells.iter(f"{SVG}path"))):
        assert LEFT + float(x) + DOT <= across
        assert TOP + float(y) + DOT <= down
    assert not [sign for sign in kept()[name] if is_braille(sign) or sign in BOXES]


def seen(written: str) -> str:
    """What the emulator saw in one row of 20 columns, drawn in the dark theme."""
    screen = DimScreen(20, 1)
    pyte.Stream(screen).feed(written)
    return svg([[screen.buffer[0][column] for column in range(20)]], columns=20, title="", theme=THEMES["dark"])


def test_a_braille_cell_is_its_dots_at_its_place() -> None:
    path = re.findall(r'<path [^>]*d="([^"]*)"', seen("ab\u2889"))
    spots = [(WIDE * 2.25, HIGH / 8), (WIDE * 2.75, HIGH / 8), (WIDE * 2.75, HIGH * 7 / 8)]
    assert path == ["".join(f"M{x:.2f} {y:.2f}h0" for x, y in spots)]


def test_what_is_dim_stays_dim_and_a_colour_s_2_is_no_dimness() -> None:
    assert len(set(re.findall(r'textLength="12.04" [^>]*fill="(#\w+)"', seen("\x1b[2ma\x1b[22m b")))) == 2
    for colour, drawn in (("5;2", "#00cd00"), ("2;2;3;4", "#020304")):
        assert re.findall(r'textLength="[^>]*fill="(#\w+)"', seen(f"\x1b[38;{colour}ma\x1b[0m")) == [drawn]
    assert seen("\x1b[2;1ma\x1b[0mb") == seen("\x1b[1m\x1b[2ma\x1b[mb") != seen("\x1b[1ma\x1b[0mb")


def test_the_session_s_screen_begins_with_a_whole_line_of_the_checklist() -> None:
    first = re.search(r'textLength="[^>]*>([^<]*)<', kept()["session-dark.svg"])
    assert first
    assert first[1] == "[x]"
