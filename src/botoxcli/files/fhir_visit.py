"""A visit whole, with every version that it ever had: what stands as it is, what was replaced, voided or taken back as entered in error."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from botoxcli.clinic.past_visit import VisitVersion
from botoxcli.clinic.protocol import Protocol
from botoxcli.files.fhir_answers import answers
from botoxcli.files.fhir_outcomes import SessionBefore, events, outcomes
from botoxcli.files.fhir_people import Staff
from botoxcli.files.fhir_provenance import version_provenance
from botoxcli.files.fhir_session import session
from botoxcli.files.fhir_values import Book, Resource


def visit(
    book: Book, staff: Staff, versions: Sequence[VisitVersion], protocol_of: Callable[[int], Protocol], session_before: SessionBefore
) -> Iterator[Resource]:
    """The resources of each version, the first one first, each version with who recorded it and when."""
    for place, version in enumerate(versions):
        resources = list(_version(book, staff, version, protocol_of(version.visit.head.edition_id), session_before))
        yield from resources
        yield from version_provenance(book, staff, versions, place, resources)


def _version(book: Book, staff: Staff, version: VisitVersion, protocol: Protocol, session_before: SessionBefore) -> Iterator[Resource]:
    kind = version.visit.head.kind
    if kind == "session":
        yield from session(book, staff, version, protocol)
    yield answers(book, staff, version, protocol)
    if kind == "follow-up":
        yield from outcomes(book, staff, version, protocol)
        yield from events(book, staff, version, protocol, session_before)
