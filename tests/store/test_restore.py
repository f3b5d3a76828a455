"""A backup put back: verified first, the old ledger kept, the place never empty; and the rehearsal of it."""

from __future__ import annotations

import json
import os
import shutil
import stat
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from botoxcli.errors import BackupDiffers, BotoxError, LedgerBusy, LedgerDamaged, NotOurLedger, ValueRefused, WrongKey
from botoxcli.store import cipher, engine, schema_version
from botoxcli.store import restore as store
from botoxcli.store.backup import Destination, back_up
from botoxcli.store.drafts import Drafts
from botoxcli.store.integrity import require_whole
from botoxcli.store.key import Key
from botoxcli.store.lineage import Kinship
from botoxcli.store.manifest import manifest_path
from botoxcli.store.place import Place
from botoxcli.store.reader import open_ledger
from botoxcli.store.recorder import Recorder, create_ledger
from botoxcli.store.rehearsal import Rehearsal, rehearse
from botoxcli.store.restore import Ready, Restored, made_ready
from botoxcli.store.view_digests import view_digests

AT = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
FROZEN = Path(__file__).resolve().parents[1] / "schemas"


@pytest.fixture
def backup(full_ledger: Path, tmp_path: Path) -> Path:
    """A backup of ``full_ledger``."""
    (tmp_path / "stick").mkdir()
    return back_up(full_ledger, Destination(tmp_path / "stick", "b.db"), at=AT).file


def go_on(ledger: Path | Place, practice: str = "Later Clinic") -> None:
    with Recorder(ledger).change(command="settings", actor="Dr. Test", at=AT) as change:
        change.set_settings({"practice": practice})


def restore(ledger: Path | Place, backup: Path) -> tuple[Ready, Restored]:
    with made_ready(ledger, backup) as ready:
        return ready, store.restore(ready, actor="Dr. Test", at=AT)


def drill(ledger: Path | Place, backup: Path) -> Rehearsal:
    with made_ready(ledger, backup, drill=True) as ready:
        return rehearse(ready, ledger)


def digests(place: Path | Place, *leave_out: str) -> dict[str, str]:
    connection = engine.open_reader(place)
    try:
        return view_digests(connection, leave_out)
    finally:
        connection.close()


def names(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()}


def entries(place: Path | Place) -> list[tuple[Any, ...]]:
    with open_ledger(place) as reader:
        return list(reader.entries())


def test_it_is_the_backup_again_with_an_entry_that_says_so(full_ledger: Path, backup: Path) -> None:
    was = require_whole(backup)
    go_on(full_ledger)
    live = full_ledger.read_bytes()
    ready, done = restore(full_ledger, backup)
    assert (ready.standing.kinship, len(ready.standing.lost), ready.manifest is not None) == (Kinship.OLDER, 1, True)
    now = require_whole(full_ledger)
    assert (now.entries, now.head) == (was.entries + 1, done.head)
    *before, last = entries(full_ledger)
    assert before == entries(backup)
    assert (last[2:4], last[6]) == (("Dr. Test", "ledger restore"), "1 entry that came after this backup were set aside")
    assert digests(full_ledger, "entry_line") == digests(backup, "entry_line")
    assert done.aside is not None
    assert done.aside.read_bytes() == live
    assert stat.S_IMODE(full_ledger.stat().st_mode) == 0o600
    assert names(full_ledger.parent) == {"full.db", "stick", done.aside.name}, "no scratch is left"
    assert require_whole(backup) == was


def test_there_and_back_again(full_ledger: Path, backup: Path) -> None:
    go_on(full_ledger)
    said = digests(full_ledger, "entry_line")
    _, done = restore(full_ledger, backup)
    assert done.aside is not None
    ready, again = restore(full_ledger, done.aside)
    assert (ready.standing.kinship, len(ready.standing.lost), len(ready.standing.gained)) == (Kinship.PARTED, 1, 1)
    assert digests(full_ledger, "entry_line") == said
    assert again.aside is not None
    assert again.aside != done.aside


@pytest.mark.plain_only
@pytest.mark.parametrize("journal", [False, True])
def test_where_there_is_none(full_ledger: Path, backup: Path, journal: bool) -> None:
    full_ledger.unlink()
    left = full_ledger.with_name("full.db-journal")
    if journal:
        left.write_bytes(b"\xd9\xd5\x05\xf9 \xa1c\xd7" + bytes(504))
    ready, done = restore(full_ledger, backup)
    assert (ready.standing.kinship, done.aside) == (Kinship.MISSING, None)
    assert require_whole(full_ledger).entries == ready.found.entries + 1
    assert not left.exists()
    assert len(names(full_ledger.parent)) == 2 + journal


