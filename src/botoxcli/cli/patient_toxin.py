"""``botox patient toxin``: botulinum toxin that was given elsewhere. It counts in the windows of its product."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import typer

from botoxcli.cli.recording_flags import answer, recording, required, written
from botoxcli.cli.rows import FORMAT_HELP, Form
from botoxcli.cli.state import state_of
from botoxcli.clinic.dates import parse_date

if TYPE_CHECKING:
    from botoxcli.cli.state import State
    from botoxcli.clinic.protocol import Product
    from botoxcli.workflow.doses import ToxinRequest


def toxin(
    ctx: typer.Context,
    patient: str = typer.Argument(metavar="PATIENT", help="A code, or a part of a name that fits one patient."),
    product: str | None = typer.Option(None, metavar="NAME", help="The product; a known brand or name in any case, or another."),
    units: str | None = typer.Option(None, metavar="N|unknown", help="How many units; `unknown` makes the window undetermined."),
    on: str | None = typer.Option(None, "--on", metavar="DATE", help="The day on which it was given."),
    note: str | None = typer.Option(None, metavar="TEXT", help="Where, by whom, what for."),
    accept: list[str] = typer.Option([], metavar="ID", help="Accept a warning: duplicate-visit (it stands already on that day)."),
    key: str | None = typer.Option(None, metavar="TEXT", help="A key of your own: the same command again records once."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask: what is missing is an error."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check everything, record nothing."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Record botulinum toxin that was given elsewhere, whatever for.

    Example: botox patient toxin P0001 --product Botox --units 100 --on 2026-02-01
    """
    from botoxcli.clinic.cumulative import Dose
    from botoxcli.clinic.quantity import units as in_units
    from botoxcli.store.recorder import Recorder
    from botoxcli.workflow.doses import record_toxin

    state = state_of(ctx)
    request = _request(state, patient, product, units, on, note, accept, no_input=no_input)
    with state.reader() as reader:
        how = recording(state, reader, key=key, dry_run=dry_run)
    told = record_toxin(Recorder(state.ledger), request, how)
    item = {
        "patient": told.patient,
        "product": request.product,
        "units": None if request.hundredths is None else in_units(request.hundredths),
        "on": request.on,
    }
    dose = Dose(request.on, request.product, request.hundredths)
    answer("toxin", item, told, how, form=form, done=f"{dose}, given elsewhere, for {told.patient}.")


def _request(
    state: State, patient: str, product: str | None, units: str | None, on: str | None, note: str | None, accept: list[str], *, no_input: bool
) -> ToxinRequest:
    """The patient first, then the values that were given, then what is missing."""
    from botoxcli.cli.given import may_ask
    from botoxcli.cli.texts import clean_text
    from botoxcli.errors import MissingInput
    from botoxcli.workflow.doses import ToxinRequest, names_of, parse_toxin_units, product_as_known, product_names

    asking = may_ask(no_input)
    with state.reader() as reader:
        known, today = reader.find_patient(patient), state.today(reader)
        names = product_names(products_in_use(only_default=True), reader)

    def read_product(words: str) -> str:
        given = written("--product")(words)
        if given.casefold() not in names:
            names.update(names_of(products_in_use()) | names)
        return product_as_known(given, names)

    def read_day(words: str) -> date:
        return parse_date(words, today=today, where="--on")

    for words, read in ((product, read_product), (units, parse_toxin_units), (on, read_day)):
        if words is not None:
            read(words)
    flags = {"--product": product, "--units": units, "--on": on}
    if not asking and (missing := [flag for flag, words in flags.items() if words is None]):
        raise MissingInput(missing)
    prompt = f"Product ({', '.join(dict.fromkeys(names.values()))}, or another)"
    return ToxinRequest(
        patient=known.code,
        product=required("--product", product, prompt, read_product, asking=asking),
        hundredths=required("--units", units, "Units (a number, or unknown)", parse_toxin_units, asking=asking),
        on=required("--on", on, "Given on (YYYY-MM-DD)", read_day, asking=asking),
        note=clean_text("--note", note) or None if note is not None else None,
        accepted=frozenset(accept),
    )


def products_in_use(*, only_default: bool = False) -> Iterator[Product]:
    """The products of the protocols in use, the default's first; a file that cannot be read is passed over: another command says so."""
    from botoxcli import paths
    from botoxcli.cli.protocols import DEFAULT_PROTOCOL, edition_of
    from botoxcli.errors import BotoxError
    from botoxcli.files.protocol_yaml import protocol_ids

    others = {*protocol_ids(paths.own_protocols()), *protocol_ids(paths.shipped_protocols())} - {DEFAULT_PROTOCOL}
    for name in [DEFAULT_PROTOCOL, *([] if only_default else sorted(others))]:
        try:
            yield edition_of(name).protocol.product
        except BotoxError:
            continue
