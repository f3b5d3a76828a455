"""``botox response``: is it working, by the protocol's named rules. It advises; it never changes what is due."""

from __future__ import annotations

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
from botoxcli.cli.state import State, state_of

if TYPE_CHECKING:
    from botoxcli.clinic.document import Document
    from botoxcli.clinic.known_patient import KnownPatient
    from botoxcli.store.reader import Reader
    from botoxcli.workflow.response import Response

app = new_app()


@app.command()
def response(
    ctx: typer.Context,
    patient: str = typer.Argument(metavar="PATIENT", help="A code, or a part of a name that fits one patient."),
    rules: str | None = typer.Option(None, metavar="ID", help="One rule set of the protocol (default: all, side by side)."),
    protocol: str | None = typer.Option(None, metavar="ID", help="The protocol (default: the patient's)."),
    form: AnswerForm = typer.Option(AnswerForm.TABLE, "--format", help="table or json; a sheet for a payer: text, html, pdf."),
    paper: Paper | None = typer.Option(None, "--paper", help=PAPER_HELP),
    output: Path | None = typer.Option(None, "--output", metavar="FILE", help=OUTPUT_HELP),
    identify: bool = typer.Option(False, "--identify", help="With name and birth date on the sheet, instead of the code alone."),
) -> None:
    """Is it working? Baseline, every window, the change, and what each named rule says of it.

    Example: botox response P0001 --rules nice-ta260
    """
    from botoxcli.cli.protocols import DEFAULT_PROTOCOL, brief_edition_of
    from botoxcli.cli.response_print import print_response, write_response
    from botoxcli.workflow import response as workflow

    refuse_sheet_options(form, paper, output)
    refuse_for_a_screen(form, output)
    state = state_of(ctx)
    with state.reader() as reader:
        history = reader.patient_history(reader.find_patient(patient).patient_id, brief=True)
        edition = brief_edition_of(reader, workflow.followed_protocol(history, protocol, DEFAULT_PROTOCOL))
        asked = workflow.rules_named(edition, rules)
        found = workflow.response(reader, history, edition, asked, today=state.today(reader))
        sheet = _sheet(state, reader, history.patient, found, named=identify) if is_sheet(form) else None
        size = usual_paper(paper, reader.settings())
    if sheet is not None:
        write_document(sheet, form, size, output)
    elif form is AnswerForm.JSON:
        write_response(found)
    else:
        print_response(found)


def _sheet(state: State, reader: Reader, patient: KnownPatient, found: Response, *, named: bool) -> Document:
    from botoxcli.clinic.response_sheet import ResponseSheetFacts, response_sheet

    return response_sheet(
        ResponseSheetFacts(
            practice=reader.settings()["practice"],
            patient=patient,
            named=named,
            as_of=state.today(reader),
            protocol=found.protocol,
            course=found.course,
            verdicts=found.verdicts,
            counted=found.counts_headache_days,
            chain_head=reader.chain_head(),
        )
    )
