"""Is it working? Each row a course as a practitioner would tell it: the days before, the days of each month after, and the verdicts.

The first session is on 2026-03-09; sessions are 84 days apart where nothing else is said, so a cycle has three windows of 28 days. The
diary has every day where nothing else is said.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

import pytest

from botoxcli.clinic.diary import DiaryDay, rounded
from botoxcli.clinic.protocol import Protocol, ResponseRule
from botoxcli.clinic.response import Course, ResponseFacts, ToldConsult, ToldFollowUp, course_of
from botoxcli.clinic.response_rules import RuleVerdict, judge, judge_all

SESSION = date(2026, 3, 9)
NICE, EHF, PAYER = "nice-ta260", "ehf-2018", "payer-example"
Month = int | tuple[int, int] | None  # headache days; with the diary days; None: no diary


def day(number: int) -> date:
    """The day of that number; the first session's is 0."""
    return SESSION + timedelta(days=number)


def a_month(start: int, month: Month, hours: int | None = None) -> list[DiaryDay]:
    """28 days of diary from day ``start``, with the headaches first; ``hours`` are those of every headache day."""
    if month is None:
        return []
    ill, told = month if isinstance(month, tuple) else (month, 28)
    each = None if hours is None else hours * 100
    return [DiaryDay(day(start + number), number < ill, each if number < ill else None) for number in range(told)]


def a_diary(before: Month, cycles: Sequence[Sequence[Month]], hours: Sequence[int | None] = ()) -> tuple[DiaryDay, ...]:
    """A diary from its months; ``hours`` a headache day, before and then in each cycle."""
    told = a_month(-28, before, hours[0] if hours else None)
    for number, months in enumerate(cycles):
        for place, month in enumerate(months):
            told += a_month(84 * number + 28 * place, month, hours[number + 1] if hours else None)
    return tuple(told)


def facts(before: Month = None, cycles: Sequence[Sequence[Month]] = (), *, hours: Sequence[int | None] = (), **given: Any) -> ResponseFacts:
    """A course whose cycles are all complete, by default because their time has passed."""
    values = {
        "today": day(84 * len(cycles)),
        "sessions": tuple(day(84 * number) for number in range(len(cycles))),
        "diary": a_diary(before, cycles, hours),
    }
    return ResponseFacts(**{**values, **given})


def a_rule(protocol: Protocol, name: str) -> ResponseRule:
    return next(rule for rule in protocol.response_rules if rule.id == name)


def verdict(protocol: Protocol, name: str, course: Course) -> RuleVerdict:
    return judge(a_rule(protocol, name), course)


def short(said: RuleVerdict) -> str:
    """``continue``, ``undetermined``, or ``stop`` with its reasons."""
    reasons = [part.because for part in said.parts if part.holds] if said.verdict == "stop" and said.rule.stop_when else []
    return " ".join([said.verdict, *reasons])


GO, OPEN = "continue", "undetermined"
FAILED, EPISODIC, BOTH = "stop non-response", "stop became-episodic", "stop non-response became-episodic"

