"""``botox due --format ics``: whole output, and what two real calendar programs make of it when they are given it again."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from botoxcli import clock
from botoxcli.clinic.dates import Span
from botoxcli.clinic.due_window import DueItem, Window
from botoxcli.clinic.history import FollowUpRule
from botoxcli.clinic.past_entry import LedgerMark
from botoxcli.files import due_ics
from botoxcli.store.reader import open_ledger

from .conftest import NOW, Botox, Result
from .cycle import WHY, done, two_cycles

pytestmark = pytest.mark.plain_only  # their practice is made once, in plain text

DAY = ("--today", "2026-05-20")
ICS = ("due", *DAY, "--format", "ics")
MOVED = ("visit", "moved", "P0001", *DAY, "--on", "2026-05-20", "--to", "2026-06-20", "--reason", "snow")
KHAL = """\
[calendars]
[[due]]
path = {folder}
[locale]
local_timezone = UTC
default_timezone = UTC
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
[sqlite]
path = {home}/khal.db
"""
TODOMAN = """\
path = "{folder}/*"
date_format = "%Y-%m-%d"
time_format = "%H:%M"
cache_path = "{home}/todoman.sqlite3"
default_list = "due"
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger with two cycles of P0001: see ``cycle.two_cycles``. Each test has a copy."""
    from botoxcli.cli.main import app

    ledger = tmp_path_factory.mktemp("ics") / "practice" / "ledger.db"

    def botox(*args: str, input: str | None = None) -> Result:
        result = CliRunner().invoke(app, ["--ledger", str(ledger), *args], input=input, prog_name="botox")
        return Result(result.stdout, result.stderr, result.exit_code)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "utc_now", lambda: NOW)
        patch.setenv("XDG_DATA_HOME", str(ledger.parent.parent))
        done(botox("init", "--practice", "Example Practice", "--practitioner", "Dr Example", "--time-zone", "UTC", "--plaintext", "--no-input"))
        two_cycles(botox)
    return ledger


@pytest.fixture
def cycle(botox: Botox, made: Path, ledger_path: Path) -> Botox:
    """The command line on a copy of that ledger."""
    ledger_path.parent.mkdir(0o700)
    shutil.copy(made, ledger_path)
    return botox


def test_the_whole_calendar(cycle: Botox) -> None:
    said = done(cycle(*ICS)).stdout
    uid = next(line for line in said.splitlines() if line.startswith("UID:")).removeprefix("UID:")
    assert uid.startswith("P0001.chronic-migraine.session@")
    assert said.replace(uid, "IT").split("\n") == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//botoxcli//due dates//EN", "BEGIN:VEVENT", "SUMMARY:Session: P0001\\, due 2026-06-02",
        "DTSTART;VALUE=DATE:20260525", "DTEND;VALUE=DATE:20260903", "DTSTAMP:20260309T100000Z", "UID:IT", "SEQUENCE:19", "CLASS:PRIVATE",
        "DESCRIPTION:Due 2026-06-02. chronic-migraine: visit 3\\, session: 2026-03-0", " 2 + 12 weeks = 2026-05-25\\, due by 2026-06-02"
        " (+ 3 months)\\, latest 2026-0", " 9-02 (+ 6 months).", "TRANSP:TRANSPARENT", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    assert cycle(*ICS).stdout == said


def test_it_follows_the_list(cycle: Botox) -> None:
    def kinds(*flags: str) -> list[str]:
        events = icalendar.Calendar.from_ical(done(cycle("due", "--format", "ics", *flags)).stdout).walk("VEVENT")
        return [str(one["UID"]).split("@")[0].split(".")[2] for one in events]

    assert kinds("--today", "2026-03-12") == ["onset-check"]
    assert kinds("--today", "2026-03-12", "--within", "3m") == ["onset-check", "session"]
    assert kinds("--today", "2026-03-12", "--within", "3m", "--kind", "session") == ["session"]
    assert kinds("--today", "2026-06-03", "--overdue") == ["session"]
    assert kinds("--today", "2026-06-02", "--overdue") == []


def test_names_only_when_asked(cycle: Botox) -> None:
    assert "Ada" not in cycle(*ICS).stdout
    assert "SUMMARY:Session: P0001 Ada Example\\, due 2026-06-02" in cycle(*ICS, "--identify").stdout
    refused = cycle("due", "--todos")
    assert (refused.exit_code, refused.stderr.splitlines()[0]) == (2, "Error: --todos goes with --format ics only.")


def test_two_practices_do_not_collide(cycle: Botox, tmp_path: Path) -> None:
    other = str(tmp_path / "other" / "ledger.db")
    done(cycle("--ledger", other, "init", "--practice", "Other", "--practitioner", "Dr Example", "--time-zone", "UTC", "--plaintext", "--no-input"))
    marks, window = [], _window(date(2026, 1, 1), 1, 2, 3)
    for path in (tmp_path / "practice" / "ledger.db", Path(other)):
        with open_ledger(path) as reader:
            marks.append(reader.mark())
    assert due_ics.uid(window, marks[0]) != due_ics.uid(window, marks[1])


def test_khal_moves_the_event_and_holds_it_once(cycle: Botox, tmp_path: Path) -> None:
    program = _Calendar(tmp_path, "khal", KHAL)
    show = ("list", "--once", "--day-format", "", "--format", "{start} {end} {title}", "2026-05-20", "200d")
    program.file.write_text(done(cycle(*ICS)).stdout, newline="")
    program.run("import", "--batch", str(program.file))
    assert program.run(*show).splitlines() == ["2026-05-25 2026-09-02 Session: P0001, due 2026-06-02"]
    done(cycle("visit", "amend", "3", *DAY, "--on", "2026-03-04", *WHY))
    done(cycle(*MOVED))
    program.file.write_text(done(cycle(*ICS)).stdout, newline="")
    program.run("import", "--batch", str(program.file))
    assert program.run(*show).splitlines() == ["2026-05-27 2026-09-04 Session: P0001, due 2026-06-20"]


def test_todoman_has_each_to_do_once_where_the_file_lies(cycle: Botox, tmp_path: Path) -> None:
    program = _Calendar(tmp_path, "todoman", TODOMAN)
    target = program.folder / "due" / "botox.ics"
    target.parent.mkdir()
    target.write_text(done(cycle(*ICS, "--todos")).stdout, newline="")
    listed = [program.run("--porcelain", "list")]
    done(cycle(*MOVED))
    target.write_text(done(cycle(*ICS, "--todos")).stdout, newline="")
    listed.append(program.run("--porcelain", "list"))
    assert [one.count('"summary"') for one in listed] == [1, 1]
    assert "Session: P0001, due 2026-06-02" in listed[0]
    assert "Session: P0001, due 2026-06-20" in listed[1]


def test_sequence_grows_with_every_change(cycle: Botox) -> None:
    def sequence() -> int:
        (event,) = icalendar.Calendar.from_ical(done(cycle(*ICS)).stdout).walk("VEVENT")
        return int(str(event["SEQUENCE"]))

    first = sequence()
    done(cycle(*MOVED))
    second = sequence()
    done(cycle("undo", "--yes"))
    assert first < second < sequence()


class _Calendar:
    """A calendar program with a home of its own. ``folder`` holds its items, ``file`` is what it is given."""

    def __init__(self, home: Path, program: str, configuration: str) -> None:
        self.folder, self.file = home / "items", home / "due.ics"
        self.folder.mkdir()
        self._home, self._program = home, program
        place = home / "config" / program / ("config" if program == "khal" else "config.py")
        place.parent.mkdir(parents=True)
        place.write_text(configuration.format(folder=self.folder, home=home))

    def run(self, *arguments: str) -> str:
        """What it says."""
        env = {**os.environ, "HOME": str(self._home), "XDG_CONFIG_HOME": str(self._home / "config"), "XDG_CACHE_HOME": str(self._home)}
        env |= {"XDG_DATA_HOME": str(self._home), "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
        main = "khal.cli:main_khal" if self._program == "khal" else "todoman.cli:cli"
        module, name = main.split(":")
        code = f"import sys; from {module} import {name}; sys.argv[0] = '{self._program}'; {name}()"
        said = subprocess.run([sys.executable, "-c", code, *arguments], env=env, capture_output=True, text=True, check=False, timeout=60)
        assert said.returncode == 0, said.stderr
        return said.stdout


MARK = LedgerMark("ab" * 32, 7, "2026-03-09T10:00:00Z")


def _window(anchor: date, earliest: int, due: int, latest: int | None, patient: str = "P0001") -> Window:
    rule = FollowUpRule("session", "session", Span(earliest, "days"), Span(due, "days"), None if latest is None else Span(latest, "days"), None)
    last = None if latest is None else anchor + timedelta(days=latest)
    return Window(patient, "session", anchor + timedelta(days=earliest), anchor + timedelta(days=due), last, "x", anchor, 2, rule)


@given(st.text(max_size=200), st.integers(0, 40), st.integers(0, 40), st.none() | st.integers(0, 40), st.booleans())
def test_no_name_can_inject_a_line(name: str, earliest: int, due: int, latest: int | None, todos: bool) -> None:
    stream = io.StringIO(newline="")
    item = DueItem(_window(date(2026, 1, 1), earliest, due, latest), "open", 0)
    due_ics.write_calendar([item], MARK, stream, names={"P0001": name}, todos=todos)
    lines = stream.getvalue().encode().split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert not any(b"\r" in line or b"\n" in line or b"\x1b" in line for line in lines)
    assert sum(line.startswith((b"BEGIN:", b"END:", b"UID:", b"SEQUENCE:", b"SUMMARY:")) for line in lines) == 7
    (one,) = icalendar.Calendar.from_ical(stream.getvalue()).walk("VTODO" if todos else "VEVENT")
    assert one.decoded("DUE" if todos else "DTEND") > one.decoded("DTSTART", date.min)


def test_the_last_day_of_the_calendar_has_an_end() -> None:
    stream = io.StringIO(newline="")
    due_ics.write_calendar([DueItem(_window(date(9999, 12, 31), 0, 0, 0), "open", 0)], MARK, stream)
    assert "DTEND;VALUE=DATE:99991231" in stream.getvalue()


def test_the_other_forms_load_no_calendar(cycle: Botox, tmp_path: Path) -> None:
    code = "import sys; from botoxcli.cli.main import main\ntry:\n    main()\nexcept SystemExit:\n    sys.exit('icalendar' in sys.modules)"
    ledger = str(tmp_path / "practice" / "ledger.db")
    first = {}
    for form, loads in (("csv", 0), ("table", 0), ("ics", 1)):
        said = subprocess.run([sys.executable, "-c", code, "--ledger", ledger, "due", "--format", form], capture_output=True, check=False, timeout=60)
        assert said.returncode == loads
        first[form] = said.stdout[:26]
    assert first["ics"] == b"BEGIN:VCALENDAR\r\nVERSION:2"


def test_without_anything_due_it_is_an_empty_calendar(botox: Botox, ledger: Path) -> None:
    assert done(botox("due", "--format", "ics")).stdout == "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//botoxcli//due dates//EN\nEND:VCALENDAR\n"


@pytest.mark.parametrize(("anchors", "grows"), [(("pause-end", "consult", "lapse"), True), (("consult", "consult"), False)])
def test_what_the_days_alone_change_grows_too(anchors: tuple[str, ...], grows: bool) -> None:
    found = []
    for anchor in anchors:
        window, stream = _window(date(2026, 1, 1), 1, 2, 3), io.StringIO(newline="")
        due_ics.write_calendar([DueItem(replace(window, rule=replace(window.rule, anchor=anchor)), "open", 0)], MARK, stream)
        found.append(stream.getvalue().partition("SEQUENCE:")[2].split("\r\n")[0])
    assert (len(set(found)) == len(found)) == grows
    assert found == sorted(found, key=int)
