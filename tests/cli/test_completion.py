"""Words for Tab: what is offered, that no name ever is, that nothing is written or asked, and three real shells that use it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest
from tests.faults.writing_commands import KEY, PRACTICE, done

from botoxcli.cli.completion import SCRIPTS, Shell

from .conftest import Botox

NAMES = ("Ada", "Ben", "Cleo", "Gone", "Example\t", "1980-02-29")
HOSTILE = ("$(touch pwned)", "x`touch pwned`", '\\"); touch pwned; (', "a'b", "*", "two\u202ewords")
Complete = Callable[..., tuple[str, int]]
pytestmark = pytest.mark.plain_only  # the encrypted practice is made here


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a practice in plain text and encrypted, with a forgotten patient and lots that a shell could trip over."""
    folder = tmp_path_factory.mktemp("completion")
    plain, files = folder / "plain.db", folder / "files"
    files.mkdir()
    for arguments in PRACTICE:
        done(plain, files, arguments)
    shutil.copy(plain, folder / "encrypted.db")
    done(folder / "encrypted.db", files, ("ledger", "encrypt", *KEY, "--no-input"))
    done(plain, folder, ("patient", "add", "P0009", "--name", "Gone Example", "--born", "1970-01-01", "--no-input"))
    done(plain, folder, ("patient", "forget", "P0009", "--reason", "asked", "--retention-checked", "--keep-others", "--no-input"))
    for lot in ("C 99-1", "A1", *HOSTILE[:-1]):
        done(plain, folder, ("vial", "add", lot, "--units", "200", "--expires", "2036-06", "--on", "2026-03-01"))
    yield folder


