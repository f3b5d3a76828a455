"""``botox patient pause`` and ``archive``: a patient who leaves the due list for a while, or for good."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from botoxcli.cli.recording_flags import answer, recording, required, written
from botoxcli.cli.rows import FORMAT_HELP, Form
from botoxcli.cli.state import state_of
from botoxcli.clinic.dates import parse_date
from botoxcli.errors import MissingInput, UsageError

if TYPE_CHECKING:
    from botoxcli.clinic.history import ArchiveReason
    from botoxcli.clinic.known_patient import KnownPatient
    from botoxcli.store.reader import Reader

PATIENT = typer.Argument(metavar="PATIENT", help="A code, or a part of a name that fits one patient.")
KEY = typer.Option(None, metavar="TEXT", help="A key of your own: the same command again records once.")
NO_INPUT = typer.Option(False, "--no-input", help="Never ask: what is missing is an error.")
DRY_RUN = typer.Option(False, "--dry-run", help="Check everything, record nothing.")
FORMAT = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP)


class Why(StrEnum):
    """Why a patient is archived."""

    MOVED_AWAY = "moved-away"
    STOPPED = "stopped"
    DIED = "died"
    OTHER = "other"


def pause(
    ctx: typer.Context,
    patient: str = PATIENT,
    until: str | None = typer.Option(None, "--until", metavar="DATE", help="The day on which the pause is over; the consult is to be reviewed then."),
    reason: str | None = typer.Option(None, metavar="TEXT", help="Why: pregnancy, an operation. Required."),
    end: bool = typer.Option(False, "--end", help="End the pause early."),
    on: str | None = typer.Option(None, "--on", metavar="DATE", help="With --end: the day on which it ended (default today)."),
    key: str | None = KEY,
    no_input: bool = NO_INPUT,
    dry_run: bool = DRY_RUN,
    form: Form = FORMAT,
) -> None:
    """Pause a patient: nothing is due before that day; a review of the consult is due on it. A later pause replaces an earlier one.

    Example: botox patient pause P0001 --until 2027-01-15 --reason pregnancy
    """
    from botoxcli.cli.given import may_ask
    from botoxcli.store.recorder import Recorder
    from botoxcli.workflow.patient_status import PauseRequest
    from botoxcli.workflow.patient_status import pause as record

    if end and until is not None:
        raise UsageError("--end and --until do not go together.", "Give --until for a pause, --end (with --on) to end one.")
    if on is not None and not end:
        raise UsageError("--on goes with --end.", "A pause begins when it is recorded; --until says when it is over.")
    state, asking = state_of(ctx), may_ask(no_input)
    with state.reader() as reader:
        known = reader.find_patient(patient)
        how = recording(state, reader, key=key, dry_run=dry_run)
    words, flag = (on or "today", "--on") if end else (until, "--until")
    given = parse_date(words, today=how.today, where=flag) if words is not None else None
    flags = {"--until": given, "--reason": reason or end or None}
    if not asking and (missing := [name for name, value in flags.items() if value is None]):
        raise MissingInput(missing)
    day = given or required(flag, None, "Until (YYYY-MM-DD)", lambda said: parse_date(said, today=how.today, where=flag), asking=asking)
    why = None if end and reason is None else required("--reason", reason, "Why", written("--reason"), asking=asking)
    told = record(Recorder(state.ledger), PauseRequest(known.code, day, why, ends=end), how)
    done = f"the pause of {known.code} ended on {day}." if end else f"{known.code} is paused until {day}."
    review = [] if dry_run else [f"The consult is to be reviewed on {day}."]
    answer("pause", {"patient": known.code, "paused_until": day, "ended": end}, told, how, form=form, done=done, after=review)


def archive(
    ctx: typer.Context,
    patient: str = PATIENT,
    reason: Why | None = typer.Option(None, help="moved-away, stopped, died or other. Required."),
    rules: str | None = typer.Option(None, metavar="ID", help="With stopped: the response rule that said so; a look back is due 4 months later."),
    note: str | None = typer.Option(None, metavar="TEXT", help="In your own words."),
    on: str | None = typer.Option(None, "--on", metavar="DATE", help="The day (default today)."),
    undo: bool = typer.Option(False, "--undo", help="Take an archived patient back."),
    key: str | None = KEY,
    no_input: bool = NO_INPUT,
    dry_run: bool = DRY_RUN,
    form: Form = FORMAT,
) -> None:
    """Archive a patient: nothing is due any more. --undo takes the patient back.

    Example: botox patient archive P0001 --reason stopped --rules nice-ta260
    """
    from botoxcli.cli.given import may_ask
    from botoxcli.cli.texts import clean_text
    from botoxcli.store.recorder import Recorder
    from botoxcli.terminal.ask import choose
    from botoxcli.workflow.patient_status import ArchiveRequest
    from botoxcli.workflow.patient_status import archive as record

    if undo and (reason or rules):
        raise UsageError("--undo goes without --reason and --rules.", "Say why with --note.")
    if rules is not None and reason is not None and reason is not Why.STOPPED:
        raise UsageError("--rules goes with --reason stopped.", "A response rule is a reason to stop.")
    state = state_of(ctx)
    with state.reader() as reader:
        known = reader.find_patient(patient)
        how = recording(state, reader, key=key, dry_run=dry_run)
    day = parse_date(on or "today", today=how.today, where="--on")
    words = clean_text("--note", note) or None if note is not None else None
    if reason is None and not undo:
        if not may_ask(no_input):
            raise MissingInput(["--reason"])
        reason = Why(choose("Why", [one.value for one in Why]))
    why: ArchiveReason | None = reason.value if reason else None
    told = record(Recorder(state.ledger), ArchiveRequest(known.code, day, why, words, rules), how, response_rules=_response_rules)
    done = f"the archiving of {known.code} is taken back." if undo else f"{known.code} is archived on {day}: {why}{f' by {rules}' if rules else ''}."
    look_back = ["A look back at the consult is due 4 months later."] if rules and not dry_run else []
    item = {"patient": known.code, "archived": not undo, "on": day, "reason": why, "rules": rules}
    answer("archive", item, told, how, form=form, done=done, after=look_back)


def _response_rules(reader: Reader, known: KnownPatient) -> Iterator[str]:
    """The response rules of the editions that the patient's visits follow."""
    from botoxcli.cli.protocols import pinned_edition

    for edition_id in sorted({head.edition_id for head in reader.visits(known.patient_id)}):
        yield from (rule.id for rule in pinned_edition(reader, edition_id).protocol.response_rules)
