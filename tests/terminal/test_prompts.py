"""The questions with scripted keys: what is answered, what is saved when, and the whole screen at a width of 80."""

from __future__ import annotations

import contextlib
import io
import itertools
import sys
import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botoxcli.clinic.protocol import Criterion, Question
from botoxcli.errors import Interrupted
from botoxcli.terminal.prompts import ask_questions


def a_question(question_id: str, **more: Any) -> Criterion:
    said = {"ask": f"{question_id.capitalize()}?", "type": "yes-no", "why": "It bears on the decision.", "rule_set": "Practice", "source": "practice"}
    return Criterion(id=question_id, **{"group": "history", **said, **more})


DAYS = a_question("days", type="number", min=0, max=31, unit="days a month", why="Chronic is from 15 on.", evidence="Many trials")
HOURS = a_question("hours", type="number", min=0, max=24, step=0.5, unit="hours a day", default="4")
PAIN = a_question("pain", type="choice", choices=("mild", "moderate", "severe"), group="severity")
PREGNANT = a_question("pregnant", group="conditions", not_applicable=True)
ALLERGY = a_question("allergy", group="conditions")
ALL = (DAYS, HOURS, PREGNANT, ALLERGY, PAIN)


class Desk:
    """A run with scripted lines; the input ends after the last."""

    def __init__(self) -> None:
        self.saves: list[dict[str, str]] = []
        self.screen = ""

    def ask(
        self, lines: Sequence[str], questions: Sequence[Question] = ALL, answered: Mapping[str, str] | None = None, **more: Any
    ) -> dict[str, str]:
        typed = io.StringIO("".join(f"{line}\n" for line in lines))
        shown = io.StringIO()
        with mock.patch.object(sys, "stdin", typed), mock.patch.dict("os.environ", {"COLUMNS": "80"}), contextlib.redirect_stderr(shown):
            try:
                return ask_questions(questions, answered or {}, save=self.saves.append, **more)
            finally:
                self.screen = shown.getvalue()


@pytest.fixture
def desk() -> Desk:
    return Desk()


def test_the_whole_screen(desk: Desk) -> None:
    answers = desk.ask(["20", "", "na", "n", "mod"])
    assert answers == {"days": "20", "hours": "4", "pregnant": "not-applicable", "allergy": "no", "pain": "moderate"}
    assert desk.screen == textwrap.dedent(
        """\
        Enter keeps what stands in [ ], u is unknown, ? explains, < goes back.

        HISTORY

        1/5 Days?
            Chronic is from 15 on.
            days a month, 0-31 > |
        2/5 Hours?
            It bears on the decision.
            hours a day, 0-24 [4] > |
        CONDITIONS

        3/5 Pregnant?
            It bears on the decision.
            yes/no/not-applicable/unknown > |
        4/5 Allergy?
            It bears on the decision.
            yes/no/unknown > |
        SEVERITY

        5/5 Pain?
            It bears on the decision.
            mild/moderate/severe/unknown > |"""
    ).replace("|", "")


def test_each_answer_is_saved_before_the_next_question(desk: Desk) -> None:
    with pytest.raises(Interrupted) as interrupted:
        desk.ask(["20", "7,5"], saved="Go on with --resume.")
    assert desk.saves == [{"days": "20"}, {"days": "20", "hours": "7.5"}]
    assert interrupted.value.next_step == "Go on with --resume."


def test_only_what_is_open_is_asked_and_what_was_answered_comes_along(desk: Desk) -> None:
    given_before = {"days": "20", "pregnant": "no", "elsewhere": "yes"}
    answers = desk.ask(["5", "u", "severe"], answered=given_before)
    assert answers == {**given_before, "hours": "5", "allergy": "unknown", "pain": "severe"}
    assert "2 of 5 questions are answered already." in desk.screen
    assert "1/5" not in desk.screen
    assert "2/5 Hours?" in desk.screen
    assert given_before == {"days": "20", "pregnant": "no", "elsewhere": "yes"}


def test_nothing_open_asks_and_says_nothing(desk: Desk) -> None:
    assert desk.ask([], (DAYS,), {"days": "unknown"}) == {"days": "unknown"}
    assert desk.screen == ""


@pytest.mark.parametrize(
    ("question", "line", "answer"),
    [
        (DAYS, "31", "31"),
        (DAYS, " 020 ", "20"),
        (DAYS, "U", "unknown"),
        (DAYS, "unk", "unknown"),
        (HOURS, "7,5", "7.5"),
        (ALLERGY, "Y", "yes"),
        (ALLERGY, "ye", "yes"),
        (ALLERGY, "NO", "no"),
        (PREGNANT, "n", "no"),
        (PREGNANT, "no", "no"),
        (PREGNANT, "not", "not-applicable"),
        (PREGNANT, "n/a", "not-applicable"),
        (PAIN, "s", "severe"),
        (PAIN, "Unknown", "unknown"),
    ],
)
def test_is_understood(desk: Desk, question: Question, line: str, answer: str) -> None:
    assert desk.ask([line], (question,)) == {question.id: answer}


