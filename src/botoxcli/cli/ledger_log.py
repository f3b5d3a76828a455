"""``botox ledger log``: who changed what, when and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import typer

from botoxcli.cli.rows import ROWS_HELP, RowForm, write_rows
from botoxcli.cli.state import state_of
from botoxcli.clinic.dates import parse_date

if TYPE_CHECKING:
    from botoxcli.clinic.past_entry import PastEntry

LOG_COLUMNS = ("seq", "at", "actor", "command", "visit", "patients", "reason", "hash", "reverses", "withdrawn")


def log(
    ctx: typer.Context,
    since: str | None = typer.Option(None, metavar="DATE", help="From this day on."),
    until: str | None = typer.Option(None, metavar="DATE", help="Up to and with this day."),
    patient: str | None = typer.Option(None, metavar="PATIENT", help="Only what touched this patient."),
    command: str | None = typer.Option(None, metavar="NAME", help="Only this command (`session`), or a group (`visit`)."),
    form: RowForm = typer.Option(RowForm.TABLE, "--format", help=ROWS_HELP),
) -> None:
    """Every change: its number, when, who, which command, which visit and patient, why, and its hash. Oldest first.

    Example: botox ledger log --since -4w --format csv
    """
    state = state_of(ctx)
    with state.reader() as reader:
        known = reader.find_patient(patient) if patient is not None else None
        zone, today = state.zone(reader.settings()), state.today(reader)
        first = parse_date(since, today=today, where="--since") if since is not None else None
        last = parse_date(until, today=today, where="--until") if until is not None else None
        found = reader.past_entries(
            since=_begin(first, zone) if first else None,
            until=_begin(last + timedelta(days=1), zone) if last else None,
            patient_id=known.patient_id if known else None,
            command=" ".join(command.split()) if command is not None else None,
        )
        if form is RowForm.TABLE:
            _print(found, zone, empty="No entry fits." if since or until or patient or command else "There is no entry.")
        else:
            write_rows("log", LOG_COLUMNS, _rows(found, listed=form is RowForm.JSON), form=form.value)


def _begin(day: date, zone: str) -> str:
    """The first instant of a day on the practice's clock."""
    return datetime.combine(day, time(0), ZoneInfo(zone)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _rows(found: Iterable[PastEntry], *, listed: bool) -> Iterator[Mapping[str, Any]]:
    """As rows with LOG_COLUMNS; the patients as a list, or in one cell."""
    for entry in found:
        row = {column: getattr(entry, column) for column in LOG_COLUMNS}
        yield row | {"patients": list(entry.patients) if listed else ", ".join(entry.patients)}


def _print(found: Iterable[PastEntry], zone: str, *, empty: str) -> None:
    from botoxcli.terminal.table import Column, Table, print_table

    columns = [Column("Entry", "right"), Column("When"), Column("Who", fold=True), Column("Command", fold=True), Column("Visit", "right")]
    columns += [Column("Patients", fold=True), Column("Why", fold=True), Column("Hash")]
    rows = [
        [str(one.seq), _when(one.at, zone), one.actor, one.command, str(one.visit or ""), ", ".join(one.patients), _why(one), one.hash[:12]]
        for one in found
    ]
    print_table(Table(columns, rows, empty=empty, spare=("Hash", "Visit")))


def _when(at: str, zone: str) -> str:
    return f"{datetime.fromisoformat(at).astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _why(entry: PastEntry) -> str:
    """The reason, and what became of it."""
    said = [entry.reason] if entry.reason else []
    said += [f"about entry {entry.reverses}"] if entry.reverses is not None else []
    return "; ".join([*said, *(["taken back since"] if entry.withdrawn else [])])
