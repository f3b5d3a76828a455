"""The course of a patient in one line: the baseline, and the last windows. Light: the daily list loads it.

Conventions. The figures are those of the response: headache days in 28, exact. A window that may not stand for 28 days has no figure here; one that
is not over, or that a later one overlaps, is not in the line at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from botoxcli.clinic.diary import figure
from botoxcli.clinic.response import OVERLAPS, ResponseFacts, ShownWindow, course_of

LATEST = 8  # windows in the line


@dataclass(frozen=True, slots=True)
class CourseMarks:
    """The baseline, and the last windows in their order; None is what is not known."""

    before: Fraction | None
    days: tuple[Fraction | None, ...]

    @property
    def latest(self) -> Fraction | None:
        """The last figure."""
        return next((one for one in reversed(self.days) if one is not None), None)

    @property
    def in_words(self) -> str:
        """``before 20, then 18 17 - 14``: a hyphen where a window has no figure. Empty when nothing is known."""
        if self.before is None and not self.days:
            return ""
        before = f"before {figure(self.before)}" if self.before is not None else "no baseline"
        return before + (f", then {' '.join(figure(one) or '-' for one in self.days)}" if self.days else "")


def course_marks(facts: ResponseFacts) -> CourseMarks:
    """The line of a patient's latest course."""
    course = course_of(facts)
    drawn = [one for one in course.shown if _is_in_the_line(one)]
    return CourseMarks(course.baseline.days, tuple(one.window.scaled_headache_days if one.counts else None for one in drawn[-LATEST:]))


def _is_in_the_line(one: ShownWindow) -> bool:
    return one.cycle > 0 and one.window.over and not any(note == OVERLAPS or note.startswith("not used") for note in one.notes)
