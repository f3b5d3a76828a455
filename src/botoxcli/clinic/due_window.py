"""A window of the due list as a value: what is due, its three days, how it stands on a day, and the sentence that explains it.

Conventions. Plain dates only. ``earliest``, ``due`` and ``latest`` are days that still belong to their state: a session is ``open`` from
``earliest``, ``due`` in the last seven days up to and with ``due`` (never before ``earliest``), ``overdue`` after it, and ``lapsed`` after
``latest``. Before ``earliest`` it is ``early``.

Which edition says when: what leads to a session that is still to come (the session itself, every review of the consult) goes by the edition
in use, because that session will be held against it. What looks back at a visit that was (the check of its effect, its events) goes by the
edition which that visit followed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from functools import cache
from typing import Literal, NamedTuple

from botoxcli.clinic.dates import after
from botoxcli.clinic.due_candidate import DueCandidate, FollowUpRule, LastVisit

Status = Literal["early", "open", "due", "overdue", "lapsed"]
DUE_DAYS = 7
_DUE_DAYS = timedelta(days=DUE_DAYS)
_AHEAD = ("session", "consult-review")


class Rules:
    """The windows of editions, by the number of the edition; ``read`` is asked once for each."""

    def __init__(self, read: Callable[[int], Iterable[FollowUpRule]]) -> None:
        self._read = read
        self._editions = set[int]()
        self._known: dict[tuple[int, str, str], list[FollowUpRule]] = {}

    def of(self, edition_id: int, kind: str, anchor: str) -> Sequence[FollowUpRule]:
        """The rules of one kind and anchor, in the edition's order."""
        found = self._known.get((edition_id, kind, anchor))
        if found is None:
            found = self._known.setdefault((edition_id, kind, anchor), [])
            if edition_id not in self._editions:
                self._editions.add(edition_id)
                for rule in self._read(edition_id):
                    self._known.setdefault((edition_id, rule.kind, rule.anchor), []).append(rule)
        return found


class Window(NamedTuple):
    """One thing that is due for one patient. ``anchor`` is the day that it is reckoned from, ``anchor_visit`` the visit of that day.

    ``said`` is what became of its appointments, in the order of the days: ``moved to 2026-06-20 on 2026-06-05``.
    """

    patient: str
    kind: str
    earliest: date
    due: date
    latest: date | None
    protocol: str
    anchor: date
    anchor_visit: int
    rule: FollowUpRule
    said: tuple[str, ...] = ()


class DueItem(NamedTuple):
    """A window as it stands on a day. ``days_late`` counts from the due day and is 0 up to and with it."""

    window: Window
    status: Status
    days_late: int


def status_on(window: Window, day: date) -> Status:
    """The window's status on a day."""
    if window.latest is not None and day > window.latest:
        return "lapsed"
    if day > window.due:
        return "overdue"
    if day < window.earliest:
        return "early"
    return "due" if day > window.due - _DUE_DAYS else "open"


def open_window(candidate: DueCandidate, anchor: date, visit: int, rule: FollowUpRule) -> Window:
    """The window that a rule opens from an anchor's day."""
    earliest, due, latest = _days_of(rule, anchor)
    return Window(candidate.patient, rule.kind, earliest, due, latest, candidate.protocol, anchor, visit, rule)


@cache
def _days_of(rule: FollowUpRule, anchor: date) -> tuple[date, date, date | None]:
    """Earliest, due and latest: many patients have the same anchor's day."""
    return after(anchor, rule.earliest), after(anchor, rule.due), after(anchor, rule.latest) if rule.latest else None


def last_of_any(candidate: DueCandidate) -> LastVisit | None:
    """The visit whose edition says what follows an event: the session's, else the consult's, else the follow-up's own."""
    return candidate.session or candidate.consult or candidate.follow_up


def rules_for(rules: Rules, candidate: DueCandidate, visit: LastVisit | None, kind: str, anchor: str) -> Sequence[FollowUpRule]:
    """The rules of one kind and anchor, of the edition in use or of the visit's as the kind has it; none without a visit."""
    if visit is None:
        return ()
    ahead = candidate.edition_in_use if kind in _AHEAD else None
    return rules.of(visit.edition_id if ahead is None else ahead, kind, anchor)


_ANCHOR_WORDS = {
    "session": "session",
    "eligible-consult": "consult that allows treatment",
    "consult": "consult",
    "needs-review": "consult that needs a review",
    "lapse": "lapse after the session",
    "event": "adverse event",
    "emergency-event": "emergency event",
    "declined": "session declined after the visit",
    "pause-end": "end of the pause",
    "response-stop": "stopped by a response rule",
}


def explain(window: Window) -> str:
    """Which visit, which rule, and the sum: ``2026-03-09 + 12 weeks = 2026-06-01, due by 2026-06-09``; then what became of its appointments.

    The sum is the rule's: where another day was agreed, what was said comes after it.
    """
    rule = window.rule
    due = after(window.anchor, rule.due)
    parts = [
        f"visit {window.anchor_visit}, {_ANCHOR_WORDS.get(rule.anchor, rule.anchor)}: "
        f"{window.anchor.isoformat()} + {rule.earliest} = {window.earliest.isoformat()}, due by {due.isoformat()} (+ {rule.due})"
    ]
    if window.latest and rule.latest:
        parts.append(f"latest {window.latest.isoformat()} (+ {rule.latest})")
    return ", ".join([*parts, *window.said])
