"""What came to be known later stops nothing that was given before: a session is judged by what stood on its day."""

from __future__ import annotations

import json
from pathlib import Path

from .conftest import Botox
from .cycle import CHAIR, amend, done, items, two_cycles


def test_an_emergency_that_was_told_later_does_not_stop_a_correction(botox: Botox, ledger: Path) -> None:
    two_cycles(botox)
    outcomes = ("--answer", "headache-days=10", "--answer", "diary-days=28")
    done(botox("follow-up", "P0001", "--on", "2026-03-09", *outcomes, "--event", "trouble-swallowing=severe", "--no-input"))
    assert amend(botox, 3, "--minutes", "15")["visit"] == 3
    done(botox("vial", "add", "E6", "--units", "200", "--expires", "2027-06"))
    stopped = botox("session", "P0001", "--answers", CHAIR, "--no-input", "--vial", "E6", "--as-planned", "--override", "interval=x")
    assert (stopped.exit_code, "emergency event (trouble-swallowing" in stopped.stderr) == (23, True)


def test_a_recall_stops_the_stock_and_not_what_was_given(botox: Botox, ledger: Path) -> None:
    two_cycles(botox)
    done(botox("vial", "recall", "C1234", "--reason", "letter"))
    assert amend(botox, 2, "--minutes", "15")["visit"] == 2
    stopped = botox("visit", "amend", "3", "--vial", "D5", "--vial", "C1234", "--reason", "x", "--no-input", "--dry-run")
    assert "vial-recalled" not in stopped.stderr


def test_a_birth_date_that_is_put_right_names_the_consult_that_no_longer_holds(botox: Botox, ledger: Path) -> None:
    two_cycles(botox)
    edited = done(botox("patient", "edit", "P0001", "--born", "2010-01-01", "--reason", "mistyped"))
    assert "No longer holds: the consult of visit 1: adult 15 years; required: at least 18." in edited.stdout
    (item,) = items(botox, "patient", "edit", "P0001", "--born", "1980-02-28", "--reason", "mistyped")
    assert item["no_longer_holds"] == []


def test_prep_and_session_follow_the_protocol_that_the_patient_is_under(botox: Botox, ledger: Path) -> None:
    data = Path(__file__).parents[1] / "data"
    answers = str(data / "blepharospasm.consult.yaml")
    consult = (
        "--protocol",
        "blepharospasm",
        "--name",
        "Bo Example",
        "--born",
        "1970-05-05",
        "--on",
        "2026-03-01",
        "--answers",
        answers,
        "--no-input",
    )
    done(botox("consult", "B1", *consult))
    sheet = json.loads(done(botox("prep", "B1", "--for", "2026-03-20T10:00", "--format", "json")).stdout)
    assert "7.5" in json.dumps(sheet["items"][0]["doses"])
    missing = botox("session", "B1", "--no-input", "--dry-run", "--as-planned", "--vial", "X", "--answers", str(data / "blepharospasm.chair.yaml"))
    assert "no consult" not in missing.stderr


def test_a_lapse_inside_a_pause_is_looked_at_when_the_pause_ends(botox: Botox, ledger: Path) -> None:
    two_cycles(botox)
    done(botox("patient", "pause", "P0001", "--until", "2026-11-20", "--reason", "pregnancy"))
    due = items(botox, "due", "--today", "2026-11-21", "--kind", "consult-review")
    assert [(item["due"], item["days_late"]) for item in due] == [("2026-11-20", 1)]
