"""``botox init`` and ``botox settings``."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SETTINGS = """\
Setting       Value
backup-limit  7 days
jurisdiction  us
practice      Example Practice
practitioner  Dr Example
time-zone     UTC
"""


def test_a_new_ledger_is_private(botox: Any, ledger: Path) -> None:
    assert stat.S_IMODE(ledger.stat().st_mode) == 0o600
    assert stat.S_IMODE(ledger.parent.stat().st_mode) == 0o700
    assert botox("settings").stdout == SETTINGS


def test_it_says_where_the_ledger_is_and_what_comes_next(botox: Any, ledger_path: Path) -> None:
    made = botox("init", "--practice", "P", "--practitioner", "D", "--time-zone", "Europe/Berlin", "--jurisdiction", "eu-uk", "--plaintext")
    assert made.stdout == (
        f"The ledger is {ledger_path}.\n"
        "Next: `botox vial add`, `botox consult`; `botox --help` lists all; `botox settings` changes these settings.\n"
    )  # fmt: skip
    assert (made.stderr, made.exit_code) == ("", 0)


def test_without_input_the_defaults_are_said(botox: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botoxcli.clock.machine_zone", lambda: "Europe/London")
    monkeypatch.setattr("getpass.getuser", lambda: "someone")
    made = botox("init", "--jurisdiction", "eu-uk", "--plaintext")
    assert made.exit_code == 0
    assert made.stderr == "Taken by default: practice 'My practice', practitioner 'someone', time-zone 'Europe/London'.\n"


def test_at_a_terminal_it_asks(botox: Any, at_a_terminal: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botoxcli.clock.machine_zone", lambda: "Europe/London")
    at_a_terminal()
    made = botox("init", "--practitioner", "Dr Example", "--plaintext", input="\nExample Practice\nNowhere\nEurope/Paris\nx\neu\n")
    assert made.exit_code == 0, made.stderr
    assert made.stderr == (
        "Practice: Please answer, or press Ctrl-C to leave.\n"
        "Practice: Time zone [Europe/London]: --time-zone: this is no IANA time zone.\n"
        "Time zone [Europe/London]: Jurisdiction (us/eu-uk) [us]: Please answer one of: us, eu-uk.\n"
        "Jurisdiction (us/eu-uk) [us]: "
    )
    assert "jurisdiction  eu-uk\npractice      Example Practice\npractitioner  Dr Example\ntime-zone     Europe/Paris\n" in botox("settings").stdout


def test_a_closed_input_leaves_nothing(botox: Any, at_a_terminal: Callable[[], None], ledger_path: Path) -> None:
    at_a_terminal()
    said = botox("init", input="Example Practice\n")
    assert (said.exit_code, said.stdout) == (130, "")
    assert not ledger_path.parent.exists()


def test_a_ledger_that_exists_is_never_touched(botox: Any, ledger: Path) -> None:
    before = ledger.read_bytes()
    again = botox("init", "--no-input")
    assert again.exit_code == 21
    assert again.stderr.startswith("Error: --ledger: there is a file at this place already.\n")
    assert ledger.read_bytes() == before


def test_a_folder_that_lets_others_in_is_warned_of_and_left(botox: Any, ledger_path: Path) -> None:
    ledger_path.parent.mkdir(mode=0o755)
    ledger_path.parent.chmod(0o755)
    made = botox("init", "--practice", "P", "--practitioner", "D", "--time-zone", "UTC", "--jurisdiction", "us", "--plaintext")
    assert made.exit_code == 0
    assert made.stderr.startswith(f"Warning: other users may look into the folder {ledger_path.parent}")
    assert stat.S_IMODE(ledger_path.parent.stat().st_mode) == 0o755


@pytest.mark.parametrize(
    ("flag", "value", "hint"),
    [
        ("--time-zone", "europe/berlin", "Did you mean Europe/Berlin?"),
        ("--time-zone", "../../etc/passwd", "Give a name such as"),
        ("--time-zone", "localtime", "Give"),
        ("--time-zone", "", "Give another value"),
        ("--jurisdiction", "mars", "Give another value"),
        ("--practice", "a\x1b[2J", "Give another value"),
        ("--practitioner", "x" * 201, "Give another value"),
    ],
)
@pytest.mark.parametrize("command", ["init", "settings"])
def test_settings_that_cannot_be(botox: Any, ledger: Path, command: str, flag: str, value: str, hint: str) -> None:
    if command == "init":
        ledger.unlink()
    said = botox(command, flag, value)
    assert said.exit_code == 21
    assert said.stderr.startswith(f"Error: {flag}: ")
    assert hint in said.stderr or flag == "--time-zone"
    assert "\x1b" not in said.stderr
    assert ledger.exists() == (command == "settings")


def test_settings_change_and_each_change_is_an_entry(botox: Any, ledger: Path) -> None:
    from botoxcli.store.reader import open_ledger

    changed = botox("settings", "--jurisdiction", "eu-uk", "--practice", "Other", "--as", "Nurse", "--format", "json")
    assert json.loads(changed.stdout) == {
        "schema": "botoxcli/settings/1",
        "items": [{"backup_limit": 7, "jurisdiction": "eu-uk", "practice": "Other", "practitioner": "Dr Example", "time_zone": "UTC"}],
    }
    assert botox("settings", "--practice", "Other").exit_code == 0
    with open_ledger(ledger) as reader:
        assert [(entry[2], entry[3]) for entry in reader.entries()] == [("Dr Example", "init"), ("Nurse", "settings")]
