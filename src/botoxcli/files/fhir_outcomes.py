"""A follow-up's outcomes as Observation and its adverse events as AdverseEvent.

A count stands for the 28 days that end the day before the follow-up; its diary days and its figure scaled to 28 days are components. R4's
AdverseEvent has no status: one that was entered in error says so in a modifier extension, which no reader may pass over, and in its text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from botoxcli.clinic.diary import rounded
from botoxcli.clinic.past_visit import ToldEvent, VisitHead, VisitVersion
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.quantity import number
from botoxcli.clinic.told_outcomes import DIARY_DAYS, Outcome, count_window, number_of, outcomes_of
from botoxcli.files.fhir_answers import version_name
from botoxcli.files.fhir_people import Staff
from botoxcli.files.fhir_values import ENTERED_IN_ERROR, HL7, UCUM, Book, Resource, absent, concept, instant, ours

RECORD_STATUS = "urn:botoxcli:record-status"
SessionBefore = Callable[[str, date], VisitHead | None]  # protocol and day -> the session that stands on it or last before it
_UNITS = {"days": "d", "hours": "h", "points": "{score}"}


def outcomes(book: Book, staff: Staff, version: VisitVersion, protocol: Protocol) -> Iterator[Resource]:
    """A measure each, in the protocol's order."""
    told = dict(version.visit.answers)
    diary_days = number_of(told, DIARY_DAYS)
    for one in outcomes_of(protocol, told):
        yield _outcome(book, staff, version, one, diary_days)


def _outcome(book: Book, staff: Staff, version: VisitVersion, one: Outcome, diary_days: int | None) -> Resource:
    head, counted = version.visit.head, one.incomplete is not None
    stands = "amended" if version.version > 1 else "final"
    days = count_window(head.date)
    code = ours("outcome", one.measure, one.title)
    value: Resource = _quantity(one.value, one.unit) if one.value is not None else {"dataAbsentReason": {"coding": [absent("unknown")]}}
    return book.begun("Observation", f"{version_name(version)}-{one.measure}") | value | {
        "status": stands if version.standing == "current" else ENTERED_IN_ERROR,
        "category": [concept("Survey", f"{HL7}observation-category", "survey")],
        "code": code,
        "subject": book.reference("Patient", head.patient),
        "effectiveDateTime": None if counted else head.date.isoformat(),
        "effectivePeriod": {"start": days.start.isoformat(), "end": days.end.isoformat()} if counted else None,
        "issued": instant(head.recorded_at),
        "performer": [staff.reference(head.recorded_by)],
        "interpretation": [concept(one.band)] if one.band else [],
        "method": concept(one.direction) if one.direction else None,
        "component": list(_components(one, diary_days)) if counted else [],
        "derivedFrom": [book.reference("QuestionnaireResponse", version_name(version))],
    }  # fmt: skip


def _quantity(value: float, unit: str | None) -> Resource:
    if unit is None:
        return {"valueInteger": value}
    code = _UNITS.get(unit)
    return {"valueQuantity": {"value": value, "unit": unit, "system": UCUM if code else None, "code": code}}


def _components(one: Outcome, diary_days: int | None) -> Iterator[Resource]:
    if diary_days is not None:
        yield {"code": ours("outcome", DIARY_DAYS, "Diary days"), **_quantity(diary_days, "days")}
    if one.scaled is not None:
        yield {"code": ours("outcome", f"{one.measure}-scaled", "Scaled to 28 days"), **_quantity(number(rounded(one.scaled)), one.unit or "days")}
    yield {"code": ours("outcome", "incomplete", "Too few diary days to judge by"), "valueBoolean": one.incomplete}


def events(book: Book, staff: Staff, version: VisitVersion, protocol: Protocol, session_before: SessionBefore) -> Iterator[Resource]:
    """An adverse event each, as this follow-up told it, with its end once that is known."""
    titles = {one.id: one.title for one in protocol.adverse_events}
    for place, one in enumerate(version.visit.events, start=1):
        begun = book.begun("AdverseEvent", f"{version_name(version)}-event-{place}", named=False)
        yield begun | _event(book, staff, version, one, titles.get(one.event, one.event), session_before)


def _event(book: Book, staff: Staff, version: VisitVersion, one: ToldEvent, title: str, session_before: SessionBefore) -> Resource:
    head, wrong = version.visit.head, version.standing != "current"
    after = session_before(head.protocol, one.onset or head.date) if one.related != "no" else None
    ended = one.resolved_on or one.resolved_later
    return {
        "identifier": book.identifier(f"{version_name(version)}-{one.event}"),
        "modifierExtension": [{"url": RECORD_STATUS, "valueCode": ENTERED_IN_ERROR}] if wrong else [],
        "actuality": "actual",
        "event": ours("event", one.event, f"Entered in error: {title}" if wrong else title),
        "subject": book.reference("Patient", head.patient),
        "date": one.onset.isoformat() if one.onset else None,
        "detected": head.date.isoformat(),
        "recordedDate": instant(head.recorded_at),
        "seriousness": ours("escalate", one.escalate) if one.escalate else None,
        "severity": concept(one.severity, f"{HL7}adverse-event-severity", one.severity) if one.severity else None,
        "outcome": concept(f"Resolved on {ended.isoformat()}", f"{HL7}adverse-event-outcome", "resolved") if ended else None,
        "recorder": staff.reference(head.recorded_by),
        "suspectEntity": [_suspect(book, after, one.related)] if after else [],
    }


def _suspect(book: Book, session: VisitHead, related: str | None) -> Resource:
    name = f"visit-{session.visit}-v{session.version}"
    told = {"yes": "Related, as told", "unknown": "Unknown whether related"}.get(related or "")
    return {"instance": book.reference("Procedure", name), "causality": [{"assessment": concept(told)}] if told else []}
