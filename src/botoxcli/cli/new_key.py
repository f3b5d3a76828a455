"""A new key for a ledger: from a key file or typed twice, with a recovery code that the person has before anything is made.

Conventions. A key file that is not there is made last, just before the ledger gets the key: whoever leaves or fails before has made nothing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from botoxcli.errors import MissingInput, ValueRefused

if TYPE_CHECKING:
    from botoxcli.store.key import Key

SHORTEST = 8
_TRIES = 3
_NOTHING = "Nothing was made or changed. Run the command again: it gives a new code."


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key and the salt of the file that it will open. ``to_write`` is the key file that is still to be made."""

    key: Key
    salt: bytes
    to_write: Path | None
    where: str

    @property
    def recovery_code(self) -> str:
        """The raw key of the file, to be written down."""
        from botoxcli.store.recovery_code import recovery_code

        return recovery_code(self.key.raw(self.salt))

    def write_key_file(self) -> None:
        """Makes the key file, if it is still to be made."""
        if self.to_write is not None:
            from botoxcli.files.key_file import write_key_file

            write_key_file(self.to_write, self.key.raw(self.salt).hex(), self.where)


def new_key(key_file: Path | None, *, where: str, asking: bool) -> NewKey:
    """The key in ``key_file``, or a raw one to be written there; without a file what the person types twice.

    Raises MissingInput naming ``where``, the flag, when there is neither a file nor a person; ValueRefused for a key that is too short.
    """
    from botoxcli.store.key import Key

    salt = os.urandom(16)
    if key_file is None:
        if not asking:
            raise MissingInput([where])
        return NewKey(Key.of_text(_typed_twice()), salt, None, where)
    if not os.path.lexists(key_file):
        if not key_file.parent.is_dir():
            raise ValueRefused(where, "there is no such folder", "Make the folder first, or name another place.")
        return NewKey(Key.new(), salt, key_file, where)
    from botoxcli.files.key_file import read_key_file

    text = read_key_file(key_file, where)
    if len(text) < SHORTEST:
        raise ValueRefused(where, f"the key in it is shorter than {SHORTEST} characters", "Name a file that is not there: it is made with a new key.")
    return NewKey(Key.of_text(text), salt, None, where)


def hand_over_code(code: str) -> None:
    """Shows the recovery code once and asks two groups of it back. Raises ValueRefused after three wrong answers."""
    import random

    from botoxcli.store.recovery_code import groups, same_group
    from botoxcli.terminal.ask import ask_text
    from botoxcli.terminal.lines import note
    from botoxcli.terminal.recovery_screen import show_once

    show_once(code)
    wrong, all_groups = 0, groups(code)
    for at in sorted(random.SystemRandom().sample(range(len(all_groups)), 2)):
        while not same_group(ask_text(f"Type group {at + 1} of the code"), all_groups[at]):
            wrong += 1
            if wrong == _TRIES:
                raise ValueRefused("the recovery code", f"{_TRIES} answers were not what the code says", _NOTHING)
            note("That is not the group. Look at what you wrote down.")


def _typed_twice() -> str:
    import unicodedata

    from botoxcli.terminal.ask import ask_secret
    from botoxcli.terminal.lines import note

    note(f"Best is a sentence: easy to keep in mind, hard to guess. At least {SHORTEST} characters.")
    note("Nothing shows while you type.")
    while True:
        first = unicodedata.normalize("NFC", ask_secret("New passphrase"))
        if len(first) < SHORTEST:
            note(f"That is shorter than {SHORTEST} characters.")
        elif unicodedata.normalize("NFC", ask_secret("The same again")) == first:
            return first
        else:
            note("The two are not the same. Once more.")
