"""A backup: a new file, whole, private, at one entry, with a manifest that is true."""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from botoxcli.errors import CannotWrite, LedgerBusy, LedgerDamaged
from botoxcli.store import engine, page_copy
from botoxcli.store.backup import Destination, back_up, destination, record_backup
from botoxcli.store.integrity import require_whole
from botoxcli.store.key import Key
from botoxcli.store.manifest import fingerprint, manifest_path, read_manifest
from botoxcli.store.place import Place
from botoxcli.store.reader import open_ledger
from botoxcli.store.recorder import Recorder, create_ledger
from botoxcli.store.scratch import scratch_folder
from botoxcli.store.view_digests import view_digests

AT = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "stick"
    made.mkdir()
    return made


def digests(place: Path | Place) -> dict[str, str]:
    connection = engine.open_reader(place)
    try:
        return view_digests(connection)
    finally:
        connection.close()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_a_whole_ledger_that_says_the_same(full_ledger: Path, folder: Path) -> None:
    made = back_up(full_ledger, Destination(folder), at=AT)
    stands = require_whole(full_ledger)
    assert require_whole(made.file) == stands
    assert digests(made.file) == digests(full_ledger)
    assert made.file.name == f"full-20260309T140000Z-{stands.head[:12]}.db"
    assert (mode(made.file), mode(manifest_path(made.file)), made.private) == (0o600, 0o600, True)
    assert sorted(one.name for one in folder.iterdir()) == [made.file.name, f"{made.file.name}.json"], "and nothing else is left"


