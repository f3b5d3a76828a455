"""Which records are incomplete: a tuple of small checks, each of which yields what a session lacks; and consults nobody decided.

Conventions. A check neither prints nor raises. What belongs to the time after a session is lacking only once that time is over: the answer
about adverse events at the next session, or after the onset-check's due day; an outcome at the next session, or after its due day.
A follow-up belongs to the session before it, and on the next session's day still to the earlier one. The aftercare sheet is
printed with every session: it counts as given unless ``aftercare`` was answered no. An imported session is called imported and
nothing else: what was not recorded here cannot be lacking here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from botoxcli.clinic.dates import after
from botoxcli.clinic.due_candidate import FollowUpRule
from botoxcli.clinic.quantity import units_text

if TYPE_CHECKING:
    from botoxcli.clinic.history import VisitKind

IMPORTED = "imported"


class ToldAt(NamedTuple):
    """What a follow-up told: whether the adverse events were answered, and whether any outcome is known."""

    visit: int
    date: date
    events: bool
    outcome: bool


class AuditedSession(NamedTuple):
    """A session as the audit sees it. ``rules`` are its edition's windows; ``told`` are follow-ups of its patient and protocol, ``diary``
    the patient's diary days, by date: at least those of its cycle; ``outside`` the lots that it used and the stock does not have."""

    visit: int
    patient: str
    on: date
    protocol: str
    imported: bool
    consent: str | None
    aftercare: str | None
    vials: int
    outside: tuple[str, ...]
    hundredths: int
    given_hundredths: int
    unbalanced_vials: int
    reconstituted: bool
    minutes: int | None
    injector: str | None
    next_session: date | None
    rules: tuple[FollowUpRule, ...] = ()
    told: tuple[ToldAt, ...] = ()
    diary: tuple[date, ...] = ()

    def in_cycle(self, day: date) -> bool:
        """After this session, up to and with the day of the next."""
        return self.on < day and (self.next_session is None or day <= self.next_session)

    def over(self, kind: str, today: date) -> bool:
        """Whether the time of a window after this session is over: the next session was, or the window's due day has passed."""
        if self.next_session is not None and self.next_session <= today:
            return True
        due = [after(self.on, rule.due) for rule in self.rules if rule.kind == kind and rule.anchor == "session"]
        return bool(due) and today > min(due)


class UndecidedConsult(NamedTuple):
    """A consult that needs a review and has no decision of the practitioner's."""

    visit: int
    patient: str
    date: date
    protocol: str


class Gap(NamedTuple):
    """One thing that a record lacks. ``what`` is its name for scripts, ``because`` a clause to read."""

    visit: int
    patient: str
    kind: VisitKind
    date: date
    protocol: str
    what: str
    because: str


Lacking = Iterator[tuple[str, str]]
Check = Callable[[AuditedSession, date], Lacking]


def consent(session: AuditedSession, today: date) -> Lacking:
    if session.consent != "yes":
        yield "consent", f"consent is {session.consent}" if session.consent else "consent was not asked"


def vials(session: AuditedSession, today: date) -> Lacking:
    if not session.vials:
        yield "vial", "no vial"
    for lot in session.outside:
        yield "lot-outside-stock", f"lot {lot} is outside the stock, so what was wasted is not known"


def balance(session: AuditedSession, today: date) -> Lacking:
    if session.vials and session.hundredths != session.given_hundredths:
        yield "balance", f"injected {units_text(session.hundredths)} U, the vials gave {units_text(session.given_hundredths)} U"
    elif session.unbalanced_vials:
        yield "balance", "given and wasted are not what a vial held"


def how_it_was_done(session: AuditedSession, today: date) -> Lacking:
    if not session.reconstituted:
        yield "reconstitution", "no time of reconstitution"
    if session.minutes is None:
        yield "minutes", "no minutes"
    if not session.injector:
        yield "injector", "no injector"


def aftercare(session: AuditedSession, today: date) -> Lacking:
    if session.aftercare == "no":
        yield "aftercare", "the aftercare sheet was not given"


def event_answer(session: AuditedSession, today: date) -> Lacking:
    asked = any(told.events and session.in_cycle(told.date) for told in session.told)
    if not asked and session.over("onset-check", today):
        yield "event-answer", "no answer about adverse events after it"


def outcome(session: AuditedSession, today: date) -> Lacking:
    known = any(told.outcome and session.in_cycle(told.date) for told in session.told) or any(map(session.in_cycle, session.diary))
    if not known and session.over("session", today):
        yield "outcome", "no outcome after it"


CHECKS: tuple[Check, ...] = (consent, vials, balance, how_it_was_done, aftercare, event_answer, outcome)


def gaps(sessions: Iterable[AuditedSession], consults: Iterable[UndecidedConsult], today: date, checks: Sequence[Check] = CHECKS) -> tuple[Gap, ...]:
    """All that is lacking, by visit, in the order of the checks. An imported session yields one gap, ``imported``."""
    found = [Gap(one.visit, one.patient, "consult", one.date, one.protocol, "decision", "needs a review, and nobody decided") for one in consults]
    for session in sessions:
        lacking = [(IMPORTED, "imported: how it was done was not recorded here")] if session.imported else _lacking(session, today, checks)
        found += [Gap(session.visit, session.patient, "session", session.on, session.protocol, what, because) for what, because in lacking]
    return tuple(sorted(found, key=lambda gap: gap.visit))


def _lacking(session: AuditedSession, today: date, checks: Sequence[Check]) -> list[tuple[str, str]]:
    return [lack for check in checks for lack in check(session, today)]


def incomplete(found: Iterable[Gap]) -> bool:
    """Whether anything is lacking that could be completed: an imported session alone is not."""
    return any(gap.what != IMPORTED for gap in found)