# before, the months of each cycle -> NICE, EHF, the change in per cent of the last complete cycle
COURSES: dict[str, tuple[Month, list[list[Month]], str, str, float | None]] = {
    # how much
    "exactly 30 % is not less than 30 %": (20, [[20, 20, 20], [15, 15, 12]], GO, GO, -30),
    "one day in three months short of it": (20, [[20, 20, 20], [15, 15, 13]], FAILED, FAILED, -28.33),
    "30 % of a scaled month": (28, [[28, 28, 28], [(14, 20), (14, 20), (14, 20)]], GO, GO, -30),
    "just less than 30 %": (24, [[20, 20, 20], [17, 17, 17]], FAILED, FAILED, -29.17),
    "a half": (28, [[20, 20, 20], [15, 14, 13]], GO, GO, -50),
    "no change": (20, [[20, 20, 20], [20, 20, 20]], FAILED, FAILED, 0),
    "worse than before": (20, [[22, 22, 22], [25, 25, 25]], FAILED, FAILED, 25),
    "a baseline of 0 divides nothing": (0, [[16, 16, 16], [16, 16, 16]], OPEN, OPEN, None),
    "a baseline of 0, and episodic": (0, [[0, 0, 0], [0, 0, 0]], EPISODIC, EPISODIC, None),
    # when
    "one cycle is too early": (20, [[18, 18, 18]], OPEN, OPEN, -10),
    "late responder in the second cycle": (24, [[24, 24, 24], [16, 16, 16]], GO, GO, -33.33),
    "late responder in the third: NICE looks at the second": (24, [[24, 24, 24], [22, 22, 22], [16, 16, 16]], FAILED, GO, -33.33),
    "lost again in the third": (24, [[16, 16, 16], [16, 16, 16], [22, 22, 22]], GO, FAILED, -8.33),
    # episodic
    "exactly 15 is not fewer than 15": (28, [[28, 28, 28], [15, 15, 15]], GO, GO, -46.43),
    "14 three times": (28, [[28, 28, 28], [14, 14, 14]], EPISODIC, GO, -50),
    "15 in the middle": (28, [[28, 28, 28], [14, 15, 14]], GO, GO, -48.81),
    "14.7 of 20 diary days is fewer than 15": (28, [[28, 28, 28], [(10, 20), 14, 14]], EPISODIC, GO, -50),
    "three in a row over two cycles": (28, [[28, 28, 14], [14, 14, None]], EPISODIC, GO, -50),
    "earlier in a row, but not the last": (28, [[14, 14, 14], [14, 14, 16]], GO, GO, -47.62),
    "exactly 10 is not fewer than 10": (28, [[28, 28, 28], [10, 10, 10]], EPISODIC, GO, -64.29),
    "9 three times": (28, [[28, 28, 28], [9, 9, 9]], EPISODIC, EPISODIC, -67.86),
    "already in the first cycle": (28, [[9, 9, 9]], EPISODIC, EPISODIC, -67.86),
    # the two parts: either
    "both at once": (16, [[16, 16, 16], [14, 14, 14]], BOTH, FAILED, -12.5),
    "neither": (28, [[20, 20, 20], [16, 16, 16]], GO, GO, -42.86),
    # too little diary
    "no baseline": (None, [[20, 20, 20], [18, 18, 18]], OPEN, OPEN, None),
    "no baseline, but episodic": (None, [[20, 20, 20], [9, 9, 9]], EPISODIC, EPISODIC, None),
    "a baseline of 19 days": ((15, 19), [[20, 20, 20], [18, 18, 18]], OPEN, OPEN, None),
    "a baseline of 20 days": ((15, 20), [[20, 20, 20], [18, 18, 18]], FAILED, FAILED, -14.29),
    "an incomplete month is left out of the mean": (20, [[20, 20, 20], [18, (0, 19), 18]], FAILED, FAILED, -10),
    "no complete month in the second cycle": (20, [[20, 20, 20], [(5, 19), None, (5, 19)]], OPEN, OPEN, 0),
    "a gap in the row": (28, [[28, 28, 28], [14, None, 14]], OPEN, GO, -50),
    "a gap in the row does not matter when the last is 15": (28, [[28, 28, 28], [14, None, 15]], GO, GO, -48.21),
    "an incomplete month breaks the row": (28, [[28, 28, 28], [9, (5, 19), 9]], OPEN, OPEN, -67.86),
}


@pytest.mark.parametrize("what", COURSES)
def test_the_verdicts(protocol: Protocol, what: str) -> None:
    before, cycles, nice, ehf, percent = COURSES[what]
    course = course_of(facts(before, cycles))
    found = {name: verdict(protocol, name, course) for name in (NICE, EHF)}
    assert {name: short(said) for name, said in found.items()} == {NICE: nice, EHF: ehf}
    for said in found.values():
        assert (None if said.change_percent is None else float(rounded(said.change_percent))) == percent
        assert said.verdict != "stop" or said.because.startswith(("non-response: ", "became-episodic: "))
        assert bool(said.missing) == (said.verdict == "undetermined")