def test_the_manifest_is_true(full_ledger: Path, folder: Path) -> None:
    made = back_up(full_ledger, Destination(folder, "march.db"), at=AT)
    assert read_manifest(folder / "march.db") == made.manifest
    told = json.loads((folder / "march.db.json").read_text())
    length, summed = fingerprint(made.file)
    stands = require_whole(full_ledger)
    assert (told.pop("program").split()[0], told.pop("encrypted")) == ("botoxcli", not made.file.read_bytes().startswith(b"SQLite"))
    assert told == {
        "schema": "botoxcli/backup/1", "file": "march.db", "bytes": length, "sha256": summed, "head": stands.head, "entries": stands.entries,
        "last_entry_at": stands.last_at, "schema_version": stands.schema_version, "taken_at": "2026-03-09T14:00:00Z",
    }  # fmt: skip


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_it_is_private_under_any_umask(full_ledger: Path, tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        made = back_up(full_ledger, destination(None, tmp_path / "backups"), at=AT)
    finally:
        os.umask(before)
    assert [mode(one) for one in (tmp_path / "backups", made.file, manifest_path(made.file))] == [0o700, 0o600, 0o600]


def test_a_second_one_is_a_second_file(full_ledger: Path, folder: Path) -> None:
    first = back_up(full_ledger, Destination(folder), at=AT).file
    held = first.read_bytes()
    second = back_up(full_ledger, Destination(folder), at=AT).file
    assert second.name == first.name.replace(".db", "-2.db")
    assert first.read_bytes() == held


def test_the_entry_of_it_has_no_rows_and_names_the_file(full_ledger: Path, folder: Path) -> None:
    made = back_up(full_ledger, Destination(folder), at=AT)
    record_backup(full_ledger, made, actor="Dr. Test", at=AT)
    with open_ledger(full_ledger) as reader:
        *_, last = reader.entries()
        assert last[2:5] == ("Dr. Test", "ledger backup", f"backup-{fingerprint(made.file)[1]}")
        assert reader.backup_facts().last == AT
    assert require_whole(full_ledger).entries == require_whole(made.file).entries + 1


def test_a_change_without_rows_is_an_entry_only_when_it_says_so(ledger: Path) -> None:
    before = require_whole(ledger)
    with Recorder(ledger).change(command="ledger backup", actor="me", at=AT):
        pass
    assert require_whole(ledger) == before
    with Recorder(ledger).change(command="ledger backup", actor="me", at=AT) as change:
        change.note_entry()
    after = require_whole(ledger)
    assert (after.entries, after.rows) == (before.entries + 1, before.rows)


REFUSED = {
    "a link to a folder": ("link", "symbolic link"),
    "a link to a file": ("file-link", "symbolic link"),
    "a link to nothing": ("dangling", "symbolic link"),
    "a file": ("file.db", "replaces nothing"),
    "a name whose manifest is taken": ("other.db", "the manifest goes there"),
    "a file in no folder": ("none/x.db", "no such folder"),
    "a folder that is not there": ("none/", "no such folder"),
    "below a file": ("file.db/x.db", "not a directory"),
    "a journal's name": ("x.db-journal", "keeps such a name"),
    "a name too long": ("x" * 300, "too long"),
    "no name at all": ("a\0b", "no path"),
}


@pytest.mark.plain_only
@pytest.mark.parametrize(("given", "why"), REFUSED.values(), ids=REFUSED)
def test_a_place_that_will_not_do(folder: Path, given: str, why: str, tmp_path: Path) -> None:
    (folder / "file.db").write_text("mine")
    (folder / "other.db.json").write_text("mine")
    (folder / "link").symlink_to(tmp_path)
    (folder / "file-link").symlink_to(folder / "file.db")
    (folder / "dangling").symlink_to(tmp_path / "nothing")
    before = {one.name: one.lstat().st_mtime_ns for one in folder.iterdir()}
    with pytest.raises(CannotWrite, match=why) as refused:
        destination(f"{folder}/{given}", folder)
    assert refused.value.exit_code == 15
    assert {one.name: one.lstat().st_mtime_ns for one in folder.iterdir()} == before
    assert not (tmp_path / "nothing").exists()


@pytest.mark.plain_only
def test_the_usual_folder_as_a_link_is_refused_too(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "backups").symlink_to(folder)
    with pytest.raises(CannotWrite, match="symbolic link"):
        destination(None, tmp_path / "backups")


def test_a_name_that_is_taken_meanwhile_is_left_alone(full_ledger: Path, folder: Path) -> None:
    into = destination(str(folder / "x.db"), folder)
    (folder / "x.db").write_text("mine")
    with pytest.raises(CannotWrite, match="replaces nothing"):
        back_up(full_ledger, into, at=AT)
    assert [(one.name, one.read_text()) for one in folder.iterdir()] == [("x.db", "mine")]


def test_without_its_manifest_there_is_no_backup(full_ledger: Path, folder: Path) -> None:
    into = destination(str(folder / "x.db"), folder)
    (folder / "x.db.json").write_text("mine")
    with pytest.raises(CannotWrite, match="replaces nothing"):
        back_up(full_ledger, into, at=AT)
    assert [one.name for one in folder.iterdir()] == ["x.db.json"]


def test_a_damaged_ledger_has_no_backup(full_ledger: Path, folder: Path) -> None:
    held = bytearray(full_ledger.read_bytes())
    held[-4096:] = os.urandom(4096)
    full_ledger.write_bytes(held)
    with pytest.raises(LedgerDamaged) as damaged:
        back_up(full_ledger, Destination(folder), at=AT)
    assert str(full_ledger) in damaged.value.sentence
    assert "copy.db" not in damaged.value.sentence
    assert list(folder.iterdir()) == []


def test_what_passes_the_pages_but_not_the_chain_is_no_backup(full_ledger: Path, folder: Path) -> None:
    connection = engine.open_plain_writer(full_ledger)
    (trigger,) = connection.execute("SELECT sql FROM sqlite_schema WHERE name = 'setting_stays'").fetchone()
    connection.execute("DROP TRIGGER setting_stays")
    connection.execute("UPDATE setting SET value = 'Mallory' WHERE setting_id = 1")
    connection.execute(trigger)
    connection.close()
    with pytest.raises(LedgerDamaged):
        back_up(full_ledger, Destination(folder), at=AT)
    assert list(folder.iterdir()) == []


@pytest.mark.plain_only
def test_that_of_an_encrypted_ledger_is_encrypted_with_its_key_and_salt(tmp_path: Path, folder: Path) -> None:
    key = Key.new()
    place = Place(tmp_path / "secret.db", lambda: key)
    create_ledger(place, settings={"practice": "Headache Clinic"}, actor="Dr. Test", at=AT)
    made = back_up(place, Destination(folder), at=AT)
    assert made.manifest.encrypted
    assert made.file.read_bytes()[:16] == place.path.read_bytes()[:16]
    assert b"Headache" not in made.file.read_bytes()
    assert require_whole(place.at(made.file)) == require_whole(place)


def test_a_disk_without_links_and_permissions_will_do(full_ledger: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A memory stick with FAT."""

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(os, "fchmod", refuse)
    made = back_up(full_ledger, Destination(folder), at=AT)
    assert require_whole(made.file) == require_whole(full_ledger)
    assert len(list(folder.iterdir())) == 2


def test_a_ledger_that_is_written_to_all_the_time_is_copied_in_the_end(full_ledger: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[int] = []

    class Writing(page_copy.Watch):
        def __call__(self, status: int, remaining: int, total: int) -> None:
            steps.append(remaining)
            if remaining and len(steps) < 500:
                with Recorder(full_ledger).change(command="ledger backup", actor="me", at=AT) as change:
                    change.note_entry()
            super().__call__(status, remaining, total)

    monkeypatch.setattr(page_copy, "PAGES_AT_ONCE", 50)
    monkeypatch.setattr(page_copy, "Watch", Writing)
    made = back_up(full_ledger, Destination(folder), at=AT)
    assert steps[-1] == 0
    assert page_copy.MOST_BEGINNINGS <= len(steps) < 100
    assert require_whole(made.file).entries == require_whole(full_ledger).entries, "the last step took everything"


def test_a_locked_ledger_is_waited_for_and_no_longer(full_ledger: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_MS", 100)
    monkeypatch.setattr(engine, "PRAGMAS", (("busy_timeout", "100", 100), *engine.PRAGMAS[1:]))
    copied = engine.copied

    def locked(place: Place, connection: Any) -> Any:
        copy = copied(place, connection)

        def once_locked(target: Path) -> bool:
            other = engine.connect(place)
            other.execute("BEGIN EXCLUSIVE")
            try:
                return copy(target)
            finally:
                other.close()

        return once_locked

    monkeypatch.setattr(engine, "copied", locked)
    with pytest.raises(LedgerBusy):
        back_up(full_ledger, Destination(folder), at=AT)
    assert list(folder.iterdir()) == []


def test_what_a_killed_one_left_is_cleared_away_and_work_in_hand_is_not(full_ledger: Path, folder: Path) -> None:
    left = folder / f".full-backup.{'0' * 16}.tmp"
    left.mkdir()
    (left / "copy.db").write_bytes(b"x")
    (folder / ".full-backup.mine.tmp").mkdir()
    with scratch_folder(folder, "full-backup") as in_hand:
        assert not left.exists()
        back_up(full_ledger, Destination(folder), at=AT)
        assert in_hand.is_dir()
        assert mode(in_hand) == 0o700
    assert sorted(one.suffix for one in folder.iterdir()) == [".db", ".json", ".tmp"]
