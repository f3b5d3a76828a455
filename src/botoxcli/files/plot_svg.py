"""The plot of a course as SVG: for the note, and for any page. The same plot gives the same bytes.

Conventions. The picture has a title and a description of every figure, for who cannot see it. It brings no style, no script and no address, and
takes its letters from the page. All words are escaped, and what XML cannot hold is left out. ``name`` begins its ids: two on a page need two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from xml.sax.saxutils import escape, quoteattr

from botoxcli.clinic.course_plot import CoursePlot, course_words
from botoxcli.files.plot_drawing import BLACK, Bar, Drawing, Shape, Stroke, Words, course_drawing

TITLE = "Headache days in 28 days over the course"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plot_svg(plot: CoursePlot, *, name: str = "course", small: bool = False) -> str:
    """The plot as an SVG element that stands alone or within a page, ended by a line end; a ``small`` one beside text."""
    return drawing_svg(course_drawing(plot, small=small), title=TITLE, told=course_words(plot), name=name)


def drawing_svg(drawing: Drawing, *, title: str, told: str, name: str) -> str:
    """A drawing with its title and what it says in words."""
    size = f'width="{drawing.width}" height="{drawing.height}" viewBox="0 0 {drawing.width} {drawing.height}"'
    ids = f"aria-labelledby={quoteattr(f'{_xml(name)}-title {_xml(name)}-told')}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" {ids} font-family="sans-serif">'
    said = (
        f"<title id={quoteattr(f'{_xml(name)}-title')}>{_text(title)}</title>",
        f"<desc id={quoteattr(f'{_xml(name)}-told')}>{_text(told)}</desc>",
    )
    ground = f'<rect width="{drawing.width}" height="{drawing.height}" fill="#fff"/>'
    return "\n".join([head, *said, ground, *_shapes(drawing), "</svg>"]) + "\n"


def _shapes(drawing: Drawing) -> Iterator[str]:
    return map(_shape, drawing.shapes)


def _shape(shape: Shape) -> str:
    if isinstance(shape, Bar):
        return _bar(shape)
    return _stroke(shape) if isinstance(shape, Stroke) else _words(shape)


def _bar(bar: Bar) -> str:
    box = f'<rect x="{_number(bar.x)}" y="{_number(bar.y)}" width="{_number(bar.width)}" height="{_number(bar.height)}"'
    dashes = ' stroke-dasharray="3 2"' if bar.dashed else ""
    fill = "none" if bar.grey is None else _grey(bar.grey)
    return f'{box} fill="{fill}" stroke="#000" stroke-width="0.8"{dashes}/>'


def _stroke(line: Stroke) -> str:
    ends = f'x1="{_number(line.x1)}" y1="{_number(line.y1)}" x2="{_number(line.x2)}" y2="{_number(line.y2)}"'
    spaced = " ".join(map(str, line.dashes))
    dashes = f' stroke-dasharray="{spaced}"' if spaced else ""
    return f'<line {ends} stroke="{_grey(line.grey)}" stroke-width="{_number(line.thick)}"{dashes}/>'


def _words(words: Words) -> str:
    place = f'x="{_number(words.x)}" y="{_number(words.y)}" font-size="{words.size}" text-anchor="{words.anchor}"'
    weight = ' font-weight="bold"' if words.strong else ""
    ink = f' fill="{_grey(words.grey)}"' if words.grey != BLACK else ""
    return f"<text {place}{weight}{ink}>{_text(words.text)}</text>"


def _grey(percent: int) -> str:
    level = 255 - round(percent * 255 / 100)
    return f"#{level:02x}{level:02x}{level:02x}"


def _number(value: Fraction) -> str:
    """To two places, without zeros that say nothing."""
    return f"{float(round(value, 2)):.2f}".rstrip("0").rstrip(".")


def _text(words: str) -> str:
    return escape(_xml(words))


def _xml(words: str) -> str:
    return _NOT_XML.sub("", words)
