"""Who is due, for what, since when: windows derived from the visits that stand and from their pinned editions.

Conventions. Plain dates only. ``earliest``, ``due`` and ``latest`` are days that still belong to their state: a session is ``open`` from
``earliest``, ``due`` in the last seven days up to and with ``due`` (never before ``earliest``), ``overdue`` after it, and ``lapsed`` after
``latest``. Before ``earliest`` it is ``early``. Only the last standing session of a protocol anchors. Nothing is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from botoxcli.clinic.dates import Span, after
from botoxcli.clinic.history import DueCandidate, FollowUpRule, LastVisit, PastEvent

Status = Literal["early", "open", "due", "overdue", "lapsed"]
KINDS = ("onset-check", "session", "consult-review", "event-review")
DUE_DAYS = 7
HORIZON = Span(2, "weeks")
Rules = Callable[[int], Iterable[FollowUpRule]]


@dataclass(frozen=True, slots=True)
class Window:
    """One thing that is due for one patient. ``anchor`` is the day that it is reckoned from, ``anchor_visit`` the visit of that day."""

    patient: str
    kind: str
    earliest: date
    due: date
    latest: date | None
    protocol: str
    anchor: date
    anchor_visit: int
    rule: FollowUpRule


@dataclass(frozen=True, slots=True)
class DueItem:
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
    return "due" if day > window.due - timedelta(days=DUE_DAYS) else "open"


def open_window(candidate: DueCandidate, anchor: date, visit: int, rule: FollowUpRule) -> Window:
    """The window that a rule opens from an anchor's day."""
    return Window(
        patient=candidate.patient,
        kind=rule.kind,
        earliest=after(anchor, rule.earliest),
        due=after(anchor, rule.due),
        latest=after(anchor, rule.latest) if rule.latest else None,
        protocol=candidate.protocol,
        anchor=anchor,
        anchor_visit=visit,
        rule=rule,
    )


def windows(candidate: DueCandidate, rules: Rules, day: date) -> Iterator[Window]:
    """Everything that is open, to come or past for a candidate on a day."""
    yield from _after_session(candidate, rules, day)
    yield from _reviews(candidate, rules, day)
    for event in candidate.events:
        if not event.resolved:
            for rule in _for(rules, _last_of_any(candidate), "event-review", "event"):
                yield open_window(candidate, event.date, event.visit, rule)


def _last_of_any(candidate: DueCandidate) -> LastVisit | None:
    """The visit whose edition says what follows an event: the session's, else the consult's, else the follow-up's own."""
    return candidate.session or candidate.consult or candidate.follow_up


def _after_session(candidate: DueCandidate, rules: Rules, day: date) -> Iterator[Window]:
    session, consult = candidate.session, candidate.consult
    next_one = None
    if session:
        next_one = next((open_window(candidate, session.date, session.visit, rule) for rule in _for(rules, session, "session", "session")), None)
    new_course = _new_course(candidate, next_one)
    if new_course:
        for rule in _for(rules, consult, "session", "eligible-consult"):
            yield open_window(candidate, new_course.date, new_course.visit, rule)
    elif next_one:
        yield next_one
    if session:
        for rule in _for(rules, session, "onset-check", "session"):
            if not _onset_check_closed(candidate, session, rule, next_one, day):
                yield open_window(candidate, session.date, session.visit, rule)


def _new_course(candidate: DueCandidate, next_one: Window | None) -> LastVisit | None:
    """The consult that waits for a session of its own: an allowing one without a session, or after the last session lapsed."""
    consult, session = candidate.consult, candidate.session
    if consult is None or not _to_be_treated(consult):
        return None
    if session is None:
        return consult
    lapsed_on = next_one.latest if next_one else None
    return consult if lapsed_on is not None and consult.date > lapsed_on else None


def _to_be_treated(consult: LastVisit) -> bool:
    """Eligible, or decided to treat whatever the rules said: somebody waits for a session."""
    return consult.decided == "treat" or (consult.decision == "eligible" and consult.decided is None)


def _onset_check_closed(candidate: DueCandidate, session: LastVisit, rule: FollowUpRule, next_one: Window | None, day: date) -> bool:
    told = candidate.follow_up
    if told and rule.closes and told.date >= after(session.date, rule.closes):
        return True
    return next_one is not None and day >= next_one.earliest


def _reviews(candidate: DueCandidate, rules: Rules, day: date) -> Iterator[Window]:
    """At most one review of the consult a patient and protocol: the one that is due first."""
    found = [*_consult_reviews(candidate, rules), *_lapse_reviews(candidate, rules, day)]
    if found:
        yield min(found, key=lambda window: (window.due, window.anchor_visit))


