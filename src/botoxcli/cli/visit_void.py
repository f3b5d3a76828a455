"""``botox visit void``: a visit withdrawn. It stays in the ledger and in its history; nothing of it counts any more."""

from __future__ import annotations

import typer

from botoxcli.cli.rows import FORMAT_HELP, Form
from botoxcli.cli.state import state_of
from botoxcli.cli.visit_amend import correction


def void(
    ctx: typer.Context,
    visit: int = typer.Argument(metavar="VISIT", help="The visit's number."),
    reason: str | None = typer.Option(None, metavar="TEXT", help="Why. Required."),
    key: str | None = typer.Option(None, metavar="TEXT", help="A key of your own: the same command again records once."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask: what is missing is an error."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Show what would follow, record nothing."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Withdraw a visit: wrong patient, entered twice. Its vials are free again.

    Example: botox visit void 7 --reason "entered for the wrong patient"
    """
    from botoxcli.cli.correction_print import print_correction
    from botoxcli.cli.given import may_ask
    from botoxcli.files.protocol_yaml import read_protocol
    from botoxcli.store.recorder import Recorder
    from botoxcli.workflow.amend import void as record

    state = state_of(ctx)
    how = correction(state, reason, key=key, dry_run=dry_run, asking=may_ask(no_input))
    told = record(Recorder(state.ledger), read_protocol, visit, how)
    print_correction(state, told, how, form=form.value)
