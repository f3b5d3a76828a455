"""``botox export``: rows for scripts and spreadsheets, to stdout or into a file."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from botoxcli.cli.app import new_app
from botoxcli.cli.rows import write_rows
from botoxcli.cli.state import State, state_of
from botoxcli.clinic.dates import parse_date
from botoxcli.errors import UsageError
from botoxcli.terminal.progress import counted, progress_of_output

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader
    from botoxcli.workflow.export import Wanted

app = new_app()


class Kind(StrEnum):
    """What can be exported."""

    VISITS = "visits"
    ANSWERS = "answers"
    INJECTIONS = "injections"
    VIALS = "vials"
    OUTCOMES = "outcomes"
    EVENTS = "events"
    PATIENTS = "patients"
    DUE = "due"
    ALL = "all"
    FHIR = "fhir"


class ExportForm(StrEnum):
    """The forms of an export."""

    CSV = "csv"
    JSON = "json"


@app.command()
def export(
    ctx: typer.Context,
    kind: Kind = typer.Argument(metavar="KIND", help="visits, answers, injections, vials, outcomes, events, patients, due; all; fhir."),
    form: ExportForm = typer.Option(ExportForm.CSV, "--format", help="csv or json."),
    output: Path | None = typer.Option(
        None, metavar="FILE", readable=False, help="Into this file, whole or not at all (default: stdout). all: a new folder."
    ),
    patient: str | None = typer.Option(None, metavar="PATIENT", help="Only this patient's."),
    since: str | None = typer.Option(None, metavar="DATE", help="From this day on."),
    until: str | None = typer.Option(None, metavar="DATE", help="Up to and with this day."),
    identify: bool = typer.Option(False, "--identify", help="With names, and the reasons and notes that were written."),
) -> None:
    """Write rows that scripts can rely on: stable columns, codes instead of names.

    outcomes has a row for each measure of a follow-up, events one for each adverse event. "none" is an answer: see answers.

    all is the whole ledger as a folder of plain files, with a README.txt: for keeping, for leaving, for `botox import all`. It is not encrypted:
    encrypt it before it leaves this machine, and delete it when it has served.

    Example: botox export injections --format csv --output doses.csv

    fhir is the record for another clinical program: a FHIR R4 Bundle in a JSON file, with what was amended or voided as entered in error.

    All of it, with names: botox export all --identify --output everything

    For another program: botox export fhir --identify --output record.json
    """
    state = state_of(ctx)
    if kind is Kind.ALL:
        from botoxcli.cli.export_all import export_all

        _refuse_for_all({"--patient": patient, "--since": since, "--until": until})
        export_all(state, output, identify=identify, form=form.value)
        return
    if kind is Kind.FHIR:
        from botoxcli.cli.export_fhir import export_fhir

        csv = form.value if form is ExportForm.CSV and _was_given(ctx, "form") else None
        _refuse_flags(_given({"--patient": patient, "--since": since, "--until": until, "--format csv": csv}), kind)
        export_fhir(state, output, identify=identify)
        return
    with state.reader() as reader:
        wanted = _wanted(state, reader, patient=patient, since=since, until=until, identify=identify)
        if kind is Kind.DUE:
            _export_due(state, reader, wanted, form, output)
            return
        from botoxcli.workflow.export import KINDS

        source = KINDS[kind.value]
        _refuse_what_does_not_apply(wanted, kind, dated=source.dated, of_patients=source.of_patients)
        with progress_of_output("Exporting rows", output) as told:
            rows = counted(source.rows(reader, wanted), told)
            write_rows(kind.value, source.columns_for(wanted), rows, form=form.value, output=output)


def _wanted(state: State, reader: Reader, *, patient: str | None, since: str | None, until: str | None, identify: bool) -> Wanted:
    from botoxcli.cli.protocols import pinned_edition
    from botoxcli.workflow.export import Wanted

    known = reader.find_patient(patient) if patient is not None else None
    today = state.today(reader)
    first = parse_date(since, today=today, where="--since") if since else None
    last = parse_date(until, today=today, where="--until") if until else None
    return Wanted(known, first, last, identify, protocol_of=lambda edition_id: pinned_edition(reader, edition_id).protocol)


def _refuse_for_all(given: dict[str, str | None]) -> None:
    """A part of the ledger has no chain: all of it goes, or none."""
    _refuse_flags(_given(given), Kind.ALL)


def _given(flags: dict[str, str | None]) -> list[str]:
    return [flag for flag, value in flags.items() if value is not None]


def _was_given(ctx: typer.Context, parameter: str) -> bool:
    source = ctx.get_parameter_source(parameter)
    return source is not None and source.name == "COMMANDLINE"


def _refuse_what_does_not_apply(wanted: Wanted, kind: Kind, *, dated: bool, of_patients: bool) -> None:
    asked = {"--since": wanted.since and not dated, "--until": wanted.until and not dated, "--patient": wanted.patient and not of_patients}
    _refuse_flags([flag for flag, wrong in asked.items() if wrong], kind)


def _refuse_flags(flags: list[str], kind: Kind) -> None:
    if flags:
        raise UsageError(f"{', '.join(flags)} {'does' if len(flags) == 1 else 'do'} not go with {kind.value}.", "Leave it out.")


def _export_due(state: State, reader: Reader, wanted: Wanted, form: ExportForm, output: Path | None) -> None:
    """The due list, as ``botox due`` has it."""
    from botoxcli.cli.due import write_due
    from botoxcli.workflow.due import due_list

    _refuse_what_does_not_apply(wanted, Kind.DUE, dated=False, of_patients=True)
    items = [one for one in due_list(reader, state.today(reader)) if wanted.patient is None or one.window.patient == wanted.patient.code]
    names = {one.code: one.name or "" for one in reader.patients()} if wanted.identify else None
    write_due(items, form.value, names=names, output=output)