# What is missing, in words
MISSING = {
    "one cycle is too early": "2 complete cycles are needed, 1 is complete",
    "no baseline": "no baseline: no diary, follow-up or consult tells the 28 days before 2026-03-09",
    "a baseline of 19 days": "the diary has only 19 of the 28 days before 2026-03-09",
    "no complete month in the second cycle": "cycle 2 has no complete window of 28 days",
    "a baseline of 0 divides nothing": "the baseline is 0 headache days, of which no percentage can be taken",
    "an incomplete month breaks the row": "3 complete windows of 28 days in a row are needed, there is 1 (9)",
}


@pytest.mark.parametrize("what", MISSING)
def test_what_is_missing_is_said(protocol: Protocol, what: str) -> None:
    before, cycles, *_ = COURSES[what]
    said = verdict(protocol, NICE, course_of(facts(before, cycles)))
    assert any(MISSING[what] in missing for missing in said.missing), said.missing
    assert MISSING[what] in said.because


# before, after, and the hours of a headache day in both -> the payer's verdict
PAYERS: list[tuple[Month, int, int | None, int | None, str]] = [
    (20, 13, None, None, "continue"),  # exactly 7 fewer
    (20, 14, 10, 10, "stop"),  # 6 fewer, 200 h to 140 h
    (20, 14, None, None, "undetermined"),  # 6 fewer, and nobody counted the hours
    (20, 14, 10, None, "undetermined"),
    (20, 20, 10, 5, "continue"),  # exactly 100 hours fewer
    (20, 19, 10, 6, "stop"),  # 86 hours fewer
    (20, 24, 10, 10, "stop"),  # worse than before
    (0, 0, 0, 0, "stop"),
    (None, 5, None, None, "undetermined"),
]


@pytest.mark.parametrize(("before", "now", "hours_before", "hours_now", "expected"), PAYERS)
def test_the_payer_s_example(protocol: Protocol, before: Month, now: int, hours_before: int | None, hours_now: int | None, expected: str) -> None:
    course = course_of(facts(before, [[now, now, now]], hours=[hours_before, hours_now]))
    said = verdict(protocol, PAYER, course)
    assert said.verdict == expected
    assert said.verdict != "stop" or said.because.startswith("non-response: ")


def test_hours_are_known_when_every_month_tells_them(protocol: Protocol) -> None:
    """A month without headaches tells 0 hours; the others told none, so the mean of the three is not known."""
    course = course_of(facts(20, [[0, 20, 20]], hours=[10, None]))
    assert course.baseline.hours == 200
    assert course.cycles[0].hours is None
    assert verdict(protocol, PAYER, course).verdict == "undetermined"


def a_follow_up(on: int, days: int, diary_days: int = 28, hours: int | None = None, visit: int = 9) -> ToldFollowUp:
    return ToldFollowUp(visit, day(on), days, diary_days, None if hours is None else hours * 100)


def a_consult(on: int, days: int | None, visit: int = 1) -> ToldConsult:
    return ToldConsult(visit, day(on), None if days is None else Fraction(days))


