"""Is the ledger whole? Its pages, its schema's own text, the chain recomputed from the rows, the erasures, the editions.

Conventions. Nothing is written, and nothing is brought up to date: a ledger is held against the program's own schema of its version. Every check is a
function that yields faults; all are run, and the gravest fault is named first. A fault names an entry by number, time, command, actor and codes.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from botoxcli.errors import LedgerDamaged
from botoxcli.store import engine, schema_text
from botoxcli.store.chain_walk import Walk, walk
from botoxcli.store.draft_text import unsealed
from botoxcli.store.edition_check import Parse, false_editions
from botoxcli.store.erasures import false_erasures
from botoxcli.store.place import Place

if TYPE_CHECKING:
    from concurrent.futures import Future

Progress = Callable[[int, int], None]
_Pages = Callable[[], Callable[[], list[tuple[None, str]]]]
MOST_FAULTS = 100
_WHY_NOT = "check the hash first; if it is right, the end was cut off, all was written anew, or it is another ledger's"


@dataclass(frozen=True, slots=True)
class Fault:
    """``check`` is the one that found it, ``said`` one clause, ``seq`` the entry that it is about, if any."""

    check: str
    said: str
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """What was found. ``rows`` are those that the chain covers; ``expected`` is the entry whose hash was asked for, None if there is none.

    ``unread`` are the editions whose rows could not be compared, ``imported`` the sessions that were imported: their vials have no balance.
    """

    schema_version: int
    entries: int
    head: str
    last_at: str
    rows: int
    faults: tuple[Fault, ...]
    expected: int | None = None
    unread: tuple[str, ...] = ()
    imported: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults


def require_whole(place: Path | Place) -> Verified:
    """The same, for who only goes on with a whole ledger. Raises LedgerDamaged naming the first fault, and what opening raises."""
    found = verify(place)
    if found.faults:
        raise LedgerDamaged(str(Place.of(place).path), found.faults[0].said)
    return found


def verify(place: Path | Place, *, expect: str | None = None, parse: Parse | None = None, progress: Progress | None = None) -> Verified:
    """Looks at all of it. ``expect`` is an entry's hash or how it begins; with ``parse`` the editions' rows are held against their text.

    Raises NoLedger, NotOurLedger, NewerLedger, WrongKey, LedgerBusy, CannotWrite; what is damaged is told as a fault.
    """
    place = Place.of(place)
    look = _Look(place, expect=expect or "", parse=parse, progress=progress)
    try:
        with engine.translated(place.path):
            engine.salt_or_refuse(place.path)
            with closing(engine.connect(place)) as connection, _pages_aside(place) as pages:
                connection.execute("PRAGMA query_only = ON")
                connection.execute("BEGIN")  # one state of it, whoever writes meanwhile
                look.at(connection, pages)
    except LedgerDamaged as damaged:
        look.faults.append(Fault("pages", damaged.why))
    return look.found()


@dataclass(slots=True)
class _Look:
    """One look at an open ledger: every check in the order of gravity, and what each found."""

    place: Place
    expect: str
    parse: Parse | None
    progress: Progress | None
    version: int = 0
    seen: Walk = field(default_factory=Walk)
    faults: list[Fault] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    imported: int = 0

    def at(self, connection: sqlite3.Connection, pages: _Pages) -> None:
        connection.text_factory = _lenient
        self.version = engine.version_or_refuse(self.place.path, connection)  # the first that is read: nobody can write from here on
        found = pages()
        self._rows_at(connection)
        others, self.faults = self.faults, []
        self._check(connection, "pages", found())
        self.faults += others

    def _rows_at(self, connection: sqlite3.Connection) -> None:
        tables = {name for kind, name in schema_text.expected(self.version) if kind == "table"}
        self._check(connection, "schema", ((None, said) for said in schema_text.differences(connection, self.version)))
        self._check(connection, "chain", self._chain_faults(connection, tables))
        self._check(connection, "expect", self._expect_faults())
        self._check(connection, "erasures", false_erasures(connection, tables))
        self._check(connection, "references", _reference_faults(connection))
        self._check(connection, "editions", false_editions(connection, self.parse, self.unread))
        self._check(connection, "vials", self._vial_faults(connection))
        self._check(connection, "drafts", _draft_faults(connection))

    def found(self) -> Verified:
        seen = self.seen
        return Verified(
            self.version, seen.entries, seen.head, seen.last_at, seen.rows, tuple(self.faults), seen.matched, tuple(self.unread), self.imported
        )

    def _check(self, connection: sqlite3.Connection, check: str, found: Iterable[tuple[int | None, str]]) -> None:
        """All that a check finds. A check that the damage itself stops has found a fault."""
        faults: list[tuple[int | None, str]] = []
        try:
            faults.extend(found)
        except Exception as error:
            told = engine.in_our_words(self.place.path, error)
            if told is not None and not isinstance(told, LedgerDamaged):
                raise told from error
            if told is None and not engine.is_sqlites(error) and not isinstance(error, (TypeError, ValueError, AttributeError, OverflowError)):
                raise
            faults.append((None, told.why if told else "its rows cannot be read as this program wrote them"))
        self.faults += [Fault(check, _in_words(connection, seq, said), seq or None) for seq, said in faults[:MOST_FAULTS]]

    def _chain_faults(self, connection: sqlite3.Connection, tables: set[str]) -> Iterator[tuple[int | None, str]]:
        self.seen = self._walk(connection, tables)
        yield from self.seen.faults

    def _expect_faults(self) -> Iterator[tuple[None, str]]:
        if self.expect and self.seen.matched is None:
            yield None, f"no entry has the expected hash: {_WHY_NOT}"

    def _walk(self, connection: sqlite3.Connection, tables: set[str]) -> Walk:
        """Text as SQLite decodes it, which is quick; only when some is no text, each cell by itself."""
        total = sum(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables) if self.progress else 0  # noqa: S608
        progress = self.progress
        walked = (lambda rows: progress(rows, total)) if progress else None
        connection.text_factory = str
        try:
            return walk(connection, tables, expect=self.expect, walked=walked)
        except Exception as error:
            if not isinstance(engine.in_our_words(self.place.path, error), LedgerDamaged):
                raise
        finally:
            connection.text_factory = _lenient
        return walk(connection, tables, expect=self.expect, walked=walked)

    def _vial_faults(self, connection: sqlite3.Connection) -> Iterator[tuple[int | None, str]]:
        """A session's units against what its vials gave, and each vial against what was drawn from it."""
        (self.imported,) = connection.execute("SELECT count(*) FROM visit_version WHERE kind = 'session' AND origin = 'imported'").fetchone()
        given = "SELECT coalesce(sum(given_hundredths), 0) FROM vial_use u WHERE u.visit_version_id = v.visit_version_id"
        units = "SELECT coalesce(sum(hundredths), 0) FROM injection i WHERE i.visit_version_id = v.visit_version_id"
        rows = connection.execute(
            f"SELECT v.entry_seq FROM visit_version v WHERE v.kind = 'session' AND v.origin = 'recorded' AND ({units}) <> ({given})"  # noqa: S608
        )
        yield from ((seq, "its units are not what its vials gave") for (seq,) in rows)
        rows = connection.execute("SELECT u.entry_seq FROM vial_use u JOIN vial v ON v.vial_id = u.vial_id WHERE u.drawn_hundredths <> v.hundredths")
        yield from ((seq, "what was given and wasted of a vial is not what it held") for (seq,) in rows)


