"""``botox ledger backup``: a new file that holds all of the ledger, verified before the command says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from botoxcli import clock, paths
from botoxcli.cli.rows import FORMAT_HELP, Form, write_item
from botoxcli.cli.state import State, state_of
from botoxcli.errors import BotoxError
from botoxcli.terminal.lines import note

if TYPE_CHECKING:
    from botoxcli.store.backup import Backup


def backup(
    ctx: typer.Context,
    dest: str | None = typer.Argument(None, metavar="[DEST]", help="A folder, or a new file (default: the folder `backups` beside the ledger)."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Back up the ledger into a new file, verify it, and write its manifest beside it. Nothing is ever replaced.

    Example: botox ledger backup /media/usb
    """
    from botoxcli.store.backup import back_up, destination
    from botoxcli.terminal.progress import progress

    state = state_of(ctx)
    with state.reader() as reader:
        actor = state.actor(reader)
    at = clock.utc_now()
    into = destination(dest, paths.backups(state.ledger.path))
    with progress("Backing up"):
        made = back_up(state.ledger, into, at=at)
    recorded = _recorded(state, made, actor)
    _print(made, form, recorded=recorded)


def _recorded(state: State, made: Backup, actor: str) -> bool:
    """Whether the ledger could take a note of it. The backup counts all the same."""
    from botoxcli.store.backup import record_backup

    try:
        record_backup(state.ledger, made, actor=actor, at=clock.utc_now())
    except BotoxError as error:
        note(f"Warning: the backup was made, but the ledger could not take a note of it: {error.sentence}")
        return False
    return True


def _print(made: Backup, form: Form, *, recorded: bool) -> None:
    from dataclasses import asdict

    from botoxcli.cli.ledger_words import entries_words, shown_time
    from botoxcli.store.backup import HEAD_SHOWN
    from botoxcli.store.manifest import manifest_path
    from botoxcli.terminal.lines import print_lines

    told = made.manifest
    if form is Form.JSON:
        write_item("ledger-backup", {**asdict(told), "file": str(made.file), "manifest": str(manifest_path(made.file)), "recorded": recorded})
        return
    if not told.encrypted:
        others = "" if made.private else "; this disk keeps no permissions, and whoever holds it can read it"
        note(f"It is not encrypted{others}: keep it where nobody else comes.")
    print_lines(
        [
            f"Backed up and verified: {entries_words(told.entries)} up to {shown_time(told.last_entry_at)}.",
            f"Head:  {told.head[:HEAD_SHOWN]}",
            f"File:  {made.file}",
        ]
    )
