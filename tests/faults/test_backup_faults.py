"""Backups and restores while others write, on disks that refuse, past links, and killed in the middle.

The long form of this file: ``FAULTS=long pytest tests/faults/test_backup_faults.py -s -n auto``.
"""

from __future__ import annotations

import contextlib
import io
import os
import random
import resource
import shutil
import signal
import stat
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from botoxcli.clinic.records import NewPatient
from botoxcli.store import page_copy
from botoxcli.store.integrity import require_whole
from botoxcli.store.lineage import Kinship, entries_of, of_entries
from botoxcli.store.place import Place
from botoxcli.store.recorder import Recorder, create_ledger

AT = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
LONG = os.environ.get("FAULTS") == "long"
BACKUPS_WHILE_WRITING = 40 if LONG else 4
KILLS = 300 if LONG else 12


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A ledger with some patients."""
    path = tmp_path / "practice" / "ledger.db"
    settings = {"practice": "Example Practice", "practitioner": "Dr Example", "time-zone": "UTC", "jurisdiction": "us"}
    create_ledger(path, settings=settings, actor="Dr Example", at=AT)
    for number in range(5):
        add_patient(path, number)
    return path


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """An empty folder for backups."""
    (tmp_path / "stick").mkdir()
    return tmp_path / "stick"


@pytest.fixture(scope="session", autouse=True)
def _loaded(sealing: str) -> None:
    """What the commands import, once: a child then takes no longer than the command itself."""
    import botoxcli.cli.ledger
    import botoxcli.store.backup
    import botoxcli.store.rehearsal
    import botoxcli.store.restore  # noqa: F401


def add_patient(path: Path, number: int) -> None:
    with Recorder(path).change(command="patient add", actor="Dr Example", at=AT) as change:
        change.add_patient(NewPatient(code=f"P{number:04}", name="Ada Example", born=AT.date().replace(year=1980)))


def run(*arguments: str) -> int:
    """The whole command line in this process; its exit code."""
    from botoxcli.cli.main import app

    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            app(list(arguments), prog_name="botox")
        except SystemExit as end:
            return int(end.code or 0)
    return 0


def child(work: Callable[[], int]) -> int:
    """A process that does this and ends with its code; its number."""
    number = os.fork()
    if number:
        return number
    code = 99
    try:
        code = work()
    finally:
        os._exit(code)


def ended(number: int) -> int:
    """The exit code of a child; minus the signal when one ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(number, 0)[1])


@contextlib.contextmanager
def somebody_writing(ledger: Path, acknowledged: Path) -> Iterator[None]:
    """Another process that adds patients as fast as it can, and notes each that was acknowledged."""

    def write() -> int:
        number = 100
        while not acknowledged.with_suffix(".stop").exists():
            add_patient(ledger, number)
            with acknowledged.open("a") as told:
                told.write(f"P{number:04}\n")
            number += 1
        return 0

    writer = child(write)
    try:
        yield
    finally:
        acknowledged.with_suffix(".stop").touch()
        assert ended(writer) == 0


def backups_in(folder: Path) -> list[Path]:
    return sorted(one for one in folder.iterdir() if one.suffix == ".db")


def left_in(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir() if one.name.startswith("."))


@pytest.mark.parametrize("pages", [4, page_copy.PAGES_AT_ONCE], ids=["in small steps", "as it is"])
def test_while_others_write_each_backup_is_whole_and_at_some_entry(
    ledger: Path, stick: Path, tmp_path: Path, pages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_copy, "PAGES_AT_ONCE", pages)
    acknowledged = tmp_path / "acknowledged"
    acknowledged.touch()
    with somebody_writing(ledger, acknowledged):
        codes = [ended(child(lambda: run("--ledger", str(ledger), "ledger", "backup", str(stick)))) for _ in range(BACKUPS_WHILE_WRITING)]
    assert codes == [0] * BACKUPS_WHILE_WRITING
    require_whole(ledger)
    live, made = entries_of(ledger), backups_in(stick)
    assert len(made) == BACKUPS_WHILE_WRITING
    for one in made:
        require_whole(one)
        assert of_entries(live, entries_of(one)).kinship is Kinship.OLDER
    assert [line.command for line in live].count("ledger backup") == BACKUPS_WHILE_WRITING
    written = len(acknowledged.read_text().split())
    assert [line.command for line in live].count("patient add") == 5 + written
    print(f"\n{len(made)} backups while {written} changes were made: all whole, each at an entry; no change was refused or lost")


def test_two_at_once_are_two_files(ledger: Path, stick: Path) -> None:
    both = [child(lambda: run("--ledger", str(ledger), "ledger", "backup", str(stick))) for _ in range(4)]
    assert [ended(one) for one in both] == [0] * 4
    assert len(backups_in(stick)) == 4
    assert left_in(stick) == []
    for one in backups_in(stick):
        require_whole(one)
        assert one.with_name(f"{one.name}.json").exists()


def limited(most: int, *arguments: str) -> int:
    """The command in a process whose files can grow to that many bytes and no further."""

    def work() -> int:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
        return run(*arguments)

    return ended(child(work))


