"""Which ledgers are ours, and of which version of the schema: all that opening one has to know of it. A test holds it equal to the steps."""

from __future__ import annotations

import sqlite3

APPLICATION_ID = int.from_bytes(b"Btx1", "big")
CURRENT = 4


def version(connection: sqlite3.Connection) -> int:
    """The schema's version of an open ledger."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])
