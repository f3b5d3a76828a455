"""Where things live: the ledger, the practitioner's own protocols, the protocols that came with the program."""

from __future__ import annotations

import os
from pathlib import Path

LEDGER_VARIABLE = "BOTOX_LEDGER"
KEY_FILE_VARIABLE = "BOTOX_KEY_FILE"


def ledger_path(given: Path | None = None) -> Path:
    """The ledger's place: ``--ledger``, else ``BOTOX_LEDGER``, else ``ledger.db`` in the user's data folder."""
    if given is not None:
        return given
    if named := os.environ.get(LEDGER_VARIABLE):
        return Path(named)
    from platformdirs import user_data_path

    return user_data_path("botoxcli", appauthor=False) / "ledger.db"


def key_file(given: Path | None = None) -> Path | None:
    """The file with the ledger's key: ``--key-file``, else ``BOTOX_KEY_FILE``, else none."""
    named = os.environ.get(KEY_FILE_VARIABLE)
    return given or (Path(named) if named else None)


def backups(ledger: Path) -> Path:
    """Where the backups of a ledger go when no other place is named: the folder ``backups`` beside it."""
    return ledger.parent / "backups"


def own_protocols() -> Path:
    """The folder of the practitioner's own protocols, in the user's data folder beside the ledger's usual place."""
    from platformdirs import user_data_path

    return user_data_path("botoxcli", appauthor=False) / "protocols"


def shipped_protocols() -> Path:
    """The folder of the protocols that came with the program: inside an installed wheel, or at the top of a checkout."""
    package = Path(__file__).resolve().parent
    inside = package / "protocols"
    return inside if inside.is_dir() else package.parent.parent / "protocols"


def font_folders() -> tuple[Path, ...]:
    """Where this machine may keep its fonts: everybody's first, then the user's own."""
    home, windows = Path.home(), os.environ.get("WINDIR")
    everybody = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path("/System/Library/Fonts"), Path("/Library/Fonts")]
    own = [home / ".local" / "share" / "fonts", home / ".fonts", home / "Library" / "Fonts"]
    return (*everybody, *([Path(windows) / "Fonts"] if windows else []), *own)