def test_a_full_disk_is_15_and_leaves_nothing(ledger: Path, stick: Path) -> None:
    backup_of(ledger, stick.parent / "kept.db")
    held, size = ledger.read_bytes(), ledger.stat().st_size
    for most in (0, 512, 4096, 60_000, size // 2, size - 1):
        assert limited(most, "--ledger", str(ledger), "ledger", "backup", str(stick)) == 15, most
        assert list(stick.iterdir()) == [], most
        assert limited(most, "--ledger", str(ledger), "ledger", "restore", str(stick.parent / "kept.db"), "--yes") == 15, most
        assert ledger.read_bytes() == held, most
        assert [one.name for one in ledger.parent.iterdir()] == ["ledger.db"], most


def backup_of(ledger: Path, path: Path) -> Path:
    assert run("--ledger", str(ledger), "ledger", "backup", str(path)) == 0
    return path


def test_a_place_that_cannot_be_written_is_15(ledger: Path, stick: Path) -> None:
    held = ledger.read_bytes()
    places = ["/proc", "/proc/x.db", "/dev/null", "/dev/null/x.db"]
    if os.geteuid():
        stick.chmod(0o500)
        places += [str(stick), str(stick / "x.db")]
    for place in places:
        assert run("--ledger", str(ledger), "ledger", "backup", place) == 15, place
    assert ledger.read_bytes() == held
    stick.chmod(0o700)
    assert list(stick.iterdir()) == []


def test_no_link_is_followed_not_even_one_that_comes_meanwhile(ledger: Path, stick: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "theirs.db"
    (stick / "x.db").symlink_to(target)
    assert run("--ledger", str(ledger), "ledger", "backup", str(stick / "x.db")) == 15
    (stick / "x.db").unlink()

    def and_a_link(place: Place) -> object:
        (stick / "x.db").symlink_to(target)
        return require_whole(place)

    monkeypatch.setattr("botoxcli.store.backup.require_whole", and_a_link)
    assert run("--ledger", str(ledger), "ledger", "backup", str(stick / "x.db")) == 15
    assert [one.name for one in stick.iterdir()] == ["x.db"]
    assert not target.exists()


def killed_after(seconds: float, *arguments: str) -> bool:
    """Runs the command and kills it after so long; whether it was still at work."""
    number = child(lambda: run(*arguments))
    time.sleep(seconds)
    os.kill(number, signal.SIGKILL)
    return ended(number) == -signal.SIGKILL


def moments(seed: int, longest: float) -> Iterator[float]:
    """When to kill: anywhere in the command, and as often near its end, where files get their names."""
    dice = random.Random(seed)
    for number in range(KILLS):
        yield dice.uniform(0, longest) if number % 2 else dice.uniform(0.7, 1.05) * longest


def takes(*arguments: str) -> float:
    """How long the command takes here and now, undisturbed."""
    begun = time.monotonic()
    assert ended(child(lambda: run(*arguments))) == 0
    return time.monotonic() - begun


def test_a_backup_that_is_killed_leaves_no_half_file_under_a_name(ledger: Path, stick: Path, tmp_path: Path) -> None:
    command = ("--ledger", str(ledger), "ledger", "backup", str(stick))
    killed = left = 0
    for moment in moments(4, takes(*command)):
        killed += killed_after(moment, *command)
        left += bool(left_in(stick))
    made = backups_in(stick)
    for one in made:
        require_whole(one)
        assert stat.S_IMODE(one.stat().st_mode) == 0o600
    assert len(made) >= [line.command for line in entries_of(ledger)].count("ledger backup") >= 1
    require_whole(ledger)
    assert run(*command) == 0, "nothing is in the way"
    assert left_in(stick) == []
    assert len(backups_in(stick)) == len(made) + 1
    print(f"\n{killed} of {KILLS} backups killed at work: {len(made)} files have a name, all whole; {left} left work that the next cleared away")


def test_a_restore_that_is_killed_leaves_the_old_ledger_or_the_new(ledger: Path, tmp_path: Path) -> None:
    backup = backup_of(ledger, tmp_path / "kept.db")
    was = entries_of(backup)
    add_patient(ledger, 900)
    held, stood = ledger.read_bytes(), entries_of(ledger)
    command = ("--ledger", str(ledger), "ledger", "restore", str(backup), "--yes")
    killed = swapped = 0
    for moment in moments(5, takes(*command)):
        shutil.rmtree(ledger.parent)
        ledger.parent.mkdir(mode=0o700)
        ledger.write_bytes(held)
        killed += killed_after(moment, *command)
        require_whole(ledger)
        now = entries_of(ledger)
        assert now == stood or (now[:-1] == was and now[-1].command == "ledger restore")
        if now != stood:
            swapped += 1
            (aside,) = ledger.parent.glob("*.bak")
            assert aside.read_bytes() == held
        assert run(*command) == 0
        assert entries_of(ledger)[: len(was)] == was
        assert left_in(ledger.parent) == []
    print(f"\n{killed} of {KILLS} restores killed at work: the ledger was the old one or (in {swapped}) the restored one, whole; each ran again")