@pytest.fixture
def complete(practice: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Complete:
    """What is said of an unfinished line, in process; nothing is ever said on stderr."""
    monkeypatch.chdir(practice)

    def run(line: str, ledger: Path | str | None = None, **env: str) -> tuple[str, int]:
        from botoxcli.cli.main import app

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stderr", sys.stderr)
            patch.setitem(sys.modules, "rich", None)
            settings = {"_BOTOX_COMPLETE": "complete_fish", "_TYPER_COMPLETE_FISH_ACTION": "get-args", "_TYPER_COMPLETE_ARGS": line}
            for name, value in {**settings, "BOTOX_LEDGER": str(ledger or practice / "plain.db"), **env}.items():
                patch.setenv(name, value)
            with pytest.raises(SystemExit) as end:
                app(prog_name="botox")
        said = capsys.readouterr()
        assert said.err == ""
        return said.out, int(end.value.code or 0)

    return run


def words(said: tuple[str, int]) -> list[str]:
    assert said[1] == 0
    return [line.partition("\t")[0] for line in said[0].splitlines() if line]


VISITS = "4\t2026-03-01 consult P0002\n3\t2026-03-02 session P0001\n2\t2025-12-08 session P0001\n1\t2025-12-01 consult P0001\n"
LOTS = ["C1234", "D5", "A1", "C99-1"]
LINES = [
    ("botox chart ", ["P0001", "P0002", "P0003"]),
    ("botox chart p000", ["P0001", "P0002", "P0003"]),
    ("botox patient forget P0001", ["P0001"]),
    ("botox patient add ", []),
    ("botox export visits --patient ", ["P0001", "P0002", "P0003"]),
    ("botox visit void ", ["4", "3", "2", "1"]),
    ("botox visit show 3", ["3"]),
    ("botox session P0002 --vial ", LOTS),
    ("botox lot ", ["A1", "C99-1", "C1234", "D5"]),
    ("botox vial add ", []),
    ("botox session P0001 --skip proc", ["procerus="]),
    ("botox session P0001 --units frontalis-l", ["frontalis-left-1=", "frontalis-left-2="]),
    ("botox session P0001 --extra temporalis-", ["temporalis-left=", "temporalis-right="]),
    ("botox visit amend 3 --planned procer", ["procerus"]),
    ("botox session P0001 --answer cons", ["consent="]),
    ("botox session P0001 --answer consent=", ["consent=yes", "consent=no", "consent=unknown"]),
    ("botox consult P0003 --answer hit", ["hit-6="]),
    ("botox session P0001 --protocol ", ["blepharospasm", "cervical-dystonia", "chronic-migraine", "spasticity-child"]),
    ("botox session P0001 --protocol=chr", ["chronic-migraine"]),
    ("botox protocol show cerv", ["cervical-dystonia", ":files"]),
    ("botox due --kind ", ["onset-check", "session", "consult-review", "event-review"]),
    ("botox init --jurisdiction ", ["us", "eu-uk"]),
    ("botox consult P0003 --name ", []),
    ("botox import all ", [":files"]),
    ("botox due --ledger ", [":files"]),
    ("botox --key-file=x", [":files"]),
    ("botox --today ", []),
    ("botox completion ", ["bash", "zsh", "fish"]),
    ("botox vi", ["vial", "visit"]),
]


@pytest.mark.parametrize(("line", "expected"), LINES)
def test_what_is_offered(complete: Complete, line: str, expected: list[str]) -> None:
    assert words(complete(line)) == expected


def test_a_visit_says_what_it_is(complete: Complete) -> None:
    assert complete("botox visit show ") == (VISITS, 0)


def test_no_name_and_no_forgotten_code_is_in_any_completion(complete: Complete) -> None:
    """Of every parameter of every command, with and without the first letter of a name."""
    from botoxcli.cli.main import COMMANDS, load_command

    for name in COMMANDS:
        command = load_command(name)
        for member, each in getattr(command, "commands", {"": command}).items():
            options = [option for parameter in each.params for option in parameter.opts if option.startswith("--")]
            for line in (f"botox {name} {member}".strip() + end for end in (" ", " A", *(f" P0001 {option} " for option in options))):
                said, code = complete(line)
                assert code == 0
                assert not [word for word in (*NAMES, "P0009") if word in said], line


@pytest.mark.parametrize("line", ["botox lot ", "botox session P0001 --vial ", "botox vial recall "])
def test_what_a_shell_could_read_as_program_text_is_not_offered(complete: Complete, line: str) -> None:
    said, _ = complete(line)
    assert all(word.replace("-", "").isalnum() for word in words((said, 0)))


def test_the_line_s_own_ledger_goes_before_the_environment(complete: Complete, practice: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(practice))
    nowhere = practice / "nowhere.db"
    for line in ("botox --ledger ~/plain.db lot C1", "botox lot --ledger=$HOME/plain.db C1", "BOTOX_LEDGER=~/plain.db botox lot C1"):
        assert words(complete(line, nowhere)) == ["C1234"], line
    assert words(complete(f"botox --ledger {nowhere} lot C1")) == []


def test_an_encrypted_ledger_needs_its_key(complete: Complete, practice: Path) -> None:
    sealed, key = practice / "encrypted.db", practice / "files" / "one.key"
    other = practice / "other.key"
    other.touch(0o600)
    other.write_text("another passphrase\n")
    assert complete("botox chart ", sealed) == ("\n", 0)
    assert complete("botox chart ", sealed, BOTOX_KEY_FILE=str(other)) == ("\n", 0)
    assert words(complete("botox chart ", sealed, BOTOX_KEY_FILE=str(key))) == ["P0001", "P0002", "P0003"]
    assert words(complete(f"botox chart --key-file {key} ", sealed)) == ["P0001", "P0002", "P0003"]


def test_what_cannot_be_read_completes_nothing_and_is_left_as_it_is(complete: Complete, practice: Path, tmp_path: Path) -> None:
    whole = (practice / "plain.db").read_bytes()
    made = {
        "empty.db": b"", "text.db": b"no ledger" * 900, "cut.db": whole[:20_000], "newer.db": whole[:60] + b"\0\0\0\x63" + whole[64:],
        "older.db": (Path(__file__).parents[1] / "schemas" / "v1.db").read_bytes(), "broken.db": whole[:4096] + b"\xff" * (len(whole) - 4096),
    }  # fmt: skip
    for name, held in made.items():
        (tmp_path / name).write_bytes(held)
    for name in (*made, "missing.db", "no/such/folder.db", "."):
        for line in ("botox chart ", "botox lot ", "botox visit show ", "botox session P0001 --skip "):
            assert complete(line, tmp_path / name) == ("\n", 0), (name, line)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == made


def test_a_busy_ledger_is_not_waited_for(complete: Complete, practice: Path, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    shutil.copy(practice / "plain.db", ledger)
    with contextlib.closing(sqlite3.connect(ledger, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        assert complete("botox chart ", ledger) == ("\n", 0)
        other.execute("ROLLBACK")
    assert words(complete("botox chart ", ledger)) == ["P0001", "P0002", "P0003"]


def test_a_hot_journal_is_left_to_the_next_command(complete: Complete, practice: Path, tmp_path: Path) -> None:
    ledger, journal = tmp_path / "ledger.db", tmp_path / "ledger.db-journal"
    shutil.copy(practice / "plain.db", ledger)
    with contextlib.closing(sqlite3.connect(ledger, isolation_level=None)) as other:
        for statement in ("PRAGMA cache_size = 1", "PRAGMA cache_spill = ON", "BEGIN IMMEDIATE", "CREATE TABLE t (x)"):
            other.execute(statement)
        other.executemany("INSERT INTO t VALUES (?)", [("x" * 4000,)] * 50)
        held, kept = ledger.read_bytes(), journal.read_bytes()
        other.execute("ROLLBACK")
    ledger.write_bytes(held)
    journal.write_bytes(kept)
    assert complete("botox chart ", ledger)[1] == 0
    assert (ledger.read_bytes(), journal.read_bytes()) == (held, kept)


HEAVY = ("sqlmodel", "sqlalchemy", "pydantic", "yaml", "pendulum", "rich")


def test_completion_loads_one_command_and_nothing_heavy(practice: Path) -> None:
    probe = f"""
import sys
from botoxcli.cli.main import app
try:
    app(prog_name="botox")
except SystemExit:
    pass
print([name for name in {HEAVY!r} if sys.modules.get(name)], sorted(n for n in sys.modules if n in ("botoxcli.cli.chart", "botoxcli.cli.due")))
"""
    env = {"_BOTOX_COMPLETE": "complete_fish", "_TYPER_COMPLETE_FISH_ACTION": "get-args", "_TYPER_COMPLETE_ARGS": "botox chart P0001"}
    said = subprocess.run(
        [sys.executable, "-c", probe],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, **env, "BOTOX_LEDGER": str(practice / "plain.db")},
    )
    assert said.stdout.splitlines() == ["P0001", "[] ['botoxcli.cli.chart']"]


@pytest.mark.parametrize("shell", list(Shell))
def test_the_command_prints_the_script(botox: Botox, shell: Shell) -> None:
    said = botox("completion", shell.value)
    assert (said.stdout, said.stderr, said.exit_code) == (SCRIPTS[shell], "", 0)
    assert "eval" not in said.stdout
    assert "ASKING" not in said.stdout


SHOW = "show() {{ printf '[%s]' \"$@\"; echo '[end]'; }}; source {script}"
ROUTES = {
    Shell.BASH: (["--norc", "--noprofile", "-i"], f"PS1='READY> '; bind 'set enable-bracketed-paste off'; bind 'set bell-style none'; {SHOW}"),
    Shell.ZSH: (["-f", "-i"], f"PS1='READY> '; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u; {SHOW}"),
    Shell.FISH: (
        ["--no-config", "-i"],
        "function fish_prompt; echo -n 'READY> '; end; function show; printf '[%s]' $argv; echo '[end]'; end; source {script}",
    ),
}


@pytest.fixture(params=list(Shell))
def shell(request: pytest.FixtureRequest, practice: Path, tmp_path: Path) -> Iterator[pexpect.spawn[str]]:
    """A shell at its prompt that has taken in its script and finds this program as ``botox``, in an empty folder but for ``some-file.yaml``."""
    kind: Shell = request.param
    if not (program := shutil.which(kind.value)):
        pytest.skip(f"{kind.value} is not installed on this machine")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "botox").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m botoxcli "$@"\n')
    (tmp_path / "bin" / "botox").chmod(0o755)
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "some-file.yaml").touch()
    script = tmp_path / f"botox.{kind.value}"
    script.write_text(SCRIPTS[kind])
    env = {
        **os.environ,
        "PATH": f"{tmp_path / 'bin'}:{os.environ['PATH']}",
        "BOTOX_LEDGER": str(practice / "plain.db"),
        "TERM": "dumb",
        "HOME": str(tmp_path),
    }
    arguments, start = ROUTES[kind]
    running = pexpect.spawn(program, arguments, env=env, cwd=tmp_path / "here", encoding="utf-8", timeout=10, dimensions=(40, 200))
    try:
        running.sendline(start.format(script=script))
        running.sendline("echo is''-ready")
        running.expect("is-ready")
        running.expect("READY> ")
        yield running
    finally:
        running.close(force=True)


LINES_TYPED = [
    ("botox chart P0001\t", "[botox][chart][P0001]"),
    ("botox session P0001 --vial D\t", "[botox][session][P0001][--vial][D5]"),
    ("botox session P0001 --skip proc\tbruise", "[botox][session][P0001][--skip][procerus=bruise]"),
    ("botox session P0001 --protocol=chr\t", "[botox][session][P0001][--protocol=chronic-migraine]"),
    ("botox protocol check some-f\t", "[botox][protocol][check][some-file.yaml]"),
    ("botox --ledger ~/nowhere.db lot D\t", "[botox][--ledger][~/nowhere.db][lot][D]"),
]


def test_in_a_real_shell(shell: pexpect.spawn[str]) -> None:
    """The completed line is turned into the words of a function, so that what the shell made of it is seen, and not how it drew it.

    Then two Tabs list the codes, and no name.
    """
    here = Path(str(shell.cwd))
    for keys, becomes in LINES_TYPED:
        shell.send(f"{keys}\x01show \r")  # ^A goes to the beginning of the line
        shell.expect(r"\[botox\]\S*(?=\[end\])")
        assert str(shell.after).replace(str(here.parent), "~") == becomes
        shell.expect("READY> ")
    shell.send("botox chart \t")
    shell.expect(r"P000")
    shell.send("\t\t")
    shell.expect("[13]")  # fish draws the 3 of P0003 in a colour of its own
    shell.send("\x15echo is''-over\r")
    shell.expect("is-over")
    listed = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()]B|\x0f", "", shell.before)
    assert not [name for name in ("Ada", "Ben", "Cleo", "P0009") if name in listed]
    assert [file.name for file in here.iterdir()] == ["some-file.yaml"]
