"""``botox visit missed``, ``declined``, ``moved``, and the due list after them. The session of 2026-01-06 is due again by 2026-04-06."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Botox

WHY = ("--reason", "on holiday")


def due(botox: Botox, day: str, *flags: str) -> list[Any]:
    return list(json.loads(botox("due", "--today", day, "--format", "json", "--explain", *flags).stdout)["items"])


def test_a_moved_session_is_due_on_the_new_day(botox: Botox, visited: Path) -> None:
    result = botox("visit", "moved", "P0001", "--on", "2026-03-05", "--to", "2026-04-20", *WHY)
    assert result.stdout == (
        "Recorded: session of P0001 under chronic-migraine moved to 2026-04-20 on 2026-03-05.\n"
        "Next session: from 2026-03-31, due by 2026-04-20, at the latest 2026-07-06\n"
    )
    for day, status, late in (("2026-04-13", "open", 0), ("2026-04-14", "due", 0), ("2026-04-20", "due", 0), ("2026-04-21", "overdue", 1)):
        (item,) = due(botox, day)
        assert (item["kind"], item["status"], item["days_late"], item["due"]) == ("session", status, late, "2026-04-20"), day
        assert item["explain"].endswith("due by 2026-04-06 (+ 3 months), latest 2026-07-06 (+ 6 months), moved to 2026-04-20 on 2026-03-05")


def test_a_missed_session_stays_as_late_as_it_is(botox: Botox, visited: Path) -> None:
    before = due(botox, "2026-04-08")
    result = botox("visit", "missed", "P0001", "--on", "2026-03-09", "--reason", "no call")
    assert result.exit_code == 0, result.stderr
    (now,) = due(botox, "2026-04-08")
    assert now.pop("explain").endswith(", missed on 2026-03-09")
    assert [{name: value for name, value in item.items() if name != "explain"} for item in before] == [now]


def test_a_missed_session_with_a_new_day(botox: Botox, visited: Path) -> None:
    botox("visit", "missed", "P0001", "--on", "2026-03-09", "--to", "2026-04-15", "--reason", "ill")
    (item,) = due(botox, "2026-04-15")
    assert (item["due"], item["status"]) == ("2026-04-15", "due") and item["explain"].endswith("missed on 2026-03-09, moved to 2026-04-15")


def test_a_declined_session_asks_for_a_review_at_once(botox: Botox, visited: Path) -> None:
    botox("visit", "declined", "P0001", "--on", "2026-03-09", "--reason", "wants to wait")
    assert [(item["kind"], item["status"], item["due"]) for item in due(botox, "2026-04-07")] == [
        ("consult-review", "overdue", "2026-03-09"),
        ("session", "overdue", "2026-04-06"),
    ]


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("moved", "nobody", "--to", "2026-04-20", *WHY), 22, "no such patient"),
        (("moved", "P0001", *WHY), 2, "--to"),
        (("moved", "P0001", "--to", "2026-04-20"), 2, "--reason"),
        (("moved", "P0001"), 2, "--to, --reason"),
        (("missed", "P0001"), 2, "--reason"),
        (("declined", "P0001", "--to", "2026-04-20", *WHY), 2, "option"),
        (("moved", "P0001", "--to", "2026-03-30", *WHY), 21, "before 2026-03-31, the earliest day"),
        (("moved", "P0001", "--to", "20.04.2026", *WHY), 21, "--to"),
        (("moved", "P0001", "--on", "2026-03-08", "--to", "2026-03-07", *WHY), 21, "before the day on which it was agreed"),
        (("missed", "P0001", "--on", "2026-03-10", *WHY), 21, "--on"),
        (("missed", "P0001", "--reason", " "), 21, "--reason"),
        (("missed", "P0001", "--protocol", "blepharospasm", *WHY), 22, "no such protocol"),
        (("missed", "P0001", "--today", "2026-04-07", *WHY), 2, "--on"),
    ],
    ids=["patient", "no new day", "no reason", "neither", "no reason either", "declined has no new day", "too early", "no date", "before it was",
         "to come", "an empty reason", "another protocol", "today is set"],
)  # fmt: skip
def test_what_is_refused(botox: Botox, visited: Path, args: tuple[str, ...], code: int, says: str) -> None:
    result = botox("visit", *args)
    assert result.exit_code == code and says in result.stderr, result.stderr
    assert "moved" not in botox("due", "--today", "2026-04-08", "--explain").stdout


def test_nobody_awaits_a_session_who_had_no_visit(botox: Botox, visited: Path) -> None:
    botox("patient", "add", "P0002", "--name", "Ann Other", "--born", "1970-01-01", "--no-input")
    result = botox("visit", "missed", "P0002", *WHY)
    assert result.exit_code == 21 and "no session is awaited" in result.stderr


def test_past_the_latest_day_it_lapses_all_the_same(botox: Botox, visited: Path) -> None:
    result = botox("visit", "moved", "P0001", "--to", "2026-08-01", *WHY)
    assert "The new day lies after 2026-07-06, the session's latest day: it lapses then all the same.\n" in result.stdout
    assert {item["kind"]: item["status"] for item in due(botox, "2026-07-07", "--all")} == {"session": "lapsed", "consult-review": "due"}


def test_before_the_last_session_it_changes_nothing(botox: Botox, visited: Path) -> None:
    before = due(botox, "2026-04-08")
    result = botox("visit", "moved", "P0001", "--on", "2026-01-02", "--to", "2026-01-06", *WHY)
    assert result.exit_code == 0 and "the list stays as it is" in result.stdout
    assert due(botox, "2026-04-08") == before


def test_a_rehearsal_shows_the_window_and_records_nothing(botox: Botox, visited: Path) -> None:
    result = botox("visit", "moved", "P0001", "--to", "2026-04-20", *WHY, "--dry-run")
    assert result.stdout.startswith("Would record: ") and "due by 2026-04-20" in result.stdout and "Nothing was recorded." in result.stdout
    assert due(botox, "2026-04-08")[0]["due"] == "2026-04-06"


def test_a_retry_records_once(botox: Botox, visited: Path) -> None:
    args = ("visit", "missed", "P0001", *WHY, "--key", "k", "--format", "json")
    said = [json.loads(botox(*args).stdout)["items"][0] for _ in range(2)]
    assert [(item["recorded"], item["standing"]) for item in said] == [(True, False), (False, True)]
    assert said[0]["next"] == said[1]["next"] == {"kind": "session", "earliest": "2026-03-31", "due": "2026-04-06", "latest": "2026-07-06"}
    assert due(botox, "2026-04-08")[0]["explain"].count("missed") == 1
    assert botox("visit", "missed", "P0001", "--reason", "ill", "--key", "k").exit_code == 21
