"""``botox audit``: which records are incomplete, as a table and for scripts, and the exit code that says so."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from .conftest import Botox, Result
from .test_lot import imported_session

DATA = Path(__file__).parents[1] / "data"
WHOLE = ("--vial", "C1234", "--as-planned", "--minutes", "15", "--reconstituted", "2026-03-02T09:00")
DONE = ("--answer", "headache-days=9", "--answer", "diary-days=28", "--event", "none", "--no-input")


@pytest.fixture
def ready(botox: Botox, ledger: Path) -> Botox:
    """P0001 with an eligible consult on 2026-03-01 (visit 1), and stock."""
    assert botox("vial", "add", "C1234", "--units", "200", "--expires", "2028-06", "--count", "3").exit_code == 0
    assert consult(botox, "P0001").exit_code == 0
    return botox


def consult(botox: Botox, patient: str, *flags: str) -> Result:
    who = (patient, "--name", f"{patient} Example", "--born", "1980-02-29", "--on", "2026-03-01", "--accept", "duplicate-patient")
    return botox("consult", *who, "--answers", str(DATA / "consult.yaml"), "--no-input", *flags)


def session(botox: Botox, *flags: str, on: str = "2026-03-02") -> Result:
    return botox("session", "P0001", "--answers", str(DATA / "chair.yaml"), "--no-input", "--on", on, *flags)


def lacking(botox: Botox, *flags: str) -> list[tuple[int, str]]:
    said = botox("audit", "--format", "json", *flags)
    document = json.loads(said.stdout)
    assert document["schema"] == "botoxcli/audit/1"
    assert said.exit_code == (3 if [one for one in document["items"] if one["what"] != "imported"] else 0)
    return [(one["visit"], one["what"]) for one in document["items"]]


def test_a_whole_record_lacks_nothing(ready: Botox) -> None:
    assert session(ready, *WHOLE).exit_code == 0
    said = ready("audit")
    assert (said.exit_code, said.stdout, said.stderr) == (0, "No record is incomplete.\n", "")
    assert lacking(ready) == []


def test_the_whole_table(ready: Botox) -> None:
    assert session(ready, "--vial", "C1234", "--as-planned").exit_code == 0
    assert consult(ready, "P0002", "--answer", "anticoagulant=yes").exit_code == 0
    said = ready("audit", "--today", "2026-07-01")
    assert (said.exit_code, said.stderr) == (3, "")
    assert said.stdout == (
        "Visit  Patient  Kind     Date        Lacking\n"
        "    2  P0001    session  2026-03-02  no time of reconstitution; no minutes; no answer about adverse events after it; no outcome after it\n"
        "    3  P0002    consult  2026-03-01  needs a review, and nobody decided\n"
        "Complete a visit with: botox visit amend VISIT --reason TEXT\n"
        "Complete what came after a session with: botox follow-up PATIENT --on DATE\n"
    )


def test_the_whole_csv(ready: Botox) -> None:
    assert session(ready, *WHOLE, "--answer", "aftercare=no").exit_code == 0
    said = ready("audit", "--format", "csv")
    assert (said.exit_code, said.stdout) == (
        3,
        "visit,patient,kind,date,protocol,what,because\n2,P0001,session,2026-03-02,chronic-migraine,aftercare,the aftercare sheet was not given\n",
    )


def test_a_follow_up_answers_for_the_session_before_it(ready: Botox) -> None:
    assert session(ready, *WHOLE).exit_code == 0
    assert lacking(ready, "--today", "2026-03-16") == []
    assert lacking(ready, "--today", "2026-03-17") == [(2, "event-answer")]
    assert ready("follow-up", "P0001", "--on", "2026-03-09", *DONE).exit_code == 0
    assert lacking(ready, "--today", "2026-12-01") == []


def test_each_session_has_what_was_told_in_its_own_cycle(ready: Botox, tmp_path: Path) -> None:
    """A follow-up in the first cycle, a diary in the second, and nothing after that."""

    def untold(*flags: str) -> list[tuple[int, str]]:
        return [one for one in lacking(ready, "--today", "2026-12-20", *flags) if one[1] in ("event-answer", "outcome")]

    for on in ("2026-03-02", "2026-06-02", "2026-09-02"):
        said = session(ready, "--vial", "C1234", "--as-planned", "--today", on, on=on)
        assert said.exit_code == 0, said.stderr
    assert untold() == [(visit, what) for visit in (2, 3, 4) for what in ("event-answer", "outcome")]
    next_day = ("--on", "2026-06-02", "--today", "2026-12-20")  # on the next session's day it is still of the first
    assert ready("follow-up", "P0001", *next_day, *DONE).exit_code == 0
    (tmp_path / "diary.csv").write_text("date,headache\n2026-06-03,yes\n", "utf-8")
    assert ready("diary", "import", "P0001", str(tmp_path / "diary.csv"), "--no-input", "--today", "2026-12-20").exit_code == 0
    left = [(3, "event-answer"), (4, "event-answer"), (4, "outcome")]
    assert untold() == untold("--since", "2026-03-02") == untold("--since", "2026-06-02") == left
    assert untold("--since", "2026-06-03") == left[1:]


def test_since_looks_at_what_came_from_that_day_on(ready: Botox) -> None:
    assert session(ready, "--vial", "C1234", "--as-planned").exit_code == 0
    assert {visit for visit, _ in lacking(ready, "--since", "2026-03-02")} == {2}
    assert lacking(ready, "--since", "2026-03-03") == []
    assert ready("audit", "--since", "03/04/2026").exit_code == 21


def test_consent_that_was_overridden_and_a_lot_outside_the_stock(ready: Botox) -> None:
    flags = ("--vial", "Z9", "--as-planned", "--minutes", "15", "--reconstituted", "2026-03-02T09:00", "--answer", "consent=unknown")
    said = session(ready, *flags, "--override", "consent=asked by phone", "--override", "vial-unknown=brought along")
    assert said.exit_code == 0, said.stderr
    assert lacking(ready) == [(2, "consent"), (2, "lot-outside-stock")]


def test_an_amendment_completes_a_record(ready: Botox) -> None:
    assert session(ready, *WHOLE, "--answer", "aftercare=no").exit_code == 0
    assert lacking(ready) == [(2, "aftercare")]
    assert ready("visit", "amend", "2", "--answer", "aftercare=yes", "--reason", "handed out later", "--no-input").exit_code == 0
    assert lacking(ready) == []


def test_a_decision_completes_a_consult(ready: Botox) -> None:
    undecided = ("--answer", "anticoagulant=yes")
    assert consult(ready, "P0002", *undecided).exit_code == 0
    assert consult(ready, "P0003", *undecided, "--decide", "defer", "--reason", "INR first").exit_code == 0
    assert consult(ready, "P0004", "--answer", "toxin-allergy=yes").exit_code == 0
    assert lacking(ready) == [(2, "decision")]


def test_an_imported_session_is_called_imported(ready: Botox, ledger: Path) -> None:
    imported_session(ledger, "OLD-9", date(2024, 6, 1))
    assert lacking(ready) == [(2, "imported")]


def test_a_voided_session_lacks_nothing(ready: Botox) -> None:
    assert session(ready, "--vial", "C1234", "--as-planned").exit_code == 0
    assert ready("visit", "void", "2", "--reason", "wrong patient", "--no-input").exit_code == 0
    assert lacking(ready) == []
