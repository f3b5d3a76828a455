"""What the parts of a protocol say together: each rule is shown one protocol that breaks it, and the place that it names."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.protocol_check import FINDINGS, arithmetic, contradictions, path_text, unverified
from botoxcli.clinic.protocol_rules import RULES
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.paths import shipped_protocols

Change = Callable[[dict[str, Any]], object]


@cache
def _shipped() -> str:
    return load_protocol(shipped_protocols() / "chronic-migraine.yaml").protocol.model_dump_json(by_alias=True, exclude_none=True)


def a_protocol(change: Change | None = None) -> Protocol:
    """The shipped protocol, changed as plain values and built anew."""
    value = json.loads(_shipped())
    if change:
        change(value)
    return Protocol.model_validate(value)


def put(*path: str | int, to: Any) -> Change:
    def change(value: dict[str, Any]) -> None:
        inside: Any = value
        for step in path[:-1]:
            inside = inside[step]
        inside[path[-1]] = to

    return change


def drop(*path: str | int) -> Change:
    def change(value: dict[str, Any]) -> None:
        inside: Any = value
        for step in path[:-1]:
            inside = inside[step]
        del inside[path[-1]]

    return change


def a_limit(**given: Any) -> dict[str, Any]:
    return {"muscles": ["procerus"], "units": 50, "source": "practice", **given}


def found(protocol: Protocol) -> list[str]:
    return [f"{path_text(path)}: {said}" for path, said in contradictions(protocol)]


def test_the_shipped_protocol_holds_together() -> None:
    assert found(a_protocol()) == []


# Criteria: 0 adult, 1 headache-days, 4 months, 7 pain-severity (a choice), 8 hit-6, 19 neuromuscular-disorder (yes-no).
BROKEN = [
    (put("criteria", 2, "id", to="headache-days"), "criteria[2].id: this id stands here twice; first at criteria[1]"),
    (put("chair", 1, "id", to="consent"), "chair[1].id: this id stands here twice; first at chair[0]"),
    (put("adverse_events", 3, "id", to="allergy"), "adverse_events[7].id: this id stands here twice; first at adverse_events[3]"),
    (put("sites", 9, "order", to=3), "sites[9].order: this place in the order stands here twice; first at sites[2]"),
    (put("sites", 4, "x", to=56), "sites[4].x: this place on the head map stands here twice; first at sites[3]"),
    (put("follow_ups", 3, "after", to="consult"), "follow_ups[4].after: this kind after the same stands here twice; first at follow_ups[3]"),
    (put("follow_the_pain", 1, "muscle", to="temporalis"), "follow_the_pain[1].muscle: this muscle stands here twice; first at follow_the_pain[0]"),
    (put("product", "vial_units", to=[100, 200, 100]), "product.vial_units[2]: this vial stands here twice; first at product.vial_units[0]"),
    (put("sites", 2, "id", to="procerus-midline"), "sites[2].id: must be procerus: the muscle, and the side if it has one"),
    (put("sites", 0, "id", to="corrugator-left-1"), "sites[0].id: must be corrugator-left: the muscle, and the side if it has one"),
    (
        put("sites", 10, "id", to="temporalis-left-5"),
        "sites[10].id: must be temporalis-left-1 to temporalis-left-4: the muscle, the side if it has one, and a number",
    ),
    (put("sites", 0, "x", to=44), "sites[0].x: in the front view the patient's left is the picture's right half"),
    (put("sites", 15, "x", to=61.5), "sites[15].x: in the back view the patient's left is the picture's left half"),
    (put("sites", 7, "view", to="right"), "sites[7].view: the right view shows no site of side left"),
    (put("follow_the_pain", 0, "muscle", to="masseter"), "follow_the_pain[0].muscle: no site names this muscle"),
    (put("follow_the_pain", 0, "units", to=21), "follow_the_pain[0].units: more than 2 sites of 10 U hold"),
    (put("sites", 30, "units", to=10.5), "sites[30].units: more than the 10 U that limits.site allows"),
    (put("limits", "session", 0, "units", to=154), "limits.session[0].units: less than the 155 U of the sites together"),
    (put("limits", "cumulative", 0, "units", to=154), "limits.cumulative[0].units: less than the 155 U of one session"),
    (put("product", "dilution", "units_per_ml", to=60), "product.vial_units[0]: makes no whole number of microlitres at 60 U/mL"),
    (put("product", "dilution", "use_within", to="1 month"), "product.dilution.use_within: must be hours, days or weeks, and more than none"),
    (drop("finding_levels", "vial-expired"), "finding_levels.vial-expired: is missing: every finding has a level"),
    (put("finding_levels", "vial-expird", to="stop"), "finding_levels.vial-expird: nothing raises this finding"),
    (put("chair", 2, "raises", "finding", to="drink"), "chair[2].raises.finding: has no level in finding_levels"),
    (put("chair", 2, "raises", "when", to=["yes"]), "chair[2].raises.when: must name unknown too: it is never read as a clean answer"),
    (put("chair", 2, "raises", "when", to=["maybe", "unknown"]), "chair[2].raises.when[0]: is no answer to this question"),
    (put("chair", 2, "default", to="no"), "chair[2].default: a question at the chair has no default"),
    (put("chair", 2, "type", to="age"), "chair[2].type: an age is not asked at the chair"),
    (put("criteria", 19, "type", to="age"), "criteria[19].type: there is an age criterion already"),
    (put("criteria", 19, "caution_when", to={"at_least": 1}), "criteria[19].caution_when.at_least: fits a number only; use is"),
    (
        put("criteria", 19, "caution_when", to={"is": "unknown"}),
        "criteria[19].caution_when.is[0]: is no answer that meets or misses a condition; unknown is judged by itself",
    ),
    (put("criteria", 7, "advise", to={"is": ["moderate", "awful"]}), "criteria[7].advise.is[1]: is no answer that meets or misses a condition;"),
    (put("criteria", 1, "require", to={"is": "yes"}), "criteria[1].require.is: fits no number; use at_least, more_than, at_most or less_than"),
    (put("criteria", 1, "require", to={"at_least": 32}), "criteria[1].require.at_least: lies outside min and max"),
    (put("criteria", 8, "never", to=[35]), "criteria[8].never[0]: lies outside min and max anyway"),
    (put("criteria", 4, "step", to=0), "criteria[4].step: must be more than none"),
    (put("criteria", 19, "max", to=5), "criteria[19].max: belongs to a number only"),
    (put("criteria", 7, "choices", to=["mild", "moderate", "severe", "mild"]), "criteria[7].choices[3]: stands here twice"),
    (put("criteria", 7, "choices", to=["moderate", "severe", "unknown"]), "criteria[7].choices[2]: is an answer everywhere; do not list it"),
    (put("criteria", 7, "default", to="awful"), "criteria[7].default: is no answer to this question"),
    (put("criteria", 0, "not_applicable", to=True), "criteria[0].not_applicable: an age is computed, never answered"),
    (put("follow_ups", 1, "earliest", to="11 weeks"), "follow_ups[1].earliest: comes before limits.minimum_interval allows, 12 weeks"),
    (put("limits", "minimum_interval", "span", to="3 months"), "follow_ups[1].earliest: comes before limits.minimum_interval allows, 3 months"),
    (put("follow_ups", 1, "after", to="consult"), "follow_ups: needs a session after session: without it nobody is ever due again"),
    (put("follow_ups", 1, "due", to="12 days"), "follow_ups[1].due: comes before the earliest day, 12 weeks"),
    (put("follow_ups", 1, "earliest", to="13 weeks"), "follow_ups[1].due: comes before the earliest day, 13 weeks"),
    (put("follow_ups", 0, "latest", to="13 days"), "follow_ups[0].latest: comes before the due day, 14 days"),
    (put("follow_ups", 0, "closes_from", to="15 days"), "follow_ups[0].closes_from: comes after the due day, 14 days"),
    (put("follow_ups", 0, "due", to="300 hours"), "follow_ups[0].due: must be days, weeks or months: it is counted on the calendar"),
    (put("limits", "consult_valid", "span", to="0 days"), "limits.consult_valid.span: must be more than none"),
    (put("limits", "cumulative", 0, "window", to="24 hours"), "limits.cumulative[0].window: must be days, weeks or months"),
    (put("response_rules", 1, "look_again", "latest", to="3 months"), "response_rules[1].look_again.latest: comes before the earliest day, 4 months"),
    (put("response_rules", 0, "stop_when", 1, "because", to="non-response"), "stop_when[1].because: must be became-episodic with these numbers"),
    (put("response_rules", 0, "id", to="ehf-2018"), "response_rules[1].id: this id stands here twice; first at response_rules[0]"),
    (
        put("response_rules", 2, "look_again", to={"earliest": "1 month", "latest": "2 months"}),
        "response_rules[2].look_again: belongs to a rule with",
    ),
    (put("outcomes", "measures", 3, "id", to="hours"), "response_rules[2].continue_when[1]: needs the measure headache-hours-28d among outcomes"),
    (put("outcomes", "measures", 0, "id", to="days"), "outcomes.measures: needs headache-days: the response rules are about them"),
    (drop("sites", 0, "units"), "sites[0].units: is missing: a site has units, or units_per_kg"),
    (put("sites", 0, "units_per_kg", to=0.5), "sites[0].units_per_kg: stands beside units; a site has one of them"),
    (drop("sites", 0, "y"), "sites[0].y: is missing: a place on the map has view, x and y"),
    (put("sites", 0, "units", to={"from": 5, "to": 11}), "sites[0].units.to: more than the 10 U that limits.site allows"),
    (put("limits", "cumulative", 0, "units_per_kg", to=10), "chair: needs the question weight: doses are per kg"),
    (put("chair", 2, "id", to="weight"), "chair[2].type: the weight is a number above 0 with the unit kg"),
    (put("chair", 2, "id", to="weight"), "chair[2].raises.finding: must be weight: it says that the weight is not known"),
    (put("limits", "muscles", to=[a_limit(muscles=["masseter"])]), "limits.muscles[0].muscles[0]: no site names this muscle"),
    (put("limits", "muscles", to=[a_limit(muscles=["procerus", "procerus"])]), "limits.muscles[0].muscles[1]: this muscle stands here twice"),
    (put("limits", "muscles", to=[a_limit(at_least=51)]), "limits.muscles[0].at_least: is more than units"),
    (put("limits", "muscles", to=[a_limit(at_least_per_kg=1)]), "limits.muscles[0].at_least_per_kg: needs a units_per_kg that is no less"),
    (put("limits", "muscles", to=[a_limit()]), "finding_levels.muscle-dose: is missing: limits.muscles raises it"),
    (put("limits", "muscle_count", to={"count": 8, "source": "practice"}), "finding_levels.muscle-count: is missing: limits.muscle_count raises it"),
    (put("finding_levels", "muscle-dose", to="warn"), "finding_levels.muscle-dose: nothing raises this finding"),
    (put("outcomes", "measures", 0, "id", to="diary-days"), "outcomes.measures[0].id: is taken"),
    (put("outcomes", "measures", 0, "max", to=31), "outcomes.measures[0].counted_over_diary_days: such a measure has min 0 and max 28"),
    (put("outcomes", "measures", 6, "min", to=8), "outcomes.measures[6].max: is less than min"),
    (put("outcomes", "measures", 4, "never", to=[79]), "outcomes.measures[4].never[0]: lies outside min and max anyway"),
    (put("outcomes", "measures", 4, "bands", 1, "first", to=49), "outcomes.measures[4].bands[1].first: must be 50: bands follow one another"),
    (put("outcomes", "measures", 4, "bands", 3, "last", to=77), "outcomes.measures[4].bands[3].last: must be 78: bands reach to max"),
    (put("outcomes", "measures", 4, "bands", 1, "last", to=40), "outcomes.measures[4].bands[1].last: is less than first"),
    (put("adverse_events", 0, "id", to="none"), "adverse_events[0].id: is taken: it is an answer, not an event"),
]


@pytest.mark.parametrize(("change", "said"), BROKEN, ids=[said.split(": ")[0] + str(index) for index, (_, said) in enumerate(BROKEN)])
def test_a_contradiction(change: Change, said: str) -> None:
    sentences = found(a_protocol(change))
    assert any(said in sentence for sentence in sentences), sentences


def test_all_contradictions_are_named_at_once() -> None:
    def change(value: dict[str, Any]) -> None:
        for one in (put("sites", 0, "units", to=11), drop("finding_levels", "consult"), put("adverse_events", 0, "id", to="none")):
            one(value)

    assert len(found(a_protocol(change))) == 3


def test_every_rule_is_seen_to_fail() -> None:
    broken = [a_protocol(change) for change, _ in BROKEN]
    assert [rule.__name__ for rule in RULES if not any(list(rule(protocol)) for protocol in broken)] == []


def test_the_sums_follow_the_sites() -> None:
    assert arithmetic(a_protocol(put("sites", 0, "units", to=2.5))) == "31 sites, 152.5 U; with follow-the-pain 39 sites, 192.5 U"


def test_the_sums_without_follow_the_pain() -> None:
    assert arithmetic(a_protocol(put("follow_the_pain", to=[]))) == "31 sites, 155 U"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ((put("sites", 0, "units", to={"from": 1.25, "to": 2.5}),), "31 sites, 151.25 U (151.25 to 152.5 U)"),
        ((put("sites", 0, "units", to={"from": 1.25, "to": 2.5, "usual": 2}),), "31 sites, 152 U (151.25 to 152.5 U)"),
        ((put("sites", 0, "optional", to=True),), "30 sites, 150 U; 1 optional site"),
        ((drop("sites", 0, "units"), put("sites", 0, "units_per_kg", to={"from": 0.5, "to": 1})), "31 sites, 150 U and 0.5 U/kg (0.5 to 1 U/kg)"),
        (tuple(put("sites", index, "optional", to=True) for index in range(31)), "31 optional sites"),
    ],
)
def test_the_sums_of_ranges_of_doses_per_kg_and_of_optional_sites(changes: tuple[Change, ...], said: str) -> None:
    def change(value: dict[str, Any]) -> None:
        for one in (*changes, put("follow_the_pain", to=[])):
            one(value)

    assert arithmetic(a_protocol(change)) == said


def test_one_site_is_one_site() -> None:
    def change(value: dict[str, Any]) -> None:
        value["sites"], value["follow_the_pain"] = value["sites"][:1], []

    assert arithmetic(a_protocol(change)) == "1 site, 5 U"


def test_what_is_unverified_is_listed_with_its_place() -> None:
    listed = unverified(a_protocol(put("limits", "cumulative", 0, "source", to="US label; unverified")))
    assert listed[-3:] == (
        ("limits.session[1].source", "155 U, us"),
        ("limits.cumulative[0].source", "400 U, 3 months"),
        ("response_rules[2].source", "A payer's rule, as an example"),
    )
    assert listed[0] == ("sites[0].landmark_source", "landmarks of corrugator")


def test_the_findings_are_named_once() -> None:
    assert len(set(FINDINGS)) == len(FINDINGS) == 28
