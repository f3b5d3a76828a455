"""``botox prep``: the pre-care sheet with the date and hour from which each rule holds."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from botoxcli.cli.app import new_app
from botoxcli.cli.rows import FORMAT_HELP, Form, write_item
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
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
    identify: bool = typer.Option(False, "--identify", help="With the patient's name, also in a pipe and JSON."),
) -> None:
    """The pre-care sheet: what to leave off, from which day and hour.

    Example: botox prep P0001 --for 2026-03-09T10:00
    """
    from botoxcli.cli.protocols import edition_for
    from botoxcli.workflow import prep as workflow

    state = state_of(ctx)
    edition = edition_for(state, patient, protocol)
    with state.reader() as reader:
        sheet = workflow.prep(reader, edition, patient, when)
    named = identify or (form is not Form.JSON and sys.stdout.isatty())
    if form is Form.JSON:
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
