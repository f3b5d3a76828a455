"""The decision of a consult: each criterion at its border, unknown, and what the practitioner decides beside it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from botoxcli.clinic.answers import consult_questions, read_answers
from botoxcli.clinic.eligibility import age, decide, judge
from botoxcli.clinic.protocol import Protocol

ON = date(2026, 1, 5)
BORN = date(1980, 2, 29)
FIT = {
    "headache-days": "15", "migraine-days": "8", "headache-hours-per-day": "4", "months": "3.5", "attacks-ever": "5",
    "other-diagnosis-excluded": "yes", "pain-severity": "severe", "hit-6": "64", "preventives-tried": "3", "triptan-opioid-combination-days": "9",
    "simple-analgesic-days": "14", "overuse-managed": "yes", "anticoagulant": "no", "antiplatelet-or-bleeding-disorder": "no", "aminoglycoside": "no",
    "anticholinergic": "no", "muscle-relaxant": "no", "neuromuscular-disorder": "no", "swallowing-or-breathing-problem": "no",
    "pregnant-or-breastfeeding": "no", "toxin-allergy": "no", "infection-at-site": "no", "other-toxin-4-months": "no", "planned-surgery": "no",
    "weakness-or-ptosis-now": "no",
}  # fmt: skip

# criterion, answer, jurisdiction, decision
REQUIRED = [
    ("headache-days", "15", "us", "eligible"),
    ("headache-days", "14", "us", "not-eligible"),
    ("headache-days", "unknown", "us", "needs-review"),
    ("headache-days", "31", "us", "eligible"),
    ("headache-days", "0", "us", "not-eligible"),
    ("migraine-days", "8", "us", "eligible"),
    ("migraine-days", "7", "us", "not-eligible"),
    ("migraine-days", "unknown", "us", "needs-review"),
    ("months", "3.5", "us", "eligible"),
    ("months", "3", "us", "not-eligible"),
    ("months", "unknown", "us", "needs-review"),
    ("attacks-ever", "5", "us", "eligible"),
    ("attacks-ever", "4", "us", "not-eligible"),
    ("attacks-ever", "unknown", "us", "needs-review"),
    ("other-diagnosis-excluded", "yes", "us", "eligible"),
    ("other-diagnosis-excluded", "no", "us", "not-eligible"),
    ("other-diagnosis-excluded", "unknown", "us", "needs-review"),
    ("headache-hours-per-day", "4", "us", "eligible"),
    ("headache-hours-per-day", "3.5", "us", "not-eligible"),
    ("headache-hours-per-day", "unknown", "us", "needs-review"),
    ("headache-hours-per-day", "3.5", "eu-uk", "eligible"),
    ("headache-hours-per-day", "unknown", "eu-uk", "eligible"),
]
EXCLUDED = ["toxin-allergy", "infection-at-site"]
CAUTIONS = [
    "anticoagulant", "antiplatelet-or-bleeding-disorder", "aminoglycoside", "anticholinergic", "muscle-relaxant", "neuromuscular-disorder",
    "swallowing-or-breathing-problem", "pregnant-or-breastfeeding", "other-toxin-4-months", "planned-surgery", "weakness-or-ptosis-now",
]  # fmt: skip
# criterion, an answer that is as one would wish, one that is not
ADVISORY = [
    ("pain-severity", "severe", "mild"),
    ("pain-severity", "4", "3"),
    ("hit-6", "60", "59"),
    ("preventives-tried", "3", "0"),
    ("triptan-opioid-combination-days", "9", "10"),
    ("simple-analgesic-days", "14", "15"),
    ("overuse-managed", "yes", "no"),
]


def decision(protocol: Protocol, answers: dict[str, str], jurisdiction: Any = "us", born: date | None = BORN, on: date = ON) -> str:
    canonical = read_answers(consult_questions(protocol), answers)
    return decide(judge(protocol, canonical, born=born, on=on, jurisdiction=jurisdiction))


def test_the_table_answers_every_question(protocol: Protocol) -> None:
    assert sorted(FIT) == sorted(question.id for question in consult_questions(protocol))


def test_the_groups_are_asked_in_their_order(protocol: Protocol) -> None:
    groups = [getattr(question, "group", "") for question in consult_questions(protocol)]
    assert list(dict.fromkeys(groups)) == ["history", "medication", "conditions", "severity"]


@pytest.mark.parametrize("jurisdiction", ["us", "eu-uk"])
def test_just_fit_is_eligible(protocol: Protocol, jurisdiction: str) -> None:
    assert decision(protocol, FIT, jurisdiction) == "eligible"


@pytest.mark.parametrize(("criterion", "answer", "jurisdiction", "expected"), REQUIRED, ids=[" ".join(row) for row in REQUIRED])
def test_a_requirement_at_its_border(protocol: Protocol, criterion: str, answer: str, jurisdiction: str, expected: str) -> None:
    assert decision(protocol, {**FIT, criterion: answer}, jurisdiction) == expected


@pytest.mark.parametrize("criterion", EXCLUDED)
@pytest.mark.parametrize(("answer", "expected"), [("yes", "not-eligible"), ("unknown", "needs-review"), ("no", "eligible")])
def test_an_exclusion(protocol: Protocol, criterion: str, answer: str, expected: str) -> None:
    assert decision(protocol, {**FIT, criterion: answer}) == expected


@pytest.mark.parametrize("criterion", CAUTIONS)
@pytest.mark.parametrize(("answer", "expected"), [("yes", "needs-review"), ("unknown", "needs-review"), ("no", "eligible")])
def test_a_caution(protocol: Protocol, criterion: str, answer: str, expected: str) -> None:
    assert decision(protocol, {**FIT, criterion: answer}) == expected


def test_pregnancy_not_applicable_is_clean(protocol: Protocol) -> None:
    assert decision(protocol, {**FIT, "pregnant-or-breastfeeding": "not-applicable"}) == "eligible"


@pytest.mark.parametrize(("criterion", "wished", "other"), ADVISORY, ids=[f"{row[0]} {row[2]}" for row in ADVISORY])
def test_an_advice_never_changes_the_decision(protocol: Protocol, criterion: str, wished: str, other: str) -> None:
    for answer, met in ((wished, True), (other, False), ("unknown", None)):
        answers = {**FIT, criterion: answer}
        assert decision(protocol, answers) == "eligible"
        assert decision(protocol, {**answers, "headache-days": "14"}) == "not-eligible"
        judged = {item.criterion.id: item for item in judge(protocol, answers, born=BORN, on=ON, jurisdiction="us")}[criterion]
        assert (judged.met, judged.level) == (met, "note")


def test_every_criterion_of_the_default_protocol_is_in_one_of_the_tables(protocol: Protocol) -> None:
    named = {row[0] for row in REQUIRED} | set(EXCLUDED) | set(CAUTIONS) | {row[0] for row in ADVISORY}
    assert named == {question.id for question in consult_questions(protocol)}


@pytest.mark.parametrize("left_out", [criterion for criterion in FIT if criterion not in {row[0] for row in ADVISORY}])
def test_what_nobody_answered_is_unknown_and_never_no(protocol: Protocol, left_out: str) -> None:
    assert decision(protocol, {name: answer for name, answer in FIT.items() if name != left_out}) == "needs-review"


@pytest.mark.parametrize(
    ("unfit", "expected"),
    [
        ({"headache-days": "14", "migraine-days": "unknown"}, "not-eligible"),
        ({"headache-days": "14", "anticoagulant": "yes"}, "not-eligible"),
        ({"toxin-allergy": "yes", "headache-days": "unknown"}, "not-eligible"),
        ({"toxin-allergy": "unknown", "anticoagulant": "yes"}, "needs-review"),
    ],
    ids=["unmet beats unknown", "unmet beats a caution", "an exclusion beats unknown", "two doubts are one review"],
)
def test_the_sterner_wins(protocol: Protocol, unfit: dict[str, str], expected: str) -> None:
    assert decision(protocol, {**FIT, **unfit}) == expected


@pytest.mark.parametrize(
    ("born", "on", "years", "expected"),
    [
        ("2008-01-05", "2026-01-04", 17, "not-eligible"),
        ("2008-01-05", "2026-01-05", 18, "eligible"),
        ("2008-02-29", "2026-02-28", 17, "not-eligible"),
        ("2008-02-29", "2026-03-01", 18, "eligible"),
        ("2008-02-29", "2028-02-28", 19, "eligible"),
        ("2008-02-29", "2028-02-29", 20, "eligible"),
        ("2026-01-05", "2026-01-05", 0, "not-eligible"),
    ],
    ids=["the day before the 18th birthday", "the 18th birthday", "29 Feb: not yet on 28 Feb", "29 Feb: on 1 March", "28 Feb of a leap year",
         "29 Feb of a leap year", "born today"],
)  # fmt: skip
def test_adulthood_is_reckoned_from_the_birth_date(protocol: Protocol, born: str, on: str, years: int, expected: str) -> None:
    assert age(date.fromisoformat(born), date.fromisoformat(on)) == years
    assert decision(protocol, FIT, born=date.fromisoformat(born), on=date.fromisoformat(on)) == expected


def test_a_forgotten_birth_date_makes_the_age_unknown(protocol: Protocol) -> None:
    assert decision(protocol, FIT, born=None) == "needs-review"


def test_a_finding_says_answer_rule_and_source(protocol: Protocol) -> None:
    judged = judge(protocol, {**FIT, "headache-days": "14", "months": "unknown"}, born=BORN, on=ON, jurisdiction="us")
    said = {item.criterion.id: item.finding() for item in judged}
    days, months, allergy = said["headache-days"], said["months"], said["toxin-allergy"]
    assert (days.level, days.met, days.because) == ("stop", False, "headache-days 14 days a month; required: at least 15")
    assert days.source == "ICHD-3 1.3; US label; EU/UK product text"
    assert (months.level, months.met, months.because) == ("warn", None, "months unknown; required: more than 3")
    assert (allergy.level, allergy.met, allergy.because) == ("note", False, "toxin-allergy no; excluded when yes")


# The rules' decision, the practitioner's own, and whether the session then finds a standing yes.
OWN = [
    ("eligible", None, True),
    ("eligible", "treat", True),
    ("eligible", "defer", False),
    ("eligible", "decline", False),
    ("needs-review", None, False),
    ("needs-review", "treat", True),
    ("needs-review", "defer", False),
    ("needs-review", "decline", False),
    ("not-eligible", None, False),
    ("not-eligible", "treat", False),
    ("not-eligible", "defer", False),
    ("not-eligible", "decline", False),
]


@pytest.mark.parametrize(("ruled", "own", "stands"), OWN, ids=[f"{ruled}, {own or 'undecided'}" for ruled, own, _ in OWN])
def test_the_own_decision_and_the_session(chair: Any, ruled: str, own: str | None, stands: bool) -> None:
    assert chair.level("consult", consults=[chair.consult(decision=ruled, decided=own)]) == (None if stands else "stop")
