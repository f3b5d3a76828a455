"""``botox prep``: the pre-care sheet with the date and hour from which each rule holds."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from botoxcli.cli.app import new_app
from botoxcli.cli.paper import (
    OUTPUT_HELP,
    PAPER_HELP,
    AnswerForm,
    Paper,
    is_sheet,
    refuse_for_a_screen,
    refuse_sheet_options,
    usual_paper,
    write_document,
)
from botoxcli.cli.rows import write_item
from botoxcli.cli.state import state_of

if TYPE_CHECKING:
    from botoxcli.workflow.prep import PrepSheet

app = new_app()


@app.command()
def prep(
    ctx: typer.Context,
    patient: str = typer.Argument(..., help="The patient's code, or a part of a name that fits one patient."),
    when: str = typer.Option(..., "--for", metavar="WHEN", help="The appointment on the practice's clock: YYYY-MM-DDTHH:MM."),
    protocol: str | None = typer.Option(None, metavar="ID", help="The protocol (default: the patient's)."),
    form: AnswerForm = typer.Option(AnswerForm.TABLE, "--format", help="table or json; the patient's own sheet, with the name: text, html, pdf."),
    paper: Paper | None = typer.Option(None, "--paper", help=PAPER_HELP),
    output: Path | None = typer.Option(None, "--output", metavar="FILE", help=OUTPUT_HELP),
    identify: bool = typer.Option(False, "--identify", help="With the patient's name, also in a pipe and JSON."),
) -> None:
    """The pre-care sheet: what to leave off, from which day and hour.

    Example: botox prep P0001 --for 2026-03-09T10:00 --format pdf --output before.pdf
    """
    from botoxcli.cli.protocols import edition_for
    from botoxcli.clinic.patient_sheets import prep_sheet
    from botoxcli.workflow import prep as workflow

    refuse_sheet_options(form, paper, output)
    refuse_for_a_screen(form, output)
    state = state_of(ctx)
    edition = edition_for(state, patient, protocol)
    with state.reader() as reader:
        sheet = workflow.prep(reader, edition, patient, when)
        size = usual_paper(paper, reader.settings())
    if is_sheet(form):
        write_document(prep_sheet(sheet.patient, sheet.practice, sheet.session_at, sheet.lines, sheet.always), form, size, output)
        return
    named = identify or (form is AnswerForm.TABLE and sys.stdout.isatty())
    if form is AnswerForm.JSON:
        _print_json(sheet, named=named)
    else:
        _print_text(sheet, named=named)


def _who(sheet: PrepSheet, *, named: bool) -> str:
    return f"{sheet.patient.name} ({sheet.patient.code})" if named and sheet.patient.name else sheet.patient.code


def _print_text(sheet: PrepSheet, *, named: bool) -> None:
    from botoxcli.clinic.dose_outlook import outlook_lines
    from botoxcli.clinic.instants import moment_text
    from botoxcli.terminal.lines import Section, print_sheet

    avoid = tuple(f"From {moment_text(line.starts)}: {line.what}. {line.why}" for line in sheet.lines if line.action == "avoid")
    ask = tuple(f"By {moment_text(line.starts)}: {line.what}. {line.why}" for line in sheet.lines if line.action == "ask-the-prescriber")
    parts = [
        Section("Please leave off", avoid),
        Section("Ask the prescriber", ask),
        Section("Always", (sheet.always,)),
        Section("", (sheet.practice,), ""),
        Section("For the practice", tuple(outlook_lines(sheet.doses))),
    ]
    print_sheet(f"Before your treatment: {_who(sheet, named=named)}, {moment_text(sheet.session_at)}", parts)


def _print_json(sheet: PrepSheet, *, named: bool) -> None:
    from botoxcli.clinic.dose_outlook import outlook_item

    item = {
        "patient": sheet.patient.code,
        **({"name": sheet.patient.name} if named else {}),
        "session_at": sheet.session_at,
        "rules": [
            {"id": line.rule, "action": line.action, "what": line.what, "why": line.why, "starts": line.starts, "source": line.source}
            for line in sheet.lines
        ],
        "always": sheet.always,
        "doses": outlook_item(sheet.doses),
    }
    write_item("prep", item)
