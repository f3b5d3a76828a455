"""``botox settings``: what the practice is called, who treats, where, under whose rules."""

from __future__ import annotations

import typer

from botoxcli import clock
from botoxcli.cli.app import new_app
from botoxcli.cli.rows import FORMAT_HELP, Form, write_item
from botoxcli.cli.state import state_of
from botoxcli.clinic.backup_age import SETTING, limit_of

app = new_app()


@app.command()
def settings(
    ctx: typer.Context,
    practice: str | None = typer.Option(None, metavar="TEXT", help="The practice's name."),
    practitioner: str | None = typer.Option(None, metavar="TEXT", help="Who treats."),
    time_zone: str | None = typer.Option(None, metavar="ZONE", help="IANA name, such as Europe/Berlin."),
    jurisdiction: str | None = typer.Option(None, metavar="us|eu-uk", help="Whose rules hold: us or eu-uk."),
    backup_limit: str | None = typer.Option(None, metavar="DAYS", help="`due` warns when the last backup is older (default 7; 0: never)."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Show the settings, or change those that are given. Each change is an entry of the ledger.

    Example: botox settings --jurisdiction eu-uk
    """
    from botoxcli.terminal.table import Column, Table, print_table

    state = state_of(ctx)
    with state.reader() as reader:
        actor = state.actor(reader)
    given = {"practice": practice, "practitioner": practitioner, "time-zone": time_zone, "jurisdiction": jurisdiction, SETTING: backup_limit}
    _change(given, ctx, actor)
    with state.reader() as reader:
        stand = reader.settings()
    days = limit_of(stand.get(SETTING))
    if form is Form.JSON:
        write_item("settings", {name.replace("-", "_"): value for name, value in sorted({**stand, SETTING: days}.items())})
    else:
        rows = sorted({**stand, SETTING: f"{days} {'day' if days == 1 else 'days'}" if days else "never"}.items())
        print_table(Table([Column("Setting"), Column("Value", fold=True)], [[name, str(value)] for name, value in rows]))


def _change(given: dict[str, str | None], ctx: typer.Context, actor: str) -> None:
    if not any(value is not None for value in given.values()):
        return
    from botoxcli.store.recorder import Recorder
    from botoxcli.workflow.ledger import change_settings, checked_settings

    change_settings(Recorder(state_of(ctx).ledger), checked_settings(given), actor=actor, now=clock.utc_now())
