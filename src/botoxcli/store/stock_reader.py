"""The stock of vials, read through the views: of the lots that are named, or all of it. Loaded only when it is asked for.

Conventions. Lots compare as ``lot_key`` does. The vials of thirty years are many and those of a lot few: who knows the lots names them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from botoxcli.clinic.stock_vial import StockVial, lot_key

_VIAL = "vial_id, lot, lot_key, product, hundredths, expires, state, recalled, visit, given_hundredths, wasted_hundredths, discard_reason"
_ALL = "vial_id IN (SELECT vial_id FROM vial_label GROUP BY vial_id HAVING count(*) > 1)"
_AT_ONCE = 500  # lots in a question: SQLite may take no more than 999 values


def vials(connection: sqlite3.Connection, lot: str | None = None, *, unused_only: bool = False) -> tuple[StockVial, ...]:
    """The vials, of one lot or of all, in the order in which they came into stock."""
    wanted = ["1"] + ["lot_key = ?"] * (lot is not None) + ["state = 'unused'"] * unused_only
    return tuple(_vials(connection, " AND ".join(wanted), [] if lot is None else [lot_key(lot)]))


def vial(connection: sqlite3.Connection, vial_id: int) -> StockVial | None:
    """One vial, if there is such a one."""
    return next(_vials(connection, "vial_id = ?", [vial_id]), None)


def stock(connection: sqlite3.Connection) -> tuple[StockVial, ...]:
    """All vials, each with the lots that its label bore before it was corrected."""
    return _with_former(connection, vials(connection), _ALL, ())


def stock_of(connection: sqlite3.Connection, lots: Iterable[str]) -> tuple[StockVial, ...]:
    """The same of the vials that bear one of these lots, or bore it before."""
    keys = list(dict.fromkeys(map(lot_key, lots)))
    found: dict[int, StockVial] = {}
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        bear = f"vial_id IN (SELECT vial_id FROM vial_spelling WHERE lot_key IN ({', '.join('?' * len(some))}))"  # noqa: S608 - of question marks
        found |= {one.vial_id: one for one in _with_former(connection, tuple(_vials(connection, bear, some)), bear, some)}
    return tuple(found[vial_id] for vial_id in sorted(found))


def is_recalled(connection: sqlite3.Connection, lot: str) -> bool:
    """Whether a recall of this lot, however it is spelt, stands."""
    sql = "SELECT 1 FROM lot_recall c JOIN entry_line n ON n.seq = c.entry_seq WHERE c.lot_key = ? AND NOT n.withdrawn"
    return connection.execute(sql, (lot_key(lot),)).fetchone() is not None


def _vials(connection: sqlite3.Connection, condition: str, values: Sequence[object]) -> Iterator[StockVial]:
    sql = f"SELECT {_VIAL} FROM vial_line WHERE {condition} ORDER BY vial_id"  # noqa: S608 - names of ours
    return (_vial(row) for row in connection.execute(sql, values))


def _with_former(connection: sqlite3.Connection, told: tuple[StockVial, ...], which: str, values: Sequence[str]) -> tuple[StockVial, ...]:
    """The vials, those that had other lots with them, the first one first."""
    former: dict[int, dict[str, None]] = {}
    sql = f"SELECT vial_id, lot FROM vial_spelling WHERE {which} ORDER BY vial_id, vial_label_id"  # noqa: S608 - names of ours
    for vial_id, spelt in connection.execute(sql, values):
        former.setdefault(vial_id, {})[spelt] = None
    return tuple(one._replace(former=_others(former[one.vial_id], one)) if len(former.get(one.vial_id, ())) > 1 else one for one in told)


def _others(spelt: Iterable[str], now: StockVial) -> tuple[str, ...]:
    return tuple(lot for lot in spelt if lot_key(lot) != now.lot_key)


def _vial(row: tuple[Any, ...]) -> StockVial:
    vial_id, lot, key, product, hundredths, expires, state, recalled, visit, given, wasted, reason = row
    return StockVial(vial_id, lot, key, product, hundredths, date.fromisoformat(expires), state, bool(recalled), visit, given, wasted, reason)
