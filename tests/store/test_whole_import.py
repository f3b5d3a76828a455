"""Rows out of a ledger and into a new one: every version of the schema, every kind of text, and who was forgotten."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.errors import FolderRefused
from botoxcli.files.whole_folder import FolderWriter
from botoxcli.files.whole_folder_reader import check_folder, lines_of
from botoxcli.files.whole_manifest import read_manifest
from botoxcli.store import engine, schema_version
from botoxcli.store.integrity import Verified, verify
from botoxcli.store.place import Place
from botoxcli.store.view_digests import view_digests
from botoxcli.store.whole_export import Whole
from botoxcli.store.whole_import import Claim, Imported, Importer, Source, import_whole
from botoxcli.store.whole_tables import Column, tables_of

FROZEN = Path(__file__).resolve().parents[1] / "schemas"
AT = datetime(2026, 3, 10, 8, 0, tzinfo=UTC)


def written(ledger: Path, folder: Path, *, identified: bool = True) -> None:
    """The ledger as a folder, as the program of its version would have written it."""
    with contextlib.closing(engine.connect(Place.of(ledger))) as connection:
        whole = Whole.of(connection, identified=identified)
        writer = FolderWriter(folder)
        writer.begin()
        for table, columns in whole.tables.items():
            writer.table(table, columns, whole.rows(table))
        writer.protocols(whole.editions(), whole.edition_text)
        about = {"program": "botoxcli 0", "made_at": "2026-03-10T08:00:00Z", "schema_version": whole.schema_version, "identified": identified}
        writer.finish({**about, "entries": whole.entries, "head": whole.head, "last_entry_at": whole.last_entry_at})


def imported(folder: Path, ledger: Path) -> Imported:
    manifest = read_manifest(folder)
    layout = tables_of(manifest.schema_version, identified=manifest.identified)
    check_folder(folder, manifest, layout)
    sources = {
        table: Source(manifest.tables[table].file, tuple(one.name for one in columns), lines_of(folder, manifest.tables[table], columns))
        for table, columns in layout.items()
    }
    claim = Claim("manifest.json", manifest.entries, manifest.head, manifest.identified)
    return import_whole(ledger, Importer(sources, claim, lambda practitioner: practitioner or "nobody", AT))


def digests(ledger: Path) -> dict[str, str]:
    with contextlib.closing(engine.open_reader(ledger)) as connection:
        return view_digests(connection)


def same(one: Verified, other: Verified) -> bool:
    return one.whole and (one.head, one.entries, one.rows, one.last_at) == (other.head, other.entries, other.rows, other.last_at)


def test_a_row_of_every_table_comes_back(full_ledger: Path, tmp_path: Path) -> None:
    written(full_ledger, tmp_path / "whole")
    new = tmp_path / "new" / "ledger.db"
    told = imported(tmp_path / "whole", new)
    assert same(verify(new), verify(full_ledger))
    assert digests(new) == digests(full_ledger)
    assert (told.entries, told.head, told.blank) == (verify(full_ledger).entries, verify(full_ledger).head, 0)
    assert sorted(path.name for path in new.parent.iterdir()) == ["ledger.db"]


@pytest.mark.parametrize("version", sorted(int(one.stem[1:]) for one in FROZEN.glob("v*.db")))
def test_an_export_of_an_older_program_comes_into_todays_ledger(version: int, tmp_path: Path) -> None:
    old = Path(shutil.copy(FROZEN / f"v{version}.db", tmp_path / "old.db"))
    written(old, tmp_path / "whole")
    written(old, tmp_path / "codes", identified=False)
    before, new, blank = verify(old), tmp_path / "new.db", tmp_path / "blank.db"
    assert (before.whole, before.schema_version) == (True, version)
    imported(tmp_path / "whole", new)
    assert same(verify(new), before)
    assert verify(new).schema_version == schema_version.CURRENT
    assert digests(new) == digests(old)  # which brings the old one up to date
    told = imported(tmp_path / "codes", blank)
    assert told.blank > 0
    assert (verify(blank).whole, verify(blank, expect=before.head).expected) == (True, before.entries)


def test_what_was_left_out_once_is_named_once(full_ledger: Path, tmp_path: Path) -> None:
    """Without names, in, and out without names again: nothing more is blank, and so nothing more is said."""
    written(full_ledger, tmp_path / "one", identified=False)
    first = imported(tmp_path / "one", tmp_path / "one.db")
    written(tmp_path / "one.db", tmp_path / "two", identified=False)
    second = imported(tmp_path / "two", tmp_path / "two.db")
    assert (first.blank > 0, second.blank) == (True, 0)
    assert same(verify(tmp_path / "two.db"), verify(tmp_path / "one.db"))


def test_who_was_forgotten_stays_forgotten(full_ledger: Path, tmp_path: Path, as_a_person: sqlite3.Connection) -> None:
    from botoxcli.store.recorder import Recorder

    with Recorder(full_ledger).change(command="patient forget", actor="Dr. Test", at=AT) as change:
        change.forget_patient(1, [text for (text,) in as_a_person.execute("SELECT free_text_id FROM free_text WHERE patient_id = 1")])
    written(full_ledger, tmp_path / "whole")
    imported(tmp_path / "whole", tmp_path / "new.db")
    assert same(verify(tmp_path / "new.db"), verify(full_ledger))
    assert digests(tmp_path / "new.db") == digests(full_ledger)


COLUMNS = (Column("entry_seq", int, False), Column("words", str, True), Column("number", int, True))


@pytest.mark.plain_only
@settings(max_examples=50)
@given(rows=st.lists(st.tuples(st.integers(1, 9), st.none() | st.text(), st.none() | st.integers(-(2**63), 2**63 - 1)), max_size=5))
def test_any_text_and_number_come_back(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[Any, ...]]) -> None:
    folder = tmp_path_factory.mktemp("any") / "folder"
    writer = FolderWriter(folder)
    writer.begin()
    writer.table("any", [column.name for column in COLUMNS], rows)
    (part,) = writer.parts
    held = (folder / part.file).read_bytes()
    assert held.count(b"\n") == part.rows == len(rows)
    assert not any(ord(sign) < 32 or 127 <= ord(sign) < 160 for sign in held.decode() if sign != "\n")
    assert [values for _, values in lines_of(folder, part, COLUMNS)] == rows
    assert [json.loads(line)["words"] for line in held.splitlines()] == [row[1] for row in rows]


def test_half_a_character_is_no_text_of_a_ledger(full_ledger: Path, tmp_path: Path) -> None:
    written(full_ledger, tmp_path / "whole")
    path = tmp_path / "whole" / "answer.jsonl"
    manifest = read_manifest(tmp_path / "whole")
    path.write_bytes(path.read_bytes().replace(b'"value": "', b'"value": "\\ud800', 1))
    columns = tables_of(manifest.schema_version, identified=True)["answer"]
    claim = Claim("manifest.json", manifest.entries, manifest.head, manifest.identified)
    sources = {
        table: Source(part.file, tuple(one.name for one in tables_of(schema_version.CURRENT, identified=True)[table]), iter(()))
        for table, part in manifest.tables.items()
    }
    sources["answer"] = Source("answer.jsonl", sources["answer"].columns, lines_of(tmp_path / "whole", manifest.tables["answer"], columns))
    with pytest.raises(FolderRefused) as refused:
        import_whole(tmp_path / "new" / "ledger.db", Importer(sources, claim, str, AT))
    assert refused.value.problems[0]["file"] == "answer.jsonl"
    assert not (tmp_path / "new").exists()
