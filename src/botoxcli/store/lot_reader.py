"""Who had a lot, read through the views. Loaded only when it is asked for.

Conventions. Lots compare as ``lot_key`` does. A vial is found under every spelling that stood with it at any time; a session that was
imported has a lot without stock, and only the spelling that it told.
"""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import Any

from botoxcli.clinic.past_visit import LotLine
from botoxcli.clinic.stock_vial import lot_key

_COLUMNS = "lot, visit, patient_id, patient, last_contact, date, protocol, product, given_hundredths, sites, vial_id"


def lot_lines(connection: sqlite3.Connection, lot: str) -> tuple[LotLine, ...]:
    """Each use of a lot at a session that stands, by patient, date and visit."""
    key = lot_key(lot)
    rows = connection.execute(f"SELECT {_COLUMNS} FROM lot_line WHERE lot_key = ?", (key,)).fetchall()  # noqa: S608 - names of ours
    for spelt in connection.execute("SELECT DISTINCT lot FROM lot_line WHERE vial_id IS NULL").fetchall():
        if lot_key(spelt[0]) == key:
            rows += connection.execute(f"SELECT {_COLUMNS} FROM lot_line WHERE vial_id IS NULL AND lot = ?", spelt)  # noqa: S608 - names of ours
    found = [_line(connection, row) for row in rows]
    return tuple(sorted(found, key=lambda line: (line.patient, line.date, line.visit, line.vial_id or 0)))


def spellings(connection: sqlite3.Connection, lot: str) -> tuple[tuple[int, tuple[str, ...]], ...]:
    """The vials that ever bore a lot, by number, each with every spelling that it had, the first one first."""
    found: dict[int, dict[str, None]] = {}
    for vial_id, spelt in connection.execute(
        "SELECT vial_id, lot FROM vial_spelling WHERE vial_id IN (SELECT vial_id FROM vial_spelling WHERE lot_key = ?) "
        "ORDER BY vial_id, vial_label_id",
        (lot_key(lot),),
    ):
        found.setdefault(vial_id, {})[spelt] = None
    return tuple((vial_id, tuple(spelt)) for vial_id, spelt in found.items())


def _among_lots(connection: sqlite3.Connection, visit: int) -> int:
    """Of how many lots an imported session was, however often each is spelt."""
    (lots,) = connection.execute("SELECT lots FROM current_visit WHERE visit = ?", (visit,)).fetchone()
    return len({lot_key(one) for one in lots.split(", ")})


def _line(connection: sqlite3.Connection, row: tuple[Any, ...]) -> LotLine:
    lot, visit, patient_id, patient, last_contact, on, protocol, product, given, sites, vial_id = row
    return LotLine(
        lot, visit, patient_id, patient, date.fromisoformat(last_contact), date.fromisoformat(on), protocol, product, given,
        tuple(sites.split(", ")) if sites else (), vial_id, 1 if vial_id is not None else _among_lots(connection, visit),
    )  # fmt: skip
