"""The power goes, at any instant, while the real program writes: what it acknowledged is there, and all else wholly there or wholly not.

The program runs on a simulated disk (``simulated_disk``); after a cut, what is left of it is opened by the ordinary engine, on Python's own
SQLite, and verified. The short form runs with the other tests; the long one, some minutes, with

    FAULTS=long pytest tests/faults/test_power_cut.py -s -n auto
"""

from __future__ import annotations

import contextlib
import functools
import json
import os
import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from botoxcli.errors import WrongKey
from botoxcli.store import engine, schema_version
from botoxcli.store.drafts import Drafts
from botoxcli.store.key import Key
from botoxcli.store.place import Place
from botoxcli.store.reader import open_ledger

from .ledger_state import is_whole, state_of
from .simulated_disk import Acknowledged, Named, SimulatedDisk, Unnamed
from .sqlite_on_simulated_disk import ordinary_sqlite, simulated
from .writing_commands import PRACTICE, SESSION, WRITING, done, furnish_files

pytestmark = pytest.mark.plain_only  # SQLCipher cannot be put on the simulated disk; its pager is SQLite's
LONG = os.environ.get("FAULTS") == "long"
NOW = datetime(2026, 3, 9, 10, 0, tzinfo=UTC)
FROZEN = Path(__file__).resolve().parents[1] / "schemas"
LEDGER = "data/practice/ledger.db"
Read = Callable[[Path], str | None]


@dataclass
class Play:
    """A run of the program on a simulated disk, and what it promised of which thing, from which event on."""

    root: Path
    disk: SimulatedDisk
    things: dict[str, Read] = field(default_factory=dict)
    promised: dict[str, list[tuple[int, str | None]]] = field(default_factory=dict)

    @property
    def ledger(self) -> Path:
        return self.root / LEDGER

    @property
    def folder(self) -> Path:
        return self.root / "files"

    def watches(self, thing: str, read: Read) -> None:
        """From now on it is as it is, until a promise says otherwise."""
        self.things[thing] = read
        with ordinary_sqlite():
            self.promised[thing] = [(len(self.disk.events), read(self.root))]

    def runs(self, *arguments: str) -> None:
        """A command that must succeed; when it is back, what it did is promised."""
        done(self.ledger, self.folder, arguments)
        self.acknowledges(arguments[0])

    def acknowledges(self, what: str) -> None:
        self.disk.acknowledged(what)
        with ordinary_sqlite():
            for thing, read in self.things.items():
                if (now := read(self.root)) != self.promised[thing][-1][1]:
                    self.promised[thing].append((len(self.disk.events), now))

    def may_be(self, thing: str, upto: int) -> set[str | None]:
        """What a thing may be after a cut: as it was promised last before it, or as the change on its way would have made it."""
        earlier = [value for since, value in self.promised[thing] if since <= upto]
        later = [value for since, value in self.promised[thing] if since > upto]
        return {earlier[-1], *later[:1]}

    def image(self, upto: int, chance: random.Random, into: Path) -> Path:
        """A cut, as files below a new folder that takes the root's place."""
        shutil.rmtree(into, ignore_errors=True)
        into.mkdir()
        for path, held in self.disk.after_a_cut(upto, chance).items():
            target = into / path.relative_to(self.root)
            target.mkdir() if held is None else target.write_bytes(held)
        return into

    def faults(self, image: Path, upto: int) -> Iterator[str]:
        """What is not as promised, thing by thing."""
        for thing, read in self.things.items():
            if upto < self.promised[thing][0][0]:
                continue
            try:
                found = read(image)
            except Exception as error:
                yield f"{thing}: {type(error).__name__}: {str(error).splitlines()[0].replace(str(image), '')}"
                continue
            if found not in (allowed := self.may_be(thing, upto)):
                known = {value for _, value in self.promised[thing]}
                yield f"{thing}: " + ("lost" if None not in allowed and found in known else "neither old nor new")


def the_ledger(root: Path) -> str | None:
    """All rows of the ledger, once it is found whole; None where there is none."""
    path = root / LEDGER
    if not path.exists():
        return None
    with open_ledger(path):  # brings an older one up to date, as any command would
        pass
    assert is_whole(path)
    return state_of(path)


def a_file(name: str) -> Read:
    return lambda root: (root / name).read_text() if (root / name).exists() else None


