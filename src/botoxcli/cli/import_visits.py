"""``botox import visits``: sessions of the past out of a spreadsheet, all of them or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from botoxcli import clock
from botoxcli.cli.import_flags import DRY_RUN, FILE_HELP, FORMAT_OF_DATES, date_format, every_problem, mapped_columns
from botoxcli.cli.rows import FORMAT_HELP, Form, write_item
from botoxcli.cli.state import state_of

if TYPE_CHECKING:
    from botoxcli.files.sessions_csv import SessionsFile
    from botoxcli.workflow.import_sessions import SessionsImport


def import_visits(
    ctx: typer.Context,
    file: str = typer.Argument(metavar="FILE", help=FILE_HELP),
    mapped: list[str] = typer.Option(
        [],
        "--map",
        metavar="FIELD=COLUMN,...",
        help="Which column is patient, date, units, lot, kind, protocol, product, injector, note; for --new-patients name, born too.",
    ),
    written: str | None = typer.Option(None, "--date-format", metavar="FORMAT", help=FORMAT_OF_DATES),
    protocol: str | None = typer.Option(None, metavar="ID", help="The protocol of rows that name none (default: the default protocol)."),
    new_patients: bool = typer.Option(False, "--new-patients", help="Add who is not known yet; needs columns for name and born too."),
    accept: list[str] = typer.Option([], metavar="ID", help="Accept a warning: duplicate-patient, with --new-patients."),
    dry_run: bool = typer.Option(False, "--dry-run", help=DRY_RUN),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask; this command never does."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Import past sessions out of a spreadsheet: all, or none and what is wrong row by row. The same file again changes nothing.

    A row has the patient's code, the day, the units and the lot. It becomes a session without its sites, marked as imported; `botox due` and the
    limits on doses count it from then on. It also takes what `botox export visits` wrote: the sessions of it. One `botox undo` takes all back.

    Example: botox import visits sessions.csv --map patient="Chart no",date=Datum,units=Dose,lot=Charge --date-format DD.MM.YYYY
    """
    from botoxcli.cli.patient_toxin import products_in_use
    from botoxcli.cli.protocols import DEFAULT_PROTOCOL, edition_of
    from botoxcli.files.sessions_csv import FIELDS, read_sessions
    from botoxcli.store.recorder import Recorder
    from botoxcli.terminal.progress import progress
    from botoxcli.workflow.import_sessions import SessionsRequest, import_sessions

    columns, how = mapped_columns(mapped, FIELDS), date_format(written)
    state, followed = state_of(ctx), protocol or DEFAULT_PROTOCOL
    with state.reader() as reader:
        today, actor = state.today(reader), state.actor(reader)
    edition_of(followed)
    with every_problem(shown=dry_run), progress("Importing") as told:
        found = read_sessions(file, mapped=columns, form=how, today=today, protocol=followed, new_patients=new_patients)
        request = SessionsRequest(
            found.rows, dict(found.columns), edition_of, products_in_use() if "product" in dict(found.columns) else (), actor, clock.utc_now(),
            new_patients=new_patients, accepted=accept, dry_run=dry_run, told=told,
        )  # fmt: skip
        done = import_sessions(Recorder(state.ledger), request)
    _say(found, done, form, dry_run=dry_run)


def _say(found: SessionsFile, done: SessionsImport, form: Form, *, dry_run: bool) -> None:
    from botoxcli.cli.import_print import SHOWN, said_of_file, shortened
    from botoxcli.terminal.lines import note, print_lines
    from botoxcli.workflow.import_sessions import session_row

    if form is Form.JSON:
        item: dict[str, Any] = {
            "sessions": len(found.rows),
            "added": len(done.new),
            "standing": done.standing,
            "doubles": found.doubles,
            "left_out": found.others,
            "withdrawn": len(done.voided),
            "voided": [{"row": row, "visit": visit} for row, visit in done.voided],
        }
        item |= {"new_patients": [one.code for one in done.patients], "first_visit": done.visits[0] if done.visits else None}
        item |= {"last_visit": done.visits[1] if done.visits else None, "columns": dict(found.columns), "not_read": list(found.unread)}
        item |= {"dry_run": dry_run, "recorded": done.visits is not None}
        write_item("import-visits", item | {"items": list(map(session_row, done.new)) if dry_run else []})
        return
    for line in said_of_file(found.columns, found.unread, found.doubles, found.others):
        note(line)
    for row, visit in done.voided[:SHOWN]:
        note(f"row {row}: this session was voided (visit {visit}) and stays so; if it was given after all, record it again or `botox undo` the void.")
    if len(done.voided) > SHOWN:
        note(f"and {len(done.voided) - SHOWN:,} more rows of sessions that were voided.")
    known = f" {_sessions(done.standing)} stood already." if done.standing else ""
    known += f" {_sessions(len(done.voided))} withdrawn, and left out." if done.voided else ""
    made = f" New patients: {shortened([one.code for one in done.patients])}." if done.patients else ""
    if not done.new:
        told = "none of them is new" if done.voided else "all of them stand in the ledger already"
        print_lines([f"{_sessions(len(found.rows))} in the file, and {told}; nothing was changed.{known if done.voided else ''}"])
    elif dry_run:
        _print_sessions(done)
        print_lines([f"{_sessions(len(done.new))} would be added; nothing was recorded.{known}{made}"])
    else:
        first, last = done.visits or (0, 0)
        print_lines([f"{_sessions(len(done.new))} added, {f'visits {first} to {last}' if last > first else f'visit {first}'}.{known}{made}"])


def _print_sessions(done: SessionsImport) -> None:
    from botoxcli.clinic.quantity import units_text
    from botoxcli.terminal.table import Column, Table, print_table

    columns = [Column("Row", align="right"), Column("Patient"), Column("Date"), Column("Units", align="right"), Column("Lots", fold=True)]
    columns += [Column("Protocol", fold=True), Column("Product", fold=True)]
    rows = [
        [str(one.row), one.patient, one.on.isoformat(), units_text(one.hundredths), ", ".join(one.lots), one.protocol, one.product or ""]
        for one in done.new
    ]
    print_table(Table(columns, rows))


def _sessions(count: int) -> str:
    return f"{count:,} {'session' if count == 1 else 'sessions'}"
