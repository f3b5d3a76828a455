"""A figure on paper: the head map and the plot of a course, from the same geometry as on the screen and in SVG.

A state of the head map has its own shape, so that no colour is needed: a ring planned, a disc given, a diamond changed, a crossed square skipped, a
triangle extra; the number in it is the order of injection. Everything is drawn on reportlab's canvas, which counts from the lower left corner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from botoxcli.clinic.course_plot import CoursePlot
from botoxcli.clinic.document import Figure
from botoxcli.clinic.head_map import HeadMap, Mark, MarkState, ViewMap, without_a_map
from botoxcli.files.paper_fonts import PLAIN, STRONG, PageFonts
from botoxcli.files.plot_drawing import Bar, Drawing, Shape, Stroke, Words, course_drawing

_SMALL = 6.4
_LEGEND_HIGH, _TITLE_HIGH = 11.0, 9.0
_FILLS: dict[MarkState, str] = {"planned": "#ffffff", "given": "#1b5e3a", "changed": "#f2c14e", "skipped": "#ffffff", "extra": "#bfe3f5"}
_TELLS: dict[MarkState, str] = {"planned": "planned", "given": "given", "changed": "changed", "skipped": "skipped", "extra": "extra"}


def figure_flowable(figure: Figure, width: float, fonts: PageFonts) -> Any:
    """The figure as something that a page can take, as wide as it may be; nothing for a shape that has no picture."""
    shape = figure.shape
    if isinstance(shape, HeadMap) and shape.views:
        side, across = _sizes(len(shape.views), width)
        high = -(-len(shape.views) // across) * (side + _TITLE_HIGH) + _LEGEND_HIGH
        return _flowable(width, high, lambda canvas: _Map(canvas, fonts, side, across, width).draw(shape, high))
    if isinstance(shape, CoursePlot):
        drawing = course_drawing(shape, small=figure.small)
        scale = min(width / drawing.width, 1.0)
        return _flowable(width, drawing.height * scale, lambda canvas: _draw(canvas, drawing, scale, fonts))
    return _flowable(width, 0, lambda _: None)


def figure_texts(figure: Figure) -> Iterator[str]:
    """The words that stand in a picture."""
    shape = figure.shape
    if isinstance(shape, CoursePlot):
        yield from (one.text for one in course_drawing(shape, small=figure.small).shapes if isinstance(one, Words))
    if isinstance(shape, HeadMap):
        yield without_a_map(shape)
        yield from (text for view in shape.views for text in (view.title, *view.edges))


def _sizes(views: int, width: float) -> tuple[float, int]:
    """How wide a view is, and how many stand in a row."""
    across = min(views, 2) if width < 400 else min(views, 4)
    return min(width / across, 140.0) - 3, across


def _flowable(width: float, height: float, paint: Callable[[Any], None]) -> Any:
    from reportlab.platypus import Flowable

    class Picture(Flowable):  # type: ignore[misc]  # reportlab has no types
        def wrap(self, *_room: float) -> tuple[float, float]:
            return width, height

        def draw(self) -> None:
            self.canv.saveState()
            paint(self.canv)
            self.canv.restoreState()

    return Picture()


def _write(canvas: Any, fonts: PageFonts, x: float, y: float, text: str, *, size: float, anchor: str = "start", strong: bool = False) -> float:
    """The text on its base line, each piece in the font that has it; gives its width."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    pieces = [(part, fonts.other if other else STRONG if strong else PLAIN) for part, other in fonts.runs(text)]
    widths: list[float] = [stringWidth(part, font, size) for part, font in pieces]
    x -= {"start": 0.0, "middle": sum(widths) / 2, "end": sum(widths)}[anchor]
    for (part, font), width in zip(pieces, widths, strict=True):
        canvas.setFont(font, size)
        canvas.drawString(x, y, part)
        x += width
    return sum(widths)


