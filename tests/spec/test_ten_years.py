"""One patient over ten years, from the first consult to the stop, told through the command line, with mistakes on the way.

The clock moves with the story: each command runs on the day on which a practitioner would have typed it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from botoxcli import clock

DATA = Path(__file__).parents[1] / "data"
FIRST = date(2026, 1, 12)


class Practice:
    """The command line on one ledger, and the day on which it is used."""

    def __init__(self, ledger: Path) -> None:
        self.ledger = ledger
        self.day = FIRST
        self.sessions: list[date] = []
        self.consulted = FIRST

    def now(self) -> datetime:
        return datetime.combine(self.day, time(10), UTC)

    def run(self, *args: str, code: int = 0) -> str:
        """What the command said; its exit code is the one that is named."""
        from botoxcli.cli.main import app

        result = CliRunner().invoke(app, ["--ledger", str(self.ledger), *args], prog_name="botox")
        assert result.exit_code == code, (args, result.stderr)
        return result.stdout if code == 0 else result.stderr

    def items(self, *args: str) -> list[dict[str, Any]]:
        return list(json.loads(self.run(*args, "--format", "json"))["items"])

    def item(self, *args: str) -> dict[str, Any]:
        (only,) = self.items(*args)
        return only

    def later(self, days: int) -> None:
        self.day += timedelta(days=days)

    def due(self, kind: str) -> dict[str, Any] | None:
        """The patient's one open thing of a kind, whatever its state."""
        found = self.items("due", "--all", "--kind", kind)
        assert len(found) <= 1
        return found[0] if found else None

    def go_to_due(self) -> None:
        """To the first day on which the next session may be."""
        waits = self.due("session")
        assert waits is not None
        self.day = max(self.day, date.fromisoformat(waits["earliest"]))

    def consult(self, *flags: str) -> dict[str, Any]:
        self.consulted = self.day
        return self.item("consult", "P0001", "--answers", str(DATA / "consult.yaml"), "--no-input", *flags)

    def session(self, *flags: str, code: int = 0) -> dict[str, Any] | str:
        words = ["session", "P0001", "--vial", "A1", "--as-planned", "--answers", str(DATA / "chair.yaml"), "--no-input", *flags]
        return self.run(*words, code=code) if code else self.item(*words)

    def treat(self, *, asked: bool = True) -> int:
        """A session on the first day that it may be and, where ``asked``, the check of its effect twelve days after; its number."""
        self.go_to_due()
        told = self.session()
        assert isinstance(told, dict)
        self.sessions.append(self.day)
        self.later(12)
        if asked:
            self.follow_up("none")
        return int(told["visit"])

    def follow_up(self, event: str, *flags: str) -> dict[str, Any]:
        return self.item("follow-up", "P0001", "--answer", "headache-days=8", "--answer", "diary-days=28", "--event", event, *flags, "--no-input")

    def standing_sessions(self) -> list[tuple[int, str]]:
        return [(one["visit"], one["date"]) for one in self.items("visit", "list", "--kind", "session")]


@pytest.fixture
def practice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Practice:
    one = Practice(tmp_path / "practice" / "ledger.db")
    monkeypatch.setattr(clock, "utc_now", one.now)
    one.run(
        "init",
        "--practice",
        "Example Practice",
        "--practitioner",
        "Dr Example",
        "--time-zone",
        "UTC",
        "--jurisdiction",
        "us",
        "--plaintext",
        "--no-input",
    )
    one.run("vial", "add", "A1", "--units", "200", "--expires", "2040-01", "--count", "60")
    one.run("vial", "add", "B2", "--units", "200", "--expires", "2040-01", "--count", "2")
    return one


@pytest.mark.plain_only
def test_ten_years(practice: Practice) -> None:
    the_first_year(practice)
    mistakes_are_put_right(practice)
    an_emergency(practice)
    routine(practice, sessions=8)
    toxin_elsewhere(practice)
    a_pause(practice)
    routine(practice, sessions=20)
    the_stop(practice)
    assert practice.day.year >= FIRST.year + 9
    everything_adds_up(practice)


def the_first_year(practice: Practice) -> None:
    """The birth date is mistyped at the consult and put right; then four sessions, each on the day that ``due`` named."""
    told = practice.consult("--name", "Ada Example", "--born", "1980-02-28")
    assert told["decision"] == "eligible"
    practice.run("patient", "edit", "P0001", "--born", "1980-02-29", "--reason", "mistyped")
    practice.later(7)
    for _ in range(4):
        practice.treat()
    assert [(after - before).days for before, after in zip(practice.sessions, practice.sessions[1:], strict=False)] == [84, 84, 84]


