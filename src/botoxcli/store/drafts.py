"""Drafts of unfinished visits: the only table that changes, and never a part of the record.

Conventions. A patient has at most one draft of a kind; its key becomes the key of the change that completes it. Each save is a
transaction of its own, on the disk when ``save`` returns. The connection stays open for the life of the object: a save at the
chair is to take no longer than the key press.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botoxcli.errors import LedgerDamaged, ValueRefused
from botoxcli.store.draft_text import sealed, unsealed
from botoxcli.store.engine import file_number, open_plain_writer, require_same_file, translated
from botoxcli.store.place import Place

_COLUMNS = "kind, patient_code, change_key, started_at, saved_at, content"


@dataclass(frozen=True, slots=True)
class Draft:
    """What was entered so far. ``content`` is plain JSON; instants are aware and in UTC."""

    kind: str
    patient_code: str
    key: str
    started_at: datetime
    saved_at: datetime
    content: dict[str, Any]


class Drafts:
    """The drafts of one ledger; close it, or use it in a ``with``."""

    def __init__(self, place: Path | Place) -> None:
        place = Place.of(place)
        self._path = place.path
        self._seen: dict[str, tuple[str, str]] = {}  # key -> when it was started, and its text as last seen here
        with translated(self._path):
            self._number = file_number(self._path)
        self._connection = open_plain_writer(place)

    def __enter__(self) -> Drafts:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    def load(self, kind: str, patient_code: str) -> Draft | None:
        """The draft of that kind for that patient."""
        with translated(self._path):
            row = self._connection.execute(
                f"SELECT {_COLUMNS} FROM draft WHERE kind = ? AND patient_code = ?",  # noqa: S608 - names of ours
                (kind, patient_code),
            ).fetchone()
        if row is None:
            return None
        self._seen[row[2]] = row[3], row[5]
        return self._draft(row)

    def list(self) -> tuple[Draft, ...]:
        """All drafts, the oldest first."""
        with translated(self._path):
            rows = self._connection.execute(f"SELECT {_COLUMNS} FROM draft ORDER BY started_at, draft_id").fetchall()  # noqa: S608
        return tuple(self._draft(row) for row in rows)

    def save(self, kind: str, patient_code: str, key: str, content: Mapping[str, Any], at: datetime) -> None:
        """Keeps what was entered so far.

        Raises ValueRefused when another draft of that kind is open for the patient, and when this one is no longer as it was last seen
        here: somebody goes on with it, or has recorded it, in another window. Neither must write over the other.
        """
        now = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        started, seen = self._seen.get(key, (now, ""))
        text = sealed((kind, patient_code, key, started, now), content)
        with self._transaction():
            if seen:
                saved = self._connection.execute(
                    "UPDATE draft SET saved_at = ?, content = ? WHERE change_key = ? AND content = ?", (now, text, key, seen)
                )
                if saved.rowcount != 1:
                    raise ValueRefused(f"this unfinished {kind}", "it was gone on with, or recorded, in another window", "This one stops.")
            else:
                self._first(kind, patient_code, key, (kind, patient_code, key, now, now, text))
            self._seen[key] = started, text

    def _first(self, kind: str, patient_code: str, key: str, values: tuple[str, ...]) -> None:
        if self._connection.execute("SELECT 1 FROM draft WHERE kind = ? AND patient_code = ?", (kind, patient_code)).fetchone():
            raise ValueRefused("--resume", f"an unfinished {kind} of this patient is stored already", "Go on with it, or drop it first.")
        if self._connection.execute("SELECT 1 FROM entry WHERE change_key = ?", (key,)).fetchone():
            raise ValueRefused("--key", f"this {kind} is recorded already", "Give every change a key of its own.")
        self._connection.execute(f"INSERT INTO draft ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)", values)  # noqa: S608 - names of ours

    def drop(self, key: str) -> None:
        """Removes a draft; none under that key is no error."""
        with self._transaction():
            self._connection.execute("DELETE FROM draft WHERE change_key = ?", (key,))

    def _draft(self, row: tuple[Any, ...]) -> Draft:
        kind, patient_code, key, started_at, saved_at, content = row
        try:
            told = unsealed(row[:5], content)
            return Draft(kind, patient_code, key, datetime.fromisoformat(started_at), datetime.fromisoformat(saved_at), told)
        except (TypeError, ValueError, AttributeError):
            raise LedgerDamaged(str(self._path), f"an unfinished {kind} is not as it was saved") from None

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with translated(self._path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                require_same_file(self._path, self._number)
                yield
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