class _Map:
    """Draws a head map: ``side`` is a view's width and height in points, ``across`` how many stand in a row."""

    def __init__(self, canvas: Any, fonts: PageFonts, side: float, across: int, width: float) -> None:
        self.canvas, self.fonts, self.side, self.across, self.width = canvas, fonts, side, across, width
        self.radius = side / 360 * 10.5

    def draw(self, head_map: HeadMap, high: float) -> None:
        for place, view in enumerate(head_map.views):
            row, column = divmod(place, self.across)
            self._view(view, column * (self.width / self.across), high - (row + 1) * (self.side + _TITLE_HIGH))
        self._legend(head_map)

    def _view(self, view: ViewMap, left: float, bottom: float) -> None:
        canvas, per_cent = self.canvas, self.side / 100
        canvas.setLineJoin(1)
        canvas.setLineCap(1)
        for stroke in view.outline:
            path = canvas.beginPath()
            for place, (x, y) in enumerate(stroke.points):
                (path.lineTo if place else path.moveTo)(left + x * per_cent, bottom + (100 - y) * per_cent)
            canvas.setStrokeGray(0.66 if stroke.detail else 0.42)
            canvas.setLineWidth(0.35 if stroke.detail else 0.6)
            canvas.drawPath(path)
        canvas.setFillGray(0)
        _write(canvas, self.fonts, left + self.side / 2, bottom + self.side + 1, view.title, size=7, anchor="middle", strong=True)
        canvas.setFillGray(0.35)
        _write(canvas, self.fonts, left + 3, bottom + self.side + 1, view.edges[0], size=_SMALL)
        _write(canvas, self.fonts, left + self.side - 3, bottom + self.side + 1, view.edges[1], size=_SMALL, anchor="end")
        for mark in view.marks:
            self._mark(mark, left + mark.x * per_cent, bottom + (100 - mark.y) * per_cent)

    def _mark(self, mark: Mark, x: float, y: float) -> None:
        self._symbol(mark.state, x, y, self.radius)
        self.canvas.setFillGray(1 if mark.state == "given" else 0)
        size = self.radius * (1.25 if mark.number < 100 else 0.95)
        _write(self.canvas, self.fonts, x, y - size * 0.36, str(mark.number), size=size, anchor="middle", strong=True)

    def _symbol(self, state: MarkState, x: float, y: float, r: float) -> None:
        from reportlab.lib.colors import HexColor

        canvas = self.canvas
        canvas.setStrokeGray(0.1)
        canvas.setLineWidth(0.45)
        canvas.setFillColor(HexColor(_FILLS[state]))
        if state in ("planned", "given"):
            canvas.circle(x, y, r, fill=1)
        elif state == "changed":
            self._polygon((x, y + r * 1.3), (x + r * 1.3, y), (x, y - r * 1.3), (x - r * 1.3, y))
        elif state == "extra":
            self._polygon((x, y + r * 1.55), (x + r * 1.4, y - r * 0.9), (x - r * 1.4, y - r * 0.9))
        else:
            canvas.rect(x - r, y - r, 2 * r, 2 * r, fill=1)
            canvas.line(x - r, y + r, x + r, y - r)

    def _polygon(self, *points: tuple[float, float]) -> None:
        path = self.canvas.beginPath()
        for place, point in enumerate(points):
            (path.lineTo if place else path.moveTo)(*point)
        path.close()
        self.canvas.drawPath(path, fill=1)

    def _legend(self, head_map: HeadMap) -> None:
        """The shapes that occur with their words, and what has no place on the map."""
        x = 3.0
        for state in head_map.states():
            self._symbol(state, x + 2, 4, 2.6)
            self.canvas.setFillGray(0)
            x += 7 + _write(self.canvas, self.fonts, x + 7, 2, _TELLS[state], size=_SMALL) + 8
        self.canvas.setFillGray(0.3)
        _write(self.canvas, self.fonts, x, 2, without_a_map(head_map) or "Numbers: order of injection.", size=_SMALL)


def _draw(canvas: Any, drawing: Drawing, scale: float, fonts: PageFonts) -> None:
    """A drawing that counts from the upper left corner."""
    canvas.scale(scale, scale)
    for shape in drawing.shapes:
        _shape(canvas, shape, drawing.height, fonts)


def _shape(canvas: Any, shape: Shape, high: int, fonts: PageFonts) -> None:
    match shape:
        case Bar(x, y, width, height, grey, dashed):
            canvas.setDash([3, 2] if dashed else [])
            canvas.setStrokeGray(0)
            canvas.setLineWidth(0.8)
            canvas.setFillGray(_level(grey or 0))
            canvas.rect(float(x), high - float(y + height), float(width), float(height), fill=grey is not None)
        case Stroke(x1, y1, x2, y2, thick, dashes, grey):
            canvas.setDash(list(dashes))
            canvas.setStrokeGray(_level(grey))
            canvas.setLineWidth(float(thick))
            canvas.line(float(x1), high - float(y1), float(x2), high - float(y2))
        case Words(x, y, text, size, anchor, strong, grey):
            canvas.setFillGray(_level(grey))
            _write(canvas, fonts, float(x), high - float(y), text, size=size * 0.97, anchor=anchor, strong=strong)


def _level(percent_of_black: int) -> float:
    return round(1 - percent_of_black / 100, 3)
