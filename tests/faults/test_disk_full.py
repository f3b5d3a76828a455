"""The disk is full, or a file may not grow: exit 15 in words, all as it was, and afterwards the same command succeeds.

Every command that writes is tried (``writing_commands``). The short form runs with the other tests; the long one, some minutes, with

    FAULTS=long pytest tests/faults/test_disk_full.py -s -n auto
"""

from __future__ import annotations

import functools
import itertools
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from .confined import Said, botox, forked, no_larger_than
from .simulated_disk import SimulatedDisk
from .sqlite_on_simulated_disk import failing, simulated
from .trials import FILLER, Trial, trial
from .writing_commands import READING, TODAY, WRITING, all_commands, run

pytestmark = pytest.mark.plain_only  # the rows say themselves which ledger is encrypted
LONG = os.environ.get("FAULTS") == "long"
PAGE = 4096
TMPFS_BYTES = 8 * 2**20
ROOM = (0, PAGE, 2 * PAGE, 4 * PAGE, 16 * PAGE, 64 * PAGE)  # bytes that are left on the small disk
SIZES = ("0", "512", "4096", "half", "as it is", "a page more")  # that no file may grow past, where "as it is" is the ledger's own
SURELY = 3  # the first so many sizes and two rooms leave no command enough
program: Callable[..., Said] = botox if LONG else forked


def tried(one: Trial, confine: Callable[[], None] | None, *, surely: bool, again: Callable[[], object] | None = None) -> int:
    """Runs the command under the limit, and when it could not write once more without. Gives the exit code under the limit."""
    before = one.standing_at_first()
    said = program(one.ledger, *one.words, confine=confine)
    after = one.standing()
    assert said.code == 15 or (said.code == one.ends and not surely), f"{one.words}: {said}"
    if said.code != 15:
        assert after != before
        return 0
    assert said.in_words, said.told
    assert after == before, f"{one.words}: {said}"
    if again is not None:
        again()
        said = forked(one.ledger, *one.words)
        assert said.code == one.ends, f"{one.words}, when there was room: {said}"
        assert not LONG or one.standing() != before
    return 15


