"""The courses beside the daily list: a line of signs on a screen, figures in a pipe, in CSV and JSON. Loaded with ``--verbose`` only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from botoxcli.clinic.course_marks import CourseMarks, course_marks
from botoxcli.clinic.diary import figure, rounded
from botoxcli.clinic.quantity import number
from botoxcli.clinic.schedule import DueItem, Window
from botoxcli.terminal.plot import ASCII, signs_for_stdout, sparkline

if TYPE_CHECKING:
    from fractions import Fraction

    from botoxcli.store.reader import Reader

COLUMNS = ("baseline_headache_days", "headache_days")
NOTHING = "not known"
Courses = Mapping[tuple[str, str], CourseMarks]


def courses_of(reader: Reader, items: Iterable[DueItem], day: date) -> Courses:
    """The course of each patient of the list under each protocol, as it stands on that day."""
    facts = reader.course_facts({item.window.patient for item in items}, day)
    return {course: course_marks(told) for course, told in facts.items()}


def course_cell(courses: Courses, window: Window) -> str:
    """A patient's course for the table: signs with the first and the last figure, or all figures in words where no sign can be shown."""
    marks = courses.get((window.patient, window.protocol))
    if marks is None or not marks.in_words:
        return NOTHING
    if signs_for_stdout() is ASCII:
        return marks.in_words
    first, last = figure(marks.before) or "?", figure(marks.latest) or "?"
    return f"{sparkline(marks.before, marks.days)} {first} to {last}"


def course_line(courses: Courses, window: Window) -> str:
    """The same as a line of its own, with what it is."""
    return f"    headache days in 28: {course_cell(courses, window)}"


def course_row(courses: Courses, window: Window, *, form: str) -> dict[str, Any]:
    """The baseline, and the last windows: a list in JSON, in CSV one text with a space between; null, or a hyphen, is not known."""
    marks = courses.get((window.patient, window.protocol), CourseMarks(None, ()))
    days = [_number(one) for one in marks.days]
    listed = days if form == "json" else " ".join("-" if one is None else str(one) for one in days) or None
    return dict(zip(COLUMNS, (_number(marks.before), listed), strict=True))


def _number(value: Fraction | None) -> int | float | None:
    return None if value is None else number(rounded(value))
