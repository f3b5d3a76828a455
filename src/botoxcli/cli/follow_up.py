"""``botox follow-up``: outcomes and adverse events. What must be done at once is said at once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import typer

from botoxcli import clock
from botoxcli.cli.app import new_app
from botoxcli.cli.rows import FORMAT_HELP, Form
from botoxcli.cli.state import State, recording_date, state_of

if TYPE_CHECKING:
    from botoxcli.cli.follow_up_flags import FollowUpFlags
    from botoxcli.workflow.follow_up import FollowUpOutcome, FollowUpRequest
    from botoxcli.workflow.session import Edition

app = new_app()


@app.command()
def follow_up(
    ctx: typer.Context,
    patient: str = typer.Argument(..., help="The patient's code, or a part of a name that fits one patient."),
    on: str | None = typer.Option(None, "--on", metavar="DATE", help="The follow-up's day (default today). Counts are for the 28 days before it."),
    protocol: str | None = typer.Option(None, metavar="ID", help="The protocol (default: the one that the patient is under)."),
    answer: list[str] = typer.Option([], metavar="ID=VALUE", help="An outcome: headache-days=11, diary-days=28, hit-6=58 ... Repeatable."),
    answers: str | None = typer.Option(None, metavar="FILE|-", help="Outcomes from a YAML or JSON file, or from standard input."),
    event: list[str] = typer.Option(
        [], metavar="ID=SEVERITY[,...]", help="An adverse event, with ,onset=DATE ,related=yes|no|unknown ,resolved=DATE; or none. Repeatable."
    ),
    resolved: list[str] = typer.Option([], metavar="EVENT=DATE", help="An event that has ended, and when. Repeatable."),
    note: str | None = typer.Option(None, metavar="TEXT", help="In words what no event's name says; `--event other` needs it to mean anything."),
    accept: list[str] = typer.Option([], metavar="ID", help="Accept a warning. Repeatable."),
    override: list[str] = typer.Option([], metavar="ID=REASON", help="Override a stop, with a written reason. Repeatable."),
    key: str | None = typer.Option(None, metavar="TEXT", help="A key of your own: the same command again records once."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask: what is missing is an error."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check everything, record nothing."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Outcomes and adverse events; what must be done at once is said at once.

    Example: botox follow-up P0001 --answer headache-days=11 --answer diary-days=28 --event neck-pain=mild
    What the protocol does not list: --event other=mild --note "a metallic taste, gone the next day"
    """
    from botoxcli.cli.follow_up_flags import FollowUpFlags
    from botoxcli.cli.follow_up_print import print_follow_up
    from botoxcli.cli.protocols import edition_for

    flags = FollowUpFlags(
        patient=patient, answer=tuple(answer), answers=answers, event=tuple(event), resolved=tuple(resolved),
        accept=tuple(accept), override=tuple(override), note=note,
    )  # fmt: skip
    state = state_of(ctx)
    edition = edition_for(state, patient, protocol)
    request, key, today, actor = _request(state, edition, flags, on, key=key, no_input=no_input, dry_run=dry_run, talk=form is Form.TABLE)
    outcome = _record(state, edition, request, key=key, today=today, actor=actor, dry_run=dry_run)
    print_follow_up(edition, outcome, form=form.value, dry_run=dry_run)


def _request(
    state: State, edition: Edition, flags: FollowUpFlags, on: str | None, *, key: str | None, no_input: bool, dry_run: bool, talk: bool
) -> tuple[FollowUpRequest, str | None, date, str]:
    """What is to be recorded, from the flags and, where a person can be asked, from the prompts.

    What an event asks for is said before anything else can be missing; with ``talk`` off (JSON) it waits for the result.
    """
    from botoxcli.cli.follow_up_flags import begin, require_whole
    from botoxcli.cli.follow_up_print import say_at_once
    from botoxcli.cli.given import checked_key, may_ask
    from botoxcli.workflow.follow_up import check_values, prepare

    with state.reader() as reader:
        plan = prepare(reader, edition, flags.patient)
        today, actor = state.today(reader), state.actor(reader)
    key = checked_key(key)
    request = begin(plan, flags, today=today, on=recording_date(on, today, state.today_is_set))
    check_values(plan, request, today=today)
    if may_ask(no_input):
        from botoxcli.cli.follow_up_chair import ask_follow_up

        request, key = ask_follow_up(state, plan, request, today=today, key=key, dry_run=dry_run)
    elif talk:
        say_at_once(edition.protocol, request.events or ())
    require_whole(request, edition.protocol)
    return request, key, today, actor


def _record(state: State, edition: Edition, request: FollowUpRequest, *, key: str | None, today: date, actor: str, dry_run: bool) -> FollowUpOutcome:
    from botoxcli.store.recorder import Recorder
    from botoxcli.workflow import follow_up as workflow

    return workflow.record(Recorder(state.ledger), edition, request, actor=actor, today=today, now=clock.utc_now(), key=key, dry_run=dry_run)
