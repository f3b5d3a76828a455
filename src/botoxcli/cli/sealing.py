"""How a new ledger is sealed: encrypted or in plain text, by flags or by asking; and what is said of where it stands.

``init`` and ``import all`` make ledgers, and ask for the same things in the same words.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from botoxcli.cli.state import State
from botoxcli.errors import MissingInput, UsageError
from botoxcli.terminal.lines import note

if TYPE_CHECKING:
    from botoxcli.cli.new_key import NewKey


def check_flags(encrypt: bool, plaintext: bool, *, keyring: bool, key_file: object) -> None:
    """Raises UsageError for flags that contradict each other."""
    if encrypt and plaintext:
        raise UsageError("--encrypt and --plaintext exclude each other.", "Give one of them; --encrypt is recommended.")
    if plaintext and (keyring or key_file):
        raise UsageError(f"--plaintext needs no {'--keyring' if keyring else '--key-file'}.", "Give --encrypt with it, or leave it out.")


def check_decided(encrypt: bool, plaintext: bool, *, key_file: Path | None) -> None:
    """Raises MissingInput where nobody can be asked and a flag leaves it open."""
    if encrypt and key_file is None:
        raise MissingInput(["--key-file"])
    if not (encrypt or plaintext):
        missing = MissingInput(["--encrypt", "--plaintext"])
        missing.sentence = "One of these is missing: --encrypt, --plaintext."
        missing.next_step = "Encryption is recommended: --encrypt --key-file FILE makes the key too, if the file is not there."
        raise missing


def is_sealed(encrypt: bool, plaintext: bool) -> bool:
    """Whether it is to be encrypted; the person is asked when no flag says so."""
    if encrypt or plaintext:
        return encrypt
    from botoxcli.terminal.ask import confirm

    note("Encryption is recommended: who finds or steals this machine reads nothing.")
    note("Each command then asks for the passphrase, unless a key file or the system's")
    note("keyring gives the key.")
    return confirm("Encrypt the ledger?", default=True)


def key_of_new_ledger(state: State, *, keyring: bool, asking: bool) -> NewKey:
    """The key, with its recovery code in the person's hands when there is one to take it."""
    from botoxcli.cli import system_keyring
    from botoxcli.cli.new_key import hand_over_code, new_key

    if keyring:
        system_keyring.require()
    new = new_key(state.key_file, where="--key-file", asking=asking)
    if asking:
        hand_over_code(new.recovery_code)
    return new


def keep_in_keyring(ledger: Path, new: NewKey) -> None:
    """Keeps the key there, or says that it was not taken."""
    from botoxcli.cli import system_keyring

    if not system_keyring.keep(ledger, new.recovery_code):
        note("Warning: the keyring did not take the key; it is asked for each time.")


def warn_of_place(path: Path, *, others_may_look: bool) -> None:
    """Warns of a folder that lets others in, or that is synced."""
    from botoxcli.store.synced_folder import synced_by

    if others_may_look:
        note(f"Warning: other users may look into the folder {path.parent}; the ledger itself is private. Mend it with chmod 700.")
    if synced := synced_by(path.parent):
        note(f"Warning: the folder {path.parent} looks synced or shared ({synced}). One ledger that two machines write loses records:")
        note("use it on one machine only, or move it to a folder of this machine and sync the backups instead.")


def key_words(new: NewKey | None, *, asking: bool) -> list[str]:
    """Where the key of the new ledger is; where nobody was asked, its recovery code."""
    lines = []
    if new and new.to_write:
        lines.append(f"Its key is in {new.to_write}: keep a copy of it elsewhere, and name it with --key-file or BOTOX_KEY_FILE.")
    if new and not asking:
        lines.append(f"Recovery code: {new.recovery_code}")
    return lines


def warn_of_code(new: NewKey | None, *, asking: bool) -> None:
    """Says what was not done with the recovery code."""
    if new and not asking:
        note("The recovery code was not asked back: keep it on paper, away from this machine.")
