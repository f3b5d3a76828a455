"""The key in the system's keyring: an extra (``pip install 'botoxcli[keyring]'``), and only on request.

Conventions. What is kept is the recovery code, under the ledger's real path: it opens this ledger and its backups, and tells nobody the
passphrase. A machine without a keyring, or with one that fails or is locked, is as one that keeps nothing.
"""

from __future__ import annotations

import importlib
from contextlib import suppress
from pathlib import Path
from types import ModuleType

from botoxcli.errors import ValueRefused

SERVICE = "botoxcli"
WHERE = "--keyring"


def kept(ledger: Path) -> str | None:
    """What the keyring keeps for this ledger, if there is a keyring and it does."""
    keyring = _keyring()
    if keyring is None:
        return None
    try:
        text = keyring.get_password(SERVICE, _name(ledger))
    except Exception:  # a keyring of whatever make that fails is none: the person is asked instead
        return None
    return text or None


def require() -> None:
    """Raises ValueRefused on a machine that has no keyring that can be used."""
    keyring = _keyring()
    try:
        usable = keyring is not None and keyring.get_keyring().priority > 0
    except Exception:  # as above
        usable = False
    if not usable:
        raise ValueRefused(WHERE, "this machine has no keyring", "Install one with: pip install 'botoxcli[keyring]', or leave --keyring out.")


def keep(ledger: Path, text: str) -> bool:
    """Keeps it for this ledger; False when the keyring refused."""
    keyring = _keyring()
    if keyring is None:
        return False
    try:
        keyring.set_password(SERVICE, _name(ledger), text)
    except Exception:  # as above
        return False
    return True


def drop(ledger: Path) -> bool:
    """Removes what is kept for this ledger; False when there was nothing."""
    keyring = _keyring()
    if keyring is None or kept(ledger) is None:
        return False
    with suppress(Exception):
        keyring.delete_password(SERVICE, _name(ledger))
        return True
    return False


def _keyring() -> ModuleType | None:
    try:
        return importlib.import_module("keyring")  # by name: the types hold on a machine with the extra and on one without
    except ImportError:
        return None


def _name(ledger: Path) -> str:
    return str(ledger.resolve())
