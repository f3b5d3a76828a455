"""``botox audit``: which records are incomplete. Exit 3 says that one is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import typer

from botoxcli.cli.app import new_app
from botoxcli.cli.rows import ROWS_HELP, RowForm, write_rows
from botoxcli.cli.state import state_of

if TYPE_CHECKING:
    from botoxcli.clinic.audit import Gap

app = new_app()
FOUND = 3


@app.command()
def audit(
    ctx: typer.Context,
    since: str | None = typer.Option(None, metavar="DATE", help="Only visits from this day on."),
    form: RowForm = typer.Option(RowForm.TABLE, "--format", help=ROWS_HELP),
) -> None:
    """Which records are incomplete: sessions without consent, vial, balance, reconstitution time, minutes, injector, an answer about
    adverse events, an outcome, or aftercare; consults that need a review and have no decision. Exits with 3 when any is.

    The aftercare sheet is printed with every session and counts as given unless `--answer aftercare=no` says otherwise. An imported
    session is listed as imported, and does not make the exit code 3.

    Example: botox audit --since 2026-01-01 --format json
    """
    from botoxcli.clinic.audit import incomplete
    from botoxcli.clinic.dates import parse_date
    from botoxcli.workflow.audit import AUDIT_COLUMNS, gap_row
    from botoxcli.workflow.audit import audit as look

    state = state_of(ctx)
    with state.reader() as reader:
        today = state.today(reader)
        found = look(reader, today, since=parse_date(since, today=today, where="--since") if since is not None else None)
    if form is RowForm.TABLE:
        _print(found)
    else:
        write_rows("audit", AUDIT_COLUMNS, map(gap_row, found), form=form.value)
    if incomplete(found):
        raise typer.Exit(FOUND)


def _print(found: Sequence[Gap]) -> None:
    """A line a visit, with all that it lacks."""
    from botoxcli.terminal.table import Column, Table, print_table

    visits: dict[int, list[Gap]] = {}
    for gap in found:
        visits.setdefault(gap.visit, []).append(gap)
    columns = [Column("Visit", "right"), Column("Patient"), Column("Kind"), Column("Date"), Column("Lacking", fold=True)]
    rows = [
        [str(visit), lacking[0].patient, lacking[0].kind, lacking[0].date.isoformat(), "; ".join(gap.because for gap in lacking)]
        for visit, lacking in visits.items()
    ]
    print_table(Table(columns, rows, footer=tuple(_how_to_complete(found)), empty="No record is incomplete."))


def _how_to_complete(found: Sequence[Gap]) -> Iterator[str]:
    lacking = {gap.what for gap in found}
    if lacking - {"imported", "event-answer", "outcome"}:
        yield "Complete a visit with: botox visit amend VISIT --reason TEXT"
    if lacking & {"event-answer", "outcome"}:
        yield "Complete what came after a session with: botox follow-up PATIENT --on DATE"
