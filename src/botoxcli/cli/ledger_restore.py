"""``botox ledger restore``: a backup put in the ledger's place, after it was verified, compared and asked for; or a rehearsal of it."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from botoxcli import clock
from botoxcli.cli.key_first import ask_key_first
from botoxcli.cli.rows import FORMAT_HELP, Form, write_item
from botoxcli.cli.state import State, state_of

if TYPE_CHECKING:
    from botoxcli.store.rehearsal import Rehearsal
    from botoxcli.store.restore import Ready, Restored


def restore(
    ctx: typer.Context,
    file: Path = typer.Argument(metavar="FILE", readable=False, help="The backup. It is only read, and stays."),
    drill: bool = typer.Option(False, "--drill", help="Rehearse it in a scratch folder and compare every view; change nothing."),
    yes: bool = typer.Option(False, "--yes", "-y", help="Do not ask."),
    other_ledger: bool = typer.Option(False, "--other-ledger", help="Also when what stands is not the same ledger."),
    plaintext: bool = typer.Option(False, "--plaintext", help="Also when the backup is in plain text and what stands is encrypted."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask: without --yes nothing is restored."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Put a backup in the ledger's place. What stands there is kept beside, under another name.

    Example: botox ledger restore --drill backups/practice.db
    """
    from botoxcli.store import restore as store
    from botoxcli.terminal.progress import progress

    state = state_of(ctx)
    ask_key_first(state.ledger, file)
    with ExitStack() as until_done:
        with progress("Verifying the backup"):
            ready = until_done.enter_context(store.made_ready(state.ledger, file, drill=drill))
        if drill:
            _drill(state, ready, form)
            return
        _ask(ready, yes=yes, other_ledger=other_ledger, plaintext=plaintext, no_input=no_input)
        actor = _actor(state, ready)
        with progress("Restoring"):
            done = store.restore(ready, actor=actor, at=clock.utc_now())
    _print(ready, done, form)


def _actor(state: State, ready: Ready) -> str:
    """Who restores: the ledger that stands may not be readable, so the restored one says who its practitioner is."""
    from botoxcli.store.reader import open_ledger

    with open_ledger(ready.copy) as reader:
        return state.actor(reader)


def _ask(ready: Ready, *, yes: bool, other_ledger: bool, plaintext: bool, no_input: bool) -> None:
    """Shows what would be lost and asks. Raises MissingInput when nobody can be asked, Interrupted for a no."""
    from botoxcli.cli.given import may_ask
    from botoxcli.cli.ledger_words import kept_words, ready_words
    from botoxcli.errors import Interrupted, MissingInput
    from botoxcli.terminal.ask import confirm
    from botoxcli.terminal.lines import note

    questions = {} if yes else {"--yes": "Restore it?"}
    if ready.standing.is_another and not other_ledger:
        questions["--other-ledger"] = "It is NOT the same ledger. Are you sure?"
    if ready.stands_encrypted and not ready.encrypted and not plaintext:
        questions["--plaintext"] = "The backup is NOT encrypted, and the ledger is. Put plain text in its place?"
    if not questions:
        return
    for line in (*ready_words(ready), *kept_words(ready)):
        note(line)
    if not may_ask(no_input):
        raise MissingInput(list(questions))
    for question in questions.values():
        if not confirm(question):
            raise Interrupted("Nothing was changed.")


def _drill(state: State, ready: Ready, form: Form) -> None:
    """Raises BackupDiffers when a view says something else and nobody was forgotten since."""
    from botoxcli.cli.ledger_words import ready_words
    from botoxcli.errors import BackupDiffers
    from botoxcli.store.rehearsal import rehearse
    from botoxcli.terminal.lines import print_text
    from botoxcli.terminal.progress import progress

    with progress("Rehearsing"):
        seen = rehearse(ready, state.ledger)
    if seen.differing and not seen.erased_since:
        raise BackupDiffers(str(ready.file), f"restored, it says something else than the ledger did, in {', '.join(seen.differing)}")
    if form is Form.JSON:
        write_item("ledger-restore", {**_item(ready), "restored": False, "drill": _drill_item(seen)})
        return
    print_text([*ready_words(ready), *_drill_words(seen), "This was a drill: nothing was changed."])


def _drill_words(seen: Rehearsal) -> list[str]:
    with_what = "what the ledger said at that entry" if seen.with_ledger else "what the backup itself says"
    if not seen.differing:
        return [f"Restored in a scratch folder: all {seen.views} views equal {with_what}."]
    return [
        f"Restored in a scratch folder: {seen.views - len(seen.differing)} of {seen.views} views equal {with_what}.",
        f"The others differ because somebody was forgotten since, whom the backup still names: {', '.join(seen.differing)}.",
    ]


def _print(ready: Ready, done: Restored, form: Form) -> None:
    from botoxcli.cli.ledger_words import HEAD, by_command, entries_words, shown_time
    from botoxcli.terminal.lines import note, print_lines

    if form is Form.JSON:
        write_item("ledger-restore", {**_item(ready), "restored": True, "aside": str(done.aside) if done.aside else None, "head_now": done.head})
        return
    if ready.manifest is None:
        note("The backup has no manifest beside it: only its own chain speaks for it.")
    found, lost = ready.found, ready.standing.lost
    lines = [f"Restored: {entries_words(found.entries)} up to {shown_time(found.last_at)}, and one that says so."]
    lines += [f"Set aside: {entries_words(len(lost))} ({by_command(lost)})."] if lost else []
    lines += [f"Head:    {done.head[:HEAD]}", f"Ledger:  {ready.path}"]
    lines += [f"Before:  {done.aside}"] if done.aside else []
    print_lines(lines)
    if ready.stands_encrypted and not ready.encrypted:
        note("The ledger is in plain text now; `botox ledger encrypt` encrypts it.")


def _item(ready: Ready) -> dict[str, Any]:
    found, seen = ready.found, ready.standing
    return {
        "file": str(ready.file),
        "manifest": ready.manifest is not None,
        "sha256": ready.sha256,
        "head": found.head,
        "entries": found.entries,
        "last_entry_at": found.last_at,
        "schema_version": found.schema_version,
        "encrypted": ready.encrypted,
        "ledger": str(ready.path),
        "kinship": seen.kinship.value,
        "standing_entries": len(seen.standing),
        "lost_entries": len(seen.lost),
        "gained_entries": len(seen.gained),
    }


def _drill_item(seen: Rehearsal) -> dict[str, Any]:
    with_what = "ledger" if seen.with_ledger else "backup"
    return {"views": seen.views, "compared_with": with_what, "differing": list(seen.differing), "erased_since": seen.erased_since}
