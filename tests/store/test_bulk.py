"""Thousands of rows in one change: the same hash as ever, whole or not at all, and the guards of the schema stand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botoxcli.clinic.sheet_rows import PatientTold, SessionTold
from botoxcli.store import bulk, chain
from botoxcli.store.integrity import verify
from botoxcli.store.reader import open_ledger
from botoxcli.store.steps import HASHED_TABLES

ENTRY = {"seq": 7, "at": "2026-03-09T10:00:00Z", "actor": "Dr \u00c9xample", "command": "import visits", "change_key": None, "program": "x"}
CELLS = st.none() | st.text(max_size=5) | st.integers(-5, 10**12)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """Rows of some tables, each with its key and some other columns, an erasable one among them."""
    chosen = draw(st.lists(st.sampled_from(sorted(HASHED_TABLES)), unique=True))
    return {
        table: [
            {**dict.fromkeys(HASHED_TABLES[table], number), "entry_seq": 7, "content": draw(CELLS), "other": draw(CELLS)}
            for number in draw(st.lists(st.integers(1, 99), unique=True, max_size=4))
        ]
        for table in chosen
    }


@given(tables(), st.sampled_from(["", "ab" * 32]))
def test_the_hash_of_a_stream_is_the_hash_of_the_lists(rows: dict[str, list[dict[str, Any]]], previous: str) -> None:
    streamed = {table: bulk.together(table, lines, []) for table, lines in rows.items()}
    assert bulk.digest(previous, ENTRY, streamed) == chain.digest(previous, ENTRY, rows)


def some_patients(count: int) -> list[PatientTold]:
    return [PatientTold(number, f"S{number}", f"Person Example {number}", date(1980, 1, 1), number % 3 == 0) for number in range(1, count + 1)]


def some_sessions(count: int) -> list[SessionTold]:
    return [
        SessionTold(
            number, f"s{1 + number % 5}", date(2020, 1, 1 + number % 28), 15_500, "chronic-migraine", ("C1", "D2")[: number % 3],
            product="onabotulinumtoxinA", injector="Dr Example" if number % 2 else None, note="a note" if number % 4 == 0 else None,
        )
        for number in range(1, count + 1)
    ]  # fmt: skip


def import_all(change: Any, make: Any, count: int) -> tuple[int, int]:
    with change("import visits") as one:
        one.import_patients(some_patients(5), archived_on="2026-03-09")
        edition = one.pin_edition(make.loaded)
        visits: tuple[int, int] = one.import_sessions(some_sessions(count), editions={"chronic-migraine": edition}, jurisdiction="us")
    return visits


def test_they_stand_with_all_that_was_told_and_the_chain_holds(ledger: Path, change: Any, make: Any) -> None:
    assert import_all(change, make, 2_500) == (1, 2_500)
    found = verify(ledger)
    assert (found.faults, found.imported) == ((), 2_500)
    with open_ledger(ledger) as reader:
        visit = reader.visit(8)
        assert (visit.head.state, visit.head.patient, visit.head.date, visit.head.hundredths) == ("imported", "S4", date(2020, 1, 9), 15_500)
        assert (visit.head.lots, visit.product, visit.note, visit.injector) == ("C1, D2", "onabotulinumtoxinA", "a note", None)
        (injection,) = visit.injections
        assert (injection.site, injection.muscle, injection.side, injection.state) == ("unspecified", "unspecified", "unspecified", "imported")
        assert [(use.lot, use.vial_id, use.given_hundredths) for use in visit.vials] == [("C1", None, 15_500), ("D2", None, 15_500)]
        assert [one.archived for one in reader.patients()] == [False, False, True, False, False]
        assert {line.visit for line in reader.lot_lines("d-2")} == {number for number in range(1, 2_501) if number % 3 == 2}


def test_one_row_that_the_schema_refuses_leaves_nothing(ledger: Path, change: Any, make: Any) -> None:
    head = verify(ledger).head
    wrong = [*some_sessions(1_500), SessionTold(1, "S1", date(2020, 1, 1), 0, "chronic-migraine", (), "x")]
    with pytest.raises(Exception, match="constraint"), change("import visits") as one:
        one.import_patients(some_patients(5), archived_on="2026-03-09")
        one.import_sessions(wrong, editions={"chronic-migraine": one.pin_edition(make.loaded)}, jurisdiction="us")
    assert verify(ledger).head == head
    with open_ledger(ledger) as reader:
        assert (reader.patients(), reader.visits()) == ((), ())


def test_a_code_that_was_undone_comes_back_under_its_number(ledger: Path, change: Any, make: Any) -> None:
    with change("import patients") as one:
        one.import_patients(some_patients(2), archived_on="2026-03-09")
        seq = one.seq
    with change("undo") as one:
        one.reverse(seq, stands=False)
    with change("import patients") as one:
        one.import_patients([PatientTold(2, "s2", "Other Example", date(1990, 1, 1)), *some_patients(1)], archived_on="2026-03-09")
    with open_ledger(ledger) as reader:
        assert [(one.patient_id, one.code, one.name) for one in reader.patients()] == [(1, "S1", "Person Example 1"), (2, "S2", "Other Example")]
    assert verify(ledger).faults == ()
