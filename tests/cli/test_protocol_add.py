"""``botox protocol add``: the practitioner's own go before the shipped ones, and no edition is ever lost."""

from __future__ import annotations

import hashlib
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from botoxcli import paths

from .conftest import Botox

SHIPPED = paths.shipped_protocols() / "blepharospasm.yaml"
TEXT = SHIPPED.read_text(encoding="utf-8")


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def edition(label: str, text: str = TEXT) -> str:
    return text.replace('edition: "1"', f'edition: "{label}"')


@pytest.fixture
def own_file(tmp_path: Path) -> Any:
    """Writes a file of the practitioner's and gives its name."""

    def write(text: str, name: str = "mine.yaml") -> str:
        (tmp_path / name).write_bytes(text.encode())
        return str(tmp_path / name)

    return write


def item(botox: Botox, *args: str) -> dict[str, Any]:
    result = botox("protocol", *args, "--format", "json")
    assert result.exit_code == 0, result.stderr
    return dict(json.loads(result.stdout)["items"][0])


def test_an_own_edition_is_in_use_and_the_shipped_one_stands_behind_it(botox: Botox, own_file: Any) -> None:
    text = edition("mine")
    said = botox("protocol", "add", own_file(text))
    own = paths.own_protocols() / "blepharospasm.yaml"
    assert said.stdout.splitlines()[:4] == [
        f"In use: blepharospasm edition mine (sha256 {sha(text)[:12]}), {own}",
        "It goes before the edition that came with the program.",
        f"What is otherwise: botox protocol diff {sha(TEXT)[:12]} blepharospasm",
        "There is no ledger here: the first visit takes it in.",
    ]
    assert own.read_text(encoding="utf-8") == text
    assert item(botox, "show", "blepharospasm")["edition"] == "mine"
    rows = json.loads(botox("protocol", "list", "--all", "--format", "json").stdout)["items"]
    mine = [(row["edition"], row["origin"], row["in_use"], row["sha256"]) for row in rows if row["protocol"] == "blepharospasm"]
    assert mine == [("mine", "own", True, sha(text)), ("1", "shipped", False, sha(TEXT))]
    listed = botox("protocol", "list").stdout
    assert listed.count("blepharospasm") == 1 and "own" in listed


def test_every_edition_is_kept_and_found_by_its_sha256(botox: Botox, own_file: Any) -> None:
    texts = [edition("2"), edition("3"), edition("2")]
    for text in texts:
        assert botox("protocol", "add", own_file(text)).exit_code == 0
    folder = paths.own_protocols()
    kept = {sha(text)[:16] for text in texts}
    assert sorted(file.name for file in folder.iterdir()) == sorted(["blepharospasm.yaml", *(f"blepharospasm.{one}.yaml" for one in kept)])
    assert (folder / "blepharospasm.yaml").read_text(encoding="utf-8") == texts[-1]
    for text in texts:
        assert item(botox, "show", sha(text)[:10])["sha256"] == sha(text)


def test_the_same_file_again_changes_nothing(botox: Botox, own_file: Any) -> None:
    file = own_file(edition("2"))
    assert botox("protocol", "add", file).exit_code == 0
    before = {path: path.stat().st_mtime_ns for path in paths.own_protocols().iterdir()}
    again = botox("protocol", "add", file)
    assert (again.exit_code, again.stdout.splitlines()[0]) == (0, f"In use already: blepharospasm edition 2 (sha256 {sha(edition('2'))[:12]}).")
    assert {path: path.stat().st_mtime_ns for path in paths.own_protocols().iterdir()} == before


def test_the_bytes_are_kept_as_they_are(botox: Botox, own_file: Any) -> None:
    text = "\ufeff" + edition("2").replace("\n", "\r\n")
    assert item(botox, "add", own_file(text))["sha256"] == sha(text)
    assert (paths.own_protocols() / "blepharospasm.yaml").read_bytes() == text.encode()


