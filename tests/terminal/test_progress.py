"""The bars for what takes long: drawn on a terminal and gone at the end, and nowhere else. Without patience they are drawn at once."""

from __future__ import annotations

import csv
import os
import re
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pexpect
import pyte
import pytest

from botoxcli.terminal.progress import counted

pytestmark = pytest.mark.plain_only

AT_ONCE = """\
import sys
from botoxcli.terminal import progress
progress.PATIENCE = 0
from botoxcli.cli.main import app
sys.argv[0] = "botox"
app()
"""
WORDS = {
    "ledger verify": ("ledger", "verify"),
    "export all": ("export", "all", "--output", "{folder}/whole"),
    "export fhir": ("export", "fhir", "--output", "{folder}/record.json"),
    "export injections": ("export", "injections", "--output", "{folder}/injections.csv"),
    "import visits": ("import", "visits", "{folder}/sessions.csv", "--new-patients"),
    "import patients": ("import", "patients", "{folder}/sessions.csv"),
    "ledger backup": ("ledger", "backup", "{folder}/backups"),
}
BAR = re.compile(r"(Verifying|Exporting|Importing|Checking|Backing up)[^\n]*[━╸╺-]{8}")


@pytest.fixture
def practice(tmp_path: Path) -> Path:
    """A new ledger, and a sheet of patients with a session each."""
    run(tmp_path, "init", "--no-input", "--practice", "Example Practice", "--practitioner", "Dr Example", "--plaintext")
    with (tmp_path / "sessions.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("patient", "date", "units", "lot", "name", "born"))
        for number in range(200):
            born = date(1950, 1, 1) + timedelta(days=31 * number)
            table.writerow((f"X{number:03}", "2025-01-06", 155, "L1", f"Example{number:03}", born))
    return tmp_path


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    return {**kept, "BOTOX_LEDGER": str(folder / "ledger.db"), "TERM": "xterm-256color", "PYTHONUTF8": "1", **more}


def run(folder: Path, *arguments: str) -> bytes:
    """In a pipe."""
    command = [sys.executable, "-c", AT_ONCE, *arguments]
    done = subprocess.run(command, env=environment(folder), capture_output=True, check=True, stdin=subprocess.DEVNULL)
    assert b"\x1b" not in done.stderr, "no bar in a pipe"
    return done.stdout


def on_a_terminal(folder: Path, *arguments: str, **more: str) -> tuple[str, pyte.Screen, int]:
    """All that was sent to the terminal, the screen as it stands at the end, and the exit code."""
    command = ["-c", AT_ONCE, *(one.format(folder=folder) for one in arguments)]
    child = pexpect.spawn(sys.executable, command, env=environment(folder, **more), timeout=60, dimensions=(24, 80))
    child.expect(pexpect.EOF)
    child.close()
    sent = child.before.decode()
    screen = pyte.Screen(80, 24)
    pyte.Stream(screen).feed(sent)
    return sent, screen, child.exitstatus


def without_colour(sent: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", sent)


def shown(screen: pyte.Screen) -> str:
    return "\n".join(line.rstrip() for line in screen.display).strip()


@pytest.mark.parametrize("command", WORDS)
def test_a_bar_is_drawn_and_goes(practice: Path, command: str) -> None:
    if not command.startswith("import"):
        run(practice, "import", "visits", str(practice / "sessions.csv"), "--new-patients")
    sent, screen, code = on_a_terminal(practice, *WORDS[command])
    assert code == 0, sent
    assert BAR.search(without_colour(sent)), "a bar is drawn"
    assert not BAR.search(shown(screen)), "and is gone at the end"
    assert shown(screen) or command == "export injections", "the answer stands"
    assert "\x1b[?25l" not in sent, "the cursor is never hidden: who is killed leaves it as it was"


@pytest.mark.parametrize("more", [{"TERM": "dumb"}, {"TERM": "dumb", "NO_COLOR": "1"}])
def test_none_on_a_dumb_terminal(practice: Path, more: dict[str, str]) -> None:
    sent, _, code = on_a_terminal(practice, "ledger", "verify", **more)
    assert (code, BAR.search(without_colour(sent)), "\x1b" in sent) == (0, None, False)


def test_none_over_rows_that_run_over_the_screen(practice: Path) -> None:
    run(practice, "import", "visits", str(practice / "sessions.csv"), "--new-patients")
    for what in (("injections",), ("fhir",)):
        sent, _, code = on_a_terminal(practice, "export", *what)
        assert (code, BAR.search(without_colour(sent))) == (0, None)


def test_without_colour_it_has_none(practice: Path) -> None:
    coloured, _, _ = on_a_terminal(practice, "ledger", "verify")
    plain, _, _ = on_a_terminal(practice, "ledger", "verify", NO_COLOR="1")
    colour = re.compile(r"\x1b\[[0-9;]*(3[0-7]|9[0-7]|38;)[0-9;]*m")
    assert BAR.search(without_colour(plain))
    assert colour.search(coloured)
    assert not colour.search(plain)


def test_a_file_is_the_same_with_and_without(practice: Path) -> None:
    run(practice, "import", "visits", str(practice / "sessions.csv"), "--new-patients")
    on_a_terminal(practice, "export", "injections", "--output", "{folder}/with.csv")
    assert (practice / "with.csv").read_bytes() == run(practice, "export", "injections")


def test_ctrl_c_leaves_the_screen_whole(practice: Path) -> None:
    """The importer hears it while the bar is up: nothing was recorded, and no bar stands."""
    stops = AT_ONCE.replace("app()", "").replace("from botoxcli.cli.main import app", "") + (
        "from botoxcli.workflow import import_sessions as here\n"
        "import os, signal\n"
        "held = here.counted\n"
        "def heard(told, total):\n"
        "    told(1, total)\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "here.counted = heard\n"
        "from botoxcli.cli.main import app\n"
        "app()\n"
    )
    arguments = ["-c", stops, "import", "visits", str(practice / "sessions.csv"), "--new-patients"]
    child = pexpect.spawn(
        sys.executable,
        arguments,
        env=environment(practice),
        timeout=60,
        dimensions=(24, 80),
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    child.expect(pexpect.EOF)
    child.close()
    sent, screen = child.before.decode(), pyte.Screen(80, 24)
    pyte.Stream(screen).feed(sent)
    assert child.exitstatus == 130, sent
    assert BAR.search(without_colour(sent))
    assert not BAR.search(shown(screen))
    assert run(practice, "patient", "list", "--format", "csv").count(b"\n") == 1, "nothing was recorded"


def test_what_is_counted_is_what_comes() -> None:
    told: list[tuple[int, int]] = []
    assert list(counted("abc", lambda done, total: told.append((done, total)), 3)) == ["a", "b", "c"]
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert list(counted("abc", None)) == ["a", "b", "c"]
