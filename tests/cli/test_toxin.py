"""``botox patient toxin``, and what ``prep`` and ``session`` make of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Botox

GIVEN = ("--product", "Botox", "--units", "100", "--on", "2026-02-01")
CHAIR = Path(__file__).parents[1] / "data" / "chair.yaml"


def toxins(botox: Botox) -> list[dict[str, object]]:
    (item,) = json.loads(botox("patient", "show", "P0001", "--format", "json").stdout)["items"]
    return list(item["toxins"])


def test_it_is_recorded_and_shown(botox: Botox, visited: Path) -> None:
    result = botox("patient", "toxin", "P0001", *GIVEN, "--note", "shoulder, by another clinic")
    assert result.stdout == "Recorded: 100 U of onabotulinumtoxinA on 2026-02-01, given elsewhere, for P0001.\n"
    assert toxins(botox) == [{"date": "2026-02-01", "product": "onabotulinumtoxinA", "units": 100}]
    assert "Given elsewhere: 100 U of onabotulinumtoxinA on 2026-02-01\n" in botox("patient", "show", "P0001").stdout


@pytest.mark.parametrize(
    ("product", "kept"),
    [
        ("botox", "onabotulinumtoxinA"),
        ("Botox Cosmetic", "onabotulinumtoxinA"),
        ("vistabel", "onabotulinumtoxinA"),
        ("ONABOTULINUMTOXINA", "onabotulinumtoxinA"),
        ("Dysport 500", "Dysport 500"),
    ],
    ids=["a brand", "another brand", "a third", "another case", "another name, as given"],
)
def test_the_product_s_name(botox: Botox, visited: Path, product: str, kept: str) -> None:
    said = botox("patient", "toxin", "P0001", "--product", product, "--units", "unknown", "--on", "2026-02-01", "--format", "json")
    (item,) = json.loads(said.stdout)["items"]
    assert (item["product"], item["units"], item["recorded"]) == (kept, None, True)


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("nobody", *GIVEN), 22, "no such patient"),
        (("P0001", "--product", "Botox", "--units", "100"), 2, "--on"),
        (("P0001", "--units", "100"), 2, "--product, --on"),
        (("P0001", *GIVEN, "--units", "0"), 21, "--units"),
        (("P0001", *GIVEN, "--units", "1.234"), 21, "--units"),
        (("P0001", *GIVEN, "--units", "many"), 21, "--units"),
        (("P0001", *GIVEN, "--product", " "), 21, "--product"),
        (("P0001", *GIVEN, "--product", "x" * 61), 21, "--product"),
        (("P0001", *GIVEN, "--on", "2026-03-10"), 21, "--on"),
        (("P0001", *GIVEN, "--on", "1980-02-28"), 21, "--on"),
        (("P0001", *GIVEN, "--note", "bell\a"), 21, "--note"),
        (("P0001", "--units", "0"), 21, "--units"),
    ],
    ids=["patient", "a day is missing", "two are missing", "no units", "a thousandth", "words", "no name", "a long name", "to come",
         "before birth", "a control character", "a value before what is missing"],
)  # fmt: skip
def test_what_is_refused(botox: Botox, visited: Path, args: tuple[str, ...], code: int, says: str) -> None:
    result = botox("patient", "toxin", *args)
    assert result.exit_code == code and says in result.stderr, result.stderr
    assert toxins(botox) == []


def test_a_rehearsal_records_nothing(botox: Botox, visited: Path) -> None:
    result = botox("patient", "toxin", "P0001", *GIVEN, "--dry-run")
    assert result.stdout == (
        "Would record: 100 U of onabotulinumtoxinA on 2026-02-01, given elsewhere, for P0001.\nNothing was recorded.\n"
    )  # fmt: skip
    assert toxins(botox) == []


def test_a_retry_records_once_and_another_content_is_refused(botox: Botox, visited: Path) -> None:
    for word in ("Recorded", "Stands already"):
        assert botox("patient", "toxin", "P0001", *GIVEN, "--key", "k").stdout.startswith(f"{word}: 100 U")
    assert botox("patient", "toxin", "P0001", *GIVEN, "--units", "50", "--key", "k").exit_code == 21
    assert len(toxins(botox)) == 1


@pytest.mark.parametrize("on", ["2026-02-01", "2026-01-06"], ids=["given elsewhere", "a session of ours"])
def test_the_same_product_on_the_same_day_is_a_warning(botox: Botox, visited: Path, on: str) -> None:
    assert botox("patient", "toxin", "P0001", *GIVEN).exit_code == 0
    stopped = botox("patient", "toxin", "P0001", *GIVEN, "--on", on)
    assert stopped.exit_code == 23 and "--accept duplicate-visit" in stopped.stderr
    assert botox("patient", "toxin", "P0001", *GIVEN, "--on", on, "--accept", "duplicate-visit").exit_code == 0
    assert len(toxins(botox)) == 2


def test_prep_says_what_is_allowed_and_when_the_plan_fits(botox: Botox, visited: Path) -> None:
    """7.5 U were given on 2026-01-06; 12 weeks later is 2026-03-31."""
    botox("patient", "toxin", "P0001", *GIVEN, "--units", "300")
    botox("patient", "toxin", "P0001", "--product", "Dysport", "--units", "unknown", "--on", "2026-02-02")
    sheet = botox("prep", "P0001", "--for", "2026-03-31T10:00").stdout
    assert " ".join(sheet.split("For the practice\n")[1].split()) == (
        "- Still allowed on 2026-03-31: 92.5 of the 400 U of onabotulinumtoxinA in 3 months (307.5 U given). "
        "- The plan of 155 U fits first on 2026-05-01, not on 2026-03-31: the doses in each window and the minimum interval are counted. "
        "- Another product: unknown units of Dysport on 2026-02-02. Units of different products are not added."
    )
    (item,) = json.loads(botox("prep", "P0001", "--for", "2026-03-31T10:00", "--format", "json").stdout)["items"]
    assert item["doses"] == {
        "on": "2026-03-31",
        "product": "onabotulinumtoxinA",
        "planned_units": 155,
        "first_date": "2026-05-01",
        "windows": [
            {
                "product": "onabotulinumtoxinA", "window": "3 months", "limit_units": 400, "given_units": 307.5, "still_allowed_units": 92.5,
                "left_after_units": 0, "undetermined": False, "unknown_on": [], "source": "US label",
            }
        ],
        "other_products": [{"date": "2026-02-02", "product": "Dysport", "units": None, "visit": None}],
    }  # fmt: skip


def session(botox: Botox, *args: str) -> tuple[int, str, str]:
    result = botox("session", "P0001", "--on", "2026-03-09", "--vial", "C1234", "--as-planned", "--answers", str(CHAIR), "--no-input",
                   "--override", "interval=agreed", *args)  # fmt: skip
    return result.exit_code, result.stdout, result.stderr


def test_a_session_counts_what_was_given_elsewhere(botox: Botox, visited: Path) -> None:
    botox("patient", "toxin", "P0001", *GIVEN, "--units", "300")
    code, _, said = session(botox)
    assert code == 23 and "462.5 U of onabotulinumtoxinA in the 3 months to 2026-03-09, over 400 U" in said


def test_unknown_units_are_a_warning_at_a_session(botox: Botox, visited: Path) -> None:
    botox("patient", "toxin", "P0001", *GIVEN, "--units", "unknown")
    code, _, said = session(botox)
    assert code == 23 and "warn cumulative-dose: undetermined: onabotulinumtoxinA of unknown units on 2026-02-01" in said
    code, printed, said = session(botox, "--accept", "cumulative-dose")
    assert code == 0, said
    assert "Left on 2026-03-09 of the 400 U of onabotulinumtoxinA in 3 months: undetermined\n" in printed


@pytest.mark.parametrize("dry_run", [True, False])
def test_a_session_says_what_is_left_after_it(botox: Botox, visited: Path, dry_run: bool) -> None:
    botox("patient", "toxin", "P0001", *GIVEN)
    code, printed, said = session(botox, "--format", "json", *(["--dry-run"] if dry_run else []))
    assert code == 0, said
    (item,) = json.loads(printed)["items"]
    (window,) = item["doses"]["windows"]
    assert (window["given_units"], window["still_allowed_units"], window["left_after_units"]) == (107.5, 292.5, 137.5)
