"""The prompts and the checklist in a pseudo-terminal, seen through a terminal emulator, with the protocol that is shipped."""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pexpect
import pyte
import pytest

PROTOCOL = Path(__file__).parents[2] / "protocols" / "chronic-migraine.yaml"
DRIVER = """
import sys
from pathlib import Path
from botoxcli.clinic.answers import chair_questions
from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.dosing import volume_ul
from botoxcli.errors import Interrupted
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.terminal.prompts import ask_questions
from botoxcli.terminal.session_screen import run_checklist

protocol = load_protocol(Path(sys.argv[1])).protocol
saves = Path(sys.argv[2])
volume = lambda hundredths: volume_ul(hundredths, diluent_ul=4_000, vial_hundredths=20_000)

def save(what):
    with saves.open("a") as file:
        file.write(f"{what.hundredths if isinstance(what, Checklist) else sorted(what.items())[-1]}\\n")

try:
    if "ask" in sys.argv:
        ask_questions(chair_questions(protocol), {}, save=save, no_default=True, saved="Saved.")
    done = run_checklist(Checklist(protocol), volume_ul=volume, save=save, last_time={"temporalis-left-3": "skipped: sore"}, saved="Saved; --resume.")
    print(f"DONE {done.hundredths} {len(done.ticks)}")
except Interrupted as interrupted:
    print(f"EXIT {interrupted.exit_code} {interrupted.next_step}")
"""


class Terminal:
    """A person before a screen: types a line, waits for the next prompt, looks."""

    def __init__(self, child: pexpect.spawn, screen: pyte.Screen, saves: Path) -> None:
        self.child = child
        self.screen = screen
        self.saves_file = saves

    def wait(self, text: str = "help > ") -> None:
        self.child.expect_exact(text)
        if text.endswith("> "):
            self.total_stands()

    def type(self, line: str, then: str = "help > ") -> None:
        self.child.send(f"{line}\r")
        self.wait(then)

    def look(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    def total_stands(self) -> None:
        """The running total and its volume are on the screen, on the line above the prompt, and are what was saved last."""
        lines = [line.rstrip() for line in self.screen.display if line.strip()]
        match = re.search(r"so far ([\d.]+) of 155 U, (\d+\.\d+) mL", lines[-2])
        assert match, self.look()
        total = float(match[1])
        assert round(total * 100) == (self.saves()[-1] if self.saves() else 0)
        assert float(match[2]) == pytest.approx(total / 50)

    def saves(self) -> list[int]:
        return [int(line) for line in self.saves_file.read_text().split()] if self.saves_file.exists() else []


class _Feed:
    def __init__(self, stream: pyte.Stream) -> None:
        self.stream = stream
        self.raw = ""

    def write(self, text: str) -> None:
        self.raw += text
        self.stream.feed(text)

    def flush(self) -> None:
        pass


@contextmanager
def a_terminal(tmp_path: Path, columns: int, lines: int, *arguments: str, **environment: str) -> Iterator[Terminal]:
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "TTY_INTERACTIVE")}
    saves = tmp_path / "saves"
    child = pexpect.spawn(
        sys.executable,
        ["-c", DRIVER, str(PROTOCOL), str(saves), *arguments],
        dimensions=(lines, columns),
        env={**plain, "TERM": "xterm-256color", **environment},
        encoding="utf-8",
        timeout=30,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # who runs the tests in the background ignores Ctrl-C
    )
    screen = pyte.Screen(columns, lines)
    child.logfile_read = _Feed(pyte.Stream(screen))
    try:
        yield Terminal(child, screen, saves)
    finally:
        child.close(force=True)


SIZES = [(80, 24), (140, 40)]


@pytest.mark.parametrize(("columns", "lines"), SIZES)
def test_seven_enters_and_the_total_stands_at_every_prompt(tmp_path: Path, columns: int, lines: int) -> None:
    with a_terminal(tmp_path, columns, lines) as terminal:
        terminal.wait()
        for _ in range(6):
            terminal.type("")
        terminal.type("", then="DONE 15500 31")
        assert "total 155 of 155 U, 3.10 mL" in terminal.look()
        assert terminal.saves() == [1_000, 1_500, 3_500, 7_500, 10_500, 12_500, 15_500]


@pytest.mark.parametrize(("columns", "lines"), SIZES)
def test_the_muscle_with_most_sites_fits_whole(tmp_path: Path, columns: int, lines: int) -> None:
    with a_terminal(tmp_path, columns, lines) as terminal:
        terminal.wait()
        for line in ("", "", "", "skip 3 a scar", "5=2,5", "+left 5", "extra right 5"):
            terminal.type(line)
        screen = terminal.look()
        assert "4/7 TEMPORALIS | supine | 8 sites 40 U | extras: 0 of 10 U left" in screen
        assert [len(re.findall(re.escape(f"\n{sign}"), screen.rpartition("4/7")[2])) for sign in ("[ ]", "[~]", "[-]", "[+]")] == [6, 1, 1, 2]
        assert "skipped: a scar | last time: skipped: sore" in screen
        assert ("temporalis-right-4" in screen) == (columns >= 100)
        assert "so far 47.5 of 155 U, 0.95 mL" in screen
        assert not [line for line in terminal.screen.display if "…" in line]


