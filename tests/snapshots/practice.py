"""``botox`` in a fictitious practice on a day that stands still; run as a script, with the folder first: ``practice.py FOLDER due``.

With ``furnish`` instead of a command it makes the practice. The clock, the salts and the keys are the same each time, so every screen is.
"""

from __future__ import annotations

import hashlib
import os
import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from botoxcli import clock

NOW = datetime(2026, 6, 5, 10, 0, tzinfo=UTC)
LEDGER = "ledger.db"


def stand_still() -> None:
    """The clock stops, and what is drawn by lot is drawn in a fixed order."""
    clock.utc_now = lambda: NOW
    draws = count()
    os.urandom = lambda size: b"".join(hashlib.sha256(f"{next(draws)}".encode()).digest() for _ in range(size // 32 + 1))[:size]


def furnish() -> None:
    """The practice of ``botox demo``, and a session of one patient that is half done."""
    from botoxcli.cli.protocols import DEFAULT_PROTOCOL, shipped_edition
    from botoxcli.store.recorder import Recorder, create_ledger
    from botoxcli.workflow import demo

    ledger = Path(LEDGER)
    create_ledger(ledger, settings=demo.SETTINGS, actor=demo.ACTOR, at=NOW)
    demo.furnish(Recorder(ledger), shipped_edition(DEFAULT_PROTOCOL), today=NOW.date(), now=NOW)


def main() -> None:
    """Runs the command in the folder."""
    os.chdir(sys.argv[1])
    stand_still()
    if sys.argv[2:] == ["furnish"]:
        furnish()
        return
    from botoxcli.cli.main import app

    sys.argv = ["botox", *sys.argv[2:]]
    app(["--ledger", LEDGER, *sys.argv[1:]], prog_name="botox")


if __name__ == "__main__":
    main()
