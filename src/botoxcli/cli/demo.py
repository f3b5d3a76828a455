"""``botox demo``: a fictitious practice to look at, in a ledger of its own in a temporary folder; or one of any size in a new file.

It touches no ledger that is there.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Annotated

import typer

from botoxcli import clock
from botoxcli.cli.app import new_app
from botoxcli.cli.state import state_of
from botoxcli.store.place import Place

app = new_app()


@app.command()
def demo(
    ctx: typer.Context,
    patients: Annotated[
        int | None, typer.Option("--patients", help="A practice of so many patients ever, written to the new file of --ledger.")
    ] = None,
    in_care: Annotated[int | None, typer.Option("--in-care", help="How many of them are in care today; else a quarter.")] = None,
    years: Annotated[int | None, typer.Option("--years", help="How many years it goes back; else 10.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="The same seed, size and day give the same practice; else 1.")] = None,
) -> None:
    """A fictitious practice to look at; never touches the real ledger.

    Example: botox demo

    A practice of any size: botox demo --ledger big.db --patients 40 --in-care 20 --years 4 --seed 1
    """
    if any(one is not None for one in (patients, in_care, years, seed)):
        from botoxcli.cli.demo_practice import demo_practice

        demo_practice(state_of(ctx), patients=patients, in_care=in_care, years=years, seed=seed)
    else:
        _demo_visit(ctx)


def _demo_visit(ctx: typer.Context) -> None:
    """Seven patients in a temporary ledger, and one of them seen from the intake to the list."""
    from botoxcli.cli.consult_print import print_consult
    from botoxcli.cli.due import print_due
    from botoxcli.cli.protocols import DEFAULT_PROTOCOL, shipped_edition
    from botoxcli.cli.session_print import print_session
    from botoxcli.store.recorder import Recorder, create_ledger
    from botoxcli.terminal.lines import print_lines
    from botoxcli.workflow.demo import ACTOR, SETTINGS, SHOWN, furnish
    from botoxcli.workflow.due import due_list

    ledger = Path(tempfile.mkdtemp(prefix="botox-demo-")) / "ledger.db"
    state = state_of(ctx)._replace(ledger=Place(ledger))
    now, edition = clock.utc_now(), shipped_edition(DEFAULT_PROTOCOL)
    create_ledger(ledger, settings=SETTINGS, actor=ACTOR, at=now)
    with state.reader() as reader:
        today = state.today(reader)
    print_lines([f"A practice that does not exist, as it would stand on {today.isoformat()}.", ""])
    print_lines([f"1. The intake of {SHOWN.name} ({SHOWN.code})", ""])
    consulted, treated = furnish(Recorder(ledger), edition, today=today, now=now)
    print_consult(edition, consulted, form="table", dry_run=False)
    print_lines(["", f"2. The first session of {SHOWN.name}", ""])
    print_session(state, edition, treated, form="table", dry_run=False, at=None if state.today_is_set else now)
    print_lines(["", "3. Who is due: botox due", ""])
    with state.reader() as reader:
        names = {one.code: one.name or "" for one in reader.patients()}
        print_due(due_list(reader, today), names, explained=False, day=today.isoformat())
    print_lines(_further(ledger))


def _further(ledger: Path) -> list[str]:
    return [
        "",
        "Look further:",
        f"  export BOTOX_LEDGER={ledger}",
        "  botox due --explain          which visit, which rule, the sum",
        "  botox visit list             and `botox visit show 1`",
        "  botox session D005           the checklist at the chair, as you would use it",
        "  botox chart D002             three sessions, and how it worked",
        "  botox export injections --format csv",
        "  botox export outcomes --format csv",
        "",
        f"All of it is in {ledger.parent}; delete that folder when you have seen enough.",
        "Start your own ledger: unset BOTOX_LEDGER, then botox init",
    ]
