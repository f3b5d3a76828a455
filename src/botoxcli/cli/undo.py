"""``botox undo``: shows in words what it will take back, asks, and takes it back as a new entry. Again, and it stands as it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import typer

from botoxcli import clock
from botoxcli.cli.app import new_app
from botoxcli.cli.rows import FORMAT_HELP, Form, write_item
from botoxcli.cli.state import state_of

if TYPE_CHECKING:
    from botoxcli.workflow.recheck import NoLongerHolds
    from botoxcli.workflow.undo import Turn

app = new_app()


@app.command()
def undo(
    ctx: typer.Context,
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask."),
    key: str | None = typer.Option(None, metavar="TEXT", help="A key of your own: the same command again takes back once."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask: without --yes nothing is taken back."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Say what it is, take nothing back."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Take the last change back, as a new entry. Again restores it. Further back is `visit void`.

    Example: botox undo --yes
    """
    from botoxcli.cli.given import checked_key
    from botoxcli.files.protocol_yaml import read_protocol
    from botoxcli.store.recorder import Recorder
    from botoxcli.workflow import undo as workflow

    key = checked_key(key)
    state = state_of(ctx)
    with state.reader() as reader:
        found, actor = workflow.look(reader, read_protocol), state.actor(reader)
    if dry_run:
        _print(found, (), form, done=False, dry_run=True)
        return
    _ask(found, yes=yes, no_input=no_input)
    done = workflow.turn(Recorder(state.ledger), found, actor=actor, now=clock.utc_now(), key=key)
    with state.reader() as reader:
        _print(found, workflow.no_longer(reader, found, read_protocol) if done else (), form, done=done, dry_run=False)


def _ask(found: Turn, *, yes: bool, no_input: bool) -> None:
    """Shows what it is and asks. Raises MissingInput when nobody can be asked, Interrupted for a no."""
    from botoxcli.cli.given import may_ask
    from botoxcli.clinic.undo_words import identity_back
    from botoxcli.errors import Interrupted, MissingInput
    from botoxcli.terminal.ask import confirm
    from botoxcli.terminal.lines import note

    if yes:
        return
    asking = may_ask(no_input)
    changes = (*found.changes, *identity_back(found.seen)) if asking else ()
    for line in _words(found, "This restores", "This takes back", changes):
        note(line)
    if not asking:
        raise MissingInput(["--yes"])
    if not confirm(_verb(found, "Restore it?", "Take it back?")):
        raise Interrupted("Nothing was changed.")


def _verb(found: Turn, restore: str, take_back: str) -> str:
    return restore if found.restores else take_back


def _words(found: Turn, restore: str, take_back: str, changes: Sequence[str]) -> Iterator[str]:
    """What it is about, and what reads otherwise then."""
    from botoxcli.clinic.undo_words import change_words

    yield f"{_verb(found, restore, take_back)}:"
    yield from (f"- {line}" for line in change_words(found.seen, found.visit))
    if changes:
        yield _verb(found, "What changes again:", "What changes back:")
        yield from (f"- {line}" for line in changes)


def _print(found: Turn, no_longer: Sequence[NoLongerHolds], form: Form, *, done: bool, dry_run: bool) -> None:
    from botoxcli.cli.correction_print import no_longer_lines
    from botoxcli.clinic.undo_words import change_words, follows_words
    from botoxcli.terminal.lines import print_text

    seen = found.seen
    if form is Form.JSON:
        item = {
            "restored": found.restores if done or dry_run else seen.stands_now,
            "command": seen.command,
            "at": seen.at,
            "by": seen.actor,
            "visit": seen.visit,
            "patients": list(seen.patients),
            "lots": list(seen.lots),
            "changes": list(found.changes) if done or dry_run else [],
            "no_longer_holds": [one.as_dict() for one in no_longer],
            "standing": not done and not dry_run,
            "dry_run": dry_run,
        }
        write_item("undo", item)
        return
    if dry_run:
        print_text([*_words(found, "Would restore", "Would take back", found.changes), "Nothing was recorded."])
    elif not done:
        touched = [f"- {line}" for line in change_words(seen, found.visit)]
        print_text(["This key did so already; nothing was recorded. The last change now:", *touched])
    else:
        print_text([*_words(found, "Restored", "Taken back", found.changes), follows_words(seen, found.visit), *no_longer_lines(no_longer)])
