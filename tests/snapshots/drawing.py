"""A screen's cells as one SVG that needs no font of its own: every letter stands in its cell, and dots, bars and rules are shapes.

Conventions. A cell is 12.04 by 24.4, the width of DejaVu Sans Mono and Menlo at 20 px; another monospaced font is stretched to it, run by run.
A run is of one style and ends where a sign is not ASCII, so that no run can move another. Braille, bars and the rules of a plot are drawn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from itertools import groupby

from pyte.screens import Char
from rich.color import Color, blend_rgb
from rich.color_triplet import ColorTriplet
from rich.terminal_theme import TerminalTheme

WIDE, HIGH = 12.04, 24.4
LEFT, TOP, EDGE = 9, 42, 8
DOT = 3.6
_BASELINE = 18.6
_DIMMED = 0.4  # how far a dim letter goes towards what is behind it
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))

Rows = Sequence[Sequence[Char]]
Place = tuple[int, int]

STYLE = 'font-family: "DejaVu Sans Mono", Menlo, Consolas, "Liberation Mono", monospace; font-size: 20px; white-space: pre'


def svg(rows: Rows, *, columns: int, title: str, theme: TerminalTheme) -> str:
    """The rows, each from the left edge, in a window with that title."""
    across, down = columns * WIDE + 2 * EDGE, len(rows) * HIGH + TOP - 1 + EDGE
    back, fore = theme.background_color.hex, theme.foreground_color.hex
    lines = [
        f'<svg viewBox="0 0 {across + 2:g} {down + 2:g}" xmlns="http://www.w3.org/2000/svg">',
        f'<rect fill="{back}" stroke="#88888866" x="1" y="1" width="{across:g}" height="{down:g}" rx="8"/>',
        *(f'<circle cx="{26 + 22 * place}" cy="22" r="7" fill="{colour}"/>' for place, colour in enumerate(("#ff5f57", "#febc2e", "#28c840"))),
        f'<text x="{across / 2:g}" y="27" fill="{fore}" text-anchor="middle" font-family="sans-serif" font-weight="bold" font-size="18">'
        f"{escape(title)}</text>",
        f'<g transform="translate({LEFT} {TOP})" style="{escape(STYLE)}" xml:space="preserve">',
        *_backgrounds(rows, theme),
        *_shapes(rows, theme),
        *_runs(rows, theme),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _backgrounds(rows: Rows, theme: TerminalTheme) -> Iterator[str]:
    for line, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            if (behind := _colours(cell, theme)[1]) != theme.background_color:
                yield f'<rect x="{column * WIDE:g}" y="{line * HIGH:g}" width="{WIDE + 0.2:g}" height="{HIGH + 0.2:g}" fill="{behind.hex}"/>'


def _shapes(rows: Rows, theme: TerminalTheme) -> Iterator[str]:
    """One path for each colour of all that is dots, and one of all that is filled."""
    dots: dict[str, list[str]] = {}
    filled: dict[str, list[str]] = {}
    for line, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            colour = _colours(cell, theme)[0].hex
            if is_braille(cell.data) and cell.data != "\u2800":
                dots.setdefault(colour, []).extend(_dots(cell.data, (column, line)))
            elif cell.data in BOXES:
                filled.setdefault(colour, []).extend(_boxes(cell.data, (column, line)))
    for colour, parts in dots.items():
        yield f'<path fill="none" stroke="{colour}" stroke-width="{DOT}" stroke-linecap="round" d="{"".join(parts)}"/>'
    for colour, parts in filled.items():
        yield f'<path fill="{colour}" shape-rendering="crispEdges" d="{"".join(parts)}"/>'


def is_braille(sign: str) -> bool:
    """Whether it is one of the 256 braille patterns."""
    return "\u2800" <= sign <= "\u28ff"


def _dots(sign: str, place: Place) -> Iterator[str]:
    """The pattern's dots as lines without length, whose round ends are the dots: a quarter of the cell's width, an eighth of its height apart."""
    for across, bits in enumerate(_BITS):
        for down, bit in enumerate(bits):
            if ord(sign) - 0x2800 & bit:
                yield f"M{(place[0] + (2 * across + 1) / 4) * WIDE:.2f} {(place[1] + (2 * down + 1) / 8) * HIGH:.2f}h0"


# What part of its cell a sign fills: left, top, right, bottom.
BOXES: dict[str, tuple[tuple[float, float, float, float], ...]] = {
    "█": ((0, 0, 1, 1),), "─": ((0, 0.46, 1, 0.54),), "┃": ((0.4, 0, 0.6, 1),), "·": ((0.38, 0.45, 0.62, 0.57),),
    "┊": tuple((0.44, top, 0.56, top + 0.13) for top in (0.06, 0.31, 0.56, 0.81)),
    **{sign: ((0, 1 - eighths / 8, 1, 1),) for eighths, sign in enumerate("▁▂▃▄▅▆▇", 1)},
}  # fmt: skip


def _boxes(sign: str, place: Place) -> Iterator[str]:
    for left, top, right, bottom in BOXES[sign]:
        x, y = (place[0] + left) * WIDE, (place[1] + top) * HIGH
        yield f"M{x:.2f} {y:.2f}h{(right - left) * WIDE:.2f}v{(bottom - top) * HIGH:.2f}h-{(right - left) * WIDE:.2f}z"


def _runs(rows: Rows, theme: TerminalTheme) -> Iterator[str]:
    for line, cells in enumerate(rows):
        for column, words, cell, wide in _told(cells):
            colour = _colours(cell, theme)[0].hex
            look = ' font-weight="bold"' * cell.bold + ' font-style="italic"' * cell.italics + ' text-decoration="underline"' * cell.underscore
            place = f'x="{column * WIDE:g}" y="{line * HIGH + _BASELINE:g}" textLength="{wide * WIDE:g}" lengthAdjust="spacingAndGlyphs"'
            yield f'<text {place} fill="{colour}"{look}>{escape(words)}</text>'


def _told(cells: Sequence[Char]) -> Iterator[tuple[int, str, Char, int]]:
    """Runs of letters of one style: where it begins, its words, a cell of it, and how many cells it takes."""
    key: Callable[[tuple[int, Char]], object] = lambda placed: (  # noqa: E731
        placed[1]._replace(data=""), placed[1].data == " " or _is_shape(placed[1].data), placed[0] if not placed[1].data.isascii() else -1
    )  # fmt: skip
    for _, together in groupby(enumerate(cells), key):
        run = list(together)
        words = "".join(cell.data for _, cell in run)
        if words.strip() and not _is_shape(words):
            after = run[-1][0] + 1
            doubled = after < len(cells) and not words.isascii() and cells[after].data == ""
            yield run[0][0], words, run[0][1], len(run) + doubled


def _is_shape(sign: str) -> bool:
    return sign in BOXES or (len(sign) == 1 and is_braille(sign))


def _colours(cell: Char, theme: TerminalTheme) -> tuple[ColorTriplet, ColorTriplet]:
    """The letter's colour and that behind it."""
    fore, behind = _colour(cell.fg, theme, theme.foreground_color), _colour(cell.bg, theme, theme.background_color)
    if cell.reverse:
        fore, behind = behind, fore
    return (blend_rgb(fore, behind, _DIMMED) if cell.blink else fore), behind


def _colour(name: str, theme: TerminalTheme, usual: ColorTriplet) -> ColorTriplet:
    """A colour of the emulator's in the theme."""
    if name == "default":
        return usual
    if len(name) == 6 and all(sign in "0123456789abcdef" for sign in name):
        return Color.parse(f"#{name}").get_truecolor(theme)
    bright, plain = ("bright_", name.removeprefix("bright")) if name.startswith("bright") else ("", name)
    return Color.parse(bright + {"brown": "yellow"}.get(plain, plain)).get_truecolor(theme)