@contextmanager
def _pages_aside(place: Place) -> Iterator[_Pages]:
    """Looks at the pages on a connection of its own while the rows are looked at: SQLite needs no Python for it.

    What is given begins the look, and gives what waits for its end. It is to be called inside a transaction that reads: then both see one state.
    The connection is opened before that begins, for whatever else opens and closes the file would end every lock that this process has on it.
    """
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1) as aside:
        connection = aside.submit(engine.connect, place).result()
        begun: list[Future[list[tuple[None, str]]]] = []

        def look() -> list[tuple[None, str]]:
            connection.text_factory = _lenient
            connection.execute("PRAGMA query_only = ON")
            return list(_page_faults(connection))

        def begin() -> Callable[[], list[tuple[None, str]]]:
            begun.append(aside.submit(look))
            return begun[0].result

        try:
            yield begin
        finally:
            if begun and not begun[0].done():
                with suppress(sqlite3.Error):
                    connection.interrupt()
            aside.submit(connection.close).result()


def _page_faults(connection: sqlite3.Connection) -> Iterator[tuple[None, str]]:
    told = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
    if told != ["ok"]:
        yield None, f"SQLite finds its pages inconsistent ({len(told)} {'fault' if len(told) == 1 else 'faults or more'})"
    if connection.execute("PRAGMA cipher_salt").fetchone() and connection.execute("PRAGMA cipher_integrity_check").fetchone():
        yield None, "a page of it was changed behind its key"


def _reference_faults(connection: sqlite3.Connection) -> Iterator[tuple[None, str]]:
    tables = sorted({str(row[0]) for row in connection.execute("PRAGMA foreign_key_check")})
    yield from ((None, f"rows of {table} refer to rows that are not there") for table in tables)


def _draft_faults(connection: sqlite3.Connection) -> Iterator[tuple[None, str]]:
    for *columns, content in connection.execute("SELECT kind, patient_code, change_key, started_at, saved_at, content FROM draft"):
        try:
            unsealed(tuple(columns), content)
        except ValueError:
            yield None, f"an unfinished {columns[0]} of {columns[1]} is not as it was saved"


def _in_words(connection: sqlite3.Connection, seq: int | None, said: str) -> str:
    """A fault with its entry in front: number, command, time, actor, and the codes of its patients."""
    if not seq:
        return said
    who: list[str] = []
    with suppress(Exception):  # what is broken may be what would name it
        at, command, actor = connection.execute("SELECT at, command, actor FROM entry WHERE seq = ?", (seq,)).fetchone()
        who = [f"`{command}`", f"{at[:10]} {at[11:16]} UTC", f"by {actor[:60]}"]
        who += [code for (code,) in connection.execute("SELECT patient FROM entry_patient WHERE seq = ? ORDER BY patient", (seq,))]
    named = f" ({', '.join(who)})" if who else ""
    return f"entry {seq}{named}: {said}"


def _lenient(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")
