"""``botox patient edit``: a name or a birth date put right. What stood before stays in ``patient show --history``."""

from __future__ import annotations

import typer

from botoxcli import clock
from botoxcli.cli.rows import FORMAT_HELP, Form, write_item
from botoxcli.cli.state import State, state_of
from botoxcli.errors import UsageError


def edit(
    ctx: typer.Context,
    patient: str = typer.Argument(metavar="PATIENT", help="A code, or a part of a name that fits one patient."),
    name: str | None = typer.Option(None, metavar="TEXT", help="What the name should read."),
    born: str | None = typer.Option(None, metavar="DATE", help="What the birth date should read."),
    reason: str | None = typer.Option(None, metavar="TEXT", help="Why."),
    accept: list[str] = typer.Option([], metavar="ID", help="Accept a warning: duplicate-patient."),
    key: str | None = typer.Option(None, metavar="TEXT", help="A key of your own: the same command again records once."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask; nothing is asked here."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check everything, record nothing."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Put a name or a birth date right. The code stays.

    Example: botox patient edit P0001 --born 1980-02-28 --reason "mistyped"
    """
    from botoxcli.cli.given import checked_key
    from botoxcli.cli.protocols import edition_of
    from botoxcli.cli.texts import clean_text
    from botoxcli.clinic.dates import parse_date
    from botoxcli.store.recorder import Recorder
    from botoxcli.terminal.lines import print_lines
    from botoxcli.workflow.edit_patient import Edit, edit_patient
    from botoxcli.workflow.patients import checked_birth, checked_name

    if name is None and born is None:
        raise UsageError("There is nothing to edit.", "Give --name, --born or both.")
    key = checked_key(key)
    state = state_of(ctx)
    with state.reader() as reader:
        code, today, actor = reader.find_patient(patient).code, state.today(reader), state.actor(reader)
    wanted = Edit(
        patient=code,
        name=checked_name(name) if name is not None else None,
        born=checked_birth(parse_date(born, today=today, where="--born"), today) if born is not None else None,
        reason=clean_text("--reason", reason) if reason is not None else "",
        accepted=frozenset(accept),
    )
    level = edition_of(None).protocol.level("duplicate-patient")
    done = edit_patient(Recorder(state.ledger), wanted, level=level, actor=actor, now=clock.utc_now(), key=key, dry_run=dry_run)
    edited = [word for word, value in (("name", name), ("birth date", born)) if value is not None]
    broken = _no_longer_holds(state, code) if born is not None and not dry_run else ()
    if form is Form.JSON:
        lost = [{"visit": visit, "because": because} for visit, because in broken]
        write_item("patient-edit", {"patient": code, "edited": edited, "no_longer_holds": lost, "standing": not done, "dry_run": dry_run})
        return
    word = "would be put right; nothing was recorded" if dry_run else "put right" if done else "stand as this key recorded them"
    print_lines([f"{code}: {' and '.join(edited)} {word}."])
    print_lines(
        f"No longer holds: the consult of visit {visit}: {because}. `botox visit amend {visit}` decides it anew." for visit, because in broken
    )


def _no_longer_holds(state: State, code: str) -> tuple[tuple[int, str], ...]:
    from botoxcli.cli.protocols import pinned_edition
    from botoxcli.workflow.edit_patient import age_no_longer_holds

    with state.reader() as reader:
        return age_no_longer_holds(reader, code, lambda edition_id: pinned_edition(reader, edition_id))
