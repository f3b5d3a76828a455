"""From what a person types, or a file holds, to the canonical answer; what is not in the question's range is refused without repeating it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.answers import allowed, chair_questions, consult_questions, missing, read_answer, read_answers, short_range
from botoxcli.clinic.protocol import Protocol, Question
from botoxcli.errors import ValueRefused
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.paths import shipped_protocols


def a_question(**given: Any) -> Question:
    return Question(**{"id": "q", "ask": "Q?", "type": "yes-no", "why": "w", "source": "practice", **given})


DAYS = a_question(type="number", min=0, max=31, unit="days a month")
HALF = a_question(type="number", min=0, max=24, step=0.5, unit="hours")
HIT_6 = a_question(type="number", min=36, max=78, never=[37, 39, 77])
YES_NO = a_question()
PREGNANT = a_question(not_applicable=True)
PAIN = a_question(type="choice", choices=["mild", "moderate", "severe"])
QUESTIONS = [DAYS, HALF, HIT_6, YES_NO, PREGNANT, PAIN]


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return load_protocol(shipped_protocols() / "chronic-migraine.yaml").protocol


@pytest.mark.parametrize(
    ("question", "given", "canonical"),
    [
        (DAYS, "15", "15"),
        (DAYS, " 15 ", "15"),
        (DAYS, 15, "15"),
        (DAYS, 15.0, "15"),
        (DAYS, "015", "15"),
        (DAYS, "15.00", "15"),
        (DAYS, "0", "0"),
        (DAYS, "-0", "0"),
        (DAYS, "31", "31"),
        (DAYS, Decimal("20"), "20"),
        (DAYS, "20", "20"),
        (DAYS, "unknown", "unknown"),
        (DAYS, "U", "unknown"),
        (HALF, "3.5", "3.5"),
        (HALF, 3.5, "3.5"),
        (HIT_6, "36", "36"),
        (HIT_6, "38", "38"),
        (YES_NO, "yes", "yes"),
        (YES_NO, "Y", "yes"),
        (YES_NO, True, "yes"),
        (YES_NO, False, "no"),
        (YES_NO, "N", "no"),
        (YES_NO, "unknown", "unknown"),
        (PREGNANT, "not-applicable", "not-applicable"),
        (PREGNANT, "n/a", "not-applicable"),
        (PAIN, "Moderate", "moderate"),
        (PAIN, "unknown", "unknown"),
    ],
)
def test_an_answer_is_read(question: Question, given: object, canonical: str) -> None:
    assert read_answer(question, given, where="--answer q") == canonical


@pytest.mark.parametrize(
    ("question", "given"),
    [
        (DAYS, "32"),
        (DAYS, "-1"),
        (DAYS, "3.5"),
        (DAYS, "1e1"),
        (DAYS, "1_0"),
        (DAYS, "1,5"),
        (DAYS, "٣"),
        (DAYS, ""),
        (DAYS, "many"),
        (DAYS, "yes"),
        (DAYS, "not-applicable"),
        (DAYS, True),
        (DAYS, None),
        (DAYS, [1]),
        (DAYS, float("nan")),
        (DAYS, float("inf")),
        (DAYS, 10**30),
        (HALF, "3.25"),
        (HIT_6, "37"),
        (HIT_6, "39"),
        (HIT_6, "77"),
        (HIT_6, "35"),
        (HIT_6, "79"),
        (YES_NO, ""),
        (YES_NO, "maybe"),
        (YES_NO, "not-applicable"),
        (YES_NO, "1"),
        (YES_NO, 1),
        (YES_NO, None),
        (PAIN, "unbearable"),
        (PAIN, "yes"),
    ],
    ids=lambda value: "" if isinstance(value, Question) else repr(value),
)
def test_what_is_no_answer_is_refused_and_not_repeated(question: Question, given: object) -> None:
    with pytest.raises(ValueRefused) as refused:
        read_answer(question, given, where="--answer q")
    assert refused.value.sentence == f"--answer q: must be {allowed(question)}."


@pytest.mark.parametrize(
    ("question", "words", "short"),
    [
        (DAYS, "a whole number of days a month, 0 to 31, or unknown", "0-31"),
        (HALF, "a number in steps of 0.5 of hours, 0 to 24, or unknown", "0-24"),
        (HIT_6, "a whole number, 36 to 78 (37, 39, 77 cannot occur), or unknown", "36-78"),
        (YES_NO, "yes, no or unknown", "yes/no/unknown"),
        (PREGNANT, "yes, no, not-applicable or unknown", "yes/no/not-applicable/unknown"),
        (PAIN, "mild, moderate, severe or unknown", "mild/moderate/severe/unknown"),
    ],
    ids=["days", "half hours", "hit-6", "yes-no", "pregnant", "pain"],
)
def test_what_may_be_answered_in_words(question: Question, words: str, short: str) -> None:
    assert (allowed(question), short_range(question)) == (words, short)


@settings(max_examples=200, deadline=None)
@given(
    question=st.sampled_from(QUESTIONS),
    given_=st.one_of(st.text(max_size=8), st.integers(-5, 90), st.floats(-5, 90), st.sampled_from(["Y", "na", "u", "MILD"])),
)
def test_reading_twice_is_reading_once(question: Question, given_: object) -> None:
    try:
        once = read_answer(question, given_, where="x")
    except ValueRefused:
        return
    assert read_answer(question, once, where="x") == once


def test_a_choice_of_one_letter_is_itself() -> None:
    letters = a_question(type="choice", choices=["n", "y", "na"])
    assert [read_answer(letters, given, where="x") for given in ("n", "Y", "na", "u")] == ["n", "y", "na", "unknown"]


def test_unknown_is_an_answer_to_every_question(protocol: Protocol) -> None:
    for question in protocol.questions():
        assert read_answer(question, "unknown", where="x") == "unknown"


def test_answers_come_in_the_order_of_the_questions(protocol: Protocol) -> None:
    questions = consult_questions(protocol)
    read = read_answers(questions, {"months": "12", "headache-days": 20, "toxin-allergy": False})
    assert list(read.items()) == [("headache-days", "20"), ("months", "12"), ("toxin-allergy", "no")]


def test_a_question_that_is_not_asked_is_refused_with_the_near_one(protocol: Protocol) -> None:
    with pytest.raises(ValueRefused) as refused:
        read_answers(consult_questions(protocol), {"headache-day": "20"})
    assert refused.value.next_step == "Did you mean headache-days?"
    with pytest.raises(ValueRefused):
        read_answers(consult_questions(protocol), {"adult": "yes"})


def test_what_is_missing(protocol: Protocol) -> None:
    questions = chair_questions(protocol)
    assert missing(questions, {}) == tuple(question.id for question in protocol.chair)
    assert missing(questions, {question.id: "unknown" for question in questions}) == ()
    assert missing(questions, {question.id: "no" for question in questions if question.id != "alcohol"}) == ("alcohol",)
    assert "adult" not in missing(consult_questions(protocol), {})
