"""Real ``botox`` processes that write, killed by SIGKILL: what was acknowledged is there, nothing is half, and the same command goes on from there.

Each command is killed before each of its changes of a file, one after the other, which leaves all that a kill can ever leave; then at random
instants, and at random SQL statements. Afterwards the ledger is verified, and the command run again. The short form runs with the other tests;
the long one, some hours, or so many kills as are asked for, with

    FAULTS=long KILLS=10000 pytest tests/faults/test_kills.py -s -n auto
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from botoxcli.files.whole_manifest import README, read_manifest
from botoxcli.store import cipher, engine
from botoxcli.store.key import Key
from botoxcli.store.place import Place

from .killed_processes import By, Ended, Processes, processes
from .ledger_state import is_whole, state_of
from .writing_commands import KEY, LEAVING, PRACTICE, TODAY, WRITING, Writing, furnish_files, spelt

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are followed as Linux lets them be")
LONG = os.environ.get("FAULTS") == "long"
KILLS = int(os.environ.get("KILLS", "10000"))
CHUNK = 50
VOLATILE = {"at", "saved_at", "started_at", "hash", "salt", "commitment", "change_key"}  # what two runs of one command never share
Things = dict[str, Any]

# What the same command does once more when it was done: it finds its record standing, it is refused (with one of these codes), or it is
# done anew because that is what it is for: another backup, the copy restored again, and undo, which then gives back what it took.
STANDING, ANEW, REFUSED = (0,), (), (12, 21, 22, 23)
AGAIN = {
    "settings": STANDING, "diary import": STANDING, "protocol add": STANDING, "export": STANDING, "lot": STANDING,
    "undo": ANEW, "ledger backup": ANEW, "ledger restore": ANEW,
}  # fmt: skip
TAKE_A_KEY = ("session", "consult", "follow-up", "visit amend", "visit void", "undo", "patient edit", "patient toxin", "visit moved")
OTHER_KEYS = ("ledger encrypt", "ledger decrypt", "ledger rekey", "init --encrypt")
# In the short form: these, so often each.
FEW = {
    "session, with a key": 7, "consult, with a key": 2, "follow-up, with a key": 3, "consult": 2, "visit amend": 3, "visit void": 3,
    "undo, with a key": 3, "diary import": 3, "ledger backup": 5, "ledger restore": 4,
    "ledger encrypt": 3, "ledger decrypt": 2, "ledger rekey": 2,
}  # fmt: skip
FEW_SEALED = ("session, with a key",)  # what SQLite does with the files is the same under the cipher


def scenes() -> dict[str, Writing]:
    """Every command that writes, and with a key of its own each that takes one."""
    found = dict(WRITING)
    sealed = (*(word for word in WRITING["init"].arguments if word != "--plaintext"), "--encrypt", *KEY)
    found["init --encrypt"] = replace(WRITING["init"], arguments=sealed)
    for name in TAKE_A_KEY:
        found[f"{name}, with a key"] = replace(WRITING[name], arguments=(*WRITING[name].arguments, "--key", "of-my-own"))
    return found


SCENES = scenes()
EACH = -(-KILLS // len(SCENES))


def again(name: str) -> tuple[int, ...]:
    return STANDING if name.endswith("with a key") else AGAIN.get(name, REFUSED)


def content_of(place: Place) -> dict[str, list[Any]]:
    """Every row of every table, but for what two runs of one command never share."""
    with contextlib.closing(engine.connect(place)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()]
        found = {}
        for name in names:
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({name})").fetchall() if row[1] not in VOLATILE]
            found[name] = sorted(connection.execute(f"SELECT {', '.join(columns)} FROM {name}").fetchall(), key=repr)
    return found


def opened(path: Path, keys: Path) -> Place:
    """The ledger, with what opens it: the test's own key, or the one of the key files that does."""
    place, salt = Place.of(path), cipher.salt_of(path)
    if salt is None or (place.key and cipher.opens(path, place.key())):
        return place
    for file in sorted(keys.glob("*.key")):
        if (text := file.read_text().strip()) and cipher.opens(path, key := Key.of_text(text)):
            return Place(path, lambda: key)
    raise AssertionError("no key opens it")


def whole_content(path: Path, root: Path) -> dict[str, list[Any]]:
    place = opened(path, root / "files")
    assert is_whole(place)
    return content_of(place)


def things(root: Path) -> Things:
    """Each thing that a command may make or change, and what it is now. Raises when a ledger, or a copy that looks like one, is not whole."""
    practice, usb = root / "practice", root / "files" / "usb"
    ledger = practice / "ledger.db"
    for copy in practice.glob("*.bak"):
        whole_content(copy, root)
    return {
        "ledger": whole_content(ledger, root) if ledger.exists() else None,
        "sealed": ledger.exists() and cipher.salt_of(ledger) is not None,
        "backups": [whole_content(one, root) for one in sorted(usb.glob("*.db"))],
        "manifests": len(list(usb.glob("*.json"))),
        "files": {one.name: one.read_text() for one in sorted((root / "files").glob("*.csv"))},
        "folders": {one.name: _whole_folder(one) for one in sorted((root / "files").iterdir()) if one.is_dir() and one != usb and one.name[0] != "."},
        "protocols": sorted(one.read_text() for one in (root / "data").rglob("*.yaml")),
    }


