"""``botox import patients``: patients out of a spreadsheet, all of them or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from botoxcli import clock
from botoxcli.cli.import_flags import DRY_RUN, FILE_HELP, FORMAT_OF_DATES, date_format, every_problem, mapped_columns
from botoxcli.cli.rows import FORMAT_HELP, Form, write_item
from botoxcli.cli.state import state_of

if TYPE_CHECKING:
    from botoxcli.files.patients_csv import PatientsFile
    from botoxcli.workflow.import_patients import PatientsImport


def import_patients(
    ctx: typer.Context,
    file: str = typer.Argument(metavar="FILE", help=FILE_HELP),
    mapped: list[str] = typer.Option([], "--map", metavar="FIELD=COLUMN,...", help="Which column is patient (the code), name, born, archived."),
    written: str | None = typer.Option(None, "--date-format", metavar="FORMAT", help=FORMAT_OF_DATES),
    accept: list[str] = typer.Option([], metavar="ID", help="Accept a warning: duplicate-patient (same birth date, similar name)."),
    dry_run: bool = typer.Option(False, "--dry-run", help=DRY_RUN),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask; this command never does."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Import patients out of a spreadsheet: all, or none and what is wrong row by row. The same file again changes nothing.

    It takes its own columns, and what `botox export patients --identify` wrote.

    Example: botox import patients patients.csv --map patient="Chart no",born=DOB --date-format DD/MM/YYYY --dry-run
    """
    from botoxcli.files.patients_csv import FIELDS, read_patients
    from botoxcli.store.recorder import Recorder
    from botoxcli.terminal.progress import progress
    from botoxcli.workflow.import_patients import import_patients as take

    columns, how = mapped_columns(mapped, FIELDS), date_format(written)
    state = state_of(ctx)
    with state.reader() as reader:
        today, actor = state.today(reader), state.actor(reader)
    with every_problem(shown=dry_run), progress("Importing") as told:
        found = read_patients(file, mapped=columns, form=how, today=today)
        done = take(
            Recorder(state.ledger), found.rows, dict(found.columns), accepted=accept, actor=actor, now=clock.utc_now(), today=today,
            dry_run=dry_run, told=told,
        )  # fmt: skip
    _say(found, done, form, dry_run=dry_run)


def _say(found: PatientsFile, done: PatientsImport, form: Form, *, dry_run: bool) -> None:
    from botoxcli.cli.import_print import said_of_file
    from botoxcli.terminal.lines import note, print_lines

    if form is Form.JSON:
        item: dict[str, Any] = {"patients": len(found.rows), "added": len(done.new), "standing": done.standing, "doubles": found.doubles}
        item |= {"columns": dict(found.columns), "not_read": list(found.unread), "dry_run": dry_run, "recorded": bool(done.new) and not dry_run}
        write_item("import-patients", item | {"items": [{"row": one.row, "patient": one.code} for one in done.new]})
        return
    for line in said_of_file(found.columns, found.unread, found.doubles):
        note(line)
    known = f" {_patients(done.standing)} stood already." if done.standing else ""
    if not done.new:
        print_lines([f"{_patients(done.standing)} in the file, and all of them stand in the ledger already; nothing was changed."])
    elif dry_run:
        print_lines([*(f"row {one.row}: {one.code}{', archived' if one.archived else ''}" for one in done.new)])
        print_lines([f"{_patients(len(done.new))} would be added; nothing was recorded.{known}"])
    else:
        print_lines([f"{_patients(len(done.new))} added.{known}"])


def _patients(count: int) -> str:
    return f"{count:,} {'patient' if count == 1 else 'patients'}"
