"""Which screens are kept, and how one is taken: the real program in a pseudo-terminal, what is typed to it, and its screen as SVG.

Conventions. A screen is as many rows high as it needs. Each is drawn in two themes from one run. The SVG is self-contained: no font, no
picture and no style comes from elsewhere.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pexpect
import pyte
from pyte.screens import Char
from rich.terminal_theme import TerminalTheme
from tests.snapshots.drawing import svg
from tests.snapshots.emulator import DimScreen

FOLDER = Path(__file__).parent
PRACTICE = FOLDER / "practice.py"
HIGHEST = 120
PROMPT = "help > "


@dataclass(frozen=True)
class Screen:
    """A command and its size. ``keys`` are typed one after the other, each when what stands before it is on the screen.

    ``rows``: as high as a terminal is, for what is drawn to fit it; else as high as it needs. ``begins``: what the first row that is kept
    begins with, where a screen would else begin in the middle of something.
    """

    name: str
    command: str
    columns: int = 80
    keys: tuple[tuple[str, str], ...] = ()
    until: str = ""
    rows: int = HIGHEST
    begins: str = ""


SAFETY = (("in the chair? [y/n]: ", "y"), ("unknown > ", "yes"), *[("unknown > ", "no")] * 9)
SCREENS = (
    Screen("due", "due"),
    Screen("due-140", "due --within 6w", columns=140),
    Screen("chart", "chart D002"),
    Screen("response", "response D002"),
    Screen("protocol-map", "protocol map", rows=32),
    Screen("consult", "consult D003", keys=(("> ", "?"),), until="> ", rows=24),
    Screen(
        "session",
        "session D005",
        keys=(*SAFETY, ("the lot > ", ""), ("protocol's) > ", ""), ("UTC) > ", ""), (PROMPT, "")),
        until=PROMPT,
        rows=24,
        begins="[x] corrugator",
    ),
    Screen("visit-show", "visit show 5"),
)

THEMES = {
    "dark": TerminalTheme(
        (18, 20, 24), (216, 219, 224),
        [(60, 64, 72), (240, 113, 120), (142, 200, 110), (230, 190, 100), (110, 170, 240), (200, 140, 230), (90, 200, 205), (216, 219, 224)],
        [(130, 136, 148), (255, 140, 146), (170, 220, 140), (250, 215, 130), (145, 195, 255), (220, 170, 245), (130, 220, 225), (255, 255, 255)],
    ),
    "light": TerminalTheme(
        (255, 255, 255), (36, 41, 47),
        [(36, 41, 47), (176, 32, 48), (20, 110, 50), (135, 90, 0), (10, 80, 180), (115, 55, 160), (0, 105, 115), (90, 96, 104)],
        [(100, 106, 115), (200, 40, 60), (30, 130, 65), (150, 105, 0), (30, 100, 205), (135, 75, 180), (0, 125, 135), (36, 41, 47)],
    ),
}  # fmt: skip


def made(folder: Path) -> dict[str, str]:
    """Every screen in every theme, by the file's name. ``folder`` is an empty one, for the practice."""
    _run(folder, "furnish")
    with ThreadPoolExecutor(2) as together:
        seen = list(together.map(lambda screen: _seen(folder, screen), SCREENS))
    return {
        f"{screen.name}-{theme}.svg": svg(rows, columns=screen.columns, title=f"botox {screen.command}", theme=colours)
        for screen, rows in zip(SCREENS, seen, strict=True)
        for theme, colours in THEMES.items()
    }


def kept() -> dict[str, str]:
    """The files that are kept beside this one, by name."""
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(FOLDER.glob("*.svg"))}


def _run(folder: Path, *arguments: str, rows: int = HIGHEST, columns: int = 80) -> pexpect.spawn[str]:
    env = {
        name: value for name, value in os.environ.items() if not name.startswith(("BOTOX_", "_BOTOX", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"))
    }
    env |= {"TERM": "xterm-256color", "COLORTERM": "", "HOME": str(folder), "XDG_DATA_HOME": str(folder), "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    env["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    child = pexpect.spawn(sys.executable, [str(PRACTICE), str(folder), *arguments], env=env, encoding="utf-8", dimensions=(rows, columns), timeout=60)
    if arguments == ("furnish",):
        child.expect(pexpect.EOF)
        child.close()
        if child.exitstatus != 0:
            raise RuntimeError(child.before)
    return child


def _seen(folder: Path, screen: Screen) -> list[list[Char]]:
    """The rows of the screen when the program has ended, or waits for what would be typed next."""
    child = _run(folder, *screen.command.split(), rows=screen.rows, columns=screen.columns)
    terminal = DimScreen(screen.columns, screen.rows)
    stream = pyte.Stream(terminal)
    for awaited, typed in screen.keys:
        child.expect_exact(awaited)
        stream.feed(child.before + child.after)
        child.send(f"{typed}\r")
    child.expect_exact(screen.until or pexpect.EOF)
    stream.feed(child.before + (child.after if screen.until else ""))
    child.close(force=True)
    if not screen.until and child.exitstatus not in (0, 3):
        raise RuntimeError(f"{screen.command}: {child.before}")
    rows = [[terminal.buffer[line][column] for column in range(screen.columns)] for line in range(screen.rows)]
    while rows and not words(rows[-1]):
        rows.pop()
    first = [line for line, row in enumerate(rows) if words(row).startswith(screen.begins)][-1] if screen.begins else 0
    return rows[first:]


def words(row: list[Char]) -> str:
    """What a row says, without the spaces at its end."""
    return "".join(cell.data for cell in row).rstrip()
