"""``botox visit missed``, ``declined``, ``moved``: what became of an appointment for a session. The due list follows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from botoxcli.cli.recording_flags import answer, recording, required, written
from botoxcli.cli.rows import FORMAT_HELP, Form
from botoxcli.cli.state import recording_date, state_of
from botoxcli.clinic.dates import parse_date
from botoxcli.errors import MissingInput

if TYPE_CHECKING:
    from botoxcli.clinic.due_candidate import AppointmentKind

PATIENT = typer.Argument(metavar="PATIENT", help="A code, or a part of a name that fits one patient.")
REASON = typer.Option(None, metavar="TEXT", help="Why. Required.")
PROTOCOL = typer.Option(None, metavar="ID", help="The protocol, where the patient awaits a session under more than one.")
KEY = typer.Option(None, metavar="TEXT", help="A key of your own: the same command again records once.")
NO_INPUT = typer.Option(False, "--no-input", help="Never ask: what is missing is an error.")
DRY_RUN = typer.Option(False, "--dry-run", help="Check everything, record nothing.")
FORMAT = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP)


def missed(
    ctx: typer.Context,
    patient: str = PATIENT,
    on: str | None = typer.Option(None, "--on", metavar="DATE", help="The day on which they did not come (default today)."),
    reason: str | None = REASON,
    to: str | None = typer.Option(None, "--to", metavar="DATE", help="The new day, where one was agreed: the session is due then."),
    protocol: str | None = PROTOCOL,
    key: str | None = KEY,
    no_input: bool = NO_INPUT,
    dry_run: bool = DRY_RUN,
    form: Form = FORMAT,
) -> None:
    """A session to which the patient did not come. It stays due as it was, unless a new day was agreed.

    Example: botox visit missed P0001 --on 2026-06-05 --reason "no call"
    """
    _record(ctx, "missed", patient, on, reason, to, protocol, key=key, no_input=no_input, dry_run=dry_run, form=form)


def declined(
    ctx: typer.Context,
    patient: str = PATIENT,
    on: str | None = typer.Option(None, "--on", metavar="DATE", help="The day on which they said so (default today)."),
    reason: str | None = REASON,
    protocol: str | None = PROTOCOL,
    key: str | None = KEY,
    no_input: bool = NO_INPUT,
    dry_run: bool = DRY_RUN,
    form: Form = FORMAT,
) -> None:
    """A session that the patient does not want. It stays due as it was, and the consult is to be reviewed at once.

    Example: botox visit declined P0001 --on 2026-06-05 --reason "wants to wait"
    """
    _record(ctx, "declined", patient, on, reason, None, protocol, key=key, no_input=no_input, dry_run=dry_run, form=form)


def moved(
    ctx: typer.Context,
    patient: str = PATIENT,
    on: str | None = typer.Option(None, "--on", metavar="DATE", help="The day on which it was agreed (default today)."),
    reason: str | None = REASON,
    to: str | None = typer.Option(None, "--to", metavar="DATE", help="The new day. Past the window's latest day that one counts. Required."),
    protocol: str | None = PROTOCOL,
    key: str | None = KEY,
    no_input: bool = NO_INPUT,
    dry_run: bool = DRY_RUN,
    form: Form = FORMAT,
) -> None:
    """A session for which another day was agreed: it is due on that day.

    Example: botox visit moved P0001 --on 2026-06-05 --to 2026-06-20 --reason "on holiday"
    """
    _record(ctx, "moved", patient, on, reason, to, protocol, key=key, no_input=no_input, dry_run=dry_run, form=form, to_required=True)


def _record(
    ctx: typer.Context,
    kind: AppointmentKind,
    patient: str,
    on: str | None,
    reason: str | None,
    to: str | None,
    protocol: str | None,
    *,
    key: str | None,
    no_input: bool,
    dry_run: bool,
    form: Form,
    to_required: bool = False,
) -> None:
    from botoxcli.cli.given import may_ask
    from botoxcli.cli.session_print import window_item, window_words
    from botoxcli.clinic.due_candidate import Appointment
    from botoxcli.clinic.interruptions import appointment_words
    from botoxcli.store.recorder import Recorder
    from botoxcli.workflow.appointments import AppointmentRequest, record_appointment

    state, asking = state_of(ctx), may_ask(no_input)
    with state.reader() as reader:
        known = reader.find_patient(patient)
        how = recording(state, reader, key=key, dry_run=dry_run)
    new_day = parse_date(to, today=how.today, where="--to") if to is not None else None
    day = recording_date(on, how.today, state.today_is_set)
    flags = {"--to": to if to_required else "", "--reason": reason}
    if not asking and (missing := [flag for flag, words in flags.items() if words is None]):
        raise MissingInput(missing)
    if to_required and new_day is None:
        new_day = required("--to", None, "Moved to (YYYY-MM-DD)", lambda words: parse_date(words, today=how.today, where="--to"), asking=asking)
    why = required("--reason", reason, "Why", written("--reason"), asking=asking)
    request = AppointmentRequest(known.code, kind, day, why, new_day, protocol)
    outcome = record_appointment(Recorder(state.ledger), request, how)
    window = outcome.window
    item = {"patient": known.code, "protocol": outcome.protocol, "kind": kind, "on": day, "moved_to": new_day}
    answer(
        "appointment",
        {**item, "next": window_item(window) if window else None},
        outcome.told,
        how,
        form=form,
        done=f"session of {known.code} under {outcome.protocol} {appointment_words(Appointment(kind, day, new_day))}.",
        after=[] if window is None else [window_words(window)],
    )
