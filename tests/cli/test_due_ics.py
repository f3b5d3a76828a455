"""``botox due --format ics``: whole output, and what two real calendar programs make of it when they are given it again."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from botoxcli import clock
from botoxcli.clinic.dates import Span
from botoxcli.clinic.due_calendar import DueCalendar, Gone
from botoxcli.clinic.due_candidate import FollowUpRule
from botoxcli.clinic.due_window import DueItem, Window
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
    whole = said.replace("\n ", "")
    uids = re.findall(r"UID:(.*)", whole)
    assert [uid.split("@")[0] for uid in uids] == ["P0001.chronic-migraine.session", "P0001.chronic-migraine.onset-check"]
    assert len({uid.split("@")[1] for uid in uids}) == 1
    assert re.sub(r"UID:.*", "UID:IT", whole).split("\n") == [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//botoxcli//due dates//EN",
        "BEGIN:VEVENT", "SUMMARY:Session: P0001\\, due 2026-06-02", "DTSTART;VALUE=DATE:20260525", "DTEND;VALUE=DATE:20260903",
        "DTSTAMP:20260309T100000Z", "UID:IT", "SEQUENCE:195213600", "CLASS:PRIVATE",
        "DESCRIPTION:Due 2026-06-02. chronic-migraine: visit 3\\, session: 2026-03-02 + 12 weeks = 2026-05-25\\, "
        "due by 2026-06-02 (+ 3 months)\\, latest 2026-09-02 (+ 6 months).",
        "STATUS:CONFIRMED", "TRANSP:TRANSPARENT", "END:VEVENT",
        "BEGIN:VEVENT", "SUMMARY:Not due any more: onset check\\, P0001", "DTSTART;VALUE=DATE:20260302", "DTEND;VALUE=DATE:20260303",
        "DTSTAMP:20260309T100000Z", "UID:IT", "SEQUENCE:195213600", "CLASS:PRIVATE",
        "DESCRIPTION:chronic-migraine. It was in an earlier list\\, or could have been\\; it stands on the day of the last visit.",
        "STATUS:CANCELLED", "TRANSP:TRANSPARENT", "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    assert cycle(*ICS).stdout == said


def test_it_follows_the_list(cycle: Botox) -> None:
    def kinds(*flags: str) -> list[str]:
        events = icalendar.Calendar.from_ical(done(cycle("due", "--format", "ics", *flags)).stdout).walk("VEVENT")
        return [str(one["UID"]).split("@")[0].split(".")[2] for one in events if one["STATUS"] == "CONFIRMED"]

    assert kinds("--today", "2026-03-12") == ["onset-check", "session"]  # the calendar may have that session where visit 2 put it
    assert kinds("--today", "2026-03-12", "--kind", "onset-check") == ["onset-check"]
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
    stamps, place = [], ("P0001", "x", "session", None)
    for path in (tmp_path / "practice" / "ledger.db", Path(other)):
        with open_ledger(path) as reader:
            stamps.append(due_ics.Stamp(reader.mark().first_hash, NOW))
    assert due_ics.uid(place, stamps[0]) != due_ics.uid(place, stamps[1])


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


def test_sequence_grows_with_every_change_a_restore_and_a_day(cycle: Botox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def sequence() -> int:
        (event,) = (one for one in _components(done(cycle(*ICS)).stdout) if ".session@" in str(one["UID"]))
        return int(str(event["SEQUENCE"]))

    def later(seconds: int) -> None:
        monkeypatch.setattr(clock, "utc_now", lambda: NOW + timedelta(seconds=seconds))

    backup, found = str(tmp_path / "older.db"), [sequence()]
    done(cycle("ledger", "backup", backup))
    for at, change in enumerate((MOVED, ("undo", "--yes"), ("ledger", "restore", backup, "--yes")), start=1):
        later(at)
        done(cycle(*change))
        found.append(sequence())
    later(14 * 3600)  # the next day: windows open and close by the days alone
    found.append(sequence())
    assert found == sorted(set(found))
    later(14 * 3600 + 60)
    assert sequence() == found[-1]


ARCHIVED = ("patient", "archive", "P0001", "--reason", "died")
FORGOTTEN = ("patient", "forget", "P0001", "--reason", "asked", "--retention-checked", "--keep-others", "--no-input")


@pytest.mark.parametrize(
    "change", [ARCHIVED, ("patient", "pause", "P0001", "--until", "2027-01-01", "--reason", "travels"), FORGOTTEN], ids=lambda one: str(one[1])
)
@pytest.mark.parametrize("todos", [False, True], ids=["events", "to-dos"])
def test_what_is_not_due_any_more_is_cancelled_by_its_code(cycle: Botox, change: tuple[str, ...], todos: bool) -> None:
    flags = (*ICS, "--identify", *(["--todos"] if todos else []))
    before = {str(one["UID"]): str(one["STATUS"]) for one in _components(done(cycle(*flags)).stdout)}
    done(cycle(*change))
    said = done(cycle(*flags)).stdout
    gone = {str(one["UID"]): one for one in _components(said) if one["STATUS"] == "CANCELLED"}
    assert {uid for uid, status in before.items() if status != "CANCELLED"} & set(gone)
    assert not any("Ada" in str(one["SUMMARY"]) for one in gone.values())
    assert ("Ada" in said) == (change[1] == "pause")  # the end of a pause is still to come
    assert {one.decoded("DUE" if todos else "DTSTART") for one in gone.values()} == {date(2026, 3, 2)}


def test_it_is_said_for_a_year_and_of_the_kind_that_is_asked(cycle: Botox) -> None:
    def gone(day: str, *flags: str) -> int:
        return sum(one["STATUS"] == "CANCELLED" for one in _components(done(cycle("due", "--today", day, "--format", "ics", *flags)).stdout))

    assert (gone("2026-05-20"), gone("2026-05-20", "--kind", "session")) == (1, 0)
    done(cycle(*ARCHIVED))  # on 2026-03-09, by the machine's clock
    assert (gone("2027-03-09"), gone("2027-03-09", "--kind", "session"), gone("2027-03-10")) == (3, 1, 0)


def test_a_session_that_lapsed_is_cancelled_and_one_that_is_later_is_not(cycle: Botox) -> None:
    def status(day: str, *flags: str) -> dict[str, str]:
        calendar = _components(done(cycle("due", "--today", day, "--format", "ics", *flags)).stdout)
        return {str(one["UID"]).split("@")[0].split(".")[2]: str(one["STATUS"]) for one in calendar}

    assert status("2026-03-12")["session"] == "CONFIRMED"
    assert status("2026-09-02")["session"] == "CONFIRMED"
    assert status("2026-09-03")["session"] == "CANCELLED"
    assert status("2026-09-03", "--all")["session"] == "CONFIRMED"


def test_khal_has_nothing_ahead_of_who_was_archived(cycle: Botox, tmp_path: Path) -> None:
    program = _Calendar(tmp_path, "khal", KHAL)
    ahead = ("list", "--once", "--day-format", "", "--format", "{cancelled}{start} {title}", "2026-05-20", "400d")
    listed = []
    for change in (None, ARCHIVED, ("undo", "--yes")):
        if change:
            done(cycle(*change))
        program.file.write_text(done(cycle(*ICS)).stdout, newline="")
        program.run("import", "--batch", str(program.file))
        listed.append(program.run(*ahead).splitlines())
    there = ["2026-05-25 Session: P0001, due 2026-06-02"]
    assert [listed[0], listed[1]] == [there, []]
    assert there[0] in listed[2]
    past = program.run("list", "--once", "--day-format", "", "--format", "{cancelled}{title}", "2026-03-02", "1d").splitlines()
    assert sorted(past) == ["CANCELLED Not due any more: consult review, P0001", "CANCELLED Not due any more: onset check, P0001"]


def test_todoman_lists_nothing_of_who_was_archived(cycle: Botox, tmp_path: Path) -> None:
    program = _Calendar(tmp_path, "todoman", TODOMAN)
    target = program.folder / "due" / "botox.ics"
    target.parent.mkdir()
    done(cycle(*ARCHIVED))
    target.write_text(done(cycle(*ICS, "--todos")).stdout, newline="")
    assert program.run("--porcelain", "list") == "[]\n"
    assert '"summary": "Not due any more: session, P0001"' in program.run("--porcelain", "list", "--status", "ANY")


def _components(text: str) -> list[icalendar.Component]:
    calendar = icalendar.Calendar.from_ical(text)
    return [*calendar.walk("VEVENT"), *calendar.walk("VTODO")]


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


STAMP = due_ics.Stamp("ab" * 32, NOW)


def _window(anchor: date, earliest: int, due: int, latest: int | None, patient: str = "P0001") -> Window:
    rule = FollowUpRule("session", "session", Span(earliest, "days"), Span(due, "days"), None if latest is None else Span(latest, "days"), None)
    last = None if latest is None else anchor + timedelta(days=latest)
    return Window(patient, "session", anchor + timedelta(days=earliest), anchor + timedelta(days=due), last, "x", anchor, 2, rule)


@given(st.text(max_size=200), st.integers(0, 40), st.integers(0, 40), st.none() | st.integers(0, 40), st.booleans())
def test_no_name_can_inject_a_line(name: str, earliest: int, due: int, latest: int | None, todos: bool) -> None:
    stream = io.StringIO(newline="")
    item = DueItem(_window(date(2026, 1, 1), earliest, due, latest), "open", 0)
    due_ics.write_calendar(DueCalendar((item,), ()), STAMP, stream, names={"P0001": name}, todos=todos)
    lines = stream.getvalue().encode().split(b"\r\n")
    assert max(len(line) for line in lines) <= 75
    assert not any(b"\r" in line or b"\n" in line or b"\x1b" in line for line in lines)
    assert sum(line.startswith((b"BEGIN:", b"END:", b"UID:", b"SEQUENCE:", b"SUMMARY:")) for line in lines) == 7
    (one,) = icalendar.Calendar.from_ical(stream.getvalue()).walk("VTODO" if todos else "VEVENT")
    assert one.decoded("DUE" if todos else "DTEND") > one.decoded("DTSTART", date.min)


def test_the_last_day_of_the_calendar_has_an_end() -> None:
    stream = io.StringIO(newline="")
    due_ics.write_calendar(
        DueCalendar((DueItem(_window(date(9999, 12, 31), 0, 0, 0), "open", 0),), (Gone(("P0001", "x", "session", None), date.max),)), STAMP, stream
    )
    assert stream.getvalue().count("DTEND;VALUE=DATE:99991231") == 2


def test_the_other_forms_load_no_calendar(cycle: Botox, tmp_path: Path) -> None:
    run = "import sys; from botoxcli.cli.main import app"
    code = f"{run}\ntry:\n    app(prog_name='botox')\nexcept SystemExit:\n    sys.exit('icalendar' in sys.modules)"
    ledger = str(tmp_path / "practice" / "ledger.db")
    first = {}
    for form, loads in (("csv", 0), ("table", 0), ("ics", 1)):
        said = subprocess.run([sys.executable, "-c", code, "--ledger", ledger, "due", "--format", form], capture_output=True, check=False, timeout=60)
        assert said.returncode == loads
        first[form] = said.stdout[:26]
    assert first["ics"] == b"BEGIN:VCALENDAR\r\nVERSION:2"


def test_without_anything_due_it_is_an_empty_calendar(botox: Botox, ledger: Path) -> None:
    assert done(botox("due", "--format", "ics")).stdout == "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//botoxcli//due dates//EN\nEND:VCALENDAR\n"