def limit_of(size: str, one: Trial) -> int:
    whole = one.ledger.stat().st_size if one.ledger.exists() else 100 * PAGE
    return {"half": whole // 2 // PAGE * PAGE, "as it is": whole, "a page more": whole + PAGE}.get(size) or int(size if size.isdigit() else 0)


def cases(places: int, turn: int) -> list[list[tuple[str, int]]]:
    """Every command with every place of a table of six; in the short form every other command, with one of the sure ones.

    In parts, so that they can be run side by side.
    """
    if not LONG:
        return [[(name, number // 2 % 2) for number, name in enumerate(WRITING) if number % 2 == turn]]
    every = list(itertools.product(WRITING, range(places)))
    return [every[first : first + 4 * places] for first in range(0, len(every), 4 * places)]


def test_every_command_stands_in_a_table() -> None:
    """A new command must say here whether it writes, and how it is tried."""
    there = set(all_commands())
    tried_here = {name.split(",")[0] for name in WRITING}
    assert there - tried_here - READING == set()
    assert tried_here - there == set()


@pytest.mark.parametrize("part", cases(len(SIZES), turn=0), ids=lambda part: part[0][0])
def test_no_file_may_grow(part: list[tuple[str, int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: Counter[int] = Counter()
    for name, place in part:
        one = trial(name, tmp_path / "trial")
        monkeypatch.setenv("XDG_DATA_HOME", str(one.root / "data"))
        confine = no_larger_than(limit_of(SIZES[place], one))
        ended[tried(one, confine, surely=place < (1 if WRITING[name].small else SURELY), again=lambda: None)] += 1
    print(f"\nfile-size limits: {ended.total()} runs of writing commands: {ended[15]} refused with exit 15 and all as it was, {ended[0]} done")


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A disk of a few megabytes, in memory."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("a small disk can be mounted only by root, on Linux")
    folder = tmp_path_factory.mktemp("disk")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={TMPFS_BYTES}", "tmpfs", folder], capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", folder], check=True)


def fill(disk: Path, room: int) -> Path:
    """Leaves so many bytes free."""
    filler = disk / FILLER
    found = os.statvfs(disk)
    with filler.open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, found.f_bavail * found.f_frsize - room)
    return filler


@pytest.mark.parametrize("part", cases(len(ROOM), turn=1), ids=lambda part: part[0][0])
def test_the_disk_is_full(part: list[tuple[str, int]], small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: Counter[int] = Counter()
    for name, place in part:
        one = trial(name, small_disk)
        monkeypatch.setenv("XDG_DATA_HOME", str(one.root / "data"))
        filler = fill(small_disk, ROOM[place])
        ended[tried(one, None, surely=place < (1 if WRITING[name].small else 2), again=functools.partial(filler.write_bytes, b""))] += 1
    print(f"\na full disk: {ended.total()} runs of writing commands: {ended[15]} refused with exit 15 and all as it was, {ended[0]} done")


@pytest.mark.parametrize("what", ["write", "sync"])
def test_any_write_of_a_change_may_fail(what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As with a quota, below SQLite: from each of its writes on, or each of its syncs, nothing more is taken."""
    names = [name for name, row in WRITING.items() if row.records] if LONG else ["session"]
    failed = 0
    for name in names:
        one = trial(name, tmp_path / "counted")
        monkeypatch.setenv("XDG_DATA_HOME", str(one.root / "data"))
        with simulated(SimulatedDisk(one.root)), failing(what) as count:
            assert run(one.ledger, *one.words)[0] == 0
        for number in range(1, count[0] + 1, 1 if LONG or what == "sync" else 12):
            one = trial(name, tmp_path / "trial")
            before = one.standing_at_first()
            with simulated(SimulatedDisk(one.root)), failing(what, number):
                said = Said(*run(one.ledger, *one.words))
            assert (said.code, said.in_words) == (15, True), f"{what} {number} of {count[0]}: {said}"
            assert one.standing() == before, f"{what} {number} of {count[0]}"
            failed += 1
    print(f"\na {what} that fails: {len(names)} commands, {failed} runs, each refused with exit 15 and all as it was")


def test_half_a_key_is_none(tmp_path: Path) -> None:
    """A write of which a part fits is no error to the system: the key file must be whole, or there must be none and nothing encrypted."""
    one = trial("ledger encrypt", tmp_path / "trial")
    before = one.standing_at_first()
    said = forked(one.ledger, *one.words, confine=no_larger_than(20))
    assert (said.code, said.in_words) == (15, True), said
    assert one.standing() == before
    assert not (one.files / "new.key").exists()


def test_at_the_chair_a_full_disk_is_said_at_once(tmp_path: Path) -> None:
    """The answers that were given so far stand in the draft; the one that cannot be kept is told, and the session goes on from it later."""
    one = trial("session", tmp_path / "trial")
    before = one.standing_at_first()
    said = at_the_chair(one, no_larger_than(512))
    assert "Error: Could not write" in said and "Traceback" not in said
    assert one.standing() == before
    assert "Error" not in at_the_chair(one, None)
    assert one.standing() != before


def at_the_chair(one: Trial, confine: Callable[[], None] | None) -> str:
    """A session in a terminal up to its second question; what it said, and that it ended as it should."""
    words = ["-m", "botoxcli", "--ledger", str(one.ledger), "--today", TODAY, "session", "P0002", "--on", TODAY]
    environment = {**os.environ, "TERM": "dumb", "PYTHONUTF8": "1"}
    child = pexpect.spawn(sys.executable, words, env=environment, encoding="utf-8", timeout=60, preexec_fn=confine, dimensions=(40, 100))
    child.expect(r"\[y/n\]: ")
    child.send("y\r")
    if child.expect([r"1/10 [\s\S]*unknown > ", pexpect.EOF]) == 0:
        said = str(child.before) + str(child.after)
        child.send("y\r")
        child.expect([r"2/10 [\s\S]*unknown > ", pexpect.EOF])
        said += str(child.before)
    else:
        said = str(child.before)
    child.close(force=True)
    assert confine is None or child.exitstatus == 15, said
    return said
