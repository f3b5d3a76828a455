"""The root: what it lists, where its options may stand, and how every failure ends."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import botoxcli
from botoxcli.cli import failures
from botoxcli.cli.main import COMMANDS, hoisted, load_command
from botoxcli.errors import UsageError

SECRET = "Jane Secret"


def run(*args: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "botoxcli", *args]
    return subprocess.run(command, capture_output=True, text=True, env={**os.environ, **env}, check=False, timeout=60)


def test_help_lists_every_command_with_its_line(botox: Any) -> None:
    said = botox("--help")
    assert said.exit_code == 0
    assert [line.split()[0] for line in said.stdout.split("Commands:")[1].splitlines() if line.startswith("  ") and "  " in line.strip()] == [
        *COMMANDS
    ]
    widest = max(map(len, COMMANDS))
    for name, words in COMMANDS.items():
        assert f"  {name:<{widest}}  {words}" in said.stdout
    bare = run()
    assert (bare.returncode, bare.stdout) == (0, run("--help").stdout)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_listed_command_exists_and_names_the_global_options(botox: Any, name: str) -> None:
    assert load_command(name).name == name
    said = botox(name, "--help")
    assert said.exit_code == 0
    assert "--ledger PATH" in said.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_every_help_has_an_example_and_a_list_cuts_no_sentence(botox: Any, name: str) -> None:
    said, below = botox(name, "--help").stdout, getattr(load_command(name), "commands", {})
    assert f"\n  Example: botox {name}" in said
    assert "..." not in said.partition("Commands:")[2]
    for sub in below:
        assert sub in COMMANDS[name].lower()
        assert f"\n  Example: botox {name} {sub}" in botox(name, sub, "--help").stdout


def test_version(botox: Any) -> None:
    assert botox("--version").stdout == f"botox {botoxcli.__version__}\n"
    assert botox("patient", "list", "--version").stdout == f"botox {botoxcli.__version__}\n"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("due --ledger x", "--ledger=x due"),
        ("due --ledger=x --today -3d", "--ledger=x --today=-3d due"),
        ("--as me patient list", "--as=me patient list"),
        ("visit show -- --ledger x", "visit show -- --ledger x"),
        ("session --as-planned P", "session --as-planned P"),
        ("due --version", "--version due"),
    ],
)
def test_global_options_move_to_the_front(given: str, expected: str) -> None:
    assert hoisted(given.split(), strict=True) == expected.split()


def test_a_global_option_without_its_value_is_refused() -> None:
    with pytest.raises(UsageError, match="--ledger needs a value"):
        hoisted(["due", "--ledger"], strict=True)
    assert hoisted(["due", "--ledger"], strict=False) == ["due"]


def test_the_ledger_is_found_before_after_and_in_the_environment(botox: Any, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = botox("--ledger", str(ledger), "settings")
    assert before.exit_code == 0
    assert botox("settings", "--ledger", str(ledger)) == before
    monkeypatch.setenv("BOTOX_LEDGER", str(ledger))
    said = run("settings")
    assert (said.stdout, said.returncode) == (before.stdout, 0)


USAGE = [
    (["patientx"], "Error: `botox` has no such command.\nDid you mean `botox patient`?\n"),
    ([SECRET], "Error: `botox` has no such command.\n`botox --help` lists what there is.\n"),
    (["patient"], "Error: `botox patient` needs a command: add, list, show, edit, toxin, pause, archive, forget.\nSee `botox patient --help`.\n"),
    (["patient", SECRET], "Error: `botox patient` has no such command.\n`botox patient --help` lists what there is.\n"),
    (
        ["patient", "show", "Jane", "Secret"],
        "Error: `botox patient show` was given more words than it takes; words that belong together need quotes.\n",
    ),
    (["patient", "show"], "Error: This is missing: PATIENT.\nSee `botox patient show --help`.\n"),
    (["patient", "add", "P1", "--name"], "Error: --name needs a value.\nSee `botox patient add --help`.\n"),
    (["patient", "list", "--identify=yes"], "Error: --identify takes no value.\nSee `botox patient list --help`.\n"),
    (["patient", "list", "--nam"], "Error: `botox patient list` has no option --nam.\nSee `botox patient list --help`.\n"),
    (["patient", "list", f"--{SECRET}"], "Error: `botox patient list` has no such option.\nSee `botox patient list --help`.\n"),
    (["patient", "list", "--format", SECRET], "Error: --format must be one of table, json, csv.\nSee `botox patient list --help`.\n"),
    (["vial", "add", "X", "--count", SECRET], "Error: --count must be a whole number from 1 to 500.\nSee `botox vial add --help`.\n"),
    (["visit", "show", SECRET], "Error: VISIT must be a whole number.\nSee `botox visit show --help`.\n"),
    (["visit", "show", "1", "--today"], "Error: --today needs a value.\nWrite it as --today VALUE.\n"),
]


@pytest.mark.parametrize(("args", "said"), USAGE, ids=[" ".join(args) for args, _ in USAGE])
def test_a_command_line_that_cannot_be_read(botox: Any, args: list[str], said: str) -> None:
    result = botox(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(said)
    assert "Secret" not in result.stderr


def test_usage_errors_are_json_where_json_is_asked_for(botox: Any) -> None:
    result = botox("patient", "show", "--format", "json")
    assert json.loads(result.stderr) == {
        "schema": "botoxcli/error/1",
        "error": "usage",
        "exit_code": 2,
        "message": "This is missing: PATIENT.",
        "next": "See `botox patient show --help`.",
    }


def test_a_bug_tells_its_type_and_place_and_no_value(botox: Any, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("botoxcli.store.reader.Reader.patients", broken)
    result = botox("patient", "list", "--identify", "--format", "json")
    said = json.loads(result.stderr) if result.stderr else {}
    assert (result.exit_code, said) == (0, {})
    result = botox("patient", "show", SECRET)
    assert result.exit_code == 1
    assert "RuntimeError at store/reader.py:" in result.stderr
    assert len(result.stderr.splitlines()) == 2
    assert "Secret" not in result.stderr
    monkeypatch.setenv("BOTOX_DEBUG", "1")
    assert "Traceback" in botox("patient", "show", SECRET).stderr


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, EOFError])
def test_ctrl_c_and_a_closed_input(botox: Any, ledger: Path, monkeypatch: pytest.MonkeyPatch, interruption: type[BaseException]) -> None:
    def interrupted(*_: object) -> None:
        raise interruption

    monkeypatch.setattr("botoxcli.store.reader.Reader.visits", interrupted)
    result = botox("visit", "list")
    assert (result.exit_code, result.stdout) == (130, "")
    assert result.stderr == "Error: Interrupted.\nNothing more was recorded.\n"


def test_a_closed_pipe_is_success(botox: Any, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*_: object) -> None:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")

    monkeypatch.setattr("botoxcli.store.reader.Reader.visits", closed)
    assert botox("visit", "list").exit_code == 0


@pytest.mark.parametrize("command", ["--help", "protocol schema", "protocol show"])
def test_head_closes_the_pipe(command: str) -> None:
    shell = f"set -o pipefail; {sys.executable} -m botoxcli {command} | head -1"
    said = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=False, timeout=60)
    assert (said.returncode, said.stderr) == (0, "")
    assert len(said.stdout.splitlines()) == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_behind_stdout() -> None:
    shell = f"{sys.executable} -m botoxcli protocol schema > /dev/full"
    said = subprocess.run(["bash", "-c", shell], capture_output=True, text=True, check=False, timeout=60)
    assert said.returncode == 15
    assert said.stderr.startswith("Error: Could not write the output: no space left on device.\n")


@pytest.mark.parametrize("encoding", ["", "ascii", "latin-1"])
def test_no_locale_ends_the_program(encoding: str, tmp_path: Path) -> None:
    env = {"LC_ALL": "C", "PYTHONIOENCODING": encoding, "BOTOX_LEDGER": str(tmp_path / "ledger.db")}
    assert run("init", "--practice", "Praxis Müller — 頭痛", "--plaintext", "--no-input", **env).returncode == 0
    said = subprocess.run([sys.executable, "-m", "botoxcli", "settings"], capture_output=True, env={**os.environ, **env}, check=False, timeout=60)
    assert said.returncode == 0
    assert "Praxis Müller — 頭痛" in said.stdout.decode("utf-8")


def test_wants_json() -> None:
    assert failures.wants_json(["due", "--format", "json"])
    assert failures.wants_json(["due", "--format=json"])
    assert not failures.wants_json(["due", "--format", "csv", "json"])
    assert not failures.wants_json(["visit", "show", "--", "--format", "json"])
