"""``botox consult`` by flags: the decision with every criterion, and the practitioner's own beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Botox, Result

ANSWERS = str(Path(__file__).parents[1] / "data" / "consult.yaml")
ADA = ("--name", "Ada Example", "--born", "1980-02-29")


def consult(botox: Botox, *flags: str, patient: str = "P0001") -> Result:
    return botox("consult", patient, "--answers", ANSWERS, "--no-input", *flags)


def item(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["schema"] == "botoxcli/consult/1"
    (only,) = document["items"]
    return dict(only)


@pytest.mark.parametrize(
    ("flags", "decision", "finding", "level", "met"),
    [
        ((), "eligible", "headache-days", "note", True),
        (("--answer", "headache-days=15"), "eligible", "headache-days", "note", True),
        (("--answer", "headache-days=14"), "not-eligible", "headache-days", "stop", False),
        (("--answer", "headache-days=unknown"), "needs-review", "headache-days", "warn", None),
        (("--answer", "toxin-allergy=yes"), "not-eligible", "toxin-allergy", "stop", True),
        (("--answer", "anticoagulant=yes"), "needs-review", "anticoagulant", "warn", True),
        (("--answer", "pregnant-or-breastfeeding=not-applicable"), "eligible", "pregnant-or-breastfeeding", "note", False),
        (("--answer", "pain-severity=2"), "eligible", "pain-severity", "note", False),
    ],
)
def test_the_decision(botox: Botox, ledger: Path, flags: tuple[str, ...], decision: str, finding: str, level: str, met: bool | None) -> None:
    only = item(consult(botox, *ADA, *flags, "--format", "json"))
    judged = next(one for one in only["findings"] if one["id"] == finding)
    assert (only["decision"], judged["level"], judged["met"]) == (decision, level, met)
    assert judged["source"] and judged["because"].startswith(finding)
    assert set(judged) >= {"id", "level", "met", "because", "source"}


def test_every_criterion_is_judged_and_recorded(botox: Botox, ledger: Path) -> None:
    only = item(consult(botox, *ADA, "--format", "json"))
    assert len(only["findings"]) == 26
    shown = json.loads(botox("visit", "show", str(only["visit"]), "--format", "json").stdout)["items"][0]
    assert len(shown["answers"]) == 25


def test_the_four_hour_rule_is_the_us_one(botox: Botox, ledger: Path) -> None:
    botox("settings", "--jurisdiction", "eu-uk")
    only = item(consult(botox, *ADA, "--answer", "headache-hours-per-day=1", "--format", "json"))
    assert only["decision"] == "eligible"
    assert "headache-hours-per-day" not in {finding["id"] for finding in only["findings"]}


def test_the_practitioner_decides_beside_it(botox: Botox, ledger: Path) -> None:
    only = item(consult(botox, *ADA, "--answer", "anticoagulant=yes", "--decide", "treat", "--reason", "INR is stable", "--format", "json"))
    assert (only["decision"], only["decided"]) == ("needs-review", "treat")
    missing = consult(botox, "--decide", "treat", "--on", "2026-03-08")
    assert (missing.exit_code, "--reason" in missing.stderr) == (2, True)


@pytest.mark.parametrize(
    ("patient", "flags", "code", "says"),
    [
        ("P0001", (), 22, "--name and --born"),
        ("P0001", ("--name", "Ada Example"), 2, "--born"),
        ("P 1", ADA, 21, "PATIENT"),
        ("P0001", ("--name", "Ada\x1b[31m Example", "--born", "1980-02-29"), 21, "--name"),
        ("P0001", ("--name", "Ada Example", "--born", "2030-01-01"), 21, "--born"),
        ("P0001", (*ADA, "--answer", "headache-days=32"), 21, "--answer headache-days"),
        ("P0001", (*ADA, "--answer", "hit-6=37"), 21, "37, 39, 77 cannot occur"),
        ("P0001", (*ADA, "--answer", "headache-day=20"), 21, "Did you mean headache-days?"),
        ("P0001", (*ADA, "--on", "2026-03-10"), 21, "--on"),
    ],
)
def test_what_is_refused_leaves_the_ledger_as_it_was(botox: Botox, ledger: Path, patient: str, flags: tuple[str, ...], code: int, says: str) -> None:
    before = ledger.read_bytes()
    result = consult(botox, *flags, patient=patient)
    assert (result.exit_code, says in result.stderr) == (code, True), result.stderr
    assert "Ada" not in result.stderr
    assert ledger.read_bytes() == before


def test_every_criterion_is_required_of_a_script(botox: Botox, ledger: Path) -> None:
    result = botox("consult", "P0001", *ADA, "--answer", "headache-days=20", "--no-input", "--format", "json")
    assert result.exit_code == 2
    assert len(json.loads(result.stderr)["missing"]) == 24


def test_a_likely_duplicate_is_a_warning(botox: Botox, ledger: Path) -> None:
    assert consult(botox, *ADA).exit_code == 0
    again = consult(botox, "--name", "EXAMPLE, Ada", "--born", "1980-02-29", patient="P0002")
    assert (again.exit_code, "duplicate-patient" in again.stderr, "P0001" in again.stderr) == (23, True, True)
    assert consult(botox, "--name", "EXAMPLE, Ada", "--born", "1980-02-29", "--accept", "duplicate-patient", patient="P0002").exit_code == 0
    assert consult(botox, "--name", "Bea Sample", "--born", "1980-02-29", patient="P0003").exit_code == 0


def test_a_second_consult_on_a_day_is_a_warning(botox: Botox, ledger: Path) -> None:
    assert consult(botox, *ADA).exit_code == 0
    assert consult(botox).exit_code == 23
    assert consult(botox, "--accept", "duplicate-visit").exit_code == 0


def test_a_code_that_exists_keeps_its_person(botox: Botox, ledger: Path) -> None:
    assert consult(botox, *ADA, "--on", "2026-03-01").exit_code == 0
    other = consult(botox, "--name", "Bea Sample", "--born", "1980-02-29")
    assert (other.exit_code, "--name" in other.stderr) == (21, True)
    assert consult(botox, *ADA).exit_code == 0


def test_answers_from_standard_input_as_json(botox: Botox, ledger: Path) -> None:
    answers = dict(line.split(": ") for line in Path(ANSWERS).read_text().splitlines())
    plain = {name: int(value) if value.isdigit() else {"yes": True, "no": False}.get(value, value) for name, value in answers.items()}
    result = botox("consult", "P0001", *ADA, "--answers", "-", "--no-input", "--format", "json", input=json.dumps(plain))
    assert item(result)["decision"] == "eligible"


@pytest.mark.parametrize("text", ["headache-days: 1\nheadache-days: 2\n", "- 1\n", "a: &x 1\nb: *x\n", "\x00", "{}{}", "headache-days: [1]\n", ""])
def test_a_hostile_answers_file_is_refused(botox: Botox, ledger: Path, tmp_path: Path, text: str) -> None:
    file = tmp_path / "answers.yaml"
    file.write_text(text)
    result = botox("consult", "P0001", *ADA, "--answers", str(file), "--no-input")
    assert (result.exit_code, "--answers: " in result.stderr) == (21, True)


def test_the_same_key_twice_records_once(botox: Botox, ledger: Path) -> None:
    first = item(consult(botox, *ADA, "--key", "k", "--format", "json"))
    stands = ledger.read_bytes()
    again = item(consult(botox, *ADA, "--key", "k", "--format", "json"))
    assert (again["visit"], again["standing"], again["findings"]) == (first["visit"], True, first["findings"])
    assert ledger.read_bytes() == stands
    assert consult(botox, *ADA, "--key", "k", "--answer", "hit-6=70").exit_code == 21


def test_a_rehearsal_writes_nothing(botox: Botox, ledger: Path) -> None:
    before = ledger.read_bytes()
    assert item(consult(botox, *ADA, "--dry-run", "--format", "json"))["visit"] is None
    assert ledger.read_bytes() == before


def test_a_code_that_is_part_of_anothers_name_is_a_code_when_a_name_stands_beside_it(botox: Botox, ledger: Path) -> None:
    item(consult(botox, *ADA, "--format", "json"))
    new = item(consult(botox, "--name", "Bea Sample", "--born", "1991-01-01", "--format", "json", patient="exam"))
    assert (new["patient"], new["visit"]) == ("exam", 2)
    again = item(consult(botox, *ADA, "--on", "2026-03-08", "--format", "json", patient="Ada"))
    assert again["patient"] == "P0001"
    assert "this code exists, with another name" in consult(botox, "--name", "Bea Sample", "--born", "1991-01-01", patient="p0001").stderr
