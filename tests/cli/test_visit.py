"""``botox visit``: list and show."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

COLUMNS = ["visit", "patient", "kind", "date", "protocol", "edition", "state", "units", "lots", "decision", "recorded_at", "recorded_by"]


@pytest.mark.parametrize(
    ("args", "visits"),
    [
        ([], [1, 2]),
        (["--kind", "session"], [2]),
        (["--since", "2026-01-06"], [2]),
        (["--until", "2026-01-05"], [1]),
        (["--since", "-62d", "--until", "today"], [2]),
        (["--patient", "jane"], [1, 2]),
        (["--kind", "follow-up"], []),
    ],
)
def test_list_keeps_what_is_asked_for(botox: Any, visited: Path, args: list[str], visits: list[int]) -> None:
    items = json.loads(botox("visit", "list", *args, "--format", "json").stdout)["items"]
    assert [item["visit"] for item in items] == visits
    rows = list(csv.reader(io.StringIO(botox("visit", "list", *args, "--format", "csv").stdout)))
    assert rows[0][:12] == COLUMNS
    assert [int(row[0]) for row in rows[1:]] == visits


def test_a_line_of_the_list(botox: Any, visited: Path) -> None:
    assert json.loads(botox("visit", "list", "--kind", "session", "--format", "json").stdout)["items"] == [
        {
            "visit": 2, "patient": "P0001", "kind": "session", "date": "2026-01-06", "protocol": "chronic-migraine", "edition": "1",
            "state": "recorded", "units": 7.5, "lots": "C-1234", "decision": None, "recorded_at": "2026-03-09T10:00:00Z",
            "recorded_by": "Dr Example", "decided": None,
        }
    ]  # fmt: skip
    assert botox("visit", "list", "--kind", "follow-up").stdout == "No visit is recorded that fits.\n"


def test_show_a_session_whole(botox: Any, visited: Path) -> None:
    said = botox("visit", "show", "2")
    hashed = json.loads(botox("visit", "show", "2", "--format", "json").stdout)["items"][0]["edition_sha256"]
    assert (
        said.stdout
        == f"""\
Visit 2: session of P0001 on 2026-01-06
=======================================

Protocol: chronic-migraine, edition 1 (sha256 {hashed[:12]})
Jurisdiction: us
Recorded: 2026-03-09 10:00 (UTC) by Dr Example; state recorded
Injector: Nurse Example
Minutes: 15

Answers
- consent: yes

Findings
- stop interval: 70 of 84 days; overridden: moves away [US label]

Injections
- procerus: 1 of 1 sites, 5 U in 0.10 mL
- corrugator: 1 of 2 sites, 2.5 U in 0.05 mL
  - corrugator-left: changed, 2.5 U, planned 5 U
  - corrugator-right: skipped, 0 U, planned 5 U (bruise)
- Total: 7.5 U in 0.15 mL of onabotulinumtoxinA

Vials
- lot C-1234, expires 2027-03-31: given 7.5 + wasted 192.5 = 200 U
- Diluent: 4.00 mL
- Reconstituted: 2026-01-06 09:00 (UTC)
"""
    )


def test_show_a_consult(botox: Any, visited: Path) -> None:
    said = botox("visit", "show", "1").stdout
    assert "Decision: eligible\nPractitioner's decision: treat (agreed)\n" in said
    assert "- note headache-days (met): 18 is at least 15 [ICHD-3]\n" in said
    item = json.loads(botox("visit", "show", "1", "--format", "json").stdout)["items"][0]
    assert item["answers"] == [{"question": "headache-days", "value": "18"}]
    assert (item["decision"], item["decided"], item["reason"], item["injections"]) == ("eligible", "treat", "agreed", [])


def test_an_unknown_visit(botox: Any, visited: Path) -> None:
    assert botox("visit", "show", "3").exit_code == 22


def test_the_sheet_has_the_practice_s_clock_and_the_json_the_ledger_s(botox: Any, visited: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botoxcli.cli.state.State.zone", lambda *_: "Europe/Berlin")
    said = botox("visit", "show", "2").stdout
    assert "Recorded: 2026-03-09 11:00 (Europe/Berlin) by Dr Example" in said
    assert "Reconstituted: 2026-01-06 10:00 (Europe/Berlin)" in said
    assert json.loads(botox("visit", "show", "2", "--format", "json").stdout)["items"][0]["recorded_at"] == "2026-03-09T10:00:00Z"
