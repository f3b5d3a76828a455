"""The protocols beside migraine, as a practitioner would check them against the label: doses, ranges, limits, windows, questions."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from botoxcli.clinic import session_rules
from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.eligibility import decide, judge
from botoxcli.clinic.findings import Finding
from botoxcli.clinic.history import PastConsult, PastSession, PatientHistory
from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.clinic.planned_dose import weight_grams
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.protocol_check import arithmetic, unverified
from botoxcli.clinic.session_rules import SessionFacts
from botoxcli.files.protocol_yaml import find_protocol, load_protocol
from botoxcli.paths import shipped_protocols
from botoxcli.workflow.demo import chair_answers, usual_answers

DAY = date(2026, 3, 9)
NAMES = ("blepharospasm", "cervical-dystonia", "spasticity-child")
ALL = {name: load_protocol(find_protocol(name, shipped_protocols())).protocol for name in NAMES}
DYSTONIA, LIDS, CHILD = ALL["cervical-dystonia"], ALL["blepharospasm"], ALL["spasticity-child"]


def found(protocol: Protocol, doses: dict[str, float], *, weight: str = "20", sessions: tuple[PastSession, ...] = ()) -> dict[str, Finding]:
    """What the rules find at a session where nothing else is wrong; doses in units by site."""
    answers = {question.id: "no" if "no" not in question.raises.when else "yes" for question in protocol.chair if question.type != "number"}
    answers |= {"weight": weight} if protocol is CHILD else {}
    checklist = Checklist(protocol, weight=weight_grams(answers)).give_rest()
    for site, units in doses.items():
        checklist = checklist.dose(site, round(units * 100))
    consult = PastConsult(1, date(2026, 3, 1), protocol.id, "eligible", None)
    history = PatientHistory(KnownPatient(1, "P1", "Ann Example", date(2015, 1, 1)), consults=(consult,), sessions=sessions)
    facts = SessionFacts(protocol=protocol, jurisdiction="us", on=DAY, history=history, answers=answers, checklist=checklist)
    return {finding.id: finding for finding in session_rules.findings(facts)}


def told(protocol: Protocol, doses: dict[str, float], **more: Any) -> dict[str, str]:
    return {name: finding.level for name, finding in found(protocol, doses, **more).items()}


@pytest.mark.parametrize(
    ("name", "sums"),
    [("blepharospasm", "6 sites, 7.5 U (7.5 to 15 U)"), ("cervical-dystonia", "28 optional sites"), ("spasticity-child", "32 optional sites")],
)
def test_the_arithmetic(name: str, sums: str) -> None:
    assert arithmetic(ALL[name]) == sums


@pytest.mark.parametrize("name", NAMES)
def test_each_says_all_that_a_visit_needs(name: str) -> None:
    protocol = ALL[name]
    assert {question.id for question in protocol.chair} >= {"consent", "infection-at-site", "pregnant-or-breastfeeding", "trouble-since-last"}
    assert {criterion.rule[0] for criterion in protocol.criteria if criterion.rule} >= {"require", "exclude_when", "caution_when"}
    assert {rule.action for rule in protocol.pre_care.rules} == {"avoid", "ask-the-prescriber"}
    for word in ("emergency help", "swallowing", "speaking", "breathing", "weakness all over", "vision", "bladder", "allergy"):
        assert word in protocol.aftercare.warning
    assert {event.escalate for event in protocol.adverse_events} == {"emergency", "review", None}
    assert protocol.product.name == "onabotulinumtoxinA" and protocol.limits.minimum_interval.span.count == 12
    windows = {(part.kind, part.after) for part in protocol.follow_ups}
    assert windows >= {("onset-check", "session"), ("session", "session"), ("event-review", "event")}
    assert protocol.outcomes.measures and protocol.response_rules == ()
    assert unverified(protocol)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("born", "fits"), [((2010, 3, 9), (True, False, True)), ((1970, 1, 1), (True, True, False)), ((2025, 1, 1), (False, False, False))]
)
def test_the_ages(name: str, born: tuple[int, int, int], fits: tuple[bool, ...]) -> None:
    """16 years, 56 years, 1 year."""
    judged = judge(ALL[name], usual_answers(ALL[name]), born=date(*born), on=DAY, jurisdiction="us")
    assert (decide(judged) == "eligible") == fits[NAMES.index(name)]


# Blepharospasm: 1.25 to 2.5 U a site, at most 5; 200 U in 30 days and 400 U in 3 months.
@pytest.mark.parametrize(("units", "level"), [(1.25, None), (2, None), (2.5, None), (1.24, "warn"), (2.51, "warn"), (5, "warn"), (5.01, "stop")])
def test_a_dose_at_a_lid(units: float, level: str | None) -> None:
    assert told(LIDS, {"orbicularis-oculi-left-1": units}).get("site-dose") == level


@pytest.mark.parametrize(
    ("earlier", "level"),
    [
        ([("2026-02-07", 192.6)], None),  # 30 days before: no longer in the window of 30 days
        ([("2026-02-08", 192.5)], None),  # with 7.5 exactly 200
        ([("2026-02-08", 192.6)], "stop"),
        ([("2025-12-10", 300), ("2026-02-07", 92.5)], None),  # exactly 400 in 3 months
        ([("2025-12-10", 300), ("2026-02-07", 92.6)], "stop"),
        ([("2025-12-09", 300), ("2026-02-07", 192.6)], None),  # the first one is 3 months ago
    ],
)
def test_two_windows_at_once(earlier: list[tuple[str, float]], level: str | None) -> None:
    sessions = tuple(
        PastSession(number, date.fromisoformat(day), "chronic-migraine", "onabotulinumtoxinA", round(units * 100))
        for number, (day, units) in enumerate(earlier, start=2)
    )
    assert told(LIDS, {}, sessions=sessions).get("cumulative-dose") == level


# Cervical dystonia: 15 to 100 U a muscle, 8 muscles, 50 U a site; the sternocleidomastoid's 100 U are a stop.
SCM = ("sternocleidomastoid-left-1", "sternocleidomastoid-left-2", "sternocleidomastoid-right-1")
SPLENIUS = ("splenius-capitis-left-1", "splenius-capitis-left-2", "splenius-capitis-right-1")


@pytest.mark.parametrize(
    ("doses", "findings"),
    [
        ({"trapezius-left-1": 15}, {}),
        ({"trapezius-left-1": 14.99}, {"muscle-dose": "warn"}),
        ({"trapezius-left-1": 10, "trapezius-right-1": 5}, {}),  # left and right together
        ({"trapezius-left-1": 50}, {}),
        ({"trapezius-left-1": 50.01}, {"site-dose": "stop"}),
        ({"trapezius-left-1": 4, "trapezius-left-2": 20}, {"site-dose": "warn"}),
        (dict(zip(SPLENIUS, (50, 30, 20), strict=True)), {}),
        (dict(zip(SPLENIUS, (50, 30, 20.5), strict=True)), {"muscle-dose": "warn"}),
        (dict(zip(SCM, (50, 30, 20), strict=True)), {}),
        (dict(zip(SCM, (50, 30, 20.5), strict=True)), {"muscle-dose": "stop"}),
        (dict(zip((*SPLENIUS, *SCM), (50, 30, 20.5, 50, 30, 20.5), strict=True)), {"muscle-dose": "stop"}),
    ],
)
def test_muscles_of_the_neck(doses: dict[str, float], findings: dict[str, str]) -> None:
    assert told(DYSTONIA, doses) == findings


@pytest.mark.parametrize(("count", "level"), [(8, None), (9, "warn")])
def test_up_to_eight_muscles(count: int, level: str | None) -> None:
    first = {muscle: next(site.id for site in DYSTONIA.sites if site.muscle == muscle) for muscle in DYSTONIA.muscles[:count]}
    assert told(DYSTONIA, dict.fromkeys(first.values(), 20)).get("muscle-count") == level


def test_no_site_is_owed_where_all_are_chosen() -> None:
    for protocol in (DYSTONIA, CHILD):
        checklist = Checklist(protocol, weight=20_000)
        assert checklist.open_sites() == () and checklist.give_rest().ticks == {} and checklist.planned_hundredths == 0


# Child: upper limb 3 to 6 U/kg and at most 200 U, lower limb 4 to 8 U/kg and at most 300 U; 10 U/kg or 340 U together and in 3 months.
UPPER = [site.id for site in CHILD.sites if site.muscle in CHILD.limits.muscles[0].muscles]
LOWER = [site.id for site in CHILD.sites if site.muscle in CHILD.limits.muscles[1].muscles]


def spread(sites: list[str], units: float) -> dict[str, float]:
    """A total over so many sites that none has more than 50 U."""
    return dict.fromkeys(sites[:10], round(units / 10, 2))


@pytest.mark.parametrize(
    ("sites", "weight", "units", "level"),
    [
        (UPPER, "20", 60, None),
        (UPPER, "20", 59.9, "warn"),
        (UPPER, "20", 120, None),
        (UPPER, "20", 120.1, "stop"),
        (UPPER, "40", 200, None),  # 6 U/kg would be 240
        (UPPER, "40", 200.1, "stop"),
        (LOWER, "20", 80, None),
        (LOWER, "20", 79.9, "warn"),
        (LOWER, "20", 160, None),
        (LOWER, "20", 160.1, "stop"),
        (LOWER, "40", 300, None),
        (LOWER, "40", 300.1, "stop"),
    ],
)
def test_a_limb_by_weight(sites: list[str], weight: str, units: float, level: str | None) -> None:
    assert told(CHILD, spread(sites, units), weight=weight).get("muscle-dose") == level


@pytest.mark.parametrize(
    ("weight", "units", "level"), [("20", 200, None), ("20", 200.2, "stop"), ("34", 340, None), ("40", 340, None), ("40", 340.2, "stop")]
)
def test_both_limbs_and_three_months_by_weight(weight: str, units: float, level: str | None) -> None:
    findings = told(CHILD, {**spread(UPPER, units / 2), **spread(LOWER, units / 2)}, weight=weight)
    assert (findings.get("session-dose"), findings.get("cumulative-dose")) == (level, level)


def test_without_a_weight_stop() -> None:
    findings = found(CHILD, {"brachialis-left": 20}, weight="unknown")
    assert findings["weight"].level == "stop"
    assert "site-dose" not in findings, "what cannot be compared is no deviation"


def test_a_share_follows_the_weight() -> None:
    assert told(CHILD, {"brachialis-left": 40, "brachialis-right": 20}, weight="20") == {}
    assert told(CHILD, {"brachialis-left": 40.5, "brachialis-right": 20}, weight="20") == {"site-dose": "warn"}


@pytest.mark.parametrize("name", ["blepharospasm", "cervical-dystonia"])
def test_the_clean_answers_of_the_chair_raise_nothing(name: str) -> None:
    answers = chair_answers(ALL[name])
    assert not [question.id for question in ALL[name].chair if answers[question.id] in question.raises.when]
