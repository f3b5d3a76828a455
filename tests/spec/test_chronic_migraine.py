"""The default protocol, as a practitioner would check it against the paper: muscles, sites, doses, questions, intervals."""

from __future__ import annotations

from collections import defaultdict

import pytest

from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.protocol_check import FINDINGS, arithmetic, unverified
from botoxcli.clinic.quantity import units
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.paths import shipped_protocols

# order, muscle, sides, fixed sites, units, extra sites at most, extra units at most, position
PREEMPT = [
    (1, "corrugator", {"left": 1, "right": 1}, 10, 0, 0, "supine"),
    (2, "procerus", {"midline": 1}, 5, 0, 0, "supine"),
    (3, "frontalis", {"left": 2, "right": 2}, 20, 0, 0, "supine"),
    (4, "temporalis", {"left": 4, "right": 4}, 40, 2, 10, "supine"),
    (5, "occipitalis", {"left": 3, "right": 3}, 30, 2, 10, "sitting"),
    (6, "cervical-paraspinal", {"left": 2, "right": 2}, 20, 0, 0, "sitting"),
    (7, "trapezius", {"left": 3, "right": 3}, 30, 4, 20, "sitting"),
]

CRITERIA = [
    "headache-days",
    "migraine-days",
    "headache-hours-per-day",
    "months",
    "attacks-ever",
    "other-diagnosis-excluded",
    "pain-severity",
    "hit-6",
    "preventives-tried",
    "triptan-opioid-combination-days",
    "simple-analgesic-days",
    "overuse-managed",
    "anticoagulant",
    "antiplatelet-or-bleeding-disorder",
    "aminoglycoside",
    "anticholinergic",
    "muscle-relaxant",
    "neuromuscular-disorder",
    "swallowing-or-breathing-problem",
    "pregnant-or-breastfeeding",
    "toxin-allergy",
    "infection-at-site",
    "other-toxin-4-months",
    "planned-surgery",
    "weakness-or-ptosis-now",
]

ROLES = {
    "require": "headache-days migraine-days headache-hours-per-day months attacks-ever other-diagnosis-excluded adult",
    "exclude_when": "toxin-allergy infection-at-site",
    "caution_when": """anticoagulant antiplatelet-or-bleeding-disorder aminoglycoside anticholinergic muscle-relaxant neuromuscular-disorder
        swallowing-or-breathing-problem pregnant-or-breastfeeding other-toxin-4-months planned-surgery weakness-or-ptosis-now""",
    "advise": "pain-severity hit-6 preventives-tried triptan-opioid-combination-days simple-analgesic-days overuse-managed",
}

CHAIR = {  # question: (finding, the answers that raise it, its level)
    "consent": ("consent", {"no", "unknown"}, "stop"),
    "infection-at-site": ("infection", {"yes", "unknown"}, "stop"),
    "alcohol": ("alcohol", {"yes", "unknown"}, "warn"),
    "nsaids": ("nsaids", {"yes", "unknown"}, "warn"),
    "blood-thinners": ("blood-thinners", {"yes", "unknown"}, "note"),
    "pregnant-or-breastfeeding": ("pregnancy", {"yes", "unknown"}, "stop"),
    "new-illness-or-medicine": ("changed", {"yes", "unknown"}, "warn"),
    "other-toxin-since": ("changed", {"yes", "unknown"}, "warn"),
    "trouble-since-last": ("changed", {"yes", "unknown"}, "warn"),
    "weakness-or-ptosis-now": ("weakness", {"yes", "unknown"}, "warn"),
}

LEVELS = {
    "note": {"blood-thinners", "interval-long"},
    "warn": {
        *("consult-old", "changed", "weakness", "alcohol", "nsaids", "last-event", "site-dose", "other-product"),
        *("duplicate-patient", "duplicate-visit", "duplicate-lot"),
    },
    "stop": {
        *("consult", "consent", "infection", "pregnancy", "interval", "session-dose", "extra-allowance", "cumulative-dose"),
        *("vial-unknown", "vial-expired", "vial-used", "vial-recalled", "product", "dilution", "reconstituted-24h"),
    },
}

