"""The procedure note and the aftercare sheet of a recorded session: all that they are made of, read from the ledger. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from botoxcli.clinic.care_sheet import aftercare
from botoxcli.clinic.dosing import BillingLine, billing_lines
from botoxcli.clinic.instants import parse_hour
from botoxcli.clinic.note_course import NoteCourse, note_course
from botoxcli.clinic.past_visit import VisitVersion, WholeVisit
from botoxcli.clinic.patient_sheets import AftercareFacts
from botoxcli.clinic.procedure_note import Amendment, NoteFacts, next_dates
from botoxcli.clinic.protocol import Protocol
from botoxcli.errors import ValueRefused
from botoxcli.workflow.recording import refuse_forgotten
from botoxcli.workflow.response import response_facts
from botoxcli.workflow.standing import billing_of, drawn_from

if TYPE_CHECKING:
    from botoxcli.clinic.history import PastConsult, PatientHistory
    from botoxcli.store.reader import Reader

Pinned = Callable[[int], Protocol]


def note_facts(reader: Reader, number: int, pinned: Pinned) -> NoteFacts:
    """A session for its note, also one that was voided; ``pinned`` reads the edition of that id.

    Raises NotFound, or ValueRefused for a visit of another kind.
    """
    versions = tuple(one for one in reader.versions(number) if one.standing != "undone")
    visit = versions[-1].visit if versions and versions[-1].voided else require_session(reader, number)
    settings, protocol, first = reader.settings(), pinned(visit.head.edition_id), versions[0].visit.head
    history = reader.patient_history(visit.head.patient_id)
    return NoteFacts(
        practice=settings["practice"],
        zone=settings.get("time-zone", "UTC"),
        patient=history.patient,
        visit=visit,
        protocol=protocol,
        first_recorded=(first.recorded_at, first.recorded_by),
        chain_head=reader.chain_head(),
        consult=_consult_before(history, visit),
        billing=_bill(protocol, visit),
        amendments=tuple(_amendments(versions)),
        voided=versions[-1].voided,
        course=None if versions[-1].voided else _course_before(reader, history, visit, protocol),
    )


def require_session(reader: Reader, number: int) -> WholeVisit:
    """A session that stands. Raises NotFound, or ValueRefused for a visit of another kind."""
    visit = reader.visit(number)
    if visit.head.kind != "session":
        raise ValueRefused(
            "VISIT", f"visit {number} is a {visit.head.kind}, and this is made of sessions", f"See it with `botox visit show {number}`."
        )
    return visit


def aftercare_facts(reader: Reader, number: int, pinned: Pinned, *, at: str | None) -> AftercareFacts:
    """The aftercare of a session that stands; ``at`` is its hour on the practice's clock, which the record does not hold. Raises as above."""
    visit, settings = require_session(reader, number), reader.settings()
    patient = reader.patient(visit.head.patient_id)
    refuse_forgotten(reader, patient)
    on, zone, protocol = visit.head.date, settings.get("time-zone", "UTC"), pinned(visit.head.edition_id)
    hour = parse_hour(at, on=on, zone=zone, where="--at") if at else None
    if hour and hour.date() != on:
        raise ValueRefused("--at", "this is not on the session's day", "Write it as HH:MM.")
    lines = aftercare(protocol, on=on, at=hour, zone=zone)
    return AftercareFacts(settings["practice"], patient, on, hour, lines, protocol.aftercare, tuple(next_dates(protocol, on)))


def _course_before(reader: Reader, history: PatientHistory, visit: WholeVisit, protocol: Protocol) -> NoteCourse | None:
    """The course up to the session, with the lines of the rules of the edition that it followed."""
    facts = response_facts(reader, history, protocol, today=visit.head.date)
    return note_course(facts, protocol.response_rules, on=visit.head.date)


def _consult_before(history: PatientHistory, visit: WholeVisit) -> PastConsult | None:
    """The last consult of its protocol up to the session's day: what the session rests on."""
    before = [one for one in history.consults if one.date <= visit.head.date and one.protocol == visit.head.protocol]
    return max(before, key=lambda one: (one.date, one.visit), default=None)


def _bill(protocol: Protocol, visit: WholeVisit) -> tuple[BillingLine, ...]:
    """The lines of the jurisdiction that the session was recorded under; none for another product, or an import, whose wastage is not known."""
    if visit.product != protocol.product.name or visit.head.state == "imported":
        return ()
    codes = billing_of(protocol, "eu-uk" if visit.jurisdiction == "eu-uk" else "us")
    return billing_lines(codes, drawn_from(visit)) if codes else ()


def _amendments(versions: Sequence[VisitVersion]) -> Iterator[Amendment]:
    for one in versions:
        if one.version > 1:
            head = one.visit.head
            yield Amendment(one.version, head.recorded_at, head.recorded_by, one.reason)
