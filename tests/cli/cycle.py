"""A patient with two sessions, and what a test of corrections asks of the command line."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from pathlib import Path
from typing import Any

from .conftest import Botox, Result

DATA = Path(__file__).parents[1] / "data"
CHAIR = str(DATA / "chair.yaml")
WHY = ("--reason", "mistyped")


def two_cycles(botox: Botox) -> Botox:
    """P0001 with an eligible consult (visit 1, 2025-12-01) and sessions on 2025-12-08 (visit 2) and 2026-03-02 (visit 3: 84 days after);
    three vials of lot C1234 and one of lot D5."""
    vials(botox, "C1234", 3)
    vials(botox, "D5", 1)
    done(botox("consult", "P0001", "--name", "Ada Example", "--born", "1980-02-29", "--on", "2025-12-01", "--answers", str(DATA / "consult.yaml")))
    for day in ("2025-12-08", "2026-03-02"):
        done(session(botox, "--on", day, "--vial", "C1234", "--as-planned"))
    return botox


def vials(botox: Botox, lot: str, count: int) -> None:
    done(botox("vial", "add", lot, "--units", "200", "--expires", "2027-06", "--count", str(count)))


def session(botox: Botox, *flags: str) -> Result:
    return botox("session", "P0001", "--answers", CHAIR, "--no-input", *flags)


def done(result: Result) -> Result:
    assert result.exit_code == 0, result.stderr
    return result


def items(botox: Botox, *args: str) -> list[dict[str, Any]]:
    return list(json.loads(done(botox(*args, "--format", "json")).stdout)["items"])


def amend(botox: Botox, visit: int, *flags: str) -> dict[str, Any]:
    (only,) = items(botox, "visit", "amend", str(visit), *flags, *WHY)
    return only


def shown(botox: Botox, visit: int) -> dict[str, Any]:
    (only,) = items(botox, "visit", "show", str(visit))
    return only


def stock(botox: Botox) -> list[tuple[str, str, int | None, float | None, float | None]]:
    rows = items(botox, "vial", "list", "--all")
    return [(row["lot"], row["state"], row["visit"], row["given_units"], row["wasted_units"]) for row in rows]


LOG = {"entry_line", "entry_patient", "withdrawn_entry"}


def views(ledger: Path, *, history: bool = True) -> dict[str, list[tuple[Any, ...]]]:
    """Every public view but the log itself, row by row; without ``history`` only what stands now."""
    from botoxcli.store.views import VIEWS

    names = [name for name in VIEWS if name not in LOG and (history or not name.endswith("_history"))]
    with contextlib.closing(sqlite3.connect(ledger)) as connection:
        return {name: sorted(connection.execute(f"SELECT * FROM {name}"), key=repr) for name in names}
