"""A folder that is no whole export any more: refused with exit 24, naming file and line, and nothing is left behind."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from botoxcli.store.schema_version import CURRENT

from .conftest import Botox

PRIVATE = ("Jane", "1980-02-29", "bruise", "moves away", "agreed", "Ada")
INTO = ("--plaintext", "--no-input")
pytestmark = pytest.mark.plain_only  # one folder for all of them
_EXPORTED: list[Path] = []


@pytest.fixture
def whole(request: pytest.FixtureRequest, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy, to be spoilt, of a folder with all of a ledger, names too."""
    if not _EXPORTED:
        request.getfixturevalue("visited")
        folder = tmp_path_factory.mktemp("exported") / "whole"
        assert request.getfixturevalue("botox")("export", "all", "--identify", "--output", str(folder)).exit_code == 0
        _EXPORTED.append(folder)
    return Path(shutil.copytree(_EXPORTED[0], tmp_path / "whole"))


def around(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def rows_of(folder: Path, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{table}.jsonl").read_text(encoding="utf-8").splitlines()]


def edited(table: str, change: Callable[[list[dict[str, Any]]], object], *, told: bool = True) -> Callable[[Path], None]:
    """Changes the rows of a table's file; ``told``: the manifest is made to agree."""

    def spoil(folder: Path) -> None:
        rows = rows_of(folder, table)
        change(rows)
        rewritten(folder, table, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode(), told=told)

    return spoil


def rewritten(folder: Path, table: str, held: bytes, *, told: bool) -> None:
    (folder / f"{table}.jsonl").write_bytes(held)
    if told:
        said = {"bytes": len(held), "sha256": hashlib.sha256(held).hexdigest(), "rows": held.count(b"\n")}
        manifest = json.loads((folder / "manifest.json").read_text())
        manifest["files"] = [part | said if part["table"] == table else part for part in manifest["files"]]
        (folder / "manifest.json").write_text(json.dumps(manifest))


def manifest_says(**what: Any) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / "manifest.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | what))

    return spoil


def a_byte(name: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / name).write_bytes((folder / name).read_bytes().replace(b"3", b"4", 1))

    return spoil


def linked(name: str) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        (folder / name).rename(folder.parent / name)
        (folder / name).symlink_to(folder.parent / name)

    return spoil


def twice(rows: list[dict[str, Any]]) -> None:
    rows.append(rows[-1])


def twice_the_first(rows: list[dict[str, Any]]) -> None:
    rows.append(rows[0] | {"position": 2})


def first(**what: Any) -> Callable[[list[dict[str, Any]]], object]:
    return lambda rows: rows[0].update(what)


MADE = "the ledger that its files make"
SESSION = f"{MADE}: entry 3 (`session`, 2026-03-09 10:00 UTC, by Dr Example, P0001)"
CONSULT = f"{MADE}: entry 2 (`consult`, 2026-03-09 10:00 UTC, by Dr Example, P0001)"
NOT_TAKEN = "the ledger does not take it: it breaks a rule of its table"
ELSEWHERE = [{"file": "../../x", "table": None, "rows": None, "bytes": 1, "sha256": "0" * 64}]
ANSWER = {"visit_version_id": 1, "position": 1, "entry_seq": 2, "question": "headache-days", "value": "18"}
REFUSED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a byte": (a_byte("entry.jsonl"), "entry.jsonl: it is not as it was exported: its sha256 is another"),
    "the readme": (lambda folder: (folder / "README.txt").write_text("x"), "README.txt: it is not as it was exported: its sha256 is another"),
    "a file is gone": (lambda folder: (folder / "pause.jsonl").unlink(), "pause.jsonl: it is missing"),
    "a file more": (lambda folder: (folder / "injection_line.jsonl").touch(), "injection_line.jsonl: the manifest does not name it"),
    "somebody's file": (lambda folder: (folder / "Ada Example.pdf").touch(), "the folder: it holds 1 thing that the manifest does not name"),
    "a link": (linked("pause.jsonl"), "pause.jsonl: it is no regular file, or it cannot be opened"),
    "a line is gone": (edited("injection", lambda rows: rows.pop(1), told=False), "injection.jsonl: it has 2 lines, and was exported with 3"),
    "a line more": (edited("injection", twice, told=False), "injection.jsonl: it has 4 lines, and was exported with 3"),
    "a text": (edited("injection", first(hundredths="500"), told=False), "injection.jsonl, row 1, column hundredths: must be a whole number"),
    "a fraction": (edited("injection", first(hundredths=500.5)), "injection.jsonl, row 1, column hundredths: must be a whole number"),
    "yes for one": (edited("finding", first(met=True)), "finding.jsonl, row 1, column met: must be a whole number"),
    "a number for text": (edited("answer", first(value=18)), "answer.jsonl, row 1, column value: must be text"),
    "nothing": (edited("answer", first(value=None)), "answer.jsonl, row 1, column value: there is nothing"),
    "another column": (edited("answer", first(**{"Ada Example": 1})), "answer.jsonl, row 1: its columns are not those of the table"),
    "no JSON": (lambda folder: rewritten(folder, "answer", b"Ada Example\n", told=True), "answer.jsonl, row 1: it is no JSON"),
    "no object": (lambda folder: rewritten(folder, "answer", b"[1, 2]\n", told=True), "answer.jsonl, row 1: it is no JSON object"),
    "no UTF-8": (lambda folder: rewritten(folder, "answer", b'{"value": "\xff"}\n', told=True), "answer.jsonl, row 1: it is no UTF-8"),
    "a cut end": (lambda folder: rewritten(folder, "answer", json.dumps(ANSWER).encode(), told=True), "answer.jsonl, row 1: its end is cut off"),
    "too deep": (lambda folder: rewritten(folder, "answer", b"[" * 100_000 + b"\n", told=True), "answer.jsonl, row 1: it is no JSON"),
    "too large": (edited("injection", first(hundredths=2**70)), f"injection.jsonl, row 1: {NOT_TAKEN}"),
    "another dose": (edited("injection", lambda rows: rows[1].update(hundredths=300)), f"{SESSION}: what it recorded is not as it was recorded"),
    "a row of its own": (edited("answer", twice_the_first), "answer.jsonl, row 3: it is not in the order of the entries"),
    "a dose that cannot be": (edited("injection", first(hundredths=-1)), f"injection.jsonl, row 1: {NOT_TAKEN}"),
    "another order": (edited("visit_version", lambda rows: rows.reverse()), "visit_version.jsonl, row 2: it is not in the order of the entries"),
    "an entry's end": (edited("injection", lambda rows: rows[2].update(entry_seq=9)), "injection.jsonl, row 3: its entry is not there"),
    "the last entry": (edited("entry", lambda rows: rows.pop()), "answer.jsonl, row 2: its entry is not there"),
    "a reference": (edited("visit_version", first(patient_id=7)), f"{MADE}: rows refer to rows that are not there"),
    "a name": (edited("identity", first(name="Ada Example")), f"{CONSULT}: its words are not those that were recorded"),
    "a blank": (edited("identity", first(name=None, born=None, salt=None)), f"{CONSULT}: its words were blanked, and no erasure was recorded"),
    "no manifest": (lambda folder: (folder / "manifest.json").unlink(), "manifest.json: there is none in the folder"),
    "no manifest's text": (lambda folder: (folder / "manifest.json").write_text("[" * 9_999), "manifest.json: it cannot be read as JSON"),
    "another program's": (manifest_says(schema="other/1"), "manifest.json: it is not that of a whole export"),
    "a newer one": (manifest_says(schema="botoxcli/all/2"), "manifest.json: it was made by a newer program"),
    "a newer schema": (manifest_says(schema_version=99), f"manifest.json: it is of schema version 99; this program knows {CURRENT} and older"),
    "an older schema": (manifest_says(schema_version=1), "archive.jsonl: no table of this kind is in a ledger of that version"),
    "not identified": (manifest_says(identified=False), "free_text.jsonl, row 1: its columns are not those of the table"),
    "another head": (manifest_says(head="0" * 64), "manifest.json: the last entry is not the one that it names"),
    "fewer entries": (manifest_says(entries=2), "manifest.json: the last entry is not the one that it names"),
    "no files": (manifest_says(files=[]), "manifest.json: it does not name injection.jsonl"),
    "files that are none": (manifest_says(files=ELSEWHERE), "manifest.json: what it says of file number 1 is not what a manifest says"),
    "nonsense": (manifest_says(entries="many"), "manifest.json: it does not say what a manifest says"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_whole_is_refused_and_nothing_is_left(botox: Botox, whole: Path, tmp_path: Path, name: str) -> None:
    spoil, said = REFUSED[name]
    spoil(whole)
    before = around(tmp_path)
    told = botox("--ledger", str(tmp_path / "new" / "ledger.db"), "import", "all", str(whole), *INTO)
    assert (told.exit_code, told.stdout) == (24, ""), told.stderr
    assert said in told.stderr.splitlines(), told.stderr
    assert "no ledger was made" in told.stderr
    assert not [word for word in (*PRIVATE, "300") if word in told.stderr]
    assert around(tmp_path) == before


def test_what_a_system_leaves_in_a_folder_does_no_harm(botox: Botox, whole: Path, tmp_path: Path) -> None:
    for name in (".DS_Store", "Thumbs.db", "protocols/.DS_Store"):
        (whole / name).touch()
    assert botox("--ledger", str(tmp_path / "new.db"), "import", "all", str(whole), *INTO).exit_code == 0


def test_all_that_is_wrong_is_said_for_scripts_too(botox: Botox, whole: Path, tmp_path: Path) -> None:
    (whole / "pause.jsonl").unlink()
    edited("answer", first(value=None), told=False)(whole)
    told = botox("--ledger", str(tmp_path / "new.db"), "import", "all", str(whole), *INTO, "--format", "json")
    error = json.loads(told.stderr)
    assert (error["error"], error["exit_code"]) == ("import-refused", 24)
    assert error["problems"] == [
        {"file": "answer.jsonl", "row": 1, "column": "value", "why": "there is nothing"},
        {"file": "pause.jsonl", "row": None, "column": None, "why": "it is missing"},
    ]
