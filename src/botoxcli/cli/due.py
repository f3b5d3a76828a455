"""``botox due``: the daily list. Reads through the views on the plain connection; loads no SQLModel, no pydantic, no YAML."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from botoxcli import clock
from botoxcli.cli.app import new_app
from botoxcli.cli.state import state_of
from botoxcli.clinic.schedule import KINDS, DueItem, explain
from botoxcli.errors import UsageError

if TYPE_CHECKING:
    from datetime import date

    from botoxcli.cli.due_verbose import Courses
    from botoxcli.cli.state import State
    from botoxcli.clinic.due_calendar import DueCalendar
    from botoxcli.store.reader import Reader

app = new_app()
DUE_COLUMNS = ("patient", "kind", "status", "earliest", "due", "latest", "days_late", "protocol", "anchor", "anchor_visit")


class Kind(StrEnum):
    """The kinds of windows."""

    ONSET_CHECK = "onset-check"
    SESSION = "session"
    CONSULT_REVIEW = "consult-review"
    EVENT_REVIEW = "event-review"


class DueForm(StrEnum):
    """The forms of the list."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    ICS = "ics"


@app.command()
def due(
    ctx: typer.Context,
    within: str | None = typer.Option(None, metavar="SPAN", help="Also what opens within 10d, 2w, 1m from today (default 2w)."),
    overdue: bool = typer.Option(False, "--overdue", help="Only what is overdue."),
    kind: Kind | None = typer.Option(None, help=f"Only one kind: {', '.join(KINDS)}."),
    explained: bool = typer.Option(False, "--explain", help="Say for each line which visit, which rule, and the sum."),
    everything: bool = typer.Option(False, "--all", help="Also what is early and what has lapsed."),
    verbose: bool = typer.Option(False, "--verbose", help="With each patient's headache days in 28: before, and in the last 8 windows."),
    form: DueForm = typer.Option(DueForm.TABLE, "--format", help="table, json, csv, or ics for a calendar."),
    todos: bool = typer.Option(False, "--todos", help="With ics: to-dos instead of all-day events."),
    identify: bool = typer.Option(False, "--identify", help="With the patients' names, also in a pipe, JSON, CSV and a calendar."),
) -> None:
    """Who is due, for what, since when; the latest first.

    A calendar that imports the list of --format ics again moves what it has and holds nothing twice. What is not due any more comes as cancelled,
    for a year; what moved beyond the horizon comes with its new days.

    --verbose draws a line of signs on a screen, from 0 to 28 days, and writes the figures in a pipe. JSON has two keys more,
    baseline_headache_days and headache_days (a list, null where a window has too few days); CSV has the same columns, the list as one text.

    Example: botox due --within 2w --format csv

    For a calendar: botox due --within 3m --format ics > due.ics
    """
    from botoxcli.clinic.dates import parse_horizon
    from botoxcli.workflow.due import due_list

    if todos and form is not DueForm.ICS:
        raise UsageError("--todos goes with --format ics only.", "Leave it out, or add --format ics.")
    if verbose and form is DueForm.ICS:
        raise UsageError("--verbose does not go with --format ics.", "Leave it out.")
    state = state_of(ctx)
    span = parse_horizon(within, where="--within") if within is not None else None
    with state.reader() as reader:
        day = state.today(reader)
        items = due_list(reader, day, within=span, overdue=overdue, kind=kind.value if kind else None, everything=everything)
        named = identify or (form is DueForm.TABLE and sys.stdout.isatty())
        names = _names(reader, items) if named else None
        courses = _courses(reader, items, day) if verbose else None
        if form is DueForm.TABLE:
            print_due(items, names, explained=explained, day=day.isoformat(), courses=courses)
        elif form is DueForm.ICS:
            from botoxcli.workflow.due_calendar import calendar_list

            told = calendar_list(reader, day, items, kind=kind.value if kind else None)
            write_ics(state, reader, told, _names(reader, told.items) if named else None, todos=todos)
        else:
            write_due(items, form.value, names=names, explained=explained, courses=courses)
        if sys.stdout.isatty() and sys.stderr.isatty():
            _warn_of_an_old_backup(reader)


def _names(reader: Reader, items: Iterable[DueItem]) -> dict[str, str]:
    return reader.names({item.window.patient for item in items})


def _courses(reader: Reader, items: Iterable[DueItem], day: date) -> Courses:
    from botoxcli.cli.due_verbose import courses_of

    return courses_of(reader, items, day)


