"""``botox chart``: everything about one patient on one sheet."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer

from botoxcli.cli.app import new_app
from botoxcli.cli.rows import FORMAT_HELP, Form
from botoxcli.cli.state import state_of

if TYPE_CHECKING:
    from botoxcli.clinic.brief_edition import AnyEdition
    from botoxcli.store.reader import Reader

app = new_app()


@app.command()
def chart(
    ctx: typer.Context,
    patient: str = typer.Argument(metavar="PATIENT", help="A code, or a part of a name that fits one patient."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
    identify: bool = typer.Option(False, "--identify", help="With name and birth date, also in a pipe and JSON."),
) -> None:
    """Everything about one patient: consults, sessions, outcomes, events, response, what is due.

    Example: botox chart P0001
    """
    from botoxcli.cli.chart_print import print_chart, write_chart
    from botoxcli.workflow import chart as workflow

    state = state_of(ctx)
    with state.reader() as reader:
        found = workflow.chart(
            reader, patient, state.today(reader), lambda name, edition_id: _protocol(reader, name, edition_id), as_sheet=form is Form.TABLE
        )
    if form is Form.JSON:
        write_chart(found, named=identify)
    else:
        print_chart(found, named=identify or sys.stdout.isatty())


def _protocol(reader: Reader, name: str, edition_id: int) -> AnyEdition:
    """The newest text of a protocol, as ``response`` reads it; the ledger's own where the file is gone or broken."""
    from botoxcli.cli.protocols import brief_edition_of, brief_pinned_edition
    from botoxcli.errors import NotFound, ProtocolInvalid

    try:
        return brief_edition_of(reader, name)
    except (NotFound, ProtocolInvalid):
        return brief_pinned_edition(reader, edition_id)