# What is known before the first session -> the baseline, where it is from
BASELINES: dict[str, tuple[dict[str, Any], int | None, str]] = {
    "the diary before all": ({"diary": a_diary(20, []), "follow_ups": (a_follow_up(-1, 18),), "consults": (a_consult(-7, 22),)}, 20, "diary"),
    "else a follow-up": ({"follow_ups": (a_follow_up(-1, 18),), "consults": (a_consult(-7, 22),)}, 18, "follow-up"),
    "on the first of the 28 days": ({"follow_ups": (a_follow_up(-28, 18),), "consults": (a_consult(-30, 22),)}, 18, "follow-up"),
    "not one before them": ({"follow_ups": (a_follow_up(-29, 18),), "consults": (a_consult(-30, 22),)}, 22, "consult"),
    "the last of two": ({"follow_ups": (a_follow_up(-20, 18), a_follow_up(-2, 16))}, 16, "follow-up"),
    "not with 19 diary days": ({"follow_ups": (a_follow_up(-1, 18, 19),), "consults": (a_consult(-7, 22),)}, 22, "consult"),
    "else the last consult": ({"consults": (a_consult(-90, 25), a_consult(-7, 22, 2))}, 22, "consult"),
    "on the day itself": ({"consults": (a_consult(0, 21),)}, 21, "consult"),
    "not a later one": ({"consults": (a_consult(1, 21),)}, None, "none"),
    "a consult that does not know": ({"consults": (a_consult(-7, None),)}, None, "none"),
    "a diary of 19 days gives way": ({"diary": a_diary((10, 19), []), "consults": (a_consult(-7, 22),)}, 22, "consult"),
    "a diary of 20 days": ({"diary": a_diary((10, 20), []), "consults": (a_consult(-7, 22),)}, 14, "diary"),
    "nothing": ({}, None, "none"),
}


@pytest.mark.parametrize("what", BASELINES)
def test_the_baseline(what: str) -> None:
    given, days, source = BASELINES[what]
    found = course_of(ResponseFacts(today=day(10), sessions=(day(0),), **given)).baseline
    assert (found.days, found.source) == (days, source)
    assert found.told


def test_the_baseline_stays_fixed() -> None:
    first = course_of(facts(20, [[18, 18, 18]]))
    third = course_of(facts(20, [[18, 18, 18], [15, 15, 15], [10, 10, 10]]))
    assert first.baseline == third.baseline


# What: the follow-ups' days after the session and their counts, the next session -> the windows that count (first day, days), the cycle's figure
FOLLOW_UPS: dict[str, tuple[list[ToldFollowUp], int | None, list[tuple[int, int]], float | None]] = {
    "each month": ([a_follow_up(28, 12), a_follow_up(56, 10), a_follow_up(84, 8)], None, [(0, 12), (28, 10), (56, 8)], 10),
    "on the day of the next session": ([a_follow_up(91, 8)], 91, [(63, 8)], 8),
    "the check at two weeks crosses the session": ([a_follow_up(14, 8)], None, [], None),
    "one day short": ([a_follow_up(27, 8)], None, [], None),
    "crosses the next session": ([a_follow_up(85, 8)], 84, [], None),
    "two that overlap both count": ([a_follow_up(70, 9), a_follow_up(84, 7, visit=10)], None, [(42, 9), (56, 7)], 8),
    "two of one day too": ([a_follow_up(84, 9), a_follow_up(84, 7, visit=10)], None, [(56, 9), (56, 7)], 8),
    "with 19 diary days": ([a_follow_up(84, 8, 19)], None, [], None),
    "with 20, scaled": ([a_follow_up(84, 5, 20)], None, [(56, 5)], 7),
    "without a number": ([ToldFollowUp(9, day(84), None, None)], None, [], None),
}


@pytest.mark.parametrize("what", FOLLOW_UPS)
def test_figures_from_follow_ups(what: str) -> None:
    told, following, windows, expected = FOLLOW_UPS[what]
    sessions = (day(0), *([day(following)] if following else []))
    (cycle, *_) = course_of(ResponseFacts(today=day(100), sessions=sessions, follow_ups=tuple(told))).cycles
    assert [(window.start, window.headache_days) for window in cycle.windows if window.counts] == [(day(start), days) for start, days in windows]
    assert cycle.days == expected


