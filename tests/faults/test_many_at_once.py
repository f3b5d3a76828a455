"""Many processes record at the same instant: each is acknowledged or refused by a rule, nothing is doubled, and the chain is whole.

One race is one start: the processes wait at a barrier and are let go together, each with a command that it may run once. The short form
runs some races of 6 processes; the long one, an hour or less, a thousand of 20, with

    FAULTS=long pytest tests/faults/test_many_at_once.py -s -n auto
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path

import pytest

from botoxcli.store import engine, swap
from botoxcli.store.place import Place
from botoxcli.store.reader import open_ledger

from .ledger_state import is_whole, state_of
from .writing_commands import CHAIR, CONSULT, INIT, PRACTICE, TODAY, WRITING, done, furnish_files, run, spelt

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are forked: a race needs them at one instant")
LONG = os.environ.get("FAULTS") == "long"
PROCESSES = 20 if LONG else 6
RACES_OF_A_KIND = int(os.environ.get("RACES", "1000")) // 4 if LONG else 2
SHARE = min(25, RACES_OF_A_KIND)
VIALS = 3
PATIENCE = 300
Told = tuple[int, int, int, str]  # the race, the process, its exit code, what it said
FORK = multiprocessing.get_context("fork")


def session(race: int, patient: str, *more: str) -> tuple[str, ...]:
    return ("session", patient, "--on", TODAY, "--vial", "L1", "--as-planned", *CHAIR, "--no-input", "--minutes", str(race + 1), *more)


@dataclass(frozen=True)
class Kind:
    """What process number ``who`` runs; how many end with 0, all others being stopped by a rule (23); how many sessions there are then."""

    arguments: Callable[[int, int], tuple[str, ...]]
    acknowledged: int
    sessions: int


KINDS = {
    "the same patient": Kind(lambda race, _: session(race, "P0001"), 1, 1),
    "the same vials": Kind(lambda race, who: session(race, f"P{who + 1:04}"), VIALS, VIALS),
    "the same key": Kind(lambda race, _: session(race, "P0001", "--key", "one"), PROCESSES, 1),
    "keys of two and two": Kind(lambda race, who: session(race, "P0001", "--key", f"key-{who // 2}"), 2, 1),
}


_made: dict[str, Path] = {}


@pytest.fixture
def practice(tmp_path_factory: pytest.TempPathFactory, sealing: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Patients who may be treated, one for each process, and three vials. It is made once for each kind, and to be copied."""
    if sealing not in _made:
        path = tmp_path_factory.mktemp("races") / "ledger.db"
        monkeypatch.setenv("BOTOX_ACTOR", "Dr Example")
        done(path, path.parent, INIT)
        done(path, path.parent, ("vial", "add", "L1", "--units", "200", "--expires", "2035-06", "--count", str(VIALS), "--on", "2026-01-02"))
        for who in range(PROCESSES):
            identity = ("--name", f"Example {chr(65 + who)}da", "--born", f"{1950 + who}-03-0{1 + who % 9}")
            done(path, path.parent, ("consult", f"P{who + 1:04}", *identity, "--on", "2026-03-01", *CONSULT, "--no-input"))
        _made[sealing] = path
    return _made[sealing]


def racer(who: int, folder: Path, kind: Kind, start: Barrier, told: Queue[Told]) -> None:
    """One process, there before the start of each race; it says how its command ended."""
    for race in range(SHARE):
        start.wait(timeout=PATIENCE)
        code, said = run(folder / f"{race}.db", *kind.arguments(race, who))
        told.put((race, who, code, said))


def raced(folder: Path, kind: Kind) -> list[Told]:
    """All that the processes told, of every race."""
    start, told = FORK.Barrier(PROCESSES), FORK.Queue()
    racers = [FORK.Process(target=racer, args=(who, folder, kind, start, told)) for who in range(PROCESSES)]
    for process in racers:
        process.start()
    found = [told.get(timeout=PATIENCE) for _ in range(PROCESSES * SHARE)]
    for process in racers:
        process.join(timeout=PATIENCE)
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", range(-(-RACES_OF_A_KIND // SHARE)))
def test_what_many_record_at_once_is_recorded_once(practice: Path, tmp_path: Path, kind: str, share: int, sealing: str) -> None:
    if sealing == "encrypted" and not LONG and kind != "the same vials":
        pytest.skip("the long form races for all of them")
    wanted = KINDS[kind]
    for race in range(SHARE):
        shutil.copy(practice, tmp_path / f"{race}.db")
    told = raced(tmp_path, wanted)
    print(f"\n{kind}: {SHARE} races of {PROCESSES} processes, {dict(Counter(code for _, _, code, _ in told))} by exit code", file=sys.stderr)
    assert [one for one in told if one[2] not in (0, 23)] == []
    for race in range(SHARE):
        ledger = tmp_path / f"{race}.db"
        codes = Counter(code for at, _, code, _ in told if at == race)
        assert codes == Counter({0: wanted.acknowledged, 23: PROCESSES - wanted.acknowledged})
        assert is_whole(ledger)
        _check_sessions(ledger, wanted, {f"P{who + 1:04}" for at, who, code, _ in told if at == race and code == 0})