FOLLOW_UPS = {  # kind, after: earliest, due, latest, closes from
    ("onset-check", "session"): ("10 days", "14 days", "28 days", "7 days"),
    ("session", "session"): ("12 weeks", "3 months", "6 months", None),
    ("session", "eligible-consult"): ("0 days", "0 days", None, None),
    ("consult-review", "needs-review"): ("0 days", "2 weeks", None, None),
    ("consult-review", "consult"): ("12 months", "12 months", None, None),
    ("consult-review", "lapse"): ("0 days", "0 days", None, None),
    ("consult-review", "emergency-event"): ("0 days", "0 days", None, None),
    ("consult-review", "declined"): ("0 days", "0 days", None, None),
    ("consult-review", "pause-end"): ("0 days", "0 days", None, None),
    ("consult-review", "response-stop"): ("4 months", "4 months", "5 months", None),
    ("event-review", "event"): ("0 days", "0 days", None, None),
}

EMERGENCIES = {
    *("trouble-swallowing", "trouble-speaking", "trouble-breathing", "hoarseness", "weakness-all-over", "vision-double-or-blurred"),
    *("bladder-control-loss", "allergy"),
}
REVIEWS = {"eyelid-ptosis", "brow-asymmetry", "neck-weakness", "faint", "severe-migraine-hospital"}


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return load_protocol(shipped_protocols() / "chronic-migraine.yaml").protocol


def test_the_sums(protocol: Protocol) -> None:
    assert arithmetic(protocol) == "31 sites, 155 U; with follow-the-pain 39 sites, 195 U"


def test_the_muscles_come_in_the_order_of_injection(protocol: Protocol) -> None:
    assert protocol.muscles == tuple(row[1] for row in PREEMPT)
    assert [site.order for site in protocol.sites] == list(range(1, 32))


@pytest.mark.parametrize(("order", "muscle", "sides", "dose", "extra_sites", "extra_dose", "position"), PREEMPT, ids=[row[1] for row in PREEMPT])
def test_a_muscle(
    protocol: Protocol, order: int, muscle: str, sides: dict[str, int], dose: int, extra_sites: int, extra_dose: int, position: str
) -> None:
    sites = [site for site in protocol.sites if site.muscle == muscle]
    counted: dict[str, int] = defaultdict(int)
    for site in sites:
        counted[site.side] += 1
    assert counted == sides
    assert {site.hundredths for site in sites} == {500}
    assert sum(site.hundredths for site in sites) == dose * 100
    assert {site.position for site in sites} == {position}
    allowance = protocol.allowance(muscle)
    assert (allowance.sites, units(allowance.hundredths)) == (extra_sites, extra_dose) if allowance else (extra_sites, extra_dose) == (0, 0)


def test_the_sites_mirror_each_other_on_the_head_map(protocol: Protocol) -> None:
    for site in protocol.sites:
        if site.side == "left":
            other = protocol.site(site.id.replace("-left", "-right"))
            assert other is not None and site.x is not None and site.view is not None
            assert (other.x, other.y, other.landmark) == (100 - site.x, site.y, site.landmark)
            assert other.view == {"left": "right"}.get(site.view, site.view)


def test_the_landmarks_are_said_to_be_unverified(protocol: Protocol) -> None:
    assert {site.landmark_source for site in protocol.sites} == {"unverified"}
    assert [title for _, title in unverified(protocol)] == [
        *(f"landmarks of {row[1]}" for row in PREEMPT),
        "155 U, us",
        "A payer's rule, as an example",
    ]


def test_the_questions_of_the_consultation(protocol: Protocol) -> None:
    assert [criterion.id for criterion in protocol.criteria if criterion.type != "age"] == CRITERIA
    assert [criterion.id for criterion in protocol.criteria if criterion.type == "age"] == ["adult"]


