"""A document as PDF: A4 or Letter, its fonts embedded, the same bytes for the same document whenever and wherever it is made.

A chart's page is set small, so that a standard session is one page; a sheet for a patient in letters that are read without glasses. What does not
fit goes on to a next page, and every page has the foot and, on a voided record, the mark. Raises PaperRefused for text that no font here sets.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from botoxcli.clinic.document import Block, Columns, Document, Facts, Figure, Grid, Heading, Paragraph, Points, flat, texts
from botoxcli.files.figure_pdf import figure_flowable, figure_texts
from botoxcli.files.paper_fonts import PLAIN, STRONG, PageFonts, fonts_for

if TYPE_CHECKING:
    from datetime import date

_MM = 72 / 25.4
SIZES = {"a4": (210 * _MM, 297 * _MM), "letter": (612.0, 792.0)}
_MARGIN = 13 * _MM
_GUTTER = 5 * _MM
_ID = re.compile(rb"(/ID\s*\[)<[0-9a-f]{32}><[0-9a-f]{32}>\]")
_PALE, _DARK, _RULE = "#f0f3f5", "#1f2d3a", "#9aa7b1"


@dataclass(frozen=True, slots=True)
class _Look:
    """The measures of a page, in points. ``body`` is the size of its letters."""

    body: float
    title: float
    heading: float
    gap: float

    @property
    def leading(self) -> float:
        return self.body * 1.24


_LOOKS = {"chart": _Look(8.4, 14, 9.6, 3.2), "patient": _Look(11.5, 18, 13.5, 6)}


def document_pdf(document: Document, *, paper: str, folders: Sequence[Path] = ()) -> bytes:
    """The bytes of the file. ``paper`` is ``a4`` or ``letter``; ``folders`` are where the machine keeps its fonts."""
    pictured = (text for block in flat(document.blocks) if isinstance(block, Figure) for text in figure_texts(block))
    fonts = fonts_for([*texts(document), *pictured], folders)
    return _Setter(document, SIZES[paper], fonts).file()


class _Setter:
    """Sets one document on paper of one size."""

    def __init__(self, document: Document, size: tuple[float, float], fonts: PageFonts) -> None:
        self.document, self.size, self.fonts = document, size, fonts
        self.look = _LOOKS[document.reader]
        self.width = size[0] - 2 * _MARGIN
        foot = [document.running, *document.foot] if document.running else document.foot
        self.foot = [self._words(text, size=6.6, colour="#44525e", strong=text == document.running) for text in foot]
        self.pages = 0
        self.foot_height = sum(one.wrap(self.width - 40, 1000)[1] for one in self.foot) + 3
        self.height = size[1] - 2 * _MARGIN - self.foot_height

    def file(self) -> bytes:
        """Set twice: the first time only to count the pages, for each says of how many it is."""
        self._set()
        return _with_id(self._set())

    def _set(self) -> bytes:
        from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

        held = io.BytesIO()
        frame = Frame(_MARGIN, _MARGIN + self.foot_height, self.width, self.height, 0, 0, 0, 0)
        template = BaseDocTemplate(
            held, pagesize=self.size, invariant=1, pageCompression=1, lang="en",
            title=self.document.title, author=self.document.over, subject="", creator="botoxcli", producer="botoxcli",
            pageTemplates=[PageTemplate(frames=[frame], onPage=self._furnish)],
        )  # fmt: skip
        template.build([*self._head(), *self._flow(self.document.blocks, self.width)], canvasmaker=self._canvas)
        self.pages = template.page
        return held.getvalue()

    def _canvas(self, *arguments: Any, **named: Any) -> Any:
        """A canvas whose dates are the record's, whatever the clock and the environment say."""
        from reportlab.pdfgen.canvas import Canvas

        canvas = Canvas(*arguments, **named)
        day: date = self.document.dated
        canvas.setDateFormatter(lambda *_now: f"D:{day:%Y%m%d}000000+00'00'")
        return canvas

    def _furnish(self, canvas: Any, template: Any) -> None:
        """What every page has: the mark across it, the foot with the page's number."""
        canvas.saveState()
        if self.document.mark:
            canvas.translate(self.size[0] / 2, self.size[1] / 2)
            canvas.rotate(52)
            canvas.setFont(STRONG, 150)
            canvas.setFillGray(0.9)
            canvas.drawCentredString(0, -50, self.document.mark)
        canvas.restoreState()
        canvas.saveState()
        top = _MARGIN + self.foot_height - 3
        canvas.setStrokeColor(_colour(_RULE))
        canvas.setLineWidth(0.5)
        if self.foot:
            canvas.line(_MARGIN, top, _MARGIN + self.width, top)
        for one in self.foot:
            _, height = one.wrap(self.width - 40, 1000)
            top -= height
            one.drawOn(canvas, _MARGIN, top)
        canvas.setFont(PLAIN, 6.6)
        canvas.setFillGray(0.3)
        canvas.drawRightString(_MARGIN + self.width, _MARGIN + self.foot_height - 11, f"Page {template.page} of {self.pages}")
        canvas.restoreState()

    def _head(self) -> Iterator[Any]:
        from reportlab.platypus import HRFlowable

        yield self._words(self.document.over, size=self.look.body, colour="#44525e")
        yield self._words(self.document.title, size=self.look.title, strong=True, after=1)
        if self.document.mark:
            yield self._words(self.document.mark, size=self.look.title, strong=True, colour="#a01515")
        yield HRFlowable(width="100%", thickness=1, color=_colour(_DARK), spaceBefore=2, spaceAfter=self.look.gap + 1)

    def _flow(self, blocks: Sequence[Block], width: float) -> Iterator[Any]:
        for block in blocks:
            yield from self._block(block, width)

    def _block(self, block: Block, width: float) -> Iterator[Any]:
        match block:
            case Heading(text):
                yield self._words(text, size=self.look.heading, strong=True, before=self.look.gap, after=1, with_next=True, colour=_DARK)
            case Paragraph(text, strong):
                yield self._words(text, strong=strong, after=self.look.gap, colour="#a01515" if strong else "#000000")
            case Points(items):
                yield from (self._words(item, bullet="•", after=0.8) for item in items)
                yield self._space(self.look.gap)
            case Facts(rows):
                yield from self._facts(rows, width)
            case Grid():
                yield from self._grid(block, width)
            case Figure():
                yield figure_flowable(block, width, self.fonts)
                yield self._space(self.look.gap)
            case Columns():
                yield from self._columns(block, width)

    def _columns(self, block: Columns, width: float) -> Iterator[Any]:
        """Two parts side by side; one below the other where they are too high for a page."""
        from reportlab.platypus import Table

        left = (width - _GUTTER) * block.share / 100
        parts = [list(self._flow(block.left, left)), list(self._flow(block.right, width - _GUTTER - left))]
        table = Table([parts], colWidths=[left + _GUTTER, width - _GUTTER - left], style=[*_FLUSH, ("RIGHTPADDING", (0, 0), (0, 0), _GUTTER)])
        if table.wrap(width, 100_000)[1] < self.height * 0.85:
            yield table
        else:
            yield from self._flow((*block.left, *block.right), width)

    def _facts(self, rows: Sequence[tuple[str, str]], width: float) -> Iterator[Any]:
        from reportlab.pdfbase.pdfmetrics import stringWidth
        from reportlab.platypus import Table

        if not rows:
            return
        names = min(max(stringWidth(name, STRONG, self.look.body) for name, _ in rows) + 8, width * 0.4)
        cells = [[self._words(name, strong=True, colour="#44525e"), self._words(said)] for name, said in rows]
        yield Table(cells, colWidths=[names, width - names], style=[*_FLUSH, ("BOTTOMPADDING", (0, 0), (-1, -1), 1)], splitInRow=1)
        yield self._space(self.look.gap)

    def _grid(self, grid: Grid, width: float) -> Iterator[Any]:
        """As wide as its words want, as far as there is room."""
        from reportlab.pdfbase.pdfmetrics import stringWidth
        from reportlab.platypus import Table

        rows = [grid.columns, *grid.rows, *([grid.total] if grid.total else [])]
        wanted = [max(stringWidth(row[place], STRONG, self.look.body) for row in rows) + 7 for place in range(len(grid.columns))]
        share = min(1.0, width / sum(wanted))
        bold = {0, len(rows) - 1} if grid.total else {0}
        cells = [
            [self._words(cell, strong=row in bold, right=place in grid.right) for place, cell in enumerate(line)] for row, line in enumerate(rows)
        ]
        style = [*_FLUSH, ("BACKGROUND", (0, 0), (-1, 0), _colour(_PALE)), ("LINEBELOW", (0, 0), (-1, -1), 0.25, _colour(_RULE))]
        style += [("TOPPADDING", (0, 0), (-1, -1), 1), ("BOTTOMPADDING", (0, 0), (-1, -1), 1.6)]
        style += [("LEFTPADDING", (0, 0), (-1, -1), 3), ("RIGHTPADDING", (0, 0), (-1, -1), 3)]
        if grid.total:
            style.append(("LINEABOVE", (0, -1), (-1, -1), 0.8, _colour(_DARK)))
        yield Table(cells, colWidths=[one * share for one in wanted], style=style, repeatRows=1, hAlign="LEFT", splitInRow=1)
        yield self._space(self.look.gap)

    def _words(
        self, text: str, *, size: float = 0, strong: bool = False, right: bool = False, before: float = 0, after: float = 0, bullet: str = "",
        with_next: bool = False, colour: str = "#000000",
    ) -> Any:  # fmt: skip
        """The text as a paragraph; nothing in it is read as markup."""
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.platypus import Paragraph as Words

        size = size or self.look.body
        style = ParagraphStyle(
            "words", fontName=STRONG if strong else PLAIN, fontSize=size, leading=size * 1.24, spaceBefore=before, spaceAfter=after,
            alignment=2 if right else 0, keepWithNext=with_next, textColor=_colour(colour), splitLongWords=1,
            leftIndent=size if bullet else 0, bulletFontName=PLAIN, bulletFontSize=size,
        )  # fmt: skip
        return Words(self.fonts.marked_up(text), style, bulletText=bullet or None)

    def _space(self, height: float) -> Any:
        from reportlab.platypus import Spacer

        return Spacer(1, height)


def _with_id(made: bytes) -> bytes:
    """The file with an id from its own bytes: reportlab's own has the environment's SOURCE_DATE_EPOCH in it. Its length stays."""
    told = sha256(_ID.sub(rb"", made)).hexdigest()[:32].encode()
    return _ID.sub(lambda found: found[1] + b"<" + told + b"><" + told + b">]", made)


_FLUSH: list[Any] = [
    ("LEFTPADDING", (0, 0), (-1, -1), 0), ("RIGHTPADDING", (0, 0), (-1, -1), 0), ("TOPPADDING", (0, 0), (-1, -1), 0),
    ("BOTTOMPADDING", (0, 0), (-1, -1), 0), ("VALIGN", (0, 0), (-1, -1), "TOP"),
]  # fmt: skip


def _colour(written: str) -> Any:
    from reportlab.lib.colors import HexColor

    return HexColor(written)