def life(play: Play) -> None:
    """A practice from its first command on: every kind of visit, stock, corrections, drafts at the chair."""
    play.watches("ledger", the_ledger)
    for arguments in PRACTICE if LONG else PRACTICE[:4]:
        play.runs(*arguments)
    with Drafts(play.ledger) as drafts:
        for given in ({}, {"sites": ["procerus"]}, {"sites": ["procerus", "corrugator-left"], "vial": "C1234"}):
            drafts.save("session", "P0002" if LONG else "P0001", "chair-1", given, NOW)
            play.acknowledges("draft")
    for command in WRITING.values() if LONG else ():
        if command.records:
            play.runs(*command.arguments)
            play.runs("undo", "--yes")
    if not LONG:
        play.runs(*SESSION, "P0001", "--on", "2026-03-09", "--vial", "C1234", "--key", "chair-1")
        play.runs("undo", "--yes")


def files(play: Play) -> None:
    """Files that the program makes: an export over an older one, and a protocol that takes the place of another."""
    play.watches("export", a_file("files/injections.csv"))
    play.watches("protocol", a_file("data/botoxcli/protocols/chronic-migraine.yaml"))
    for number in range(4, 7):
        play.runs(*WRITING["export"].arguments[:2], "--output", "{folder}/injections.csv")
        play.runs(*WRITING["protocol add"].arguments)
        with (play.folder / "own.yaml").open("a") as stream:
            stream.write(f"# {number}\n")
        play.runs("patient", "add", f"P{number}", "--name", "Ada Example", "--born", f"199{number}-01-01", "--no-input")


def migration(version: int) -> Callable[[Play], None]:
    def migrate(play: Play) -> None:
        """A ledger of an older schema is opened."""
        with ordinary_sqlite():
            old, walked = state_of(play.ledger), _walked(play.ledger)

        def read(root: Path) -> str | None:
            path = root / LEDGER
            with contextlib.closing(engine.connect(path)) as connection:
                now = schema_version.version(connection)
            backups = path.parent.glob(f"*.before-v{version + 1}-*.bak")
            assert now == version or any(state_of(backup) == old for backup in backups), "the backup of before is not there"
            return the_ledger(root)

        play.things["ledger"], play.promised["ledger"] = read, [(0, walked)]
        with open_ledger(play.ledger):
            pass
        play.acknowledges("migrated")

    return migrate


def _walked(path: Path) -> str | None:
    """What an older ledger is once it was brought up to date: tried on a copy."""
    root = Path(tempfile.mkdtemp())
    (root / LEDGER).parent.mkdir(parents=True)
    shutil.copy(path, root / LEDGER)
    found = the_ledger(root)
    shutil.rmtree(root)
    return found


def kept(play: Play) -> None:
    """A backup, a change after it, and the backup restored: what stood there must be somewhere, whatever the instant."""
    play.watches("ledger", the_ledger)
    play.runs(*PRACTICE[0])
    play.runs(*PRACTICE[-1])
    play.watches("backup", _whole_files("files/usb/*.db"))
    play.watches("manifest", lambda root: "".join(json.loads(one.read_text())["sha256"] for one in (root / "files/usb").glob("*.json")))
    play.runs("ledger", "backup", "{folder}/usb")
    (backup,) = (play.folder / "usb").glob("*.db")
    play.runs(*WRITING["patient add"].arguments)
    newest = str(play.promised["ledger"][-1][1])
    beside = f"{LEDGER}*"
    play.watches("what stood there", lambda root: str(newest in (_whole_files(beside)(root) or "")))
    play.runs("ledger", "restore", str(backup), "--yes", "--no-input")


def _whole_files(pattern: str) -> Read:
    """What the ledgers of such names hold, once they are found whole."""

    def read(root: Path) -> str | None:
        found = sorted(path for path in root.glob(pattern) if not path.name.endswith("-journal"))
        assert all(is_whole(path) for path in found)
        return " ".join(state_of(path) for path in found) or None

    return read


def sealed(play: Play) -> None:
    """A ledger that is encrypted, gets another key, and is decrypted again; every key is in a file that was made on the way."""
    play.runs(*PRACTICE[0])

    def opened(root: Path) -> str | None:
        texts = [key.read_text().strip() for key in sorted((root / "files").glob("*.key")) if key.stat().st_size]
        for text in ("00" * 32, *texts):  # one that is no key, for a ledger in plain text
            with contextlib.suppress(WrongKey):
                place = Place(root / LEDGER, functools.partial(Key.of_text, text))
                assert is_whole(place)
                return state_of(place)
        raise AssertionError("no key opens it")

    play.watches("ledger", opened)
    one, other = ("--key-file", "{folder}/one.key"), ("--key-file", "{folder}/other.key")
    play.runs("ledger", "encrypt", *one, "--no-input")
    play.runs("ledger", "rekey", *one, "--new-key-file", "{folder}/other.key", "--no-input")
    play.runs("ledger", "decrypt", *other, "--yes", "--no-input")


