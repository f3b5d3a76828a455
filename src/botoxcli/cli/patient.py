"""``botox patient``: add, list, show."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING, Any

import typer

from botoxcli import clock
from botoxcli.cli.app import new_app
from botoxcli.cli.patient_edit import edit
from botoxcli.cli.patient_forget import forget
from botoxcli.cli.patient_status import archive, pause
from botoxcli.cli.patient_toxin import toxin
from botoxcli.cli.rows import FORMAT_HELP, ROWS_HELP, Form, RowForm, write_item, write_rows
from botoxcli.cli.state import state_of
from botoxcli.errors import MissingInput

if TYPE_CHECKING:
    from botoxcli.clinic.records import NewPatient
    from botoxcli.store.reader import Reader

app = new_app("Patients, and what happens between their visits.\n\nExample: botox patient show P0001")
IDENTIFY_HELP = "With name and birth date, also in a pipe, JSON and CSV."


@app.command()
def add(
    ctx: typer.Context,
    code: str = typer.Argument(metavar="CODE", help="The patient's code, such as P0001; kept for ever."),
    name: str | None = typer.Option(None, metavar="TEXT", help="The patient's name."),
    born: str | None = typer.Option(None, metavar="DATE", help="The birth date."),
    accept: list[str] = typer.Option([], metavar="ID", help="Accept a warning: duplicate-patient."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check everything, record nothing."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask; what is missing is an error."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Add a patient. Somebody of the same birth date and a similar name is a warning.

    Example: botox patient add P0001 --name "Jane Example" --born 1980-02-29
    """
    from botoxcli.cli.given import may_ask
    from botoxcli.cli.protocols import edition_of
    from botoxcli.clinic.records import NewPatient
    from botoxcli.store.recorder import Recorder
    from botoxcli.terminal.lines import print_lines
    from botoxcli.workflow.patients import add_patient, checked_code, refuse_known_code

    state, asking = state_of(ctx), may_ask(no_input)
    level = edition_of(None).protocol.level("duplicate-patient")
    with state.reader() as reader:
        today, actor = state.today(reader), state.actor(reader)
        refuse_known_code(reader, checked_code(code))
        named, birth = identity(name, born, today, asking=asking)
        patient = NewPatient(code=code, name=named, born=birth)
        accepted = [*accept, *(_asked_duplicate(reader, patient, accept) if asking else [])]
    add_patient(Recorder(state.ledger), patient, accepted=accepted, level=level, actor=actor, now=clock.utc_now(), dry_run=dry_run)
    if form is Form.JSON:
        write_item("patient", {"patient": code, "recorded": not dry_run})
    else:
        print_lines([f"{code} would be added; nothing was recorded." if dry_run else f"{code} was added."])


def identity(name: str | None, born: str | None, today: date, *, asking: bool) -> tuple[str, date]:
    """Name and birth date as given, or asked for. Raises MissingInput when nobody may be asked, ValueRefused."""
    from botoxcli.clinic.dates import parse_date
    from botoxcli.workflow.patients import checked_birth, checked_name

    def read_birth(words: str) -> date:
        return checked_birth(parse_date(words, today=today, where="--born"), today)

    named = checked_name(name) if name is not None else None
    birth = read_birth(born) if born is not None else None
    if not asking and (missing := [flag for flag, value in (("--name", named), ("--born", birth)) if value is None]):
        raise MissingInput(missing)
    from botoxcli.terminal.ask import ask_value

    return (
        named if named is not None else ask_value("Name", checked_name),
        birth if birth is not None else ask_value("Born (YYYY-MM-DD)", read_birth),
    )


def _asked_duplicate(reader: Reader, patient: NewPatient, accept: list[str]) -> list[str]:
    from botoxcli.terminal.ask import confirm
    from botoxcli.terminal.lines import note
    from botoxcli.workflow.patients import duplicate_findings

    found = [one for one in duplicate_findings(reader, patient.name, patient.born) if one.id not in accept]
    for finding in found:
        note(f"{finding.id}: {finding.because}.")
    return [one.id for one in found] if found and confirm("Is this another person, to be added all the same?") else []


