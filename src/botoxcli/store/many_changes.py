"""The recorder's bulk form: an entry a change as ever, and one commit for some thousand of them. For ledgers that are made, not lived.

Conventions. The rows are those of a single change, validated by the same records, and are written by ``executemany``; what a change wrote is
seen by the next one at once. The salts are given, so that a ledger made again from the same changes is the same. An error ends it all: what
was committed stands, the rest is gone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from botoxcli.store.engine import open_plain_writer, translated
from botoxcli.store.place import Place
from botoxcli.store.recorder import Change
from botoxcli.store.tables import Row

AT_ONCE = 2_000  # entries


class ManyChanges:
    """Changes a ledger that exists; nobody else can until the block is left."""

    def __init__(self, place: Path | Place, *, salt: Callable[[], str], at_once: int = AT_ONCE) -> None:
        self._place = Place.of(place)
        self._at_once = at_once
        self._uncommitted = 0
        self.salt = salt

    def __enter__(self) -> Self:
        self.raw = open_plain_writer(self._place)
        self.raw.execute("BEGIN IMMEDIATE")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None) -> None:
        try:
            with translated(self._place.path):
                self.raw.execute("COMMIT" if error is None else "ROLLBACK")
        finally:
            self.raw.close()

    @contextmanager
    def change(self, *, command: str, actor: str, at: datetime) -> Iterator[Change]:
        """One change, as ``Recorder.change`` has it."""
        with translated(self._place.path):
            change = Change(self, self._place.path, command=command, actor=actor, at=at, key=None)
            yield change
            change.close()
            self._uncommitted += 1
            if self._uncommitted >= self._at_once:
                self.raw.execute("COMMIT")
                self.raw.execute("BEGIN IMMEDIATE")
                self._uncommitted = 0

    def counts(self) -> dict[str, int]:
        """How many entries the ledger has by now (``entries``), and how many visits of each kind stand."""
        counted = dict(self.raw.execute("SELECT kind, count(*) FROM visit_now GROUP BY kind").fetchall())
        return {"consult": 0, "session": 0, "follow-up": 0, **counted, "entries": self.raw.execute("SELECT max(seq) FROM entry").fetchone()[0]}

    def insert(self, rows: Sequence[Row]) -> None:
        """The rows, table by table."""
        tables: dict[type[Row], list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            tables[type(row)].append(row.model_dump())
        for table, values in tables.items():
            self.raw.executemany(_insert(table), values)


_INSERTS: dict[type[Row], str] = {}


def _insert(table: type[Row]) -> str:
    if table not in _INSERTS:
        names = tuple(table.model_fields)
        _INSERTS[table] = f"INSERT INTO {table.__tablename__} ({', '.join(names)}) VALUES ({', '.join(f':{name}' for name in names)})"  # noqa: S608
    return _INSERTS[table]
