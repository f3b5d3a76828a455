"""Out and in again: a ledger written down as plain files and made anew of them is the same ledger, whatever happened in it.

Random histories end here: everything that ``test_histories`` does in any order, and besides it what it leaves out, with any words that a person may
write. Each is exported and imported with names, and every view, the head and what verification says are the same; and without names, and only
identity and free text are gone. The short form runs with the other tests; the long one with

    FAULTS=long .venv/bin/pytest tests/faults/test_leaving.py -s -n auto
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import sqlite3
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from botoxcli.clinic.records import NewPatient
from botoxcli.clinic.text import bad_character
from botoxcli.store import engine
from botoxcli.store.integrity import verify
from botoxcli.store.place import Place
from botoxcli.store.reader import open_ledger
from botoxcli.store.recorder import Change
from botoxcli.store.view_digests import view_digests
from botoxcli.workflow.due import due_list

from .confined import forked, no_larger_than
from .plain_practice import PATIENTS
from .test_histories import NOW, TODAY, Histories, template
from .writing_commands import run

LONG = os.environ.get("FAULTS") == "long"
HISTORIES, STEPS = (100, 40) if LONG else (5, 14)

# What an export without names leaves out, as the views call it.
IDENTITY = {"name", "born"}
FREE_TEXT = {"reason", "note"}
# Rows that the entry of the import adds.
ADDED = {"entry_line": "seq", "erasure_line": "entry_seq", "entry_patient": "seq"}

WORDS = (
    st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=30)
    .map(lambda text: text.strip())
    .filter(lambda text: bool(text) and bad_character(text) is None)
)
SPECIAL = st.sampled_from(
    ('"', "\\", "=1+1", "'", "a,b;c", "[red]", "[/]", "\\u0000", "null", "{}", "é", "漢字", "😀", "x" * 5_000, " ", "'; DROP TABLE entry")
)
TEXT = WORDS | SPECIAL.filter(lambda text: bool(text.strip()))
NAME = TEXT.map(lambda text: text[:200].strip())
NUMBERS = itertools.count(1)
DAY = st.integers(0, 300).map(lambda days: date(2025, 1, 6) + timedelta(days=days))
seen: Counter[str] = Counter()


class Leaving(Histories):
    """A history, and besides what changes no due date and no dose: who a patient is, pauses, other toxin, settings, recalls."""

    def everything_is_as_the_model_says(self) -> None:
        """That is proven elsewhere; here only the end counts."""

    def check_findings(self, number: int, *, new: bool) -> None:
        """Likewise."""

    def besides(self, command: str, key: str | None = None) -> contextlib.AbstractContextManager[Change]:
        """A change that the model does not know."""
        self.change(lambda practice: None)
        return self.recorder.change(command=command, actor="Nurse Exämple 'A'", at=NOW, key=key)

    @rule(number=st.integers(1, len(PATIENTS)), name=NAME, reason=TEXT)
    def rename(self, number: int, name: str, reason: str) -> None:
        with self.besides("patient edit") as change:
            change.edit_patient(number, name=name, born=date(1980, 1, 1), reason=reason)

    @rule(number=st.integers(1, len(PATIENTS)), until=st.none() | DAY, reason=TEXT, note=TEXT)
    def interrupt(self, number: int, until: date | None, reason: str, note: str) -> None:
        with self.besides("patient pause") as change:
            change.pause_patient(number, until=until, reason=reason)
            change.add_toxin(number, product=note[:100], hundredths=None, on=TODAY, note=note)

    @rule(lot=TEXT, letter=TEXT, practice=TEXT)
    def recall(self, lot: str, letter: str, practice: str) -> None:
        with self.besides("vial recall") as change:
            change.recall_lots([f"L{lot}"], TODAY)
            change.reason(letter)
            change.set_settings({"practice": practice})

    @rule(name=NAME, keyed=st.booleans())
    def add_patient(self, name: str, keyed: bool) -> None:
        key = f"retry-{next(NUMBERS)}" if keyed else None
        with self.besides("patient add", key) as change:
            change.standing(key, {"name": name})
            change.add_patient(NewPatient(code=f"X{change.seq}", name=name, born=date(1990, 2, 28)))

    def teardown(self) -> None:
        try:
            comes_back_whole(self.path, self.folder)
            comes_back_without_names(self.path, self.folder)
            seen["histories"] += 1
        finally:
            shutil.rmtree(self.folder)


def comes_back_whole(ledger: Path, folder: Path) -> None:
    """With names: the same ledger, and no entry more."""
    out, into = folder / "whole", folder / "into" / "whole.db"
    done(ledger, "export", "all", "--identify", "--output", str(out))
    done(into, "import", "all", str(out), *sealed())
    before, after = verify(ledger), verify(into)
    assert after.whole, after.faults
    assert (before.head, before.entries, before.rows) == (after.head, after.entries, after.rows)
    with opened(ledger) as one, opened(into) as other:
        told, again = view_digests(one), view_digests(other)
        assert told == again
        assert rows_of_tables(one) == rows_of_tables(other)
    seen.update(views=len(told), entries=after.entries, rows=after.rows)


def comes_back_without_names(ledger: Path, folder: Path) -> None:
    """Without: an entry more, and in the views nothing else but names, birth dates and what was written."""
    out, into = folder / "codes", folder / "into" / "codes.db"
    done(ledger, "export", "all", "--output", str(out))
    done(into, "import", "all", str(out), *sealed())
    before, after = verify(ledger, expect=""), verify(into, expect=verify(ledger).head)
    assert after.whole, after.faults
    assert after.expected == before.entries
    with opened(ledger) as one, opened(into) as other:
        for view in view_digests(one):
            differing = columns_that_differ(one, other, view, before.entries)
            assert differing <= IDENTITY | FREE_TEXT, (view, differing)
        assert other.execute("SELECT count(*) FROM identity WHERE name IS NOT NULL OR born IS NOT NULL OR salt IS NOT NULL").fetchone() == (0,)
        assert other.execute("SELECT count(*) FROM free_text WHERE content IS NOT NULL OR salt IS NOT NULL").fetchone() == (0,)
        last = other.execute("SELECT seq, command, actor FROM entry ORDER BY seq DESC LIMIT 1").fetchone()
        assert last == (before.entries + 1, "import all", "Dr Example")
    with open_ledger(ledger) as known, open_ledger(into) as unknown:
        assert due_list(known, TODAY, everything=True) == due_list(unknown, TODAY, everything=True)


def columns_that_differ(one: sqlite3.Connection, other: sqlite3.Connection, view: str, entries: int) -> set[str]:
    """The columns of a view that do not say the same once the rows that the import's own entry adds are left out."""
    columns = [described[0] for described in one.execute(f"SELECT * FROM {view} LIMIT 0").description]
    mine = f"WHERE {ADDED[view]} <= {entries}" if view in ADDED else ""

    def rows(connection: sqlite3.Connection, chosen: list[str]) -> list[str]:
        return sorted(map(repr, connection.execute(f"SELECT {', '.join(chosen)} FROM {view} {mine}")))

    kept = [column for column in columns if column not in IDENTITY | FREE_TEXT]
    if rows(one, kept) != rows(other, kept):
        return {column for column in columns if rows(one, [column]) != rows(other, [column])} or {"the rows"}
    return {column for column in columns if rows(one, [column]) != rows(other, [column])}


