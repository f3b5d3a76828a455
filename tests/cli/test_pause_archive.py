"""``botox patient pause`` and ``archive``, and who is due after them. The session of 2026-01-06 is due again by 2026-04-06."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from botoxcli import clock

from .conftest import Botox
from .cycle import done, session, two_cycles


def due(botox: Botox, day: str, *flags: str) -> list[tuple[str, str, str]]:
    items = json.loads(botox("due", "--today", day, "--format", "json", *flags).stdout)["items"]
    return [(item["kind"], item["status"], item["due"]) for item in items]


def test_a_paused_patient_leaves_the_list_until_the_pause_ends(botox: Botox, visited: Path) -> None:
    result = botox("patient", "pause", "P0001", "--until", "2026-06-01", "--reason", "pregnancy")
    assert result.stdout == "Recorded: P0001 is paused until 2026-06-01.\nThe consult is to be reviewed on 2026-06-01.\n"
    assert due(botox, "2026-04-08") == [] == due(botox, "2026-05-17")
    assert due(botox, "2026-05-31") == [("consult-review", "early", "2026-06-01")]
    assert due(botox, "2026-06-01") == [("session", "overdue", "2026-04-06"), ("consult-review", "due", "2026-06-01")]
    assert "Paused until: 2026-06-01\n" in botox("patient", "show", "P0001").stdout


def test_a_later_pause_replaces_an_earlier_one(botox: Botox, visited: Path) -> None:
    for until in ("2026-06-01", "2026-05-01"):
        botox("patient", "pause", "P0001", "--until", until, "--reason", "operation")
    assert [kind for kind, *_ in due(botox, "2026-05-01")] == ["session", "consult-review"]


def test_a_session_tells_of_the_pause_that_it_lies_in(botox: Botox, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paused on 2026-02-20 until June, which was ended on 2026-03-05; paused again on 2026-03-09 until May."""
    two_cycles(botox)
    for now, *flags in (("02-20", "--until", "2026-06-01"), ("03-07", "--end", "--on", "2026-03-05"), ("03-09", "--until", "2026-05-01")):
        monkeypatch.setattr(clock, "utc_now", lambda now=now: datetime.fromisoformat(f"2026-{now}T10:00:00+00:00"))
        done(botox("patient", "pause", "P0001", "--reason", "operation", *flags))
    past = ("--override", "interval=x", "--override", "cumulative-dose=x")
    for day, said in (("02-19", None), ("02-20", "03-05"), ("03-04", "03-05"), ("03-05", None), ("03-09", "05-01")):
        rehearsed = session(botox, "--on", f"2026-{day}", "--vial", "C1234", "--as-planned", *past, "--dry-run")
        told = [line for line in done(rehearsed).stdout.splitlines() if "paused" in line]
        assert [f"until 2026-{said}" in line and line.startswith("note") for line in told] == ([True] if said else []), (day, told)


def test_a_pause_ends_early(botox: Botox, visited: Path) -> None:
    botox("patient", "pause", "P0001", "--until", "2026-06-01", "--reason", "pregnancy")
    result = botox("patient", "pause", "P0001", "--end", "--on", "2026-03-09")
    assert result.stdout == "Recorded: the pause of P0001 ended on 2026-03-09.\nThe consult is to be reviewed on 2026-03-09.\n"
    assert due(botox, "2026-04-08") == [("consult-review", "overdue", "2026-03-09"), ("session", "overdue", "2026-04-06")]
    assert botox("patient", "pause", "P0001", "--end").exit_code == 21


@pytest.mark.parametrize(
    ("args", "code", "says"),
    [
        (("pause", "nobody", "--until", "2026-06-01", "--reason", "x"), 22, "no such patient"),
        (("pause", "P0001"), 2, "--until, --reason"),
        (("pause", "P0001", "--until", "2026-06-01"), 2, "--reason"),
        (("pause", "P0001", "--until", "June", "--reason", "x"), 21, "--until"),
        (("pause", "P0001", "--until", "2026-06-01", "--end"), 2, "do not go together"),
        (("pause", "P0001", "--until", "2026-06-01", "--on", "2026-03-01", "--reason", "x"), 2, "--on goes with --end"),
        (("pause", "P0001", "--end"), 21, "not paused"),
        (("archive", "nobody", "--reason", "died"), 22, "no such patient"),
        (("archive", "P0001"), 2, "--reason"),
        (("archive", "P0001", "--reason", "gone"), 2, "--reason"),
        (("archive", "P0001", "--reason", "died", "--on", "2026-03-10"), 21, "--on"),
        (("archive", "P0001", "--reason", "died", "--rules", "nice-ta260"), 2, "--reason stopped"),
        (("archive", "P0001", "--reason", "stopped", "--rules", "nice"), 21, "ehf-2018, nice-ta260, payer-example"),
        (("archive", "P0001", "--undo"), 21, "not archived"),
        (("archive", "P0001", "--undo", "--reason", "died"), 2, "--undo"),
    ],
    ids=["patient", "nothing", "no reason", "no day", "end and until", "on without end", "no pause", "patient too", "no reason too", "another reason",
         "to come", "a rule without a stop", "unknown rule", "not archived", "undo with a reason"],
)  # fmt: skip
def test_what_is_refused(botox: Botox, visited: Path, args: tuple[str, ...], code: int, says: str) -> None:
    before = due(botox, "2026-04-08")
    result = botox("patient", *args)
    assert result.exit_code == code and says in result.stderr, result.stderr
    assert due(botox, "2026-04-08") == before


