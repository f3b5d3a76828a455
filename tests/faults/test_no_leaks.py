"""A name that must not leak, in every field: made to fail in every way, no command says it, and no file but the ledger holds it.

Every command of ``writing_commands`` is tried, reading or writing, by ways of failing: a few for each in the short form, all of them with

    FAULTS=long pytest tests/faults/test_no_leaks.py -s -n auto
"""

from __future__ import annotations

import functools
import importlib
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from botoxcli.store import engine
from botoxcli.store.place import Place

from .canary import CANARY, READ, commands, leaked_files, seeded, tells
from .confined import botox, forked, no_larger_than
from .hostile_practice import looked_at
from .trials import furnished, trial
from .writing_commands import READING, TODAY, WRITING, all_commands

pytestmark = pytest.mark.plain_only
LONG = os.environ.get("FAULTS") == "long"
LAYERS = {
    "workflow": "botoxcli.store.recorder.Recorder.change", "store": "botoxcli.store.engine.connect", "terminal": "botoxcli.terminal.lines.shown",
    "files": "botoxcli.files.output.output",
}  # fmt: skip


def test_every_command_is_tried() -> None:
    assert set(READ) == READING
    assert {name.split(",")[0] for name in WRITING} | set(READ) == set(all_commands())


def fails(patch: pytest.MonkeyPatch, where: str) -> None:
    """A bug at that place, with the canary in its words, in its cause's and in its local values."""
    module, _, name = where.rpartition(".")
    try:
        owner: object = importlib.import_module(module)
    except ModuleNotFoundError:
        folder, _, part = module.rpartition(".")
        owner = getattr(importlib.import_module(folder), part)

    def bug(*_given: object, **_options: object) -> None:
        value = CANARY
        try:
            int(value)
        except ValueError as error:
            raise RuntimeError(f"{value} broke it") from error

    patch.setattr(owner, name, bug)


WAYS: dict[str, Callable[[list[str]], list[str]]] = {
    "usage": lambda words: [*words, f"--zz={CANARY}"],
    "a word too many": lambda words: [*words, CANARY, CANARY, CANARY],
    "value": lambda words: [*words, "--today", CANARY],
    "a date": lambda words: [*words, "--on", CANARY],
    "an answer": lambda words: [*words, "--answer", f"consent={CANARY}"],
    "not there": lambda words: [CANARY if word[:2] == "P0" else word for word in words],
    "no terminal": lambda words: [words[0], *words[1:2], "--no-input", "--format", CANARY],
    "a missing file": lambda words: [*words, "--answers", f"/nowhere/{CANARY}.yaml"],
    "json": lambda words: [*words, "--format", "json", "--on", CANARY],
    "actor": lambda words: [*words, "--as", f"{CANARY}\x1b"],
}


