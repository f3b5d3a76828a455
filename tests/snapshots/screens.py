"""Which screens are kept, and how one is taken: the real program in a pseudo-terminal, what is typed to it, and its screen as SVG.

Conventions. A screen is as many rows high as it needs. Each is drawn in two themes from one run. The SVG is self-contained: no font, no
picture and no style comes from elsewhere.
"""

from __future__ import annotations

import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import pexpect
import pyte
from rich.console import Console
from rich.style import Style
from rich.terminal_theme import TerminalTheme
from rich.text import Text

FOLDER = Path(__file__).parent
PRACTICE = FOLDER / "practice.py"
HIGHEST = 120
PROMPT = "help > "


@dataclass(frozen=True)
class Screen:
    """A command and its size. ``keys`` are typed one after the other, each when what stands before it is on the screen.

    ``rows``: as high as a terminal is, for what is drawn to fit it; else as high as it needs.
    """

    name: str
    command: str
    columns: int = 80
    keys: tuple[tuple[str, str], ...] = ()
    until: str = ""
    rows: int = HIGHEST


SAFETY = (("in the chair? [y/n]: ", "y"), ("unknown > ", "yes"), *[("unknown > ", "no")] * 9)
SCREENS = (
    Screen("due", "due"),
    Screen("due-140", "due --within 6w", columns=140),
    Screen("chart", "chart D002"),
    Screen("response", "response D002"),
    Screen("protocol-map", "protocol map", rows=32),
    Screen("consult", "consult D003", keys=(("> ", "?"),), until="> ", rows=24),
    Screen(
        "session", "session D005", keys=(*SAFETY, ("the lot > ", ""), ("protocol's) > ", ""), ("UTC) > ", ""), (PROMPT, "")), until=PROMPT, rows=24
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

FORMAT = """\
<svg viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
    <style>
    .{unique_id}-matrix {{
        font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace;
        font-size: {char_height}px;
        line-height: {line_height}px;
    }}
    .{unique_id}-title {{
        font-size: 18px;
        font-weight: bold;
        font-family: sans-serif;
    }}
    {styles}
    </style>
    <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
    </clipPath>
    {lines}
    </defs>
    {chrome}
    <g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix" xml:space="preserve">
    {matrix}
    </g>
    </g>
</svg>
"""


def made(folder: Path) -> dict[str, str]:
    """Every screen in every theme, by the file's name. ``folder`` is an empty one, for the practice."""
    _run(folder, "furnish")
    with ThreadPoolExecutor(2) as together:
        seen = list(together.map(lambda screen: _seen(folder, screen), SCREENS))
    return {f"{screen.name}-{theme}.svg": _svg(screen, lines, THEMES[theme]) for screen, lines in zip(SCREENS, seen, strict=True) for theme in THEMES}


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


def _seen(folder: Path, screen: Screen) -> list[Text]:
    """The rows of the screen when the program has ended, or waits for what would be typed next."""
    child = _run(folder, *screen.command.split(), rows=screen.rows, columns=screen.columns)
    terminal = pyte.Screen(screen.columns, screen.rows)
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
    rows = [_row(terminal, number) for number in range(screen.rows)]
    while rows and not rows[-1].plain.strip():
        rows.pop()
    return rows


def _row(terminal: pyte.Screen, number: int) -> Text:
    line = Text()
    for column in range(terminal.columns):
        cell = terminal.buffer[number][column]
        style = Style(
            color=_colour(cell.fg), bgcolor=_colour(cell.bg), bold=cell.bold or None, italic=cell.italics or None,
            underline=cell.underscore or None, reverse=cell.reverse or None,
        )  # fmt: skip
        line.append(cell.data, style)
    line.rstrip()
    return line


def _colour(name: str) -> str | None:
    """A colour of the emulator's as Rich calls it."""
    if name == "default":
        return None
    if re.fullmatch("[0-9a-f]{6}", name):
        return f"#{name}"
    bright, plain = ("bright_", name.removeprefix("bright")) if name.startswith("bright") else ("", name)
    return bright + {"brown": "yellow"}.get(plain, plain)


def _svg(screen: Screen, lines: list[Text], theme: TerminalTheme) -> str:
    console = Console(
        record=True,
        width=screen.columns,
        height=len(lines) + 1,
        file=StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
        _environ={},
    )
    for line in lines:
        console.print(line, soft_wrap=True)
    drawn = console.export_svg(title=f"botox {screen.command}", theme=theme, code_format=FORMAT, unique_id=screen.name)
    return "\n".join(part.rstrip() for part in drawn.splitlines()) + "\n"