def mistakes_are_put_right(practice: Practice) -> None:
    """A wrong day, a wrong lot, a site that was left out, a session entered twice, an undo too many."""
    fifth = practice.treat()
    right = practice.sessions[-1] + timedelta(days=2)
    told = practice.item("visit", "amend", str(fifth), "--on", right.isoformat(), "--reason", "it was the Wednesday")
    practice.sessions[-1] = right
    assert told["no_longer_holds"] == []
    waits = practice.due("session")
    assert waits is not None
    assert (waits["anchor"], waits["earliest"]) == (right.isoformat(), (right + timedelta(days=84)).isoformat())

    practice.item("visit", "amend", str(fifth), "--vial", "B2", "--skip", "procerus=scar", "--reason", "the other box")
    lots = [(one["lot"], one["given_units"], one["wasted_units"]) for one in practice.items("vial", "list", "--all") if one["visit"] == fifth]
    assert lots == [("B2", 150, 50)]

    before = practice.standing_sessions()
    double = practice.session("--on", right.isoformat(), "--override", "interval=x", "--accept", "duplicate-visit", "--override", "cumulative-dose=x")
    assert isinstance(double, dict)
    practice.run("visit", "void", str(double["visit"]), "--reason", "entered twice")
    assert practice.standing_sessions() == before

    practice.run("undo", "--yes")
    assert len(practice.standing_sessions()) == len(before) + 1
    practice.run("undo", "--yes")
    assert practice.standing_sessions() == before


def an_emergency(practice: Practice) -> None:
    """Trouble swallowing, told nine days after: no session until it is over and there was a new consult."""
    practice.go_to_due()
    practice.consult()
    practice.treat()
    practice.later(1)
    told = practice.follow_up("trouble-swallowing=severe")
    assert told["escalation"] == "emergency"
    wrong = int(told["visit"])
    assert practice.due("event-review") is not None
    practice.go_to_due()
    assert "stop consult: an emergency event" in str(practice.session(code=23))
    practice.run("visit", "amend", str(wrong), "--event", "trouble-swallowing=mild", "--reason", "it was mild")
    practice.follow_up("none", "--resolved", f"trouble-swallowing={practice.day.isoformat()}")
    assert practice.due("event-review") is None
    practice.later(1)
    practice.consult()
    practice.treat()


def routine(practice: Practice, *, sessions: int) -> None:
    """A session on each day that ``due`` names, the effect asked for after each fourth, and a consult before the last one is a year old."""
    for number in range(sessions):
        practice.go_to_due()
        if (practice.day - practice.consulted).days > 330:
            practice.consult()
        practice.treat(asked=number % 4 == 0)


def toxin_elsewhere(practice: Practice) -> None:
    """300 U for a spasm at another clinic: the plan does not fit into the 3 months, and does when they have passed."""
    practice.go_to_due()
    practice.consult()
    given = practice.day - timedelta(days=10)
    practice.run("patient", "toxin", "P0001", "--product", "onabotulinumtoxinA", "--units", "300", "--on", given.isoformat())
    assert "stop cumulative-dose" in str(practice.session(code=23))
    practice.run("undo", "--yes")
    assert practice.session("--dry-run")
    practice.run("undo", "--yes")
    assert "stop cumulative-dose" in str(practice.session(code=23))
    practice.later(85)
    practice.treat()


def a_pause(practice: Practice) -> None:
    """A pregnancy: nothing is due until it is over, and then the consult is looked at again."""
    over = practice.day + timedelta(days=400)
    practice.run("patient", "pause", "P0001", "--until", over.isoformat(), "--reason", "pregnancy")
    practice.later(200)
    assert practice.items("due") == []
    practice.day = over
    assert practice.due("consult-review") is not None
    practice.consult()
    assert practice.due("session") is not None


def the_stop(practice: Practice) -> None:
    """It has become episodic: treatment is stopped by the rule's name, and nobody waits for a session any more."""
    practice.go_to_due()
    practice.run("patient", "archive", "P0001", "--reason", "stopped", "--rules", "nice-ta260")
    assert practice.due("session") is None


def everything_adds_up(practice: Practice) -> None:
    """Of every view the same story: days, doses, vials, versions, and an unbroken chain."""
    told = practice.standing_sessions()
    assert [day for _, day in told] == [day.isoformat() for day in practice.sessions]
    injected = practice.items("export", "injections")
    assert sum(one["units"] for one in injected) == 155 * len(told) - 5
    vials = practice.items("vial", "list", "--all")
    used = {one["visit"]: one for one in vials if one["state"] == "used"}
    assert set(used) == {visit for visit, _ in told}
    assert all(one["given_units"] + one["wasted_units"] == 200 for one in used.values())
    assert len(vials) == 62
    whole = practice.item("patient", "show", "P0001", "--history", "--identify")
    assert [one["born"] for one in whole["identities"]] == ["1980-02-28", "1980-02-29"]
    versions = {one["visit"]: [version["standing"] for version in one["versions"]] for one in whole["visits"]}
    assert sorted(versions) == list(range(1, len(versions) + 1))
    assert sum(standing[-1] == "void" for standing in versions.values()) == 1
    assert sorted(standing for standing in versions.values() if len(standing) > 1) == [["replaced", "current"], ["replaced", "replaced", "current"]]
    chain_holds(practice.ledger)


def chain_holds(ledger: Path) -> None:
    from botoxcli.store import chain

    with contextlib.closing(sqlite3.connect(ledger)) as connection:
        (last,) = connection.execute("SELECT max(seq) FROM entry").fetchone()
        for seq in range(1, last + 1):
            assert chain.entry_hash(connection, seq, chain.hash_of(connection, seq - 1)) == chain.hash_of(connection, seq)
