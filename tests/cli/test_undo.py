"""``botox undo``: says in words what it takes back, asks, and takes it back as an entry of its own; again, and it stands as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Botox, Result
from .cycle import DATA, WHY, amend, done, items, session, stock, views

CHANGES: dict[str, Callable[[Botox], Result]] = {
    "session": lambda botox: session(botox, "--on", "2026-03-09", "--vial", "D5", "--as-planned", "--override", "interval=x"),
    "consult": lambda botox: botox("consult", "P0001", "--on", "2026-03-09", "--answers", str(DATA / "consult.yaml"), "--no-input"),
    "new patient": lambda botox: botox("patient", "add", "P0002", "--name", "Bea Sample", "--born", "1991-01-01", "--no-input"),
    "consult of a new one": lambda botox: botox(
        "consult", "P0002", "--name", "Bea Sample", "--born", "1991-01-01", "--on", "2026-03-09",
        "--answers", str(DATA / "consult.yaml"), "--no-input",
    ),
    "amend": lambda botox: botox("visit", "amend", "3", "--on", "2026-03-05", "--vial", "D5", *WHY),
    "void": lambda botox: botox("visit", "void", "3", *WHY),
    "edit": lambda botox: botox("patient", "edit", "P0001", "--name", "Ada Sample", *WHY),
    "vial add": lambda botox: botox("vial", "add", "E6", "--units", "100", "--expires", "2027-06"),
    "vial amend": lambda botox: botox("vial", "amend", "C1234", "--lot", "C1243", *WHY),
    "vial discard": lambda botox: botox("vial", "discard", "D5", "--reason", "broken"),
    "vial recall": lambda botox: botox("vial", "recall", "C1234", *WHY),
    "settings": lambda botox: botox("settings", "--practice", "Another Practice"),
    "follow-up": lambda botox: botox(
        "follow-up", "P0001", "--on", "2026-03-09", "--answer", "headache-days=8", "--answer", "diary-days=28",
        "--event", "eyelid-ptosis=mild", "--no-input",
    ),
}  # fmt: skip


@pytest.mark.plain_only
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_undo_leaves_what_stood_before_and_undo_again_what_stood_after(cycle: Botox, ledger: Path, change: Callable[[Botox], Result]) -> None:
    before = views(ledger, history=False)
    done(change(cycle))
    after, whole = views(ledger, history=False), views(ledger)
    assert after != before
    for _ in range(2):
        done(cycle("undo", "--yes"))
        assert views(ledger, history=False) == before
        done(cycle("undo", "--yes"))
        assert views(ledger) == whole
    assert views(ledger, history=False) == after


def test_the_words(cycle: Botox, at_a_terminal: Any) -> None:
    at_a_terminal()
    told = cycle("undo", input="y\n")
    assert told.stderr == (
        "This takes back:\n"
        "- `session` of 2026-03-09 10:00 UTC by Dr Example\n"
        "- visit 3: session of P0001 on 2026-03-02, 155 U, lot C1234\n"
        "Take it back? [y/n]: "
    )
    assert done(told).stdout == (
        "Taken back:\n"
        "- `session` of 2026-03-09 10:00 UTC by Dr Example\n"
        "- visit 3: session of P0001 on 2026-03-02, 155 U, lot C1234\n"
        "It counts no more; `botox undo` again restores it.\n"
    )
    again = cycle("undo", input="y\n")
    assert again.stderr.startswith("This restores:\n- `session`")
    assert done(again).stdout.endswith("It stands again as it was recorded.\n")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("new patient", ["`patient add` of 2026-03-09 10:00 UTC by Dr Example", "the new patient P0002"]),
        ("edit", ["`patient edit` of 2026-03-09 10:00 UTC by Dr Example", "the name of P0001"]),
        (
            "amend",
            [
                "`visit amend` of 2026-03-09 10:00 UTC by Dr Example", "visit 3: session of P0001 on 2026-03-05, 155 U, lot D5",
                "What changes back:", "day: 2026-03-05 -> 2026-03-02", "vials: D5 -> C1234",
            ],
        ),
        ("void", ["`visit void` of 2026-03-09 10:00 UTC by Dr Example", "visit 3: session of P0001 on 2026-03-02, 155 U, lot C1234"]),
        ("vial add", ["`vial add` of 2026-03-09 10:00 UTC by Dr Example", "1 vial of the stock", "lot E6"]),
        (
            "vial amend",
            [
                "`vial amend` of 2026-03-09 10:00 UTC by Dr Example", "the label of 3 vials", "lot C1243",
                "What changes back:", "lot: C1243 -> C1234",
            ],
        ),
        ("vial discard", ["`vial discard` of 2026-03-09 10:00 UTC by Dr Example", "1 discarded vial", "lot D5"]),
        (
            "settings",
            [
                "`settings` of 2026-03-09 10:00 UTC by Dr Example", "1 setting of the practice",
                "What changes back:", "practice: Another Practice -> Example Practice",
            ],
        ),
    ],
)  # fmt: skip
def test_the_words_of_a_change(cycle: Botox, change: str, words: list[str]) -> None:
    done(CHANGES[change](cycle))
    told = done(cycle("undo", "--dry-run")).stdout.splitlines()
    assert told == ["Would take back:", *(line if line.endswith(":") else f"- {line}" for line in words), "Nothing was recorded."]
    assert not any(name in "".join(told) for name in ("Ada", "Bea", "Sample", "1980"))


def test_what_changes_back_and_again(cycle: Botox) -> None:
    """An amendment reads backwards when it is taken back, and as it was made when it stands again; what was undone before is not in it."""
    done(cycle("follow-up", "P0001", "--on", "2025-12-20", "--answer", "hit-6=46", "--answer", "headache-days=9", "--answer", "diary-days=28",
               "--event", "neck-pain=mild", "--no-input"))  # fmt: skip
    amend(cycle, 4, "--answer", "hit-6=50")
    done(cycle("undo", "--yes"))
    assert amend(cycle, 4, "--answer", "hit-6=64", "--event", "none")["changes"] == ["hit-6: 46 -> 64", "event neck-pain: mild -> none"]
    assert items(cycle, "undo", "--yes")[0]["changes"] == ["hit-6: 64 -> 46", "event neck-pain: none -> mild"]
    assert done(cycle("undo", "--yes")).stdout == (
        "Restored:\n"
        "- `visit amend` of 2026-03-09 10:00 UTC by Dr Example\n"
        "- visit 4: follow-up of P0001 on 2025-12-20\n"
        "What changes again:\n"
        "- hit-6: 46 -> 64\n"
        "- event neck-pain: mild -> none\n"
        "It stands again as it was recorded.\n"
    )


def test_labels_that_part_again_are_counted(cycle: Botox) -> None:
    done(cycle("vial", "amend", "D5", "--lot", "C-1234", "--accept", "duplicate-lot", *WHY))
    done(cycle("vial", "amend", "C1234", "--lot", "E6", "--expires", "2027-07", *WHY))
    assert items(cycle, "undo", "--dry-run")[0]["changes"] == [
        "lot: E6 -> C1234 (3 vials)", "expires: 2027-07-31 -> 2027-06-30", "lot: E6 -> C-1234 (1 vial)",
    ]  # fmt: skip


def test_who_is_asked_sees_the_name_and_no_file_does(cycle: Botox, at_a_terminal: Any) -> None:
    done(cycle("patient", "edit", "P0001", "--name", "Ada Sample", "--born", "1980-02-28", *WHY))
    assert "Ada" not in cycle("undo").stderr
    at_a_terminal()
    told = cycle("undo", input="y\n")
    assert told.stderr.splitlines()[1:] == [
        "- `patient edit` of 2026-03-09 10:00 UTC by Dr Example",
        "- the name and birth date of P0001",
        "What changes back:",
        "- name: Ada Sample -> Ada Example",
        "- born: 1980-02-28 -> 1980-02-29",
        "Take it back? [y/n]: ",
    ]
    assert "Ada" not in told.stdout and told.stdout.endswith("What stood before it stands again.\n")


@pytest.mark.parametrize(("visit", "follows"), [("1", "The visit stands again."), ("3", "The visit stands again, with its vials.")])
def test_only_a_session_comes_back_with_vials(cycle: Botox, visit: str, follows: str) -> None:
    done(cycle("visit", "void", visit, *WHY))
    assert follows in done(cycle("undo", "--yes")).stdout.splitlines()


def test_a_no_and_nobody_to_ask_leave_the_ledger_as_it_was(cycle: Botox, ledger: Path, at_a_terminal: Any) -> None:
    before = ledger.read_bytes()
    assert cycle("undo").exit_code == 2
    at_a_terminal()
    assert cycle("undo", input="n\n").exit_code == 130
    assert cycle("undo", "--no-input").exit_code == 2
    assert done(cycle("undo", "--dry-run")).exit_code == 0
    assert ledger.read_bytes() == before


def test_what_it_cannot_take_back_it_names(botox: Botox, ledger: Path) -> None:
    result = botox("undo", "--yes")
    assert (result.exit_code, "`init`, which cannot be taken back" in result.stderr) == (21, True)


def test_nothing_to_take_back(botox: Botox, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from botoxcli.store.reader import Reader

    monkeypatch.setattr(Reader, "last_change", lambda self: None)
    assert botox("undo", "--yes").exit_code == 22


def test_only_the_last_change_is_taken_back(cycle: Botox) -> None:
    """A second undo is a redo; what came before is for ``visit void``."""
    done(cycle("undo", "--yes"))
    assert [item["visit"] for item in items(cycle, "visit", "list")] == [1, 2]
    done(cycle("undo", "--yes"))
    assert [item["visit"] for item in items(cycle, "visit", "list")] == [1, 2, 3]


def test_a_change_after_an_undo_is_the_last_one(cycle: Botox) -> None:
    done(cycle("undo", "--yes"))
    done(session(cycle, "--on", "2026-03-03", "--vial", "C1234", "--as-planned"))
    told = done(cycle("undo", "--yes")).stdout
    assert "visit 4: session of P0001 on 2026-03-03" in told
    assert [item["visit"] for item in items(cycle, "visit", "list")] == [1, 2]


def test_an_undone_amendment_brings_the_version_before_it_back(cycle: Botox) -> None:
    before = stock(cycle)
    amend(cycle, 3, "--vial", "D5", "--skip", "procerus=scar")
    done(cycle("undo", "--yes"))
    assert stock(cycle) == before
    amend(cycle, 3, "--minutes", "9")
    (told,) = items(cycle, "visit", "show", "3", "--history")
    assert [(one["version"], one["standing"]) for one in told["versions"]] == [(1, "replaced"), (2, "undone"), (3, "current")]
    assert told["versions"][2]["changes"] == ["minutes: none -> 9"], "it is told against the version that stood"


def test_an_undone_patient_is_no_patient_and_the_code_can_be_given_again(cycle: Botox) -> None:
    done(CHANGES["consult of a new one"](cycle))
    done(cycle("undo", "--yes"))
    assert cycle("patient", "show", "P0002").exit_code == 22
    assert [item["patient"] for item in items(cycle, "patient", "list")] == ["P0001"]
    assert [item["patient"] for item in items(cycle, "due", "--all")] == ["P0001"] * len(items(cycle, "due", "--all"))
    done(cycle("patient", "add", "P0002", "--name", "Cleo Placeholder", "--born", "1977-07-07", "--no-input"))
    assert items(cycle, "patient", "show", "P0002")[0]["visits"] == []


def test_a_session_that_falls_or_stands_shows_what_no_longer_holds(cycle: Botox) -> None:
    done(cycle("visit", "void", "2", *WHY))
    (told,) = items(cycle, "undo", "--yes")
    assert told["no_longer_holds"] == []
    amend(cycle, 2, "--on", "2025-12-10", "--override", "interval=x")
    assert items(cycle, "undo", "--yes")[0]["no_longer_holds"] == []
    (again,) = items(cycle, "undo", "--yes")
    assert [(one["visit"], one["id"]) for one in again["no_longer_holds"]] == [(3, "interval")]


def test_a_key_takes_back_once(cycle: Botox, ledger: Path) -> None:
    done(cycle("undo", "--yes", "--key", "k"))
    stands = ledger.read_bytes()
    (again,) = items(cycle, "undo", "--yes", "--key", "k")
    assert (again["standing"], again["restored"]) == (True, False)
    assert ledger.read_bytes() == stands


def test_a_change_in_between_is_never_taken_back(cycle: Botox, at_a_terminal: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is taken back is what was shown."""
    at_a_terminal()

    def confirm(prompt: str) -> bool:
        done(cycle("vial", "add", "E6", "--units", "100", "--expires", "2027-06", "--no-input"))
        return True

    monkeypatch.setattr("botoxcli.terminal.ask.confirm", confirm)
    result = cycle("undo")
    assert (result.exit_code, "in between" in result.stderr) == (21, True)
    assert [item["visit"] for item in items(cycle, "visit", "list")] == [1, 2, 3]


@pytest.mark.plain_only
def test_the_chain_holds_and_every_step_is_an_entry(cycle: Botox, ledger: Path) -> None:
    from botoxcli.store.reader import open_ledger

    done(cycle("undo", "--yes"))
    done(cycle("undo", "--yes"))
    with open_ledger(ledger) as reader:
        assert [row[3] for row in reader.entries()][-3:] == ["session", "undo", "undo"]
    with sqlite3.connect(ledger) as connection, pytest.raises(sqlite3.DatabaseError, match="append-only"):
        connection.execute("DELETE FROM reversal")