@pytest.mark.parametrize("role", ROLES)
def test_the_part_of_each_question_in_the_decision(protocol: Protocol, role: str) -> None:
    assert {criterion.id for criterion in protocol.criteria if criterion.rule and criterion.rule[0] == role} == set(ROLES[role].split())


@pytest.mark.parametrize(
    ("criterion_id", "comparison", "number"),
    [
        ("adult", "at_least", 18),
        ("headache-days", "at_least", 15),
        ("migraine-days", "at_least", 8),
        ("headache-hours-per-day", "at_least", 4),
        ("months", "more_than", 3),
        ("attacks-ever", "at_least", 5),
        ("preventives-tried", "at_least", 3),
        ("triptan-opioid-combination-days", "less_than", 10),
        ("simple-analgesic-days", "less_than", 15),
    ],
)
def test_the_numbers_of_the_decision(protocol: Protocol, criterion_id: str, comparison: str, number: int) -> None:
    rule = next(criterion.rule for criterion in protocol.criteria if criterion.id == criterion_id)
    assert rule is not None
    assert rule[1].model_dump(exclude_none=True, by_alias=True) == {comparison: number}


def test_only_the_four_hours_a_day_belong_to_one_jurisdiction(protocol: Protocol) -> None:
    assert {criterion.id: criterion.jurisdictions for criterion in protocol.criteria if criterion.jurisdictions} == {
        "headache-hours-per-day": ("us",)
    }


def test_not_applicable_answers_pregnancy_alone(protocol: Protocol) -> None:
    assert {question.id for question in protocol.questions() if question.not_applicable} == {"pregnant-or-breastfeeding"}


def test_no_question_has_a_default(protocol: Protocol) -> None:
    assert [question.id for question in protocol.questions() if question.default is not None] == []


def test_the_questions_at_the_chair(protocol: Protocol) -> None:
    found = {
        question.id: (question.raises.finding, set(question.raises.when), protocol.level(question.raises.finding)) for question in protocol.chair
    }
    assert found == CHAIR
    assert list(found) == list(CHAIR)


def test_weakness_names_the_muscles_to_think_of(protocol: Protocol) -> None:
    says = next(question.raises.says for question in protocol.chair if question.raises.finding == "weakness")
    assert [muscle for muscle in ("frontalis", "corrugator", "procerus", "trapezius", "cervical paraspinal") if muscle not in says] == []


def test_the_levels(protocol: Protocol) -> None:
    found: dict[str, set[str]] = defaultdict(set)
    for finding, level in protocol.finding_levels.items():
        found[level].add(finding)
    assert found == LEVELS
    assert set(protocol.finding_levels) == set(FINDINGS)


def test_the_limits(protocol: Protocol) -> None:
    limits = protocol.limits
    assert (limits.site.hundredths, limits.site.level, limits.site.source) == (1000, "stop", "practice")
    assert [(units(part.hundredths), part.level, part.jurisdiction) for part in limits.session] == [(195, "stop", None), (155, "warn", "us")]
    assert [(part.product, units(part.hundredths), str(part.window)) for part in limits.cumulative] == [("onabotulinumtoxinA", 400, "3 months")]
    spans = (limits.minimum_interval, limits.consult_valid, limits.other_product_window)
    assert [str(part.span) for part in spans] == ["12 weeks", "12 months", "4 months"]


def test_the_windows(protocol: Protocol) -> None:
    found = {
        (part.kind, part.after): tuple(str(span) if span else None for span in (part.earliest, part.due, part.latest, part.closes_from))
        for part in protocol.follow_ups
    }
    assert found == FOLLOW_UPS


def test_before_the_day(protocol: Protocol) -> None:
    assert [(rule.id, str(rule.before), rule.action) for rule in protocol.pre_care.rules] == [
        ("alcohol", "24 hours", "avoid"),
        ("nsaids", "3 days", "avoid"),
        ("blood-thinners", "3 days", "ask-the-prescriber"),
    ]
    assert protocol.pre_care.always == (
        "Keep taking prescribed aspirin, clopidogrel, warfarin or any other blood thinner unless its prescriber says otherwise."
    )


