"""``botox vial``: the stock."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ADD = ("vial", "add", "D 9-x", "--units", "100", "--expires", "2026-03", "--count", "2")


def test_add_and_list(botox: Any, ledger: Path) -> None:
    assert botox("vial", "list").stdout == "There is no vial in stock: `botox vial add` takes some in.\n"
    made = botox(*ADD)
    assert (made.stdout, made.stderr, made.exit_code) == ("2 vials of lot D 9-x added.\n", "", 0)
    assert botox("vial", "list").stdout == (
        "Lot    Product             Units  Expires     State   Visit  Given  Wasted\n"
        "D 9-x  onabotulinumtoxinA    100  2026-03-31  unused\n"
        "D 9-x  onabotulinumtoxinA    100  2026-03-31  unused\n"
    )
    assert botox("vial", "list", "--format", "csv").stdout.startswith("lot,product,units,expires,state,visit,given_units,wasted_units")
    assert json.loads(botox("vial", "list", "--format", "json").stdout)["items"][0] == {
        "lot": "D 9-x", "product": "onabotulinumtoxinA", "units": 100, "expires": "2026-03-31", "state": "unused",
        "visit": None, "given_units": None, "wasted_units": None, "discard_reason": None, "recalled": False,
    }  # fmt: skip


@pytest.mark.parametrize("product", ["Botox", "ONABOTULINUMTOXINA", "onabotulinumtoxinA"])
def test_the_brand_is_the_product(botox: Any, ledger: Path, product: str) -> None:
    made = botox("vial", "add", "L1", "--units", "50", "--expires", "2027-01-01", "--product", product, "--format", "json")
    assert [item["product"] for item in json.loads(made.stdout)["items"]] == ["onabotulinumtoxinA"]


def test_another_product_may_have_another_size(botox: Any, ledger: Path) -> None:
    assert botox("vial", "add", "L1", "--units", "500", "--expires", "2027-01-01", "--product", "abobotulinumtoxinA").exit_code == 0


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        ([], 2, "These are missing: --units, --expires."),
        (["--units", "200"], 2, "This is missing: --expires."),
        (["--units", "30", "--expires", "2027-01"], 21, "--units: onabotulinumtoxinA comes in vials of 50, 100, 200 U."),
        (["--units", "-200", "--expires", "2027-01"], 21, "--units: must be the number of units in one vial."),
        (["--units", "2e2", "--expires", "2027-01"], 21, "--units: must be the number of units in one vial."),
        (["--units", "200", "--expires", "2027-13"], 21, "--expires: there is no such month in the calendar."),
        (["--units", "200", "--expires", "03/2027"], 21, "--expires: this is no date."),
        (["--units", "200", "--expires", "2027-01", "--on", "2026-03-10"], 21, "--on: this day is after today, 2026-03-09."),
        (["--units", "200", "--expires", "2027-01", "--count", "0"], 2, "--count must be a whole number from 1 to 500."),
    ],
)
def test_what_is_refused(botox: Any, ledger: Path, args: list[str], code: int, said: str) -> None:
    before = ledger.read_bytes()
    result = botox("vial", "add", "L1", *args)
    assert (result.exit_code, result.stdout) == (code, "")
    assert result.stderr.startswith(f"Error: {said}\n"), result.stderr
    assert ledger.read_bytes() == before


def test_a_lot_is_letters_or_digits(botox: Any, ledger: Path) -> None:
    assert botox("vial", "add", "- -", "--units", "200", "--expires", "2027-01").exit_code == 2
    assert botox("vial", "add", "--units", "200", "--expires", "2027-01", "--", "- -").stderr.startswith("Error: LOT: must hold a letter or a digit.")


def test_a_lot_that_is_there_must_be_accepted(botox: Any, visited: Path) -> None:
    again = ("vial", "add", "c1234", "--units", "200", "--expires", "2027-03")
    stopped = botox(*again)
    assert stopped.exit_code == 23
    assert "warn duplicate-lot: lot C-1234 is in stock already: 2 vials, 1 unused, expires 2027-03-31." in stopped.stderr
    assert botox(*again, "--accept", "duplicate-lot", "--dry-run").stdout == "1 vial of lot c1234 would be added; nothing was recorded.\n"
    assert botox(*again, "--accept", "duplicate-lot").stdout == "1 vial of lot c1234 added.\n"


def test_an_expired_vial_is_taken_with_a_warning(botox: Any, ledger: Path) -> None:
    made = botox("vial", "add", "L1", "--units", "200", "--expires", "2026-02")
    assert (made.exit_code, made.stderr) == (0, "Warning: these vials expired on 2026-02-28.\n")
    assert "unused, expired" in botox("vial", "list").stdout


def test_at_a_terminal_it_asks(botox: Any, visited: Path, at_a_terminal: Callable[[], None]) -> None:
    at_a_terminal()
    made = botox("vial", "add", "C-1234", input="200\nsoon\n2027-03\ny\n")
    assert (made.exit_code, made.stdout) == (0, "1 vial of lot C-1234 added.\n")
    assert made.stderr == (
        "Units in one vial: Expires (YYYY-MM-DD or YYYY-MM): --expires: this is no date.\n"
        "Expires (YYYY-MM-DD or YYYY-MM): duplicate-lot: lot C-1234 is in stock already: 2 vials, 1 unused, expires 2027-03-31.\n"
        "Add them all the same? [y/n]: "
    )


def test_amend_puts_a_label_right_everywhere(botox: Any, visited: Path) -> None:
    said = botox("vial", "amend", "c1234", "--lot", "C-1243", "--expires", "2027-04", "--reason", "typing mistake")
    assert said.stdout == "2 vials are now lot C-1243, expires 2027-04-30.\nThese visits follow: 2.\n"
    assert "lot C-1243, expires 2027-04-30: given 7.5 + wasted 192.5 = 200 U" in botox("visit", "show", "2").stdout
    assert json.loads(botox("visit", "list", "--kind", "session", "--format", "json").stdout)["items"][0]["lots"] == "C-1243"
    assert botox("vial", "amend", "C1243", "--lot", "C-1243", "--reason", "x").exit_code == 21
    assert botox("vial", "amend", "C1243", "--reason", "x").exit_code == 2
    assert botox("vial", "amend", "C1243", "--lot", "X", "--reason", " ").exit_code == 21
    unknown = botox("vial", "amend", "C1244", "--lot", "X", "--reason", "x")
    assert (unknown.exit_code, unknown.stderr) == (22, "Error: There is no such vial.\nNear it in stock: C-1243.\n")


def test_a_broken_vial_belongs_to_no_visit(botox: Any, visited: Path) -> None:
    assert botox("vial", "discard", "C-1234", "--reason", "broken", "--count", "2").stderr.startswith(
        "Error: --count: only 1 vial of this lot is unused.\n"
    )
    gone = botox("vial", "discard", "c1234", "--reason", "no-vacuum", "--note", "hissed")
    assert gone.stdout == "1 vial of lot C-1234 discarded: no-vacuum.\n"
    none = botox("vial", "discard", "c1234", "--reason", "broken")
    assert (none.exit_code, none.stderr.splitlines()[0]) == (21, "Error: LOT: no vial of this lot is unused.")
    rows = json.loads(botox("vial", "list", "--all", "--format", "json").stdout)["items"]
    assert [(row["state"], row["visit"], row["given_units"], row["wasted_units"], row["discard_reason"]) for row in rows] == [
        ("used", 2, 7.5, 192.5, None),
        ("discarded", None, None, None, "no-vacuum"),
    ]


@pytest.mark.parametrize("command", [("recall", "--reason", "letter"), ("discard", "--reason", "broken")], ids=lambda command: command[0])
def test_an_old_spelling_reaches_the_vial(botox: Any, visited: Path, command: tuple[str, ...]) -> None:
    """Lot C-1234 of the fixture (one vial used, one unused) was a typing mistake for E6."""
    assert botox("vial", "amend", "C1234", "--lot", "E6", "--reason", "mistyped").exit_code == 0
    said = botox("vial", command[0], "c1234", *command[1:])
    assert (said.exit_code, said.stderr) == (0, "c1234: This lot was corrected to E6.\n")
    assert "ot E6 " in said.stdout
    again = botox("vial", "amend", "C1234", "--lot", "E7", "--reason", "mistyped")
    assert again.exit_code == 22 and "corrected to E6" in again.stderr, "a label is amended under its own lot"


def test_an_old_spelling_of_two_lots_is_neither(botox: Any, visited: Path) -> None:
    for lot in ("E6", "F7"):
        assert botox("vial", "amend", "C1234", "--lot", lot, "--reason", "mistyped").exit_code == 0
        again = ("--accept", "duplicate-lot", "--no-input")
        assert botox("vial", "add", "C1234", "--units", "100", "--expires", "2027-06", *again).exit_code == 0
    own = botox("vial", "recall", "C1234", "--reason", "letter")
    assert own.exit_code == 0 and "corrected to E6, F7; they are not meant" in own.stderr and "Lot C1234 is recalled" in own.stdout
    assert botox("vial", "amend", "C1234", "--lot", "F7", "--accept", "duplicate-lot", "--reason", "mistyped").exit_code == 0
    several = botox("vial", "recall", "C1234", "--reason", "letter")
    assert several.exit_code == 22 and "E6, F7" in several.stderr


TAKEN_IN = ("--units", "200", "--expires", "2028-01", "--no-input")


def recalled(botox: Any) -> list[str]:
    return [row["lot"] for row in json.loads(botox("vial", "list", "--format", "json").stdout)["items"] if row["recalled"]]


def test_a_recall_under_an_old_spelling_holds_for_vials_that_come_in_so(botox: Any, cycle: Any) -> None:
    assert botox("vial", "amend", "D5", "--lot", "AB-124", "--reason", "mistyped").exit_code == 0
    said = botox("vial", "recall", "d 5", "--reason", "letter")
    assert said.stdout == "Lot AB-124 is recalled; 1 unused in stock.\nVials that come in as d 5 are recalled too.\nNo visit used it.\n"
    warned = botox("vial", "add", "d5", *TAKEN_IN)
    assert (warned.exit_code, "duplicate-lot: vials that read d5 were corrected to AB-124 (recalled)." in warned.stderr) == (23, True)
    added = botox("vial", "add", "d5", *TAKEN_IN, "--accept", "duplicate-lot")
    assert "Warning: lot d5 was recalled; it stops every session." in added.stderr
    assert recalled(botox) == ["AB-124", "d5"]
    flags = ("--answers", str(Path(__file__).parents[1] / "data" / "chair.yaml"), "--vial", "d5", "--as-planned", "--override", "interval=x")
    stopped = botox("session", "P0001", "--no-input", *flags)
    assert (stopped.exit_code, "stop vial-recalled: lot d5 was recalled" in stopped.stderr) == (23, True)


def test_no_other_label_takes_a_vial_out_of_a_recall(botox: Any, visited: Path) -> None:
    assert botox("vial", "recall", "C1234", "--reason", "letter").exit_code == 0
    amended = botox("vial", "amend", "C1234", "--lot", "E6", "--reason", "mistyped")
    assert amended.stdout.endswith("Lot E6 is recalled; it stops every session.\n")
    assert recalled(botox) == ["E6"]
    assert botox("undo", "--yes").exit_code == 0
    assert botox("vial", "add", "E6", *TAKEN_IN).exit_code == 0
    assert recalled(botox) == ["C-1234"], "the amendment that recalled E6 counts no more"


def test_a_label_may_be_put_back(botox: Any, visited: Path) -> None:
    for old, new in (("C1234", "E6"), ("E6", "C1234")):
        assert botox("vial", "amend", old, "--lot", new, "--reason", "mistyped").exit_code == 0
    assert recalled(botox) == []


def test_a_recall_tells_which_visits_used_it(botox: Any, visited: Path) -> None:
    said = botox("vial", "recall", "c 12-34", "--reason", "manufacturer's letter", "--date", "2026-03-02")
    assert said.stdout == "Lot C-1234 is recalled; 1 unused in stock.\nUsed at:\nvisit 2: P0001 on 2026-01-06\n"
    assert "unused, recalled" in botox("vial", "list").stdout
    assert botox("vial", "recall", "nothing", "--reason", "x").exit_code == 22
