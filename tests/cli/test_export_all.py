"""``export all`` and ``import all``: what they say, what stands in the folder, and what is refused with nothing left behind."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from botoxcli.files.whole_folder_words import TABLES
from botoxcli.store import cipher
from botoxcli.store.integrity import verify
from botoxcli.store.schema_version import CURRENT
from botoxcli.store.view_digests import view_digests
from botoxcli.store.whole_tables import tables_of

from .conftest import Botox

PRIVATE = ("Jane", "1980-02-29", "bruise", "moves away", "agreed")
INTO = ("--plaintext", "--no-input")
pytestmark = pytest.mark.plain_only  # they say themselves which ledger is encrypted


@pytest.fixture
def whole(botox: Botox, visited: Path, tmp_path: Path) -> Path:
    """A folder with all of the ledger, names too."""
    made = botox("export", "all", "--identify", "--output", str(tmp_path / "whole"))
    assert made.exit_code == 0, made.stderr
    return tmp_path / "whole"


@pytest.fixture
def codes(botox: Botox, visited: Path, tmp_path: Path) -> Path:
    """The same without names."""
    made = botox("export", "all", "--output", str(tmp_path / "codes"))
    assert made.exit_code == 0, made.stderr
    return tmp_path / "codes"


def views(ledger: Path) -> dict[str, str]:
    connection = sqlite3.connect(ledger)
    try:
        return view_digests(connection)
    finally:
        connection.close()


def around(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def rows_of(folder: Path, table: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / f"{table}.jsonl").read_text(encoding="utf-8").splitlines()]


def test_with_names_it_is_the_same_ledger(botox: Botox, visited: Path, tmp_path: Path) -> None:
    out, new = tmp_path / "whole", tmp_path / "new" / "ledger.db"
    head = verify(visited).head[:12]
    told = botox("export", "all", "--identify", "--output", str(out))
    assert (told.exit_code, told.stdout) == (
        0,
        "Exported: 3 entries, the last of 2026-03-09 10:00 UTC; 81 rows in 30 tables, verified.\n"
        f"Head:     {head}\n"
        f"Folder:   {out}\n"
        "README.txt in it says what each file holds; `botox import all FOLDER` makes a ledger of it again.\n",
    )
    assert told.stderr == (
        "Warning: the folder holds names, birth dates, notes and reasons in plain text.\n"
        "Encrypt it before it leaves this machine, and delete it when it has served.\n"
    )
    told = botox("--ledger", str(new), "import", "all", str(out), *INTO)
    assert (told.exit_code, told.stdout) == (
        0,
        f"Imported and verified: 3 entries, the last of 2026-03-09 10:00 UTC; 81 rows.\nHead:    {head}\nLedger:  {new}\n",
    )
    assert told.stderr == "The folder is as it was. Anybody can read it: delete it, or keep it encrypted.\n"
    assert views(new) == views(visited)
    assert verify(new) == verify(visited)
    assert stat.S_IMODE(new.stat().st_mode) == 0o600
    assert around(new.parent) == {"ledger.db"}


def test_without_names_only_they_are_gone(botox: Botox, visited: Path, codes: Path, tmp_path: Path) -> None:
    texts = {codes / "edition.jsonl", *(codes / name for name in protocols(codes))}
    everything = "".join(path.read_text(encoding="utf-8") for path in codes.rglob("*") if path.is_file() and path not in texts)
    assert [word for word in PRIVATE if word in everything] == []
    assert all("salt" not in row for table in ("identity", "free_text") for row in rows_of(codes, table))
    new, head = tmp_path / "new" / "ledger.db", verify(visited).head
    told = botox("--ledger", str(new), "--as", "Nurse Example", "import", "all", str(codes), *INTO)
    found = verify(new, expect=head)
    assert (told.exit_code, told.stdout) == (
        0,
        "Imported and verified: 3 entries, the last of 2026-03-09 10:00 UTC; 81 rows.\n"
        "One entry more names the 4 rows whose words were left out of the export.\n"
        f"Head:    {found.head[:12]}\nLedger:  {new}\n",
    )
    assert (found.whole, found.entries, found.expected) == (True, 4, 3)
    log = json.loads(botox("--ledger", str(new), "ledger", "log", "--format", "json").stdout)["items"]
    assert [one["actor"] for one in log if one["command"] == "import all"] == ["Nurse Example"]


def test_without_names_the_same_people_are_due(botox: Botox, visited: Path, codes: Path, tmp_path: Path) -> None:
    """Who has no name here was not forgotten."""
    new = tmp_path / "new" / "ledger.db"
    assert botox("--ledger", str(new), "import", "all", str(codes), *INTO).exit_code == 0
    told = [botox("--ledger", str(path), "due", "--all", "--format", "csv").stdout for path in (visited, new)]
    assert told[0] == told[1]
    assert "P0001" in told[1]
    assert botox("--ledger", str(new), "undo", "--yes").exit_code == 21


def test_the_folder_is_private_and_says_what_it_holds(visited: Path, whole: Path) -> None:
    assert [path for path in [whole, *whole.rglob("*")] if stat.S_IMODE(path.stat().st_mode) != (0o700 if path.is_dir() else 0o600)] == []
    tables = set(tables_of(CURRENT, identified=True))
    assert tables == set(TABLES)
    assert around(whole) == {*(f"{table}.jsonl" for table in tables), "README.txt", "manifest.json", "protocols", *protocols(whole)}
    manifest = json.loads((whole / "manifest.json").read_text())
    for part in manifest["files"]:
        held = (whole / part["file"]).read_bytes()
        assert (len(held), hashlib.sha256(held).hexdigest()) == (part["bytes"], part["sha256"])
        assert part["rows"] == (held.count(b"\n") if part["table"] else None)
    assert {hashlib.sha256((whole / name).read_bytes()).hexdigest() for name in protocols(whole)} == {
        row["sha256"] for row in rows_of(whole, "edition")
    }
    words = (whole / "README.txt").read_text()
    assert "IT NAMES PATIENTS" in words
    assert max(map(len, words.splitlines())) <= 78
    assert all(f"{table}.jsonl (" in words for table in tables)


def protocols(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in (folder / "protocols").iterdir()}


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077])
def test_whatever_the_umask(botox: Botox, visited: Path, tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        botox("export", "all", "--output", str(tmp_path / "out"))
    finally:
        os.umask(before)
    out = tmp_path / "out"
    assert {stat.S_IMODE(path.stat().st_mode) for path in [out, out / "protocols"]} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in out.rglob("*") if path.is_file()} == {0o600}


def test_the_chain_can_be_recomputed_from_the_files_alone(whole: Path) -> None:
    """As the README of the folder tells it, with nothing of this program."""

    def told(value: object) -> bytes:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    covered: dict[int, dict[str, list[dict[str, Any]]]] = {}
    for path in whole.glob("*.jsonl"):
        for row in rows_of(whole, path.stem) if path.stem != "entry" else []:
            for erasable in (("name", "born"), ("content",)):
                if erasable[0] in row and "commitment" in row:
                    words = {column: row[column] for column in erasable}
                    assert hashlib.sha256(row["salt"].encode() + told(words)).hexdigest() == row["commitment"]
            erased = ("salt", "name", "born", "content") if "commitment" in row else ()
            kept = {column: value for column, value in row.items() if value is not None and column not in erased}
            covered.setdefault(row["entry_seq"], {}).setdefault(path.stem, []).append(kept)
    previous = ""
    for entry in rows_of(whole, "entry"):
        fields = {column: value for column, value in entry.items() if value is not None and column != "hash"}
        previous = hashlib.sha256(told({"previous": previous, "entry": fields, "rows": covered[entry["seq"]]})).hexdigest()
        assert previous == entry["hash"]
    assert previous in (whole / "README.txt").read_text()


def test_for_scripts(botox: Botox, visited: Path, tmp_path: Path) -> None:
    out, new = tmp_path / "out", tmp_path / "new.db"
    found = verify(visited)
    (told,) = json.loads(botox("export", "all", "--output", str(out), "--format", "json").stdout)["items"]
    assert told == {
        "folder": str(out), "program": "botoxcli 0.1.0", "made_at": "2026-03-09T10:00:00Z", "schema_version": CURRENT, "identified": False,
        "entries": 3, "head": found.head, "last_entry_at": "2026-03-09T10:00:00Z", "rows": 81, "drafts_left_out": 0,
    }  # fmt: skip
    (told,) = json.loads(botox("--ledger", str(new), "import", "all", str(out), *INTO, "--format", "json").stdout)["items"]
    assert told == {
        "ledger": str(new), "made": True, "encrypted": False, "identified": False, "schema_version": CURRENT, "entries": 4, "rows": 81,
        "exported_head": found.head, "head": verify(new).head, "left_blank": 4,
    }  # fmt: skip


def test_encrypted_again(botox: Botox, visited: Path, whole: Path, tmp_path: Path) -> None:
    new, key = tmp_path / "new" / "ledger.db", tmp_path / "key"
    told = botox("--ledger", str(new), "--key-file", str(key), "import", "all", str(whole), "--encrypt", "--no-input")
    assert told.exit_code == 0, told.stderr
    assert "Recovery code: " in told.stdout and f"Ledger:  {new}, encrypted" in told.stdout
    assert cipher.salt_of(new)
    again = tmp_path / "again"
    made = botox("--ledger", str(new), "--key-file", str(key), "export", "all", "--output", str(again))
    assert "The ledger is encrypted, this folder is not: keep it where nobody else comes." in made.stderr
    assert f"Head:     {verify(visited).head[:12]}" in made.stdout


def test_an_unfinished_visit_is_left_out_and_said(botox: Botox, visited: Path, tmp_path: Path) -> None:
    from botoxcli.store.drafts import Drafts

    from .conftest import NOW

    Drafts(visited).save("session", "P0001", "a-key", {"answers": {}}, at=NOW)
    told = botox("export", "all", "--output", str(tmp_path / "out"))
    assert told.stderr == "Left out: 1 unfinished visit. Finish it, then export again.\n"
    assert "Unfinished visits are no part of the record and are not here (1)." in (tmp_path / "out" / "README.txt").read_text()


def _full(folder: Path) -> None:
    folder.mkdir()
    (folder / "mine").touch()


OUTPUTS: list[tuple[int, str, Callable[[Path], object], list[str]]] = [
    (2, "This is missing: --output.", lambda folder: None, []),
    (2, "--patient does not go with all.", lambda folder: None, ["--output", "{out}", "--patient", "P0001"]),
    (2, "--since, --until do not go with all.", lambda folder: None, ["--output", "{out}", "--since", "2026-01-01", "--until", "today"]),
    (15, "there is no such folder to make it in", lambda folder: None, ["--output", "{out}/deep"]),
    (15, "there is a file of this name", lambda folder: folder.touch(), ["--output", "{out}"]),
    (15, "it is a symbolic link, and those are not followed", lambda folder: folder.symlink_to(folder.parent), ["--output", "{out}"]),
    (21, "this folder holds something already", _full, ["--output", "{out}"]),
]


@pytest.mark.parametrize(("code", "said", "spoil", "args"), OUTPUTS, ids=[said for _, said, _, _ in OUTPUTS])
def test_no_folder_is_made(
    botox: Botox, visited: Path, tmp_path: Path, code: int, said: str, spoil: Callable[[Path], object], args: list[str]
) -> None:
    spoil(tmp_path / "out")
    before = around(tmp_path)
    told = botox("export", "all", *(word.replace("{out}", str(tmp_path / "out")) for word in args))
    assert (told.exit_code, told.stdout) == (code, "")
    assert said in told.stderr
    assert around(tmp_path) == before


def test_an_empty_folder_makes_way_and_a_damaged_ledger_does_not_leave(botox: Botox, visited: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir(mode=0o755)
    assert botox("export", "all", "--output", str(tmp_path / "out")).exit_code == 0
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o700
    connection = sqlite3.connect(visited)
    connection.executescript("DROP TRIGGER answer_stays; UPDATE answer SET value = '28'")
    connection.close()
    told = botox("export", "all", "--output", str(tmp_path / "other"))
    assert told.exit_code == 14 and str(visited) in told.stderr
    assert not (tmp_path / "other").exists()


def test_a_rehearsal_says_so_and_makes_nothing(botox: Botox, visited: Path, whole: Path, codes: Path, tmp_path: Path) -> None:
    before, head = around(tmp_path), verify(visited).head[:12]
    there = ("--ledger", str(tmp_path / "new" / "ledger.db"), "import", "all")
    told = botox(*there, str(whole), "--dry-run", "--no-input")
    assert (told.exit_code, told.stderr, told.stdout) == (
        0,
        "",
        f"Would be imported: 3 entries, the last of 2026-03-09 10:00 UTC; 81 rows.\nHead:    {head}\n"
        "All of it was built and verified; nothing was made.\n",
    )
    told = botox(*there, str(codes), "--dry-run")
    assert "One entry more would name the 4 rows" in told.stdout and f"{head} before that entry" in told.stdout
    (whole / "answer.jsonl").write_text("{}\n")
    assert botox(*there, str(whole), "--dry-run").exit_code == 24
    assert around(tmp_path) == before


def test_it_needs_a_place_a_folder_and_a_decision(botox: Botox, visited: Path, whole: Path, tmp_path: Path) -> None:
    there = ("--ledger", str(tmp_path / "new.db"), "import", "all")
    before = around(tmp_path)
    assert botox("import", "all", str(whole), *INTO).exit_code == 21
    assert botox("import", "all", str(whole), "--dry-run").exit_code == 21
    assert botox(*there, str(tmp_path / "nothing"), *INTO).exit_code == 21
    assert botox(*there, str(whole), "--no-input").stderr.startswith("Error: One of these is missing: --encrypt, --plaintext.")
    assert botox(*there, str(whole), "--encrypt", "--plaintext").exit_code == 2
    assert botox("import").exit_code == 2
    assert botox("import", "everything").exit_code == 2
    assert around(tmp_path) == before


def test_a_person_is_asked_as_at_init(botox: Botox, whole: Path, tmp_path: Path, at_a_terminal: Callable[[bool], None]) -> None:
    at_a_terminal(True)
    told = botox("--ledger", str(tmp_path / "new.db"), "import", "all", str(whole), input="n\n")
    assert told.exit_code == 0 and "Encrypt the ledger? [Y/n]" in told.stderr
    assert cipher.salt_of(tmp_path / "new.db") is None


def test_the_folder_goes_in_again_and_again(botox: Botox, whole: Path, tmp_path: Path) -> None:
    """Out, in, out: the same files, but for the time that they name."""
    new, again = tmp_path / "new.db", tmp_path / "again"
    assert botox("--ledger", str(new), "import", "all", str(whole), *INTO).exit_code == 0
    assert botox("--ledger", str(new), "export", "all", "--identify", "--output", str(again)).exit_code == 0
    assert {path.name: path.read_bytes() for path in whole.glob("*.*")} == {path.name: path.read_bytes() for path in again.glob("*.*")}
    shutil.rmtree(again)
