"""The change that ``undo`` is about, read through the views. Loaded only when it is asked for.

Conventions. An entry with a ``reversal`` is an undo or a redo and is never taken back itself: the change in question is the last entry
without one. It stands, or an undo that nothing followed has withdrawn it.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime

from botoxcli.clinic.past_visit import ChangeSeen
from botoxcli.store.steps import HASHED_TABLES

# What no undo takes back. Commands of the ledger itself (keys, backups) are none of the record.
IRREVERSIBLE = ("init", "patient forget")


def last_change(connection: sqlite3.Connection) -> ChangeSeen | None:
    """The last entry that is no undo, as it stands now; None in a ledger without an entry."""
    row = connection.execute(
        "SELECT (SELECT max(seq) FROM entry_line), seq, at, actor, command, reason, withdrawn, visit FROM entry_line "
        "WHERE reverses IS NULL ORDER BY seq DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return None
    last, seq, at, actor, command, reason, withdrawn, visit = row
    return ChangeSeen(
        seq=last,
        target_seq=seq,
        at=datetime.fromisoformat(at),
        actor=actor,
        command=command,
        stands_now=not withdrawn,
        reversible=command not in IRREVERSIBLE and not command.startswith("ledger "),
        visit=visit,
        reason=reason,
        patients=tuple(code for (code,) in connection.execute("SELECT patient FROM entry_patient WHERE seq = ? ORDER BY patient", (seq,))),
        rows=_counts(connection, seq),
        lots=_lots(connection, seq),
    )


def _lots(connection: sqlite3.Connection, seq: int) -> tuple[str, ...]:
    """What stands on the labels that the entry wrote, on the vials that it used or discarded, and the lots that it recalled."""
    rows = connection.execute(
        "SELECT lot FROM vial_label WHERE entry_seq = :seq UNION SELECT lot FROM lot_recall WHERE entry_seq = :seq "
        "UNION SELECT lot FROM vial_use WHERE entry_seq = :seq AND lot IS NOT NULL "
        "UNION SELECT s.lot FROM vial_spelling s WHERE s.vial_id IN (SELECT vial_id FROM vial_use WHERE entry_seq = :seq "
        "UNION SELECT vial_id FROM vial_discard WHERE entry_seq = :seq) ORDER BY 1",
        {"seq": seq},
    )
    return tuple(lot for (lot,) in rows)


def _counts(connection: sqlite3.Connection, seq: int) -> tuple[tuple[str, int], ...]:
    found = []
    for table in HASHED_TABLES:
        (count,) = connection.execute(f"SELECT count(*) FROM {table} WHERE entry_seq = ?", (seq,)).fetchone()  # noqa: S608 - names of ours
        if count:
            found.append((table, count))
    return tuple(found)
