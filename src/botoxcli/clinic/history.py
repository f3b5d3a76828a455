"""What the ledger tells the rules: plain frozen values, read through the views, light enough for the daily list.

Dates are civil dates of the practice, doses hundredths of a unit. Only what stands is here: the current version of each visit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from botoxcli.clinic.dates import Span

VisitKind = Literal["consult", "session", "follow-up"]
Decision = Literal["eligible", "not-eligible", "needs-review"]
OwnDecision = Literal["treat", "defer", "decline"]
VialState = Literal["unused", "used", "discarded"]
AppointmentKind = Literal["missed", "declined", "moved"]
ArchiveReason = Literal["moved-away", "stopped", "died", "other"]


@dataclass(frozen=True, slots=True)
class KnownPatient:
    """A patient as the ledger knows them. Name and birth date are None once they were forgotten.

    ``paused_until`` is the end of the last pause, also when it has passed; None without a pause, or when it was ended.
    """

    patient_id: int
    code: str
    name: str | None
    born: date | None
    archived: bool = False
    paused_until: date | None = None


@dataclass(frozen=True, slots=True)
class PastConsult:
    """A consult that stands: what the rules decided, and what the practitioner did."""

    visit: int
    date: date
    protocol: str
    decision: Decision
    decided: OwnDecision | None


@dataclass(frozen=True, slots=True)
class Deviation:
    """A site that was not given as planned. ``state`` is ``changed``, ``skipped`` or ``extra``."""

    site: str
    state: str
    planned_hundredths: int
    hundredths: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PastSession:
    """A session that stands, with its total and where it left the plan. ``doses`` has every site in the order of injection, a skipped one with 0."""

    visit: int
    date: date
    protocol: str
    product: str
    hundredths: int
    deviations: tuple[Deviation, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    doses: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class PastEvent:
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


@dataclass(frozen=True, slots=True)
class PastToxin:
    """Botulinum toxin that was given elsewhere, by another clinic or for something else. ``hundredths`` is None when nobody knows how much."""

    date: date
    product: str
    hundredths: int | None


@dataclass(frozen=True, slots=True)
class Appointment:
    """What became of an appointment for a session: ``missed``, ``declined`` or ``moved``, on the day ``on`` that it happened or was said.

    ``moved_to`` is the new day that was agreed; None while there is none.
    """

    kind: AppointmentKind
    on: date
    moved_to: date | None = None


@dataclass(frozen=True, slots=True)
class PastArchive:
    """A patient was archived, or (``archived`` False, without a day) taken back. ``rules`` is the response rule that was the reason to stop."""

    archived: bool
    date: date | None
    why: ArchiveReason | None
    rules: str | None = None


@dataclass(frozen=True, slots=True)
class PastPause:
    """A pause as it was lived: from the day on which it was recorded up to the day ``until``, the first that is not in it any more."""

    since: date
    until: date


@dataclass(frozen=True, slots=True)
class StockVial:
    """One vial: its label as it stands now, and what became of it. ``visit`` is the session that used it.

    ``former`` are other lots that its label bore before it was corrected, where they were asked for.
    """

    vial_id: int
    lot: str
    lot_key: str
    product: str
    hundredths: int
    expires: date
    state: VialState
    recalled: bool
    visit: int | None = None
    given_hundredths: int | None = None
    wasted_hundredths: int | None = None
    discard_reason: str | None = None
    former: tuple[str, ...] = ()

    def bore(self, key: str) -> bool:
        """Whether the label read this lot, as ``lot_key`` gives it, before it was corrected."""
        return any(lot_key(lot) == key for lot in self.former)


def treats(decision: Decision | None, decided: OwnDecision | None) -> bool:
    """Whether a consult is a yes: eligible and not deferred or declined, or a needs-review that the practitioner treats.

    ``treat`` on a ``not-eligible`` is none: it needs an override at each session.
    """
    return decided in (None, "treat") if decision == "eligible" else decision == "needs-review" and decided == "treat"


def lot_key(lot: str) -> str:
    """A lot as it is compared: composed (NFC), without case, spaces and hyphens."""
    from unicodedata import normalize  # the daily list does without it

    return "".join(sign for sign in normalize("NFC", lot).casefold() if sign not in " -\u00a0\u2010\u2011\u2012\u2013\u2014\u2212")


@dataclass(frozen=True, slots=True)
class PatientHistory:
    """All that the rules of a visit look at, for one patient; each tuple in the order of its dates.

    An event is ``resolved`` also when a later follow-up told its end. ``archives`` are in the order of their recording, those that were
    taken back since among them: a course ended there. ``pauses`` stand one after the other; one that ended early has that end.
    """

    patient: KnownPatient
    consults: tuple[PastConsult, ...] = ()
    sessions: tuple[PastSession, ...] = ()
    follow_ups: tuple[tuple[int, date], ...] = ()
    events: tuple[PastEvent, ...] = ()
    toxins: tuple[PastToxin, ...] = ()
    archives: tuple[PastArchive, ...] = ()
    pauses: tuple[PastPause, ...] = ()


@dataclass(frozen=True, slots=True)
class FollowUpRule:
    """A window of a pinned edition: from the day of its anchor, earliest, due and latest (None: it never lapses).

    ``closes`` is the span from which a follow-up visit counts as having done it.
    """

    kind: str
    anchor: str
    earliest: Span
    due: Span
    latest: Span | None
    closes: Span | None


@dataclass(frozen=True, slots=True)
class LastVisit:
    """A patient's last standing visit of a kind; the decisions are there when it is a consult."""

    visit: int
    date: date
    edition_id: int
    decision: Decision | None = None
    decided: OwnDecision | None = None


@dataclass(frozen=True, slots=True)
class DueCandidate:
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
