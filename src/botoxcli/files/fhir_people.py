"""Who: the practice as Organization, those at the keyboard and at the chair as Practitioner, and the Patient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.clinic.past_status import PastStatus
from botoxcli.files.fhir_values import Book, Resource

_PRACTICE = "practice"


def practice(book: Book, name: str | None) -> Resource:
    """The practice that keeps the ledger."""
    return book.begun("Organization", _PRACTICE) | {"active": True, "name": name or "Practice without a name"}


class Staff:
    """The people that resources name. Each is told once, at the end: who is needed is not known before."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._names: dict[str, None] = {}

    def reference(self, name: str) -> Resource:
        """A reference to the person of that name."""
        self._names[name] = None
        return self._book.reference("Practitioner", name)

    def resources(self) -> Iterator[Resource]:
        """Everyone that was named."""
        for name in self._names:
            yield self._book.begun("Practitioner", name, named=False) | {"name": [{"text": name}]}


def patient(book: Book, known: KnownPatient, statuses: Iterable[PastStatus]) -> Resource:
    """A patient by code; name and birth date only with identities, and only of who was not forgotten."""
    archives = [one for one in statuses if one.kind != "paused"]
    died = bool(archives) and archives[-1].kind == "archived" and archives[-1].why == "died"
    return book.begun("Patient", known.code) | {
        "active": not known.archived,
        "name": [{"text": known.name}] if book.identify and known.name else [],
        "birthDate": known.born.isoformat() if book.identify and known.born else None,
        "deceasedBoolean": True if died else None,
        "managingOrganization": book.reference("Organization", _PRACTICE),
    }
