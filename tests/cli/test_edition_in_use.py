"""Which edition of a protocol is in use: the file that the next session follows, and what the ledger and ``due`` know of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from botoxcli import paths

from .conftest import Botox
from .cycle import DATA, done, items, session, two_cycles, views

TEXT = (paths.shipped_protocols() / "chronic-migraine.yaml").read_text(encoding="utf-8")
LATER = (
    TEXT.replace("span: 12 weeks", "span: 13 weeks")
    .replace("earliest: 12 weeks", "earliest: 13 weeks")
    .replace("    due: 3 months\n", "    due: 14 weeks\n")
    .replace("earliest: 10 days", "earliest: 11 days")
)
TWO = LATER.replace('edition: "1"', 'edition: "2"').replace(
    "    after: consult\n    earliest: 12 months\n    due: 12 months\n", "    after: consult\n    earliest: 11 months\n    due: 11 months\n"
)


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def add(botox: Botox, ledger: Path, tmp_path: Path) -> Any:
    """``protocol add`` of a text, in a ledger with two sessions under the shipped edition, the last one on 2026-03-02."""
    two_cycles(botox)

    def put(text: str, *flags: str, **how: Any) -> Any:
        (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
        return botox("protocol", "add", str(tmp_path / "mine.yaml"), *flags, **how)

    return put


def due(botox: Botox) -> dict[str, str]:
    return {item["kind"]: item["earliest"] for item in items(botox, "due", "--all")}


@pytest.mark.parametrize(("day", "stops"), [("2026-05-25", True), ("2026-05-31", True), ("2026-06-01", False)])
def test_due_and_the_session_agree_from_the_moment_an_edition_is_added(botox: Botox, add: Any, day: str, stops: bool) -> None:
    assert due(botox)["session"] == "2026-05-25"
    assert "It is in the ledger: the next sessions are due by it." in done(add(TWO)).stdout
    assert (due(botox)["session"], due(botox)["consult-review"]) == ("2026-06-01", "2026-11-01")
    told = session(botox, "--today", day, "--on", day, "--vial", "C1234", "--as-planned", "--dry-run")
    assert (told.exit_code, "stop interval" in told.stderr) == ((23, True) if stops else (0, False))


def test_the_check_of_a_past_session_goes_by_that_sessions_edition(botox: Botox, add: Any) -> None:
    done(add(TWO))
    assert due(botox)["onset-check"] == "2026-03-12"
    done(session(botox, "--on", "2026-03-09", "--vial", "C1234", "--as-planned", "--override", "interval=x"))
    assert due(botox)["onset-check"] == "2026-03-20"


def test_an_edition_that_comes_back_is_in_use_again_by_its_sha256(botox: Botox, add: Any, ledger: Path) -> None:
    done(add(TWO))
    assert items(botox, "protocol", "add", sha(TEXT)[:10])[0]["ledger"] == "entered"
    assert due(botox)["session"] == "2026-05-25"
    before = ledger.read_bytes()
    assert items(botox, "protocol", "add", sha(TEXT)[:10])[0]["ledger"] == "standing"
    assert ledger.read_bytes() == before
    done(add(TWO))
    assert due(botox)["session"] == "2026-06-01"
    assert "editions-in-use" not in botox("settings").stdout


def test_a_file_that_was_put_there_by_hand_is_told_and_the_next_visit_takes_it_in(botox: Botox, add: Any) -> None:
    paths.own_protocols().mkdir(parents=True)
    (paths.own_protocols() / "chronic-migraine.yaml").write_text(TWO, encoding="utf-8")
    told = (
        f"chronic-migraine edition 2 ({sha(TWO)[:12]}) is not yet in the ledger: the next visit takes it in; "
        f"until then `due` goes by edition 1 ({sha(TEXT)[:12]})."
    )
    assert botox("protocol", "list").stdout.splitlines()[-1] == told
    assert " ".join(botox("protocol", "show").stdout.splitlines()[3:6]).startswith(told)
    rows = {(row["protocol"], row["edition"]): row["in_ledger"] for row in items(botox, "protocol", "list", "--all")}
    assert (rows["chronic-migraine", "2"], rows["chronic-migraine", "1"], rows["blepharospasm", "1"]) == (False, True, False)
    assert due(botox)["session"] == "2026-05-25"
    done(session(botox, "--on", "2026-03-09", "--vial", "C1234", "--as-planned", "--override", "interval=x"))
    assert due(botox)["session"] == "2026-06-08"
    assert "not yet" not in botox("protocol", "list").stdout + botox("protocol", "show").stdout
    assert {row["protocol"]: row["in_ledger"] for row in items(botox, "protocol", "list")}["chronic-migraine"] is True


@pytest.mark.plain_only
def test_undo_of_a_visit_that_brought_an_older_edition_back_brings_the_other_one_into_use(botox: Botox, add: Any, ledger: Path) -> None:
    done(add(TWO))
    for file in paths.own_protocols().iterdir():
        file.unlink()
    before = views(ledger, history=False)
    done(botox("consult", "P0001", "--on", "2026-03-09", "--answers", str(DATA / "consult.yaml"), "--no-input"))
    assert due(botox)["session"] == "2026-05-25"
    told = done(botox("undo", "--yes")).stdout
    assert "editions" not in told and "setting" not in told
    assert (views(ledger, history=False), due(botox)["session"]) == (before, "2026-06-01")
    done(botox("undo", "--yes"))
    assert due(botox)["session"] == "2026-05-25"


def test_undo_names_it_as_what_cannot_be_taken_back_and_says_how_to_go_back(botox: Botox, add: Any) -> None:
    done(add(TWO))
    refused = botox("undo", "--yes")
    assert (refused.exit_code, refused.stderr) == (
        21,
        "Error: undo: the last change is `protocol add`, which cannot be taken back.\n"
        "The edition before goes back into use with `botox protocol add SHA256`; `botox protocol list --all` names it.\n",
    )


def test_another_text_under_the_same_label_must_be_accepted_and_says_what_is_otherwise(botox: Botox, add: Any, ledger: Path) -> None:
    before = ledger.read_bytes()
    refused = add(LATER)
    assert (refused.exit_code, refused.stdout) == (23, "")
    assert refused.stderr == (
        "Error: Stopped by the protocol. warn edition-label: another text is chronic-migraine edition 1 already "
        f"(sha256 {sha(TEXT)[:12]}). Otherwise: minimum interval 12 weeks -> 13 weeks; onset-check after session from 10 days, due after 14 days, "
        "at the latest after 28 days -> from 11 days, due after 14 days, at the latest after 28 days; "
        "session after session from 12 weeks, due after 3 months, at the latest after 6 months -> from 13 weeks, due after 14 weeks, "
        "at the latest after 6 months. Better give this text an `edition` of its own.\n"
        "Nothing was recorded. If it is right all the same: --accept edition-label\n"
    )
    assert (ledger.read_bytes(), paths.own_protocols().exists()) == (before, False)
    done(add(LATER, "--accept", "edition-label"))
    assert due(botox)["session"] == "2026-06-01"
    assert done(add(LATER)).stdout.startswith("In use already")


def test_at_a_terminal_it_asks(botox: Botox, add: Any, at_a_terminal: Any) -> None:
    at_a_terminal()
    assert add(LATER, input="n\n").exit_code == 23
    assert not paths.own_protocols().exists()
    assert done(add(LATER, input="y\n")).exit_code == 0


def test_another_layout_under_the_same_label_is_only_noted(botox: Botox, add: Any) -> None:
    told = done(add(f"# ours\n{TEXT}")).stdout
    assert f"(sha256 {sha(TEXT)[:12]}); nothing is otherwise but the layout and the comments." in told


def test_a_ledger_that_cannot_be_written_leaves_the_file_as_it_was(botox: Botox, add: Any, ledger: Path) -> None:
    ledger.write_bytes(b"no ledger of ours")
    assert add(TWO).exit_code == 13
    assert not paths.own_protocols().exists()


def test_a_rehearsal_says_what_would_be_and_changes_nothing(botox: Botox, add: Any, ledger: Path) -> None:
    before = ledger.read_bytes()
    said = json.loads(done(add(TWO, "--dry-run", "--format", "json")).stdout)["items"][0]
    assert (said["ledger"], said["dry_run"], said["findings"]) == ("entered", True, [])
    assert (ledger.read_bytes(), paths.own_protocols().exists()) == (before, False)
