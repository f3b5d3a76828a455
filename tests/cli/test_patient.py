"""``botox patient``: add, list, show."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ADD = ("patient", "add", "P0002", "--name", "Ann Other", "--born", "1990-01-31")


def test_add_list_show(botox: Any, ledger: Path) -> None:
    assert botox("patient", "list").stdout == "There is no patient yet: `botox patient add` or `botox consult` makes one.\n"
    assert botox(*ADD).exit_code == 0
    assert botox("patient", "list").stdout == "Patient  Archived  Protocol  First visit  Last visit\nP0002\n"
    assert botox("patient", "show", "ann").stdout == "Patient: P0002\nNo visit is recorded.\n"


def test_add_says_what_was_recorded(botox: Any, ledger: Path) -> None:
    dry = botox(*ADD, "--dry-run")
    assert (dry.stdout, dry.stderr, dry.exit_code) == ("P0002 would be added; nothing was recorded.\n", "", 0)
    made = botox(*ADD)
    assert (made.stdout, made.stderr, made.exit_code) == ("P0002 was added.\n", "", 0)
    other = botox("patient", "add", "x_1-Z", "--name", "Zoë Ünal", "--born", "1990-01-31", "--format", "json")
    assert json.loads(other.stdout) == {"schema": "botoxcli/patient/1", "items": [{"patient": "x_1-Z", "recorded": True}]}


def test_names_stay_out_of_pipes_unless_asked_for(botox: Any, visited: Path) -> None:
    for form in ("table", "json", "csv"):
        assert "Jane" not in botox("patient", "list", "--format", form).stdout
        assert "Jane Example" in botox("patient", "list", "--format", form, "--identify").stdout
    assert "Jane" not in botox("patient", "show", "Jane").stdout
    assert "Jane" not in botox("patient", "show", "Jane", "--format", "json").stdout
    assert json.loads(botox("patient", "list", "--format", "json", "--identify").stdout)["items"] == [
        {
            "patient": "P0001",
            "archived": False,
            "protocol": "chronic-migraine",
            "first_visit": "2026-01-05",
            "last_visit": "2026-01-06",
            "name": "Jane Example",
            "born": "1980-02-29",
        }
    ]


def test_show_on_the_screen_with_identity_and_visits(botox: Any, visited: Path) -> None:
    assert botox("patient", "show", "P0001", "--identify").stdout == (
        "Patient: P0001\n"
        "Name: Jane Example\n"
        "Born: 1980-02-29\n"
        "Visit  Patient  Kind     Date        Units  Lots    Decision          State     Protocol\n"
        "    1  P0001    consult  2026-01-05                 eligible / treat  recorded  chronic-migraine 1\n"
        "    2  P0001    session  2026-01-06    7.5  C-1234                    recorded  chronic-migraine 1\n"
    )


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["P0001", "--name", "N", "--born", "2000-01-01"], 21, "Error: CODE: this code exists."),
        (["p0001", "--name", "N", "--born", "2000-01-01"], 21, "Error: CODE: this code exists."),
        (["P 1", "--name", "N", "--born", "2000-01-01"], 21, "Error: CODE: "),
        (["", "--name", "N", "--born", "2000-01-01"], 21, "Error: CODE: "),
        (["P" * 21, "--name", "N", "--born", "2000-01-01"], 21, "Error: CODE: "),
        (["P3", "--name", "N", "--born", "2026-03-10"], 21, "Error: --born: this day lies in the future."),
        (["P3", "--name", "N", "--born", "1899-12-31"], 21, "Error: --born: the day lies outside the years 1900 to 2199."),
        (["P3", "--name", "N", "--born", "01/02/1980"], 21, "Error: --born: this may be read as 1980-02-01 or as 1980-01-02."),
        (["P3", "--name", "N", "--born", "Secret"], 21, "Error: --born: this is no date."),
        (["P3", "--name", "Secret\x07", "--born", "2000-01-01"], 21, "Error: --name: "),
        (["P3", "--name", "", "--born", "2000-01-01"], 21, "Error: --name: "),
        (["P3", "--name", "Secret" * 50, "--born", "2000-01-01"], 21, "Error: --name: "),
        (["P3"], 2, "Error: These are missing: --name, --born."),
        (["P3", "--name", "N"], 2, "Error: This is missing: --born."),
        (["P3", "--born", "nonsense"], 21, "Error: --born: this is no date."),
    ],
)
def test_what_is_refused_and_in_which_order(botox: Any, visited: Path, args: list[str], code: int, said: str) -> None:
    before = visited.read_bytes()
    result = botox("patient", "add", *args)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.startswith(said), result.stderr
    assert "Secret" not in result.stderr
    assert visited.read_bytes() == before


def test_a_likely_duplicate_must_be_accepted(botox: Any, visited: Path) -> None:
    twin = ("patient", "add", "P0002", "--name", "Exampel, jane", "--born", "1980-02-29")
    stopped = botox(*twin)
    assert stopped.exit_code == 23
    assert stopped.stderr == (
        "Error: Stopped by the protocol. warn duplicate-patient: same birth date and a similar name as P0001.\n"
        "Nothing was recorded. If it is right all the same: --accept duplicate-patient\n"
    )
    assert botox(*twin, "--dry-run").exit_code == 23
    assert botox(*twin, "--accept", "duplicate-patient").exit_code == 0


def test_at_a_terminal_it_asks(botox: Any, visited: Path, at_a_terminal: Callable[[], None]) -> None:
    at_a_terminal()
    declined = botox("patient", "add", "P0002", input="Jane Example\n1980-02-30\n1980-02-29\nn\n")
    assert declined.exit_code == 23
    assert declined.stderr.startswith(
        "Name: Born (YYYY-MM-DD): --born: there is no such day in the calendar.\n"
        "Born (YYYY-MM-DD): duplicate-patient: same birth date and a similar name as P0001.\n"
        "Is this another person, to be added all the same? [y/n]: Error: "
    )
    agreed = botox("patient", "add", "P0002", input="Jane Example\n1980-02-29\n\ny\n")
    assert (agreed.exit_code, agreed.stdout) == (0, "P0002 was added.\n")


def test_a_part_that_fits_two_names_the_codes(botox: Any, visited: Path) -> None:
    assert botox("patient", "add", "P0002", "--name", "Janet Other", "--born", "1990-01-31").exit_code == 0
    both = botox("patient", "show", "jan")
    assert (both.exit_code, both.stderr) == (22, "Error: More than one patient fits: P0001, P0002.\nGive the code of the one that is meant.\n")
    none = botox("patient", "show", "Secret")
    assert none.exit_code == 22
    assert "Secret" not in none.stderr
