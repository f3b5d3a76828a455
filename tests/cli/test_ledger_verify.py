"""``botox ledger verify``: a short table of what was looked at, or exit 14 and the first broken entry in words."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from botoxcli.store.integrity import Verified

pytestmark = pytest.mark.plain_only  # the file is spoilt by hand

GOOD = """\
Check       Result  What was found
Pages       good    as SQLite wrote them
Schema      good    version 4, as this program makes it
Chain       good    3 entries over {rows} rows, recomputed
Erasures    good    every blank word has its erasure
References  good    no row refers to one that is not there
Editions    good    rows as in the pinned texts
Vials       good    given and wasted make up what was drawn
Drafts      good    every unfinished visit is as it was saved
Head: {head}, entry 3, 2026-03-09 10:00 UTC
"""


def item(botox: Any, *args: str) -> dict[str, Any]:
    (only,) = json.loads(botox("ledger", "verify", *args, "--format", "json").stdout)["items"]
    return dict(only)


def spoil(path: Path, sql: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name LIKE 'injection%'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute(sql)
    connection.close()


def test_a_whole_ledger(botox: Any, visited: Path) -> None:
    found = item(botox)
    assert (found["whole"], found["faults"], found["expected_entry"]) == (True, [], None)
    told = botox("ledger", "verify")
    assert (told.exit_code, told.stderr) == (0, "")
    assert told.stdout == GOOD.format(rows=found["rows"], head=found["head"][:12])


def test_what_is_expected(botox: Any, visited: Path) -> None:
    (first, *_, last) = json.loads(botox("ledger", "log", "--format", "json").stdout)["items"]
    told = botox("ledger", "verify", "--expect", first["hash"][:12].upper())
    assert told.exit_code == 0
    assert "--expect    good    entry 1 of 3, 2 were added since\n" in told.stdout
    assert "entry 3 of 3, the head\n" in botox("ledger", "verify", "--expect", last["hash"]).stdout
    assert item(botox, "--expect", first["hash"])["added_since"] == 2
    lost = botox("ledger", "verify", "--expect", "0" * 12)
    assert lost.exit_code == 14
    assert "no entry has the expected hash" in lost.stderr
    for wrong in ("0" * 11, "0" * 65, "x" * 12, ""):
        refused = botox("ledger", "verify", "--expect", wrong)
        assert (refused.exit_code, refused.stdout) == (21, "")


def test_a_broken_entry_is_named(botox: Any, visited: Path) -> None:
    spoil(visited, "UPDATE injection SET site = 'x' WHERE position = 2")
    told = botox("ledger", "verify")
    assert told.exit_code == 14
    broken = "entry 3 (`session`, 2026-03-09 10:00 UTC, by Dr Example, P0001): what it recorded is not as it was recorded"
    assert f"Chain       DAMAGED  {broken}\n" in told.stdout
    assert "Schema      DAMAGED  the trigger injection_is_new_1 is gone (and 3 more)\n" in told.stdout
    assert "Jane" not in told.stdout + told.stderr
    as_json = botox("ledger", "verify", "--format", "json")
    assert json.loads(as_json.stderr)["exit_code"] == 14
    (found,) = json.loads(as_json.stdout)["items"]
    assert {"check": "chain", "entry": 3, "because": broken} in found["faults"]


def test_what_no_code_foresees_in_a_damaged_ledger_is_told_as_damage(botox: Any, visited: Path) -> None:
    connection = sqlite3.connect(visited)
    connection.execute("DROP VIEW visit_now")
    connection.commit()
    connection.close()
    told = botox("visit", "list")
    assert (told.exit_code, told.stdout) == (14, "")
    assert told.stderr.splitlines()[0] == f"Error: The ledger at {visited} is damaged: the view visit_now is gone."


def test_a_bug_with_a_whole_ledger_stays_a_bug(botox: Any, visited: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botoxcli.workflow.visits.visit_row", lambda _: 1 / 0)
    assert botox("visit", "list", "--format", "json").exit_code == 1


def test_the_path_needs_no_ledger(botox: Any, ledger_path: Path) -> None:
    assert botox("ledger", "path").stdout == f"{ledger_path}\n"
    assert botox("ledger", "verify").exit_code == 10


def test_an_edition_that_this_program_cannot_read_is_a_note(botox: Any, visited: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botoxcli.cli.ledger_verify._parsed", lambda _: None)
    told = botox("ledger", "verify")
    assert told.exit_code == 0
    assert "rows as in the pinned texts; not comparable by this program: chronic-migraine " in told.stdout


def test_imported_sessions_are_called_imported() -> None:
    from botoxcli.cli.ledger_verify import _good_words

    found = Verified(3, 1, "0" * 64, "2026-03-09T10:00:00Z", 1, (), imported=2)
    assert _good_words(found, None)["vials"] == "given and wasted make up what was drawn; 2 imported sessions without a balance"