def test_files_and_folders_are_private(botox: Botox, own_file: Any) -> None:
    for label in ("2", "3"):
        botox("protocol", "add", own_file(edition(label)))
    folder = paths.own_protocols()
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_rehearsal_changes_nothing(botox: Botox, own_file: Any) -> None:
    rehearsed = item(botox, "add", own_file(edition("2")), "--dry-run")
    assert (rehearsed["dry_run"], rehearsed["standing"], rehearsed["before_sha256"]) == (True, False, sha(TEXT))
    assert not paths.own_protocols().exists()


@pytest.mark.parametrize(
    "text",
    [TEXT.replace("route: intramuscular", "route: intravenous"), "id: [\n", edition("2").replace("to: 2.5", "to: 6")],
    ids=["route", "form", "dose"],
)
def test_what_is_invalid_is_not_added(botox: Botox, own_file: Any, text: str) -> None:
    assert botox("protocol", "add", own_file(text)).exit_code == 20
    assert not paths.own_protocols().exists()


def test_a_file_that_is_not_there(botox: Botox) -> None:
    assert botox("protocol", "add", "/nowhere.yaml").exit_code == 22


def test_a_protocol_with_an_id_of_its_own_is_there_for_every_command(botox: Botox, ledger: Path, own_file: Any) -> None:
    assert botox("protocol", "add", own_file(TEXT.replace("id: blepharospasm\ntitle", "id: my-lids\ntitle"))).exit_code == 0
    names = [row["protocol"] for row in json.loads(botox("protocol", "list", "--format", "json").stdout)["items"]]
    assert "my-lids" in names and "blepharospasm" in names
    assert botox("protocol", "check", "my-lids").exit_code == 0
    data = Path(__file__).parents[1] / "data" / "blepharospasm.consult.yaml"
    consult = botox("consult", "P1", "--name", "A", "--born", "1970-01-01", "--protocol", "my-lids", "--answers", str(data), "--no-input")
    assert consult.exit_code == 0, consult.stderr
    assert "Next: botox session P1 --protocol my-lids" in consult.stdout


def test_a_file_named_for_another_protocol_is_not_followed(botox: Botox, own_file: Any) -> None:
    botox("protocol", "add", own_file(edition("2")))
    folder = paths.own_protocols()
    (folder / "blepharospasm.yaml").rename(folder / "chronic-migraine.yaml")
    refused = botox("protocol", "show")
    assert (refused.exit_code, "another id" in refused.stderr) == (21, True)


def test_a_folder_that_cannot_be_made(botox: Botox, own_file: Any) -> None:
    paths.own_protocols().parent.parent.mkdir(parents=True)
    paths.own_protocols().parent.write_text("in the way", encoding="utf-8")
    assert botox("protocol", "add", own_file(edition("2"))).exit_code == 15


def test_the_demo_follows_the_shipped_edition(botox: Botox, own_file: Any) -> None:
    text = (paths.shipped_protocols() / "chronic-migraine.yaml").read_text(encoding="utf-8")
    assert botox("protocol", "add", own_file(text.replace('edition: "1"', 'edition: "mine"'))).exit_code == 0
    demo = botox("demo")
    assert (demo.exit_code, "chronic-migraine edition 1" in demo.stdout) == (0, True)


def test_an_edition_that_was_in_use_before_goes_back_without_a_question(botox: Botox, ledger: Path, own_file: Any) -> None:
    """It bears the label of the one in between, and was asked about when that one came."""
    assert botox("protocol", "add", own_file(TEXT)).exit_code == 0
    other = own_file(TEXT.replace("route: intramuscular", "route: intradermal"))
    assert botox("protocol", "add", other, "--no-input").exit_code == 23
    assert botox("protocol", "add", other, "--accept", "edition-label", "--no-input").exit_code == 0
    back = botox("protocol", "add", sha(TEXT)[:12], "--no-input")
    assert (back.exit_code, back.stderr) == (0, "")
