"""``--history``: the original, every correction with who, when and why, and what withdrew it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .conftest import Botox
from .cycle import WHY, amend, done, items


def test_a_visit_told_from_its_original(cycle: Botox) -> None:
    done(cycle("--as", "Nurse Example", "visit", "amend", "3", "--skip", "procerus=scar", "--reason", "told by phone"))
    done(cycle("visit", "void", "3", "--reason", "wrong patient"))
    told = done(cycle("visit", "show", "3", "--history")).stdout
    assert told.startswith(
        "History of visit 3: session of P0001\n"
        "====================================\n"
        "\n"
        "Original, recorded 2026-03-09 10:00 UTC by Dr Example: replaced by a later version\n"
        "Day: 2026-03-02\n"
    )
    assert "- Total: 155 U in 3.10 mL of onabotulinumtoxinA\n" in told
    assert told.endswith(
        "\n"
        "Version 2, recorded 2026-03-09 10:00 UTC by Nurse Example: voided\n"
        "- Why: told by phone\n"
        "- procerus: 5 U -> skipped (scar)\n"
        "- total: 155 U -> 150 U\n"
        "\n"
        "Voided\n"
        "- 2026-03-09 10:00 UTC by Dr Example: wrong patient\n"
    )


def test_each_version_is_whole_in_json(cycle: Botox) -> None:
    before = items(cycle, "visit", "show", "3")[0]
    amend(cycle, 3, "--on", "2026-03-04")
    (told,) = items(cycle, "visit", "show", "3", "--history")
    first, second = told["versions"]
    assert {name: first["record"][name] for name in before if name != "state"} == {name: before[name] for name in before if name != "state"}
    assert (second["why"], second["changes"], second["record"]["date"]) == ("mistyped", ["day: 2026-03-02 -> 2026-03-04"], "2026-03-04")


def test_an_undone_version_says_who_took_it_back(cycle: Botox) -> None:
    amend(cycle, 3, "--on", "2026-03-04")
    done(cycle("--as", "Nurse Example", "undo", "--yes"))
    told = done(cycle("visit", "show", "3", "--history")).stdout
    assert "Version 2, recorded 2026-03-09 10:00 UTC by Dr Example: taken back 2026-03-09 10:00 UTC by Nurse Example\n" in told


def test_a_patient_s_history(cycle: Botox, ledger: Path) -> None:
    done(cycle("patient", "edit", "P0001", "--name", "Ada Sample", "--reason", "married"))
    amend(cycle, 3, "--on", "2026-03-04")
    done(cycle("visit", "void", "2", *WHY))
    told = done(cycle("patient", "show", "P0001", "--history")).stdout
    assert "Ada" not in told, "no name leaves in a pipe"
    assert told == (
        "History of P0001\n"
        "================\n"
        "\n"
        "Identity\n"
        "- recorded 2026-03-09 10:00 UTC by Dr Example\n"
        "- put right 2026-03-09 10:00 UTC by Dr Example: married\n"
        "\n"
        "Visit 1, consult\n"
        "- Original: 2025-12-01, eligible; recorded 2026-03-09 10:00 UTC by Dr Example;\n"
        "  stands now\n"
        "\n"
        "Visit 2, session\n"
        "- Original: 2025-12-08, 155 U, lot C1234; recorded 2026-03-09 10:00 UTC by Dr\n"
        "  Example; voided\n"
        "  - voided 2026-03-09 10:00 UTC by Dr Example: mistyped\n"
        "\n"
        "Visit 3, session\n"
        "- Original: 2026-03-02, 155 U, lot C1234; recorded 2026-03-09 10:00 UTC by Dr\n"
        "  Example; replaced by a later version\n"
        "- Version 2: 2026-03-04, 155 U, lot C1234; recorded 2026-03-09 10:00 UTC by Dr\n"
        "  Example; stands now\n"
        "  - why: mistyped; day: 2026-03-02 -> 2026-03-04\n"
    )
    (whole,) = items(cycle, "patient", "show", "P0001", "--history", "--identify")
    assert [one["name"] for one in whole["identities"]] == ["Ada Example", "Ada Sample"]
    assert [one["visit"] for one in whole["visits"]] == [1, 2, 3]
    (bare,) = items(cycle, "patient", "show", "P0001", "--history")
    assert all("name" not in one for one in bare["identities"])


def test_a_visit_that_never_was(cycle: Botox) -> None:
    assert cycle("visit", "show", "9", "--history").exit_code == 22


def test_history_of_an_undone_visit(cycle: Botox, at_a_terminal: Any) -> None:
    done(cycle("undo", "--yes"))
    assert cycle("visit", "show", "3").exit_code == 22
    (told,) = items(cycle, "visit", "show", "3", "--history")
    assert [one["standing"] for one in told["versions"]] == ["undone"]