def archived(botox: Botox) -> tuple[str, object]:
    """What the export says, and what the patient's own page says."""
    (item,) = json.loads(botox("patient", "show", "P0001", "--format", "json").stdout)["items"]
    return botox("export", "patients", "--format", "csv").stdout.splitlines()[1].split(",")[1], item["archived"]


@pytest.mark.parametrize("why", ["moved-away", "stopped", "died", "other"])
def test_an_archived_patient_leaves_the_list_for_good_and_comes_back(botox: Botox, visited: Path, why: str) -> None:
    before, untouched = due(botox, "2026-04-08"), archived(botox)
    result = botox("patient", "archive", "P0001", "--reason", why, "--note", "a letter came")
    assert result.stdout == f"Recorded: P0001 is archived on 2026-03-09: {why}.\n"
    assert [due(botox, day, "--all") for day in ("2026-04-08", "2026-07-10", "2027-02-01")] == [[], [], []]
    assert archived(botox)[1] is True and archived(botox) != untouched
    assert "yes" in botox("patient", "list").stdout and "yes" not in botox("patient", "list", "--format", "json").stdout
    assert botox("patient", "archive", "P0001", "--reason", why).exit_code == 21
    assert botox("patient", "archive", "P0001", "--undo").stdout == "Recorded: the archiving of P0001 is taken back.\n"
    assert (due(botox, "2026-04-08"), archived(botox)) == (before, untouched)


def test_a_stop_by_a_response_rule_keeps_the_look_back(botox: Botox, visited: Path) -> None:
    result = botox("patient", "archive", "P0001", "--reason", "stopped", "--rules", "nice-ta260", "--on", "2026-03-01")
    assert result.stdout == (
        "Recorded: P0001 is archived on 2026-03-01: stopped by nice-ta260.\nA look back at the consult is due 4 months later.\n"
    )  # fmt: skip
    assert due(botox, "2026-04-08") == []
    assert due(botox, "2026-07-01") == [("consult-review", "due", "2026-07-01")]
    assert due(botox, "2026-08-01") == [("consult-review", "overdue", "2026-07-01")]
    assert due(botox, "2026-08-02") == []
    assert due(botox, "2026-08-02", "--all") == [("consult-review", "lapsed", "2026-07-01")]


def test_an_event_that_leaves_the_list_unresolved_is_named(botox: Botox, visited: Path) -> None:
    told = botox("follow-up", "P0001", "--on", "2026-01-20", "--answer", "headache-days=11", "--answer", "diary-days=28",
                 "--event", "eyelid-ptosis=mild", "--no-input")  # fmt: skip
    assert told.exit_code == 0, told.stderr
    said = botox("patient", "pause", "P0001", "--until", "2026-06-01", "--reason", "ptosis").stdout
    assert "Not resolved: eyelid-ptosis (visit 3). It leaves the due list until the pause ends and stays on the chart.\n" in said


@pytest.mark.parametrize(
    "args",
    [("pause", "P0001", "--until", "2026-06-01", "--reason", "x"), ("archive", "P0001", "--reason", "stopped", "--rules", "nice-ta260")],
    ids=["pause", "archive"],
)
def test_a_rehearsal_and_a_retry(botox: Botox, visited: Path, args: tuple[str, ...]) -> None:
    before = due(botox, "2026-04-08")
    assert botox("patient", *args, "--dry-run").stdout.startswith("Would record: ")
    assert due(botox, "2026-04-08") == before
    said = [json.loads(botox("patient", *args, "--key", "k", "--format", "json").stdout)["items"][0] for _ in range(2)]
    assert [(item["recorded"], item["standing"]) for item in said] == [(True, False), (False, True)]
    assert botox("patient", args[0], "P0001", *(("--undo",) if args[0] == "archive" else ("--end",)), "--key", "k").exit_code == 21
