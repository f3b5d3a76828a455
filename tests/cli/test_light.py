"""What a light command must not load, seen from another process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Botox
from .cycle import CHAIR, DATA, done

HEAVY = ("sqlmodel", "sqlalchemy", "pydantic", "yaml", "ruamel", "pendulum", "rich", "reportlab", "jinja2")
PROBE = """
import json, sys
from botoxcli.cli.main import app
sys.argv = ["botox", *json.loads(sys.argv[1])]
try:
    app(prog_name="botox")
except SystemExit as end:
    code = end.code
loaded = [name for name in json.loads({heavy!r}) if sys.modules.get(name)]
sys.stderr.write("\\n" + json.dumps([code or 0, loaded, [name for name in sys.modules if name.startswith("botoxcli.cli.")]]))
"""


def probe(*args: str, **env: str) -> tuple[int, list[str], list[str], str]:
    code = PROBE.replace("{heavy!r}", repr(json.dumps(HEAVY)))
    said = subprocess.run(
        [sys.executable, "-c", code, json.dumps(args)], capture_output=True, text=True, env={**os.environ, **env}, check=False, timeout=60
    )
    exit_code, loaded, commands = json.loads(said.stderr.splitlines()[-1])
    return exit_code, loaded, commands, said.stdout


def test_help_loads_no_command() -> None:
    code, loaded, commands, said = probe("--help")
    assert (code, loaded) == (0, [])
    assert sorted(commands) == ["botoxcli.cli.app", "botoxcli.cli.failures", "botoxcli.cli.main", "botoxcli.cli.state"]
    assert "Commands:" in said


COMMANDS = "due patient vial visit export import init settings session consult prep diary response follow-up lot audit undo"


@pytest.mark.parametrize("command", COMMANDS.split())
def test_a_command_s_help_is_light(command: str) -> None:
    assert probe(command, "--help")[:2] == (0, [])


@pytest.mark.parametrize("command", ["due", "due --format json", "patient list", "visit list", "visit list --format csv", "export visits"])
def test_reading_in_a_pipe_is_light(visited: Path, command: str) -> None:
    assert probe("--ledger", str(visited), *command.split())[:2] == (0, [])


NOT_DAILY = ("hashlib", "decimal", "random", "getpass", "botoxcli.clinic.history", "botoxcli.clinic.stock_vial", "botoxcli.store.steps")


@pytest.mark.parametrize("form", ["table", "csv"])
def test_the_daily_list_loads_what_is_daily_alone(visited: Path, form: str) -> None:
    code = PROBE.replace("{heavy!r}", repr(json.dumps(NOT_DAILY)))
    asked = json.dumps(["--ledger", str(visited), "due", "--format", form])
    said = subprocess.run([sys.executable, "-c", code, asked], capture_output=True, text=True, check=False, timeout=60)
    assert json.loads(said.stderr.splitlines()[-1])[:2] == [0, []]


NOT_OF_A_SESSION = ("pendulum", "botoxcli.store.edition_tables", "botoxcli.store.patient_tables", "botoxcli.store.stock_tables")


def test_a_session_loads_the_tables_that_it_writes(botox: Botox, visited: Path) -> None:
    done(
        botox(
            "consult",
            "P0002",
            "--name",
            "Ben Example",
            "--born",
            "1975-06-01",
            "--answers",
            str(DATA / "consult.yaml"),
            "--no-input",
            "--on",
            "2026-03-09",
        )
    )
    code = PROBE.replace("{heavy!r}", repr(json.dumps(NOT_OF_A_SESSION)))
    chair = ["--answers", CHAIR, "--vial", "C1234", "--as-planned", "--no-input", "--on", "2026-03-09", "--at", "10:00"]
    asked = json.dumps(["--ledger", str(visited), "session", "P0002", *chair])
    said = subprocess.run([sys.executable, "-c", code, asked], capture_output=True, text=True, check=False, timeout=60)
    assert json.loads(said.stderr.splitlines()[-1])[:2] == [0, []]


@pytest.mark.parametrize("command", ["lot C1234", "lot C1234 --format csv --identify", "audit", "audit --format json"])
def test_what_finds_something_is_light_too(visited: Path, command: str) -> None:
    assert probe("--ledger", str(visited), *command.split())[:2] == (3, [])


@pytest.mark.parametrize("command", ["response P0001", "response P0001 --format json", "chart P0001", "chart P0001 --format json"])
def test_what_asks_a_pinned_edition_checks_it_no_second_time(visited: Path, command: str) -> None:
    assert probe("--ledger", str(visited), *command.split())[:2] == (0, ["yaml"])


VISIT = "List, show, amend, void, note, aftercare, missed, declined, moved."
COMPLETIONS = [
    ("bash", {"COMP_WORDS": "botox vi", "COMP_CWORD": "1"}, "vial\nvisit\n"),
    ("bash", {"COMP_WORDS": "botox vial a", "COMP_CWORD": "2"}, "add\namend\n"),
    ("bash", {"COMP_WORDS": "botox --ledger x vial dis", "COMP_CWORD": "4"}, "discard\n"),
    ("fish", {"_TYPER_COMPLETE_ARGS": "botox vis", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}, f"visit\t{VISIT}\n"),
    ("zsh", {"_TYPER_COMPLETE_ARGS": "botox vis"}, f'_arguments \'*: :(("visit":"{VISIT}"))\'\n'),
]


@pytest.mark.parametrize(("shell", "env", "expected"), COMPLETIONS)
def test_completion_is_light(shell: str, env: dict[str, str], expected: str) -> None:
    code, loaded, _, said = probe(**env, _BOTOX_COMPLETE=f"complete_{shell}")
    assert (code, loaded, said) == (0, [], expected)