def test_where_there_is_no_folder(tmp_path: Path, backup: Path) -> None:
    place = Place.of(tmp_path / "new" / "machine" / "ledger.db")
    restore(place, backup)
    assert stat.S_IMODE(place.path.parent.stat().st_mode) == 0o700
    require_whole(place)


@pytest.mark.parametrize("spoilt", ["pages", "header", "empty", "cut", "text"])
def test_where_it_is_damaged(full_ledger: Path, backup: Path, spoilt: str) -> None:
    held = full_ledger.read_bytes()
    full_ledger.write_bytes(
        {
            "pages": held[:4096] + os.urandom(4096 * 30) + held[4096 * 31 :],
            "header": b"\xff" * 16 + held[16:],
            "empty": b"",
            "cut": held[:10_000],
            "text": b"Dear patient",
        }[spoilt]
    )
    stood = full_ledger.read_bytes()
    ready, done = restore(full_ledger, backup)
    assert ready.standing.kinship in (Kinship.UNREADABLE, Kinship.FOREIGN)
    assert done.aside is not None
    assert done.aside.read_bytes() == stood
    assert require_whole(full_ledger).entries == ready.found.entries + 1


@pytest.mark.plain_only
def test_where_it_is_under_another_key(tmp_path: Path) -> None:
    old, new = Key.new(), Key.new()
    place = Place(tmp_path / "ledger.db", lambda: old)
    create_ledger(place, settings={"practice": "Headache Clinic"}, actor="Dr. Test", at=AT)
    (tmp_path / "stick").mkdir()
    backup = back_up(place, Destination(tmp_path / "stick"), at=AT).file
    place.path.unlink()
    create_ledger(Place(place.path, lambda: new), settings={"practice": "Headache Clinic"}, actor="Dr. Test", at=AT)
    stands = place.path.read_bytes()
    with pytest.raises(WrongKey) as wrong:
        restore(Place(place.path, lambda: new), backup)
    assert str(backup) in wrong.value.sentence
    assert "the key that the ledger had on that day" in wrong.value.next_step
    with pytest.raises(WrongKey):
        restore(Place(place.path), backup)
    assert (place.path.read_bytes(), names(tmp_path)) == (stands, {"ledger.db", "stick"})
    ready, done = restore(place, backup)
    assert (ready.standing.kinship, ready.encrypted, ready.stands_encrypted) == (Kinship.UNREADABLE, True, True)
    assert place.path.read_bytes()[:16] == backup.read_bytes()[:16] != stands[:16], "key and salt are the backup's"
    assert require_whole(place).entries == 2
    assert done.aside is not None
    assert done.aside.read_bytes() == stands


def test_another_ledger_is_told_as_such(full_ledger: Path, ledger: Path, backup: Path) -> None:
    with made_ready(ledger, backup) as ready:
        assert (ready.standing.kinship, ready.standing.is_another) == (Kinship.OTHER, True)


def test_a_link_to_the_ledger_stays_one(full_ledger: Path, backup: Path, tmp_path: Path) -> None:
    link = tmp_path / "elsewhere" / "ledger.db"
    link.parent.mkdir()
    link.symlink_to(full_ledger)
    _, done = restore(Place.of(full_ledger).at(link), backup)
    assert link.is_symlink()
    assert not full_ledger.is_symlink()
    assert done.aside is not None
    assert done.aside.parent == full_ledger.parent
    assert require_whole(full_ledger).head == done.head


def test_what_is_written_while_it_is_asked_is_not_lost(full_ledger: Path, backup: Path) -> None:
    with made_ready(full_ledger, backup) as ready:
        go_on(full_ledger)
        stands = full_ledger.read_bytes()
        with pytest.raises(LedgerBusy):
            store.restore(ready, actor="Dr. Test", at=AT)
    assert full_ledger.read_bytes() == stands
    assert names(full_ledger.parent) == {"full.db", "stick"}


def test_a_ledger_that_came_meanwhile_is_not_replaced(full_ledger: Path, backup: Path) -> None:
    full_ledger.rename(full_ledger.with_name("away.db"))
    with made_ready(full_ledger, backup) as ready:
        full_ledger.with_name("away.db").rename(full_ledger)
        stands = full_ledger.read_bytes()
        with pytest.raises(LedgerBusy):
            store.restore(ready, actor="Dr. Test", at=AT)
    assert full_ledger.read_bytes() == stands


