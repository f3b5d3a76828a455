"""``botox visit amend``: a visit put right under its own number. What is not given stays; findings are asked as at recording."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from botoxcli import clock
from botoxcli.cli.rows import FORMAT_HELP, Form
from botoxcli.cli.state import State, recording_date, state_of

if TYPE_CHECKING:
    from botoxcli.cli.amend_flags import AmendFlags
    from botoxcli.workflow.amend import Patch
    from botoxcli.workflow.correction import Corrected, Correction


class NewDecision(StrEnum):
    """The practitioner's own decision as it should read; ``none`` takes it back."""

    TREAT = "treat"
    DEFER = "defer"
    DECLINE = "decline"
    NONE = "none"


def amend(
    ctx: typer.Context,
    visit: int = typer.Argument(metavar="VISIT", help="The visit's number; it keeps it."),
    reason: str | None = typer.Option(None, metavar="TEXT", help="Why. Required."),
    on: str | None = typer.Option(None, "--on", metavar="DATE", help="The visit's day."),
    answer: list[str] = typer.Option([], metavar="ID=VALUE", help="An answer put right. Repeatable."),
    answers: str | None = typer.Option(None, metavar="FILE|-", help="Answers from a YAML or JSON file, or from standard input."),
    vial: list[str] = typer.Option([], metavar="LOT", help="Session: all its vials; a lot that it had keeps its vial. Repeatable."),
    diluent_ml: str | None = typer.Option(None, metavar="N", help="Session: mL of diluent, all vials together."),
    reconstituted: str | None = typer.Option(None, metavar="WHEN", help="Session: HH:MM or YYYY-MM-DDTHH:MM."),
    as_planned: bool = typer.Option(False, "--as-planned", help="Session: every site that no other flag names, as planned."),
    planned: list[str] = typer.Option([], metavar="SITE", help="Session: a site as planned after all; an extra one goes. Repeatable."),
    skip: list[str] = typer.Option([], metavar="SITE=REASON", help="Session: a site that was left out. Repeatable."),
    units: list[str] = typer.Option([], metavar="SITE=N", help="Session: another dose at a site. Repeatable."),
    extra: list[str] = typer.Option([], metavar="MUSCLE-SIDE=N", help="Session: all the extra units there, 0 for none. Repeatable."),
    minutes: int | None = typer.Option(None, metavar="N", help="Session: how long it took."),
    injector: str | None = typer.Option(None, metavar="NAME", help="Session: who injected."),
    decide: NewDecision | None = typer.Option(None, help="Consult: your own decision; none takes it back."),
    decide_reason: str | None = typer.Option(None, metavar="TEXT", help="Consult: why you decided so (default: --reason)."),
    event: list[str] = typer.Option([], metavar="ID=SEVERITY[,...]", help="Follow-up: all its events (what is not named goes), or none."),
    resolved: list[str] = typer.Option([], metavar="EVENT=DATE", help="Follow-up: an event that has ended, and when. Repeatable."),
    note: str | None = typer.Option(None, metavar="TEXT", help="Follow-up: its note, in words."),
    accept: list[str] = typer.Option([], metavar="ID", help="Accept a warning. Repeatable."),
    override: list[str] = typer.Option([], metavar="ID=REASON", help="Override a stop, with a written reason. Repeatable."),
    key: str | None = typer.Option(None, metavar="TEXT", help="A key of your own: the same command again records once."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask: what is missing is an error."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check everything, record nothing."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Put a visit right. What is not given stays, its number and edition too; what it said before is kept.

    Example: botox visit amend 7 --units temporalis-left-4=2.5 --reason "mistyped"
    """
    from botoxcli.cli.amend_flags import AmendFlags
    from botoxcli.cli.correction_print import print_correction
    from botoxcli.cli.given import may_ask

    flags = AmendFlags(
        on=on, answer=tuple(answer), answers=answers, vial=tuple(vial), diluent_ml=diluent_ml, reconstituted=reconstituted,
        as_planned=as_planned, planned=tuple(planned), skip=tuple(skip), units=tuple(units), extra=tuple(extra), minutes=minutes,
        injector=injector, decide=decide.value if decide else None, decide_reason=decide_reason, event=tuple(event),
        resolved=tuple(resolved), note=note, accept=tuple(accept), override=tuple(override),
    )  # fmt: skip
    state, asking = state_of(ctx), may_ask(no_input)
    patch = _patch(state, visit, flags)
    how = correction(state, reason, key=key, dry_run=dry_run, asking=asking)
    told = _amend(state, visit, patch, how, asking=asking)
    print_correction(state, told, how, form=form.value)


def correction(state: State, reason: str | None, *, key: str | None, dry_run: bool, asking: bool) -> Correction:
    """How it is to be recorded; the reason is asked for when a person can be. Raises MissingInput, ValueRefused."""
    from botoxcli.cli.given import checked_key
    from botoxcli.cli.texts import clean_text
    from botoxcli.errors import MissingInput, ValueRefused
    from botoxcli.workflow.correction import Correction

    if reason is None and not asking:
        raise MissingInput(["--reason TEXT"])
    if reason is None:
        from botoxcli.terminal.ask import ask_text

        reason = ask_text("Why")
    why = clean_text("--reason", reason)
    key = checked_key(key)
    if not why:
        raise ValueRefused("--reason", "a correction needs a written reason")
    with state.reader() as reader:
        return Correction(state.actor(reader), state.today(reader), clock.utc_now(), key=key, dry_run=dry_run, reason=why)


def _patch(state: State, visit: int, flags: AmendFlags) -> Patch:
    """What the flags say: the visit first, then the values."""
    from botoxcli.cli.amend_flags import ToAmend, patch_of, require_fitting
    from botoxcli.cli.protocols import pinned_edition

    with state.reader() as reader:
        whole = reader.visit(visit)
        require_fitting(flags, whole.head.kind)
        today = state.today(reader)
        to_amend = ToAmend(
            visit=whole,
            protocol=pinned_edition(reader, whole.head.edition_id).protocol,
            history=reader.patient_history(whole.head.patient_id),
            zone=state.zone(reader.settings()),
            today=today,
            now=clock.utc_now(),
        )
    return patch_of(flags, to_amend, recording_date(flags.on, today, state.today_is_set) if flags.on is not None else None)


def _amend(state: State, visit: int, patch: Patch, how: Correction, *, asking: bool) -> Corrected:
    """Records it; a person is asked about each finding that is open."""
    from botoxcli.cli.amend_flags import with_settled
    from botoxcli.errors import StoppedByRule
    from botoxcli.files.protocol_yaml import read_protocol
    from botoxcli.store.recorder import Recorder
    from botoxcli.workflow.amend import amend as record

    while True:
        try:
            return record(Recorder(state.ledger), read_protocol, visit, patch, how)
        except StoppedByRule as stopped:
            if not asking:
                raise
            patch = with_settled(patch, *_asked(stopped.findings))


def _asked(findings: tuple[tuple[str, str, str], ...]) -> tuple[set[str], dict[str, str]]:
    """What a person says to each finding. Raises StoppedByRule when one is left open."""
    from botoxcli.clinic.findings import Finding
    from botoxcli.terminal.findings_screen import settle

    return settle([Finding(name, level, because) for name, level, because in findings], set(), {})  # type: ignore[arg-type]