def _whole_folder(folder: Path) -> dict[str, str]:
    """What an exported folder holds, each file as its manifest names it. A folder that has its name is whole."""
    manifest = read_manifest(folder)
    for part in manifest.files:
        assert hashlib.sha256((folder / part.file).read_bytes()).hexdigest() == part.sha256, part.file
    return {part.file: part.sha256 for part in manifest.files if part.file != README}  # which says when it was made


@dataclass
class Stage:
    """A practice that commands are tried on, each time from the start; ``folder`` is where that happens."""

    processes: Processes
    folder: Path

    def begins(self, scene: Writing) -> Path:
        """A fresh copy of what the scene begins with."""
        root = self.folder / "tried"
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.folder / "begun", root)
        practice = root / "practice"
        practice.mkdir(mode=0o700)
        if scene.begins != "nothing":
            shutil.copy(self.folder / f"{scene.begins}.db", practice / "ledger.db")
        return root

    def runs(self, root: Path, arguments: Sequence[str], *, by: By | None = None, at: float | None = None) -> Ended:
        os.environ["XDG_DATA_HOME"] = str(root / "data")
        words = ["--ledger", str(root / "practice" / "ledger.db"), "--today", TODAY, *spelt(arguments, root / "files")]
        return self.processes.run(words, by=by, at=at)

    def furnish_once(self) -> None:
        """The practice, in plain text and encrypted with ``one.key``, or the first alone under the tests' key; a backup of it; the files."""
        begun = self.folder / "begun"
        if begun.exists():
            return
        (begun / "files" / "usb").mkdir(parents=True)
        (begun / "data").mkdir()
        furnish_files(begun / "files")
        made = begun / "practice" / "ledger.db"
        for arguments in (*PRACTICE[:-1], ("ledger", "backup", "{folder}/backup.db"), LEAVING, PRACTICE[-1]):
            self._done(begun, arguments)
        shutil.copy(made, self.folder / "plain.db")
        if "SEALED_WITH" not in os.environ:
            self._done(begun, ("ledger", "encrypt", *KEY, "--no-input"))
            shutil.copy(made, self.folder / "encrypted.db")
        shutil.rmtree(made.parent)

    def _done(self, root: Path, arguments: Sequence[str]) -> None:
        ended = self.runs(root, arguments)
        assert ended.code == 0, ended


@pytest.fixture(scope="module")
def stage(sealing: str) -> Iterator[Stage]:
    """In memory, where there is one: a kill leaves what the system holds, whatever the disk below it."""
    memory = Path("/dev/shm")
    with (
        tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder,
        pytest.MonkeyPatch.context() as patch,
        processes(Path(folder)) as made,
    ):
        patch.setenv("BOTOX_ACTOR", "Dr Example")
        yield Stage(made, Path(folder))