def test_a_writer_in_the_middle_of_a_change_is_waited_for(full_ledger: Path, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botoxcli.store.swap.BUSY_MS", 100)
    writer = os.fork()
    held = full_ledger.with_name("held")
    if not writer:
        connection = engine.open_plain_writer(full_ledger)
        connection.execute("BEGIN IMMEDIATE")
        held.touch()
        while held.exists():
            time.sleep(0.01)
        os._exit(0)
    while not held.exists():
        time.sleep(0.01)
    stands = full_ledger.read_bytes()
    try:
        with pytest.raises(LedgerBusy):
            restore(full_ledger, backup)
    finally:
        held.unlink()
        os.waitpid(writer, 0)
    assert full_ledger.read_bytes() == stands


def test_a_failed_swap_leaves_the_ledger_under_one_name(full_ledger: Path, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stands = full_ledger.read_bytes()

    def refuse(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", refuse)
        with pytest.raises(BotoxError, match="input/output error") as refused:
            restore(full_ledger, backup)
    assert refused.value.exit_code == 15
    assert (full_ledger.read_bytes(), full_ledger.stat().st_nlink, names(full_ledger.parent)) == (stands, 1, {"full.db", "stick"})


def test_a_second_name_that_a_killed_one_left_is_no_ledger_kept_aside(full_ledger: Path, backup: Path) -> None:
    second = full_ledger.with_name("full.db.before-restore-20260101T000000Z.bak")
    os.link(full_ledger, second)
    _, done = restore(full_ledger, backup)
    assert done.aside is not None
    assert names(full_ledger.parent) == {"full.db", "stick", done.aside.name}


def test_a_disk_without_links_will_do(full_ledger: Path, backup: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on(full_ledger)
    stands = full_ledger.read_bytes()

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    _, done = restore(full_ledger, backup)
    assert done.aside is not None
    assert (done.aside.read_bytes(), stat.S_IMODE(done.aside.stat().st_mode)) == (stands, 0o600)
    require_whole(full_ledger)


def rewritten(backup: Path, **other: object) -> None:
    path = manifest_path(backup)
    path.write_text(json.dumps({**json.loads(path.read_text()), **other}))


@pytest.mark.plain_only
@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda backup: rewritten(backup, sha256="0" * 64), "its bytes"),
        (lambda backup: rewritten(backup, head="0" * 64), "its last entry"),
        (lambda backup: rewritten(backup, entries=3), "its last entry"),
        (lambda backup: rewritten(backup, entries="3"), "cannot be read"),
        (lambda backup: rewritten(backup, schema="other/1"), "cannot be read"),
        (lambda backup: manifest_path(backup).write_text("{"), "cannot be read"),
        (lambda backup: manifest_path(backup).write_text("[" * 50_000), "cannot be read"),
        (lambda backup: manifest_path(backup).write_bytes(b"\xff\xfe"), "cannot be read"),
        (lambda backup: backup.write_bytes(backup.read_bytes()[:-4096]), "its bytes"),
    ],
    ids=["sha256", "head", "entries", "no number", "schema", "no JSON", "deep", "no text", "cut"],
)
def test_what_the_manifest_does_not_say_is_refused(full_ledger: Path, backup: Path, spoil: Any, why: str) -> None:
    spoil(backup)
    stands = full_ledger.read_bytes()
    with pytest.raises(BackupDiffers, match=why) as refused:
        restore(full_ledger, backup)
    assert refused.value.exit_code == 14
    assert (full_ledger.read_bytes(), names(full_ledger.parent)) == (stands, {"full.db", "stick"})


def test_without_a_manifest_its_own_chain_decides(full_ledger: Path, backup: Path) -> None:
    manifest_path(backup).unlink()
    whole = backup.read_bytes()
    backup.write_bytes(whole[: 4096 * 50] + os.urandom(4096) + whole[4096 * 51 :])
    with pytest.raises(LedgerDamaged) as damaged:
        restore(full_ledger, backup)
    assert str(backup) in damaged.value.sentence
    assert "restore" not in damaged.value.sentence
    backup.write_bytes(whole)
    ready, _ = restore(full_ledger, backup)
    assert ready.manifest is None


@pytest.mark.plain_only
def test_what_is_no_backup(full_ledger: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueRefused, match="no such file"):
        restore(full_ledger, tmp_path / "none.db")
    with pytest.raises(ValueRefused, match="the ledger itself"):
        restore(full_ledger, full_ledger)
    with pytest.raises(NotOurLedger, match="folder"):
        restore(full_ledger, tmp_path)
    (tmp_path / "x.txt").write_text("Dear patient")
    with pytest.raises(NotOurLedger) as refused:
        restore(full_ledger, tmp_path / "x.txt")
    assert "--ledger" not in refused.value.next_step


@pytest.mark.plain_only
@pytest.mark.parametrize("number", sorted(int(one.stem[1:]) for one in FROZEN.glob("v*.db")))
def test_an_older_one_is_brought_up_to_date_on_the_way(full_ledger: Path, tmp_path: Path, number: int) -> None:
    backup = Path(shutil.copy(FROZEN / f"v{number}.db", tmp_path / "old.db"))
    held = backup.read_bytes()
    place = Place(tmp_path / "p" / "ledger.db")
    ready, _ = restore(place, backup)
    assert (ready.found.schema_version, require_whole(place).schema_version) == (number, schema_version.CURRENT)
    assert backup.read_bytes() == held
    assert names(place.path.parent) == {"ledger.db"}
    assert drill(place, backup).differing == ()


def test_a_ledger_kept_aside_with_its_journal_is_restored_with_it(full_ledger: Path, tmp_path: Path) -> None:
    """A killed writer's journal belongs to its file: without it the pages would be half a change."""
    was = require_whole(full_ledger)
    kept = tmp_path / "kept"
    kept.mkdir()
    with Drafts(full_ledger) as drafts:
        for one in range(40):
            drafts.save("session", f"X{one}", f"k{one}", {"minutes": "a" * 3000}, AT)
    connection = engine.open_plain_writer(full_ledger)
    before = full_ledger.read_bytes()
    connection.execute("PRAGMA cache_size = 1")  # the change reaches the file before it is committed
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("UPDATE draft SET content = replace(content, 'aaa', 'bbb')")
    for name in ("full.db", "full.db-journal"):
        (kept / name).write_bytes(full_ledger.with_name(name).read_bytes())
    connection.close()
    assert (kept / "full.db").read_bytes() != before
    restore(full_ledger, kept / "full.db")
    assert (kept / "full.db-journal").exists(), "it is only read"
    connection = engine.open_reader(full_ledger)
    assert connection.execute("SELECT count(*) FROM draft WHERE content LIKE '%bbbbbbbbbbbb%'").fetchone() == (0,)
    connection.close()
    assert require_whole(full_ledger).entries == was.entries + 1


class TestDrill:
    """The rehearsal changes nothing and compares every view."""

    def test_the_ledger_at_that_entry_says_the_same(self, full_ledger: Path, backup: Path) -> None:
        views = len(digests(full_ledger))
        assert drill(full_ledger, backup) == Rehearsal(views, True, (), False)
        go_on(full_ledger)
        with Recorder(full_ledger).change(command="undo", actor="Dr. Test", at=AT) as change:
            change.reverse(change.seq - 1, stands=False)
        stands = full_ledger.read_bytes()
        assert drill(full_ledger, backup) == Rehearsal(views, True, (), False)
        assert (full_ledger.read_bytes(), names(full_ledger.parent)) == (stands, {"full.db", "stick"})

    @pytest.mark.plain_only
    @pytest.mark.parametrize("standing", ["none", "damaged", "another"])
    def test_the_backup_itself_is_asked_where_no_ledger_can_be(self, full_ledger: Path, ledger: Path, backup: Path, standing: str) -> None:
        place = {"none": full_ledger.with_name("none.db"), "damaged": full_ledger, "another": ledger}[standing]
        if standing == "damaged":
            full_ledger.write_bytes(b"Dear patient")
        assert drill(place, backup) == Rehearsal(len(digests(backup)), False, (), False)

    def test_a_folder_that_is_missing_is_not_made(self, tmp_path: Path, backup: Path) -> None:
        drill(Place.of(tmp_path / "none" / "ledger.db"), backup)
        assert not (tmp_path / "none").exists()

    def test_what_the_ledger_says_otherwise_is_named(self, full_ledger: Path, backup: Path) -> None:
        connection = engine.open_plain_writer(full_ledger)
        connection.execute("DROP TRIGGER patient_stays")
        connection.execute("UPDATE patient SET code = 'MALLORY' WHERE patient_id = 1")
        connection.close()
        seen = drill(full_ledger, backup)
        assert (seen.erased_since, "patient_now" in seen.differing, "setting_now" in seen.differing) == (False, True, False)

    def test_who_was_forgotten_since_is_the_reason_of_a_difference(self, full_ledger: Path, backup: Path) -> None:
        from botoxcli.store.patient_tables import ErasureRow

        with Recorder(full_ledger).change(command="patient forget", actor="Dr. Test", at=AT) as change:
            change._add(
                ErasureRow(erasure_id=change._next(ErasureRow.erasure_id), entry_seq=change.seq, patient_id=1, erased_table="identity", erased_id=1)
            )
            change._raw.execute("UPDATE identity SET salt = NULL, name = NULL, born = NULL WHERE identity_id = 1")
        seen = drill(full_ledger, backup)
        assert seen.erased_since
        assert "patient_now" in seen.differing


def test_a_restored_ledger_keeps_how_it_was_encrypted(full_ledger: Path, backup: Path) -> None:
    before = cipher.salt_of(full_ledger)
    restore(full_ledger, backup)
    assert cipher.salt_of(full_ledger) == before