# What: the diary's months (first day, days, diary days), the follow-ups, the next session -> every window: its first day, its days, its note
BESIDE = "the diary has these days"
SHOWN: dict[str, tuple[list[tuple[int, int, int]], list[ToldFollowUp], int | None, list[tuple[int, int, str]]]] = {
    "overlapping": ([], [a_follow_up(70, 9), a_follow_up(84, 7)], None, [(42, 9, "overlaps a later one"), (56, 7, "")]),
    "one day of overlap": ([], [a_follow_up(56, 9), a_follow_up(83, 7)], None, [(28, 9, "overlaps a later one"), (55, 7, "")]),
    "side by side": ([], [a_follow_up(56, 9), a_follow_up(84, 7)], None, [(28, 9, ""), (56, 7, "")]),
    "the middle of three": (
        [],
        [a_follow_up(42, 9), a_follow_up(56, 8), a_follow_up(70, 7)],
        None,
        [(14, 9, ""), (28, 8, "overlaps a later one"), (42, 7, "")],
    ),
    "the check at two weeks": ([], [a_follow_up(14, 8)], None, [(-14, 8, "not used: crosses the session of 2026-03-09")]),
    "crosses the next session": ([], [a_follow_up(100, 8)], 84, [(72, 8, "not used: crosses the session of 2026-06-01")]),
    "opens on the next session": ([], [a_follow_up(112, 8)], 84, [(84, 8, "")]),
    "the diary has the month": ([(56, 9, 28)], [a_follow_up(84, 8)], None, [(56, 9, ""), (56, 8, f"not used: {BESIDE}")]),
    "the diary has 9 of its days": ([(56, 9, 28)], [a_follow_up(65, 8)], None, [(37, 8, f"not used: {BESIDE}"), (56, 9, "")]),
    "the diary has 8 of its days": ([(56, 9, 28)], [a_follow_up(64, 8)], None, [(36, 8, "overlaps a later one"), (56, 9, "")]),
    "the diary is incomplete": ([(56, 9, 19)], [a_follow_up(84, 8)], None, [(56, 9, "incomplete"), (56, 8, "")]),
    "an incomplete one": ([], [a_follow_up(84, 8, 19)], None, [(56, 8, "incomplete")]),
    "an incomplete one beside the diary": ([(56, 9, 28)], [a_follow_up(84, 8, 19)], None, [(56, 9, ""), (56, 8, f"not used: {BESIDE}")]),
    "before, beside the diary": ([(-28, 20, 28)], [a_follow_up(-7, 18)], None, [(-35, 18, "not used: the diary is the baseline"), (-28, 20, "")]),
    "before, two": ([], [a_follow_up(-7, 18), a_follow_up(0, 17)], None, [(-35, 18, "not used: the later one is the baseline"), (-28, 17, "")]),
    "before, incomplete": ([], [a_follow_up(0, 18, 19)], None, [(-28, 18, "not used: too few diary days")]),
    "after the time": ([], [a_follow_up(112, 8)], None, [(84, 8, "after the cycle's time")]),
}


@pytest.mark.parametrize("what", SHOWN)
def test_every_window_that_was_told_is_shown(what: str) -> None:
    months, told, following, expected = SHOWN[what]
    sessions = (day(0), *([day(following)] if following else []))
    diary = tuple(one for start, days, of in months for one in a_month(start, (days, of)))
    course = course_of(ResponseFacts(today=day(150), sessions=sessions, follow_ups=tuple(told), diary=diary))
    shown = [(one.window.start, one.window.headache_days, ", ".join(one.notes)) for one in course.shown if one.window.diary_days]
    assert shown == [(day(start), days, note) for start, days, note in expected]
    assert all(not one.counts for one in course.shown if "not used" in "".join(one.notes))


