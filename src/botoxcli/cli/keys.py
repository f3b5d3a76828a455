"""How the key of an encrypted ledger is come by: a key file, the system's keyring, or the person at the keyboard.

The first that is there decides. A key file that does not open the ledger is an error and no reason to ask; a key in the keyring that
no longer does is passed over, since the ledger was given another one since.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botoxcli.store.key import Key


def key_for(ledger: Path, key_file: Path | None, *, no_input: bool) -> Key:
    """The key, from the first that gives one. Raises WrongKey when nothing does, ValueRefused for a key file that others may read."""
    from botoxcli.store.key import Key

    if key_file is not None:
        from botoxcli.files.key_file import read_key_file

        return Key.of_text(read_key_file(key_file))
    return _from_keyring(ledger) or _from_a_person(ledger, no_input=no_input)


def _from_keyring(ledger: Path) -> Key | None:
    from botoxcli.cli.system_keyring import kept
    from botoxcli.store.cipher import opens
    from botoxcli.store.key import Key

    text = kept(ledger)
    key = Key.of_text(text) if text else None
    return key if key and opens(ledger, key) else None


def _from_a_person(ledger: Path, *, no_input: bool) -> Key:
    from botoxcli.errors import WrongKey
    from botoxcli.store.key import Key
    from botoxcli.terminal.ask import ask_secret, can_ask

    if no_input or not can_ask():
        raise WrongKey(str(ledger), given=False)
    return Key.of_text(ask_secret(f"Passphrase or recovery code of {ledger}"))
