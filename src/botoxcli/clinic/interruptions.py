"""What comes between a patient and the next session: an appointment that was moved, missed or declined, a pause, a stop by a response rule.

Conventions, beyond RULES, decided here once:

- **Moved**: the new day that was agreed becomes the session's due day. It never leaves the rule's window: ``earliest`` and ``latest`` stay,
  and a new day outside them counts as the nearer of the two. The last move counts. A missed appointment may name a new day too.
- **Missed, declined**: the session stays due as it was; nobody becomes less late by it.
- **Declined** asks for a review of the consult at once (the protocol's ``declined`` rule): somebody has to ask whether the course goes on. A
  consult on or after that day, a session, or a new day that is agreed later settles it.
- An appointment belongs to the window that was open when it was recorded: it comes after the day of the window's anchor (on that very day
  only with a new day inside the window). The next session or a new course leaves it behind.
- **Paused**: before the day ``paused_until`` nothing of the patient is in the list but the review of the consult that is due on it. From that
  day on everything else is due as it was. Only a consult on or after it settles the review.
- **Stopped by a response rule** (archived with the rule's name): nothing but the review of the consult, 4 months after the stop, at the latest 5. A
  later consult settles it. An edition that was pinned before protocols could say either has the defaults of RULES.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from botoxcli.clinic.dates import Span, before
from botoxcli.clinic.due_candidate import Appointment, DueCandidate, FollowUpRule
from botoxcli.clinic.due_window import Rules, Window, last_of_any, open_window, rules_for

_NONE = Span(0, "days")
PAUSE_END = FollowUpRule("consult-review", "pause-end", _NONE, _NONE, None, None)
RESPONSE_STOP = FollowUpRule("consult-review", "response-stop", Span(4, "months"), Span(4, "months"), Span(5, "months"), None)


def with_appointments(window: Window, appointments: tuple[Appointment, ...]) -> Window:
    """The session's window with what became of its appointments: another due day where one was agreed, and what to say of it."""
    ours = _of(window, appointments)
    agreed = [one.moved_to for one in ours if one.moved_to is not None]
    due = window.due
    if agreed:
        due = max(agreed[-1], window.earliest)
        due = min(due, window.latest) if window.latest else due
    said = [appointment_words(one) for one in ours]
    if agreed and due != agreed[-1]:
        said.append(f"outside the window, so {due.isoformat()} counts")
    return window._replace(due=due, said=tuple(said))


def _of(window: Window, appointments: tuple[Appointment, ...]) -> tuple[Appointment, ...]:
    """The appointments of a window, by the day on which they were moved, missed or declined; of one day in the order of recording."""
    return tuple(sorted((one for one in appointments if _concerns(window, one)), key=lambda one: one.on))


def _concerns(window: Window, one: Appointment) -> bool:
    if one.on != window.anchor:
        return one.on > window.anchor
    return window.rule.anchor != "session" or (one.moved_to is not None and one.moved_to >= window.earliest)


def appointment_words(one: Appointment) -> str:
    """``moved to 2026-06-20 on 2026-06-05``; ``missed on 2026-06-05, moved to 2026-06-20``."""
    if one.kind == "moved" and one.moved_to:
        return f"moved to {one.moved_to.isoformat()} on {one.on.isoformat()}"
    said = f"{one.kind} on {one.on.isoformat()}"
    return f"{said}, moved to {one.moved_to.isoformat()}" if one.moved_to else said


def declined_reviews(candidate: DueCandidate, rules: Rules, session: Window | None) -> Iterator[Window]:
    """The review of the consult that a declined session asks for, while nothing settles it. ``session`` is the window that it belongs to."""
    visit, consult = last_of_any(candidate), candidate.consult
    if session is None or visit is None or not candidate.appointments:
        return
    ours = _of(session, candidate.appointments)
    if ours and ours[-1].kind == "declined" and (consult is None or consult.date < ours[-1].on or consult.visit == session.anchor_visit):
        for rule in rules_for(rules, candidate, visit, "consult-review", "declined"):
            yield open_window(candidate, ours[-1].on, visit.visit, rule)


def is_paused(candidate: DueCandidate, day: date) -> bool:
    """Whether the patient is paused on a day: the pause's own day of ending is not one of them."""
    return candidate.paused_until is not None and day < candidate.paused_until


def pause_reviews(candidate: DueCandidate, rules: Rules) -> Iterator[Window]:
    """The review of the consult at the end of the last pause, unless a consult came on or after that day."""
    end = candidate.paused_until
    if end and (candidate.consult is None or candidate.consult.date < end):
        yield from _review(candidate, rules, end, PAUSE_END)


def stop_reviews(candidate: DueCandidate, rules: Rules) -> Iterator[Window]:
    """The look back at a course that a response rule stopped, unless a consult came after the stop."""
    stopped = candidate.stopped_on
    if stopped and (candidate.consult is None or candidate.consult.date <= stopped):
        yield from _review(candidate, rules, stopped, RESPONSE_STOP)


def stops_in_view(rules: Iterable[FollowUpRule], day: date) -> date | None:
    """The first day of a stop whose review may not have lapsed on ``day``, by the windows of every edition; None where any day may be."""
    lasts = [rule.latest for rule in (*rules, RESPONSE_STOP) if rule.anchor == RESPONSE_STOP.anchor]
    if None in lasts:
        return None
    return min(before(day, span) for span in lasts if span)


def _review(candidate: DueCandidate, rules: Rules, anchor: date, default: FollowUpRule) -> Iterator[Window]:
    visit = last_of_any(candidate)
    if visit:
        own = rules_for(rules, candidate, visit, "consult-review", default.anchor)
        for rule in own or (default,):
            yield open_window(candidate, anchor, visit.visit, rule)
