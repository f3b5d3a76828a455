"""``botox vial``: the stock. Add, list, amend, discard, recall."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from botoxcli import clock
from botoxcli.cli.app import new_app
from botoxcli.cli.rows import FORMAT_HELP, ROWS_HELP, Form, RowForm, write_rows
from botoxcli.cli.state import State, state_of
from botoxcli.clinic.dates import parse_date
from botoxcli.clinic.stock_vial import lot_key
from botoxcli.errors import MissingInput, UsageError, ValueRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from botoxcli.clinic.stock_vial import StockVial
    from botoxcli.workflow.vials import Change

app = new_app("The stock of vials.\n\nExample: botox vial add C1234 --units 200 --expires 2027-06 --count 5")
LOT = typer.Argument(metavar="LOT", help="The lot, with or without its spaces and hyphens.")


class Reason(StrEnum):
    """Why a vial is discarded of which nothing was given."""

    BROKEN = "broken"
    NO_VACUUM = "no-vacuum"
    COLD_CHAIN = "cold-chain"
    RECALL = "recall"
    EXPIRED = "expired"


@app.command()
def add(
    ctx: typer.Context,
    lot: str = LOT,
    units: str | None = typer.Option(None, metavar="N", help="Units in one vial."),
    expires: str | None = typer.Option(None, metavar="DATE", help="The expiry date; YYYY-MM means the month's last day."),
    count: int = typer.Option(1, min=1, max=500, help="How many vials."),
    product: str | None = typer.Option(None, metavar="NAME", help="The product (default: the default protocol's)."),
    accept: list[str] = typer.Option([], metavar="ID", help="Accept a warning: duplicate-lot."),
    on: str | None = typer.Option(None, metavar="DATE", help="The day on which they came (default: today)."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check everything, record nothing."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask; what is missing is an error."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Take vials into stock.

    Example: botox vial add C1234 --units 200 --expires 2027-03 --count 2
    """
    from botoxcli.cli.given import may_ask
    from botoxcli.cli.protocols import edition_of
    from botoxcli.store.recorder import Recorder
    from botoxcli.terminal.lines import note
    from botoxcli.workflow.vials import add_vials, new_vials, parse_expiry, vials_text

    state, protocol = state_of(ctx), edition_of(None).protocol
    change, today = _change(state, on)
    good_until = parse_expiry(expires, today=today) if expires is not None else None
    asking = may_ask(no_input)
    size, good_until = _asked(units, good_until, today, asking=asking)
    vials = new_vials(protocol, lot=lot, units_words=size, expires=good_until, count=count, product=product)
    level = protocol.level("duplicate-lot")
    accepted = [*accept, *(_asked_duplicate(state, vials.lot, accept) if asking else [])]
    add_vials(Recorder(state.ledger), vials, change, accepted=accepted, level=level, dry_run=dry_run)
    if good_until < today and form is Form.TABLE:
        note(f"Warning: these vials expired on {good_until}.")
    with state.reader() as reader:
        known = () if dry_run else reader.vials(vials.lot)[-count:]
    if any(vial.recalled for vial in known) and form is Form.TABLE:
        note(f"Warning: lot {vials.lot} was recalled; it stops every session.")
    _answer(known, form, f"{vials_text(count)} of lot {vials.lot} {'would be added; nothing was recorded' if dry_run else 'added'}.")


@app.command("list")
def list_vials(
    ctx: typer.Context,
    everything: bool = typer.Option(False, "--all", help="Also used and discarded vials."),
    form: RowForm = typer.Option(RowForm.TABLE, "--format", help=ROWS_HELP),
) -> None:
    """List the vials: the unused ones, or with --all every one.

    Example: botox vial list --all --format csv
    """
    from botoxcli.workflow.listing import VIAL_COLUMNS, vial_row

    state = state_of(ctx)
    with state.reader() as reader:
        today, vials = state.today(reader), reader.vials(unused_only=not everything)
    if form is RowForm.TABLE:
        _print_table(vials, today, empty="There is no vial in stock: `botox vial add` takes some in.")
    else:
        write_rows("vials", VIAL_COLUMNS, map(vial_row, vials), form=form)


