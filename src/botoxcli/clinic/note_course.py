"""The course up to a session, as its procedure note shows it: a small plot, and the same in a line. Pure.

Conventions. The session's day is the last one known: what was told or given later is not in it, so that a later print of the note shows the same
course. A long one shows its last sessions; each keeps its number. Before any outcome there is nothing to show.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from botoxcli.clinic.course_marks import course_marks
from botoxcli.clinic.course_plot import CoursePlot, WearOff, course_plot
from botoxcli.clinic.response import ResponseFacts, course_of

if TYPE_CHECKING:
    from botoxcli.clinic.brief_edition import AnyRule

SESSIONS = 6  # as many as keep their figures legible in the width of a column


@dataclass(frozen=True, slots=True)
class NoteCourse:
    """The plot, and what it says in a line."""

    plot: CoursePlot
    in_words: str


def note_course(facts: ResponseFacts, rules: Iterable[AnyRule], *, on: date) -> NoteCourse | None:
    """The course as it was on that session's day; None before the first outcome."""
    known = known_on(facts, on)
    plot = course_plot(course_of(known), rules)
    if not any(window.cycle for window in plot.windows):
        return None
    since = max(plot.sessions[-1].cycle - SESSIONS + 1, 1)
    shown = plot.since(since)._replace(wear_off=WearOff())
    if since > 1:
        shown = shown._replace(windows=tuple(window for window in shown.windows if window.cycle))
    told = course_marks(known).in_words
    return NoteCourse(shown, f"{told[0].upper()}{told[1:]}.")


def known_on(facts: ResponseFacts, day: date) -> ResponseFacts:
    """What had happened by that day: its visits are in, its diary day is not, for it is not over."""
    return facts._replace(
        today=day,
        sessions=tuple(one for one in facts.sessions if one <= day),
        consults=tuple(one for one in facts.consults if one.date <= day),
        follow_ups=tuple(one for one in facts.follow_ups if one.date <= day),
        diary=tuple(one for one in facts.diary if one.day < day),
        stops=tuple(one for one in facts.stops if one <= day),
    )
