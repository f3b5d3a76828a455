"""``botox due`` and ``botox prep``: the whole output, in every form."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from .conftest import Botox

HEADER = "patient,kind,status,earliest,due,latest,days_late,protocol,anchor,anchor_visit"


def test_the_plain_list(botox: Botox, visited: Path) -> None:
    result = botox("due", "--today", "2026-04-01")
    assert result.stdout == (
        "Patient  What     Status  Late  Earliest    Due         Latest\nP0001    session  due           2026-03-31  2026-04-06  2026-07-06\n"
    )


def test_csv_and_json_hold_the_same(botox: Botox, visited: Path) -> None:
    plain = botox("due", "--today", "2026-04-08", "--format", "csv").stdout
    assert plain == f"{HEADER}\nP0001,session,overdue,2026-03-31,2026-04-06,2026-07-06,2,chronic-migraine,2026-01-06,2\n"
    document = json.loads(botox("due", "--today", "2026-04-08", "--format", "json").stdout)
    assert document["schema"] == "botoxcli/due/1"
    (row,) = csv.DictReader(io.StringIO(plain))
    assert {name: str(value) for name, value in document["items"][0].items()} == row


def test_explain_shows_the_sum(botox: Botox, visited: Path) -> None:
    assert botox("due", "--today", "2026-04-08", "--explain").stdout == (
        "P0001  session  overdue, 2 days late\n"
        "    visit 2, session: 2026-01-06 + 12 weeks = 2026-03-31, due by 2026-04-06 (+ 3 months), latest 2026-07-06 (+ 6 months)\n"
    )


@pytest.mark.parametrize(
    ("day", "flags", "kinds"),
    [
        ("2026-01-15", (), ["onset-check"]),
        ("2026-01-01", ("--within", "1d"), []),
        ("2026-03-16", (), []),
        ("2026-03-17", (), ["session"]),
        ("2026-03-16", ("--within", "3w"), ["session"]),
        ("2026-04-08", ("--within", "1d"), ["session"]),
        ("2026-04-08", ("--overdue",), ["session"]),
        ("2026-04-06", ("--overdue",), []),
        ("2026-04-08", ("--kind", "onset-check"), []),
        ("2026-07-07", (), ["consult-review"]),
        ("2026-07-07", ("--all",), ["session", "consult-review"]),
    ],
)
def test_what_is_listed(botox: Botox, visited: Path, day: str, flags: tuple[str, ...], kinds: list[str]) -> None:
    document = json.loads(botox("due", "--today", day, *flags, "--format", "json").stdout)
    assert [item["kind"] for item in document["items"]] == kinds


def test_nobody_is_due(botox: Botox, ledger: Path) -> None:
    assert botox("due").stdout == "Nobody is due on 2026-03-09.\n"
    assert json.loads(botox("due", "--format", "json").stdout) == {"schema": "botoxcli/due/1", "items": []}
    assert botox("due", "--format", "csv").stdout == f"{HEADER}\n"


def test_names_leave_only_when_asked(botox: Botox, visited: Path) -> None:
    for form in ("table", "json", "csv"):
        assert "Jane" not in botox("due", "--today", "2026-04-08", "--format", form).stdout
        assert "Jane" in botox("due", "--today", "2026-04-08", "--format", form, "--identify").stdout


def test_export_due_is_the_same_list(botox: Botox, visited: Path) -> None:
    listed = botox("due", "--today", "2026-04-08", "--format", "csv").stdout
    assert botox("export", "due", "--today", "2026-04-08", "--format", "csv").stdout == listed


@pytest.mark.parametrize("bad", ["2", "two weeks", "2h", "-2w", ""])
def test_a_bad_horizon_is_refused(botox: Botox, ledger: Path, bad: str) -> None:
    result = botox("due", f"--within={bad}")
    assert (result.exit_code, "--within" in result.stderr) == (21, True)


def test_due_without_a_ledger(botox: Botox, ledger_path: Path) -> None:
    assert botox("due").exit_code == 10
    assert not ledger_path.exists()


def test_prep_across_the_change_of_clocks(botox: Botox, visited: Path) -> None:
    botox("settings", "--time-zone", "America/New_York")
    result = botox("prep", "P0001", "--for", "2026-03-09T09:00")
    assert result.stdout == (
        "Before your treatment: P0001, Mon 2026-03-09 09:00 EDT\n"
        "======================================================\n"
        "\n"
        "Please leave off\n"
        "- From Fri 2026-03-06 09:00 EST: Anti-inflammatory painkillers bought without\n"
        "  a prescription, such as ibuprofen or naproxen. Bruises are likelier after\n"
        "  them.\n"
        "- From Sun 2026-03-08 09:00 EDT: Alcohol. Bruises are likelier after alcohol.\n"
        "\n"
        "Ask the prescriber\n"
        "- By Fri 2026-03-06 09:00 EST: Blood thinners. Only whoever prescribed a blood\n"
        "  thinner can say whether it may be left off.\n"
        "\n"
        "Always\n"
        "- Keep taking prescribed aspirin, clopidogrel, warfarin or any other blood\n"
        "  thinner unless its prescriber says otherwise.\n"
        "\n"
        "Example Practice\n"
        "\n"
        "For the practice\n"
        "- Still allowed on 2026-03-09: 392.5 of the 400 U of onabotulinumtoxinA in 3\n"
        "  months (7.5 U given).\n"
        "- The plan of 155 U fits first on 2026-03-31, not on 2026-03-09: the doses in\n"
        "  each window and the minimum interval are counted.\n"
    )
    rules = json.loads(botox("prep", "P0001", "--for", "2026-03-08T12:00", "--format", "json").stdout)["items"][0]["rules"]
    assert {rule["id"]: rule["starts"] for rule in rules}["alcohol"] == "2026-03-07T11:00:00-05:00"


@pytest.mark.parametrize(
    ("when", "says"),
    [
        ("2026-03-08T02:30", "skips this hour"),
        ("2026-11-01T01:30", "-04:00 or 2026-11-01T01:30-05:00"),
        ("2026-03-09", "no date with an hour"),
        ("09/03/2026 10:00", "no date with an hour"),
        ("2026-02-30T10:00", "no such day"),
    ],
)
def test_prep_refuses_an_hour_that_the_clock_does_not_show(botox: Botox, visited: Path, when: str, says: str) -> None:
    botox("settings", "--time-zone", "America/New_York")
    result = botox("prep", "P0001", "--for", when)
    assert (result.exit_code, says in result.stderr) == (21, True), result.stderr
