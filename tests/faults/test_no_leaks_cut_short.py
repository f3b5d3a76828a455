"""Commands that are held up, broken off, killed, or find what they need broken: the canary is said nowhere, and left in no file in clear.

A few commands each in the short form, all of them with

    FAULTS=long pytest tests/faults/test_no_leaks_cut_short.py -s -n auto
"""

from __future__ import annotations

import contextlib
import functools
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from botoxcli import paths
from botoxcli.store import engine, swap
from botoxcli.store.key import Key
from botoxcli.store.place import Place
from botoxcli.store.recorder import Recorder
from botoxcli.terminal import ask

from .canary import CANARY, commands, leaked_files, tells
from .hostile_practice import looked_at
from .killed_processes import Processes, processes
from .trials import Trial, trial
from .writing_commands import KEY, PROTOCOLS, TODAY, WRITING, spelt

pytestmark = pytest.mark.plain_only
LONG = os.environ.get("FAULTS") == "long"
# They need not write to the practice's ledger (a backup that could not be noted in it is made, and says so); and these do not open it at all.
ONLY_READ = (
    "export",
    "export, all",
    "export, fhir",
    "lot",
    "prep, on paper",
    "response, on paper",
    "visit note",
    "visit note, pdf",
    "visit aftercare",
    "protocol map",
    "ledger backup",
)
BESIDE = ("init", "import all", "protocol add", "demo", "protocol list", "protocol show", "protocol check", "protocol schema", "protocol diff",
          "ledger path")  # fmt: skip
PROMPTING: tuple[tuple[str, ...], ...] = (
    ("session", "P0002", "--on=2026-03-09"), ("consult", "P0007", f"--name={CANARY}", "--born=1980-02-29", "--on=2026-03-09"),
    ("follow-up", "P0001", "--on=2026-03-09", f"--note={CANARY}"), ("undo",),
)  # fmt: skip


def said_nothing(one: Trial, words: list[str], code: int, *, terminal: bool = False, typed: str = "") -> int:
    """Tries the command: it must end with the code, say no canary, and leave none. Gives the code.

    At a terminal the screen before the error is the practitioner's own, with the patient in its heading.
    """
    before = {path for path in one.root.rglob("*") if path.is_file()}
    seen = looked_at(one.ledger, words, terminal=terminal, typed=typed)
    assert seen.code == code, (words, seen)
    assert not tells(code, seen.talk.partition("Error:")[2] if terminal else seen.talk), (words, seen)
    assert not leaked_files(one, before), words
    return seen.code


@contextlib.contextmanager
def held(one: Trial, lock: str) -> Iterator[None]:
    """Another process has the ledger in a transaction."""
    key = functools.partial(Key.of_text, (one.files / "one.key").read_text().strip()) if WRITING[one.name].begins == "encrypted" else None
    ready, says = os.pipe()
    waits, free = os.pipe()
    if not (child := os.fork()):
        try:
            os.close(free)
            holder = engine.connect(Place(one.ledger, key))
            holder.execute(lock)
            os.write(says, b"held")
            os.read(waits, 1)
        finally:
            os._exit(0)
    os.close(says)
    os.close(waits)
    try:
        assert os.read(ready, 4) == b"held"
        yield
    finally:
        os.close(free)
        os.close(ready)
        os.waitpid(child, 0)


def test_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What writes meets a writer, what reads meets one who commits: each ends with 11."""
    monkeypatch.setattr(engine, "BUSY_MS", 40)
    monkeypatch.setattr(swap, "BUSY_MS", 40)
    monkeypatch.setattr(engine, "PRAGMAS", (("busy_timeout", "40", 40), *engine.PRAGMAS[1:]))
    told: Counter[int] = Counter()
    for name, one, words in commands(tmp_path / "t", lambda number, name: name not in BESIDE and (LONG or number % 7 == 1)):
        with held(one, "BEGIN IMMEDIATE" if name in WRITING and name not in ONLY_READ else "BEGIN EXCLUSIVE"):
            told[said_nothing(one, words, 11)] += 1
    assert told
    print(f"\nbusy: {told[11]} commands, each ended with 11")


def test_broken_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C as it records, and at each question."""

    def ctrl_c(*_given: object, **_options: object) -> None:
        raise KeyboardInterrupt(CANARY)

    count = 0
    for name, one, words in commands(tmp_path / "t", lambda number, name: name in WRITING and WRITING[name].records and (LONG or number % 6 == 2)):
        with monkeypatch.context() as patch:
            patch.setattr(Recorder, "change", ctrl_c)
            count += said_nothing(one, words, 130) == 130
        assert name
    for _, one, _ in commands(tmp_path / "t", lambda _number, name: name == "session"):
        for asked in PROMPTING if LONG else PROMPTING[:2]:
            with monkeypatch.context() as patch:
                patch.setattr(ask, "_line", ctrl_c)
                patch.setattr("getpass.getpass", ctrl_c)
                count += said_nothing(one, list(asked), 130, terminal=True, typed=CANARY) == 130
    print(f"\nbroken off: {count} commands, each ended with 130")


