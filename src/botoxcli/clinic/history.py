"""What the ledger tells the rules of one patient: plain frozen values, read through the views.

Dates are civil dates of the practice, doses hundredths of a unit. Only what stands is here: the current version of each visit.
"""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

from botoxcli.clinic.decisions import Decision, OwnDecision
from botoxcli.clinic.due_candidate import PastEvent
from botoxcli.clinic.known_patient import KnownPatient

VisitKind = Literal["consult", "session", "follow-up"]
ArchiveReason = Literal["moved-away", "stopped", "died", "other"]


class PastConsult(NamedTuple):
    """A consult that stands: what the rules decided, and what the practitioner did."""

    visit: int
    date: date
    protocol: str
    decision: Decision
    decided: OwnDecision | None


class Deviation(NamedTuple):
    """A site that was not given as planned. ``state`` is ``changed``, ``skipped`` or ``extra``."""

    site: str
    state: str
    planned_hundredths: int
    hundredths: int
    reason: str | None = None


class PastSession(NamedTuple):
    """A session that stands, with its total and where it left the plan. ``doses`` has every site in the order of injection, a skipped one with 0."""

    visit: int
    date: date
    protocol: str
    product: str
    hundredths: int
    deviations: tuple[Deviation, ...] = ()
    answers: tuple[tuple[str, str], ...] = ()
    doses: tuple[tuple[str, int], ...] = ()


class PastToxin(NamedTuple):
    """Botulinum toxin that was given elsewhere, by another clinic or for something else. ``hundredths`` is None when nobody knows how much."""

    date: date
    product: str
    hundredths: int | None


class PastArchive(NamedTuple):
    """A patient was archived, or (``archived`` False, without a day) taken back. ``rules`` is the response rule that was the reason to stop."""

    archived: bool
    date: date | None
    why: ArchiveReason | None
    rules: str | None = None


class PastPause(NamedTuple):
    """A pause as it was lived: from the day on which it was recorded up to the day ``until``, the first that is not in it any more."""

    since: date
    until: date


class PatientHistory(NamedTuple):
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
