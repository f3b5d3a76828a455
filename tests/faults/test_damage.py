"""No change of a ledger's file passes as good: bits flipped, the end cut off, pages zeroed, in plain text and encrypted.

For each damaged file either ``ledger verify`` says so, or every view and every command says what it said before. No command ends in a traceback:
what a damaged file makes it say is in ``TOLD``. The short form runs with the other tests; the long one, some twenty minutes, with

    FAULTS=long pytest tests/faults/test_damage.py -s -n auto
"""

from __future__ import annotations

import contextlib
import gc
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from botoxcli import paths
from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.diary import DiaryDay
from botoxcli.clinic.session_draft import SessionDraft
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.store import engine
from botoxcli.store.drafts import Drafts
from botoxcli.store.place import Place
from botoxcli.store.recorder import Recorder
from botoxcli.store.view_digests import view_digests

from ..store.conftest import AT, Factory, fill  # noqa: TID252 - one practice for both
from .writing_commands import run, spelt

pytestmark = pytest.mark.plain_only  # the encrypted ledger is one of the rows
LONG = os.environ.get("FAULTS") == "long"
PAGE = 4096
FLIPS, CUTS, ZEROED = (2_000, 200, 200) if LONG else (16, 6, 6)
CHUNKS = 10 if LONG else 1

# What a command that reads a damaged file may end in beside what it ended in before: it is damaged, or what was asked for is not there.
TOLD = (14, 22)

READING: tuple[tuple[str, ...], ...] = (
    ("due", "--all", "--explain"),
    ("due", "--format", "json"),
    ("chart", "P0001"),
    ("chart", "P0003", "--format", "json"),
    ("response", "P0001", "--rules", "nice-ta260"),
    ("lot", "C-1234"),
    ("audit",),
    ("diary", "show", "P0002"),
    ("patient", "list", "--identify"),
    ("patient", "show", "P0001"),
    ("patient", "show", "P0001", "--history"),
    ("prep", "P0002", "--for", "2026-05-04T10:00"),
    ("vial", "list", "--all"),
    ("visit", "list"),
    ("visit", "show", "2"),
    ("visit", "show", "3", "--format", "json"),
    ("visit", "show", "2", "--history"),
    ("protocol", "list"),
    ("protocol", "show", "chronic-migraine"),
    ("settings",),
    ("export", "visits"),
    ("export", "answers", "--format", "json"),
    ("export", "injections"),
    ("export", "vials"),
    ("export", "outcomes"),
    ("export", "events"),
    ("export", "patients", "--identify"),
    ("ledger", "log", "--format", "csv"),
    ("session", "P0002", "--resume", "--no-input"),
)
WRITING: tuple[tuple[str, ...], ...] = (
    ("settings", "--practice", "Third Clinic"),
    ("patient", "add", "P0099", "--name", "Zoe Example", "--born", "1990-01-01", "--no-input"),
    ("patient", "edit", "P0001", "--name", "Ann Specimen", "--reason", "mistyped"),
    ("undo", "--yes"),
    ("vial", "discard", "C-1234", "--reason", "broken", "--on", "2026-03-09"),
    ("visit", "void", "5", "--reason", "mistyped"),
    ("diary", "import", "P0001", "{folder}/diary.csv"),
    ("ledger", "backup", "{folder}/copy.db"),
)


