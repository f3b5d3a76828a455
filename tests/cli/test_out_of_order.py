"""A late visit is recorded on its real date; one that comes after a later visit is accepted and named. A session stands on 2026-01-06 (visit 2)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .conftest import Botox

DATA = Path(__file__).parents[1] / "data"
LATER = "a session on 2026-01-06 (visit 2) stands already and is later than"


def order(said: str, code: int) -> Any:
    assert code == 0, said
    (item,) = json.loads(said)["items"]
    found = [*item["findings"], *item.get("warnings", ())]
    return next(((one["level"], one["because"]) for one in found if one["id"] == "out-of-order"), None)


def session(botox: Botox, on: str, *override: str) -> Any:
    result = botox("session", "P0001", "--on", on, "--vial", "C1234", "--as-planned", "--answers", str(DATA / "chair.yaml"), "--no-input",
                   "--format", "json", *(word for name in override for word in ("--override", f"{name}=entered late")))  # fmt: skip
    return order(result.stdout or result.stderr, result.exit_code)


def test_a_session_before_a_later_one_is_recorded_and_named(botox: Botox, visited: Path) -> None:
    assert session(botox, "2025-10-06", "consult") == ("note", f"{LATER} 2025-10-06".replace("a session", "a consult").replace(
        "2026-01-06 (visit 2)", "2026-01-05 (visit 1)") + ", and 1 more after it")  # fmt: skip
    (item,) = json.loads(botox("due", "--today", "2026-04-01", "--format", "json").stdout)["items"]
    assert (item["anchor"], item["anchor_visit"]) == ("2026-01-06", 2)


def test_the_interval_is_held_against_the_later_session_too(botox: Botox, visited: Path) -> None:
    result = botox("session", "P0001", "--on", "2025-10-15", "--vial", "C1234", "--as-planned", "--answers", str(DATA / "chair.yaml"), "--no-input")
    assert result.exit_code == 23 and "83 days before the session of 2026-01-06 (visit 2), at least 84" in result.stderr
    assert "out-of-order" not in result.stderr


def test_a_session_in_order_says_nothing(botox: Botox, visited: Path) -> None:
    assert session(botox, "2026-03-09", "interval") is None


def test_a_consult_and_a_follow_up_are_named_too(botox: Botox, visited: Path) -> None:
    consult = ("consult", "P0001", "--on", "2025-12-01", "--answers", str(DATA / "consult.yaml"), "--no-input")
    assert "note out-of-order: a consult on 2026-01-05 (visit 1) stands already and is later than 2025-12-01, and 1 more after it\n" in (
        botox(*consult, "--dry-run").stdout
    )  # fmt: skip
    said = botox(*consult, "--format", "json")
    assert order(said.stdout, said.exit_code)[0] == "note"
    told = botox("follow-up", "P0001", "--on", "2026-01-05", "--answer", "headache-days=11", "--answer", "diary-days=28", "--event", "none",
                 "--no-input", "--format", "json")  # fmt: skip
    assert order(told.stdout or told.stderr, told.exit_code) == ("note", f"{LATER} 2026-01-05")


def test_an_amended_visit_is_not_named_for_what_came_after_it(botox: Botox, visited: Path) -> None:
    assert session(botox, "2026-03-02", "interval") is None
    counts = ("--answer", "headache-days=11", "--answer", "diary-days=28", "--event", "none")
    assert botox("follow-up", "P0001", "--on", "2026-03-09", *counts, "--no-input").exit_code == 0
    amended = botox("visit", "amend", "3", "--minutes", "20", "--reason", "mistyped", "--no-input")
    assert amended.exit_code == 0, amended.stderr
    assert "out-of-order" not in botox("visit", "show", "3", "--format", "json").stdout
