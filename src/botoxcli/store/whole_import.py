"""A ledger made again from the rows of a whole export: the same entries, the same hashes, the same head.

Conventions. The rows of an entry go in before it, and the entries in order, as they were recorded; every guard of the schema stands. All of it is
built in a private folder beside, in one transaction, verified, and put in place last: a place that has a file already is refused.
An export without identities has blank words: one more entry then names each of them, so that verification knows who blanked it.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botoxcli import __version__
from botoxcli.errors import FolderRefused, LedgerDamaged, ValueRefused
from botoxcli.on_disk import place_new, sync_file, sync_folder
from botoxcli.store import chain, engine
from botoxcli.store.integrity import require_whole
from botoxcli.store.key import Key
from botoxcli.store.place import Place
from botoxcli.store.scratch import scratch_folder, spoken_of
from botoxcli.store.steps import ERASABLE, HASHED_TABLES

# ruff: noqa: S608 - names of our own schema

COMMAND = "import all"
STEP = 2_000  # rows between two calls of ``told``
_NOT_TAKEN = (sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_TOOBIG)

Lines = Iterator[tuple[int, Sequence[Any]]]
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """The rows of a table: the ``file`` that they come from, their columns, and each with the number of its line."""

    file: str
    columns: tuple[str, ...]
    lines: Lines


@dataclass(frozen=True, slots=True)
class Claim:
    """What the export says of itself: ``manifest`` is the file that says so."""

    manifest: str
    entries: int
    head: str
    identified: bool


@dataclass(frozen=True, slots=True)
class Importer:
    """What is imported, by whom and when (an aware instant). ``actor`` makes the name of the ledger's practitioner into who is at the keyboard."""

    sources: Mapping[str, Source]
    claim: Claim
    actor: Callable[[str], str]
    at: datetime
    told: Told | None = None


@dataclass(slots=True)
class Imported:
    """``head`` is that of the new ledger, ``blank`` how many rows it holds without their words for want of them in the export.

    ``others_may_look``: the folder was there before and lets others in.
    """

    entries: int = 0
    rows: int = 0
    head: str = ""
    blank: int = 0
    others_may_look: bool = False


def import_whole(place: Path | Place, importer: Importer, *, salt: bytes | None = None) -> Imported:
    """Makes the ledger; encrypted if the place has a key, under this ``salt`` or a new one. Whatever fails, nothing of it is left.

    Raises FolderRefused for what is no whole ledger, ValueRefused where there is a file already, and CannotWrite.
    """
    place = Place.of(place)
    path = place.path
    refuse_a_file_at(path)
    with engine.disk_errors(path):
        ours = engine.make_folder(path.parent)
        try:
            with scratch_folder(path.parent, f"{path.name}-import") as scratch:
                built = place.at(scratch / "ledger.db")
                done = _built(built, importer, salt, path)
                sync_file(built.path)
                _put_in_place(built.path, path)
        except BaseException:
            if ours:
                with suppress(OSError):
                    path.parent.rmdir()
            raise
        sync_folder(path.parent)
    done.others_may_look = not ours and bool(stat.S_IMODE(path.parent.stat().st_mode) & 0o077)
    return done


def rehearse_import(path: Path, importer: Importer) -> Imported:
    """Does all of it but the last: the ledger that is built and verified goes again. It is encrypted under a key that nobody has."""
    refuse_a_file_at(path)
    key = Key.new()
    room = path.parent if path.parent.is_dir() else Path(tempfile.gettempdir())
    with engine.disk_errors(room), scratch_folder(room, f"{path.name}-import") as scratch:
        return _built(Place(scratch / "ledger.db", lambda: key), importer, None, path)


def refuse_a_file_at(path: Path) -> None:
    """Raises ValueRefused when the place is taken."""
    if os.path.lexists(path):
        raise ValueRefused("--ledger", "there is a file at this place already", "A whole ledger is imported only where there is none: --ledger PATH.")


def _put_in_place(built: Path, path: Path) -> None:
    try:
        place_new(built, path)
    except FileExistsError:
        refuse_a_file_at(path)
        raise


def _built(built: Place, importer: Importer, salt: bytes | None, path: Path) -> Imported:
    """The new ledger in the scratch folder, verified."""
    done = Imported()
    with spoken_of(built.path, path):
        engine.create(built, lambda beside: _fill(beside, importer, done), salt=salt)
    return done


def _fill(beside: Place, importer: Importer, done: Imported) -> None:
    connection = engine.connect(beside)
    try:
        connection.execute("BEGIN IMMEDIATE")
        done.rows = _Merge(connection, importer).whole()
        _hold_to_the_claim(connection, importer.claim)
        if not importer.claim.identified:
            done.blank = _blank(connection, importer)
        with _refusing("", None):
            connection.execute("COMMIT")
    finally:
        connection.close()
    try:
        found = require_whole(beside)
    except LedgerDamaged as damaged:
        raise FolderRefused.of("the ledger that its files make", damaged.why) from None
    done.entries, done.head = found.entries, found.head


