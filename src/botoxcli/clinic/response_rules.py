"""The named rules of whether to go on, evaluated over a course's figures: one small engine, the rules are the protocol's data.

Conventions. Each part of a rule holds, does not hold, or cannot be told; what cannot be told is never read as a no. A rule with
``stop_when`` says stop when any part holds, continue when none does; one with ``continue_when`` says continue when any part holds, stop
when none does; anything else is undetermined, with what is missing. All comparisons are of exact fractions: 30 % is not less than 30 %,
15 days are not fewer than 15, and a baseline of 0 divides nothing. A verdict advises; it changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, NamedTuple

from botoxcli.clinic.diary import WINDOW_DAYS, DiaryWindow, figure
from botoxcli.clinic.response import Course, Cycle

if TYPE_CHECKING:
    from botoxcli.clinic.brief_edition import AnyAgain, AnyContinue, AnyRule, AnyStop

Verdict = Literal["continue", "stop", "undetermined"]
NON_RESPONSE = "non-response"
EPISODIC = "became-episodic"


class Part(NamedTuple):
    """One part of a rule. ``holds`` is None when it cannot be told, and ``says`` then tells what is missing."""

    because: str
    holds: bool | None
    says: str


class RuleVerdict(NamedTuple):
    """What a rule set says of a course, with the figures beside it. ``parts`` are all that it looked at."""

    rule: AnyRule
    verdict: Verdict
    because: str
    parts: tuple[Part, ...]
    baseline: Fraction | None
    latest: Fraction | None
    latest_cycle: int | None
    change_days: Fraction | None
    change_percent: Fraction | None
    missing: tuple[str, ...] = ()
    look_again: AnyAgain | None = None

    @property
    def in_words(self) -> str:
        """The verdict as a screen says it: a stop names its reason, and a good one is said to be good."""
        if self.verdict != "stop":
            return self.verdict
        if self.because.startswith(EPISODIC):
            return "stop: has become episodic (a good result)"
        return "stop: non-response, worse than before" if self.change_days is not None and self.change_days > 0 else "stop: non-response"


def judge(rule: AnyRule, course: Course) -> RuleVerdict:
    """The verdict of one rule set on a course."""
    stops = bool(rule.stop_when)
    parts = tuple(_stop_part(part, course) for part in rule.stop_when) or tuple(_continue_part(part, course) for part in rule.continue_when)
    holding = [part for part in parts if part.holds]
    missing = tuple(dict.fromkeys(part.says for part in parts if part.holds is None))
    verdict: Verdict = "undetermined"
    if holding:
        verdict = "stop" if stops else "continue"
    elif not missing:
        verdict = "continue" if stops else "stop"
    latest = course.latest
    before, now = course.baseline.days, latest.days if latest else None
    return RuleVerdict(
        rule=rule,
        verdict=verdict,
        because=_because(verdict, parts, stops=stops),
        parts=parts,
        baseline=before,
        latest=now,
        latest_cycle=latest.number if latest else None,
        change_days=None if before is None or now is None else now - before,
        change_percent=percent_change(before, now),
        missing=missing if verdict == "undetermined" else (),
        look_again=rule.look_again if any(part.because == EPISODIC for part in holding) else None,
    )


def _because(verdict: Verdict, parts: Sequence[Part], *, stops: bool) -> str:
    if verdict == "undetermined":
        missing = dict.fromkeys(part.says for part in parts if part.holds is None)
        known = [part.says for part in parts if part.holds is False]
        return "; ".join([f"missing: {'; '.join(missing)}", *(f"known: {says}" for says in known)])
    if stops and verdict == "stop":
        return "; ".join(f"{part.because}: {part.says}" for part in parts if part.holds)
    if verdict == "stop":
        return f"{NON_RESPONSE}: " + "; ".join(part.says for part in parts)
    return "; ".join(part.says for part in parts if stops or part.holds)


def _stop_part(part: AnyStop, course: Course) -> Part:
    if part.reduction_below_percent is not None and part.after_cycles is not None:
        return _too_small_a_reduction(part.reduction_below_percent, part.after_cycles, course, later=bool(part.later_cycles))
    return _episodic(part.headache_days_below or 0, part.consecutive_windows or 0, course)


def _too_small_a_reduction(below: int, cycles: int, course: Course, *, later: bool) -> Part:
    """The figure of cycle ``cycles`` against the baseline, or with ``later`` of the last complete one from there on."""
    complete = course.complete_cycles
    if len(complete) < cycles:
        return Part(NON_RESPONSE, None, _cycles_to_come(cycles, course))
    cycle = complete[-1] if later else complete[cycles - 1]
    if lacking := _lacking(course, cycle):
        return Part(NON_RESPONSE, None, lacking)
    before, now = course.baseline.days, cycle.days
    change = percent_change(before, now)
    if change is None or before is None or now is None:
        return Part(NON_RESPONSE, None, "the baseline is 0 headache days, of which no percentage can be taken")
    too_small = -change < below
    said = f"cycle {cycle.number} has {figure(now)} headache days in 28 against {figure(before)} before: {change_words(change)}"
    return Part(NON_RESPONSE, too_small, f"{said}; the rule stops at less than {below} % fewer")


def _cycles_to_come(cycles: int, course: Course) -> str:
    done = len(course.complete_cycles)
    if not course.cycles:
        return course.baseline.told
    running = course.cycles[-1]
    when = f"; cycle {running.number} is complete on {running.complete_on} or at the next session" if not running.complete else ""
    return f"{cycles} complete cycles are needed, {done} {'is' if done == 1 else 'are'} complete{when}"


def _lacking(course: Course, cycle: Cycle) -> str:
    """What keeps a cycle from being compared; empty when nothing does."""
    if course.baseline.days is None:
        return f"no baseline: {course.baseline.told}"
    if cycle.days is None:
        return f"cycle {cycle.number} has no complete window of 28 days"
    return ""


def _episodic(below: int, in_a_row: int, course: Course) -> Part:
    """The last windows that count, so many in a row, none overlapping the next. One of them that is not below settles it, however many
    are missing; what lies between two of a row is less than a window.
    """
    row: list[DiaryWindow] = []
    for window in course.apart:
        if len(row) == in_a_row or (row and (row[-1].start - window.end).days > WINDOW_DAYS):
            break
        row.append(window)
        days = window.scaled_headache_days
        if days is not None and days >= below:
            return Part(EPISODIC, False, f"{figure(days)} headache days in the 28 from {window.start}, not fewer than {below}")
    counts = ", ".join(figure(window.scaled_headache_days) for window in reversed(row))
    if len(row) == in_a_row:
        return Part(EPISODIC, True, f"fewer than {below} headache days in each of the last {in_a_row} windows of 28 days in a row: {counts}")
    have = f"{len(row)} ({counts})" if row else "none"
    return Part(EPISODIC, None, f"{in_a_row} complete windows of 28 days in a row are needed, there {'is' if len(row) < 2 else 'are'} {have}")


def _continue_part(part: AnyContinue, course: Course) -> Part:
    """So many fewer headache days, or hours, in the last complete cycle than before."""
    complete = course.complete_cycles
    if not complete:
        return Part(NON_RESPONSE, None, _cycles_to_come(1, course))
    cycle, base = complete[-1], course.baseline
    if part.fewer_headache_days is not None:
        return _fewer("headache days", part.fewer_headache_days, base.days, cycle.days, _lacking(course, cycle))
    untold = [f"cycle {cycle.number}"] * (cycle.hours is None) + ["the baseline"] * (base.hours is None)
    lacking = f"the headache hours in 28 days of {' and '.join(untold)} are not known" if untold else ""
    return _fewer("headache hours", part.fewer_headache_hours or 0, base.hours, cycle.hours, lacking)


def _fewer(what: str, needed: int, before: Fraction | None, now: Fraction | None, lacking: str) -> Part:
    if before is None or now is None:
        return Part(NON_RESPONSE, None, lacking)
    less = before - now
    said = f"{figure(abs(less))} {'fewer' if less >= 0 else 'more'} {what} in 28 days ({figure(before)} to {figure(now)})"
    return Part(NON_RESPONSE, less >= needed, f"{said}, {'at least' if less >= needed else 'not'} {needed} fewer")


def percent_change(before: Fraction | None, now: Fraction | None) -> Fraction | None:
    """The change in per cent of what was before: negative is fewer. None when something is not known, or the baseline is 0."""
    return (now - before) / before * 100 if before and now is not None else None


def change_words(percent: Fraction) -> str:
    """``30 % fewer``, ``no change``, ``10 % more, worse than before``: to one place, more would be falsely precise of days that were counted."""
    if percent == 0:
        return "no change"
    return f"{figure(abs(percent), 1)} % {'fewer' if percent < 0 else 'more, worse than before'}"


def judge_all(rules: Iterable[AnyRule], course: Course) -> tuple[RuleVerdict, ...]:
    """The verdicts of several rule sets, in their order."""
    return tuple(judge(rule, course) for rule in rules)