def _check_sessions(ledger: Path, wanted: Kind, acknowledged: set[str]) -> None:
    """As many sessions as there may be, each of another patient and from another vial; who was told so has one."""
    with open_ledger(ledger) as reader:
        sessions = [head.patient for head in reader.visits() if head.kind == "session"]
        used = [vial for vial in reader.vials() if vial.state == "used"]
    assert len(sessions) == len(set(sessions)) == len(used) == wanted.sessions
    if wanted.sessions == wanted.acknowledged > 1:
        assert set(sessions) == acknowledged


# What is held: the writer's lock stops writers, and the one that a commit takes stops readers too.
def holder(place: Place, statement: str, held: Event, until: Event) -> None:
    connection = engine.connect(place)
    connection.execute(statement)
    held.set()
    until.wait(timeout=PATIENCE)
    connection.execute("ROLLBACK")
    connection.close()


@contextlib.contextmanager
def locked(ledger: Path, statement: str) -> Iterator[Event]:
    """Another process holds the ledger's lock until the block ends, or the event is set."""
    held, until = FORK.Event(), FORK.Event()
    process = FORK.Process(target=holder, args=(Place.of(ledger), statement, held, until))
    process.start()
    try:
        assert held.wait(timeout=PATIENCE)
        yield until
    finally:
        until.set()
        process.join(timeout=PATIENCE)


READING = ("due", "patient list", "patient show P0001", "visit list", "chart P0001", "vial list", "audit", "export visits", "ledger verify")


@pytest.fixture
def small_practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The practice that the table's commands can follow, and the files that they name beside it."""
    monkeypatch.setenv("BOTOX_ACTOR", "Dr Example")
    path = tmp_path / "practice" / "ledger.db"
    (tmp_path / "usb").mkdir()
    furnish_files(tmp_path)
    for arguments in (*PRACTICE[:-1], ("ledger", "backup", "{folder}/backup.db"), PRACTICE[-1]):
        done(path, tmp_path, arguments)
    return path


def impatient(patch: pytest.MonkeyPatch, milliseconds: int) -> None:
    patch.setattr(engine, "BUSY_MS", milliseconds)
    patch.setattr(swap, "BUSY_MS", milliseconds)
    waits = ("busy_timeout", str(milliseconds), milliseconds)
    patch.setattr(engine, "PRAGMAS", (waits, *(one for one in engine.PRAGMAS if one[0] != "busy_timeout")))


def test_a_lock_that_is_held_too_long_is_told_in_words(small_practice: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sealing: str) -> None:
    writing = {name: command for name, command in WRITING.items() if command.begins == "plain" and (command.records or name.startswith("ledger"))}
    if sealing == "encrypted":
        if not LONG:
            pytest.skip("the long form has it too")
        del writing["ledger encrypt"]
    before, files = state_of(small_practice), _files(tmp_path)
    impatient(monkeypatch, 30)
    with locked(small_practice, "BEGIN EXCLUSIVE"):
        for name in READING:
            _is_told_busy(small_practice, name.split())
        for command in writing.values():
            _is_told_busy(small_practice, spelt(command.arguments, tmp_path))
    with locked(small_practice, "BEGIN IMMEDIATE"):
        for name in READING:
            assert run(small_practice, *name.split())[0] in (0, 3), name
        for name, command in writing.items():
            if name != "ledger backup":  # it reads, and a ledger that cannot take a note of it is no reason to have none
                _is_told_busy(small_practice, spelt(command.arguments, tmp_path))
    assert state_of(small_practice) == before
    assert {name for name in _files(tmp_path) ^ files if not name.endswith(".key")} == set()


def _is_told_busy(ledger: Path, arguments: list[str]) -> None:
    code, said = run(ledger, *arguments)
    assert (code, "in use by another program; nothing was written" in said) == (11, True), (arguments, code, said)


def _files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def test_a_lock_that_is_let_go_in_time_is_waited_for(small_practice: Path, tmp_path: Path) -> None:
    with locked(small_practice, "BEGIN EXCLUSIVE") as until:
        waiting = FORK.Process(target=_let_go, args=(until,))
        waiting.start()
        began = time.monotonic()
        assert run(small_practice, *spelt(WRITING["session"].arguments, tmp_path))[0] == 0
        assert time.monotonic() - began >= 0.5
        waiting.join()


def _let_go(until: Event) -> None:
    time.sleep(0.5)
    until.set()


@pytest.mark.skipif(not LONG, reason="it waits for five seconds: the long form")
@pytest.mark.parametrize("words", ["due", "session"])
def test_five_seconds_are_waited_for(small_practice: Path, tmp_path: Path, words: str) -> None:
    arguments = [words] if words == "due" else spelt(WRITING[words].arguments, tmp_path)
    before = state_of(small_practice)
    with locked(small_practice, "BEGIN EXCLUSIVE"):
        began = time.monotonic()
        command = [sys.executable, "-m", "botoxcli", "--ledger", str(small_practice), "--today", TODAY, *arguments]
        ended = subprocess.run(command, capture_output=True, text=True)
        waited = time.monotonic() - began
    assert (ended.returncode, ended.stdout) == (11, "")
    assert "in use by another program; nothing was written" in ended.stderr
    print(f"\n{words}: exit 11 after {waited:.1f} s", file=sys.stderr)
    assert waited >= engine.BUSY_MS / 1000
    assert state_of(small_practice) == before