@app.command()
def amend(
    ctx: typer.Context,
    lot: str = LOT,
    new_lot: str | None = typer.Option(None, "--lot", metavar="LOT", help="What the lot should read."),
    expires: str | None = typer.Option(None, metavar="DATE", help="What the expiry should read."),
    accept: list[str] = typer.Option([], metavar="ID", help="Accept a warning (duplicate-lot: two lots become one). Repeatable."),
    reason: str = typer.Option(..., metavar="TEXT", help="Why."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Put a mistyped label right, on all vials of the lot; every visit follows.

    Example: botox vial amend C1243 --lot C1234 --reason "typing mistake"
    """
    from botoxcli.cli.protocols import edition_of
    from botoxcli.store.recorder import Recorder
    from botoxcli.workflow.vials import amend_lot, parse_expiry, vials_text, visits_of

    if new_lot is None and expires is None:
        raise UsageError("There is nothing to amend.", "Give --lot, --expires or both.")
    state = state_of(ctx)
    _refuse_hostile(lot)
    change, today = _change(state, None)
    good_until = parse_expiry(expires, today=today) if expires is not None else None
    level = edition_of(None).protocol.level("duplicate-lot")
    words = _written("--reason", reason)
    vials = amend_lot(Recorder(state.ledger), lot, change, new_lot=new_lot, expires=good_until, reason=words, accepted=accept, level=level)
    follow = ", ".join(map(str, visits_of(vials)))
    text = f"{vials_text(len(vials))} {'is' if len(vials) == 1 else 'are'} now lot {vials[0].lot}, expires {vials[0].expires}."
    more = [f"Lot {vials[0].lot} is recalled; it stops every session."] if vials[0].recalled else []
    _answer(vials, form, text, *([f"These visits follow: {follow}."] if follow else []), *more)


@app.command()
def discard(
    ctx: typer.Context,
    lot: str = LOT,
    reason: Reason = typer.Option(..., help="broken, no-vacuum, cold-chain, recall or expired."),
    count: int = typer.Option(1, min=1, max=500, help="How many vials."),
    note: str | None = typer.Option(None, metavar="TEXT", help="A note."),
    on: str | None = typer.Option(None, metavar="DATE", help="The day (default: today)."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Take out vials of which nothing was given. They belong to no visit and are never billed.

    Example: botox vial discard C1234 --reason no-vacuum
    """
    from botoxcli.store.recorder import Recorder
    from botoxcli.workflow.vials import discard as discard_vials
    from botoxcli.workflow.vials import vials_text

    state = state_of(ctx)
    _refuse_hostile(lot)
    change, _ = _change(state, on)
    words = _written("--note", note) if note else None
    _note_correction(state, lot)
    taken = discard_vials(Recorder(state.ledger), lot, change, reason=reason.value, count=count, note=words)
    with state.reader() as reader:
        gone = tuple(reader.vial(vial.vial_id) for vial in taken)
    _answer(gone, form, f"{vials_text(len(gone))} of lot {gone[0].lot} discarded: {reason.value}.")


@app.command()
def recall(
    ctx: typer.Context,
    lot: str = LOT,
    reason: str = typer.Option(..., metavar="TEXT", help="Why, and whose recall."),
    on: str | None = typer.Option(None, "--on", "--date", metavar="DATE", help="The day (default: today)."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Mark a lot as recalled: from now on it stops every session. Says which visits used it.

    Example: botox vial recall C1234 --reason "manufacturer's letter of 2026-03-02"
    """
    from botoxcli.store.recorder import Recorder
    from botoxcli.workflow.vials import recall as recall_lot
    from botoxcli.workflow.vials import visits_of

    state = state_of(ctx)
    _refuse_hostile(lot)
    change, _ = _change(state, on)
    words = _written("--reason", reason)
    _note_correction(state, lot)
    vials = recall_lot(Recorder(state.ledger), lot, change, reason=words)
    with state.reader() as reader:
        now = reader.vials(vials[0].lot)
        heads = [reader.visit(number).head for number in visits_of(now)]
    unused = sum(vial.state == "unused" for vial in now)
    lines = [f"visit {head.visit}: {head.patient} on {head.date}" for head in heads]
    old = [] if lot_key(lot) == now[0].lot_key else [f"Vials that come in as {lot} are recalled too."]
    text = f"Lot {now[0].lot} is recalled; {unused} unused in stock."
    _answer(now, form, text, *old, "Used at:" if lines else "No visit used it.", *lines)


def _refuse_hostile(lot: str) -> None:
    """A lot with a control character in it is no lot that could be in stock: the value is refused before it is looked up."""
    from botoxcli.clinic.text import clean

    try:
        clean(lot)
    except ValueError as refused:
        raise ValueRefused("LOT", str(refused)) from None


def _change(state: State, on: str | None) -> tuple[Change, date]:
    from botoxcli.workflow.vials import Change

    with state.reader() as reader:
        today, actor = state.today(reader), state.actor(reader)
    day = parse_date(on, today=today, where="--on") if on is not None else today
    if day > today:
        raise ValueRefused("--on", f"this day is after today, {today}")
    return Change(actor, clock.utc_now(), day), today


def _note_correction(state: State, lot: str) -> None:
    """Says which lot is meant by one that was corrected."""
    from botoxcli.terminal.lines import note
    from botoxcli.workflow.vials import correction_words

    with state.reader() as reader:
        words = correction_words(reader, lot)
    if words:
        note(f"{lot}: {words}")


def _asked(units: str | None, expires: date | None, today: date, *, asking: bool) -> tuple[str, date]:
    if not asking and (missing := [flag for flag, value in (("--units", units), ("--expires", expires)) if value is None]):
        raise MissingInput(missing)
    from botoxcli.terminal.ask import ask_text, ask_value
    from botoxcli.workflow.vials import parse_expiry

    units = units if units is not None else ask_text("Units in one vial")
    return units, expires if expires is not None else ask_value("Expires (YYYY-MM-DD or YYYY-MM)", lambda words: parse_expiry(words, today=today))


def _asked_duplicate(state: State, lot: str, accept: Sequence[str]) -> list[str]:
    from botoxcli.terminal.ask import confirm
    from botoxcli.terminal.lines import note
    from botoxcli.workflow.vials import lot_findings

    with state.reader() as reader:
        found = [one for one in lot_findings(reader, lot) if one.id not in accept]
    for finding in found:
        note(f"{finding.id}: {finding.because}.")
    return [one.id for one in found] if found and confirm("Add them all the same?") else []


def _written(flag: str, words: str) -> str:
    from botoxcli.cli.texts import clean_text

    text = clean_text(flag, words)
    if not text:
        raise ValueRefused(flag, "must say something")
    return text


def _answer(vials: Iterable[StockVial], form: Form, *lines: str) -> None:
    from botoxcli.terminal.lines import print_lines
    from botoxcli.workflow.listing import VIAL_COLUMNS, vial_row

    if form is Form.JSON:
        write_rows("vials", VIAL_COLUMNS, map(vial_row, vials), form=form)
    else:
        print_lines(lines)


def _print_table(vials: Sequence[StockVial], today: date, *, empty: str) -> None:
    from botoxcli.clinic.quantity import units_text
    from botoxcli.terminal.table import Column, Table, print_table

    headers = [Column("Lot"), Column("Product", fold=True), Column("Units", "right"), Column("Expires"), Column("State", fold=True)]
    headers += [Column("Visit", "right"), Column("Given", "right"), Column("Wasted", "right")]
    rows = []
    for vial in vials:
        marks = [vial.state if vial.discard_reason is None else f"{vial.state}: {vial.discard_reason}"]
        marks += ["recalled"] * vial.recalled + ["expired"] * (vial.state == "unused" and vial.expires < today)
        doses = ["" if dose is None else units_text(dose) for dose in (vial.given_hundredths, vial.wasted_hundredths)]
        visit = "" if vial.visit is None else str(vial.visit)
        rows.append([vial.lot, vial.product, units_text(vial.hundredths), vial.expires.isoformat(), ", ".join(marks), visit, *doses])
    print_table(Table(headers, rows, empty=empty))
