"""A document as plain text: 78 columns, headings underlined, a table in columns of its own width. Needs nothing that is not in Python.

Words are broken between words; a word that is longer than the line, and a table that is wider than the sheet, stay whole.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence

from botoxcli.clinic.document import Block, Document, Facts, Figure, Grid, Heading, Paragraph, Points, flat

WIDTH = 78


def document_text(document: Document) -> str:
    """The whole sheet, with a line end at its end."""
    lines = [*_wrapped(document.over), document.title, "=" * min(_columns(document.title), WIDTH)]
    if document.mark:
        lines += ["", f"*** {document.mark} ***"]
    for block in flat(document.blocks):
        lines += ["", *_block(block)]
    if document.foot:
        lines += ["", "-" * WIDTH, *(line for text in document.foot for line in _wrapped(text))]
    return "\n".join(line.rstrip() for line in _closed_up(lines)) + "\n"


def _closed_up(lines: Sequence[str]) -> Iterator[str]:
    """Without the blank line below a heading's rule and without two in a row."""
    before = ""
    for line in lines:
        if line or (before and not _is_rule(before)):
            yield line
        before = line


def _is_rule(line: str) -> bool:
    return bool(line) and not line.strip("-")


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text):
            yield text
            yield "-" * min(_columns(text), WIDTH)
        case Paragraph(text, strong):
            yield from _wrapped(text, first="! " if strong else "", then="  " if strong else "")
        case Points(items):
            for item in items:
                yield from _wrapped(item, first="- ", then="  ")
        case Facts(rows):
            wide = max((_columns(name) for name, _ in rows), default=0) + 2
            for name, said in rows:
                yield from _wrapped(said, first=_padded(f"{name}:", wide), then=" " * wide)
        case Grid():
            yield from _grid(block)
        case Figure():
            yield from _wrapped(block.told)


def _wrapped(text: str, first: str = "", then: str = "") -> list[str]:
    if not text:
        return [first.rstrip()] if first else []
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False)


def _grid(grid: Grid) -> Iterator[str]:
    rows = [grid.columns, *grid.rows, *([grid.total] if grid.total else [])]
    widths = [max(_columns(row[place]) for row in rows) for place in range(len(grid.columns))]
    lines = ["  ".join(_padded(cell, widths[place], right=place in grid.right) for place, cell in enumerate(row)) for row in rows]
    yield lines[0]
    yield "  ".join("-" * width for width in widths)
    yield from lines[1 : len(grid.rows) + 1]
    if grid.total:
        yield "  ".join("-" * width for width in widths)
        yield lines[-1]


def _columns(text: str) -> int:
    return sum(0 if unicodedata.combining(sign) else 2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _padded(text: str, width: int, *, right: bool = False) -> str:
    space = " " * (width - _columns(text))
    return space + text if right else text + space
