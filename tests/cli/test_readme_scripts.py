"""The four scripts of the README, taken from its text and run as they stand: what they say, and what they do when something is wrong."""

from __future__ import annotations

import csv
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.faults.writing_commands import CHAIR, KEY, PRACTICE, done

README = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```bash\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
SCRIPTS = {name[1]: block for block in BLOCKS if (name := re.match(r"#!/usr/bin/env bash\n# (\w+\.sh) ", block))}
Run = Callable[..., "subprocess.CompletedProcess[str]"]
pytestmark = [
    pytest.mark.plain_only,  # the encrypted practice is made here
    pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed on this machine"),
]


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the practice, plain (``plain.db``) and encrypted (``sealed.db``, opened by ``files/one.key``), and a ``bin`` with the scripts."""
    folder = tmp_path_factory.mktemp("scripts")
    plain, files, programs = folder / "plain.db", folder / "files", folder / "bin"
    files.mkdir()
    programs.mkdir()
    for arguments in PRACTICE:
        done(plain, files, arguments)
    session = ("session", "P0002", "--as-planned", *CHAIR, "--no-input", "--on", "2026-03-09", "--vial", "C1234", "--skip", "procerus=sore")
    done(plain, files, session)
    shutil.copy(plain, folder / "sealed.db")
    done(folder / "sealed.db", files, ("ledger", "encrypt", *KEY, "--no-input"))
    made = {
        "botox": f'#!/bin/sh\nexec "{sys.executable}" -m botoxcli "$@"\n',
        "mail": '#!/bin/sh\n{ for word in "$@"; do echo "<$word>"; done; cat; } >> "$MAILBOX"\n',
        **SCRIPTS,
    }
    for name, text in made.items():
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    return folder


@pytest.fixture
def run(practice: Path, tmp_path: Path) -> Run:
    """Runs a script in an empty folder, with ``mail`` writing into ``mailbox``; stdin is never a terminal and would be waited for."""

    def script(name: str, *arguments: str, ledger: str = "plain.db", **env: str) -> subprocess.CompletedProcess[str]:
        given = {
            **os.environ, "PATH": f"{practice / 'bin'}:{os.environ['PATH']}", "BOTOX_LEDGER": str(practice / ledger),
            "BOTOX_TODAY": "2026-06-05", "MAILBOX": str(tmp_path / "mailbox"), **env,
        }  # fmt: skip
        return subprocess.run(
            [str(practice / "bin" / name), *arguments], env=given, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
        )

    return script


@pytest.fixture
def own_ledger(practice: Path, tmp_path: Path) -> str:
    """A copy of the plain ledger that a test may change."""
    shutil.copy(practice / "plain.db", tmp_path / "ledger.db")
    return str(tmp_path / "ledger.db")


def test_there_are_four_and_each_stops_at_a_failure() -> None:
    assert sorted(SCRIPTS) == ["doses.sh", "friday.sh", "nightly.sh", "recall.sh"]
    assert all("\nset -euo pipefail\n" in script for script in SCRIPTS.values())


def test_the_lines_that_set_up_completion_run(practice: Path, tmp_path: Path) -> None:
    (lines,) = (block for block in BLOCKS if not block.startswith("#!"))
    env = {**os.environ, "PATH": f"{practice / 'bin'}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    subprocess.run(["bash", "-euo", "pipefail", "-c", lines], env=env, check=True, timeout=60)
    subprocess.run(["bash", "-n", str(tmp_path / ".local/share/bash-completion/completions/botox")], check=True, timeout=60)


MAIL = """\
<-s>
<Due in the next week>
<me@example.org>
Due in the next week, and 1 overdue:

"""


def test_friday_s_list(run: Run, tmp_path: Path) -> None:
    said = run("friday.sh", "me@example.org")
    assert (said.returncode, said.stdout, said.stderr) == (0, "", "")
    mail = (tmp_path / "mailbox").read_text()
    assert mail.startswith(MAIL)
    assert [line.split()[:3] for line in mail.removeprefix(MAIL).splitlines()] == [
        ["Patient", "What", "Status"], ["P0001", "session", "overdue"], ["P0002", "session", "due"],
    ]  # fmt: skip
    assert not [name for name in ("Ada", "Ben", "Cleo") if name in mail]


def test_no_mail_when_nobody_is_due_and_none_when_the_ledger_is_not_there(run: Run, tmp_path: Path) -> None:
    assert run("friday.sh", "me@example.org", BOTOX_TODAY="2026-04-20").returncode == 0
    missing = run("friday.sh", "me@example.org", ledger="nowhere.db")
    assert (missing.returncode, missing.stdout) == (10, "")
    assert "nowhere.db" in missing.stderr
    assert run("friday.sh", "-o me@example.org").returncode == 2
    assert not (tmp_path / "mailbox").exists()


@pytest.mark.parametrize("name", ["friday.sh", "doses.sh"])
def test_an_encrypted_ledger_needs_its_key_and_nobody_is_asked(run: Run, practice: Path, tmp_path: Path, name: str) -> None:
    arguments = ["me@example.org"] if name == "friday.sh" else []
    assert run(name, *arguments, ledger="sealed.db").returncode == 12
    assert not (tmp_path / "mailbox").exists()
    opened = run(name, *arguments, ledger="sealed.db", BOTOX_KEY_FILE=str(practice / "files" / "one.key"))
    assert (opened.returncode, opened.stdout) == (0, run(name, *arguments).stdout)


def test_doses_a_month(run: Run) -> None:
    months = "month,sessions,vials,given_units,wasted_units\n2025-12,1,1,155,45\n2026-03,2,2,305,95\n"
    assert (run("doses.sh").stdout, run("doses.sh").returncode) == (months, 0)
    assert run("doses.sh", "2026-01-01").stdout == months.replace("2025-12,1,1,155,45\n", "")
    assert run("doses.sh", "tomorrow").returncode == 21


LETTERS = [
    {"patient": "P0001", "name": "Ada Example", "born": "1980-02-29", "lot": "C1234", "dates": "2025-12-08 2026-03-02", "last_contact": "2026-03-02"},
    {"patient": "P0002", "name": "Ben Example", "born": "1975-06-01", "lot": "C1234", "dates": "2026-03-09", "last_contact": "2026-03-09"},
]


def test_a_recall(run: Run, own_ledger: str, tmp_path: Path) -> None:
    for _ in range(2):  # the second time finds the recall and changes nothing
        said = run("recall.sh", "C1234", "letters.csv", "a letter came", ledger=own_ledger)
        assert (said.returncode, said.stdout) == (3, "2 letters to write: letters.csv\n"), said.stderr
        with (tmp_path / "letters.csv").open(newline="") as file:
            assert list(csv.DictReader(file)) == LETTERS
    assert stat.S_IMODE((tmp_path / "letters.csv").stat().st_mode) == 0o600
    assert sorted(file.name for file in tmp_path.iterdir()) == ["ledger.db", "letters.csv"]


def test_a_recall_that_finds_nobody_or_cannot_be_made(run: Run, own_ledger: str, tmp_path: Path) -> None:
    unused = run("recall.sh", "D5", "letters.csv", "a letter came", ledger=own_ledger)
    assert (unused.returncode, unused.stdout) == (0, "0 letters to write: letters.csv\n"), unused.stderr
    unknown = run("recall.sh", "Z9", "others.csv", "a letter came", ledger=own_ledger)
    assert (unknown.returncode, unknown.stdout) == (22, "")
    assert run("recall.sh", "C1234", "none.csv", "a letter came", ledger="sealed.db").returncode == 12
    assert run("recall.sh", "C1234").returncode == 1
    assert not (tmp_path / "none.csv").exists()


def test_a_nightly_backup(run: Run, own_ledger: str, tmp_path: Path) -> None:
    folder = tmp_path / "usb"
    folder.mkdir()
    other = ("other-20250101T000000Z-0123456789ab.db", "ledger-notes.db", "ledger-20250101T000000Z-0123456789ab.db.old")
    old = [f"ledger-2025010{day}T000000Z-0123456789ab.db" for day in range(1, 4)]
    for name in (*other, *old, *(f"{name}.json" for name in old)):
        (folder / name).write_text("an old one")
    said = run("nightly.sh", str(folder), "2", ledger=own_ledger)
    assert said.returncode == 0, said.stderr
    made = Path(said.stdout.removeprefix("Kept ").strip())
    assert sorted(file.name for file in folder.iterdir()) == sorted([*other, old[2], f"{old[2]}.json", made.name, f"{made.name}.json"])


def test_a_night_on_which_something_is_wrong_deletes_nothing(run: Run, practice: Path, tmp_path: Path) -> None:
    folder = tmp_path / "usb"
    folder.mkdir()
    kept = folder / "broken-20250101T000000Z-0123456789ab.db"
    kept.write_text("an old one")
    whole = (practice / "plain.db").read_bytes()
    (tmp_path / "broken.db").write_bytes(whole.replace(b"C1234", b"C1243"))
    assert run("nightly.sh", str(folder), "1", ledger=str(tmp_path / "broken.db")).returncode == 14
    assert run("nightly.sh", str(folder), "1", ledger="sealed.db").returncode == 12
    assert run("nightly.sh", str(folder), "0").returncode == 2
    assert run("nightly.sh", str(tmp_path / "not-mounted")).returncode == 15
    assert list(folder.iterdir()) == [kept]


def test_a_nightly_backup_of_an_encrypted_ledger(run: Run, practice: Path, tmp_path: Path) -> None:
    said = run("nightly.sh", str(tmp_path), ledger="sealed.db", BOTOX_KEY_FILE=str(practice / "files" / "one.key"))
    assert said.returncode == 0, said.stderr
    (made,) = tmp_path.glob("sealed-*.db")
    assert not made.read_bytes().startswith(b"SQLite")
