"""What every view of a ledger says, each as one digest: two ledgers that say the same have the same digests.

Conventions. The order of a view's rows is no part of what it says. Memory stays flat: the digests of the rows are added up.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable

_ROOM = 1 << 256


def view_digests(connection: sqlite3.Connection, leave_out: Iterable[str] = ()) -> dict[str, str]:
    """View -> the digest of its columns and rows, for every view but those that are left out."""
    names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name")]
    return {name: _digest(connection, name) for name in names if name not in set(leave_out)}


def _digest(connection: sqlite3.Connection, view: str) -> str:
    cursor = connection.execute(f'SELECT * FROM "{view}"')  # noqa: S608 - a name from the schema itself
    columns = [described[0] for described in cursor.description]
    total = count = 0
    for row in cursor:
        total = (total + int.from_bytes(hashlib.sha256(repr(row).encode("utf-8", "surrogatepass")).digest(), "big")) % _ROOM
        count += 1
    return hashlib.sha256(repr((columns, count, total)).encode()).hexdigest()
