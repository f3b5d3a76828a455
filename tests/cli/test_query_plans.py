"""What the commands of every day ask SQLite: no question walks through a table that grows with the years from its beginning.

Every statement that a command really runs is compiled again, and its steps are read. A walk begins at an end of a table or of an index (``Rewind``,
``Last``) and goes on from row to row (``Next``, ``Prev``), or counts (``Count``); what reaches its rows by a key begins with a seek.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from botoxcli.store import engine

from .conftest import Botox
from .cycle import CHAIR, DATA

pytestmark = pytest.mark.plain_only
CONSULT = str(DATA / "consult.yaml")
# What grows with every visit, vial or entry. A patient's row, an edition and a setting are walked through: they are few.
HISTORY = {
    "entry", "reversal", "visit_version", "visit_void", "consult_detail", "session_detail", "answer", "finding", "injection", "vial", "vial_label",
    "vial_use", "vial_discard", "lot_recall", "adverse_event", "event_resolved", "free_text", "diary_day", "appointment", "identity",
    "toxin_elsewhere", "pause", "archive", "erasure",
}  # fmt: skip
LAST_KEY = re.compile(r"SELECT max\(\w+\) FROM \w+\Z")  # SQLite takes one step from the end
# An index that holds a few rows of such a table only.
FEW = {"adverse_event_by_emergency", "adverse_event_by_weight", "entry_of_backup"}
DAILY = {
    "due": ["due"],
    "due, csv, with names": ["due", "--format", "csv", "--identify"],
    "due, json, all": ["due", "--format", "json", "--all", "--explain"],
    "chart": ["chart", "P0001"],
    "response": ["response", "P0001"],
    "lot": ["lot", "C1234"],
    "prep": ["prep", "P0001", "--for", "2026-06-09T10:00"],
    "consult": ["consult", "P0002", "--name", "Ben Example", "--born", "1975-06-01", "--on", "2026-03-09", "--answers", CONSULT, "--no-input",
                "--dry-run"],
    "follow-up": ["follow-up", "P0001", "--on", "2026-03-09", "--answer", "headache-days=9", "--answer", "diary-days=28", "--event", "none",
                  "--no-input", "--dry-run"],
    "session": ["session", "P0001", "--on", "2026-03-09", "--answers", CHAIR, "--vial", "C1234", "--as-planned", "--no-input", "--dry-run",
                "--override", "interval=Tested"],
}  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that ran, each once."""
    seen: list[str] = []
    connect = engine.connect

    def traced(*given: Any, **more: Any) -> sqlite3.Connection:
        connection = connect(*given, **more)
        connection.set_trace_callback(lambda sql: seen.append(sql) if sql not in seen else None)
        return connection

    monkeypatch.setattr(engine, "connect", traced)
    return seen


def walked(connection: sqlite3.Connection, sql: str) -> Iterator[tuple[str, str]]:
    """Table and index (or table again) of each walk in a statement."""
    roots = {root: (table, name) for table, name, root in connection.execute("SELECT tbl_name, name, rootpage FROM sqlite_schema WHERE rootpage")}
    steps = connection.execute(f"EXPLAIN {sql}").fetchall()
    opened = {cursor: roots[root] for _, step, cursor, root, *_ in steps if step == "OpenRead" and root in roots}
    goes_on = {cursor for _, step, cursor, *_ in steps if step in ("Next", "Prev")}
    begins = {cursor for _, step, cursor, *_ in steps if step in ("Rewind", "Last") and cursor in goes_on}
    begins |= {cursor for _, step, cursor, *_ in steps if step == "Count"}
    yield from (opened[cursor] for cursor in sorted(begins & opened.keys()))


def walks_through_history(ledger: Path, statements: Sequence[str]) -> list[tuple[str, str]]:
    with sqlite3.connect(ledger) as connection:
        questions = [sql for sql in statements if sql.lstrip().upper().startswith("SELECT") and not LAST_KEY.match(sql)]
        assert questions
        return [(name, sql) for sql in questions for table, name in walked(connection, sql) if table in HISTORY and name not in FEW]


@pytest.mark.parametrize("command", DAILY)
def test_a_daily_command_walks_through_no_history(cycle: Botox, ledger: Path, asked: list[str], command: str) -> None:
    assert cycle(*DAILY[command]).exit_code in (0, 3)
    assert walks_through_history(ledger, asked) == []


@pytest.mark.parametrize(
    "sql", ["SELECT count(*) FROM injection", "SELECT visit FROM visit_version WHERE date > '2026' OR version = 2", "SELECT * FROM current_visit"]
)
def test_a_walk_is_seen(cycle: Botox, ledger: Path, sql: str) -> None:
    assert walks_through_history(ledger, [sql])