# The follow-ups' days after the session and their counts -> NICE: the last three that do not overlap, from the latest backwards
ROWS: dict[str, tuple[dict[int, int], str]] = {
    "a high one that a later one overlaps is passed over": ({28: 9, 56: 9, 70: 20, 84: 9}, EPISODIC),
    "the latest is never passed over": ({28: 9, 56: 9, 84: 9, 90: 20}, GO),
    "three that overlap are not three in a row": ({60: 9, 74: 9, 88: 9}, OPEN),
    "days between them, less than a window": ({28: 9, 62: 9, 96: 9}, EPISODIC),
    "a whole window between them": ({28: 9, 84: 9, 112: 9}, OPEN),
}


@pytest.mark.parametrize("what", ROWS)
def test_months_in_a_row_do_not_overlap(protocol: Protocol, what: str) -> None:
    told, expected = ROWS[what]
    diary = tuple(a_month(-28, 28))
    course = course_of(
        ResponseFacts(today=day(120), sessions=(day(0), day(113)), diary=diary, follow_ups=tuple(a_follow_up(on, days) for on, days in told.items()))
    )
    (part,) = (part for part in verdict(protocol, NICE, course).parts if part.because == "became-episodic")
    assert {True: EPISODIC, False: GO, None: OPEN}[part.holds] == expected


def test_the_diary_comes_before_a_follow_up_of_the_same_month() -> None:
    given = {"today": day(84), "sessions": (day(0),), "follow_ups": (a_follow_up(84, 2), a_follow_up(28, 20))}
    (cycle,) = course_of(ResponseFacts(diary=tuple(a_month(56, 9)), **given)).cycles  # type: ignore[arg-type]
    assert [(window.source, window.headache_days) for window in cycle.windows] == [("follow-up", 20), ("diary", 9)]
    (cycle,) = course_of(ResponseFacts(diary=tuple(a_month(56, (9, 19))), **given)).cycles  # type: ignore[arg-type]
    assert cycle.days == 11
    assert [(window.source, window.counts) for window in cycle.windows] == [("follow-up", True), ("diary", False), ("follow-up", True)]


def test_three_follow_ups_in_a_row_can_tell_episodic(protocol: Protocol) -> None:
    given = {"today": day(84), "sessions": (day(0),), "consults": (a_consult(-7, 20),)}
    a_month_each = tuple(a_follow_up(on, 9) for on in (30, 60, 90))
    assert short(verdict(protocol, EHF, course_of(ResponseFacts(follow_ups=a_month_each, **given)))) == EPISODIC  # type: ignore[arg-type]
    apart = tuple(a_follow_up(on, 9) for on in (28, 84))
    assert short(verdict(protocol, EHF, course_of(ResponseFacts(follow_ups=apart, **given)))) == OPEN  # type: ignore[arg-type]


# today, the next session -> is the first cycle complete, and on which day
COMPLETE = [(83, None, False, 84), (84, None, True, 84), (30, 70, True, 70), (300, None, True, 84)]


@pytest.mark.parametrize(("today", "following", "complete", "on"), COMPLETE)
def test_when_a_cycle_is_complete(today: int, following: int | None, complete: bool, on: int) -> None:
    sessions = (day(0), *([day(following)] if following else []))
    first = course_of(ResponseFacts(today=day(today), sessions=sessions)).cycles[0]
    assert (first.complete, first.complete_on) == (complete, day(on))


def test_a_month_after_the_cycle_s_time_tells_only_how_it_went_on(protocol: Protocol) -> None:
    diary = a_diary(28, [[9, 9, 9]]) + tuple(a_month(84, 25))
    course = course_of(ResponseFacts(today=day(120), sessions=(day(0),), diary=diary))
    assert (course.cycles[0].days, [window.headache_days for window in course.cycles[0].later]) == (Fraction(9), [25])
    assert short(verdict(protocol, EHF, course)) == OPEN  # the last three are 9, 9, 25: not episodic; and one cycle only


