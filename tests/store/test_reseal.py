"""The ledger under another key: equal, whole, swapped in one rename; whatever fails before leaves every byte as it was."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from botoxcli.errors import CannotWrite, LedgerBusy, LedgerDamaged, LedgerReplaced, ValueRefused, WrongKey
from botoxcli.store import cipher, engine, reseal, swap
from botoxcli.store.drafts import Drafts
from botoxcli.store.integrity import require_whole
from botoxcli.store.key import Key
from botoxcli.store.place import Place
from botoxcli.store.reader import open_ledger
from botoxcli.store.recorder import Recorder
from botoxcli.store.view_digests import view_digests

from .by_hand import dump, opened_by_hand

AT = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
OTHER, SALT = Key.of_raw(bytes(32)), bytes(range(16))
Kind = tuple[Key | None, bytes | None]
TO: dict[str, Kind] = {"to plain text": (None, None), "to another key": (OTHER, SALT)}


def seal(place: Path | Place, kind: Kind = (OTHER, SALT)) -> None:
    reseal.reseal(Place.of(place), *kind, command="ledger encrypt", actor="Dr. Test", at=AT)


def digest(path: Path) -> str:
    """Of all bytes: a difference of bytes themselves takes minutes to be shown."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def views(place: Path | Place) -> dict[str, str]:
    connection = engine.connect(place)
    try:
        return view_digests(connection, leave_out=("entry_line",))
    finally:
        connection.close()


@pytest.mark.parametrize("kind", TO.values(), ids=TO)
def test_it_is_equal_and_whole_and_nothing_is_left_beside(full_ledger: Path, kind: Kind) -> None:
    with Drafts(full_ledger) as drafts:
        drafts.save("session", "P0001", "a draft", {"sites": ["procerus"]}, AT)
    before, entries = views(full_ledger), require_whole(full_ledger).entries
    seal(full_ledger, kind)
    place = Place(full_ledger, lambda: OTHER)
    assert views(place) == before
    found = require_whole(place)
    assert (found.entries, found.last_at) == (entries + 1, "2026-06-01T10:00:00Z")
    with Drafts(place) as drafts:
        assert [draft.content for draft in drafts.list()] == [{"sites": ["procerus"]}]
    assert cipher.salt_of(full_ledger) == kind[1]
    assert full_ledger.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in full_ledger.parent.iterdir()] == [full_ledger.name]


STEPS = ("_export", "_require_equal", "require_whole", "Recorder", "put_in_place", "connect")
FAILURES: list[tuple[Exception, type[Exception]]] = [(OSError(28, "No space left on device"), CannotWrite), (KeyError("a bug"), KeyError)]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize(("error", "told"), FAILURES, ids=["disk", "bug"])
def test_what_fails_on_the_way_changes_no_byte(
    full_ledger: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: Exception, told: type[Exception]
) -> None:
    before = digest(full_ledger), full_ledger.stat().st_mtime_ns

    def fails(*_given: Any, **_options: Any) -> None:
        raise error

    monkeypatch.setattr(reseal, step, fails)
    with pytest.raises(told):
        seal(full_ledger)
    assert (digest(full_ledger), full_ledger.stat().st_mtime_ns) == before
    assert [one.name for one in full_ledger.parent.iterdir()] == [full_ledger.name]