@app.command("list")
def list_patients(
    ctx: typer.Context,
    form: RowForm = typer.Option(RowForm.TABLE, "--format", help=ROWS_HELP),
    identify: bool = typer.Option(False, "--identify", help=IDENTIFY_HELP),
) -> None:
    """List the patients, by code.

    Example: botox patient list --format csv
    """
    from botoxcli.terminal.table import Column, Table, print_table, without_the_usual
    from botoxcli.workflow.listing import IDENTITY_COLUMNS, PATIENT_COLUMNS, patient_rows

    named = identify or (form is RowForm.TABLE and sys.stdout.isatty())
    columns = (*PATIENT_COLUMNS, *(IDENTITY_COLUMNS if named else ()))
    with state_of(ctx).reader() as reader:
        if form is not RowForm.TABLE:
            write_rows("patients", columns, patient_rows(reader), form=form)
            return
        rows = [[_cell(row[column]) for column in columns] for row in patient_rows(reader)]
        if named:
            rows = [[*row[:-2], row[-2] or "(forgotten)", row[-1]] for row in rows]
    headers = [Column("Patient"), Column("Archived"), Column("Protocol"), Column("First visit"), Column("Last visit")]
    headers += [Column("Name", fold=True), Column("Born")] if named else []
    empty = "There is no patient yet: `botox patient add` or `botox consult` makes one."
    print_table(without_the_usual(Table(headers, rows, empty=empty), {"Archived": ""}))


def _cell(value: object) -> str:
    return "yes" if value is True else "" if value in (None, False) else str(value)


@app.command()
def show(
    ctx: typer.Context,
    patient: str = typer.Argument(metavar="PATIENT", help="A code, or a part of a name that fits one patient."),
    history: bool = typer.Option(False, "--history", help="Every version of what was recorded: who, when, why; what was voided or undone too."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
    identify: bool = typer.Option(False, "--identify", help=IDENTIFY_HELP),
) -> None:
    """Show a patient and their visits.

    Example: botox patient show P0001
    """
    if history:
        from botoxcli.cli.patient_history import print_patient_history

        print_patient_history(state_of(ctx), patient, form, identify=identify)
        return
    from botoxcli.cli.visit import print_visits
    from botoxcli.clinic.cumulative import Dose
    from botoxcli.terminal.lines import print_lines
    from botoxcli.workflow.listing import toxin_row
    from botoxcli.workflow.visits import VISIT_COLUMNS, visit_row

    with state_of(ctx).reader() as reader:
        known = reader.find_patient(patient)
        visits, toxins = reader.visits(known.patient_id), reader.toxins(known.patient_id)
    who: dict[str, Any] = {"patient": known.code, "archived": known.archived}
    if identify or (form is Form.TABLE and sys.stdout.isatty()):
        who |= {"name": known.name, "born": known.born.isoformat() if known.born else None}
    if form is Form.JSON:
        who |= {"visits": [{column: visit_row(head)[column] for column in VISIT_COLUMNS} for head in visits]}
        write_item("patient", who | {"paused_until": known.paused_until, "toxins": [toxin_row(one) for one in toxins]})
        return
    print_lines([f"{name.capitalize()}: {value or 'forgotten'}" for name, value in who.items() if name != "archived"])
    print_lines([*(["Archived"] if known.archived else []), *([f"Paused until: {known.paused_until}"] if known.paused_until else [])])
    print_lines(f"Given elsewhere: {Dose(one.date, one.product, one.hundredths)}" for one in toxins)
    print_visits(visits, empty="No visit is recorded.")


app.command()(edit)
app.command()(toxin)
app.command()(pause)
app.command()(archive)
app.command()(forget)