@dataclass
class Trial:
    """One command: what was before it, what is after it, and how long or how many changes it takes."""

    stage: Stage
    name: str
    scene: Writing
    before: Things
    exactly: str | None
    after: Things
    seconds: float
    changes: int

    @classmethod
    def of(cls, stage: Stage, name: str) -> Trial:
        scene = SCENES[name]
        root = stage.begins(scene)
        before, exactly = things(root), _exactly(root)
        ended = stage.runs(root, scene.arguments, by="changes" if stage.processes.changes_can_be_counted() else None)
        assert ended.code == scene.ends, ended
        after = things(root)
        assert after != before
        return cls(stage, name, scene, before, exactly, after, ended.seconds, ended.changes)

    def instant(self, number: int) -> tuple[By, float]:
        """Where kill number so and so is made: before every change one after the other, then anywhere; in the short form rather late."""
        chance = random.Random(f"{self.name} {number}")
        if LONG and number < self.changes:
            between = max(1.0, self.changes / EACH)
            return "changes", 1 + int((number + (chance.random() if between > 1 else 0)) * between)
        if number % 3 == 2 or not self.changes:
            return "seconds", chance.uniform(0, self.seconds)
        if number % 3 == 1:
            return "statements", chance.randint(1, 400)
        return "changes", self.changes - (int(self.changes * chance.random() ** 2) if number else 0)

    def faults(self, number: int, seen: Counter[str]) -> Iterator[str]:
        """What is not as promised after one kill."""
        root = self.stage.begins(self.scene)
        by, at = self.instant(number)
        killed = self.stage.runs(root, self.scene.arguments, by=by, at=at)
        where = f"{self.name}, killed by {by} at {at:.4g}"
        if killed.code not in (None, self.scene.ends):
            yield f"{where}: ended by itself with {killed.code}: {killed.talk}"
            return
        try:
            left = things(root)
        except Exception as error:
            yield f"{where}: {type(error).__name__}: {error}"
            return
        acknowledged = killed.code is not None or bool(killed.out)
        done = left["ledger"] == self.after["ledger"] if self.scene.records else left == self.after
        seen.update(kills=1, acknowledged=acknowledged, done=done, untouched=left == self.before)
        for thing, is_now in left.items():
            if is_now != self.after[thing] and (acknowledged or is_now != self.before[thing]):
                yield f"{where}: {thing} is {'lost' if is_now == self.before[thing] else 'neither old nor new'}"
        if left["ledger"] == self.before["ledger"] and _exactly(root) != self.exactly:
            yield f"{where}: the ledger holds the same rows, and yet not the same"
        if LONG or number % 2 == 0:
            yield from (f"{where}, run again: {said}" for said in self._run_again(root, left, done=done))
        seen.update(leftovers=len([one for one in root.rglob(".*") if one.name.startswith(".")]))

    def _run_again(self, root: Path, left: Things, *, done: bool) -> Iterator[str]:
        """The same command once more: now it is done, or it was done and stands, or is refused."""
        exactly = _exactly(root)
        ended, allowed = self.stage.runs(root, self.scene.arguments), again(self.name) if done else STANDING
        if ended.code not in (REFUSED if allowed == REFUSED else (self.scene.ends,)):
            yield f"exit {ended.code}: {ended.talk}"
            return
        try:
            now = things(root)
        except Exception as error:
            yield f"{type(error).__name__}: {error}"
            return
        if done and allowed != ANEW:
            if now != left or _exactly(root) != exactly:
                yield "done twice"
        elif not done and left["ledger"] == self.before["ledger"] and now["ledger"] != self.after["ledger"] and self._is_in_the_ledger():
            yield "not as if it had been done once"

    def _is_in_the_ledger(self) -> bool:
        """Whether the ledger is what the command changes."""
        return bool(self.before["ledger"] != self.after["ledger"])


def _exactly(root: Path) -> str | None:
    ledger = root / "practice" / "ledger.db"
    return state_of(opened(ledger, root / "files")) if ledger.exists() else None


def parts(names: Sequence[str], few: dict[str, int]) -> Iterator[Any]:
    """Each command with the numbers of its kills, in chunks that several processes may share."""
    for name in names:
        numbers = range(EACH if LONG else few.get(name, 0))
        for first in range(0, len(numbers), CHUNK):
            chunk = numbers[first : first + CHUNK]
            yield pytest.param(name, chunk, id=f"{name}-{chunk[-1]}")


def tried(stage: Stage, name: str, numbers: range) -> list[str]:
    """The faults that so many kills of a command brought up; the figures are printed."""
    stage.furnish_once()
    trial, seen = Trial.of(stage, name), Counter[str]()
    found = [fault for number in numbers for fault in trial.faults(number, seen)]
    figures = ", ".join(f"{what} {number}" for what, number in sorted(seen.items()) if what != "kills")
    print(f"\n{name}: {seen['kills']} kills in {trial.changes} changes ({figures}); lost, half or doubled: {len(found)}", file=sys.stderr)
    return found


@pytest.mark.parametrize(("name", "numbers"), parts([name for name in SCENES if name not in OTHER_KEYS and SCENES[name].begins != "encrypted"], FEW))
def test_a_killed_command_is_done_or_not_and_can_be_run_again(stage: Stage, name: str, numbers: range, sealing: str) -> None:
    if sealing == "encrypted" and name not in FEW_SEALED:
        pytest.skip("the long form has them all in plain text")
    assert tried(stage, name, numbers) == []


@pytest.mark.plain_only
@pytest.mark.parametrize(("name", "numbers"), parts(OTHER_KEYS, FEW))
def test_a_ledger_whose_key_was_being_changed_opens_with_the_old_or_the_new(stage: Stage, name: str, numbers: range) -> None:
    assert tried(stage, name, numbers) == []


TWICE = [name for name in SCENES if again(name) != ANEW] if LONG else ["patient pause", "visit missed", "visit moved", "vial recall"]


@pytest.mark.plain_only
@pytest.mark.parametrize("name", TWICE)
def test_a_command_that_is_run_twice_is_done_once(stage: Stage, name: str) -> None:
    stage.furnish_once()
    scene = SCENES[name]
    root = stage.begins(scene)
    assert stage.runs(root, scene.arguments).code == scene.ends
    after, exactly = things(root), _exactly(root)
    assert stage.runs(root, scene.arguments).code in (REFUSED if again(name) == REFUSED else (scene.ends,))
    assert (things(root), _exactly(root)) == (after, exactly)


def test_every_command_that_writes_is_killed() -> None:
    assert set(WRITING) <= set(SCENES)
    assert set(FEW) <= set(SCENES)
    assert set(AGAIN) <= set(WRITING)
