"""Nothing that stands can be changed: not by us, not by someone with ``sqlite3`` in hand, and not by way of a conflict clause."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from botoxcli.store import engine, schema
from botoxcli.store.steps import _ERASABLE_1, ERASABLE, HASHED_TABLES, KEYS

from .by_hand import INTEGRITY, dump, opened_by_hand

TABLES = sorted(KEYS)
STARTS_WITH_A_GUARD = r"append-only|that is being written|follows the last"
NEXT = "(SELECT max(seq) + 1 FROM entry)"


def columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]


def content(path: Path) -> list[tuple[Any, ...]]:
    connection = opened_by_hand(path)
    try:
        return dump(connection)
    finally:
        connection.close()


def test_every_table_but_the_drafts_is_guarded(as_a_person: sqlite3.Connection) -> None:
    tables = {row[0] for row in as_a_person.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    assert tables == {*TABLES, "draft"}
    assert {*HASHED_TABLES, "entry"} == set(TABLES)


def test_the_guarded_keys_are_all_the_unique_keys_there_are(as_a_person: sqlite3.Connection) -> None:
    for table in TABLES:
        found = {
            tuple(row[2] for row in as_a_person.execute(f"PRAGMA index_info({index[1]})"))
            for index in as_a_person.execute(f"PRAGMA index_list({table})").fetchall()
            if index[2]
        }
        key = tuple(row[1] for row in sorted(as_a_person.execute(f"PRAGMA table_info({table})"), key=lambda row: row[5]) if row[5])
        assert {*found, key} == {tuple(unique) for unique in KEYS[table]}
        without_rowid = "WITHOUT ROWID" in as_a_person.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()[0]
        assert without_rowid == (len(key) > 1), "a hidden rowid would be one more unique key"


@pytest.mark.parametrize("ours", [False, True], ids=["a person's connection", "ours"])
@pytest.mark.parametrize("table", TABLES)
def test_no_way_in(full_ledger: Path, table: str, ours: bool) -> None:
    before = content(full_ledger)
    connection = engine.connect(full_ledger) if ours else opened_by_hand(full_ledger)
    names = columns(connection, table)
    assert connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] > 0
    some = "1" if "entry_seq" not in names else "entry_seq + 0"
    attempts = [
        f"DELETE FROM {table}",
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
        f"REPLACE INTO {table} SELECT * FROM {table}",
        f"INSERT OR IGNORE INTO {table} SELECT * FROM {table}",
        f"INSERT INTO {table} SELECT * FROM {table} WHERE 1 ON CONFLICT DO UPDATE SET {names[0]} = {some}",
        f"INSERT INTO {table} SELECT * FROM {table} WHERE 1 ON CONFLICT DO NOTHING",
        *(f"UPDATE {table} SET {name} = {name}" for name in names if table not in ERASABLE),
        *(f"UPDATE OR REPLACE {table} SET {name} = NULL" for name in names),
        *(f"UPDATE OR IGNORE {table} SET {name} = 77" for name in names),
    ]
    for attempt in attempts:
        with pytest.raises(INTEGRITY, match=rf"{STARTS_WITH_A_GUARD}|CHECK|datatype mismatch"):
            connection.execute(attempt)
    connection.close()
    assert content(full_ledger) == before


@pytest.mark.parametrize(
    ("table", "row"),
    [
        ("patient", "99, NEXT, 'p0001'"),
        ("edition", "99, NEXT, 'x', 'x', (SELECT sha256 FROM edition), 'x'"),
        ("visit_version", "99, NEXT, 1, 1, 1, 'consult', 'x', 1, '2026-01-01', 'recorded'"),
    ],
)
def test_a_second_unique_key_is_no_hole(as_a_person: sqlite3.Connection, full_ledger: Path, table: str, row: str) -> None:
    before = content(full_ledger)
    with pytest.raises(INTEGRITY, match="append-only"):
        as_a_person.execute(f"INSERT OR REPLACE INTO {table} VALUES ({row.replace('NEXT', NEXT)})")
    assert content(full_ledger) == before


def test_nothing_is_added_to_an_entry_that_is_closed(as_a_person: sqlite3.Connection) -> None:
    with pytest.raises(INTEGRITY, match="the entry that is being written: setting"):
        as_a_person.execute("INSERT INTO setting VALUES (99, 1, 'practice', 'Other')")
    with pytest.raises(INTEGRITY, match="follows the last"):
        as_a_person.execute("INSERT INTO entry SELECT 99, at, actor, command, change_key, program, hash FROM entry LIMIT 1")
    with pytest.raises(INTEGRITY, match="follows the last"):
        as_a_person.execute("INSERT INTO entry (at, actor, command, program, hash) SELECT at, actor, command, program, hash FROM entry LIMIT 1")


@pytest.mark.parametrize("table", sorted(ERASABLE))
class TestErasure:
    def test_blanks_all_the_words_at_once(self, as_a_person: sqlite3.Connection, table: str) -> None:
        as_a_person.execute(f"UPDATE {table} SET {', '.join(f'{column} = NULL' for column in ERASABLE[table])}")
        words = " OR ".join(f"{column} IS NOT NULL" for column in ERASABLE[table])
        assert as_a_person.execute(f"SELECT count(*) FROM {table} WHERE {words}").fetchone() == (0,)

    def test_is_all_or_nothing(self, as_a_person: sqlite3.Connection, table: str) -> None:
        for left in ERASABLE[table]:
            others = ", ".join(f"{column} = NULL" for column in ERASABLE[table] if column != left)
            with pytest.raises(INTEGRITY, match=r"append-only|CHECK"):
                as_a_person.execute(f"UPDATE {table} SET {others}")

    def test_touches_nothing_else(self, as_a_person: sqlite3.Connection, table: str) -> None:
        blank = ", ".join(f"{column} = NULL" for column in ERASABLE[table])
        kept = _ERASABLE_1[table][1]
        assert {*ERASABLE[table], *kept} == set(columns(as_a_person, table))
        for column in (*kept, "rowid"):
            with pytest.raises(INTEGRITY, match="append-only"):
                as_a_person.execute(f"UPDATE {table} SET {blank}, {column} = 77")

    def test_is_for_ever(self, as_a_person: sqlite3.Connection, table: str) -> None:
        as_a_person.execute(f"UPDATE {table} SET {', '.join(f'{column} = NULL' for column in ERASABLE[table])}")
        with pytest.raises(INTEGRITY, match="append-only"):
            as_a_person.execute(f"UPDATE {table} SET {', '.join(f'{column} = 1' for column in ERASABLE[table])}")


BAD_ROWS = [
    ("entry", "NEXT, '2026-03-09 14:00:00', 'a', 'c', NULL, 'p', lower(hex(zeroblob(32)))"),
    ("entry", "NEXT, '2026-02-30T14:00:00Z', 'a', 'c', NULL, 'p', lower(hex(zeroblob(32)))"),
    ("entry", "NEXT, '2026-03-09T14:00:00Z', '', 'c', NULL, 'p', lower(hex(zeroblob(32)))"),
    ("entry", "NEXT, '2026-03-09T14:00:00Z', 'a', 'c', NULL, 'p', 'abc'"),
    ("setting", "9, NEXT, 'Practice!', 'x'"),
    ("patient", "9, NEXT, 'a b'"),
    ("patient", "9, NEXT, ''"),
    ("patient", "9, NEXT, 'a23456789012345678901'"),
    ("identity", "9, NEXT, 1, lower(hex(zeroblob(32))), hex(zeroblob(32)), 'Ann', '2026-02-30'"),
    ("identity", "9, NEXT, 1, lower(hex(zeroblob(32))), NULL, 'Ann', '2026-02-20'"),
    ("vial", "9, NEXT, '2026-01-01', 'x', 0"),
    ("vial", "9, NEXT, '2026-01-01', 'x', 1.5"),
    ("vial_label", "9, NEXT, 1, '', 'x', '2027-01-01'"),
    ("vial_discard", "9, NEXT, 1, '2027-01-01', 'lost'"),
    ("visit_version", "9, NEXT, 9, 1, 1, 'walk', 'x', 1, '2026-01-01', 'recorded'"),
    ("visit_version", "9, NEXT, 9, 0, 1, 'session', 'x', 1, '2026-01-01', 'recorded'"),
    ("injection", "9, 1, NEXT, 's', 'm', 'left', 500, 0, 'given'"),
    ("injection", "9, 1, NEXT, 's', 'm', 'left', 500, 400, 'given'"),
    ("injection", "9, 1, NEXT, 's', 'm', 'left', 500, 400, 'skipped'"),
    ("injection", "9, 1, NEXT, 's', 'm', 'left', 500, -500, 'changed'"),
    ("injection", "9, 1, NEXT, 's', 'm', 'left', 500, 'abc', 'changed'"),
    ("vial_use", "9, 1, NEXT, 1, NULL, 20000, 500, 500"),
    ("vial_use", "9, 1, NEXT, 1, 'L', 20000, 500, 19500"),
    ("vial_use", "9, 1, NEXT, NULL, NULL, NULL, 500, NULL"),
    ("vial_use", "9, 1, NEXT, NULL, 'L', 20000, 500, 19500"),
    ("consult_detail", "9, NEXT, 'maybe', NULL, 'us'"),
    ("session_detail", "9, NEXT, 'x', 0, NULL, NULL, NULL, 'us', 0"),
    ("session_detail", "9, NEXT, 'x', NULL, NULL, NULL, NULL, 'us', 2"),
    ("adverse_event", "9, 1, NEXT, 'x', 'dreadful', NULL, NULL, NULL, NULL"),
    ("free_text", "99, NEXT, NULL, NULL, 'x', lower(hex(zeroblob(32))), NULL, 'words'"),
    ("reversal", "9, NEXT, 1, 2"),
    ("reversal", "9, NEXT, 99, 0"),
    ("visit_void", "9, NEXT, 0"),
    ("event_resolved", "9, 1, NEXT, 'x', '2026-02-30'"),
    ("diary_day", "1, '2026-02-30', NEXT, 1, NULL, NULL, NULL, NULL"),
    ("diary_day", "1, '2026-02-20', NEXT, 2, NULL, NULL, NULL, NULL"),
    ("diary_day", "1, '2026-02-20', NEXT, 1, 2401, NULL, NULL, NULL"),
    ("diary_day", "1, '2026-02-20', NEXT, 1, NULL, NULL, 11, NULL"),
    ("toxin_elsewhere", "9, NEXT, 1, '2026-02-20', 'x', 0"),
    ("toxin_elsewhere", "9, NEXT, 1, '2026-02-20', '', 100"),
    ("appointment", "9, NEXT, 1, 'x', 'late', '2026-02-20', NULL"),
    ("appointment", "9, NEXT, 1, 'x', 'moved', '2026-02-20', 'soon'"),
    ("pause", "9, NEXT, 1, 'soon'"),
    ("archive", "9, NEXT, 1, 1, NULL, 'died', NULL"),
    ("archive", "9, NEXT, 1, 1, '2026-02-20', NULL, NULL"),
    ("archive", "9, NEXT, 1, 0, '2026-02-20', 'died', NULL"),
    ("archive", "9, NEXT, 1, 1, '2026-02-20', 'bored', NULL"),
    ("archive", "9, NEXT, 1, 1, '2026-02-20', 'died', 'nice-ta260'"),
    ("draft", "9, 'walk', 'P1', 'k', '2026-03-09T14:00:00Z', '2026-03-09T14:00:00Z', '{}'"),
]


@pytest.mark.parametrize(("table", "row"), BAD_ROWS)
def test_a_row_that_cannot_be_is_refused(as_a_person: sqlite3.Connection, table: str, row: str) -> None:
    with pytest.raises(INTEGRITY, match=r"CHECK|cannot store"):
        as_a_person.execute(f"INSERT INTO {table} VALUES ({row.replace('NEXT', NEXT)})")


def test_a_row_of_an_entry_to_come_is_refused(as_a_person: sqlite3.Connection) -> None:
    """A row that waits for a far entry would stand in the views at once, and nobody would have written it."""
    with pytest.raises(INTEGRITY, match="that is being written"):
        as_a_person.execute("INSERT INTO setting SELECT 99, max(seq) + 2, 'jurisdiction', 'eu-uk' FROM entry")


def test_a_row_without_its_entry_or_its_patient_cannot_be_committed(full_ledger: Path) -> None:
    for row in (f"9, {NEXT}, 1, 'x', 'x', '2027-01-01'", f"9, {NEXT}, 77, 'x', 'x', '2027-01-01'"):
        connection = engine.connect(full_ledger)
        connection.execute("BEGIN")
        connection.execute(f"INSERT INTO vial_label VALUES ({row})")
        with pytest.raises(INTEGRITY, match="FOREIGN KEY"):
            connection.execute("COMMIT")
        connection.close()


def test_the_schema_builds_without_trusting_itself() -> None:
    """``trusted_schema=OFF`` forbids some functions in CHECKs and views (``json_valid`` is one)."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    connection.execute("PRAGMA trusted_schema = OFF")
    schema.build(connection)
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'view'").fetchall():
        connection.execute(f"SELECT * FROM {name}").fetchall()