def test_a_running_month_is_not_counted(protocol: Protocol) -> None:
    diary = a_diary(28, [[9, 9]]) + tuple(a_month(56, (5, 25)))
    course = course_of(ResponseFacts(today=day(80), sessions=(day(0),), diary=diary))
    assert [window.counts for window in course.cycles[0].windows] == [True, True, False]
    assert short(verdict(protocol, EHF, course)) == OPEN


LAPSE = (date(2026, 9, 9) - SESSION).days  # six months after the first session, the last day on which the next one is in time

# What: consults, stops, sessions -> the sessions of the course
NEW_COURSES: dict[str, tuple[list[int], list[int], list[int], list[int]]] = {
    "one after the other": ([-7, 80], [], [0, 84, 168], [0, 84, 168]),
    "a consult within the course": ([-7, 85], [], [0, 84, 168], [0, 84, 168]),
    "late, without a consult": ([-7], [], [0, LAPSE + 30], [0, LAPSE + 30]),
    "a consult after the lapse": ([-7, LAPSE + 1], [], [0, LAPSE + 30], [LAPSE + 30]),
    "on the day of the session": ([-7, LAPSE + 30], [], [0, LAPSE + 30], [LAPSE + 30]),
    "a consult on the last day in time": ([-7, LAPSE], [], [0, LAPSE + 30], [0, LAPSE + 30]),
    "a consult after a stop": ([-7, 120], [90], [0, 84, 130, 214], [130, 214]),
    "a stop without a consult": ([-7], [90], [0, 84, 130], [0, 84, 130]),
    "the consult that decided the stop": ([-7, 90], [90], [0, 84, 130], [0, 84, 130]),
    "no session yet in the new one": ([-7, LAPSE + 1], [], [0], []),
    "none at all": ([-7], [], [], []),
}


@pytest.mark.parametrize("what", NEW_COURSES)
def test_a_consult_after_a_stop_or_a_lapse_opens_a_new_course(protocol: Protocol, what: str) -> None:
    consults, stops, sessions, expected = NEW_COURSES[what]
    course = course_of(
        ResponseFacts(
            today=day(500),
            sessions=tuple(map(day, sessions)),
            consults=tuple(a_consult(on, 20 + number, number) for number, on in enumerate(consults)),
            stops=tuple(map(day, stops)),
        )
    )
    assert course.sessions == tuple(map(day, expected))
    if not expected:
        said = judge_all(protocol.response_rules, course)
        assert {one.verdict for one in said} == {"undetermined"}
        assert all("there is no session" in one.because for one in said)


def test_the_screen_s_words(protocol: Protocol) -> None:
    good = verdict(protocol, EHF, course_of(facts(28, [[28, 28, 28], [9, 9, 9]])))
    assert good.in_words == "stop: has become episodic (a good result)"
    assert good.because == "became-episodic: fewer than 10 headache days in each of the last 3 windows of 28 days in a row: 9, 9, 9"
    assert good.look_again is not None
    assert [str(good.look_again.earliest), str(good.look_again.latest)] == ["4 months", "5 months"]
    worse = verdict(protocol, NICE, course_of(facts(20, [[22, 22, 22], [25, 25, 25]])))
    assert worse.in_words == "stop: non-response, worse than before"
    assert worse.because == (
        "non-response: cycle 2 has 25 headache days in 28 against 20 before: 25 % more, worse than before; the rule stops at less than 30 % fewer"
    )
    assert worse.look_again is None
    assert verdict(protocol, NICE, course_of(facts(16, [[16, 16, 16], [14, 14, 14]]))).in_words == "stop: non-response"


@pytest.mark.parametrize(
    ("value", "said"), [("15", "15"), ("29999/2000", "14.9995"), ("30", "30"), ("100/3", "33.33"), ("-599999/20000", "-29.99995")]
)
def test_a_figure_never_rounds_onto_a_threshold(value: str, said: str) -> None:
    assert str(rounded(Fraction(value)).normalize()) in (said, f"{said[0]}E+1")
