"""The session at the chair, in a pseudo-terminal with the real program: the keys it takes, and what survives when it is killed."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pexpect
import pytest

DATA = Path(__file__).parents[1] / "data"
SAFETY = ("y", "n", "n", "n", "n", "na", "n", "n", "n", "n")
ENTER = "\r"


class Chair:
    """A practitioner with gloves on: every key press is counted. A line is typed, Enter is one key more."""

    def __init__(self, ledger: Path, *arguments: str) -> None:
        environment = {**os.environ, "BOTOX_LEDGER": str(ledger), "TERM": "dumb", "PYTHONUTF8": "1"}
        command = ["-m", "botoxcli", "session", "P0001", *arguments]
        self.child = pexpect.spawn(
            sys.executable, command, env=environment, encoding="utf-8", timeout=60, dimensions=(40, 100), preexec_fn=hears_ctrl_c
        )
        self.keys = 0

    def says(self, pattern: str) -> str:
        self.child.expect(pattern)
        return str(self.child.before) + str(self.child.after)

    def types(self, line: str = "", *, counted: bool = True) -> None:
        self.keys += (len(line) + 1) if counted else 0
        self.child.send(line + ENTER)

    def to_the_checklist(self) -> None:
        self.says(r"\[y/n\]: ")
        self.types("y")
        for place, answer in enumerate(SAFETY, start=1):
            self.says(rf"{place}/10 ")
            self.says(r"unknown > ")
            self.types(answer, counted=False)
        self.says(r"Vial: Enter takes C1234 \(200 U, expires 2027-06-30\).*> ")
        self.types()
        self.says(r"Diluent in mL, all vials together \(Enter = 4\.00, the protocol's\) > ")
        self.types()
        self.says(r"Made up at .*> ")
        self.types()

    def total(self) -> str:
        return str(re.findall(r"so far ([\d.]+ of 155 U, [\d.]+ mL)", self.says(r"help > "))[-1])

    def ends(self) -> tuple[str, int | None]:
        self.child.expect(pexpect.EOF)
        rest = str(self.child.before)
        self.child.close()
        return rest, self.child.exitstatus


def hears_ctrl_c() -> None:
    """Whoever runs the tests in the background ignores Ctrl-C, and what they start would too."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def botox(ledger: Path, *arguments: str) -> Any:
    environment = {**os.environ, "BOTOX_LEDGER": str(ledger)}
    done = subprocess.run([sys.executable, "-m", "botoxcli", *arguments], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["items"] if "json" in arguments else done.stdout


@pytest.fixture(scope="module")
def furnished(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a practice with one patient who may be treated, and two vials: made once, and only ever copied."""
    folder = tmp_path_factory.mktemp("furnished")
    path, answers = folder / "practice" / "ledger.db", str(DATA / "consult.yaml")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("BOTOX_")]:
            patch.delenv(name)
        patch.setenv("HOME", str(folder))
        patch.setenv("XDG_DATA_HOME", str(folder / "data"))
        botox(path, "init", "--practice", "Example Practice", "--practitioner", "Dr Example", "--time-zone", "UTC", "--plaintext", "--no-input")
        botox(path, "vial", "add", "C1234", "--units", "200", "--expires", "2027-06", "--count", "2")
        botox(path, "consult", "P0001", "--name", "Ada Example", "--born", "1980-02-29", "--answers", answers, "--no-input")
    return path.parent


@pytest.fixture
def ledger(furnished: Path, tmp_path: Path) -> Path:
    """A practice of the test's own, whole: every file of it with its mode."""
    return Path(shutil.copytree(furnished, tmp_path / "practice")) / "ledger.db"


def test_the_copied_practice_is_as_private_as_the_one_that_was_made(furnished: Path, ledger: Path) -> None:
    modes = [[(path.name, oct(path.stat().st_mode)) for path in sorted([folder, *folder.iterdir()])] for folder in (furnished, ledger.parent)]
    assert modes[0] == modes[1] == [("practice", "0o40700"), ("ledger.db", "0o100600")]
    assert (furnished / "ledger.db").read_bytes() == ledger.read_bytes()


def test_as_planned_takes_few_keys_and_shows_the_total_at_every_muscle(ledger: Path) -> None:
    chair = Chair(ledger)
    chair.to_the_checklist()
    totals = []
    for _ in range(7):
        totals.append(chair.total())
        chair.types()
    chair.says(r"Minutes .*> ")
    chair.types()
    chair.says(r"Record this session of P0001 on [\d-]+, 155 U\? y/n, < corrects > ")
    chair.types("y")
    said, code = chair.ends()
    assert totals == [
        "0 of 155 U, 0.00 mL",
        "10 of 155 U, 0.20 mL",
        "15 of 155 U, 0.30 mL",
        "35 of 155 U, 0.70 mL",
        "75 of 155 U, 1.50 mL",
        "105 of 155 U, 2.10 mL",
        "125 of 155 U, 2.50 mL",
    ]
    assert code == 0
    assert "given 155 + wasted 45 = drawn 200 U" in said
    assert "Next session: from" in said
    assert chair.keys <= 16
    (visit,) = botox(ledger, "visit", "list", "--kind", "session", "--format", "json")
    assert visit["units"] == 155


def test_after_sigkill_the_session_goes_on_where_it_stood(ledger: Path) -> None:
    chair = Chair(ledger)
    chair.to_the_checklist()
    chair.total()
    chair.types()
    chair.says("help > ")
    chair.types()
    chair.says("help > ")
    chair.types("skip 2 haematoma")
    chair.says("help > ")
    chair.child.kill(signal.SIGKILL)
    chair.child.wait()
    assert botox(ledger, "visit", "list", "--kind", "session", "--format", "json") == []

    again = Chair(ledger, "--resume")
    said = again.says(r"10 answers, 4 of 31 sites, 15 U\.")
    assert "Going on with the session of" in said
    again.says(r"Is this the patient in the chair\? \[y/n\]: ")
    again.types("y")
    assert again.total() == "15 of 155 U, 0.30 mL"
    for _ in range(4):
        again.types()
        again.says("help > ")
    again.types()
    again.says(r"Minutes .*> ")
    again.types()
    again.says(r"y/n, < corrects > ")
    again.types("y")
    _, code = again.ends()
    assert code == 0
    (visit,) = botox(ledger, "visit", "list", "--kind", "session", "--format", "json")
    assert visit["units"] == 150
    (whole,) = botox(ledger, "visit", "show", str(visit["visit"]), "--format", "json")
    assert [(site["site"], site["reason"]) for site in whole["injections"] if site["state"] == "skipped"] == [("frontalis-left-2", "haematoma")]


def test_ctrl_c_says_how_to_go_on_and_a_no_records_nothing(ledger: Path) -> None:
    chair = Chair(ledger)
    chair.says(r"\[y/n\]: ")
    chair.types("y")
    chair.says(r"unknown > ")
    chair.types("y")
    chair.says(r"2/10 ")
    chair.says(r"unknown > ")
    chair.child.sendintr()
    said, code = chair.ends()
    assert (code, "botox session P0001 --resume" in said) == (130, True)


def test_a_stop_is_met_before_the_needle_and_its_override_is_kept(ledger: Path) -> None:
    answers = str(DATA / "chair.yaml")
    botox(ledger, "session", "P0001", "--vial", "C1234", "--as-planned", "--answers", answers, "--no-input", "--on", "today")
    chair = Chair(ledger)
    chair.says(r"\[y/n\]: ")
    chair.types("y")
    assert "Last session:" in chair.says(r"1/10 ")
    for answer in SAFETY:
        chair.says(r"unknown > ")
        chair.types(answer)
    assert "STOP" in chair.says(r"Override STOP interval\?.*> ")
    chair.types("?")
    chair.says(r"Override STOP interval\?.*> ")
    chair.types("<")
    assert "That is no reason" in chair.says(r"Override STOP interval\?.*> ")
    chair.types()
    chair.says(r"Go back and correct something\?.*: ")
    chair.types("n")
    said, code = chair.ends()
    assert (code, "stop interval: 0 days after" in said, "botox session P0001 --resume" in said) == (23, True, True)
    assert len(botox(ledger, "visit", "list", "--kind", "session", "--format", "json")) == 1


def test_a_dose_that_is_stopped_can_be_corrected_at_the_chair(ledger: Path) -> None:
    chair = Chair(ledger)
    chair.to_the_checklist()
    chair.total()
    chair.types("1=12")
    chair.says(r"\[y/n\]: ")
    chair.types("y")
    for _ in range(7):
        chair.says("help > ")
        chair.types()
    chair.says(r"Override STOP site-dose\?.*> ")
    chair.types()
    chair.says(r"Go back and correct something\?.*: ")
    chair.types("y")
    chair.says("help > ")
    chair.types("1=5")
    for _ in range(7):
        chair.says("help > ")
        chair.types()
    chair.says(r"Minutes .*> ")
    chair.types()
    chair.says(r"155 U\? y/n, < corrects > ")
    chair.types("y")
    said, code = chair.ends()
    assert (code, "given 155 + wasted 45 = drawn 200 U" in said) == (0, True)


def test_the_way_back_leads_from_the_last_question_to_the_sites_and_a_no_keeps_all(ledger: Path) -> None:
    chair = Chair(ledger)
    chair.to_the_checklist()
    for _ in range(7):
        chair.says("help > ")
        chair.types()
    chair.says(r"Minutes .*> ")
    chair.types()
    chair.says(r"< corrects > ")
    chair.types("<")
    chair.says(r"7/7 TRAPEZIUS")
    chair.says("help > ")
    chair.types("again")
    chair.says("help > ")
    chair.types("skip 1 sore")
    chair.says("help > ")
    chair.types()
    chair.says(r"< corrects > ")
    chair.types("n")
    said, code = chair.ends()
    assert (code, "botox session P0001 --resume" in said) == (130, True)
    again = Chair(ledger)
    again.says(r"10 answers, 31 of 31 sites, 150 U")
    again.says(r"drop\): ")
    again.types("leave")
    assert again.ends()[1] == 130
    third = Chair(ledger)
    third.says(r"drop\): ")
    third.types("g")
    third.says(r"\[y/n\]: ")
    third.types("y")
    assert "total 150 of 155 U" in third.says(r"Minutes .*> ")
    third.child.sendintr()
    assert third.ends()[1] == 130


def test_a_safety_answer_and_the_diluent_can_be_typed_again(ledger: Path) -> None:
    chair = Chair(ledger)
    chair.says(r"\[y/n\]: ")
    chair.types("y")
    for answer in (*SAFETY[:-1], "y"):
        chair.says("unknown > ")
        chair.types(answer)
    chair.says(r"Accept WARN weakness\? \[y/n\]: ")
    chair.types("n")
    chair.says(r"Go back and correct something\?.*: ")
    chair.types("y")
    assert "Answered so far: yes" in chair.says("unknown > ")
    chair.types("n")
    chair.says("Vial: .*> ")
    chair.types()
    chair.says("Diluent .*> ")
    chair.types("2")
    chair.says("Made up .*> ")
    chair.types("<")
    chair.says("Diluent .*> ")
    chair.types()
    chair.says("Made up .*> ")
    chair.types()
    assert chair.total() == "0 of 155 U, 0.00 mL"
    chair.child.sendintr()
    assert chair.ends()[1] == 130
