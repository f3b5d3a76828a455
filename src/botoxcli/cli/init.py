"""``botox init``: a new ledger."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from botoxcli import clock
from botoxcli.cli.app import new_app
from botoxcli.cli.state import State, state_of
from botoxcli.errors import ValueRefused
from botoxcli.store.place import Place
from botoxcli.terminal.lines import note, print_lines

if TYPE_CHECKING:
    from botoxcli.cli.new_key import NewKey

app = new_app()
DEFAULT_PRACTICE = "My practice"


@app.command()
def init(
    ctx: typer.Context,
    practice: str | None = typer.Option(None, metavar="TEXT", help="The practice's name."),
    practitioner: str | None = typer.Option(None, metavar="TEXT", help="Who treats."),
    time_zone: str | None = typer.Option(None, metavar="ZONE", help="IANA name, such as Europe/Berlin (default: this machine's)."),
    jurisdiction: str | None = typer.Option(None, metavar="us|eu-uk", help="Whose rules hold: us (default) or eu-uk."),
    encrypt: bool = typer.Option(False, "--encrypt", help="Encrypt it (recommended): a passphrase, or the key in --key-file FILE."),
    plaintext: bool = typer.Option(False, "--plaintext", help="Leave it in plain text."),
    keyring: bool = typer.Option(False, "--keyring", help="Keep the key in this system's keyring too."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask; take the defaults for what is not given."),
) -> None:
    """Make a new ledger: one private file that holds everything.

    Example: botox init --practice "Headache Clinic" --practitioner "Dr Example" --encrypt
    """
    from botoxcli.cli import sealing
    from botoxcli.cli.given import may_ask
    from botoxcli.workflow.ledger import checked_settings

    state, asking = state_of(ctx), may_ask(no_input)
    if os.path.lexists(state.ledger.path):
        raise ValueRefused("--ledger", "there is a file at this place already", "Use it as it is, or name another place with --ledger PATH.")
    sealing.check_flags(encrypt, plaintext, keyring=keyring, key_file=ctx.find_root().params.get("key_file"))
    given = {"practice": practice, "practitioner": practitioner, "time-zone": time_zone, "jurisdiction": jurisdiction}
    checked_settings(given)
    if not asking:
        sealing.check_decided(encrypt, plaintext, key_file=state.key_file)
    settings = checked_settings(_asked(given) if asking else _defaulted(given))
    new = sealing.key_of_new_ledger(state, keyring=keyring, asking=asking) if sealing.is_sealed(encrypt, plaintext) else None
    _make(state, settings, new)
    if new and keyring:
        sealing.keep_in_keyring(state.ledger.path, new)
    _tell(state.ledger.path, new, asking=asking)


def _make(state: State, settings: dict[str, str], new: NewKey | None) -> None:
    from botoxcli.cli.sealing import warn_of_place
    from botoxcli.store.recorder import create_ledger

    path = state.ledger.path
    if new:
        new.write_key_file()
    place = Place(path, (lambda: new.key) if new else None)
    actor = clock.actor(state.actor_given, settings["practitioner"])
    others_may_look = create_ledger(place, settings=settings, actor=actor, at=clock.utc_now(), salt=new.salt if new else None)
    warn_of_place(path, others_may_look=others_may_look)


def _tell(path: Path, new: NewKey | None, *, asking: bool) -> None:
    from botoxcli.cli.sealing import key_words, warn_of_code

    lines = [f"The ledger is {path}{', encrypted' if new else ''}.", *key_words(new, asking=asking)]
    print_lines([*lines, "Next: `botox vial add`, `botox consult`; `botox --help` lists all; `botox settings` changes these settings."])
    warn_of_code(new, asking=asking)


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
