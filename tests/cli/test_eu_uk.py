"""A whole cycle under the rules of the EU and the UK, and what holds of it once the practice has moved to the US."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Botox, Result
from .cycle import CHAIR, DATA, done, items

EXTRAS = {"temporalis-left": 5, "temporalis-right": 5, "occipitalis-left": 5, "occipitalis-right": 5, "trapezius-left": 10, "trapezius-right": 10}


@pytest.fixture
def practice(botox: Botox, ledger: Path) -> Botox:
    """An eu-uk practice with vials and P0001, who has headaches of two hours: eligible there."""
    done(botox("settings", "--jurisdiction", "eu-uk"))
    done(botox("vial", "add", "C1234", "--units", "200", "--expires", "2027-06", "--count", "4"))
    answers = "".join(line for line in (DATA / "consult.yaml").read_text(encoding="utf-8").splitlines(True) if "hours-per-day" not in line)
    (ledger.parent / "consult.yaml").write_text(answers, encoding="utf-8")
    told = done(consult(botox, ledger, "P0001"))
    assert "ELIGIBLE: every requirement is met" in told.stdout and "headache-hours" not in told.stdout
    return botox


def consult(botox: Botox, ledger: Path, patient: str) -> Result:
    who = ("--name", f"{patient} Example", "--born", "1980-02-29", "--accept", "duplicate-patient")
    return botox("consult", patient, *who, "--on", "2025-12-01", "--answers", str(ledger.parent / "consult.yaml"), "--no-input")


def session(botox: Botox, on: str, *flags: str, vials: int = 1) -> Result:
    return botox("session", "P0001", "--on", on, *(("--vial", "C1234") * vials), "--as-planned", "--answers", CHAIR, "--no-input", *flags)


def test_the_cycle(practice: Botox, ledger: Path) -> None:
    extras = tuple(word for place, units in EXTRAS.items() for word in ("--extra", f"{place}={units}"))
    told = done(session(practice, "2025-12-08", *extras)).stdout
    assert "39 sites, 195 U of onabotulinumtoxinA, 3.90 mL (200 U in 4.00 mL)" in told
    assert "given 195 + wasted 5 = drawn 200 U" in told and "J0585" not in told
    over = session(practice, "2026-03-02", *extras, "--units", "procerus=10", "--accept", "site-dose", vials=2)
    assert (over.exit_code, "stop session-dose: 200 U, over 195 U." in over.stderr) == (23, True)
    done(session(practice, "2026-03-02", "--extra", "temporalis-left=5"))
    assert [(item["kind"], item["earliest"]) for item in items(practice, "due", "--all") if item["kind"] == "session"] == [("session", "2026-05-25")]
    verdicts = items(practice, "response", "P0001", "--rules", "nice-ta260")
    assert [(one["rules"], one["verdict"], one["baseline"]) for one in verdicts] == [("nice-ta260", "undetermined", 20)]
    assert "Jurisdiction: eu-uk\n" in practice("visit", "show", "2").stdout


def test_a_practice_that_becomes_one_of_the_us_keeps_its_old_visits_as_they_are(practice: Botox, ledger: Path) -> None:
    done(session(practice, "2025-12-08", "--extra", "temporalis-left=5"))
    done(practice("settings", "--jurisdiction", "us"))
    assert done(practice("visit", "amend", "2", "--minutes", "12", "--reason", "forgot")).exit_code == 0
    refused = session(practice, "2026-03-02", "--extra", "temporalis-left=5")
    assert (refused.exit_code, "warn session-dose: 160 U, over 155 U (us)." in refused.stderr) == (23, True)
    owed = consult(practice, ledger, "P0002")
    assert (owed.exit_code, "headache-hours-per-day" in owed.stderr) == (2, True)
