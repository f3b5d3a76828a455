"""A practice that is kept in a few plain Python dicts: what stands, what is due, what a visit finds. The program is held against it.

It follows the rules in words, and looks at nothing of how the program does it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from .plain_response import Told, months_later

PATIENTS = ("P0001", "P0002")
LOTS = {"A1": 5, "B2": 3}
WATCHED = (
    "interval", "interval-long", "cumulative-dose", "consult", "consult-old", "duplicate-visit", "out-of-order", "window-crosses-session",
)  # fmt: skip


@dataclass
class Visit:
    """A session as the model keeps it: its vial is the number of one."""

    patient: str
    day: date
    skipped: frozenset[str]
    vial: int

    @property
    def units(self) -> int:
        return 155 - 5 * len(self.skipped)


@dataclass
class Consult:
    """``days`` are the headache days a month, None when they are unknown: the only answer that differs."""

    patient: str
    day: date
    days: int | None

    @property
    def decision(self) -> str:
        return "needs-review" if self.days is None else "eligible" if self.days >= 15 else "not-eligible"


@dataclass
class FollowUp:
    """So many headache days ``of`` so many diary days, and the hours of the 28 days, None when they were not told."""

    patient: str
    day: date
    ill: int
    of: int
    hours: int | None


AnyVisit = Visit | Consult | FollowUp
Due = tuple[date, date, int]  # earliest, the day and the number of the visit that it is reckoned from


@dataclass
class Practice:
    """All that stands. A vial is ``unused``, ``discarded`` or a visit's number."""

    visits: dict[int, Visit] = field(default_factory=dict)
    consults: dict[int, Consult] = field(default_factory=dict)
    follow_ups: dict[int, FollowUp] = field(default_factory=dict)
    vials: dict[int, str | int] = field(default_factory=dict)
    diary: dict[str, dict[date, bool]] = field(default_factory=lambda: {code: {} for code in PATIENTS})

    @property
    def every_visit(self) -> dict[int, AnyVisit]:
        return {**self.visits, **self.consults, **self.follow_ups}

    def unused(self, lot: str, but: Visit | None = None) -> int | None:
        """The vial that a lot means: the one that the visit has already, else the first unused one."""
        if but and lot_of(but.vial) == lot:
            return but.vial
        return next((number for number, state in sorted(self.vials.items()) if state == "unused" and lot_of(number) == lot), None)

    def void(self, number: int) -> None:
        """Takes a visit out; its vial is unused again."""
        if number in self.visits:
            self.vials[self.visits.pop(number).vial] = "unused"
        self.consults.pop(number, None)
        self.follow_ups.pop(number, None)

    def sessions(self, patient: str) -> list[tuple[date, int]]:
        """Days and numbers of a patient's sessions, in order."""
        return sorted((visit.day, number) for number, visit in self.visits.items() if visit.patient == patient)

    def told(self, patient: str, today: date) -> Told:
        """What the response is reckoned from."""
        return Told(
            today=today,
            sessions=[day for day, _ in self.sessions(patient)],
            consults=[(one.day, number, one.days) for number, one in self.consults.items() if one.patient == patient],
            follow_ups=[(one.day, number, one.ill, one.of, one.hours) for number, one in self.follow_ups.items() if one.patient == patient],
            diary=self.diary[patient],
        )

    def due(self, patient: str, today: date) -> dict[str, Due]:
        """The next session, and the check of the effect while it is open."""
        sessions = self.sessions(patient)
        consult = max(((one.day, number) for number, one in self.consults.items() if one.patient == patient), default=None)
        waits = consult is not None and self.consults[consult[1]].decision == "eligible"
        if consult and waits and (not sessions or consult[0] > months_later(sessions[-1][0], 6)):
            due = {"session": (consult[0], *consult)}
        elif sessions:
            due = {"session": (sessions[-1][0] + timedelta(days=84), *sessions[-1])}
        else:
            return {}
        if sessions:
            day, number = sessions[-1]
            asked = any(one.patient == patient and one.day >= day + timedelta(days=7) for one in self.follow_ups.values())
            if not asked and day + timedelta(days=84) > today:
                due["onset-check"] = (day + timedelta(days=10), day, number)
        return due

    def findings(self, number: int, *, new: bool) -> set[str]:
        """What is found at a visit by what else stands: its own number is left out. ``new`` is one that was not corrected."""
        one = self.every_visit[number]
        others = {other: visit for other, visit in self.every_visit.items() if other != number and visit.patient == one.patient}
        found = {"duplicate-visit"} if any(type(visit) is type(one) and visit.day == one.day for visit in others.values()) else set()
        if any(visit.day > one.day and (new or other < number) for other, visit in others.items()):
            found.add("out-of-order")
        sessions = [visit for visit in others.values() if isinstance(visit, Visit)]
        if isinstance(one, Visit):
            found |= _at_a_session(one, sessions, [(visit.day, other) for other, visit in others.items() if isinstance(visit, Consult)], self)
        if isinstance(one, FollowUp) and any(one.day - timedelta(days=28) < session.day < one.day for session in sessions):
            found.add("window-crosses-session")
        return found


def _at_a_session(one: Visit, others: list[Visit], consults: list[tuple[date, int]], practice: Practice) -> set[str]:
    found = set()
    if any(abs((one.day - other.day).days) < 84 for other in others):
        found.add("interval")
    last = max((other.day for other in others if other.day <= one.day), default=None)
    if last and one.day > months_later(last, 6):
        found.add("interval-long")
    consult = max((told for told in consults if told[0] <= one.day), default=None)
    if consult is None or practice.consults[consult[1]].decision != "eligible":
        found.add("consult")
    if consult and months_later(consult[0], 12) < one.day:
        found.add("consult-old")
    ends = [one.day, *(other.day for other in others if other.day > one.day and months_later(other.day, -3) < one.day)]
    if any(held(others, end) + one.units > 400 for end in ends):
        found.add("cumulative-dose")
    return found


def held(sessions: Iterable[Visit], end: date) -> int:
    """The units of the 3 months up to a day."""
    return sum(one.units for one in sessions if months_later(end, -3) < one.day <= end)


def lot_of(vial: int) -> str:
    return "A1" if vial <= LOTS["A1"] else "B2"


def windows(diary: dict[date, bool], sessions: list[date]) -> dict[date, tuple[int, int]]:
    """Each 28 days of a diary from a session on, and backwards before the first: first day -> diary days, headache days."""
    if not diary:
        return {}
    month, last = timedelta(days=28), max(diary)
    first = sessions[0] if sessions else last + timedelta(days=1)
    starts = [first - month * number for number in range(1, 60)]
    for place, day in enumerate(sessions):
        ends = sessions[place + 1] if place + 1 < len(sessions) else date(2027, 1, 1)
        starts += [day + month * number for number in range(60) if day + month * (number + 1) <= ends]
    counted = {start: [ill for day, ill in diary.items() if start <= day < start + month] for start in starts}
    return {start: (len(days), sum(days)) for start, days in counted.items() if days}