# Name -> what is played, the ledger that it begins with, and how many cuts are tried in the long form and in the short.
SCENES: dict[str, tuple[Callable[[Play], None], str, int, int]] = {
    "life": (life, "", 1200, 24),
    "files": (files, "v2", 150, 9),
    "backup": (kept, "", 300, 9),
    "encryption": (sealed, "", 150, 6),
    "migrate v1": (migration(1), "v1", 150, 6),
    "migrate v2": (migration(2), "v2", 150, 6),
}
CHUNK = 150
_TELLING: tuple[Any, ...] = (Acknowledged, Named | Unnamed)


def played(scene: str, root: Path, patch: pytest.MonkeyPatch, *, syncs_lie: bool = False) -> Play:
    """The scene's run, from the start to the end, on a simulated disk."""
    play = Play(root, SimulatedDisk(root, syncs_lie=syncs_lie))
    act, begins_with, *_ = SCENES[scene]
    (play.folder / "usb").mkdir(parents=True)
    furnish_files(play.folder)
    if begins_with:
        play.ledger.parent.mkdir(parents=True)
        shutil.copy(FROZEN / f"{begins_with}.db", play.ledger)
    patch.setenv("XDG_DATA_HOME", str(root / "data"))
    with simulated(play.disk):
        act(play)
    return play


def cuts(play: Play, seeds: range) -> Iterator[tuple[int, random.Random]]:
    """Instants, each with a chance of its own: right after something was acknowledged, right after a name came or went, and any."""
    after = {kind: [number for number, event in enumerate(play.disk.events, start=1) if isinstance(event, kind)] for kind in _TELLING}
    since = play.disk.began
    for seed in seeds:
        chance = random.Random(seed)
        telling = [number for number in after[_TELLING[seed % 3]] if number >= since] if seed % 3 < len(_TELLING) else []
        yield (chance.choice(telling) if telling else chance.randrange(since, len(play.disk.events) + 1)), chance


def tried(play: Play, seeds: range, into: Path) -> Counter[str]:
    """The faults that were found in so many images, by what they are."""
    found: Counter[str] = Counter()
    for upto, chance in cuts(play, seeds):
        found.update(play.faults(play.image(upto, chance, into), upto))
    return found


def parts() -> Iterator[tuple[str, range]]:
    for scene, (_, _, many, few) in SCENES.items():
        seeds = range(many if LONG else few)
        yield from ((scene, seeds[first : first + CHUNK]) for first in range(0, len(seeds), CHUNK))


@pytest.fixture
def scratch() -> Iterator[Path]:
    """A folder in memory, where there is one: the disk is simulated, and another need not be waited for."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


@pytest.mark.parametrize(("scene", "seeds"), parts(), ids=lambda part: f"{part[0]}-{part[-1]}" if isinstance(part, range) else part)
def test_what_was_acknowledged_outlives_a_power_cut(scene: str, seeds: range, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    play = played(scene, scratch / "played", monkeypatch)
    found = tried(play, seeds, scratch / "image")
    print(f"\n{scene}: {len(seeds)} power cuts in {len(play.disk.events)} events; lost, half or damaged: {found.total()}")
    assert not found


def _a_little(play: Play) -> None:
    """A new ledger and two patients."""
    play.watches("ledger", the_ledger)
    play.watches("export", a_file("files/injections.csv"))
    play.runs(*PRACTICE[0])
    play.runs(*PRACTICE[-1])
    play.runs(*WRITING["patient add"].arguments)
    play.runs(*WRITING["export"].arguments)


SCENES["a little"] = (_a_little, "", 0, 0)


@pytest.mark.parametrize("synchronous", ["EXTRA", "FULL", "NORMAL", "OFF"] if LONG else ["FULL"])
def test_a_ledger_that_syncs_less_is_seen_to_lose(synchronous: str, scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The simulator itself: what SQLite leaves out with these settings, it must find."""
    number = {"EXTRA": 3, "FULL": 2, "NORMAL": 1, "OFF": 0}[synchronous]
    changed = [("synchronous", synchronous, number) if name == "synchronous" else (name, value, kept) for name, value, kept in engine.PRAGMAS]
    monkeypatch.setattr(engine, "PRAGMAS", tuple(changed))
    play = played("a little", scratch / "played", monkeypatch)
    found = tried(play, seeds := range(200 if LONG else 20), scratch / "image")
    print(f"\nsynchronous={synchronous}: lost or damaged in {found.total()} of {len(seeds)} power cuts: {dict(found)}")
    assert bool(found) == (synchronous != "EXTRA")


def test_a_disk_that_lies_is_seen_to_lose(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that says it kept what it did not keep: no program can help, and the simulator must see it."""
    play = played("a little", scratch / "played", monkeypatch, syncs_lie=True)
    found = tried(play, range(20), scratch / "image")
    assert {thing.split(":")[0] for thing in found} == {"ledger", "export"}
