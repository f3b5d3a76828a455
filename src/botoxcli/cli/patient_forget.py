"""``botox patient forget``: who a patient was is blanked for good, after everything was looked at; what was done to them stays under the code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from botoxcli import clock, paths
from botoxcli.cli.rows import FORMAT_HELP, Form
from botoxcli.cli.state import State, state_of
from botoxcli.errors import BotoxError, Interrupted, MissingInput, UsageError

if TYPE_CHECKING:
    from botoxcli.store.old_copies import OldCopy
    from botoxcli.workflow.forget import Choice, Forgetting, Forgotten

KEEP_HELP = "A text of the patient that is to stay, or one of others about which that is settled. Repeatable."
BLANK_HELP = "A text of others that is to be blanked. Repeatable."


@dataclass(frozen=True)
class Flags:
    """The options as they were typed. ``others`` is what becomes of the texts of others that no flag names: True goes, False stays."""

    code: str
    reason: str | None
    keep: tuple[int, ...]
    blank: tuple[int, ...]
    others: bool | None
    also: tuple[str, ...]
    retention_checked: bool


def forget(
    ctx: typer.Context,
    code: str = typer.Argument(metavar="CODE", help="The patient's code; a part of a name is not taken here."),
    reason: str | None = typer.Option(None, metavar="TEXT", help="Why. It stays in the ledger, so it must not name the patient."),
    keep: list[int] = typer.Option([], metavar="N", help=KEEP_HELP),
    blank: list[int] = typer.Option([], metavar="N", help=BLANK_HELP),
    blank_others: bool = typer.Option(False, "--blank-others", help="Blank every text of others that may name the patient."),
    keep_others: bool = typer.Option(False, "--keep-others", help="Keep every text of others that no --blank names."),
    also: list[str] = typer.Option([], metavar="WORD", help="A nickname or another word to look for. Repeatable."),
    retention_checked: bool = typer.Option(False, "--retention-checked", help="The law on keeping records was checked: these may go. Required."),
    key: str | None = typer.Option(None, metavar="TEXT", help="A key of your own: the same command again records once."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask: what is missing is an error."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Show what would be blanked and what would stay; record nothing."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
    identify: bool = typer.Option(False, "--identify", help="With the name and the texts themselves, also in a pipe and in JSON."),
) -> None:
    """Blank a patient's name, birth date and texts for good. What was done stays, under the code. Nothing takes it back.

    Example: botox patient forget P0001 --reason "asked for on paper, 2026-03-02" --dry-run
    """
    from botoxcli.cli.forget_print import print_forgotten, print_plan
    from botoxcli.cli.given import may_ask
    from botoxcli.cli.texts import clean_text
    from botoxcli.workflow import forget as workflow

    if blank_others and keep_others:
        raise UsageError("--blank-others and --keep-others do not go together.", "Give one of them; --blank N and --keep N settle single texts.")
    others = True if blank_others else False if keep_others else None
    said = clean_text("--reason", reason) if reason is not None else None
    flags = Flags(code, said, tuple(keep), tuple(blank), others, tuple(clean_text("--also", word) for word in also), retention_checked)
    state = state_of(ctx)
    try:
        found = _look(state, flags, key)
    except workflow.AlreadyForgotten:
        if not dry_run:
            _again(state, flags, key, form)
        raise
    copies = _copies(state, found.held.patient)
    if dry_run:
        print_plan(found, workflow.checked_choice(found, *_chosen(found, flags)), copies, form, identify=identify)
        return
    asked = may_ask(no_input)
    why, choice = _asked(found, flags, copies) if asked else _given(found, flags)
    done = _record(state, flags.code, why, choice, key)
    _swept(state, done.patient)
    print_forgotten(done, found, copies, form, dry_run=False)


def _look(state: State, flags: Flags, key: str | None) -> Forgetting:
    """What there is, held against the flags. Raises NotFound, AlreadyForgotten, ValueRefused."""
    from botoxcli.cli.given import checked_key
    from botoxcli.workflow import forget as workflow

    key = checked_key(key)
    with state.reader() as reader:
        found = workflow.look(reader, flags.code, flags.also)
    workflow.refuse_named(found, flags.reason, "--reason")
    workflow.refuse_named(found, key, "--key")
    workflow.checked_choice(found, flags.keep, flags.blank)
    return found


def _chosen(found: Forgetting, flags: Flags) -> tuple[Iterable[int], Iterable[int]]:
    """What is kept and what is blanked by the flags alone."""
    rest = [one.number for one in found.others if one.number not in (*flags.keep, *flags.blank)]
    return flags.keep, (*flags.blank, *(rest if flags.others else ()))


def _given(found: Forgetting, flags: Flags) -> tuple[str, Choice]:
    """Reason and choice from the flags. Raises MissingInput naming all that nobody can be asked for."""
    from botoxcli.workflow.forget import checked_choice, undecided

    missing = [] if flags.reason else ["--reason"]
    missing += [] if flags.retention_checked else ["--retention-checked"]
    if flags.others is None and (left := undecided(found, flags.keep, flags.blank)):
        numbers = ", ".join(str(one.number) for one in left)
        missing.append(f"--keep-others or --blank-others (or --keep N, --blank N for each of {numbers}; --dry-run shows them)")
    if missing:
        raise MissingInput(missing)
    return flags.reason or "", checked_choice(found, *_chosen(found, flags), also=flags.also)


def _asked(found: Forgetting, flags: Flags, copies: tuple[OldCopy, ...]) -> tuple[str, Choice]:
    """The same at the screen: everything is shown, what is open is asked, and at last the code. Raises Interrupted for a no."""
    from botoxcli.cli.forget_print import covered_words, elsewhere_words, own_words, text_words
    from botoxcli.terminal.ask import ask_text, confirm
    from botoxcli.terminal.lines import note_text
    from botoxcli.workflow.forget import checked_choice, undecided

    code = found.held.patient
    note_text(own_words(found, flags.keep, named=True))
    keep = set(flags.keep) or (_asked_numbers(found) if found.own else set())
    blank = set(_chosen(found, flags)[1])
    for one in undecided(found, keep, blank) if flags.others is None else ():
        note_text([f"Text {one.number} is not of {code} and may name the patient:", *text_words(one, named=True)])
        if confirm(f"Blank text {one.number} too?", default=False):
            blank.add(one.number)
    note_text((*covered_words(found), *elsewhere_words(copies)))
    why = flags.reason or _asked_reason(found)
    if not flags.retention_checked and not confirm("Was the law on keeping records checked, and may this go?"):
        raise Interrupted("Nothing was changed.")
    if ask_text(f"Nothing takes it back. Type {code} to forget the patient").casefold() != code.casefold():
        raise Interrupted("That is not the code; nothing was changed.")
    return why, checked_choice(found, keep, blank, flags.also)


def _asked_numbers(found: Forgetting) -> set[int]:
    from botoxcli.errors import ValueRefused
    from botoxcli.terminal.ask import ask_value

    def read(words: str) -> set[int]:
        if words.casefold() == "none":
            return set()
        numbers = words.replace(",", " ").split()
        own = {str(one.number) for one in found.own}
        if not set(numbers) <= own:
            raise ValueRefused("Texts to keep", "these are not all numbers of the list above")
        return {int(number) for number in numbers}

    return ask_value("Texts to keep, by number", read, default="none")


def _asked_reason(found: Forgetting) -> str:
    from botoxcli.cli.recording_flags import written
    from botoxcli.terminal.ask import ask_value
    from botoxcli.workflow.forget import refuse_named

    def read(words: str) -> str:
        text = written("--reason")(words)
        refuse_named(found, text, "Why")
        return text

    return ask_value("Why (it stays: do not name the patient)", read)


def _record(state: State, code: str, reason: str, choice: Choice, key: str | None) -> Forgotten:
    from botoxcli.store.recorder import Recorder
    from botoxcli.workflow.forget import ForgetRequest
    from botoxcli.workflow.forget import forget as record

    with state.reader() as reader:
        actor = state.actor(reader)
    return record(Recorder(state.ledger), ForgetRequest(code, reason, choice), actor=actor, now=clock.utc_now(), key=key)


def _again(state: State, flags: Flags, key: str | None, form: Form) -> None:
    """A second time: the file is swept, which a kill may have prevented; a retry under its key is told what stands.

    Returns when there is nothing to tell but that the patient was forgotten already.
    """
    from botoxcli.cli.forget_print import print_forgotten
    from botoxcli.workflow.forget import Choice

    done = _record(state, flags.code, flags.reason, Choice(), key) if key and flags.reason else None
    _swept(state, flags.code)
    if done is not None:
        print_forgotten(done, None, _copies(state, done.patient), form, dry_run=False)
        raise typer.Exit


def _swept(state: State, code: str) -> None:
    """Builds the file anew. What the disk or another program says to that is told; the patient is forgotten all the same."""
    from botoxcli.store.sweep import sweep

    try:
        sweep(state.ledger)
    except BotoxError as error:
        why = error.sentence.replace("; nothing was written", "")  # by the sweep: the erasure itself stands
        error.sentence = f"{code} is forgotten, but the file could not be built anew, so traces may be left in it. {why}"
        error.next_step = "Mend that, then run the same command again: it does what is left."
        raise


def _copies(state: State, code: str) -> tuple[OldCopy, ...]:
    from botoxcli.store.old_copies import old_copies

    path = state.ledger.path
    return old_copies(state.ledger, (path.parent, paths.backups(path), path.resolve().parent, paths.backups(path.resolve())), code)