@dataclass
class Sound:
    """A ledger before any damage: its bytes, how it is opened, and what it says."""

    raw: bytes
    options: tuple[str, ...]
    place: Place
    folder: Path
    views: dict[str, str]
    said: dict[tuple[str, ...], tuple[int, str]] = field(default_factory=dict)


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A row in every table, four patients with some cycles and diaries, and two unfinished visits."""
    path = tmp_path_factory.mktemp("practice") / "ledger.db"
    make = Factory(load_protocol(paths.shipped_protocols() / "chronic-migraine.yaml"))
    fill(path, make)
    recorder = Recorder(path)
    with recorder.change(command="settings", actor="Dr. Test", at=AT) as change:
        change.set_settings({"time-zone": "UTC", "practitioner": "Dr. Test"})
    for number in range(2, 6):
        code = f"P{number:04}"
        with recorder.change(command="consult", actor="Dr. Test", at=AT) as change:
            patient_id = change.add_patient(make.patient(code, name=f"{('Ben', 'Cleo', 'Dan', 'Eve')[number - 2]} Example"))
            change.record_consult(make.consult(code), 1)
        for cycle in range(3):
            with recorder.change(command="session", actor="Dr. Test", at=AT) as change:
                sites = tuple(
                    make.injection(site.id, site.hundredths, muscle=site.muscle, side=site.side) for site in make.loaded.protocol.sites_in_order
                )
                (vial,) = change.add_vials(make.vials(f"D-{number}{cycle}"), date(2025, 1, 2))
                change.record_session(make.stock_session(vial, code, date(2025, 5, 5) + timedelta(days=90 * cycle), injections=sites), 1)
            with recorder.change(command="diary import", actor="Dr. Test", at=AT) as change:
                begin = date(2025, 5, 6) + timedelta(days=90 * cycle)
                change.add_diary(patient_id, [DiaryDay(begin + timedelta(days=day), day % 2 == 0, 450, True, 5, False) for day in range(40)])
    with Drafts(path) as drafts:
        begun = SessionDraft(date(2026, 3, 9), Checklist(make.loaded.protocol), {"consent": "yes", "alcohol": "no"}, begun_at=AT)
        drafts.save("session", "P0002", "draft-1", begun.as_json(), AT)
        drafts.save("follow-up", "P0003", "draft-2", {"answers": {"headache-days": "11"}}, AT)
    return path


@pytest.fixture(scope="module", params=["plain", "encrypted"])
def sound(request: pytest.FixtureRequest, practice: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sound]:
    folder = tmp_path_factory.mktemp(request.param)
    (folder / "diary.csv").write_text("Date,Headache\n2026-01-20,yes\n")
    ledger = Path(shutil.copy(practice, folder / "ledger.db"))
    options: tuple[str, ...] = ()
    place = Place(ledger)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("botoxcli.cli.ledger_verify._parsed", _parsed_once())
        if request.param == "encrypted":
            key = folder / "one.key"
            key.touch(mode=0o600)
            key.write_text("01" * 32 + "\n")
            code, told = run(ledger, "ledger", "encrypt", "--key-file", str(key), "--no-input")
            assert code == 0, told
            from botoxcli.store.key import Key

            options, place = ("--key-file", str(key)), Place(ledger, lambda: Key.of_raw(bytes([1]) * 32))
        one = Sound(ledger.read_bytes(), options, place, folder, _views(place))
        code, told = _run(one, ("ledger", "verify"))
        assert code == 0, told
        gc.freeze()  # what is there already need not be looked through thousands of times
        yield one
        gc.unfreeze()


def _parsed_once() -> Callable[[str], Any]:
    """The same text is read once, and not for each of thousands of files."""
    import functools

    from botoxcli.cli.ledger_verify import _parsed

    return functools.cache(_parsed)


def _run(sound: Sound, command: tuple[str, ...]) -> tuple[int, str]:
    copy = sound.folder / "copy.db"
    for left in sound.folder.glob("copy.db*"):
        left.unlink()
    code, told = run(sound.place.path, *sound.options, *spelt(command, sound.folder))
    if code not in (0, 3):
        gc.collect()  # a process would have ended: what the error's way through the code held open is closed, and its locks with it
    return code, told.replace(str(copy), "copy.db")


def _said_before(sound: Sound, command: tuple[str, ...]) -> tuple[int, str]:
    """What a command says of the sound ledger; it must be able to do its work there. (Only to be asked when the file may change.)"""
    if command not in sound.said:
        sound.place.path.write_bytes(sound.raw)
        sound.said[command] = _run(sound, command)
        assert sound.said[command][0] in (0, 3) or command[0] in ("session", "undo"), (command, sound.said[command])
    return sound.said[command]


def _views(place: Place) -> dict[str, str]:
    with contextlib.closing(engine.connect(place)) as connection:
        return view_digests(connection)


@pytest.mark.parametrize("chunk", range(CHUNKS))
def test_flipped_bits(sound: Sound, chunk: int) -> None:
    """Half of the flips anywhere in the file, half where something is written."""
    chosen = random.Random(f"flips {chunk}")
    written = [place for place, byte in enumerate(sound.raw) if byte]

    def flipped(number: int) -> tuple[bytes, int]:
        place = chosen.randrange(len(sound.raw)) if number % 2 else chosen.choice(written)
        spoilt = bytearray(sound.raw)
        spoilt[place] ^= 1 << chosen.randrange(8)
        return bytes(spoilt), place

    _try(sound, flipped, FLIPS // CHUNKS, f"flipped bits, part {chunk + 1} of {CHUNKS}", chosen)


@pytest.mark.parametrize("chunk", range(min(CHUNKS, 2)))
def test_a_cut_end(sound: Sound, chunk: int) -> None:
    """Half of the cuts at the end of a page."""
    chosen = random.Random(f"cuts {chunk}")

    def cut(number: int) -> tuple[bytes, int]:
        place = chosen.randrange(len(sound.raw)) if number % 2 else PAGE * chosen.randrange(len(sound.raw) // PAGE)
        return sound.raw[:place], place

    _try(sound, cut, CUTS // min(CHUNKS, 2), f"cut ends, part {chunk + 1} of {min(CHUNKS, 2)}", chosen)


@pytest.mark.parametrize("chunk", range(min(CHUNKS, 2)))
def test_zeroed_pages(sound: Sound, chunk: int) -> None:
    chosen = random.Random(f"zeroed {chunk}")

    def zeroed(_: int) -> tuple[bytes, int]:
        place = PAGE * chosen.randrange(len(sound.raw) // PAGE)
        return sound.raw[:place] + bytes(PAGE) + sound.raw[place + PAGE :], place

    _try(sound, zeroed, ZEROED // min(CHUNKS, 2), f"zeroed pages, part {chunk + 1} of {min(CHUNKS, 2)}", chosen)


def _try(sound: Sound, spoil: Callable[[int], tuple[bytes, int]], times: int, words: str, chosen: random.Random) -> None:
    found: Counter[str] = Counter()
    for number in range(times):
        spoilt, place = spoil(number)
        sound.place.path.write_bytes(spoilt)
        where = f"{words}: number {number}, byte {place}"
        code, told = _run(sound, ("ledger", "verify"))
        assert code in {0, 14} | _by_its_first_page(sound, spoilt, place), f"{where}: verify ended in {code}: {told}"
        if code == 0:
            found["harmless: every view and command as before"] += 1
            _says_the_same(sound, spoilt, where, chosen)
        else:
            found[f"found, exit {code}"] += 1
            _says_no_nonsense(sound, spoilt, place, where, chosen)
    kind = "encrypted" if sound.options else "plain"
    print(f"\n{times} {words}, {kind}: " + "; ".join(f"{count} {what}" for what, count in sorted(found.items())) + "; 0 missed")


def _by_its_first_page(sound: Sound, spoilt: bytes, place: int) -> set[int]:
    """The key does not open it, or it is no ledger: where the first page was hit, or an encrypted file is not of whole pages any more."""
    return {12, 13} if place < PAGE or (sound.options and len(spoilt) % PAGE) else set()


def _says_the_same(sound: Sound, spoilt: bytes, where: str, chosen: random.Random) -> None:
    assert _views(sound.place) == sound.views, where
    for command in chosen.sample(READING, 8 if LONG else 3):
        before = _said_before(sound, command)
        sound.place.path.write_bytes(spoilt)
        assert _run(sound, command) == before, f"{where}: {command}"
    for command in chosen.sample(WRITING, 2):
        before = _said_before(sound, command)
        sound.place.path.write_bytes(spoilt)
        assert _run(sound, command)[0] == before[0], f"{where}: {command}"


def _says_no_nonsense(sound: Sound, spoilt: bytes, place: int, where: str, chosen: random.Random) -> None:
    for command in (*chosen.sample(READING, 4 if LONG else 2), *chosen.sample(WRITING, 2 if LONG else 1)):
        allowed = {_said_before(sound, command)[0], *TOLD} | _by_its_first_page(sound, spoilt, place)
        sound.place.path.write_bytes(spoilt)
        code, told = _run(sound, command)
        assert code in allowed, f"{where}: {command} ended in {code}: {told}"
        assert "Traceback" not in told, f"{where}: {command}: {told}"
