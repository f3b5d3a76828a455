"""Opening and making a ledger: what is refused is left as it is, what is made is private from its first byte."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from botoxcli.errors import BotoxError, CannotWrite, LedgerBusy, LedgerDamaged, NewerLedger, NoLedger, NotOurLedger, ValueRefused
from botoxcli.store import engine, schema_version
from botoxcli.store.drafts import Drafts
from botoxcli.store.place import Place
from botoxcli.store.reader import open_ledger
from botoxcli.store.recorder import Recorder

from .by_hand import OPERATIONAL, dump, opened_by_hand

AT = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)


def read(path: Path) -> None:
    with open_ledger(path) as reader:
        reader.settings()


def write(path: Path) -> None:
    with Recorder(path).change(command="test", actor="Dr. Test", at=AT) as change:
        change.set_settings({"practice": "Other"})


def draft(path: Path) -> None:
    with Drafts(path) as drafts:
        drafts.save("session", "P0001", "key", {}, AT)


OPENINGS: list[Callable[[Path], None]] = [read, write, draft]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def seen(folder: Path) -> list[tuple[str, int, bytes]]:
    """Every file of a folder with its time and its bytes."""
    return sorted((one.name, one.lstat().st_mtime_ns, one.read_bytes() if one.is_file() else b"") for one in folder.iterdir())


def edited(path: Path, offset: int, data: bytes) -> None:
    with path.open("r+b") as file:
        file.seek(offset)
        file.write(data)


def of_another_program(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE entry (seq)")
    connection.commit()
    connection.close()


def not_sqlite(path: Path) -> None:
    path.write_text("patient,date\n" * 50)


def numbered(path: Path, version: int) -> None:
    connection = opened_by_hand(path)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()


def newer(path: Path) -> None:
    engine.create(path)
    numbered(path, schema_version.CURRENT + 1)


def without_version(path: Path) -> None:
    engine.create(path)
    numbered(path, 0)


def cut_off(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\x00" + bytes(20))


REFUSED: list[tuple[Callable[[Path], object], type[BotoxError], int]] = [
    (lambda path: None, NoLedger, 10),
    (lambda path: path.symlink_to("nowhere"), NoLedger, 10),
    (lambda path: path.mkdir(), NotOurLedger, 13),
    (lambda path: os.mkfifo(path), NotOurLedger, 13),
    (lambda path: path.touch(), NotOurLedger, 13),
    (lambda path: path.symlink_to("/dev/null"), NotOurLedger, 13),
    (not_sqlite, NotOurLedger, 13),
    (cut_off, LedgerDamaged, 14),
    (lambda path: path.write_bytes(b"SQLite"), LedgerDamaged, 14),
    (of_another_program, NotOurLedger, 13),
    (without_version, NotOurLedger, 13),
    (newer, NewerLedger, 13),
]
KINDS = [
    "missing",
    "dangling link",
    "folder",
    "fifo",
    "empty",
    "device",
    "text",
    "cut off",
    "nearly nothing",
    "another program",
    "no version",
    "newer",
]


@pytest.mark.parametrize("opening", OPENINGS)
@pytest.mark.parametrize(("put", "error", "code"), REFUSED, ids=KINDS)
def test_what_is_not_ours_is_refused_and_left_alone(
    tmp_path: Path, put: Callable[[Path], object], error: type[BotoxError], code: int, opening: Callable[[Path], None]
) -> None:
    path = tmp_path / "ledger.db"
    put(path)
    before = seen(tmp_path)
    with pytest.raises(error) as told:
        opening(path)
    assert told.value.exit_code == code
    assert str(path) in told.value.sentence
    assert seen(tmp_path) == before


@pytest.mark.parametrize("path", ["file/ledger.db", "nowhere/ledger.db"])
def test_a_path_that_leads_nowhere_has_no_ledger(tmp_path: Path, path: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NoLedger):
        read(tmp_path / path)


def test_a_path_that_is_none_is_told_so() -> None:
    with pytest.raises(CannotWrite):
        read(Path("a\0b"))


@pytest.mark.plain_only  # a first page that SQLCipher cannot read is told as a wrong key
@pytest.mark.parametrize("opening", OPENINGS)
def test_damage_is_told_as_damage(ledger: Path, opening: Callable[[Path], None]) -> None:
    edited(ledger, 100, b"\xff" * 300)
    with pytest.raises(LedgerDamaged) as told:
        opening(ledger)
    assert told.value.exit_code == 14


def test_damage_that_is_met_while_reading_is_told_too(ledger: Path) -> None:
    edited(ledger, 4096, b"\xff" * (ledger.stat().st_size - 4096))
    with pytest.raises(LedgerDamaged):
        read(ledger)


@pytest.mark.plain_only
def test_text_that_is_no_text_is_damage(full_ledger: Path) -> None:
    data = full_ledger.read_bytes()
    full_ledger.write_bytes(data.replace(b"Ann Example", b"Ann \xff\xfeample"))
    with pytest.raises(LedgerDamaged), open_ledger(full_ledger) as reader:
        reader.patients()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "BUSY_MS", 50)
    monkeypatch.setattr(engine, "PRAGMAS", (("busy_timeout", "50", 50), *engine.PRAGMAS[1:]))


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize(("opening", "lock"), [(read, "EXCLUSIVE"), (write, "IMMEDIATE"), (draft, "IMMEDIATE"), (write, "EXCLUSIVE")])
def test_a_ledger_in_use_is_told_as_busy(ledger: Path, opening: Callable[[Path], None], lock: str) -> None:
    other = opened_by_hand(ledger)
    other.execute(f"BEGIN {lock}")
    with pytest.raises(LedgerBusy) as told:
        opening(ledger)
    other.execute("ROLLBACK")
    other.close()
    assert told.value.exit_code == 11
    opening(ledger)


def test_a_full_disk_is_told_and_leaves_the_ledger_as_it_was(ledger: Path) -> None:
    before = seen(ledger.parent)
    with pytest.raises(CannotWrite, match="the disk is full") as told, Recorder(ledger).change(command="test", actor="me", at=AT) as change:
        change._raw.execute(f"PRAGMA max_page_count = {ledger.stat().st_size // 4096}")
        change.set_settings({"practice": "x" * 10_000_000})
    assert told.value.exit_code == 15
    assert "xxx" not in str(told.value)
    assert [(name, data) for name, _, data in seen(ledger.parent)] == [(name, data) for name, _, data in before]


def test_a_file_that_may_only_be_read_is_told(ledger: Path) -> None:
    connection = opened_by_hand(ledger, mode="ro")
    with pytest.raises(OPERATIONAL) as said:
        connection.execute("CREATE TABLE x (y)")
    connection.close()
    told = engine.in_our_words(ledger, said.value)
    assert isinstance(told, CannotWrite)
    assert "it may only be read" in told.sentence


def test_what_is_no_trouble_of_the_disk_passes_through(ledger: Path) -> None:
    connection = engine.connect(ledger)
    with pytest.raises(OPERATIONAL, match="no such table"), engine.translated(ledger):
        connection.execute("SELECT * FROM nowhere")
    connection.close()
    with pytest.raises(ZeroDivisionError), engine.translated(ledger):
        _ = 1 / 0


def test_an_error_of_sqlalchemy_names_no_value(ledger: Path) -> None:
    from sqlalchemy.exc import IntegrityError

    from botoxcli.store.tables import SettingRow

    with pytest.raises(IntegrityError) as told, Recorder(ledger).change(command="test", actor="me", at=AT) as change:
        change._add(SettingRow(setting_id=1, entry_seq=change.seq, name="practice", value="Ann Example"))
    assert "Ann" not in str(told.value)


def all_pragmas(connection: sqlite3.Connection) -> dict[str, object]:
    return {name: connection.execute(f"PRAGMA {name}").fetchone()[0] for name, _, _ in engine.PRAGMAS}


EXPECTED = {
    "busy_timeout": 5000, "trusted_schema": 0, "cell_size_check": 1, "foreign_keys": 1, "recursive_triggers": 1, "secure_delete": 1,
    "synchronous": 3, "journal_mode": "delete", "temp_store": 2,
}  # fmt: skip


def test_the_pragmas_hold_on_every_connection(ledger: Path) -> None:
    for opened in (engine.open_reader(ledger), engine.open_plain_writer(ledger), engine.connect(ledger)):
        assert all_pragmas(opened) == EXPECTED
        opened.close()
    with Recorder(ledger).change(command="test", actor="me", at=AT) as change:
        assert all_pragmas(change._raw) == EXPECTED
        assert change._raw.in_transaction


def test_a_pragma_that_is_not_kept_is_refused(ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PRAGMAS", (("synchronous", "NORMAL", 3),))
    with pytest.raises(BotoxError, match="does not keep synchronous"):
        read(ledger)


def test_a_ledger_that_was_put_into_wal_comes_back(ledger: Path) -> None:
    other = opened_by_hand(ledger)
    other.execute("PRAGMA journal_mode = WAL")
    other.close()
    read(ledger)
    assert [one.name for one in ledger.parent.iterdir()] == [ledger.name]


def test_a_reader_cannot_write(ledger: Path) -> None:
    connection = engine.open_reader(ledger)
    with pytest.raises(OPERATIONAL, match="readonly"):
        connection.execute("DELETE FROM draft")
    connection.close()


@pytest.mark.parametrize("name", ["what? 50%41 #1.db", "ledger ä.db", "-x.db", "a\\b.db", "\udcff.db"])
def test_any_name_of_a_file_will_do(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    engine.create(path)
    read(path)
    write(path)
    assert [one.name for one in tmp_path.iterdir()] == [name]


def test_a_relative_path_and_a_link_lead_to_the_ledger(ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ledger.parent)
    write(Path(ledger.name))
    link = tmp_path / "link.db"
    link.symlink_to(ledger)
    write(link)


@pytest.fixture(params=[0, 0o022, 0o777])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    old = os.umask(request.param)
    yield request.param
    os.umask(old)


@pytest.mark.usefixtures("umask")
def test_what_is_made_is_private_from_its_first_byte(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    path = tmp_path / "a" / "b" / "ledger.db"
    modes: list[int] = []

    def look(beside: Place) -> None:
        assert not path.exists()
        connection = engine.connect(beside)
        connection.execute("BEGIN")
        connection.execute("INSERT INTO setting VALUES (1, 1, 'practice', 'x')")
        modes.extend(mode(one) for one in path.parent.iterdir())
        connection.execute("ROLLBACK")
        connection.close()

    assert engine.create(path, look) is False
    assert modes == [0o600, 0o600]  # the file and its journal
    assert [mode(one) for one in (path, path.parent, path.parent.parent)] == [0o600, 0o700, 0o700]
    assert [one.name for one in path.parent.iterdir()] == ["ledger.db"]


def test_a_folder_of_somebody_else_is_neither_changed_nor_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert engine.create(tmp_path / "one.db") is True
    assert mode(tmp_path) == 0o755
    tmp_path.chmod(0o700)
    assert engine.create(tmp_path / "two.db") is False


def test_making_never_overwrites(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    for put in (not_sqlite, lambda path: path.mkdir(), lambda path: path.symlink_to("nowhere"), engine.create):
        put(path)
        before = seen(tmp_path)
        with pytest.raises(ValueRefused, match="there is a file at this place already"):
            engine.create(path)
        assert seen(tmp_path) == before
        path.rmdir() if path.is_dir() else path.unlink()


@pytest.mark.parametrize("links", [True, False])
def test_what_comes_into_the_place_meanwhile_is_not_overwritten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool) -> None:
    path = tmp_path / "ledger.db"
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    with pytest.raises(ValueRefused, match="already"):
        engine.create(path, lambda _beside: not_sqlite(path))
    assert path.read_bytes().startswith(b"patient,date")
    assert [one.name for one in tmp_path.iterdir()] == ["ledger.db"]


def no_links(*_given: object, **_options: object) -> None:
    raise PermissionError(1, "Operation not permitted")


def test_a_disk_without_hard_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "link", no_links)
    engine.create(tmp_path / "ledger.db")
    read(tmp_path / "ledger.db")
    assert mode(tmp_path / "ledger.db") == 0o600
    assert [one.name for one in tmp_path.iterdir()] == ["ledger.db"]


def test_a_making_that_fails_leaves_nothing(tmp_path: Path) -> None:
    def fail(_beside: Place) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.create(tmp_path / "ledger.db", fail)
    assert list(tmp_path.iterdir()) == []


def test_a_leftover_is_not_in_the_way(tmp_path: Path) -> None:
    for name in (".ledger.db.new", ".ledger.db.0000000000000000.new", "ledger.db.new"):
        (tmp_path / name).touch()
    engine.create(tmp_path / "ledger.db")
    read(tmp_path / "ledger.db")


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotWrite) as told:
        engine.create(tmp_path / "file" / "sub" / "ledger.db")
    assert told.value.exit_code == 15


def content(path: Path) -> list[tuple[object, ...]]:
    connection = opened_by_hand(path)
    found = dump(connection)
    connection.close()
    return found


def test_a_killed_writer_is_rolled_back_by_the_next_reader(ledger: Path) -> None:
    """With a journal that is hot: pages of an unfinished change stand in the file already."""
    dies = (
        "import os, pathlib, sys; from botoxcli.store import engine; c = engine.connect(pathlib.Path(sys.argv[1])); "
        "c.execute('PRAGMA cache_size = 1'); "
        "c.execute('BEGIN IMMEDIATE'); "
        "[c.execute('INSERT INTO draft VALUES (?, ?, ?, ?, ?, ?, ?)', "
        "(n, 'session', str(n), str(n), '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'x' * 9000)) for n in range(1, 99)]; os._exit(9)"
    )
    before, held = ledger.read_bytes(), content(ledger)
    assert subprocess.run([sys.executable, "-c", dies, str(ledger)], check=False).returncode == 9
    assert ledger.read_bytes() != before
    assert ledger.with_name("ledger.db-journal").exists()
    read(ledger)
    assert content(ledger) == held  # not byte for byte: SQLCipher's journal holds a page under another nonce
    assert not ledger.with_name("ledger.db-journal").exists()
