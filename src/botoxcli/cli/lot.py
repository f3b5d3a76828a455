"""``botox lot``: who had a lot, for a recall. Exit 3 says that somebody had it."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from botoxcli.cli.app import new_app
from botoxcli.cli.rows import ROWS_HELP, RowForm, write_rows
from botoxcli.cli.state import state_of

if TYPE_CHECKING:
    from botoxcli.workflow.lot import LotFound

app = new_app()
FOUND = 3


@app.command()
def lot(
    ctx: typer.Context,
    lot: str = typer.Argument(metavar="LOT", help="The lot, with or without its spaces and hyphens; an old spelling finds it too."),
    form: RowForm = typer.Option(RowForm.TABLE, "--format", help=ROWS_HELP),
    output: Path | None = typer.Option(
        None, metavar="FILE", readable=False, help="CSV or JSON into this file, whole or not at all (default: stdout)."
    ),
    identify: bool = typer.Option(False, "--identify", help="With names and birth dates: for the recall letters."),
) -> None:
    """Who had a lot: visits, units, last contact, what is left in stock. Exits with 3 when anyone had it, with 0 when nobody did.

    Example: botox lot C1234 --format csv --identify --output recall.csv
    """
    from botoxcli.errors import UsageError
    from botoxcli.workflow.lot import IDENTITY_COLUMNS, LOT_COLUMNS, SHARE_COLUMNS, find_lot, lot_row

    if output is not None and form is RowForm.TABLE:
        raise UsageError("--output needs --format csv or json.", "Add the format.")
    with state_of(ctx).reader() as reader:
        found = find_lot(reader, lot)
    if form is RowForm.TABLE:
        _print(found, named=identify or sys.stdout.isatty())
    else:
        columns = (*LOT_COLUMNS, *(IDENTITY_COLUMNS if identify else ()), *SHARE_COLUMNS)
        write_rows("lot", columns, (lot_row(found, visit) for visit in found.visits), form=form.value, output=output)
    if found.visits:
        raise typer.Exit(FOUND)


def _print(found: LotFound, *, named: bool) -> None:
    from botoxcli.clinic.quantity import units_text
    from botoxcli.terminal.table import Column, Table, print_table

    columns = [Column("Patient"), *([Column("Name", fold=True), Column("Born")] if named else []), Column("Visit", "right"), Column("Date")]
    columns += [Column("Units", "right"), Column("Sites", "right"), Column("Last contact"), Column("Remark", fold=True)]
    rows = []
    for visit in found.visits:
        patient = visit.patient
        born = patient.born.isoformat() if patient.born else ""
        remarks = [f"now lot {visit.lot}"] * (visit.lot != found.lot) + [f"was {one}" for one in visit.spelt]
        remarks += ["imported"] * visit.imported + ["archived"] * patient.archived
        row = [patient.code, *([patient.name or "(forgotten)", born] if named else []), str(visit.visit), visit.date.isoformat()]
        given = f"{'' if visit.share_known else 'up to '}{units_text(visit.hundredths)}"
        rows.append([*row, given, str(len(visit.sites)), visit.last_contact.isoformat(), ", ".join(remarks)])
    print_table(Table(columns, rows, title=f"Lot {found.lot}" if rows else "", footer=tuple(_about(found)), empty=f"Nobody had lot {found.lot}."))


def _about(found: LotFound) -> Iterator[str]:
    """What else is to be known of the lot: how many had it, other spellings, the stock."""
    if found.visits:
        yield f"{_counted({visit.patient.code for visit in found.visits}, 'patient')}, {_counted(found.visits, 'visit')}."
    if found.spelt:
        yield f"Also spelt: {', '.join(found.spelt)}."
    if found.recalled:
        yield "The lot is recalled."
    unused = found.unused
    expires = ", ".join(sorted({vial.expires.isoformat() for vial in unused}))
    yield f"Unused in stock: {_counted(unused, 'vial')}{f', expires {expires}' if unused else ''}."
    if discarded := [vial for vial in found.vials if vial.state == "discarded"]:
        yield f"Discarded: {_counted(discarded, 'vial')}."


def _counted(things: Collection[object], word: str) -> str:
    """``1 vial``, ``3 vials``."""
    return f"{len(things)} {word}{'' if len(things) == 1 else 's'}"
