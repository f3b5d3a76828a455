"""Who is due, for what, since when: windows derived from the visits that stand and from pinned editions.

Conventions. Plain dates only; ``due_window`` has what the states mean, ``interruptions`` what a moved, missed or declined appointment, a
pause and a stop do. Only the last standing session of a protocol anchors. Nothing is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from botoxcli.clinic.dates import Span, after
from botoxcli.clinic.decisions import awaits_session, is_undecided
from botoxcli.clinic.due_candidate import DueCandidate, FollowUpRule, LastVisit, PastEvent
from botoxcli.clinic.due_window import DueItem as DueItem
from botoxcli.clinic.due_window import Rules as Rules
from botoxcli.clinic.due_window import Window as Window
from botoxcli.clinic.due_window import explain as explain
from botoxcli.clinic.due_window import last_of_any, rules_for
from botoxcli.clinic.due_window import open_window as open_window
from botoxcli.clinic.due_window import status_on as status_on
from botoxcli.clinic.event_reviews import to_review
from botoxcli.clinic.interruptions import declined_reviews, is_paused, pause_reviews, stop_reviews, with_appointments

KINDS = ("onset-check", "session", "consult-review", "event-review")
HORIZON = Span(2, "weeks")
_ORDER = {kind: place for place, kind in enumerate(KINDS)}


def windows(candidate: DueCandidate, rules: Rules, day: date) -> list[Window]:
    """Everything that is open, to come or past for a candidate on a day."""
    if candidate.stopped_on:
        return list(stop_reviews(candidate, rules))
    if is_paused(candidate, day):
        return list(pause_reviews(candidate, rules))
    next_one = _next_session(candidate, rules)
    session = _awaited(candidate, rules, next_one)
    found = [session] if session else []
    found += _onset_checks(candidate, rules, day, next_one)
    if review := _review(candidate, rules, day, session, next_one):
        found.append(review)
    if candidate.events:
        found += _event_reviews(candidate, rules)
    return found


def _event_reviews(candidate: DueCandidate, rules: Rules) -> Iterator[Window]:
    for event in to_review(candidate.events):
        for rule in rules_for(rules, candidate, last_of_any(candidate), "event-review", "event"):
            yield open_window(candidate, event.date, event.visit, rule)


def session_window(candidate: DueCandidate, rules: Rules) -> Window | None:
    """The window of the session that is next, whatever the day, with what became of its appointments; None while none is awaited."""
    return _awaited(candidate, rules, _next_session(candidate, rules))


def _awaited(candidate: DueCandidate, rules: Rules, next_one: Window | None) -> Window | None:
    """The session that is awaited: the one after the last, or the first of a new course."""
    new_course = _new_course(candidate, next_one)
    if new_course:
        opened = (
            open_window(candidate, new_course.date, new_course.visit, rule)
            for rule in rules_for(rules, candidate, new_course, "session", "eligible-consult")
        )
        next_one = next(opened, None)
    return with_appointments(next_one, candidate.appointments) if next_one and candidate.appointments else next_one


def _next_session(candidate: DueCandidate, rules: Rules) -> Window | None:
    """The window that the last session opens."""
    session = candidate.session
    if session is None:
        return None
    following = rules_for(rules, candidate, session, "session", "session")
    return open_window(candidate, session.date, session.visit, following[0]) if following else None


def _onset_checks(candidate: DueCandidate, rules: Rules, day: date, next_one: Window | None) -> list[Window]:
    session = candidate.session
    if session is None or (next_one is not None and day >= next_one.earliest):  # the opening of the next session's window closes them
        return []
    following = rules_for(rules, candidate, session, "onset-check", "session")
    return [open_window(candidate, session.date, session.visit, rule) for rule in following if not _is_told(candidate, session, rule)]


def _new_course(candidate: DueCandidate, next_one: Window | None) -> LastVisit | None:
    """The consult that waits for a session of its own: an allowing one without a session, or after the last session lapsed."""
    consult, session = candidate.consult, candidate.session
    if consult is None or not awaits_session(consult.decision, consult.decided):
        return None
    if session is None:
        return consult
    lapsed_on = next_one.latest if next_one else None
    return consult if lapsed_on is not None and consult.date > lapsed_on else None


def _is_told(candidate: DueCandidate, session: LastVisit, rule: FollowUpRule) -> bool:
    """Whether a follow-up told already what a check of that session asks."""
    told = candidate.follow_up
    return told is not None and rule.closes is not None and told.date >= after(session.date, rule.closes)


def _review(candidate: DueCandidate, rules: Rules, day: date, session: Window | None, next_one: Window | None) -> Window | None:
    """At most one review of the consult a patient and protocol: the one that is due first. ``next_one`` is what the last session opened."""
    found = [*_consult_reviews(candidate, rules), *_lapse_reviews(candidate, rules, day, next_one)]
    if candidate.appointments:
        found += declined_reviews(candidate, rules, session)
    if candidate.paused_until:
        found += pause_reviews(candidate, rules)
    return min(found, key=lambda window: (window.due, window.anchor_visit)) if len(found) > 1 else found[0] if found else None


def _consult_reviews(candidate: DueCandidate, rules: Rules) -> list[Window]:
    consult, found = candidate.consult, []
    if consult:
        following = rules_for(rules, candidate, consult, "consult-review", "consult")
        if is_undecided(consult.decision, consult.decided):
            following = [*rules_for(rules, candidate, consult, "consult-review", "needs-review"), *following]
        found = [open_window(candidate, consult.date, consult.visit, rule) for rule in following]
    for event in candidate.events:
        if event.escalate == "emergency" and not event.raised and (consult is None or _came_after(event, consult)):
            following = rules_for(rules, candidate, consult or last_of_any(candidate), "consult-review", "emergency-event")
            found += [open_window(candidate, event.date, event.visit, rule) for rule in following]
    return found


def _came_after(event: PastEvent, consult: LastVisit) -> bool:
    """Began after the consult, or was told after it: a consult that is entered late does not settle what came after its day."""
    return event.visit > consult.visit or event.date > consult.date


def _lapse_reviews(candidate: DueCandidate, rules: Rules, day: date, next_one: Window | None) -> list[Window]:
    """When a session lapses, the consult is looked at again from the day after the session's latest, unless one came since.

    A session that lapses while its patient is paused is looked at when the pause ends: that review stands instead.
    """
    session, consult, paused_until = candidate.session, candidate.consult, candidate.paused_until
    if session is None or next_one is None or next_one.latest is None or day <= next_one.latest:
        return []
    lapsed_from = next_one.latest + timedelta(days=1)
    in_pause = paused_until and session.date < paused_until and lapsed_from <= paused_until
    if in_pause or (consult is not None and consult.date >= lapsed_from):
        return []
    following = rules_for(rules, candidate, session, "consult-review", "lapse")
    return [open_window(candidate, lapsed_from, session.visit, rule) for rule in following]


def due_on(candidates: Iterable[DueCandidate], rules: Rules, day: date) -> tuple[DueItem, ...]:
    """Every window of every candidate as it stands on a day, the latest first; equals in the order of due day, patient and kind."""
    return latest_first(as_on(candidates, rules, day))


def as_on(candidates: Iterable[DueCandidate], rules: Rules, day: date, *, until: date | None = None) -> Iterator[DueItem]:
    """The same, a candidate after the other; with ``until`` (no day before ``day``) without what lapsed or is due or opens after it."""
    for candidate in candidates:
        for window in windows(candidate, rules, day):
            if until is None or (min(window.earliest, window.due) <= until and (window.latest is None or window.latest >= day)):
                yield DueItem(window, status_on(window, day), max((day - window.due).days, 0))


def latest_first(items: Iterable[DueItem]) -> tuple[DueItem, ...]:
    """In the order of due day, patient and kind."""
    return tuple(sorted(items, key=lambda item: (item.window.due, item.window.patient, _ORDER[item.window.kind])))


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
    until = horizon(day, within)
    kept = []
    for item in items:
        listed = everything or item.status in ("open", "due", "overdue") or (item.status == "early" and item.window.earliest <= until)
        if listed and (kind is None or item.window.kind == kind) and (not overdue or item.status == "overdue"):
            kept.append(item)
    return tuple(kept)


def horizon(day: date, within: Span | None = None) -> date:
    """The last day that the list looks ahead to, two weeks or ``within``; the calendar's last where the span reaches beyond it."""
    try:
        return after(day, within or HORIZON)
    except (OverflowError, ValueError):
        return date.max


def next_dates(candidate: DueCandidate, rules: Rules, day: date) -> tuple[Window, ...]:
    """What comes next after a session, in the order of its days: the check of the effect and the next session."""
    coming = [window for window in windows(candidate, rules, day) if window.kind in ("onset-check", "session")]
    return tuple(sorted(coming, key=lambda window: window.earliest))


def with_session(candidate: DueCandidate, session: LastVisit) -> DueCandidate:
    """The candidate as it will be once a session is recorded, for showing dates before it is."""
    return candidate._replace(session=session)
