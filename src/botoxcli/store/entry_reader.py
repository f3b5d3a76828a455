"""The entries of the chain with their patients, read through the views. Loaded only when they are asked for.

Conventions. The instants are UTC, as text, to the second; a span of them includes its first and not its last.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from botoxcli.clinic.past_entry import LedgerMark, PastEntry

_ENTRIES = """
SELECT n.seq, n.at, n.actor, n.command, n.visit, n.reason, n.hash, n.reverses, n.withdrawn FROM entry_line n
WHERE (:since IS NULL OR n.at >= :since) AND (:until IS NULL OR n.at < :until)
    AND (:command IS NULL OR n.command = :command OR substr(n.command, 1, length(:command) + 1) = :command || ' ')
    AND (:patient IS NULL OR n.seq IN (SELECT seq FROM entry_patient WHERE patient_id = :patient))
ORDER BY n.seq"""


def past_entries(
    connection: sqlite3.Connection, *, since: str | None = None, until: str | None = None, patient_id: int | None = None, command: str | None = None
) -> Iterator[PastEntry]:
    """Oldest first, each as it comes. ``command`` is a whole command or a group (``visit`` for ``visit void`` and the others)."""
    patients = _Patients(connection)
    wanted = {"since": since, "until": until, "command": command, "patient": patient_id}
    for seq, at, actor, done, visit, reason, hash_, reverses, withdrawn in connection.execute(_ENTRIES, wanted):
        yield PastEntry(seq, at, actor, done, visit, patients.of(seq), reason, hash_, reverses, bool(withdrawn))


def mark(connection: sqlite3.Connection) -> LedgerMark:
    """The first entry's hash, and number and instant of the last."""
    row = connection.execute("SELECT hash, seq, at FROM entry_line WHERE seq = 1").fetchone()
    last = connection.execute("SELECT seq, at FROM entry_line ORDER BY seq DESC LIMIT 1").fetchone()
    return LedgerMark(row[0], *last) if row else LedgerMark("", 0, "1970-01-01T00:00:00Z")


class _Patients:
    """The codes by entry, read side by side with the entries."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._rows = connection.execute("SELECT seq, patient FROM entry_patient ORDER BY seq, patient")
        self._next = self._rows.fetchone()

    def of(self, seq: int) -> tuple[str, ...]:
        codes = []
        while self._next and self._next[0] <= seq:
            if self._next[0] == seq:
                codes.append(self._next[1])
            self._next = self._rows.fetchone()
        return tuple(codes)