@pytest.mark.parametrize(
    ("question", "line", "said"),
    [
        (DAYS, "32", "The answer must be a whole number of days a month, 0 to 31, or unknown."),
        (DAYS, "-1", "The answer must be a whole number of days a month, 0 to 31, or unknown."),
        (DAYS, "2.5", "The answer must be a whole number of days a month, 0 to 31, or unknown."),
        (DAYS, "1,000", "The answer must be a whole number of days a month, 0 to 31, or unknown."),
        (DAYS, "yes", "The answer must be a whole number of days a month, 0 to 31, or unknown."),
        (DAYS, "", "Enter alone is no answer here. The answer is a whole number of days a month,"),
        (ALLERGY, "maybe", "The answer must be yes, no or unknown."),
        (ALLERGY, "na", "The answer must be yes, no or unknown."),
        (ALLERGY, "", "Enter alone is no answer here. The answer is yes, no or unknown."),
        (PAIN, "m", "The answer must be mild, moderate, severe or unknown."),
        (ALLERGY, "\x1b[A", "That held keys that are no text. Type it again."),
        (ALLERGY, "<", "This is the first question."),
    ],
)
def test_is_refused_with_what_can_be_answered(desk: Desk, question: Question, line: str, said: str) -> None:
    desk.ask([line, "u"], (question,))
    assert said in desk.screen
    assert desk.saves == [{question.id: "unknown"}]


def test_the_question_mark_explains(desk: Desk) -> None:
    desk.ask(["?", "u"], (DAYS,))
    assert textwrap.dedent(
        """\
            Why: Chronic is from 15 on.
            Source: practice. Evidence: Many trials.
            Answer: a whole number of days a month, 0 to 31, or unknown. Unknown counts
            as unknown, never as no.
            days a month, 0-31 > """
    ) in textwrap.dedent(desk.screen.partition("> ")[2])


def test_back_shows_the_answer_and_enter_keeps_it(desk: Desk) -> None:
    answers = desk.ask(["20", "5", "<", "", "n", "y", "mild"])
    assert "hours a day, 0-24 [5] > " in desk.screen
    assert answers["hours"] == "5"
    assert len(desk.saves) == 5


def test_back_can_change_an_earlier_answer(desk: Desk) -> None:
    answers = desk.ask(["20", "5", "<", "<", "12", "", "n", "y", "mild"])
    assert answers["days"] == "12"
    assert [save["days"] for save in desk.saves] == ["20", "20", "12", "12", "12", "12"]


def test_back_never_leads_to_what_was_answered_before_this_run(desk: Desk) -> None:
    desk.ask(["<", "5"], (DAYS, HOURS), {"days": "20"})
    assert "This is the first question." in desk.screen


def test_a_safety_question_is_never_answered_by_enter_alone(desk: Desk) -> None:
    answers = desk.ask(["", "", "4", "", "y"], (HOURS, ALLERGY), no_default=True)
    assert answers == {"hours": "4", "allergy": "yes"}
    assert "[4]" not in desk.screen
    assert desk.screen.count("Enter alone is no answer here.") == 3


def test_a_safety_question_is_not_answered_by_enter_on_the_way_back_either(desk: Desk) -> None:
    answers = desk.ask(["n", "n", "<", "", "y", "u"], (ALLERGY, PREGNANT, DAYS), no_default=True)
    assert answers == {"allergy": "no", "pregnant": "yes", "days": "unknown"}
    assert "Answered so far: no. Type the answer again." in desk.screen
    assert "[no]" not in desk.screen


def test_after_a_corrected_safety_answer_it_goes_on_where_it_stood(desk: Desk) -> None:
    answers = desk.ask(["n", "n", "<", "<", "y", "u"], (ALLERGY, PREGNANT, DAYS), no_default=True)
    assert answers == {"allergy": "yes", "pregnant": "no", "days": "unknown"}


def test_a_heading_of_its_own_stands_before_each_group(desk: Desk) -> None:
    desk.ask(["n", "n"], (ALLERGY, PREGNANT), heading=lambda question: "Safety")
    assert desk.screen.count("SAFETY\n") == 1
    assert "CONDITIONS" not in desk.screen


def test_hostile_text_in_a_protocol_does_not_reach_the_terminal(desk: Desk) -> None:
    desk.ask(["n"], (a_question("evil", ask="[red]Is\x1b[2J it?[/]", why="\u202ebecause"),))
    assert "[red]Is\\x1b[2J it?[/]" in desk.screen
    assert "\\u202ebecause" in desk.screen


LINES = st.sampled_from(["", "", "<", "?", "y", "n", "u", "na", "12", "7.5", "mild", "s", "40", "\x1b[A", "what"])


@given(st.lists(LINES, max_size=20), st.booleans())
def test_whatever_is_typed_every_question_has_an_allowed_answer_or_it_was_interrupted(lines: list[str], no_default: bool) -> None:
    desk = Desk()
    legal: dict[str, Callable[[str], bool]] = {
        "days": lambda answer: answer.isdigit() and int(answer) <= 31,
        "hours": lambda answer: float(answer) * 2 % 1 == 0 and float(answer) <= 24,
        "pregnant": lambda answer: answer in ("yes", "no", "not-applicable"),
        "allergy": lambda answer: answer in ("yes", "no"),
        "pain": lambda answer: answer in PAIN.choices,
    }
    with contextlib.suppress(Interrupted):
        assert set(desk.ask(lines, no_default=no_default)) == set(legal)
    states: list[dict[str, str]] = [{}, *desk.saves]
    assert all(before != after and before.keys() <= after.keys() for before, after in itertools.pairwise(states))
    assert all(answer == "unknown" or legal[name](answer) for name, answer in states[-1].items())
    assert not no_default or len(desk.saves) <= sum(1 for line in lines if line)
