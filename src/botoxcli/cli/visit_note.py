"""``botox visit note``: the procedure note of a session. ``botox visit aftercare``: the patient's sheet for after it, printed again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from botoxcli.cli.paper import OUTPUT_HELP, PAPER_HELP, SHEET_HELP, Paper, SheetForm, refuse_for_a_screen, usual_paper, write_document
from botoxcli.cli.state import state_of

if TYPE_CHECKING:
    from botoxcli.clinic.protocol import Protocol
    from botoxcli.store.reader import Reader


def note(
    ctx: typer.Context,
    visit: int = typer.Argument(metavar="VISIT", help="The session's number."),
    form: SheetForm = typer.Option(SheetForm.TEXT, "--format", help=SHEET_HELP),
    paper: Paper | None = typer.Option(None, "--paper", help=PAPER_HELP),
    output: Path | None = typer.Option(None, "--output", metavar="FILE", help=OUTPUT_HELP),
) -> None:
    """The procedure note of a session for the chart, on one page. It carries the patient's name.

    Example: botox visit note 2 --format pdf --output note.pdf
    """
    from botoxcli.clinic.procedure_note import procedure_note
    from botoxcli.workflow.visit_note import note_facts

    refuse_for_a_screen(form, output)
    with state_of(ctx).reader() as reader:
        facts = note_facts(reader, visit, lambda edition: _pinned(reader, edition))
        size = usual_paper(paper, reader.settings())
    write_document(procedure_note(facts), form, size, output)


def aftercare(
    ctx: typer.Context,
    visit: int = typer.Argument(metavar="VISIT", help="The session's number."),
    at: str | None = typer.Option(None, "--at", metavar="HH:MM", help="When the session was, for the hour up to which a rule holds."),
    form: SheetForm = typer.Option(SheetForm.TEXT, "--format", help=SHEET_HELP),
    paper: Paper | None = typer.Option(None, "--paper", help=PAPER_HELP),
    output: Path | None = typer.Option(None, "--output", metavar="FILE", help=OUTPUT_HELP),
) -> None:
    """The patient's aftercare sheet of a session, to print or to hand out again. It carries the patient's name.

    Example: botox visit aftercare 2 --at 10:15
    """
    from botoxcli.clinic.patient_sheets import aftercare_sheet
    from botoxcli.workflow.visit_note import aftercare_facts

    refuse_for_a_screen(form, output)
    with state_of(ctx).reader() as reader:
        facts = aftercare_facts(reader, visit, lambda edition: _pinned(reader, edition), at=at)
        size = usual_paper(paper, reader.settings())
    write_document(aftercare_sheet(facts), form, size, output)


def _pinned(reader: Reader, edition_id: int) -> Protocol:
    from botoxcli.cli.protocols import pinned_edition

    return pinned_edition(reader, edition_id).protocol
