"""The pinned editions: the text against its sha256, and against the rows that were made from it.

Conventions. ``parse`` reads an edition's text as a protocol and gives None for one that this program does not read any more: its rows cannot be
compared then. What is found is told as (seq, clause).
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botoxcli.clinic.protocol import Protocol

Parse = Callable[[str], "Protocol | None"]
TABLES = ("edition_site", "edition_follow_up", "edition_limit")


def false_editions(connection: sqlite3.Connection, parse: Parse | None, unread: list[str]) -> Iterator[tuple[int, str]]:
    """The editions whose text or rows are not what was pinned. The labels of those that cannot be read are added to ``unread``."""
    for edition_id, seq, protocol, label, sha256, text in connection.execute(
        "SELECT edition_id, entry_seq, protocol, label, sha256, text FROM edition ORDER BY edition_id"
    ).fetchall():
        if hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest() != sha256:
            yield seq, f"the text of edition {label} of {protocol} is not that of its sha256"
            continue
        known = parse(text) if parse else None
        if known is None:
            unread += [f"{protocol} {label}"] if parse else []
        elif (known.id, known.edition) != (protocol, label) or _rows_of(connection, edition_id) != _rows_from(known, edition_id, seq):
            yield seq, f"the rows of edition {label} of {protocol} are not those of its text"


def _rows_of(connection: sqlite3.Connection, edition_id: int) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for table in TABLES:
        cursor = connection.execute(f"SELECT * FROM {table} WHERE edition_id = ? ORDER BY position", (edition_id,))  # noqa: S608 - names of ours
        names = [described[0] for described in cursor.description]
        found[table] = [_filled(dict(zip(names, row, strict=True))) for row in cursor]
    return found


def _rows_from(protocol: Protocol, edition_id: int, seq: int) -> dict[str, list[dict[str, Any]]]:
    from botoxcli.store.edition_rows import edition_rows

    made: dict[str, list[dict[str, Any]]] = {table: [] for table in TABLES}
    for row in edition_rows(protocol, edition_id, seq):
        made[str(row.__tablename__)].append(_filled(row.model_dump()))
    return made


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    """Without its empty columns: those of a later schema are not there in an older ledger."""
    return {name: value for name, value in row.items() if value is not None}
