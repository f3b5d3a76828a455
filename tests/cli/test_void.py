"""``botox visit void``: a visit withdrawn. Nothing of it counts, its vials are free, and it stays in the history."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Botox
from .cycle import WHY, amend, done, items, session, shown, stock


def test_the_whole_output(cycle: Botox) -> None:
    assert done(cycle("visit", "void", "3", "--reason", "wrong patient")).stdout == (
        "Voided: visit 3, session of P0001 on 2026-03-02, chronic-migraine edition 1\n"
        "\n"
        "Vial C1234 is given back to the stock; if it was opened: botox vial discard\n"
        "\n"
        "Next\n"
        "- Next session: from 2026-03-02, due by 2026-03-08, at the latest 2026-06-08\n"
    )


def test_nothing_of_it_counts(cycle: Botox) -> None:
    before = stock(cycle)
    done(cycle("visit", "void", "3", *WHY))
    assert [item["visit"] for item in items(cycle, "visit", "list")] == [1, 2]
    assert [item["anchor_visit"] for item in items(cycle, "due", "--all", "--kind", "session")] == [2]
    assert stock(cycle)[1] == ("C1234", "unused", None, None, None)
    assert {item["visit"] for item in items(cycle, "export", "injections")} == {2}
    gone = "Visit 3 was voided on 2026-03-09 10:00 UTC. `botox visit show 3 --history` shows it."
    for command in (("show", "3"), ("amend", "3", "--minutes", "5", *WHY), ("void", "3", *WHY)):
        result = cycle("visit", *command)
        assert (result.exit_code, " ".join(result.stderr.split())) == (22, f"Error: {gone}")
    done(session(cycle, "--on", "2026-03-02", "--vial", "C1234", "--as-planned"))
    assert [line[:2] for line in stock(cycle)] == [line[:2] for line in before], "its vial is taken again, and no other"
    assert [item["visit"] for item in items(cycle, "visit", "list")] == [1, 2, 4]


def test_its_number_is_never_given_again(cycle: Botox) -> None:
    done(cycle("visit", "void", "3", *WHY))
    done(session(cycle, "--on", "2026-03-03", "--vial", "C1234", "--as-planned"))
    assert [item["visit"] for item in items(cycle, "visit", "list", "--kind", "session")] == [2, 4]


def test_what_no_longer_holds_is_shown(cycle: Botox) -> None:
    (told,) = items(cycle, "visit", "void", "1", *WHY)
    assert [(one["visit"], one["level"], one["id"]) for one in told["no_longer_holds"]] == [(2, "stop", "consult"), (3, "stop", "consult")]
    assert [item["visit"] for item in items(cycle, "visit", "list")] == [2, 3]


def test_an_amended_visit_is_voided_whole(cycle: Botox) -> None:
    amend(cycle, 3, "--skip", "procerus=scar")
    done(cycle("visit", "void", "3", *WHY))
    assert cycle("visit", "show", "3").exit_code == 22
    assert cycle("visit", "amend", "3", "--minutes", "5", *WHY).exit_code == 22
    assert cycle("visit", "void", "3", *WHY).exit_code == 22


@pytest.mark.parametrize(
    ("flags", "code"), [(("9", *WHY), 22), (("3",), 2), (("3", "--reason", " "), 21), (("x", *WHY), 2), (("3", "--reason", "\x1b[2J"), 21)]
)
def test_what_is_refused_leaves_the_ledger_as_it_was(cycle: Botox, ledger: Path, flags: tuple[str, ...], code: int) -> None:
    before = ledger.read_bytes()
    assert cycle("visit", "void", *flags, "--no-input").exit_code == code
    assert ledger.read_bytes() == before


def test_a_rehearsal_and_a_retry(cycle: Botox, ledger: Path) -> None:
    before = ledger.read_bytes()
    assert done(cycle("visit", "void", "3", *WHY, "--dry-run")).stdout.startswith("Would void visit 3, session")
    assert ledger.read_bytes() == before
    done(cycle("visit", "void", "3", *WHY, "--key", "k"))
    stands = ledger.read_bytes()
    again = done(cycle("visit", "void", "3", *WHY, "--key", "k"))
    assert again.stdout.startswith("Stands already: visit 3, voided, session of P0001")
    assert ledger.read_bytes() == stands
    assert cycle("visit", "void", "2", *WHY, "--key", "k").exit_code == 21


def test_a_retry_of_what_was_voided_since_never_records_it_again(cycle: Botox, ledger: Path) -> None:
    """A script that runs again must not bring back what a person withdrew."""
    flags = ("--on", "2026-03-09", "--vial", "C1234", "--as-planned", "--override", "interval=x", "--key", "friday")
    done(session(cycle, *flags))
    done(cycle("visit", "void", "4", *WHY))
    before = ledger.read_bytes()
    again = session(cycle, *flags)
    assert (again.exit_code, "voided since" in again.stderr) == (21, True)
    assert ledger.read_bytes() == before


def test_the_history_keeps_it(cycle: Botox) -> None:
    done(cycle("visit", "void", "3", "--reason", "wrong patient"))
    (told,) = json.loads(done(cycle("visit", "show", "3", "--history", "--format", "json")).stdout)["items"]
    (only,) = told["versions"]
    assert (only["standing"], only["voided"]["by"], only["voided"]["why"]) == ("void", "Dr Example", "wrong patient")
    assert only["record"]["units"] == 155
    assert shown(cycle, 2)["units"] == 155