def test_no_failing_command_says_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Usage, value, not there, nothing to ask on, damage: by each, on either stream, as words and as JSON, and in no file."""
    furnished()  # what all tests share does not go with this one's scratch
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    count: Counter[str] = Counter()
    for number, (name, one, words) in enumerate(commands(tmp_path / "t", lambda number, _name: LONG or number % 3 == 0)):
        for place, (way, change) in enumerate(WAYS.items()):
            if not LONG and (number // 3 + place) % 5:
                continue
            before = {path for path in one.root.rglob("*") if path.is_file()}
            seen = looked_at(one.ledger, change(words), terminal=False)
            if seen.code not in (0, 3):
                assert not tells(seen.code, seen.talk), (name, way, seen)
                assert seen.code != 1, (name, way, seen)
                assert not leaked_files(one, before), (name, way)
                count[way] += 1
    assert not [path for path in scratch.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes() and "demo" not in str(path)]
    print(f"\nno leaks: {sum(count.values())} failures of {len(WRITING) + len(READ)} commands, {dict(count)}")


@pytest.mark.parametrize("layer", LAYERS)
def test_a_bug_says_only_where_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layer: str) -> None:
    """At every layer, with the traceback that BOTOX_DEBUG shows."""
    monkeypatch.setenv("BOTOX_DEBUG", "1")
    met = 0
    turn = list(LAYERS).index(layer)
    for name, one, words in commands(tmp_path / "t", lambda number, name: LONG or number % 12 == turn or name in ("chart", "session", "export")):
        with monkeypatch.context() as patch:
            fails(patch, LAYERS[layer])
            for form in ((), ("--format", "json")):
                before = {path for path in one.root.rglob("*") if path.is_file()}
                seen = looked_at(one.ledger, [*words, *form], terminal=False)
                assert not tells(seen.code, seen.talk), (name, seen.talk)
                assert seen.code in (0, 3) or not leaked_files(one, before), name
                met += seen.code == 1 and "RuntimeError" in seen.talk
    assert met
    print(f"\nno leaks: {met} bugs in {layer}, each told by its place")


def test_damaged_and_full(tmp_path: Path) -> None:
    """A damaged ledger, and a file that may not grow."""
    told: Counter[int] = Counter()
    for name, one, words in commands(tmp_path / "t", lambda number, _name: LONG or number % 10 == 0):
        before = {path for path in one.root.rglob("*") if path.is_file()}
        full = forked(one.ledger, *words, confine=no_larger_than(512))
        assert not tells(full.code, full.told), (name, full)
        assert full.code in (0, 3) or not leaked_files(one, before), name  # before the next try, which may find its pages whole
        if one.ledger.exists():
            whole = one.ledger.read_bytes()
            half = len(whole) // 2
            one.ledger.write_bytes(whole[:half] + bytes(4096) + whole[half + 4096 :])
            damaged = looked_at(one.ledger, words, terminal=False)
            assert not tells(damaged.code, damaged.talk), (name, damaged)
            assert damaged.code != 1, (name, damaged)
            told[damaged.code] += 1
            one.ledger.write_bytes(whole)
        told[full.code] += 1
    print(f"\nno leaks: ended with {dict(told)}")


def test_answers_from_standard_input_are_in_no_process_list(tmp_path: Path) -> None:
    """While it runs, neither its command line nor its environment holds them; and they are in no file beside."""
    one = trial("session", tmp_path / "t")
    command = [sys.executable, "-m", "botoxcli", "--ledger", str(one.ledger), "--today", TODAY, "consult", "P0002", "--on=2026-03-08",
               "--answers", "-", "--no-input"]  # fmt: skip
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as child, ExitStack() as at_end:
        at_end.callback(child.kill)
        assert child.stdin and child.stdout
        child.stdin.write(f'headache-days: "{CANARY}"\n'.encode())
        child.stdin.flush()
        for _ in range(10):
            for listed in ("cmdline", "environ"):
                assert b"Zzcanary" not in Path(f"/proc/{child.pid}/{listed}").read_bytes()
            time.sleep(0.05)
        child.stdin.close()
        assert b"Zzcanary" not in child.stdout.read()
        assert child.wait(60) == 21


def test_completion_says_codes_only(tmp_path: Path) -> None:
    one = trial("session", tmp_path / "t")
    seeded(one)
    tried = ("botox chart ", "botox patient show ", "botox session ", "botox lot ", "botox --as ", "botox chart Zz")
    for words in tried if LONG else tried[:1]:
        environment = {**os.environ, "_BOTOX_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" ")),
                       "BOTOX_LEDGER": str(one.ledger)}  # fmt: skip
        said = subprocess.run([sys.executable, "-m", "botoxcli"], env=environment, capture_output=True, check=False)
        assert b"Zzcanary" not in said.stdout + said.stderr


def _set_umask(umask: int) -> None:
    os.umask(umask)


@pytest.mark.parametrize("umask", [0, 0o022, 0o077])
def test_files_are_private_under_any_umask(tmp_path: Path, umask: int) -> None:
    """Ledger, backup, manifest, export, key: 0600; folders that we made 0700."""
    seen = 0
    for name in WRITING if LONG else ("init", "session", "ledger backup", "export", "ledger encrypt") if umask != 0o022 else ("export, all",):
        one = trial(name, tmp_path / "t")
        before = set(one.root.rglob("*"))
        said = forked(one.ledger, *one.words, confine=functools.partial(_set_umask, umask))
        assert said.code == one.ends, (name, said)
        new = set(one.root.rglob("*")) - before
        for path in new:
            assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), (name, path.relative_to(one.root))
        seen += len(new)
    print(f"\nprivate: {seen} new files and folders under umask {umask:03o}, each 0600 or 0700")


def test_the_journal_is_private(tmp_path: Path) -> None:
    """Also while a change is being written."""
    one = trial("session", tmp_path / "t")
    old = os.umask(0)
    try:
        with _writing(one.ledger) as journal:
            assert journal.stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(old)


class _writing:  # noqa: N801 - reads as what it is
    """A transaction that has written, and its journal."""

    def __init__(self, ledger: Path) -> None:
        ledger.chmod(0o600)
        self.connection, self.journal = engine.connect(Place(ledger, None)), ledger.with_name(f"{ledger.name}-journal")

    def __enter__(self) -> Path:
        self.connection.execute("BEGIN IMMEDIATE")
        self.connection.execute("CREATE TABLE scratch (n INTEGER)")
        return self.journal

    def __exit__(self, *_error: object) -> None:
        self.connection.execute("ROLLBACK")
        self.connection.close()


LINKS = {
    "export": ("export", "visits", "--output", "{link}"), "lot": ("lot", "C1234", "--format=csv", "--output", "{link}"),
    "export all": ("export", "all", "--output", "{link}"), "backup": ("ledger", "backup", "{link}"),
    "key": ("ledger", "encrypt", "--no-input", "--key-file", "{link}"),
}  # fmt: skip


@pytest.mark.parametrize("what", LINKS)
@pytest.mark.parametrize("leads_to", ["a file", "nothing"])
def test_links_are_not_followed(tmp_path: Path, what: str, leads_to: str) -> None:
    """An output whose name is a symbolic link is refused, and what it leads to is as it was."""
    one = trial("session", tmp_path / "t")
    target, link = one.files / "target", one.files / "link"
    if leads_to == "a file":
        target.write_text("as it was")
    link.symlink_to(target)
    said = (botox if LONG else forked)(one.ledger, *(word.replace("{link}", str(link)) for word in LINKS[what]))
    assert said.code in (15, 21), said
    assert (target.read_text() if target.exists() else None) == ("as it was" if leads_to == "a file" else None)
    assert link.is_symlink()
