"""``botox due --verbose``: each patient's course beside what is due, from the same figures as the response."""

from __future__ import annotations

import csv
import io
import json

import pytest

from .conftest import Botox
from .cycle import done

COURSE = {"baseline_headache_days": 20, "headache_days": [14, 11, 9]}


@pytest.fixture
def told(cycle: Botox) -> Botox:
    """P0001 with three follow-ups over 28 days each."""
    for day, count in (("2026-01-05", 14), ("2026-02-02", 11), ("2026-03-02", 9)):
        answers = ("--answer", f"headache-days={count}", "--answer", "diary-days=28", "--event", "none", "--no-input")
        done(cycle("follow-up", "P0001", "--on", day, *answers))
    return cycle


def test_the_table_in_a_pipe(told: Botox) -> None:
    plain, verbose = told("due", "--all").stdout.splitlines(), told("due", "--all", "--verbose").stdout.splitlines()
    assert verbose[0].split("  ")[-1].strip() == "Headache days in 28"
    assert [line.partition("  before 20, then 14 11 9")[0].rstrip() for line in verbose[1:]] == [line.rstrip() for line in plain[1:]]
    assert all(line.endswith("before 20, then 14 11 9") for line in verbose[1:])


def test_json_and_csv_have_two_columns_more_to_the_right(told: Botox) -> None:
    plain = json.loads(told("due", "--all", "--format", "json").stdout)["items"]
    assert plain
    assert json.loads(told("due", "--all", "--verbose", "--format", "json").stdout)["items"] == [item | COURSE for item in plain]
    rows = list(csv.DictReader(io.StringIO(told("due", "--all", "--verbose", "--format", "csv").stdout)))
    assert list(rows[0])[-2:] == list(COURSE)
    assert {(row["baseline_headache_days"], row["headache_days"]) for row in rows} == {("20", "14 11 9")}


def test_it_says_what_response_says(told: Botox) -> None:
    (response,) = {item["baseline"] for item in json.loads(told("response", "P0001", "--format", "json").stdout)["items"]}
    assert response == COURSE["baseline_headache_days"]


def test_a_calendar_has_no_room_for_it(told: Botox) -> None:
    refused = told("due", "--verbose", "--format", "ics")
    assert (refused.exit_code, refused.stdout) == (2, "")
