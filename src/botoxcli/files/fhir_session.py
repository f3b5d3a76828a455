"""A session as Procedure, its vials as Medication, and a MedicationAdministration for each site that was injected.

Which vial went into which site is not recorded. Where all vials are of one lot, every injection names it; where they are not, it names a
medicine whose ingredients are the lots. A site that was skipped was not injected: it stands in the procedure's note.
"""

from __future__ import annotations

from collections.abc import Iterator

from botoxcli.clinic.past_visit import PastInjection, PastVialUse, VisitVersion, WholeVisit
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.quantity import ml_text, units_text
from botoxcli.files.fhir_answers import version_name
from botoxcli.files.fhir_people import Staff
from botoxcli.files.fhir_plan import plan_address
from botoxcli.files.fhir_values import ENTERED_IN_ERROR, SNOMED, Book, Resource, concept, dose, instant, note, ours

_ROUTES = {"intramuscular": "78421000", "intradermal": "372464004"}
_CPT = "http://www.ama-assn.org/go/cpt"
_UNTOLD = "unspecified"


def session(book: Book, staff: Staff, version: VisitVersion, protocol: Protocol) -> Iterator[Resource]:
    """The procedure first, then its medicines, then its injections in their order."""
    name = version_name(version)
    people = [{"actor": staff.reference(version.visit.injector)}] if version.visit.injector and book.identify else []
    yield _procedure(book, staff, version, protocol, people)
    yield from _medications(book, version)
    for place, injection in enumerate(version.visit.injections, start=1):
        if injection.hundredths:
            yield _administration(book, version, protocol, injection, f"{name}-{place}") | {"performer": people}


def _procedure(book: Book, staff: Staff, version: VisitVersion, protocol: Protocol, people: list[Resource]) -> Resource:
    visit, name = version.visit, version_name(version)
    billed = [one.procedure for one in protocol.product.billing if one.jurisdiction == visit.jurisdiction == "us"]
    return book.begun("Procedure", name) | {
        "instantiatesCanonical": [plan_address(book, visit.head.edition_sha256)],
        "status": "completed" if version.standing == "current" else ENTERED_IN_ERROR,
        "code": concept(f"Injection of {visit.product}", _CPT, billed[0] if billed else None),
        "subject": book.reference("Patient", visit.head.patient),
        "performedDateTime": visit.head.date.isoformat(),
        "recorder": staff.reference(visit.head.recorded_by),
        "performer": people,
        "reasonCode": [concept(protocol.indication)],
        "note": note(_told(book, visit)),
    }


def _told(book: Book, visit: WholeVisit) -> str:
    """What has no element of its own, in sentences of ours."""
    told = [f"Total {units_text(sum(one.hundredths for one in visit.injections))} U."]
    told += [_vial_words(vial) for vial in visit.vials]
    if visit.diluent_ul:
        told.append(f"Diluent {ml_text(visit.diluent_ul)} mL.")
    if visit.reconstituted_at:
        told.append(f"Made up at {instant(visit.reconstituted_at)}.")
    if visit.minutes is not None:
        told.append(f"{visit.minutes} minutes.")
    told += [_skipped_words(book, one) for one in visit.injections if not one.hundredths]
    if visit.head.ended_early:
        told.append("Ended early.")
    return " ".join([*told, *(["Imported: recorded without its sites."] if visit.head.state == "imported" else [])])


def _vial_words(vial: PastVialUse) -> str:
    wasted = "" if vial.wasted_hundredths is None else f", {units_text(vial.wasted_hundredths)} U wasted"
    return f"Lot {vial.lot}: {units_text(vial.given_hundredths)} U given{wasted}."


def _skipped_words(book: Book, one: PastInjection) -> str:
    reason = book.words(one.reason)
    return f"Skipped: {one.site}, {units_text(one.planned_hundredths)} U planned{f' ({reason})' if reason else ''}."


def _medications(book: Book, version: VisitVersion) -> Iterator[Resource]:
    """A medicine a vial; and of more than one lot the medicine that was any of them."""
    visit, name = version.visit, version_name(version)
    status = "active" if version.standing == "current" else ENTERED_IN_ERROR
    product = concept(visit.product)
    for place, vial in enumerate(visit.vials, start=1):
        size = {"numerator": dose(vial.drawn_hundredths), "denominator": {"value": 1, "unit": "vial"}} if vial.drawn_hundredths else None
        batch = {"lotNumber": vial.lot, "expirationDate": vial.expires.isoformat() if vial.expires else None}
        yield book.begun("Medication", f"{name}-vial-{place}") | {"code": product, "status": status, "amount": size, "batch": batch}
    if not _one_lot(visit):
        parts = [{"itemReference": book.reference("Medication", f"{name}-vial-{place}")} for place in range(1, len(visit.vials) + 1)]
        text = f"{visit.product}, {'one of the lots of this session' if parts else 'lot not recorded'}"
        yield book.begun("Medication", f"{name}-lots") | {"code": concept(text), "status": status, "ingredient": parts}


def _one_lot(visit: WholeVisit) -> bool:
    return len({vial.lot for vial in visit.vials}) == 1


def _administration(book: Book, version: VisitVersion, protocol: Protocol, injection: PastInjection, name: str) -> Resource:
    visit = version.visit
    medicine = f"{version_name(version)}-{'vial-1' if _one_lot(visit) else 'lots'}"
    return book.begun("MedicationAdministration", name) | {
        "instantiates": [plan_address(book, visit.head.edition_sha256)],
        "partOf": [book.reference("Procedure", version_name(version))],
        "status": "completed" if version.standing == "current" else ENTERED_IN_ERROR,
        "medicationReference": book.reference("Medication", medicine),
        "subject": book.reference("Patient", visit.head.patient),
        "effectiveDateTime": visit.head.date.isoformat(),
        "note": note(book.words(injection.reason)),
        "dosage": {
            "text": _dose_words(injection),
            "site": ours("site", injection.site, _site_words(injection)),
            "route": concept(protocol.route, SNOMED, _ROUTES[protocol.route]),
            "dose": dose(injection.hundredths),
        },
    }


def _dose_words(injection: PastInjection) -> str:
    planned = f", {units_text(injection.planned_hundredths)} U planned" if injection.state == "changed" else ""
    return f"{units_text(injection.hundredths)} U{planned}{', beyond the plan' if injection.state == 'extra' else ''}"


def _site_words(injection: PastInjection) -> str:
    side = "" if injection.side == _UNTOLD else f", {injection.side}"
    return f"{injection.muscle.replace('-', ' ')}{side} ({injection.site})" if injection.muscle != _UNTOLD else _UNTOLD
