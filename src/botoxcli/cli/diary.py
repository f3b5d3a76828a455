"""``botox diary``: a headache diary out of a CSV file, and its windows of 28 days."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import typer

from botoxcli import clock
from botoxcli.cli.app import new_app
from botoxcli.cli.rows import FORMAT_HELP, ROWS_HELP, Form, RowForm, write_item, write_rows
from botoxcli.cli.state import state_of
from botoxcli.errors import MissingInput, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from botoxcli.clinic.diary import DiaryWindow
    from botoxcli.files.diary_csv import DiaryFile
    from botoxcli.workflow.diary import DiaryImport, DiaryShown

app = new_app("A headache diary: import it from a file, show its windows of 28 days.\n\nExample: botox diary import P0001 diary.csv")
PATIENT = typer.Argument(metavar="PATIENT", help="A code, or a part of a name that fits one patient.")
COLUMNS = (
    "start", "end", "diary_days", "headache_days", "scaled_headache_days", "incomplete", "session", "over",
    "headache_hours", "migraine_days", "acute_days",
)  # fmt: skip


@app.command("import")
def import_file(
    ctx: typer.Context,
    patient: str = PATIENT,
    file: str = typer.Argument(metavar="FILE", help="The diary as CSV, or - for standard input."),
    mapped: list[str] = typer.Option(
        [], "--map", metavar="FIELD=COLUMN,...", help="Which column is date, headache, hours, migraine, severity, acute."
    ),
    start: str | None = typer.Option(None, metavar="DATE", help="The date column holds day numbers; this is day 1 (day 0, if there is one)."),
    replace: bool = typer.Option(False, "--replace", help="Take the file's word where the ledger says otherwise; needs --reason."),
    reason: str | None = typer.Option(None, metavar="TEXT", help="Why days are replaced."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check everything, record nothing."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask; this command never does."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Import a diary: all of it, or nothing and what is wrong row by row. The same file again changes nothing.

    Example: botox diary import P0001 diary.csv --map date=Day,headache=HA
    Day numbers instead of dates: botox diary import P0001 diary.csv --start 2026-02-01
    """
    from botoxcli.clinic.dates import parse_date
    from botoxcli.files.diary_csv import read_diary
    from botoxcli.store.recorder import Recorder
    from botoxcli.terminal.progress import progress
    from botoxcli.workflow.diary import import_diary

    columns, why = _mapped(mapped), _reason(reason, replace=replace)
    state = state_of(ctx)
    with state.reader() as reader:
        known, today, actor = reader.find_patient(patient), state.today(reader), state.actor(reader)
    begins = parse_date(start, today=today, where="--start") if start is not None else None
    with progress("Importing the diary") as bar:
        told = read_diary(file, mapped=columns, start=begins, today=today)
        done = import_diary(Recorder(state.ledger), known.code, told.rows, actor=actor, now=clock.utc_now(), replace=why, dry_run=dry_run, told=bar)
    _say_imported(told, done, form, dry_run=dry_run)


@app.command()
def show(
    ctx: typer.Context,
    patient: str = PATIENT,
    protocol: str | None = typer.Option(None, metavar="ID", help="Whose sessions the windows restart at (default: the patient's)."),
    form: RowForm = typer.Option(RowForm.TABLE, "--format", help=ROWS_HELP),
) -> None:
    """Show the diary in windows of 28 days, from the first session backwards and from each session forwards.

    Example: botox diary show P0001 --format json
    """
    from botoxcli.cli.protocols import DEFAULT_PROTOCOL, edition_of
    from botoxcli.workflow.diary import show_diary
    from botoxcli.workflow.response import followed_protocol

    state = state_of(ctx)
    with state.reader() as reader:
        known = reader.find_patient(patient)
        edition = edition_of(followed_protocol(reader.patient_history(known.patient_id), protocol, DEFAULT_PROTOCOL)).protocol
        complete_from = edition.outcomes.complete_from_diary_days
        shown = show_diary(reader, known.patient_id, edition.id, complete_from=complete_from, today=state.today(reader))
    if form is RowForm.TABLE:
        _print_windows(shown, complete_from)
    else:
        write_rows("diary", COLUMNS, map(_row, shown.windows), form=form)


def _mapped(given: Sequence[str]) -> dict[str, str]:
    """``--map date=Day,headache=HA`` as field -> column, which may hold a comma.

    A field with nothing behind ``=`` is left out of the file's columns.
    """
    from botoxcli.cli.given import pairs
    from botoxcli.files.diary_csv import FIELDS

    if any("=" not in words for words in given):
        raise UsageError("--map needs FIELD=COLUMN.", "Write it as --map date=Day,headache=HA.")
    said = pairs("--map", [pair for words in given for pair in re.split(r",(?=\s*\w+\s*=)", words)])
    if not said.keys() <= set(FIELDS):
        raise UsageError("--map names a field that a diary does not have.", f"The fields are {', '.join(FIELDS)}.")
    return {field.strip(): column.strip() for field, column in said.items()}


