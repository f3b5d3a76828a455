"""The change that ``undo`` is about, read through the views. Loaded only when it is asked for.

Conventions. An entry with a ``reversal`` is an undo or a redo and is never taken back itself: the change in question is the last entry
without one. It stands, or an undo that nothing followed has withdrawn it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import datetime

from botoxcli.clinic.past_visit import ChangeSeen, Replaced
from botoxcli.store.due_reader import EDITIONS_IN_USE
from botoxcli.store.steps import HASHED_TABLES

# What no undo takes back: `protocol add` put a file into use, and the next session follows that file.
# Commands of the ledger itself (keys, backups) are none of the record.
IRREVERSIBLE = ("init", "patient forget", "import all", "protocol add")

_NAMED = "SELECT DISTINCT p.code FROM identity i JOIN patient p ON p.patient_id = i.patient_id WHERE i.entry_seq = ? ORDER BY 1"

# Table -> its key, whose value it holds, and its values with their names: a later row takes an earlier one's place.
_VALUES = {
    "setting": ("setting_id", "name", {"value": ""}),
    "vial_label": ("vial_label_id", "vial_id", {"lot": "lot", "expires": "expires"}),
    "identity": ("identity_id", "patient_id", {"name": "name", "born": "born"}),
}


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
        named=tuple(code for (code,) in connection.execute(_NAMED, (seq,))),
        rows=_counts(connection, seq),
        lots=_lots(connection, seq),
        replaced=tuple(_replaced(connection, seq)),
    )


def _replaced(connection: sqlite3.Connection, seq: int) -> Iterator[Replaced]:
    """Each value of the entry that is another than the one it stands for; a vial or a patient that is new takes nobody's place."""
    for table, (key, owner, columns) in _VALUES.items():
        named = ", ".join(columns)
        earlier = f"SELECT {named} FROM {table} WHERE {owner} = ? AND {key} < ? AND entry_seq NOT IN (SELECT seq FROM withdrawn_entry)"  # noqa: S608 - names of ours
        rows = connection.execute(f"SELECT {key}, {owner}, {named} FROM {table} WHERE entry_seq = ? ORDER BY 1", (seq,))  # noqa: S608 - names of ours
        for number, of, *values in rows.fetchall():
            before = connection.execute(f"{earlier} ORDER BY {key} DESC LIMIT 1", (of, number)).fetchone()
            if (before is None and table != "setting") or of == EDITIONS_IN_USE:
                continue
            for what, old, new in zip(columns.values(), before or [None], values, strict=True):
                if old != new:
                    yield Replaced(what or of, old, new, private=table == "identity")


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
