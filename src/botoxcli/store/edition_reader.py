"""The editions that a ledger has pinned, with how many patients are on each."""

from __future__ import annotations

import sqlite3

from botoxcli.clinic.editions import PinnedEdition

_EDITIONS = """
WITH last AS (
    SELECT v.edition_id, row_number() OVER (PARTITION BY v.patient_id, v.protocol ORDER BY v.date DESC, v.visit DESC) AS place
    FROM visit_now v JOIN patient_now p ON p.patient_id = v.patient_id WHERE p.archived = 0)
SELECT e.edition_id, e.protocol, e.edition, e.sha256, (SELECT count(*) FROM last l WHERE l.edition_id = e.edition_id AND l.place = 1)
FROM edition_line e ORDER BY e.edition_id"""


def editions(connection: sqlite3.Connection) -> tuple[PinnedEdition, ...]:
    """Oldest first."""
    return tuple(PinnedEdition(*row) for row in connection.execute(_EDITIONS))