def _warn_of_an_old_backup(reader: Reader) -> None:
    """A line on stderr when the last backup is older than the practice's limit. It stores nothing."""
    from botoxcli.clinic.backup_age import backup_warning
    from botoxcli.terminal.lines import note

    if warning := backup_warning(reader.backup_facts(), clock.utc_now()):
        note(warning)


def due_rows(items: Iterable[DueItem], *, names: dict[str, str] | None = None, explained: bool = False) -> tuple[Sequence[str], list[dict[str, Any]]]:
    """The columns, and a row an item, as JSON and CSV hold them."""
    columns = (*DUE_COLUMNS, *(("name",) if names is not None else ()), *(("explain",) if explained else ()))
    rows = []
    for item in items:
        window = item.window
        row = {
            "patient": window.patient,
            "kind": window.kind,
            "status": item.status,
            "earliest": window.earliest.isoformat(),
            "due": window.due.isoformat(),
            "latest": window.latest.isoformat() if window.latest else None,
            "days_late": item.days_late,
            "protocol": window.protocol,
            "anchor": window.anchor.isoformat(),
            "anchor_visit": window.anchor_visit,
        }
        if names is not None:
            row["name"] = names.get(window.patient, "")
        if explained:
            row["explain"] = explain(window)
        rows.append(row)
    return columns, rows


def write_due(
    items: Iterable[DueItem],
    form: str,
    *,
    names: dict[str, str] | None = None,
    explained: bool = False,
    output: Path | None = None,
    courses: Courses | None = None,
) -> None:
    """The list as JSON or CSV, to stdout or a file; with ``courses`` their figures stand at the right."""
    from botoxcli.cli.rows import write_rows

    items = tuple(items)
    columns, rows = due_rows(items, names=names, explained=explained)
    if courses is not None:
        from botoxcli.cli.due_verbose import COLUMNS, course_row

        columns = (*columns, *COLUMNS)
        rows = [row | course_row(courses, item.window, form=form) for row, item in zip(rows, items, strict=True)]
    write_rows("due", columns, rows, form=form, output=output)


def write_ics(state: State, reader: Reader, told: DueCalendar, names: dict[str, str] | None, *, todos: bool) -> None:
    """The list for a calendar, as of the last entry or of this day's beginning."""
    from botoxcli.files.due_ics import Stamp, write_calendar
    from botoxcli.files.output import output

    began = clock.local_now(state.zone(reader.settings())).replace(hour=0, minute=0, second=0, microsecond=0)
    mark = reader.mark()
    with output(None) as stream:
        write_calendar(told, Stamp.of(mark.first_hash, mark.last_at, began), stream, names=names, todos=todos)


def print_due(items: Sequence[DueItem], names: dict[str, str] | None, *, explained: bool, day: str, courses: Courses | None = None) -> None:
    """The list on the screen, or complete in a pipe; with ``courses`` each row has its patient's."""
    from botoxcli.terminal.lines import print_lines
    from botoxcli.terminal.table import Column, Table, print_table

    if explained and items:
        print_lines(line for item in items for line in _explained(item, names, courses))
        return
    windows = [item.window for item in items]
    cells: dict[Column, list[str]] = {Column("Patient"): [window.patient for window in windows]}
    if names is not None:
        cells[Column("Name", fold=True)] = [names.get(window.patient, "") for window in windows]
    cells[Column("What")] = [window.kind for window in windows]
    cells[Column("Status")] = [item.status for item in items]
    cells[Column("Late", "right")] = [f"{item.days_late} d" if item.days_late else "" for item in items]
    cells[Column("Earliest")] = [window.earliest.isoformat() for window in windows]
    cells[Column("Due")] = [window.due.isoformat() for window in windows]
    cells[Column("Latest")] = [window.latest.isoformat() if window.latest else "" for window in windows]
    if courses is not None and items:
        from botoxcli.cli.due_verbose import course_cell

        cells[Column("Headache days in 28")] = [course_cell(courses, window) for window in windows]
    spare = ("Latest", "Earliest", *(("Late", "Due") if courses is not None else ()))
    print_table(Table(list(cells), list(zip(*cells.values(), strict=True)), empty=f"Nobody is due on {day}.", spare=spare))


def _explained(item: DueItem, names: dict[str, str] | None, courses: Courses | None) -> tuple[str, ...]:
    window = item.window
    who = f"{window.patient} {names.get(window.patient, '')}".rstrip() if names is not None else window.patient
    late = f", {item.days_late} {'day' if item.days_late == 1 else 'days'} late" if item.days_late else ""
    said = f"{who}  {window.kind}  {item.status}{late}", f"    {explain(window)}"
    if courses is None:
        return said
    from botoxcli.cli.due_verbose import course_line

    return (*said, course_line(courses, window))
