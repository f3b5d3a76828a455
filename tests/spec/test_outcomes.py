"""Outcome measures: the range of each, what cannot occur, what a figure says, and the days that it is counted over."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.answers import read_answers
from botoxcli.clinic.outcomes import check_outcomes, missing_outcomes, outcome_questions, required_outcomes, whole_answers
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.told_outcomes import count_window, outcomes_of, scaled_count, scaled_text
from botoxcli.errors import ValueRefused

DAY = date(2026, 4, 6)
SESSION = date(2026, 1, 12)


def read(protocol: Protocol, **given: str) -> dict[str, str]:
    return read_answers(outcome_questions(protocol), {name.replace("_", "-"): value for name, value in given.items()})


def check(protocol: Protocol, **given: str) -> None:
    check_outcomes(protocol, read(protocol, **given), on=DAY, session_on=SESSION)


@pytest.mark.parametrize(
    ("measure", "taken", "refused"),
    [
        ("headache-days", ["0", "28", "unknown"], ["-1", "29", "11.5", "many", ""]),
        ("diary-days", ["1", "28", "unknown"], ["0", "29"]),
        ("migraine-days", ["0", "28"], ["29"]),
        ("acute-medication-days", ["0", "28"], ["29"]),
        ("headache-hours-28d", ["0", "672"], ["673"]),
        ("hit-6", ["36", "38", "40", "58", "76", "78"], ["35", "37", "39", "77", "79"]),
        ("midas", ["0", "460"], ["461"]),
        ("pgic", ["1", "7"], ["0", "8"]),
        ("pgic-direction", ["high-is-better", "low-is-better", "unknown"], ["up"]),
        ("wear-off-day", ["1", "366"], ["0", "367"]),
    ],
)
def test_each_measure_has_its_range(protocol: Protocol, measure: str, taken: list[str], refused: list[str]) -> None:
    for value in taken:
        assert read_answers(outcome_questions(protocol), {measure: value}) == {measure: value}
    for value in refused:
        with pytest.raises(ValueRefused) as error:
            read_answers(outcome_questions(protocol), {measure: value})
        assert error.value.where == f"--answer {measure}"


@pytest.mark.parametrize(
    ("measure", "score", "band"),
    [
        ("hit-6", 36, "little impact"),
        ("hit-6", 49, "little impact"),
        ("hit-6", 50, "some impact"),
        ("hit-6", 55, "some impact"),
        ("hit-6", 56, "substantial impact"),
        ("hit-6", 59, "substantial impact"),
        ("hit-6", 60, "severe impact"),
        ("hit-6", 78, "severe impact"),
        ("midas", 5, "grade I"),
        ("midas", 6, "grade II"),
        ("midas", 11, "grade III"),
        ("midas", 20, "grade III"),
        ("midas", 21, "grade IV"),
        ("pgic", 4, None),
    ],
)
def test_a_score_has_its_word(protocol: Protocol, measure: str, score: int, band: str | None) -> None:
    (outcome,) = outcomes_of(protocol, {measure: str(score)})
    assert (outcome.value, outcome.band) == (score, band)


@pytest.mark.parametrize(
    ("headache_days", "diary_days", "scaled", "words", "incomplete"),
    [
        ("11", "28", Fraction(11), "11", False),
        ("11", "22", Fraction(14), "14", False),
        ("11", "25", Fraction(308, 25), "12.3", False),
        ("10", "20", Fraction(14), "14", False),
        ("10", "19", Fraction(280, 19), "14.7", True),
        ("0", "28", Fraction(0), "0", False),
        ("1", "1", Fraction(28), "28", True),
    ],
)
def test_a_count_is_scaled_and_needs_enough_days(
    protocol: Protocol, headache_days: str, diary_days: str, scaled: Fraction, words: str, incomplete: bool
) -> None:
    (outcome,) = outcomes_of(protocol, {"headache-days": headache_days, "diary-days": diary_days})
    assert (outcome.scaled, outcome.incomplete) == (scaled, incomplete)
    assert scaled_text(scaled) == words


@pytest.mark.parametrize(("headache_days", "diary_days"), [("11", "unknown"), ("unknown", "28"), ("unknown", "unknown")])
def test_what_is_unknown_is_not_scaled(protocol: Protocol, headache_days: str, diary_days: str) -> None:
    (outcome,) = outcomes_of(protocol, {"headache-days": headache_days, "diary-days": diary_days})
    assert outcome.scaled is None
    assert outcome.incomplete is (diary_days == "unknown")


def test_a_score_that_is_no_count_is_neither_scaled_nor_incomplete(protocol: Protocol) -> None:
    hours = next(one for one in outcomes_of(protocol, {"headache-hours-28d": "60", "diary-days": "10"}))
    assert (hours.scaled, hours.incomplete) == (None, None)


@given(count=st.integers(0, 28), more=st.integers(0, 27))
@settings(max_examples=60, deadline=None)
def test_a_scaled_count_lies_between_the_count_and_28(count: int, more: int) -> None:
    diary_days = min(max(count, 1) + more, 28)
    assert count <= scaled_count(count, diary_days) <= 28


def test_the_counts_are_of_the_28_days_that_end_the_day_before() -> None:
    window = count_window(DAY)
    assert (window.start, window.end) == (date(2026, 3, 9), date(2026, 4, 5))
    assert (window.end - window.start).days + 1 == 28


@pytest.mark.parametrize(
    ("session", "crosses"), [("2026-03-08", False), ("2026-03-09", False), ("2026-03-10", True), ("2026-04-05", True), ("2026-04-06", False)]
)
def test_a_window_crosses_a_session_that_stands_inside_it(session: str, crosses: bool) -> None:
    assert bool(count_window(DAY).crosses([date.fromisoformat(session)])) is crosses


@pytest.mark.parametrize("measure", ["headache_days", "migraine_days", "acute_medication_days"])
def test_no_more_days_are_counted_than_have_an_entry(protocol: Protocol, measure: str) -> None:
    check(protocol, **{measure: "12", "diary_days": "12"})
    with pytest.raises(ValueRefused) as error:
        check(protocol, **{measure: "12", "diary_days": "11"})
    assert error.value.where == f"--answer {measure.replace('_', '-')}"


def test_the_benefit_cannot_have_faded_after_the_follow_up(protocol: Protocol) -> None:
    check(protocol, wear_off_day="84")
    check_outcomes(protocol, read(protocol, wear_off_day="200"), on=DAY, session_on=None)
    with pytest.raises(ValueRefused) as error:
        check(protocol, wear_off_day="85")
    assert error.value.where == "--answer wear-off-day"


def test_a_direction_is_kept_with_its_score_and_never_guessed(protocol: Protocol) -> None:
    assert whole_answers(protocol, {"pgic": "6"}) == {"pgic": "6", "pgic-direction": "unknown"}
    assert whole_answers(protocol, {"pgic": "6", "pgic-direction": "low-is-better"})["pgic-direction"] == "low-is-better"
    assert whole_answers(protocol, {"hit-6": "58"}) == {"hit-6": "58"}
    assert whole_answers(protocol, {"pgic": "unknown"}) == {"pgic": "unknown"}
    with pytest.raises(ValueRefused):
        check(protocol, pgic_direction="low-is-better")


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, ("headache-days", "diary-days")),
        ({"headache-days": "11"}, ("diary-days",)),
        ({"headache-days": "unknown", "diary-days": "unknown"}, ()),
        ({"headache-days": "11", "diary-days": "28"}, ()),
    ],
)
def test_headache_days_and_diary_days_are_required_and_nothing_else(protocol: Protocol, given: dict[str, str], missing: tuple[str, ...]) -> None:
    assert missing_outcomes(protocol, given) == missing


def test_a_protocol_that_counts_no_headaches_requires_none(protocol: Protocol) -> None:
    """Another protocol's measures need nothing of ours."""
    outcomes = protocol.outcomes
    scores = outcomes.model_copy(update={"measures": tuple(one for one in outcomes.measures if not one.counted_over_diary_days)})
    other = protocol.model_copy(update={"outcomes": scores})
    assert required_outcomes(other) == ()
    assert missing_outcomes(other, {}) == ()
    assert "diary-days" not in {question.id for question in outcome_questions(other)}
