"""What a calendar is told that may hold an earlier list: what is due, what has moved on, and what is not due any more.

Conventions. A calendar knows an item by its place: patient, protocol and kind, for the review of an event its visit too. What an earlier list
held nobody knows, so a course's places are all that it can have had:

- **Listed** is what ``shown`` keeps.
- **Moved on** is early and not listed, and its place may have been another visit's before: the calendar may still have it where that one put
  it. It is due, only later, so it is moved and never cancelled, whatever the horizon.
- **Gone** is what is not derived any more, or has lapsed and is not listed: after a session, a pause, an archive, a void, an erasure. It is said for
  ``KEPT`` after the last that happened in the course, so that a practice of decades does not send its whole past; ``day`` is the last visit's, which
  puts a cancelled item among the past.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from botoxcli.clinic.dates import Span, before
from botoxcli.clinic.schedule import KINDS, DueItem

KEPT = Span(12, "months")
Place = tuple[str, str, str, int | None]  # patient's code, protocol, kind, and the visit of an event's review


@dataclass(frozen=True, slots=True)
class PastCourse:
    """All that a patient ever had under a protocol, in every version, what was voided or undone too.

    ``last_visit`` is the latest day of any, ``touched`` the latest on which something ended the course or what was awaited of it;
    ``interrupted``: a pause, an archive or an appointment asked for a review. ``events`` are the visits that told an event to be reviewed.
    """

    patient: str
    protocol: str
    last_visit: date
    touched: date
    consults: int
    sessions: int
    interrupted: bool
    events: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Gone:
    """What is not due any more, with the past day to which a calendar may put it."""

    place: Place
    day: date


@dataclass(frozen=True, slots=True)
class DueCalendar:
    """What a calendar is told: ``items`` are due, now or later; ``gone`` are not."""

    items: tuple[DueItem, ...]
    gone: tuple[Gone, ...]


def place_of(item: DueItem) -> Place:
    """What a calendar knows an item by."""
    window = item.window
    return (window.patient, window.protocol, window.kind, window.anchor_visit if window.kind == "event-review" else None)


def due_calendar(
    items: Iterable[DueItem], listed: tuple[DueItem, ...], courses: Iterable[PastCourse], day: date, *, kind: str | None = None
) -> DueCalendar:
    """``items`` is everything that is derived on the day, ``listed`` what the list shows of it; ``kind``: nothing is said of others."""
    known = {(one.patient, one.protocol): one for one in courses}
    here = {place_of(one) for one in listed}
    derived = {place_of(one): one for one in items if kind in (None, one.window.kind)}
    later = {place: one for place, one in derived.items() if place not in here and one.status == "early"}
    moved = tuple(one for place, one in later.items() if _may_stand_elsewhere(known.get(place[:2]), place[2]))
    due = here | {place for place, one in derived.items() if one.status != "lapsed"}
    gone = (Gone(place, min(one.last_visit, day)) for one in known.values() if one.touched >= before(day, KEPT) for place in _places(one))
    return DueCalendar((*listed, *moved), tuple(one for one in gone if one.place not in due and kind in (None, one.place[2])))


def _may_stand_elsewhere(course: PastCourse | None, kind: str) -> bool:
    """Whether an earlier visit can have opened a window of that kind."""
    if course is None:
        return False
    if kind == "consult-review":
        return course.consults > 1 or course.interrupted
    return course.sessions + (course.consults if kind == "session" else 0) > 1


def _places(course: PastCourse) -> Iterator[Place]:
    """Everything that a list can have had of a course, in the order of the kinds."""
    for kind in KINDS:
        visits: tuple[int | None, ...] = course.events if kind == "event-review" else (None,)
        if kind != "onset-check" or course.sessions:
            yield from ((course.patient, course.protocol, kind, visit) for visit in visits)
