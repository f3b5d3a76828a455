"""A visit whole, as the ledger tells it: what a person looks at or a note is made of. Frozen values of what stands now.

Conventions. As in ``history``: civil dates, hundredths of a unit, microlitres; lots in their current spelling.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from botoxcli.clinic.decisions import Decision, OwnDecision
    from botoxcli.clinic.findings import Level, Resolution
    from botoxcli.clinic.history import VisitKind

VisitState = Literal["recorded", "amended", "ended-early", "imported"]
Standing = Literal["current", "replaced", "void", "undone"]


class VisitHead(NamedTuple):
    """A line of the list of visits. ``patient`` is the code; ``hundredths`` and ``lots`` are a session's, the decisions a consult's.

    ``state`` is one word for the list: an imported visit stays ``imported``, an amended one is ``amended`` whether it ended early or not.
    """

    visit: int
    patient_id: int
    patient: str
    kind: VisitKind
    date: date
    protocol: str
    edition: str
    edition_id: int
    edition_sha256: str
    state: VisitState
    hundredths: int | None
    lots: str | None
    decision: Decision | None
    decided: OwnDecision | None
    recorded_at: datetime
    recorded_by: str
    version: int = 1
    ended_early: bool = False


class PastFinding(NamedTuple):
    """A finding as it was recorded; ``reason`` is what was written to override it (None once it was forgotten)."""

    id: str
    level: Level
    met: bool | None
    because: str
    source: str
    resolution: Resolution | None
    reason: str | None


class PastInjection(NamedTuple):
    """One site of a session, in the order of the session."""

    site: str
    muscle: str
    side: str
    planned_hundredths: int
    hundredths: int
    state: str
    reason: str | None


class PastVialUse(NamedTuple):
    """What one vial gave. An imported session has no ``vial_id``, and nothing drawn or wasted."""

    vial_id: int | None
    lot: str
    expires: date | None
    drawn_hundredths: int | None
    given_hundredths: int
    wasted_hundredths: int | None


class ToldEvent(NamedTuple):
    """An adverse event as a follow-up told it. ``resolved_later`` is the end that a later follow-up told; an amendment does not take it over."""

    event: str
    severity: str | None
    onset: date | None
    related: str | None
    escalate: str | None
    resolved_on: date | None
    resolved_later: date | None = None


class WholeVisit(NamedTuple):
    """Everything that was recorded of a visit. ``reason`` is the one of the practitioner's own decision at a consult, or a follow-up's note.

    ``resolved`` are the earlier events, by id, whose end this follow-up told.
    """

    head: VisitHead
    jurisdiction: str | None
    answers: tuple[tuple[str, str], ...] = ()
    findings: tuple[PastFinding, ...] = ()
    injections: tuple[PastInjection, ...] = ()
    vials: tuple[PastVialUse, ...] = ()
    events: tuple[ToldEvent, ...] = ()
    resolved: tuple[tuple[str, date], ...] = ()
    reason: str | None = None
    product: str | None = None
    diluent_ul: int | None = None
    reconstituted_at: datetime | None = None
    minutes: int | None = None
    injector: str | None = None

    @property
    def note(self) -> str | None:
        """What was written at a follow-up, or came with an imported session, in words; None at another visit, or once it was forgotten."""
        return self.reason if self.head.kind == "follow-up" or self.head.state == "imported" else None


class Voided(NamedTuple):
    """A visit was withdrawn: when, by whom and why (None once that was forgotten)."""

    at: datetime
    by: str
    reason: str | None


class PastIdentity(NamedTuple):
    """A name and a birth date that a patient was recorded with: when, by whom, why, and whether an undo took it back (``stands`` False)."""

    name: str | None
    born: date | None
    recorded_at: datetime
    recorded_by: str
    reason: str | None
    stands: bool


class VisitVersion(NamedTuple):
    """One version of a visit. ``reason`` is why it was amended: None for the first. ``voided`` stands with the version that it withdrew.

    ``undone`` is the undo that took this version back, where one did and stands.
    """

    version: int
    standing: Standing
    visit: WholeVisit
    reason: str | None
    voided: Voided | None = None
    undone: Voided | None = None


class LotLine(NamedTuple):
    """What one vial of a lot gave at one session; ``lot`` as it is spelt now. ``vial_id`` is None for an imported session.

    ``last_contact`` is the patient's last visit of any kind, ``sites`` are all that were injected at the session. ``among_lots``: of how
    many lots an imported session was; with more than one its ``given_hundredths`` are the most that this lot can have given.
    """

    lot: str
    visit: int
    patient_id: int
    patient: str
    last_contact: date
    date: date
    protocol: str
    product: str
    given_hundredths: int
    sites: tuple[str, ...]
    vial_id: int | None
    among_lots: int = 1


class Replaced(NamedTuple):
    """A value that a change put in another's place: on a label, among the settings, or (``private``) of who a patient is."""

    what: str
    before: str | None
    after: str
    private: bool = False


class ChangeSeen(NamedTuple):
    """The change that ``undo`` is about: the last one, or the one that was taken back last.

    ``seq`` is the last entry of all, ``target_seq`` the entry in question; ``at``, ``actor``, ``command`` and the rest are the target's.
    ``stands_now`` False: undo lets it stand again. ``rows`` counts what it wrote, by table; ``patients`` are codes, ``named`` those whose
    name and birth date it recorded; ``visit`` the visit that it recorded, amended or voided; ``lots`` of the vials that it touched, as they are
    spelt in it or now; ``replaced`` what it put
    in the place of what stood before. ``reversible`` False: undo cannot take this kind of change back.
    """

    seq: int
    target_seq: int
    at: datetime
    actor: str
    command: str
    stands_now: bool
    reversible: bool
    visit: int | None = None
    reason: str | None = None
    patients: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    rows: tuple[tuple[str, int], ...] = ()
    lots: tuple[str, ...] = ()
    replaced: tuple[Replaced, ...] = ()