def _hold_to_the_claim(connection: sqlite3.Connection, claim: Claim) -> None:
    (entries,) = connection.execute("SELECT count(*) FROM entry").fetchone()
    if (entries, chain.hash_of(connection, entries)) != (claim.entries, claim.head):
        raise FolderRefused.of(claim.manifest, "the last entry is not the one that it names")


@dataclass(slots=True)
class _Merge:
    """The tables side by side: each entry's rows, then the entry."""

    connection: sqlite3.Connection
    importer: Importer
    rows: int = 0
    ahead: list[_Ahead] = field(default_factory=list)

    def whole(self) -> int:
        """Inserts all, and says how many rows that was."""
        sources = self.importer.sources
        self.ahead = [_Ahead(table, source) for table, source in sources.items() if table != "entry"]
        entry = sources["entry"]
        insert, at = _insert("entry", entry), entry.columns.index("seq")
        for line, values in entry.lines:
            for table in self.ahead:
                self._rows_of(values[at], table)
            self._take(insert, entry, line, values)
        for table in self.ahead:
            if table.values is not None:
                raise FolderRefused.of(table.source.file, "its entry is not there", row=table.line)
        return self.rows

    def _rows_of(self, seq: int, table: _Ahead) -> None:
        while (values := table.values) is not None and values[table.at] <= seq:
            if values[table.at] < seq:
                raise FolderRefused.of(table.source.file, "it is not in the order of the entries", row=table.line)
            self._take(table.insert, table.source, table.line, values)
            table.step()

    def _take(self, insert: str, source: Source, line: int, values: Sequence[Any]) -> None:
        with _refusing(source.file, line):
            self.connection.execute(insert, values)
        self.rows += 1
        if self.importer.told and self.rows % STEP == 0:
            self.importer.told(self.rows)


class _Ahead:
    """A table's next row: ``values`` and its ``line``; None at the end. ``at`` is where the row names its entry."""

    def __init__(self, table: str, source: Source) -> None:
        self.source, self.insert = source, _insert(table, source)
        self.at = source.columns.index("entry_seq")
        self.values: Sequence[Any] | None
        self.step()

    def step(self) -> None:
        """On to the next row."""
        self.line, self.values = next(self.source.lines, (0, None))


def _insert(table: str, source: Source) -> str:
    return f"INSERT INTO {table} ({', '.join(source.columns)}) VALUES ({', '.join('?' * len(source.columns))})"


class _refusing:  # noqa: N801 - reads as a word; a class, since it is entered once a row
    """What the ledger does not take is a problem of that line, or of all of it without one."""

    __slots__ = ("_file", "_line")

    def __init__(self, file: str, line: int | None) -> None:
        self._file, self._line = file, line

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None or isinstance(error, FolderRefused):
            return
        if self._line is None and _is_not_taken(error):
            raise FolderRefused.of("the ledger that its files make", "rows refer to rows that are not there") from None
        if _is_not_taken(error):
            raise FolderRefused.of(self._file, "the ledger does not take it: it breaks a rule of its table", row=self._line) from None


def _is_not_taken(error: BaseException) -> bool:
    if isinstance(error, (OverflowError, UnicodeEncodeError)):
        return True
    return engine.is_sqlites(error) and (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF in _NOT_TAKEN


def _blank(connection: sqlite3.Connection, importer: Importer) -> int:
    """One entry more that names every row without its words that no entry names yet; no entry when there is none. How many rows."""
    (seq,) = connection.execute("SELECT coalesce(max(seq), 0) + 1 FROM entry").fetchone()
    for table in ERASABLE:
        _name_the_blank(connection, table, seq)
    cursor = connection.execute("SELECT * FROM erasure WHERE entry_seq = ?", (seq,))
    names = [described[0] for described in cursor.description]
    rows = [dict(zip(names, row, strict=True)) for row in cursor]
    if rows:
        told = connection.execute("SELECT value FROM setting_now WHERE name = 'practitioner'").fetchone()
        entry = {
            "seq": seq, "at": f"{importer.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}", "actor": importer.actor(told[0] if told else ""),
            "command": COMMAND, "change_key": None, "program": f"botoxcli {__version__}",
        }  # fmt: skip
        entry["hash"] = chain.digest(chain.hash_of(connection, seq - 1), entry, {"erasure": rows})
        connection.execute(f"INSERT INTO entry ({', '.join(entry)}) VALUES ({', '.join('?' * len(entry))})", tuple(entry.values()))
    return len(rows)


def _name_the_blank(connection: sqlite3.Connection, table: str, seq: int) -> None:
    key = HASHED_TABLES[table][0]
    (last,) = connection.execute("SELECT coalesce(max(erasure_id), 0) FROM erasure").fetchone()
    connection.execute(
        f"INSERT INTO erasure (erasure_id, entry_seq, erased_table, erased_id) "
        f"SELECT :last + row_number() OVER (ORDER BY t.{key}), :seq, :table, t.{key} FROM {table} t WHERE t.salt IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM erasure x WHERE x.erased_table = :table AND x.erased_id = t." + key + ")",
        {"last": last, "seq": seq, "table": table},
    )