def test_a_broken_protocol(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The protocol's file is no YAML, or not as the schema wants it. (A line of a protocol is shown: no patient stands in one.)"""
    whole, own = (PROTOCOLS / "chronic-migraine.yaml").read_text(), tmp_path / "own"
    own.mkdir()
    monkeypatch.setattr(paths, "own_protocols", lambda: own)
    broken = ("id: [\n", f"surplus: 1\n{whole}", "id: chronic-migraine\n", "- 1\n")
    count = 0
    for name, one, words in commands(tmp_path / "t", lambda number, name: name in ("session", "vial add", "prep") or (LONG and name == "consult")):
        for text in broken:
            (own / "chronic-migraine.yaml").write_text(text)
            count += said_nothing(one, words, 20) == 20
        assert name
    print(f"\na broken protocol: {count} times, each ended with 20")


def test_an_output_that_cannot_be_written(tmp_path: Path) -> None:
    """A folder in its way, a folder that is not there, a file for a folder."""
    count = 0
    for name, one, words in commands(tmp_path / "t", lambda _number, name: name in ("export", "lot") or (LONG and name == "export, all")):
        (one.files / "file").write_text("")
        in_its_way = [one.files] if name != "export, all" else []  # which makes a folder
        for output in (*in_its_way, one.files / "nowhere" / "x", one.files / "file" / "x"):
            count += said_nothing(one, [*words[: words.index("--output")], f"--output={output}", *words[words.index("--output") + 2 :]], 15) == 15
    print(f"\nunwritable: {count} times, each ended with 15")


@pytest.fixture(scope="module")
def real() -> Iterator[Processes]:
    """Real processes of the program, that can be killed anywhere."""
    if sys.platform != "linux":
        pytest.skip("processes are followed as Linux lets them be")
    import tempfile

    with tempfile.TemporaryDirectory() as scratch, processes(Path(scratch)) as ready:
        yield ready


def killed_at(real: Processes, one: Trial, words: list[str], few: int) -> Iterator[int]:
    """The command killed before each of its changes of a file, or before so many of them, each time from where it stood."""
    line = ["--ledger", str(one.ledger), "--today", TODAY, *words]
    before = one.ledger.read_bytes()
    done = real.run(line, by="changes")
    assert done.code == 0, done
    for at in range(1, done.changes + 1, 1 if LONG else max(1, done.changes // few)):
        for path in one.root.rglob("*"):
            if path.name.startswith((".", "ledger.db-")) or path.suffix == ".bak":
                path.unlink()
        one.ledger.write_bytes(before)
        (one.files / "visits.csv").unlink(missing_ok=True)
        if real.run(line, by="changes", at=at).code is None:
            yield at


@pytest.mark.parametrize("sealed", [True, False])
def test_an_encrypted_ledger_holds_no_name_in_clear(tmp_path: Path, real: Processes, sealed: bool) -> None:
    """Neither it, nor the journal that a kill leaves, nor its backup. In plain text the same search finds the name in each of them."""
    one = trial("ledger decrypt" if sealed else "session", tmp_path / "t")
    key = spelt(KEY, one.files) if sealed else []
    found: dict[str, bool] = {}

    def look() -> None:
        for path in one.root.rglob("*"):
            if path.is_file():
                kind = "journal" if path.name.endswith("-journal") else "ledger" if path == one.ledger else "beside"
                found[kind] = found.get(kind, False) or b"Zzcanary" in path.read_bytes()

    name = ["patient", "edit", "P0001", "--reason", CANARY, "--name"]
    assert looked_at(one.ledger, [*key, *name, CANARY] if not sealed else [*name, CANARY, *key], terminal=False).code == 0
    for _at in killed_at(real, one, [*name, "Ada Specimen", *key], 7):
        look()
    assert looked_at(one.ledger, ["ledger", "backup", str(one.files / "usb"), *key], terminal=False).code == 0
    look()
    assert found == dict.fromkeys(("journal", "ledger", "beside"), not sealed)
    print(f"\nin clear: {found}")


def test_a_killed_export_leaves_no_half_file(tmp_path: Path, real: Processes) -> None:
    """Under its name there is nothing, or all of it."""
    one = trial("session", tmp_path / "t")
    output = one.files / "visits.csv"
    words = ["export", "visits", "--output", str(output)]
    assert looked_at(one.ledger, words, terminal=False).code == 0
    whole, told = output.read_bytes(), Counter[str]()
    assert whole
    for _at in killed_at(real, one, words, 6):
        assert not output.exists() or output.read_bytes() == whole
        told["whole" if output.exists() else "nothing"] += 1
        beside = [path for path in one.files.iterdir() if path.name.endswith(".part")]
        assert all(path.stat().st_mode & 0o777 == 0o600 for path in beside)
    assert told["nothing"]
    print(f"\na killed export: {dict(told)}")
