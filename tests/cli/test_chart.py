"""``botox chart``: the whole sheet, complete in a pipe, and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Botox

SHEET = """\
P0001: chart on 2026-04-08
==========================

Protocol
chronic-migraine, edition 1 (sha256 SHA)

Consults
- 2026-01-05 (visit 1): eligible, decided to treat (agreed)

Sessions
- 2026-01-06 (visit 2): 7.5 U, 2 sites, lot C-1234
    corrugator-left: 2.5 U, planned 5 U
    corrugator-right: skipped (bruise)

Outcomes
- 2026-02-03 (visit 3) over 28 diary days: headache-days: 11 days

Adverse events
- OPEN eyelid-ptosis, mild, onset 2026-01-25, review (visit 3, 2026-02-03)
- neck-pain, mild, onset 2026-01-07, resolved 2026-01-10 (visit 3, 2026-02-03)

Response
"""
REST = """\
Toxin given elsewhere
- 100 U of onabotulinumtoxinA on 2026-02-01

Appointments
- chronic-migraine: moved to 2026-04-20 on 2026-03-09 (on holiday)

Due
- event-review overdue, 73 days late: from 2026-01-25, due by 2026-01-25
- session open: from 2026-03-31, due by 2026-04-20, at the latest 2026-07-06
  (moved to 2026-04-20 on 2026-03-09)
- consult-review early: from 2027-01-05, due by 2027-01-05
"""


@pytest.fixture
def told(botox: Botox, visited: Path) -> Path:
    """A follow-up with an open event, toxin elsewhere, and a session that was moved."""
    steps = (
        ("follow-up", "P0001", "--on", "2026-02-03", "--answer", "headache-days=11", "--answer", "diary-days=28",
         "--event", "neck-pain=mild,onset=2026-01-07,resolved=2026-01-10", "--event", "eyelid-ptosis=mild,onset=2026-01-25", "--no-input"),
        ("patient", "toxin", "P0001", "--product", "Botox", "--units", "100", "--on", "2026-02-01"),
        ("visit", "moved", "P0001", "--to", "2026-04-20", "--reason", "on holiday"),
    )  # fmt: skip
    for step in steps:
        result = botox(*step)
        assert result.exit_code == 0, result.stderr
    return visited


def item(botox: Botox, *args: str) -> Any:
    (found,) = json.loads(botox("chart", "P0001", "--today", "2026-04-08", "--format", "json", *args).stdout)["items"]
    return found


def test_the_whole_sheet(botox: Botox, told: Path) -> None:
    result = botox("chart", "P0001", "--today", "2026-04-08")
    sha = item(botox)["courses"][0]["edition_sha256"][:12]
    assert result.stdout.startswith(SHEET.replace("SHA", sha)), result.stdout
    assert result.stdout.endswith(REST)
    response, _, plot = result.stdout.removeprefix(SHEET.replace("SHA", sha)).removesuffix(REST).partition("Headache days in 28\n")
    rows = [line.split() for line in plot.splitlines() if line.startswith("  2026-01-06")]
    assert [(row[0], row[-2:]) for row in rows] == [("2026-01-06", ["session", "1"]), ("2026-01-06", ["11", "follow-up"])]
    assert response.startswith("- Baseline: 18 headache days in 28") and "- nice-ta260: " in response


def test_it_fits_80_columns_and_names_nobody(botox: Botox, told: Path) -> None:
    said = botox("chart", "P0001", "--today", "2026-04-08").stdout
    assert max(map(len, said.splitlines())) <= 80 and "…" not in said and "\x1b" not in said
    assert "Jane" not in said and "1980" not in said
    assert botox("chart", "P0001", "--identify").stdout.startswith("P0001 Jane Example, born 1980-02-29: chart on 2026-03-09\n")


def test_each_visit_in_json_is_whole(botox: Botox, told: Path) -> None:
    """As ``visit show`` has it: its findings, its vials and the volume of each injection too."""
    chart = json.loads(botox("chart", "P0001", "--today", "2026-04-08", "--format", "json").stdout)["items"][0]
    for kind in ("consults", "sessions", "follow_ups"):
        assert chart["courses"][0][kind], kind
        for visit in chart["courses"][0][kind]:
            (shown,) = json.loads(botox("visit", "show", str(visit["visit"]), "--format", "json").stdout)["items"]
            assert visit == shown
    assert any(visit["vials"] for visit in chart["courses"][0]["sessions"])
    assert any(visit["findings"] for visit in chart["courses"][0]["consults"])


def test_json_holds_everything(botox: Botox, told: Path) -> None:
    found = item(botox)
    (course,) = found["courses"]
    assert [visit["visit"] for kind in ("consults", "sessions", "follow_ups") for visit in course[kind]] == [1, 2, 3]
    assert [(event["event"], event["open"], event["resolved_on"]) for event in course["events"]] == [
        ("neck-pain", False, "2026-01-10"),
        ("eyelid-ptosis", True, None),
    ]
    assert [verdict["rules"] for verdict in course["response"]] == ["nice-ta260", "ehf-2018", "payer-example"]
    assert found["toxins"] == [{"date": "2026-02-01", "product": "onabotulinumtoxinA", "units": 100}]
    assert [(one["kind"], one["moved_to"], one["reason"]) for one in found["appointments"]] == [("moved", "2026-04-20", "on holiday")]
    assert [(one["kind"], one["due"]) for one in found["due"]][1] == ("session", "2026-04-20")
    assert "name" not in found and item(botox, "--identify")["name"] == "Jane Example"


def test_what_is_due_is_what_the_list_says(botox: Botox, told: Path) -> None:
    listed = json.loads(botox("due", "--today", "2026-04-08", "--all", "--explain", "--format", "json").stdout)["items"]
    assert item(botox)["due"] == listed


def test_pauses_and_the_archive_stand_with_their_reasons(botox: Botox, told: Path) -> None:
    botox("patient", "pause", "P0001", "--until", "2026-06-01", "--reason", "pregnancy")
    botox("patient", "archive", "P0001", "--reason", "stopped", "--rules", "nice-ta260", "--note", "no effect")
    said = botox("chart", "P0001").stdout
    assert "- paused until 2026-06-01 (pregnancy)\n- archived on 2026-03-09: stopped by nice-ta260 (no effect)\n" in said
    assert [(one["kind"], one["day"]) for one in item(botox)["statuses"]] == [("paused", "2026-06-01"), ("archived", "2026-03-09")]


def test_a_patient_without_a_visit(botox: Botox, ledger: Path) -> None:
    botox("patient", "add", "P0009", "--name", "Ann Other", "--born", "1970-01-01", "--no-input")
    assert botox("chart", "P0009").stdout == "P0009: chart on 2026-03-09\n==========================\n\nDue\n- Nothing is due.\n"


def test_nobody_of_that_name(botox: Botox, ledger: Path) -> None:
    assert botox("chart", "nobody").exit_code == 22