@pytest.mark.parametrize(("columns", "lines"), SIZES)
def test_back_help_list_and_refusals_keep_the_total_on_the_screen(tmp_path: Path, columns: int, lines: int) -> None:
    with a_terminal(tmp_path, columns, lines) as terminal:
        terminal.wait()
        for line in ("", "", "<", "<", "<", "?", "list", "nonsense", "skip 1", "again", "1=2.5", "", "", "", "", "?", "list"):
            terminal.type(line)
        assert "[~] corrugator 7.5 U: 1 site as planned, 1 changed" in terminal.look()
        assert terminal.saves() == [1_000, 1_500, 500, 750, 1_250, 3_250, 7_250]


def test_the_position_is_said_when_it_changes_and_on_the_way_back(tmp_path: Path) -> None:
    with a_terminal(tmp_path, 80, 24) as terminal:
        terminal.wait()
        assert "=== POSITION: SUPINE ===" in terminal.look()
        for _ in range(4):
            terminal.type("")
        assert "=== POSITION: SITTING (was supine) ===" in terminal.look()
        terminal.type("<")
        assert "=== POSITION: SUPINE (was sitting) ===" in terminal.look()


def test_a_slip_of_the_glove_is_asked_about_with_the_total_still_in_sight(tmp_path: Path) -> None:
    with a_terminal(tmp_path, 80, 24) as terminal:
        terminal.wait()
        terminal.type("1=40", then="Really 40 U at one site? The limit is 10 U. [y/n]: ")
        assert "so far 0 of 155 U, 0.00 mL" in terminal.look()
        terminal.type("", then="Please answer y or n.")
        terminal.type("n")
        assert terminal.saves() == []


@pytest.mark.parametrize("leave", ["ctrl-d", "ctrl-c"])
def test_leaving_says_how_to_go_on_and_keeps_what_was_ticked(tmp_path: Path, leave: str) -> None:
    with a_terminal(tmp_path, 80, 24) as terminal:
        terminal.wait()
        terminal.type("")
        if leave == "ctrl-d":
            terminal.child.sendeof()
        else:
            terminal.child.sendintr()
        terminal.wait("EXIT 130 Saved; --resume.")
        assert terminal.saves() == [1_000]


def test_what_was_ticked_is_saved_before_the_next_prompt_stands(tmp_path: Path) -> None:
    with a_terminal(tmp_path, 80, 24) as terminal:
        terminal.wait()
        terminal.type("")
        terminal.type("skip 1 sore")
        terminal.child.kill(signal.SIGKILL)
        assert terminal.saves() == [1_000, 1_000]


def test_half_a_line_and_the_end_of_the_input_change_nothing(tmp_path: Path) -> None:
    with a_terminal(tmp_path, 80, 24) as terminal:
        terminal.wait()
        terminal.type("")
        terminal.child.send("skip all x")
        terminal.child.sendeof()
        terminal.child.sendeof()
        terminal.wait("EXIT 130")
        assert terminal.saves() == [1_000]


def test_arrow_keys_and_stray_bytes_are_no_enter(tmp_path: Path) -> None:
    with a_terminal(tmp_path, 80, 24) as terminal:
        terminal.wait()
        terminal.type("\x1b[A", then="Type it again.")
        terminal.child.expect_exact("help > ")
        terminal.type("\u202e", then="Type it again.")
        assert terminal.saves() == []


def test_a_dumb_terminal_gets_no_escape_sequences(tmp_path: Path) -> None:
    with a_terminal(tmp_path, 80, 24, TERM="dumb") as terminal:
        terminal.wait()
        for _ in range(3):
            terminal.type("")
        assert "\x1b" not in terminal.child.logfile_read.raw
        assert "temporalis 0 of 40 U | so far 35 of 155 U, 0.70 mL" in terminal.look()


def test_no_color_is_obeyed(tmp_path: Path) -> None:
    for wanted, environment in ((True, {}), (False, {"NO_COLOR": "1"})):
        with a_terminal(tmp_path, 80, 24, **environment) as terminal:
            terminal.child.expect_exact("help > ")
            terminal.child.send("1=2.5\r")
            terminal.child.expect_exact("help > ")
            assert bool(re.search(r"\x1b\[[0-9;]*3[0-7]m", terminal.child.logfile_read.raw)) is wanted


def test_safety_questions_are_answered_by_letters_and_never_by_enter(tmp_path: Path) -> None:
    with a_terminal(tmp_path, 80, 24, "ask") as terminal:
        terminal.child.expect_exact("yes/no/unknown > ")
        terminal.child.send("\r")
        terminal.child.expect_exact("Enter alone is no answer here.")
        terminal.child.expect_exact("yes/no/unknown > ")
        terminal.child.send("y\r")
        terminal.child.expect_exact("2/10")
        terminal.child.expect_exact("unknown > ")
        assert terminal.saves_file.read_text() == "('consent', 'yes')\n"
        terminal.child.send("<\r")
        terminal.child.expect_exact("Answered so far: yes. Type the answer again.")
        terminal.child.expect_exact("unknown > ")
        terminal.child.sendeof()
        terminal.child.expect_exact("EXIT 130 Saved.")
