"""Conditions, roles and levels, on protocols that ask other things than the default one does. The default's borders stand in tests/spec."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pendulum
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.eligibility import Judged, age, condition_words, decide, holds, judge
from botoxcli.clinic.protocol import Condition, Criterion, Protocol
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.paths import shipped_protocols

BASE: dict[str, Any] = {"id": "c", "ask": "C?", "type": "yes-no", "why": "w", "source": "practice", "group": "history", "rule_set": "Practice"}
ROLES = ["require", "exclude_when", "caution_when", "advise"]


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return load_protocol(shipped_protocols() / "chronic-migraine.yaml").protocol


@pytest.mark.parametrize(
    ("condition", "below", "at", "above"),
    [
        ({"at_least": 15}, False, True, True),
        ({"more_than": 15}, False, False, True),
        ({"at_most": 15}, True, True, False),
        ({"less_than": 15}, True, False, False),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)
def test_a_comparison_at_its_border(condition: dict[str, Any], below: bool, at: bool, above: bool) -> None:
    rule = Condition(**condition)
    assert [holds(rule, answer) for answer in ("14.5", "15", "15.5", "unknown")] == [below, at, above, None]


@pytest.mark.parametrize(
    ("condition", "words"),
    [({"at_least": 15}, "at least 15"), ({"more_than": 3.5}, "more than 3.5"), ({"at_most": 2}, "at most 2"), ({"less_than": 10}, "less than 10"),
     ({"is": ["moderate", "severe"]}, "moderate or severe"), ({"is": "yes"}, "yes")],
)  # fmt: skip
def test_a_condition_in_words(condition: dict[str, Any], words: str) -> None:
    assert condition_words(Condition(**condition)) == words


# role -> the levels of met, not met, unknown
LEVELS = {
    "require": ("note", "stop", "warn"),
    "exclude_when": ("stop", "note", "warn"),
    "caution_when": ("warn", "note", "warn"),
    "advise": ("note", "note", "note"),
}


@pytest.mark.parametrize("role", ROLES)
def test_the_level_of_a_role(role: str) -> None:
    criterion = Criterion(**{**BASE, role: {"is": "yes"}})
    assert tuple(Judged(criterion, "x", met).level for met in (True, False, None)) == LEVELS[role]


def test_a_criterion_without_a_role_is_only_recorded() -> None:
    judged = Judged(Criterion(**BASE), "yes", None)
    assert (judged.level, judged.finding().because, judged.finding().met) == ("note", "c yes", None)


@settings(max_examples=150, deadline=None)
@given(parts=st.lists(st.tuples(st.sampled_from(ROLES), st.sampled_from([True, False, None])), max_size=6))
def test_the_decision_is_that_of_the_sternest(parts: list[tuple[str, bool | None]]) -> None:
    judged = tuple(Judged(Criterion(**{**BASE, role: {"is": "yes"}}), "x", met) for role, met in parts)
    stops = {("require", False), ("exclude_when", True)}
    doubts = {("require", None), ("exclude_when", None), ("caution_when", True), ("caution_when", None)}
    expected = "not-eligible" if stops & set(parts) else "needs-review" if doubts & set(parts) else "eligible"
    assert decide(judged) == decide(tuple(reversed(judged))) == expected


def test_a_criterion_of_another_jurisdiction_is_not_judged(protocol: Protocol) -> None:
    judged = {
        where: {item.criterion.id for item in judge(protocol, {}, born=None, on=date(2026, 1, 5), jurisdiction=where)} for where in ("us", "eu-uk")
    }
    assert judged["us"] - judged["eu-uk"] == {"headache-hours-per-day"}


@settings(max_examples=60, deadline=None)
@given(born=st.dates(date(1900, 1, 1), date(2030, 12, 31)), days=st.integers(0, 40_000))
def test_age_is_pendulums(born: date, days: int) -> None:
    on = born + timedelta(days=days)
    birthdays = (pendulum.date(born.year, born.month, born.day).add(years=years) for years in range(130))
    theirs = sum(birthday <= on for birthday in birthdays) - 1  # its own in_years() is a year off for some pairs of dates
    if (born.month, born.day) != (2, 29) or (on.month, on.day) != (2, 28):
        assert age(born, on) == theirs
    assert age(born, on) <= age(born, on + timedelta(days=1)) <= age(born, on) + 1
