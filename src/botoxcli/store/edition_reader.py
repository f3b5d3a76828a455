"""The editions that a ledger has pinned, with how many patients are on each."""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from pathlib import Path

from botoxcli.clinic.editions import PinnedEdition
from botoxcli.errors import LedgerDamaged, NotFound

_EDITIONS = """
WITH last AS (
    SELECT v.edition_id, row_number() OVER (PARTITION BY v.patient_id, v.protocol ORDER BY v.date DESC, v.visit DESC) AS place
    FROM visit_now v JOIN patient_now p ON p.patient_id = v.patient_id WHERE p.archived = 0)
SELECT e.edition_id, e.protocol, e.edition, e.sha256, (SELECT count(*) FROM last l WHERE l.edition_id = e.edition_id AND l.place = 1)
FROM edition_line e ORDER BY e.edition_id"""


def editions(connection: sqlite3.Connection) -> tuple[PinnedEdition, ...]:
    """Oldest first."""
    return tuple(PinnedEdition(*row) for row in connection.execute(_EDITIONS))


def edition_text(connection: sqlite3.Connection, edition: int | str, path: Path) -> str:
    """The pinned text of an edition, by its number or its sha256. Raises NotFound, and LedgerDamaged, which names the ledger's ``path``."""
    column = "edition_id" if isinstance(edition, int) else "sha256"
    row = connection.execute(f"SELECT text, sha256 FROM edition_history WHERE {column} = ?", (edition,)).fetchone()  # noqa: S608 - one of two names of ours
    if row is None:
        raise NotFound("protocol")
    text = str(row[0])
    if sha256(text.encode("utf-8", "surrogateescape")).hexdigest() != row[1]:
        raise LedgerDamaged(str(path), "the text of a pinned edition is not as it was pinned")
    return text