@pytest.mark.parametrize(
    "change",
    [
        "DROP VIEW current_visit",
        "CREATE INDEX more ON entry (at)",
        "DELETE FROM draft",
        "PRAGMA user_version = 77",
        "UPDATE draft SET content = '{}'",
    ],
)
def test_a_copy_that_is_not_equal_is_never_put_in_place(full_ledger: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    with Drafts(full_ledger) as drafts:
        drafts.save("session", "P0001", "a draft", {"a": 1}, AT)
    before, export = digest(full_ledger), reseal._export

    def badly(copier: Any, new: Place, salt: bytes | None) -> None:
        export(copier, new, salt)
        connection = engine.connect(new)
        connection.execute(change)
        connection.close()

    monkeypatch.setattr(reseal, "_export", badly)
    with pytest.raises(LedgerDamaged, match="does not come out equal"):
        seal(full_ledger)
    assert digest(full_ledger) == before


def test_a_damaged_ledger_is_left_as_it_is(full_ledger: Path) -> None:
    connection = opened_by_hand(full_ledger)
    connection.execute("DROP TRIGGER vial_remains")
    connection.execute("DELETE FROM vial WHERE vial_id = 3")
    connection.close()
    before = digest(full_ledger)
    with pytest.raises(LedgerDamaged):
        seal(full_ledger)
    assert digest(full_ledger) == before


TRIES = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from botoxcli.store import engine
from botoxcli.store.recorder import Recorder
engine.BUSY_MS = int(sys.argv[2])
engine.PRAGMAS = (("busy_timeout", sys.argv[2], int(sys.argv[2])), *engine.PRAGMAS[1:])
try:
    with Recorder(Path(sys.argv[1])).change(command="settings", actor="me", at=datetime.now(UTC)) as change:
        change.set_settings({"practice": "Meanwhile"})
    print("written")
except Exception as error:
    print(type(error).__name__)
"""


def another_process(ledger: Path, patience_ms: int = 100) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", TRIES, str(ledger), str(patience_ms)], stdout=subprocess.PIPE, text=True)


@pytest.fixture
def before_the_swap(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """What is to happen when the new file is ready and the old one still stands."""

    def do(something: Callable[[], None]) -> None:
        def put(new: Path, path: Path) -> None:
            something()
            swap.put_in_place(new, path)

        monkeypatch.setattr(reseal, "put_in_place", put)

    return do


def test_nobody_writes_while_the_pages_are_copied(full_ledger: Path, before_the_swap: Any) -> None:
    said: list[str] = []
    before_the_swap(lambda: said.append(another_process(full_ledger).communicate(timeout=60)[0].strip()))
    seal(full_ledger)
    assert said == ["LedgerBusy"]


def test_who_waited_for_it_is_told_that_the_file_was_replaced(full_ledger: Path, before_the_swap: Any) -> None:
    import time

    waiting: list[subprocess.Popen[str]] = []

    def begin() -> None:
        waiting.append(another_process(full_ledger, 20_000))
        time.sleep(2)

    before_the_swap(begin)
    seal(full_ledger)
    assert waiting[0].communicate(timeout=60)[0].strip() in ("LedgerReplaced", "WrongKey")  # the second when it opened the file after
    with open_ledger(Place(full_ledger, lambda: OTHER)) as reader:
        assert reader.settings()["practice"] == "Headache Clinic"


def test_a_ledger_in_use_is_waited_for_and_then_told(full_ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PRAGMAS", (("busy_timeout", "50", 50), *engine.PRAGMAS[1:]))
    other = engine.connect(full_ledger, with_cipher=True)  # of the same library: two of them in one process do not see each other's locks
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LedgerBusy):
        seal(full_ledger)
    other.close()


def test_a_file_that_was_swapped_meanwhile_is_told(full_ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = iter([(1, 1)])
    monkeypatch.setattr(reseal, "file_number", lambda _path: next(seen))
    with pytest.raises(LedgerReplaced):
        seal(full_ledger)


def test_a_leftover_is_not_in_the_way(full_ledger: Path) -> None:
    for name in (f".{full_ledger.name}.0000000000000000.new", f".{full_ledger.name}.0000000000000000.new-journal"):
        full_ledger.with_name(name).write_bytes(b"half a page")
    seal(full_ledger)
    assert require_whole(Place(full_ledger, lambda: OTHER)).whole


def test_what_is_so_already_is_refused(full_ledger: Path, sealing: str) -> None:
    reseal.require_sealed(full_ledger, sealed=sealing == "encrypted")
    with pytest.raises(ValueRefused):
        reseal.require_sealed(full_ledger, sealed=sealing != "encrypted")


def test_a_wrong_key_spoils_nothing_that_a_killed_writer_left(full_ledger: Path, sealing: str) -> None:
    """A writer that was killed with pages in the file: whether a wrong key or the right one comes first, the change is gone as a whole."""
    if sealing == "plain":
        seal(full_ledger)
    key = Place.of(full_ledger).key if sealing == "encrypted" else lambda: OTHER
    place = Place(full_ledger, key)
    connection = engine.connect(place)
    before, held = digest(full_ledger), dump(connection)
    connection.close()
    dies = (
        "import os, pathlib, sys; from botoxcli.store import engine; from botoxcli.store.key import Key; from botoxcli.store.place import Place; "
        "c = engine.connect(Place(pathlib.Path(sys.argv[1]), lambda: Key.of_raw(bytes.fromhex(sys.argv[2])))); "
        "c.execute('PRAGMA cache_size = 1'); c.execute('BEGIN IMMEDIATE'); "
        "[c.execute('INSERT INTO draft VALUES (?, ?, ?, ?, ?, ?, ?)', "
        "(n, 'session', str(n), str(n), '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 'x' * 9000)) for n in range(1, 99)]; os._exit(9)"
    )
    raw = cipher.key_of(place).raw(b"").hex()
    assert subprocess.run([sys.executable, "-c", dies, str(full_ledger), raw], check=False).returncode == 9
    assert digest(full_ledger) != before
    with pytest.raises(WrongKey):
        open_ledger(Place(full_ledger, lambda: Key.of_raw(b"w" * 32)))
    connection = engine.connect(place)  # SQLite mends what the killed writer left, whoever opens it: that needs no key
    assert dump(connection) == held
    connection.close()
    assert require_whole(place).whole


def test_the_recorder_goes_on_under_the_new_key(full_ledger: Path) -> None:
    seal(full_ledger)
    place = Place(full_ledger, lambda: OTHER)
    with Recorder(place).change(command="settings", actor="Dr. Test", at=AT) as change:
        change.set_settings({"practice": "Third Clinic"})
    assert require_whole(place).whole
