"""The head map as SVG: the views side by side, the marks numbered, a legend beneath. The same geometry as the screen's.

A state has its own shape and colour: a ring planned, a disc given, a diamond changed, a crossed square skipped, a triangle extra. Each mark
carries its site, state and dose as its title. Self-contained, no scripts or styles from elsewhere; equal maps give equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from botoxcli.clinic.head_map import HeadMap, Mark, MarkState, ViewMap, without_a_map
from botoxcli.clinic.head_outline import Stroke
from botoxcli.clinic.text import is_strange

SIDE = 360  # a view's width and height
_GAP, _HEAD, _LEGEND = 16, 40, 44
_RADIUS = 8.5
_COLOURS: dict[MarkState, tuple[str, str]] = {
    "planned": ("#ffffff", "#1a1a1a"),
    "given": ("#1b5e3a", "#ffffff"),
    "changed": ("#f2c14e", "#1a1a1a"),
    "skipped": ("#ffffff", "#1a1a1a"),
    "extra": ("#bfe3f5", "#1a1a1a"),
}


def head_map_svg(head_map: HeadMap, *, across: int = 4) -> str:
    """The whole map as one SVG element, a line each; so many views in a row. A map without views says so in words."""
    rows = [head_map.views[at : at + across] for at in range(0, len(head_map.views), across)]
    wide = max([len(row) for row in rows] or [2]) * (SIDE + _GAP) + _GAP
    high = _HEAD + len(rows) * (SIDE + _GAP + 22) + _LEGEND
    return "\n".join([*_opening(head_map, wide, high), *_views(rows), *_legend(head_map, high), "</svg>", ""])


def _text(words: str) -> str:
    """Words as XML may hold them; a character that could deceive or is forbidden there becomes a replacement sign."""
    return escape("".join("\ufffd" if is_strange(words, place) else sign for place, sign in enumerate(words)), {'"': "&quot;"})


def _opening(head_map: HeadMap, wide: int, high: int) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}" role="img" '
        'aria-labelledby="head-map-title head-map-desc" font-family="sans-serif">'
    )
    yield f'<title id="head-map-title">{_text(f"Head map: {head_map.title}")}</title>'
    yield f'<desc id="head-map-desc">{_text("; ".join(_told(head_map)))}</desc>'
    yield f'<rect width="{wide}" height="{high}" fill="#ffffff"/>'
    yield f'<text x="{_GAP}" y="26" font-size="17" font-weight="bold" fill="#1a1a1a">{_text(head_map.title)}</text>'


def _told(head_map: HeadMap) -> Iterator[str]:
    """The map in words: each view with its marks, then what has no place."""
    for view in head_map.views:
        yield f"{view.title}: {', '.join(mark.title for mark in view.marks)}"
    if said := without_a_map(head_map):
        yield said


def _views(rows: list[tuple[ViewMap, ...]]) -> Iterator[str]:
    for row, views in enumerate(rows):
        for column, view in enumerate(views):
            left, top = _GAP + column * (SIDE + _GAP), _HEAD + row * (SIDE + _GAP + 22)
            yield from _view(view, left, top)


def _view(view: ViewMap, left: int, top: int) -> Iterator[str]:
    yield f'<g class="view" id="view-{view.view}" transform="translate({left} {top})">'
    yield f'<rect width="{SIDE}" height="{SIDE + 22}" fill="none" stroke="#d0d0d0"/>'
    yield from (_stroke(stroke) for stroke in view.outline)
    yield f'<text x="{SIDE / 2:g}" y="{SIDE + 16}" font-size="13" text-anchor="middle" fill="#1a1a1a">{_text(view.title)}</text>'
    for edge, at, anchor in ((view.edges[0], 8, "start"), (view.edges[1], SIDE - 8, "end")):
        yield f'<text x="{at}" y="{SIDE + 16}" font-size="12" text-anchor="{anchor}" fill="#555555">{_text(edge)}</text>'
    yield from (line for mark in view.marks for line in _mark(mark))
    yield "</g>"


def _stroke(stroke: Stroke) -> str:
    points = " ".join(f"{_at(x)},{_at(y)}" for x, y in stroke.points)
    colour, wide = ("#a8a8a8", 1) if stroke.detail else ("#6b6b6b", 1.6)
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{wide}" stroke-linejoin="round" stroke-linecap="round"/>'


def _at(per_cent: float) -> str:
    return f"{round(per_cent * SIDE / 100, 2):g}"


def _mark(mark: Mark) -> Iterator[str]:
    yield f'<g class="mark {mark.state}" data-site="{_text(mark.site)}" transform="translate({_at(mark.x)} {_at(mark.y)})">'
    yield f"<title>{_text(mark.title)}</title>"
    yield _shape(mark.state)
    yield _number(mark.state, str(mark.number))
    yield "</g>"


def _shape(state: MarkState) -> str:
    """The state's own shape about the origin."""
    fill, r = _COLOURS[state][0], _RADIUS
    line = f'fill="{fill}" stroke="#1a1a1a" stroke-width="1.2"'
    if state in ("planned", "given"):
        return f'<circle r="{r:g}" {line}/>'
    if state == "changed":
        return f'<polygon points="0,{-r * 1.3:g} {r * 1.3:g},0 0,{r * 1.3:g} {-r * 1.3:g},0" {line}/>'
    if state == "extra":
        return f'<polygon points="0,{-r * 1.55:g} {r * 1.4:g},{r * 0.9:g} {-r * 1.4:g},{r * 0.9:g}" {line}/>'
    return (
        f'<rect x="{-r:g}" y="{-r:g}" width="{2 * r:g}" height="{2 * r:g}" {line} stroke-dasharray="3 2"/>'
        f'<path d="M{-r:g} {-r:g}L{r:g} {r:g}" stroke="#b00020" stroke-width="1.2"/>'
    )


def _number(state: MarkState, words: str) -> str:
    size = 9.5 if len(words) < 3 else 7
    return f'<text y="3.4" font-size="{size:g}" font-weight="bold" text-anchor="middle" fill="{_COLOURS[state][1]}">{words}</text>'


def _legend(head_map: HeadMap, high: int) -> Iterator[str]:
    """The shapes that occur with their words; beneath, what has no place on the map."""
    x = _GAP + 12
    for state in head_map.states() if head_map.views else ():
        yield f'<g class="legend" transform="translate({x} {high - 30})">{_shape(state)}{_number(state, "9")}'
        yield f'<text x="16" y="4" font-size="12" fill="#1a1a1a">{state}</text></g>'
        x += 92
    if head_map.views:
        yield f'<text x="{x}" y="{high - 26}" font-size="12" fill="#555555">Numbers: order of injection. L, R: the patient\'s.</text>'
    if said := without_a_map(head_map):
        yield f'<text x="{_GAP}" y="{high - 6}" font-size="11" fill="#1a1a1a">{_text(said)}</text>'
