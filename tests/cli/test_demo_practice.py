"""``botox demo --patients``: a made-up practice of any size, that keeps the rules and verifies, and is made again from its seed."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

import pytest

from botoxcli.clinic.quiet_course import Quiet
from botoxcli.clinic.schedule import due_on, horizon, latest_first, shown
from botoxcli.store.many_changes import ManyChanges
from botoxcli.store.reader import open_ledger
from botoxcli.store.recorder import create_ledger
from botoxcli.workflow.demo import SETTINGS
from botoxcli.workflow.due import due_list, rules_of
from botoxcli.workflow.practice_lives import PracticeSize, lives

from .conftest import NOW, Botox, Result

pytestmark = pytest.mark.plain_only  # it is made in plain text

TODAY = date(2026, 3, 9)
SIZE = ("--patients", "40", "--in-care", "12", "--years", "8")


def made(botox: Botox, ledger: Path, *flags: str) -> Result:
    return botox("demo", "--ledger", str(ledger), *(flags or (*SIZE, "--seed", "5")))


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("practice") / "big.db"


@pytest.fixture
def big(botox: Botox, practice: Path) -> Path:
    if not practice.exists():
        assert made(botox, practice).exit_code == 0
    return practice


def rows(ledger: Path, sql: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(ledger) as connection:
        return connection.execute(sql).fetchall()


def test_it_says_what_it_made(botox: Botox, tmp_path: Path) -> None:
    said = made(botox, tmp_path / "p.db", "--patients", "6", "--in-care", "2", "--years", "3", "--seed", "2")
    counts = {
        kind: rows(tmp_path / "p.db", f"SELECT count(*) FROM visit_now WHERE kind = '{kind}'")[0][0] for kind in ("consult", "session", "follow-up")
    }
    entries = rows(tmp_path / "p.db", "SELECT count(*) FROM entry")[0][0]
    assert said.stdout == (
        f"A practice that does not exist, as it would stand on 2026-03-09: {tmp_path / 'p.db'}\n"
        f"6 patients ever, 2 in care, 3 years, seed 2: {counts['consult']} consults, {counts['session']} sessions, "
        f"{counts['follow-up']} follow-ups in {entries} changes.\n"
    )
    assert (said.stderr, said.exit_code) == ("", 0)
    assert (tmp_path / "p.db").stat().st_mode & 0o777 == 0o600


def test_it_verifies(botox: Botox, big: Path) -> None:
    said = botox("ledger", "verify", "--ledger", str(big))
    assert said.exit_code == 0, said.stdout


def test_a_seed_makes_the_same_ledger_again(botox: Botox, big: Path, tmp_path: Path) -> None:
    assert made(botox, tmp_path / "again.db").exit_code == 0
    assert (tmp_path / "again.db").read_bytes() == big.read_bytes()
    assert made(botox, tmp_path / "other.db", *SIZE, "--seed", "6").exit_code == 0
    assert rows(tmp_path / "other.db", "SELECT hash FROM entry ORDER BY seq DESC LIMIT 1") != rows(
        big, "SELECT hash FROM entry ORDER BY seq DESC LIMIT 1"
    )


def test_as_many_as_were_asked_for_are_in_care(botox: Botox, big: Path) -> None:
    assert rows(big, "SELECT count(*), count(*) - sum(archived) FROM patient_now") == [(40, 12)]
    first, last = rows(big, "SELECT min(date), max(date) FROM visit_now")[0]
    assert "2018-03-09" <= first < last <= "2026-03-09"


def test_nobody_is_seen_after_leaving_nor_at_a_weekend(big: Path) -> None:
    """Nor is anybody who leaves in a pause kept: so many are in care as were asked for, whatever the seed."""
    gone = "SELECT count(*) FROM visit_now v JOIN patient_now p USING (patient_id) WHERE p.archived AND v.date > p.archived_on"
    assert rows(big, gone) == [(0,)]
    weekend = "SELECT kind, date FROM visit_now WHERE strftime('%w', date) IN ('0', '6') AND kind IN ('session', 'follow-up')"
    assert rows(big, weekend) == []


@pytest.mark.parametrize("seed", range(4, 8))
def test_as_many_are_in_care_as_it_says_and_it_goes_back_as_far(botox: Botox, tmp_path: Path, seed: int) -> None:
    size = ("--patients", "60", "--in-care", "20", "--years", "3")
    said = made(botox, tmp_path / "p.db", *size, "--seed", str(seed))
    assert rows(tmp_path / "p.db", "SELECT sum(NOT archived) FROM patient_now") == [(20,)]
    assert rows(tmp_path / "p.db", "SELECT min(date) FROM visit_now") == [("2023-03-10",)]
    assert f"{rows(tmp_path / 'p.db', 'SELECT count(*) FROM entry')[0][0]:,} changes" in said.stdout


def test_no_session_breaks_a_rule(big: Path) -> None:
    settled = "level = 'note' OR (level = 'warn' AND resolution = 'accepted')"
    assert rows(big, f"SELECT count(*) FROM finding JOIN session_detail USING (visit_version_id) WHERE NOT ({settled})") == [(0,)]
    assert rows(big, f"SELECT count(*) > 5 FROM finding JOIN session_detail USING (visit_version_id) WHERE {settled}") == [(1,)]
    days = [
        (patient, date.fromisoformat(day))
        for patient, day in rows(big, "SELECT patient_id, date FROM visit_now WHERE kind = 'session' ORDER BY 1, 2")
    ]
    assert len(days) > 100
    assert all((later - day).days >= 84 for (one, day), (other, later) in pairwise(days) if one == other)
    assert rows(big, "SELECT count(*) FROM vial_use_line WHERE expires < date") == [(0,)]


def test_it_has_what_a_real_one_has(big: Path) -> None:
    """Of each at least one: an empty table is measured by nobody."""
    tables = ("answer", "finding", "injection", "vial_use", "vial_discard", "adverse_event", "event_resolved", "archive", "appointment", "diary_day")
    assert [table for table in tables if not rows(big, f"SELECT 1 FROM {table} LIMIT 1")] == []
    assert {state for (state,) in rows(big, "SELECT DISTINCT state FROM injection")} >= {"given", "skipped", "extra", "changed"}
    commands = {command for (command,) in rows(big, "SELECT DISTINCT command FROM entry")}
    assert commands >= {"init", "consult", "session", "follow-up", "vial add", "visit amend", "visit missed", "visit moved", "patient archive"}


@pytest.mark.parametrize("kind", ["session", "consult", "follow_up"])
def test_a_course_in_one_row_has_the_last_visits(big: Path, kind: str) -> None:
    """After amendments, voids and undone changes too."""
    by_kind = rows(big, f"SELECT patient, protocol, visit, date, edition_id FROM last_{kind} ORDER BY 1, 2")
    assert len(by_kind) > 10
    in_one = f"SELECT patient, protocol, {kind}, {kind}_date, {kind}_edition_id FROM course_now WHERE {kind} IS NOT NULL ORDER BY 1, 2"
    assert rows(big, in_one) == by_kind


def test_the_list_of_any_day_is_that_of_all_courses(big: Path) -> None:
    """What the daily list makes nothing of would not have been in it; and that is a good part of all courses."""
    with open_ledger(big) as reader:
        every, made = reader.due_candidates(), 0
        for day in (date(2018, 4, 1) + timedelta(days=days) for days in range(0, 3_300, 23)):
            wanted = latest_first(shown(due_on(every, rules_of(reader), day), day))
            assert due_list(reader, day) == wanted
            made += len(reader.due_candidates(quiet=Quiet(reader.every_follow_up_rule(), day, horizon(day))))
    assert made < 0.8 * len(every) * 144


def test_every_course_is_recorded_in_the_order_of_its_days(big: Path) -> None:
    times = [at for (at,) in rows(big, "SELECT at FROM entry ORDER BY seq")]
    assert times == sorted(times)
    assert times[-1] < NOW.strftime("%Y-%m-%dT%H:%M:%SZ") or times[-1][:10] == TODAY.isoformat()


@pytest.mark.parametrize(
    ("flags", "code", "sentence"),
    [
        (("--patients", "0"), 21, "--patients"),
        (("--patients", "5", "--in-care", "6"), 21, "--in-care"),
        (("--patients", "5", "--years", "0"), 21, "--years"),
        (("--in-care", "2"), 2, "--patients"),
    ],
)
def test_a_size_that_cannot_be_is_refused(botox: Botox, tmp_path: Path, flags: tuple[str, ...], code: int, sentence: str) -> None:
    said = botox("demo", "--ledger", str(tmp_path / "p.db"), *flags)
    assert (said.exit_code, sentence in said.stderr) == (code, True)
    assert not list(tmp_path.iterdir())


def test_it_never_touches_a_file_that_is_there(botox: Botox, tmp_path: Path) -> None:
    there = tmp_path / "p.db"
    there.write_text("mine")
    said = made(botox, there)
    assert (said.exit_code, there.read_text()) == (21, "mine")
    assert [one.name for one in tmp_path.iterdir()] == ["p.db"]


def test_the_environment_alone_names_no_place_for_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """BOTOX_LEDGER is where the real practice is, or is to be."""
    from typer.testing import CliRunner

    from botoxcli.cli.main import app

    monkeypatch.setenv("BOTOX_LEDGER", str(tmp_path / "real.db"))
    said = CliRunner().invoke(app, ["demo", *SIZE], prog_name="botox")
    assert (said.exit_code, "--ledger" in said.stderr) == (2, True)
    assert not list(tmp_path.iterdir())


def test_an_error_half_way_leaves_nothing(botox: Botox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from botoxcli.workflow.practice_visits import Visits

    def fails(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Visits, "session", fails)
    assert made(botox, tmp_path / "p.db").exit_code == 130
    assert not list(tmp_path.iterdir())


def test_what_was_committed_stands_when_a_later_change_fails(tmp_path: Path) -> None:
    ledger = tmp_path / "p.db"
    create_ledger(ledger, settings=SETTINGS, actor="Dr Example", at=NOW)
    with pytest.raises(ZeroDivisionError), ManyChanges(ledger, salt=lambda: "5a" * 32, at_once=2) as many:
        for value in ("1", "2", "3"):
            with many.change(command="settings", actor="Dr Example", at=NOW) as change:
                change.set_settings({"backup-limit": value})
        raise ZeroDivisionError
    assert rows(ledger, "SELECT max(seq) FROM entry") == [(3,)]  # init and two; the third was not committed yet


def test_the_lives_fill_the_years() -> None:
    people = lives(PracticeSize(2_000, 500, 30), Random(7), TODAY)
    assert [one.begins for one in people] == sorted(one.begins for one in people)
    assert sum(one.leaves is None for one in people) == 500
    assert all((one.leaves or TODAY) <= TODAY for one in people)
    years = sum(((one.leaves or TODAY) - one.begins).days for one in people) / 365.25
    assert 25_000 < years * 365.25 / 93 < 35_000, "about thirty thousand sessions"
