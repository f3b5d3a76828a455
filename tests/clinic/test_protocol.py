"""The protocol's parts: what a field takes, and what it refuses."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from botoxcli.clinic.dates import Span
from botoxcli.clinic.eligibility import condition_words, holds
from botoxcli.clinic.protocol import Condition, ContinueWhen, Criterion, Protocol, Question, Site, StopWhen
from botoxcli.clinic.protocol_values import Id, Number, Percent, ProductName, SiteDose, TimeSpan
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.paths import shipped_protocols


def a_site(**changes: Any) -> Site:
    plain = {"id": "procerus", "muscle": "procerus", "side": "midline", "order": 1, "units": 5, "landmark": "between the brows"}
    return Site.model_validate({**plain, "view": "front", "x": 50, "y": 40, "source": "practice", **changes})


@pytest.fixture(scope="module")
def shipped() -> Protocol:
    return load_protocol(shipped_protocols() / "chronic-migraine.yaml").protocol


@pytest.mark.parametrize(("given", "held"), [(5, 500), (Decimal("1.25"), 125), (2.5, 250), (Decimal("0.1"), 10), (50, 5000)])
def test_a_dose_is_held_in_hundredths(given: object, held: int) -> None:
    assert TypeAdapter(SiteDose).validate_python(given) == held


@pytest.mark.parametrize("given", [0, 51, "5", True, None, Decimal("0.005"), float("nan"), float("inf"), [5]])
def test_no_dose(given: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(SiteDose).validate_python(given)


@pytest.mark.parametrize(("kind", "given"), [(Number, "5"), (Number, True), (Number, float("nan")), (Percent, "5"), (Percent, 101), (Percent, -1)])
def test_no_number(kind: Any, given: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(given)


@pytest.mark.parametrize(
    ("given", "held"), [("12 weeks", Span(12, "weeks")), ("1 day", Span(1, "days")), ("24 hours", Span(24, "hours")), ("0 days", Span(0, "days"))]
)
def test_a_span_keeps_its_unit(given: str, held: Span) -> None:
    assert TypeAdapter(TimeSpan).validate_python(given) == held


@pytest.mark.parametrize("given", ["12", "weeks", "12weeks", "-1 days", "1.5 days", "12 years", 12, None, "12 weeks\n"])
def test_no_span(given: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(TimeSpan).validate_python(given)


@pytest.mark.parametrize("given", ["Temporalis", "a b", "-a", "a-", "a--b", "", "ü", "a\n", "a" * 61])
def test_no_id(given: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Id).validate_python(given)


def test_a_product_is_written_as_the_label_writes_it() -> None:
    assert TypeAdapter(ProductName).validate_python("onabotulinumtoxinA") == "onabotulinumtoxinA"


def test_a_site_is_frozen() -> None:
    with pytest.raises(ValidationError):
        a_site().__setattr__("x", 3)


@pytest.mark.parametrize("changes", [{"unit": 5}, {"order": 0}, {"order": "1"}, {"order": True}, {"x": 101}, {"side": "both"}, {"landmark": ""}])
def test_no_site(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_site(**changes)


def test_one_answer_is_a_list_of_one() -> None:
    assert Condition.model_validate({"is": "yes"}).one_of == ("yes",)
    assert Condition.model_validate({"is": ["moderate", "severe"]}).one_of == ("moderate", "severe")


TWO_BOUNDS = [{"at_least": 1, "more_than": 2}, {"at_most": 1, "less_than": 2}, {"is": "yes", "at_least": 1}]


def test_a_condition_may_have_a_bound_from_below_and_one_from_above() -> None:
    both = Condition.model_validate({"at_least": 2, "less_than": 18})
    assert condition_words(both) == "at least 2 and less than 18"
    assert [holds(both, age) for age in ("1", "2", "17", "18")] == [False, True, True, False]


@pytest.mark.parametrize("given", [{}, *TWO_BOUNDS, {"is": []}, {"at_least": "1"}, {"at_least": None}])
def test_no_condition(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Condition.model_validate(given)


@pytest.mark.parametrize(
    "changes", [{"type": "number"}, {"type": "number", "min": 5, "max": 1}, {"type": "choice"}, {"choices": ["a"]}, {"not_applicable": "yes"}]
)
def test_no_question(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Question.model_validate({"id": "a", "ask": "A?", "type": "yes-no", "why": "so", "source": "practice", **changes})


def test_a_criterion_has_one_part_in_the_decision() -> None:
    plain = {"id": "a", "ask": "A?", "type": "yes-no", "why": "so", "source": "practice", "group": "history", "rule_set": "practice"}
    assert Criterion.model_validate(plain).rule is None
    with pytest.raises(ValidationError):
        Criterion.model_validate({**plain, "require": {"is": "yes"}, "advise": {"is": "yes"}})


@pytest.mark.parametrize(
    ("part", "given"),
    [
        (StopWhen, {"because": "non-response"}),
        (StopWhen, {"because": "non-response", "reduction_below_percent": 30}),
        (StopWhen, {"because": "non-response", "reduction_below_percent": 30, "after_cycles": 2, "consecutive_windows": 3}),
        (ContinueWhen, {}),
        (ContinueWhen, {"fewer_headache_days": 7, "fewer_headache_hours": 100}),
    ],
)
def test_no_response_rule(part: Any, given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        part.model_validate(given)


def test_a_protocol_survives_being_written_out_and_read_again(shipped: Protocol) -> None:
    assert Protocol.model_validate(shipped.model_dump(by_alias=True)) == shipped
    assert Protocol.model_validate_json(shipped.model_dump_json(by_alias=True)) == shipped


def test_what_is_asked_of_a_person(shipped: Protocol) -> None:
    asked = [question.id for question in shipped.questions()]
    assert len(asked) == 25 + 10
    assert "adult" not in asked


def test_a_finding_without_a_level_stops(shipped: Protocol) -> None:
    assert shipped.level("no-such-finding") == "stop"


def test_sites_are_found_by_their_id(shipped: Protocol) -> None:
    found = shipped.site("temporalis-left-3")
    assert found is not None
    assert (found.muscle, found.side) == ("temporalis", "left")
    assert shipped.site("temporalis-left-5") is None
    assert shipped.allowance("frontalis") is None