def rows_of_tables(connection: sqlite3.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the drafts."""
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'draft'")]
    return {table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr) for table in tables}


@contextlib.contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(engine.open_reader(Place.of(path))) as connection:
        yield connection


def sealed() -> tuple[str, ...]:
    """Encrypted where the tests are repeated so: the key is that of the key file."""
    return ("--encrypt" if os.environ.get("BOTOX_KEY_FILE") else "--plaintext", "--no-input")


def done(ledger: Path, *arguments: str) -> None:
    code, told = run(ledger, *arguments)
    assert code == 0, f"{arguments[:2]}: {told}"


@pytest.fixture(scope="module", autouse=True)
def _figures() -> Iterator[None]:
    yield
    print(
        f"\nout and in again: {seen['histories']} random histories of {seen['entries']} entries and {seen['rows']} rows, each with names and "
        f"without: {seen['views']} views equal, every head the same, nothing lost"
    )


TestLeaving = Leaving.TestCase
TestLeaving.settings = settings(
    max_examples=HISTORIES,
    stateful_step_count=STEPS,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


ROOM = (0, 4096, 3 * 4096, "half")


@pytest.mark.parametrize("room", ROOM)
def test_a_disk_without_room_leaves_no_folder(tmp_path: Path, room: int | str) -> None:
    """No file may grow past a size: exit 15, and nothing stands there that did not before."""
    ledger = Path(shutil.copy(template(), tmp_path / "ledger.db"))
    size = ledger.stat().st_size // 2 if isinstance(room, str) else room
    before = {path: path.stat().st_size for path in tmp_path.rglob("*")}
    said = forked(ledger, "export", "all", "--identify", "--output", str(tmp_path / "out"), confine=no_larger_than(size))
    assert (said.code, said.in_words) == (15, True), said.told
    assert str(tmp_path / "out") in said.told
    assert {path: path.stat().st_size for path in tmp_path.rglob("*")} == before
    done(ledger, "export", "all", "--identify", "--output", str(tmp_path / "out"))
