"""``botox ledger log``: who, when, what and why, with codes; whole in a pipe."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

HEADER = "seq,at,actor,command,visit,patients,reason,hash,reverses,withdrawn"


def entries(botox: Any, *args: str) -> list[int]:
    return [row["seq"] for row in json.loads(botox("ledger", "log", *args, "--format", "json").stdout)["items"]]


@pytest.fixture
def changed(botox: Any, visited: Path) -> Any:
    for command in (("visit", "void", "2", "--reason", "mistyped"), ("undo", "--yes")):
        assert botox(*command).exit_code == 0
    return botox


def test_the_table(changed: Any) -> None:
    hashes = [row["hash"][:12] for row in json.loads(changed("ledger", "log", "--format", "json").stdout)["items"]]
    assert changed("ledger", "log").stdout == (
        "Entry  When              Who         Command     Visit  Patients  Why                         Hash\n"
        f"    1  2026-03-09 10:00  Dr Example  init                                                     {hashes[0]}\n"
        f"    2  2026-03-09 10:00  Dr Example  consult         1  P0001                                 {hashes[1]}\n"
        f"    3  2026-03-09 10:00  Dr Example  session         2  P0001                                 {hashes[2]}\n"
        f"    4  2026-03-09 10:00  Dr Example  visit void      2  P0001     mistyped; taken back since  {hashes[3]}\n"
        f"    5  2026-03-09 10:00  Dr Example  undo                         about entry 4               {hashes[4]}\n"
    )


def test_csv_and_json(changed: Any) -> None:
    told = changed("ledger", "log", "--command", "visit void", "--format", "csv")
    (row,) = json.loads(changed("ledger", "log", "--command", "visit", "--format", "json").stdout)["items"]
    assert list(row) == HEADER.split(",")
    assert len(row["hash"]) == 64
    assert row | {"hash": ""} == {
        "seq": 4, "at": "2026-03-09T10:00:00Z", "actor": "Dr Example", "command": "visit void", "visit": 2, "patients": ["P0001"],
        "reason": "mistyped", "hash": "", "reverses": None, "withdrawn": True,
    }  # fmt: skip
    assert told.stdout.splitlines() == [HEADER, f"4,2026-03-09T10:00:00Z,Dr Example,visit void,2,P0001,mistyped,{row['hash']},,yes"]
    assert "Jane" not in changed("ledger", "log", "--format", "csv").stdout


def test_what_is_asked_for(changed: Any) -> None:
    assert entries(changed) == [1, 2, 3, 4, 5]
    assert entries(changed, "--patient", "jane") == [2, 3, 4]
    assert entries(changed, "--command", "visit") == [4]
    assert entries(changed, "--command", "visi") == []
    assert entries(changed, "--since", "2026-03-09", "--until", "2026-03-09") == [1, 2, 3, 4, 5]
    assert entries(changed, "--since", "2026-03-10") == entries(changed, "--until", "2026-03-08") == []
    assert changed("ledger", "log", "--since", "2026-03-10").stdout == "No entry fits.\n"
    assert changed("ledger", "log", "--patient", "nobody").exit_code == 22


def test_a_day_is_the_practices_own(changed: Any) -> None:
    assert changed("settings", "--time-zone", "Pacific/Kiritimati").exit_code == 0
    assert entries(changed, "--since", "2026-03-10") == [1, 2, 3, 4, 5, 6]  # 10:00 UTC is midnight there
    assert entries(changed, "--until", "2026-03-09") == []
    assert "2026-03-10 00:00" in changed("ledger", "log").stdout
