"""``botox ledger``: the file itself. Where it is, whether it is whole, copies of it, its key."""

from __future__ import annotations

import typer

from botoxcli.cli.app import new_app
from botoxcli.cli.ledger_backup import backup
from botoxcli.cli.ledger_encrypt import decrypt, encrypt, rekey
from botoxcli.cli.ledger_log import log
from botoxcli.cli.ledger_restore import restore
from botoxcli.cli.ledger_verify import verify
from botoxcli.cli.state import state_of
from botoxcli.terminal.lines import print_lines

app = new_app("The ledger's file: where it is, is it whole, backups, its key.\n\nExample: botox ledger verify")
app.command()(log)
app.command()(verify)
app.command()(backup)
app.command()(restore)
app.command()(encrypt)
app.command()(decrypt)
app.command()(rekey)


@app.command()
def path(ctx: typer.Context) -> None:
    """Say where the ledger is, or would be.

    Example: botox ledger path
    """
    print_lines([str(state_of(ctx).ledger.path)])
