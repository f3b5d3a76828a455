"""``botox consult``: the intake, from the protocol's criteria to a decision, with the practitioner's own beside it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from botoxcli import clock
from botoxcli.cli.app import new_app
from botoxcli.cli.rows import FORMAT_HELP, Form
from botoxcli.cli.state import State, recording_date, state_of

if TYPE_CHECKING:
    from botoxcli.cli.consult_flags import ConsultFlags
    from botoxcli.workflow.consult import ConsultOutcome, ConsultRequest
    from botoxcli.workflow.session import Edition

app = new_app()


class Decide(StrEnum):
    """The practitioner's own decision."""

    TREAT = "treat"
    DEFER = "defer"
    DECLINE = "decline"


@app.command()
def consult(
    ctx: typer.Context,
    patient: str = typer.Argument(..., help="The patient's code (a new one makes the patient), or a part of a name that fits one."),
    name: str | None = typer.Option(None, metavar="TEXT", help="A new patient's name."),
    born: str | None = typer.Option(None, metavar="DATE", help="A new patient's birth date."),
    on: str | None = typer.Option(None, "--on", metavar="DATE", help="The consult's day (default today)."),
    protocol: str | None = typer.Option(None, metavar="ID", help="The protocol (default chronic-migraine)."),
    answer: list[str] = typer.Option([], metavar="ID=VALUE", help="An answer: yes, no, unknown, a number, a choice. Repeatable."),
    answers: str | None = typer.Option(None, metavar="FILE|-", help="Answers from a YAML or JSON file, or from standard input."),
    decide: Decide | None = typer.Option(None, help="Your own decision, beside the rules'."),
    reason: str | None = typer.Option(None, metavar="TEXT", help="Why you decided so."),
    accept: list[str] = typer.Option([], metavar="ID", help="Accept a warning. Repeatable."),
    key: str | None = typer.Option(None, metavar="TEXT", help="A key of your own: the same command again records once."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask: what is missing is an error."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check everything, record nothing."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Is Botox the right fit? Intake from the protocol, with a decision.

    Example: botox consult P0001 --name "Ada Example" --born 1980-02-29
    """
    from botoxcli.cli.consult_flags import ConsultFlags
    from botoxcli.cli.consult_print import print_consult
    from botoxcli.cli.protocols import edition_of

    flags = ConsultFlags(
        patient=patient, name=name, born=born, answer=tuple(answer), answers=answers,
        decided=decide.value if decide else None, reason=reason, accept=tuple(accept),
    )  # fmt: skip
    state, edition = state_of(ctx), edition_of(protocol)
    request, key, today, actor = _request(state, edition, flags, on, key=key, no_input=no_input, dry_run=dry_run)
    outcome = _record(state, edition, request, key=key, today=today, actor=actor, dry_run=dry_run)
    print_consult(edition, outcome, form=form.value, dry_run=dry_run)


def _request(
    state: State, edition: Edition, flags: ConsultFlags, on: str | None, *, key: str | None, no_input: bool, dry_run: bool
) -> tuple[ConsultRequest, str | None, date, str]:
    """What is to be recorded, from the flags and, where a person can be asked, from the prompts."""
    from botoxcli.cli.consult_flags import begin, require_whole
    from botoxcli.cli.given import checked_key, may_ask
    from botoxcli.workflow.consult import jurisdiction_of

    key = checked_key(key)
    with state.reader() as reader:
        today, actor, jurisdiction = state.today(reader), state.actor(reader), jurisdiction_of(reader)
        asking = may_ask(no_input)
        request = begin(reader, edition.protocol, flags, today=today, day=lambda: recording_date(on, today, state.today_is_set), asking=asking)
    if asking:
        from botoxcli.cli.consult_chair import ask_consult

        request, key = ask_consult(state, edition, request, jurisdiction, key=key, dry_run=dry_run)
    require_whole(request, edition.protocol, jurisdiction)
    return request, key, today, actor


def _record(state: State, edition: Edition, request: ConsultRequest, *, key: str | None, today: date, actor: str, dry_run: bool) -> ConsultOutcome:
    from botoxcli.store.recorder import Recorder
    from botoxcli.workflow import consult as workflow

    return workflow.record(Recorder(state.ledger), edition, request, actor=actor, today=today, now=clock.utc_now(), key=key, dry_run=dry_run)
