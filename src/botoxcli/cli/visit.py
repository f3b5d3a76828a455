"""``botox visit``: list and show what was recorded, and put it right."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

import typer

from botoxcli.cli.app import new_app
from botoxcli.cli.rows import FORMAT_HELP, ROWS_HELP, Form, RowForm, write_item, write_rows
from botoxcli.cli.state import state_of
from botoxcli.cli.visit_amend import amend
from botoxcli.cli.visit_appointment import declined, missed, moved
from botoxcli.cli.visit_note import aftercare, note
from botoxcli.cli.visit_void import void
from botoxcli.clinic.dates import parse_date

if TYPE_CHECKING:
    from botoxcli.clinic.past_visit import VisitHead

app = new_app("Visits, and sessions that did not come about.\n\nExample: botox visit list --patient P0001")


class Kind(StrEnum):
    """The kinds of visits."""

    CONSULT = "consult"
    SESSION = "session"
    FOLLOW_UP = "follow-up"


@app.command("list")
def list_visits(
    ctx: typer.Context,
    patient: str | None = typer.Option(None, metavar="PATIENT", help="Only this patient's."),
    since: str | None = typer.Option(None, metavar="DATE", help="From this day on."),
    until: str | None = typer.Option(None, metavar="DATE", help="Up to and with this day."),
    kind: Kind | None = typer.Option(None, help="consult, session or follow-up."),
    form: RowForm = typer.Option(RowForm.TABLE, "--format", help=ROWS_HELP),
) -> None:
    """List the visits, by date.

    Example: botox visit list --since -12w --format csv
    """
    from botoxcli.workflow.visits import VISIT_COLUMNS, between, visit_row

    state = state_of(ctx)
    with state.reader() as reader:
        known = reader.find_patient(patient) if patient is not None else None
        today = state.today(reader)
        first = parse_date(since, today=today, where="--since") if since else None
        last = parse_date(until, today=today, where="--until") if until else None
        heads = between(reader.visits(known.patient_id if known else None, kind.value if kind else None), first, last)
    if form is RowForm.TABLE:
        print_visits(heads, empty="No visit is recorded that fits." if since or until or kind else "No visit is recorded.")
    else:
        write_rows("visits", VISIT_COLUMNS, map(visit_row, heads), form=form)


def print_visits(heads: Sequence[VisitHead], *, empty: str) -> None:
    """The visits as a table, with what a person looks for first."""
    from botoxcli.clinic.quantity import units_text
    from botoxcli.terminal.table import Column, Table, print_table, without_the_usual

    columns = [Column("Visit", "right"), Column("Patient"), Column("Kind"), Column("Date"), Column("Units", "right"), Column("Lots", fold=True)]
    columns += [Column("Decision", fold=True), Column("State"), Column("Protocol", fold=True)]
    rows = []
    for head in heads:
        row = [str(head.visit), head.patient, head.kind, head.date.isoformat(), "" if head.hundredths is None else units_text(head.hundredths)]
        decision = " / ".join(word for word in (head.decision, head.decided) if word)
        rows.append([*row, head.lots or "", decision, head.state, f"{head.protocol} {head.edition}"])
    print_table(without_the_usual(Table(columns, rows, empty=empty), {"State": "recorded"}))


@app.command()
def show(
    ctx: typer.Context,
    visit: int = typer.Argument(metavar="VISIT", help="The visit's number."),
    history: bool = typer.Option(False, "--history", help="Every version: the original, who changed what, when and why; a voided one too."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Show everything that was recorded of a visit.

    Example: botox visit show 7
    """
    from botoxcli.cli.visit_map import map_of_visit, print_visit_map
    from botoxcli.cli.visit_sheet import visit_sections
    from botoxcli.terminal.head_map_screen import can_draw
    from botoxcli.terminal.lines import print_sheet
    from botoxcli.workflow.visits import visit_item

    state = state_of(ctx)
    if history:
        from botoxcli.cli.visit_history import print_visit_history

        print_visit_history(state, visit, form)
        return
    with state.reader() as reader:
        whole = reader.visit(visit)
        zone = state.zone(reader.settings())
        head_map = map_of_visit(reader, whole) if form is Form.TABLE and can_draw() else None
    if form is Form.JSON:
        write_item("visit", visit_item(whole))
        return
    head = whole.head
    print_sheet(f"Visit {head.visit}: {head.kind} of {head.patient} on {head.date}", visit_sections(whole, zone))
    print_visit_map(head_map)


app.command()(amend)
app.command()(void)
app.command()(missed)
app.command()(declined)
app.command()(moved)
app.command()(note)
app.command()(aftercare)
