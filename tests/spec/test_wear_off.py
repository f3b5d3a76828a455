"""The wear-off: headache days in each third of a cycle, weeks 1-4, 5-8 and 9-12. A missing day is not a headache-free day."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from botoxcli.clinic.course_plot import course_plot, rule_lines
from botoxcli.clinic.diary import DiaryDay, figure
from botoxcli.clinic.protocol import ResponseRule, StopWhen
from botoxcli.clinic.response import ResponseFacts, ToldConsult, ToldFollowUp, course_of
from botoxcli.clinic.response_rules import judge

SESSION = date(2026, 3, 9)
Month = tuple[int, int]  # headache days, of diary days


def days(start: int, ill: int, of: int = 28) -> tuple[DiaryDay, ...]:
    return tuple(DiaryDay(SESSION + timedelta(days=start + number), number < ill) for number in range(of))


# What: the diary's months (day after the session -> headache days, diary days), follow-ups (day, days), the next session, today
#   -> the thirds as they are told ("" is not told, * may not stand for 28 days), and how many more weeks 9-12 have than weeks 5-8
TABLE: dict[str, tuple[dict[int, Month], list[tuple[int, int]], int | None, int, list[str], str]] = {
    "each month": ({0: (12, 28), 28: (8, 28), 56: (14, 28)}, [], None, 100, ["12", "8", "14"], "6"),
    "better to the end": ({0: (12, 28), 28: (8, 28), 56: (5, 28)}, [], None, 100, ["12", "8", "5"], "-3"),
    "missing days are scaled": ({0: (12, 28), 28: (8, 28), 56: (10, 20)}, [], None, 100, ["12", "8", "14"], "6"),
    "too few days": ({0: (12, 28), 28: (8, 28), 56: (10, 19)}, [], None, 100, ["12", "8", "14.74*"], ""),
    "a month without a diary": ({0: (12, 28), 56: (14, 28)}, [], None, 100, ["12", "", "14"], ""),
    "not over": ({0: (12, 28), 28: (8, 28), 56: (5, 24)}, [], None, 81, ["12", "8", "5.83*"], ""),
    "a follow-up of just these days": ({0: (12, 28), 28: (8, 28)}, [(84, 13)], None, 100, ["12", "8", "13"], "5"),
    "a follow-up of other days": ({0: (12, 28), 28: (8, 28)}, [(85, 13)], None, 100, ["12", "8", ""], ""),
    "the diary before a follow-up": ({0: (12, 28), 28: (8, 28), 56: (14, 28)}, [(84, 13)], None, 100, ["12", "8", "14"], "6"),
    "the next session on the day after": ({0: (12, 28), 28: (8, 28), 56: (14, 28)}, [], 84, 100, ["12", "8", "14"], "6"),
    "the next session a day sooner": ({0: (12, 28), 28: (8, 28), 56: (14, 28)}, [], 83, 100, ["12", "8", ""], ""),
    "no headache": ({0: (0, 28), 28: (0, 28), 56: (0, 28)}, [], None, 100, ["0", "0", "0"], "0"),
}


@pytest.mark.parametrize("what", TABLE)
def test_the_thirds_of_a_cycle(what: str) -> None:
    months, told, following, today, expected, rise = TABLE[what]
    sessions = (SESSION, *([SESSION + timedelta(days=following)] if following else []))
    facts = ResponseFacts(
        today=SESSION + timedelta(days=today),
        sessions=sessions,
        diary=tuple(one for start, (ill, of) in months.items() for one in days(start, ill, of)),
        follow_ups=tuple(ToldFollowUp(9, SESSION + timedelta(days=on), ill, 28) for on, ill in told),
    )
    wear_off = course_plot(course_of(facts)).wear_off
    thirds = next(cycle.thirds for cycle in wear_off.cycles if cycle.cycle == 1)
    assert [f"{figure(third.days)}{'' if third.counts or third.days is None else '*'}" for third in thirds] == expected
    assert figure(wear_off.rise) == rise


def test_the_mean_is_of_the_whole_cycles_alone() -> None:
    months = [(0, 12), (28, 8), (56, 14), (84, 10), (112, 6), (140, 16), (168, 28)]
    sessions = tuple(SESSION + timedelta(days=84 * number) for number in range(3))
    diary = tuple(one for start, ill in months for one in days(start, ill))
    wear_off = course_plot(course_of(ResponseFacts(today=SESSION + timedelta(days=200), sessions=sessions, diary=diary))).wear_off
    assert [cycle.cycle for cycle in wear_off.cycles] == [1, 2, 3]
    assert wear_off.mean is not None
    assert [float(mean) for mean in wear_off.mean] == [11, 7, 15]


def test_the_lines_are_where_the_rules_turn() -> None:
    """30 % of 20 days is 14: 14 days are 30 % fewer, and not less than that; one day more is."""
    rule = ResponseRule(
        id="rule", title="A rule", source="practice", stop_when=(StopWhen(because="non-response", reduction_below_percent=30, after_cycles=1),)
    )
    (line,) = rule_lines((rule,), Fraction(20))
    assert (float(line.days), line.label, line.rules) == (14, "30 % fewer", ("rule",))
    for now in range(29):
        diary = tuple(one for start in (0, 28, 56) for one in days(start, now))
        consult = ToldConsult(1, SESSION, Fraction(20))
        course = course_of(ResponseFacts(today=SESSION + timedelta(days=100), sessions=(SESSION,), consults=(consult,), diary=diary))
        assert (judge(rule, course).verdict == "stop") == (now > line.days)
    assert rule_lines((rule,), None) == ()