def _reason(reason: str | None, *, replace: bool) -> str | None:
    """The written reason of ``--replace``; each needs the other."""
    from botoxcli.cli.texts import clean_text

    words = clean_text("--reason", reason) if reason is not None else ""
    if replace and not words:
        raise MissingInput(["--reason"])
    if words and not replace:
        raise UsageError("--reason is said of --replace.", "Give both, or none.")
    return words or None


def _say_imported(told: DiaryFile, done: DiaryImport, form: Form, *, dry_run: bool) -> None:
    from botoxcli.terminal.lines import note, print_lines

    if form is Form.JSON:
        item = {"patient": done.patient, "first": done.first.isoformat(), "last": done.last.isoformat(), "days": done.days, "added": done.added}
        item |= {
            "replaced": done.replaced,
            "standing": done.standing,
            "doubles": told.doubles,
            "unanswered": told.unanswered,
            "columns": dict(told.columns),
        }
        write_item("diary-import", item | {"recorded": done.added + done.replaced > 0 and not dry_run})
        return
    columns = ", ".join(f"{field} from column {name}" for field, name in told.columns)
    note(f"Read: {columns}.")
    if told.doubles:
        note(f"{told.doubles} {'row tells' if told.doubles == 1 else 'rows tell'} a day again, just so: taken once.")
    if told.unanswered:
        note(f"{told.unanswered} {'row has' if told.unanswered == 1 else 'rows have'} no headache answer: missing days, not headache-free ones.")
    whole = f"{_days(done.days)} from {done.first} to {done.last}"
    if not done.added + done.replaced:
        print_lines([f"{done.patient}: {whole} {'stands' if done.days == 1 else 'stand'} in the ledger already; nothing was changed."])
    else:
        verb = "would be added; nothing was recorded" if dry_run else "added"
        known = f", {done.standing} of them stood already" if done.standing else ""
        other = f"; {done.replaced} {'would be ' if dry_run else ''}replaced" if done.replaced else ""
        print_lines([f"{done.patient}: {whole}{known}{other}; {_days(done.added)} {verb}."])


def _days(count: int) -> str:
    return f"{count} diary {'day' if count == 1 else 'days'}"


def _row(window: DiaryWindow) -> dict[str, Any]:
    from botoxcli.clinic.diary import rounded
    from botoxcli.clinic.quantity import number, units

    scaled, hours = window.scaled_headache_days, window.hours_hundredths
    return {
        "start": window.start.isoformat(),
        "end": window.end.isoformat(),
        "diary_days": window.diary_days,
        "headache_days": window.headache_days,
        "scaled_headache_days": None if scaled is None else number(rounded(scaled)),
        "incomplete": window.incomplete,
        "session": window.session.isoformat() if window.session else None,
        "over": window.over,
        "headache_hours": None if hours is None else units(hours),
        "migraine_days": window.migraine_days,
        "acute_days": window.acute_days,
    }


def _print_windows(shown: DiaryShown, complete_from: int) -> None:
    from botoxcli.clinic.diary import figure
    from botoxcli.terminal.table import Column, Table, print_table

    headers = [
        Column("From"),
        Column("To"),
        Column("After session"),
        Column("Headache", "right"),
        Column("In 28", "right"),
        Column("Note", fold=True),
    ]
    rows = []
    for window in shown.windows:
        marks = [*(["incomplete"] if window.incomplete else []), *([] if window.over else ["not over"])]
        session = window.session.isoformat() if window.session else "before" if shown.sessions else "none"
        days = [f"{window.headache_days} of {window.diary_days}", figure(window.scaled_headache_days)]
        rows.append([window.start.isoformat(), window.end.isoformat(), session, *days, ", ".join(marks)])
    footer = [f"Headache days of diary days. Incomplete: fewer than {complete_from} diary days. A missing day is not a headache-free day."]
    if shown.in_none:
        footer.append(f"{_days(shown.in_none)} in no window: the rest before a session.")
    if not shown.sessions:
        footer.append(f"There is no session under {shown.protocol}: the windows end with the last diary day.")
    empty = f"There is no diary of {shown.patient}: `botox diary import {shown.patient} FILE` takes one in."
    print_table(Table(headers, rows, footer=footer) if rows else Table(headers, rows, empty=empty))