def _consult_reviews(candidate: DueCandidate, rules: Rules) -> Iterator[Window]:
    consult = candidate.consult
    if consult:
        if consult.decision == "needs-review" and consult.decided is None:
            for rule in _for(rules, consult, "consult-review", "needs-review"):
                yield open_window(candidate, consult.date, consult.visit, rule)
        for rule in _for(rules, consult, "consult-review", "consult"):
            yield open_window(candidate, consult.date, consult.visit, rule)
    for event in candidate.events:
        if event.escalate == "emergency" and (consult is None or _came_after(event, consult)):
            for rule in _for(rules, consult or _last_of_any(candidate), "consult-review", "emergency-event"):
                yield open_window(candidate, event.date, event.visit, rule)


def _came_after(event: PastEvent, consult: LastVisit) -> bool:
    """Began after the consult, or was told after it: a consult that is entered late does not settle what came after its day."""
    return event.visit > consult.visit or event.date > consult.date


def _lapse_reviews(candidate: DueCandidate, rules: Rules, day: date) -> Iterator[Window]:
    """When a session lapses, the consult is looked at again from the day after the session's latest, unless one came since."""
    session, consult = candidate.session, candidate.consult
    if session is None:
        return
    for rule in _for(rules, session, "session", "session"):
        lapsed_from = after(session.date, rule.latest) + timedelta(days=1) if rule.latest else None
        if lapsed_from and day >= lapsed_from and (consult is None or consult.date < lapsed_from):
            for review in _for(rules, session, "consult-review", "lapse"):
                yield open_window(candidate, lapsed_from, session.visit, review)


def _for(rules: Rules, visit: LastVisit | None, kind: str, anchor: str) -> Iterator[FollowUpRule]:
    if visit:
        yield from (rule for rule in rules(visit.edition_id) if rule.kind == kind and rule.anchor == anchor)


def due_on(candidates: Iterable[DueCandidate], rules: Rules, day: date) -> tuple[DueItem, ...]:
    """Every window of every candidate as it stands on a day, the latest first; equals in the order of due day, patient and kind."""
    items = [
        DueItem(window, status_on(window, day), max((day - window.due).days, 0))
        for candidate in candidates
        for window in windows(candidate, rules, day)
    ]
    return tuple(sorted(items, key=lambda item: (item.window.due, item.window.patient, KINDS.index(item.window.kind))))


def shown(
    items: Iterable[DueItem],
    day: date,
    *,
    within: Span | None = None,
    overdue: bool = False,
    kind: str | None = None,
    everything: bool = False,
) -> tuple[DueItem, ...]:
    """The items of the list: all that is open, due or overdue, and what opens within the horizon (two weeks, or ``within``).

    ``within`` never hides what is open or late. ``everything`` adds the early and the lapsed. ``overdue`` keeps the overdue only.
    """
    horizon = _horizon(day, within or HORIZON)
    kept = []
    for item in items:
        listed = everything or item.status in ("open", "due", "overdue") or (item.status == "early" and item.window.earliest <= horizon)
        if listed and (kind is None or item.window.kind == kind) and (not overdue or item.status == "overdue"):
            kept.append(item)
    return tuple(kept)


def _horizon(day: date, span: Span) -> date:
    """The last day that the list looks ahead to; the calendar's last where the span reaches beyond it."""
    try:
        return after(day, span)
    except (OverflowError, ValueError):
        return date.max


_ANCHOR_WORDS = {
    "session": "session",
    "eligible-consult": "consult that allows treatment",
    "consult": "consult",
    "needs-review": "consult that needs a review",
    "lapse": "lapse after the session",
    "event": "adverse event",
    "emergency-event": "emergency event",
}


def explain(window: Window) -> str:
    """Which visit, which rule, and the sum: ``2026-03-09 + 12 weeks = 2026-06-01, due by 2026-06-09``."""
    rule = window.rule
    parts = [
        f"visit {window.anchor_visit}, {_ANCHOR_WORDS.get(rule.anchor, rule.anchor)}: "
        f"{window.anchor.isoformat()} + {rule.earliest} = {window.earliest.isoformat()}, due by {window.due.isoformat()} (+ {rule.due})"
    ]
    if window.latest and rule.latest:
        parts.append(f"latest {window.latest.isoformat()} (+ {rule.latest})")
    return ", ".join(parts)


def next_dates(candidate: DueCandidate, rules: Rules, day: date) -> tuple[Window, ...]:
    """What comes next after a session, in the order of its days: the check of the effect and the next session."""
    coming = [window for window in windows(candidate, rules, day) if window.kind in ("onset-check", "session")]
    return tuple(sorted(coming, key=lambda window: window.earliest))


def with_session(candidate: DueCandidate, session: LastVisit) -> DueCandidate:
    """The candidate as it will be once a session is recorded, for showing dates before it is."""
    return replace(candidate, session=session)
