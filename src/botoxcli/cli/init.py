"""``botox init``: a new ledger."""

from __future__ import annotations

import os

import typer

from botoxcli import clock
from botoxcli.cli.app import new_app
from botoxcli.cli.state import state_of
from botoxcli.errors import ValueRefused
from botoxcli.terminal.lines import note, print_lines

app = new_app()
DEFAULT_PRACTICE = "My practice"


@app.command()
def init(
    ctx: typer.Context,
    practice: str | None = typer.Option(None, metavar="TEXT", help="The practice's name."),
    practitioner: str | None = typer.Option(None, metavar="TEXT", help="Who treats."),
    time_zone: str | None = typer.Option(None, metavar="ZONE", help="IANA name, such as Europe/Berlin (default: this machine's)."),
    jurisdiction: str | None = typer.Option(None, metavar="us|eu-uk", help="Whose rules hold: us (default) or eu-uk."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask; take the defaults for what is not given."),
) -> None:
    """Make a new ledger: one private file that holds everything.

    Example: botox init --practice "Headache Clinic" --practitioner "Dr Example"
    """
    from botoxcli.cli.given import may_ask
    from botoxcli.store.recorder import create_ledger
    from botoxcli.workflow.ledger import checked_settings

    state = state_of(ctx)
    if os.path.lexists(state.ledger):
        raise ValueRefused("--ledger", "there is a file at this place already", "Use it as it is, or name another place with --ledger PATH.")
    given = {"practice": practice, "practitioner": practitioner, "time-zone": time_zone, "jurisdiction": jurisdiction}
    checked_settings(given)
    settings = checked_settings(_asked(given) if may_ask(no_input) else _defaulted(given))
    others_may_look = create_ledger(
        state.ledger, settings=settings, actor=clock.actor(state.actor_given, settings["practitioner"]), at=clock.utc_now()
    )
    if others_may_look:
        note(f"Warning: other users may look into the folder {state.ledger.parent}; the ledger itself is private. Mend it with chmod 700.")
    print_lines(
        [
            f"The ledger is {state.ledger}.",
            "Next: `botox vial add`, `botox consult`; `botox --help` lists all; `botox settings` changes these settings.",
        ]
    )


def _asked(given: dict[str, str | None]) -> dict[str, str | None]:
    from botoxcli.terminal.ask import ask_text, ask_value, choose
    from botoxcli.workflow.ledger import JURISDICTIONS, checked_zone

    return {
        "practice": given["practice"] or ask_text("Practice"),
        "practitioner": given["practitioner"] or ask_text("Practitioner", default=clock.login_name()),
        "time-zone": given["time-zone"] or ask_value("Time zone", checked_zone, default=clock.machine_zone()),
        "jurisdiction": given["jurisdiction"] or choose("Jurisdiction", JURISDICTIONS, default="us"),
    }


def _defaulted(given: dict[str, str | None]) -> dict[str, str | None]:
    defaults = {
        "practice": DEFAULT_PRACTICE,
        "practitioner": clock.login_name(),
        "time-zone": clock.machine_zone(),
        "jurisdiction": "us",
    }
    taken = [f"{name} {default!r}" for name, default in defaults.items() if given[name] is None]
    if taken:
        note(f"Taken by default: {', '.join(taken)}.")
    return {name: given[name] if given[name] is not None else default for name, default in defaults.items()}
