"""``botox response``: is it working, by the protocol's named rules. It advises; it never changes what is due."""

from __future__ import annotations

import typer

from botoxcli.cli.app import new_app
from botoxcli.cli.rows import FORMAT_HELP, Form
from botoxcli.cli.state import state_of

app = new_app()


@app.command()
def response(
    ctx: typer.Context,
    patient: str = typer.Argument(metavar="PATIENT", help="A code, or a part of a name that fits one patient."),
    rules: str | None = typer.Option(None, metavar="ID", help="One rule set of the protocol (default: all, side by side)."),
    protocol: str | None = typer.Option(None, metavar="ID", help="The protocol (default: the patient's)."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Is it working? Baseline, every window, the change, and what each named rule says of it.

    Example: botox response P0001 --rules nice-ta260
    """
    from botoxcli.cli.protocols import DEFAULT_PROTOCOL, edition_of
    from botoxcli.cli.response_print import print_response, write_response
    from botoxcli.workflow import response as workflow

    state = state_of(ctx)
    with state.reader() as reader:
        history = reader.patient_history(reader.find_patient(patient).patient_id)
        edition = edition_of(workflow.followed_protocol(history, protocol, DEFAULT_PROTOCOL)).protocol
        asked = workflow.rules_named(edition, rules)
        found = workflow.response(reader, history, edition, asked, today=state.today(reader))
    if form is Form.JSON:
        write_response(found)
    else:
        print_response(found)
