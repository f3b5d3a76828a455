"""``botox ledger encrypt``, ``decrypt`` and ``rekey``: the ledger under a key, without one, under another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from botoxcli import clock, paths
from botoxcli.cli.rows import FORMAT_HELP, Form, write_item
from botoxcli.cli.state import State, state_of
from botoxcli.errors import MissingInput
from botoxcli.terminal.lines import note, print_text

if TYPE_CHECKING:
    from botoxcli.cli.new_key import NewKey

_NO_INPUT = typer.Option(False, "--no-input", help="Never ask; the recovery code is printed and not asked back.")
_KEYRING = typer.Option(False, "--keyring", help="Keep the key in this system's keyring too.")
_FORMAT = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP)
_NOT_ASKED = "The recovery code was not asked back: keep it on paper, away from this machine."


def encrypt(ctx: typer.Context, keyring: bool = _KEYRING, no_input: bool = _NO_INPUT, form: Form = _FORMAT) -> None:
    """Encrypt the ledger, with a passphrase that you type or the key in --key-file FILE, which is made if it is not there.

    Example: botox ledger encrypt --key-file practice.key
    """
    from botoxcli.store.plain_copies import plain_copies
    from botoxcli.store.reseal import require_sealed

    state = state_of(ctx)
    ledger = state.ledger.path
    require_sealed(ledger, sealed=False)
    new = _new_key(state.key_file, "--key-file", no_input=no_input, keyring=keyring)
    head = _reseal(state, new, "ledger encrypt")
    _to_keyring(ledger, new, keyring=keyring)
    plain = [str(path) for path in plain_copies((ledger.resolve().parent, paths.backups(ledger)))]
    _tell(ledger, "is encrypted now", head, new, form, shown=no_input, plain_copies=plain)
    if plain:
        note("Older copies that are still in plain text. Make a backup, then delete them:")
        for path in plain:
            note(f"  {path}")
    note("Copies that stand elsewhere, and what the disk keeps of the old file, can be")
    note("read as before.")


def decrypt(
    ctx: typer.Context,
    yes: bool = typer.Option(False, "--yes", help="Do it without asking."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask; needs --yes."),
    form: Form = _FORMAT,
) -> None:
    """Put the ledger back into plain text. Whoever gets hold of the file can then read it.

    Example: botox ledger decrypt --key-file practice.key
    """
    from botoxcli.cli import system_keyring
    from botoxcli.cli.given import may_ask
    from botoxcli.store.reseal import require_sealed
    from botoxcli.terminal.ask import confirm

    state = state_of(ctx)
    ledger = state.ledger.path
    require_sealed(ledger, sealed=True)
    if not yes:
        if not may_ask(no_input):
            raise MissingInput(["--yes"])
        note("Without encryption anybody who gets hold of the file, or of this machine, can")
        note("read every record in it.")
        if not confirm("Put the ledger into plain text?", default=False):
            note("It stays encrypted.")
            return
    head = _reseal(state, None, "ledger decrypt")
    system_keyring.drop(ledger)
    _tell(ledger, "is in plain text now", head, None, form, shown=False)
    note("Older backups stay encrypted: keep the key as long as you keep them.")


def rekey(
    ctx: typer.Context,
    new_key_file: Path | None = typer.Option(None, "--new-key-file", metavar="FILE", readable=False, help="The new key; made if it is not there."),
    keyring: bool = _KEYRING,
    no_input: bool = _NO_INPUT,
    form: Form = _FORMAT,
) -> None:
    """Give the ledger another key: a passphrase that you type, or the key in --new-key-file FILE.

    Example: botox ledger rekey --key-file practice.key --new-key-file new.key
    """
    from botoxcli.cli import system_keyring
    from botoxcli.errors import ValueRefused
    from botoxcli.store.cipher import key_of
    from botoxcli.store.reseal import require_sealed

    state = state_of(ctx)
    ledger = state.ledger.path
    require_sealed(ledger, sealed=True)
    with state.reader():  # a key that does not open it is told before a new one is asked for
        old = key_of(state.ledger)
    new = _new_key(new_key_file, "--new-key-file", no_input=no_input, keyring=keyring)
    if new.key == old:
        raise ValueRefused("--new-key-file" if new_key_file else "the new passphrase", "it is the key that the ledger has already")
    head = _reseal(state, new, "ledger rekey")
    stale = system_keyring.drop(ledger)
    if not _to_keyring(ledger, new, keyring=keyring) and stale:
        note("The old key was taken out of the keyring.")
    _tell(ledger, "has a new key now", head, new, form, shown=no_input)
    note("Older backups open with the old key only: keep it, or its recovery code, as")
    note("long as you keep them.")


def _new_key(key_file: Path | None, where: str, *, no_input: bool, keyring: bool) -> NewKey:
    """The new key, with its recovery code in the person's hands."""
    from botoxcli.cli import system_keyring
    from botoxcli.cli.given import may_ask
    from botoxcli.cli.new_key import hand_over_code, new_key

    if keyring:
        system_keyring.require()
    asking = may_ask(no_input)
    new = new_key(key_file, where=where, asking=asking)
    if asking:
        hand_over_code(new.recovery_code)
    return new


def _reseal(state: State, new: NewKey | None, command: str) -> str:
    """The swap, as one change of whoever is at the keyboard; the head of the chain after it."""
    from botoxcli.store.reseal import reseal

    with state.reader() as reader:  # brings an older ledger up to date, with a backup of it beside
        actor = state.actor(reader)
    if new:
        new.write_key_file()
    key, salt = (new.key, new.salt) if new else (None, None)
    return reseal(state.ledger, key, salt, command=command, actor=actor, at=clock.utc_now()).head


def _to_keyring(ledger: Path, new: NewKey, *, keyring: bool) -> bool:
    from botoxcli.cli import system_keyring

    if keyring and not system_keyring.keep(ledger, new.recovery_code):
        note("Warning: the keyring did not take the key; it is asked for each time.")
        return False
    return keyring


def _tell(ledger: Path, words: str, head: str, new: NewKey | None, form: Form, *, shown: bool, **more: list[str]) -> None:
    """What was done; with ``shown`` the recovery code, which nobody was asked to type back."""
    code = new.recovery_code if new and shown else None
    if form is Form.JSON:
        key_file = str(new.to_write) if new and new.to_write else None
        write_item(
            "ledger-key",
            {"ledger": str(ledger), "encrypted": new is not None, "head": head, "key_file_made": key_file, "recovery_code": code, **more},
        )
    else:
        lines = [f"The ledger {ledger} {words}; the chain's head is {head[:12]}."]
        lines += [f"The new key is in {new.to_write}: keep a copy of it elsewhere."] if new and new.to_write else []
        print_text([*lines, *([f"Recovery code: {code}"] if code else [])])
    if code:
        note(_NOT_ASKED)
