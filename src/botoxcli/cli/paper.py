"""A document as it leaves: text, HTML or PDF, to stdout or into a file. PDF never goes to a screen."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from botoxcli import paths
from botoxcli.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from botoxcli.clinic.document import Document

SHEET_HELP = "text, html or pdf."
PAPER_HELP = "a4 or letter (default: letter where the jurisdiction is us)."
OUTPUT_HELP = "Into this file instead of stdout."


class SheetForm(StrEnum):
    """The forms of a sheet."""

    TEXT = "text"
    HTML = "html"
    PDF = "pdf"


class AnswerForm(StrEnum):
    """The forms of an answer that is also a sheet."""

    TABLE = "table"
    JSON = "json"
    TEXT = "text"
    HTML = "html"
    PDF = "pdf"


class Paper(StrEnum):
    """The sizes of paper."""

    A4 = "a4"
    LETTER = "letter"


def usual_paper(paper: Paper | None, settings: Mapping[str, str]) -> Paper:
    """The paper that was named, else the one of the practice's country."""
    return paper or (Paper.LETTER if settings.get("jurisdiction") == "us" else Paper.A4)


def is_sheet(form: str) -> bool:
    """Whether that form is a sheet's."""
    return form in tuple(SheetForm)


def refuse_for_a_screen(form: str, output: Path | None) -> None:
    """Raises UsageError for a PDF that would go to a terminal: its bytes are no words."""
    if form == SheetForm.PDF and output is None and sys.stdout.isatty():
        raise UsageError("A PDF is not for a screen.", "Give --output FILE, or send it on: botox ... --format pdf > FILE")


def refuse_sheet_options(form: str, paper: Paper | None, output: Path | None) -> None:
    """Raises UsageError for options of a sheet beside another form."""
    if not is_sheet(form) and (paper or output):
        named = "--paper" if paper else "--output"
        raise UsageError(f"{named} is for --format text, html and pdf.", f"Leave {named} out, or name one of these formats.")


def write_document(document: Document, form: str, paper: Paper, output: Path | None) -> None:
    """The sheet in that form. No character of a text steers a terminal, hides or turns the line, in any of them."""
    from botoxcli.clinic.document import with_texts
    from botoxcli.files.output import output as opened
    from botoxcli.files.output import write_bytes
    from botoxcli.terminal.clean import shown

    refuse_for_a_screen(form, output)
    clean = with_texts(document, shown)
    if form == SheetForm.PDF:
        from botoxcli.files.note_pdf import document_pdf

        write_bytes(output, document_pdf(clean, paper=paper.value, folders=paths.font_folders()))
        return
    if form == SheetForm.HTML:
        from botoxcli.files.note_html import document_html

        written = document_html(clean, paper=paper.value)
    else:
        from botoxcli.files.note_text import document_text

        written = document_text(clean)
    with opened(output) as stream:
        stream.write(written)