def test_after_the_session(protocol: Protocol) -> None:
    assert [(rule.id, str(rule.lasts)) for rule in protocol.aftercare.rules] == [("no-rubbing", "24 hours"), ("nothing-strenuous", "rest-of-day")]
    for sign in ("swallowing", "speaking", "breathing", "weakness all over", "blurred vision", "bladder", "allergy", "Do not drive"):
        assert sign in protocol.aftercare.warning
    assert "drooping lid" in protocol.aftercare.call_us


def test_the_adverse_events(protocol: Protocol) -> None:
    escalated: dict[str | None, set[str]] = defaultdict(set)
    for event in protocol.adverse_events:
        escalated[event.escalate].add(event.id)
    assert (escalated["emergency"], escalated["review"]) == (EMERGENCIES, REVIEWS)
    assert len(escalated[None]) == 13
    assert {event.id: event.rate for event in protocol.adverse_events if event.rate} == {"neck-pain": "9 % against 3 % with placebo"}


def test_the_outcomes(protocol: Protocol) -> None:
    measures = {measure.id: measure for measure in protocol.outcomes.measures}
    assert {name: (measure.min, measure.max, measure.never) for name, measure in measures.items()} == {
        "headache-days": (0, 28, ()),
        "migraine-days": (0, 28, ()),
        "acute-medication-days": (0, 28, ()),
        "headache-hours-28d": (0, 672, ()),
        "hit-6": (36, 78, (37, 39, 77)),
        "midas": (0, 460, ()),
        "pgic": (1, 7, ()),
        "wear-off-day": (1, 366, ()),
    }
    assert [name for name, measure in measures.items() if measure.counted_over_diary_days] == [
        "headache-days",
        "migraine-days",
        "acute-medication-days",
    ]
    assert [(band.first, band.last) for band in measures["hit-6"].bands] == [(36, 49), (50, 55), (56, 59), (60, 78)]
    assert [band.first for band in measures["midas"].bands] == [0, 6, 11, 21]
    assert [name for name, measure in measures.items() if measure.direction] == ["pgic"]
    assert protocol.outcomes.complete_from_diary_days == 20


def test_the_response_rules(protocol: Protocol) -> None:
    found = {rule.id: rule.model_dump(exclude_none=True, include={"stop_when", "continue_when", "look_again"}) for rule in protocol.response_rules}
    stop = {"because": "non-response", "reduction_below_percent": 30, "after_cycles": 2}
    episodic = {"because": "became-episodic", "consecutive_windows": 3}
    assert found == {
        "nice-ta260": {"stop_when": (stop, {**episodic, "headache_days_below": 15}), "continue_when": ()},
        "ehf-2018": {
            "stop_when": ({**stop, "later_cycles": True}, {**episodic, "headache_days_below": 10}),
            "continue_when": (),
            "look_again": {"earliest": "4 months", "latest": "5 months"},
        },
        "payer-example": {"stop_when": (), "continue_when": ({"fewer_headache_days": 7}, {"fewer_headache_hours": 100})},
    }


def test_the_product_and_its_codes(protocol: Protocol) -> None:
    product = protocol.product
    assert (product.name, [units(vial) for vial in product.vial_units]) == ("onabotulinumtoxinA", [50, 100, 200])
    assert (units(product.dilution.units_per_ml), str(product.dilution.use_within)) == (50, "24 hours")
    (billing,) = product.billing
    assert (billing.given, billing.wasted, billing.none_wasted, billing.procedure) == ("J0585", "J0585-JW", "J0585-JZ", "64615")
    assert {codes.system: codes.codes for codes in protocol.diagnoses} == {
        "ICD-10-CM": ("G43.701", "G43.709", "G43.711", "G43.719", "G43.E01", "G43.E09", "G43.E11", "G43.E19"),
        "ICD-10 (WHO)": ("G43.3",),
    }
