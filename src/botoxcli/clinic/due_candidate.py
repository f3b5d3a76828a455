"""What the daily list is derived from, a patient and a protocol at a time.

Conventions. Only what stands is here; dates are civil dates of the practice. These are named tuples, as all the values are that the list makes
by the thousand each morning: one is defined in a seventh of the time that a frozen dataclass takes, and made in a quarter of it.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from botoxcli.clinic.dates import Span
from botoxcli.clinic.decisions import Decision, OwnDecision

AppointmentKind = Literal["missed", "declined", "moved"]


class PastEvent(NamedTuple):
    """An adverse event told at a follow-up. ``escalate`` is ``emergency``, ``review`` or None; ``date`` its onset, else the visit's day.

    ``raised`` marks one that is no emergency in itself but through one told beside it, where the daily list knows that.
    """

    visit: int
    date: date
    event: str
    severity: str | None
    escalate: str | None
    resolved: bool
    raised: bool = False


class Appointment(NamedTuple):
    """What became of an appointment for a session: ``missed``, ``declined`` or ``moved``, on the day ``on`` that it happened or was said.

    ``moved_to`` is the new day that was agreed; None while there is none.
    """

    kind: AppointmentKind
    on: date
    moved_to: date | None = None


class FollowUpRule(NamedTuple):
    """A window of a pinned edition: from the day of its anchor, earliest, due and latest (None: it never lapses).

    ``closes`` is the span from which a follow-up visit counts as having done it.
    """

    kind: str
    anchor: str
    earliest: Span
    due: Span
    latest: Span | None
    closes: Span | None


class LastVisit(NamedTuple):
    """A patient's last standing visit of a kind; the decisions are there when it is a consult."""

    visit: int
    date: date
    edition_id: int
    decision: Decision | None = None
    decided: OwnDecision | None = None


class DueCandidate(NamedTuple):
    """What the due list of one patient under one protocol is derived from.

    ``events`` are the escalated ones that are not resolved, and every emergency: a resolved one still asks for a newer consult.
    ``appointments`` are all that stand under the protocol, in the order in which they were recorded. ``paused_until`` is the end of the last
    pause, a past one too: the first day on which the patient is not paused any more. ``stopped_on`` is for an archived patient whose
    archive names a response rule as the reason to stop; another archived patient is no candidate. ``edition_in_use`` is the edition of the
    protocol that the practice took up last: what is still to come goes by it; None leaves all to the visits' own editions.
    """

    patient: str
    patient_id: int
    protocol: str
    session: LastVisit | None = None
    consult: LastVisit | None = None
    follow_up: LastVisit | None = None
    events: tuple[PastEvent, ...] = ()
    appointments: tuple[Appointment, ...] = ()
    paused_until: date | None = None
    stopped_on: date | None = None
    edition_in_use: int | None = None
