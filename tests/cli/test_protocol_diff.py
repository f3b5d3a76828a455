"""``botox protocol diff``, and editions in a ledger: new visits follow the newest, old ones keep theirs."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from botoxcli import paths

from .conftest import Botox

DATA = Path(__file__).parents[1] / "data"
TEXT = (paths.shipped_protocols() / "chronic-migraine.yaml").read_text(encoding="utf-8")


def thirteen_weeks() -> str:
    """The practitioner's edition 2: 13 weeks, and one site less."""
    text = TEXT.replace('edition: "1"', 'edition: "2"').replace("span: 12 weeks", "span: 13 weeks")
    text = text.replace("earliest: 12 weeks", "earliest: 13 weeks").replace("    due: 3 months\n", "    due: 14 weeks\n")
    start, end = text.index("  - id: temporalis-left-4\n"), text.index("  - id: temporalis-right-1\n")
    return text[:start] + text[end:]


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def consult(botox: Botox, patient: str) -> int:
    said = botox(
        "consult", patient, "--name", f"{patient} Example", "--born", f"198{patient[-1]}-02-01", "--on", "2026-03-01",
        "--answers", str(DATA / "consult.yaml"), "--no-input", "--format", "json",
    )  # fmt: skip
    assert said.exit_code == 0, said.stderr
    return int(json.loads(said.stdout)["items"][0]["visit"])


def session(botox: Botox, patient: str) -> dict[str, Any]:
    given = ("--vial", "C1234", "--as-planned", "--answers", str(DATA / "chair.yaml"), "--no-input", "--format", "json")
    said = botox("session", patient, *given)
    assert said.exit_code == 0, said.stderr
    return dict(json.loads(said.stdout)["items"][0])


@pytest.fixture
def two_editions(botox: Botox, ledger: Path, tmp_path: Path) -> Botox:
    """P1 and P2 consulted under the shipped edition; P1 treated under it; then an edition 2 was added, and P2 treated."""
    botox("vial", "add", "C1234", "--units", "200", "--expires", "2027-06", "--count", "4")
    consult(botox, "P1"), consult(botox, "P2"), consult(botox, "P3")
    assert session(botox, "P1")["sites"] == 31
    (tmp_path / "two.yaml").write_text(thirteen_weeks(), encoding="utf-8")
    assert botox("protocol", "add", str(tmp_path / "two.yaml")).exit_code == 0
    assert session(botox, "P2")["sites"] == 30
    return botox


def test_the_whole_output(two_editions: Botox) -> None:
    old, new = sha(TEXT), sha(thirteen_weeks())
    said = two_editions("protocol", "diff", old[:8], "chronic-migraine")
    assert said.stdout == (
        f"chronic-migraine, edition 1 ({old[:12]}) -> edition 2 ({new[:12]})\n"
        f"{70 * '='}\n"
        "\n"
        "Protocol\n"
        "- sum 31 sites, 155 U; with follow-the-pain 39 sites, 195 U -> 30 sites, 150\n"
        "  U; with follow-the-pain 38 sites, 190 U\n"
        "- edition 1 -> 2\n"
        "\n"
        "Sites\n"
        "- temporalis-left-4 removed (5 U)\n"
        "\n"
        "Limits\n"
        "- minimum interval 12 weeks -> 13 weeks\n"
        "\n"
        "Follow-ups\n"
        "- session after session from 12 weeks, due after 3 months, at the latest after\n"
        "  6 months -> from 13 weeks, due after 14 weeks, at the latest after 6 months\n"
        "\n"
        "Patients\n"
        f"- 2 patients on chronic-migraine edition 1 ({old[:12]}), the old one\n"
        f"- 1 patient on chronic-migraine edition 2 ({new[:12]}), the new one\n"
    )


def test_json(two_editions: Botox) -> None:
    only = json.loads(two_editions("protocol", "diff", sha(TEXT), sha(thirteen_weeks()), "--format", "json").stdout)["items"][0]
    assert (only["old"]["edition"], only["new"]["sha256"]) == ("1", sha(thirteen_weeks()))
    assert [(use["place"], use["patients"]) for use in only["patients"]] == [("old", 2), ("new", 1)]
    removed = next(one for one in only["differences"] if one["section"] == "sites")
    assert removed == {
        "section": "sites", "thing": "temporalis-left-4", "what": None, "old": "5 U", "new": None, "words": "temporalis-left-4 removed (5 U)",
    }  # fmt: skip


def test_old_visits_keep_their_edition_and_the_next_session_goes_by_the_one_in_use(two_editions: Botox) -> None:
    visits = {row["visit"]: row["edition"] for row in json.loads(two_editions("visit", "list", "--format", "json").stdout)["items"]}
    assert visits == {1: "1", 2: "1", 3: "1", 4: "1", 5: "2"}
    due = json.loads(two_editions("due", "--all", "--format", "json").stdout)["items"]
    sessions = {item["patient"]: item["earliest"] for item in due if item["kind"] == "session"}
    assert (sessions["P1"], sessions["P2"]) == ("2026-06-08", "2026-06-08")


def test_an_edition_is_found_though_its_file_is_gone(two_editions: Botox) -> None:
    for file in paths.own_protocols().iterdir():
        file.unlink()
    shown = two_editions("protocol", "show", sha(thirteen_weeks())[:12])
    assert (shown.exit_code, "30 sites, 150 U" in shown.stdout) == (0, True)
    assert "edition 2 (" in two_editions("protocol", "diff", "chronic-migraine", sha(thirteen_weeks())[:12]).stdout


def test_without_a_ledger_files_can_be_compared(botox: Botox, tmp_path: Path) -> None:
    (tmp_path / "two.yaml").write_text(thirteen_weeks(), encoding="utf-8")
    said = botox("protocol", "diff", "chronic-migraine", str(tmp_path / "two.yaml"))
    assert said.exit_code == 0, said.stderr
    assert "- temporalis-left-4 removed (5 U)" in said.stdout and "Patients" not in said.stdout
    (tmp_path / "same.yaml").write_text(f"# a comment\n{TEXT}", encoding="utf-8")
    same = botox("protocol", "diff", "chronic-migraine", str(tmp_path / "same.yaml"))
    assert "Nothing is otherwise but the file's layout and its comments." in same.stdout
    assert "The same text." in botox("protocol", "diff", "chronic-migraine", "chronic-migraine").stdout


@pytest.mark.parametrize(("word", "code"), [("no-such", 22), ("abcdef", 22), ("/nowhere.yaml", 22)])
def test_what_is_no_edition(botox: Botox, ledger: Path, word: str, code: int) -> None:
    assert botox("protocol", "diff", "chronic-migraine", word).exit_code == code


def test_a_file_with_mistakes_is_explained(botox: Botox, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(TEXT.replace("route: intramuscular", "route: intravenous"), encoding="utf-8")
    refused = botox("protocol", "diff", "chronic-migraine", str(tmp_path / "bad.yaml"))
    assert (refused.exit_code, "bad.yaml:" in refused.stderr) == (20, True)
