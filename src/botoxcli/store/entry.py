"""One entry of the chain while it is being made: its rows, its words, its key, and its hash at the end.

Conventions. ``seq`` and every other number is the last one plus one, given inside the transaction. What a person wrote freely goes to
``free_text`` with a salt of its own; the rows hold none of it. What a change of one kind adds stands in ``*_changes``.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from botoxcli import __version__
from botoxcli.errors import LedgerDamaged, ValueRefused
from botoxcli.store import bulk, chain
from botoxcli.store.reader import Reader
from botoxcli.store.rows import instant_text
from botoxcli.store.steps import HASHED_TABLES
from botoxcli.store.tables import EntryRow, FreeTextRow, Recorded, Row

if TYPE_CHECKING:
    from sqlalchemy.orm import InstrumentedAttribute

PROGRAM = f"botoxcli {__version__}"


class Writing(Protocol):
    """What a change writes through: a transaction that has begun. ``raw`` sees at once what was inserted; each ``salt`` is a new one."""

    @property
    def raw(self) -> sqlite3.Connection: ...
    def insert(self, rows: Sequence[Row]) -> None: ...
    def salt(self) -> str: ...


class Entry:
    """A change's own entry: a reader of its transaction, and what every kind of change needs."""

    def __init__(self, writing: Writing, path: Path, *, command: str, actor: str, at: datetime, key: str | None) -> None:
        self._writing = writing
        self._path = path
        self._raw = writing.raw
        self.reader = Reader(self._raw, path)
        self.seq = self._next(EntryRow.seq)
        self._entry: dict[str, Any] = {
            "seq": self.seq, "at": instant_text(at), "actor": actor, "command": command, "change_key": key, "program": PROGRAM,
        }  # fmt: skip
        self._rows: list[Recorded] = []
        self._bulks: list[bulk.Bulk] = []
        self._noted = False
        self._request: str | None = None
        self._patient_id: int | None = None

    def standing(self, key: str | None, request: Mapping[str, Any]) -> int | None:
        """The entry that recorded this very request under this key; None if the key is new (or None).

        A key stands while its change does: once that was undone, it is new again. Raises ValueRefused when the key stands for
        something else, or for something that was forgotten since. A new key's request is kept with the change, as a digest that an
        erasure blanks.
        """
        if key is None:
            return None
        digest = hashlib.sha256(chain.canonical({"command": self._entry["command"], "request": _plain(request)})).hexdigest()
        found = self._raw.execute("SELECT max(seq) FROM entry_line WHERE change_key = ? AND NOT withdrawn", (key,)).fetchone()[0]
        if found is None:
            if key != self._entry["change_key"]:
                raise ValueError("the request's key is not the change's")
            self._request = digest
            return None
        kept = self._raw.execute("SELECT content FROM free_text WHERE entry_seq = ? AND about = 'request'", (found,)).fetchone()
        if kept != (digest,):
            raise ValueRefused("--key", "this key already stands for another change", "Give every change a key of its own.")
        return int(found)

    def reason(self, text: str | None, patient_id: int | None = None) -> None:
        """Why the change was made, in the person's words; with a patient's number it is forgotten with the patient."""
        self._patient_id = patient_id or self._patient_id
        if text:
            self._text("reason", text, patient_id=patient_id)

    def note_entry(self) -> None:
        """Lets the change be an entry even if it adds no row: that a backup was made is all there is to say."""
        self._noted = True

    def drop_draft(self, key: str) -> None:
        """Removes the draft that this change completes. Drafts are no part of the record: this alone makes no entry."""
        self._raw.execute("DELETE FROM draft WHERE change_key = ?", (key,))

    def close(self) -> None:
        """Writes the entry with its hash, and holds it against the rows as SQLite gives them back."""
        if not self._rows and not self._bulks and not self._noted:
            return
        if self._request:
            self._text("request", self._request, patient_id=self._patient_id)
        previous = chain.hash_of(self._raw, self.seq - 1)
        tables: dict[str, list[dict[str, Any]]] = {table: [] for table in HASHED_TABLES}
        for row in self._rows:
            tables[str(row.__tablename__)].append(row.model_dump())
        computed = bulk.digest(previous, self._entry, {table: bulk.together(table, rows, self._bulks) for table, rows in tables.items()})
        self._writing.insert([EntryRow(**self._entry, hash=computed)])
        if bulk.entry_hash(self._raw, self.seq, previous) != computed or chain.broken_commitments(self._raw, self.seq):
            raise LedgerDamaged(str(self._path), "what was written does not come back as it was; nothing was recorded")

    def _text(self, about: str, content: str, *, patient_id: int | None = None, version_id: int | None = None) -> None:
        salt = self._writing.salt()
        row = FreeTextRow(
            free_text_id=self._next(FreeTextRow.free_text_id), entry_seq=self.seq, patient_id=patient_id, visit_version_id=version_id,
            about=about, commitment="", salt=salt, content=content,
        )  # fmt: skip
        row.commitment = chain.commitment(salt, chain.erasable_value("free_text", row.model_dump()))
        self._add(row)

    def _add(self, *rows: Recorded) -> None:
        self._rows.extend(rows)
        self._writing.insert(rows)

    def _add_bulk(
        self, table: str, columns: tuple[str, ...], rows: Callable[[], Iterator[tuple[Any, ...]]], told: Callable[[int], None] | None = None
    ) -> None:
        """Adds many rows, which ``rows`` gives in primary-key order, the same each time. ``told`` is given how many went in, now and then."""
        if next(rows(), None) is not None:
            self._bulks.append(bulk.Bulk(table, columns, rows))
            self._bulks[-1].write(self._raw, told or (lambda _: None))

    def _next(self, number: int) -> int:
        """One more than the highest of a column; numbers begin at 1."""
        column = cast("InstrumentedAttribute[int]", number)
        (highest,) = self._raw.execute(f"SELECT max({column.key}) FROM {column.class_.__tablename__}").fetchone()  # noqa: S608 - names of our own schema
        return int(highest or 0) + 1


def _plain(value: Any) -> Any:
    """A request as plain JSON values: dates, numbers and the like by their text."""
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)
