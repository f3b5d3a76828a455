"""``botox export fhir``: the record as a FHIR R4 Bundle, for another clinical program. One visit is in memory at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from botoxcli.cli.protocols import pinned_edition
from botoxcli.cli.state import State
from botoxcli.terminal.lines import note

if TYPE_CHECKING:
    from botoxcli.clinic.known_patient import KnownPatient
    from botoxcli.clinic.past_visit import VisitHead, VisitVersion
    from botoxcli.clinic.protocol import Protocol
    from botoxcli.files.fhir_people import Staff
    from botoxcli.files.fhir_values import Book, Resource
    from botoxcli.store.reader import Reader


def export_fhir(state: State, output: Path | None, *, identify: bool) -> None:
    """Writes the bundle into the file, whole or not at all, or to stdout, and says on stderr what is in it."""
    from botoxcli.files.fhir_bundle import write_bundle
    from botoxcli.files.fhir_values import Book
    from botoxcli.files.output import output as opened
    from botoxcli.terminal.progress import progress_of_output

    with state.reader() as reader, opened(output) as stream, progress_of_output("Exporting", output) as told:
        reader.at_one_instant()
        book, day = Book(reader.mark(), identify), state.today(reader)
        counts = write_bundle(_Record(reader, book, day, told).resources(), book, stream, day=day.isoformat())
    if identify:
        note("Warning: the file holds names, birth dates, notes and reasons in plain text.")
    note(f"Exported: {', '.join(f'{count:,} {kind}' for kind, count in sorted(counts.items()))}.")


class _Record:
    """The record of a ledger on a day, as resources in the order in which they are read."""

    def __init__(self, reader: Reader, book: Book, day: date, told: Callable[[int, int], None] | None) -> None:
        from botoxcli.files.fhir_people import Staff

        self._reader, self._book, self._day, self._told = reader, book, day, told
        self._staff: Staff = Staff(book)
        self._protocol_of = cache(self._read_protocol)

    def resources(self) -> Iterator[Resource]:
        """The practice, its plans, each patient with all that is theirs; at the end everybody who was named."""
        from botoxcli.files.fhir_people import practice
        from botoxcli.files.fhir_plan import plan
        from botoxcli.workflow.due import rules_of

        yield practice(self._book, self._reader.settings().get("practice"))
        in_use = set(self._reader.editions_in_use().values())
        for pinned in self._reader.editions():
            text, number = self._reader.edition_text(pinned.edition_id), pinned.edition_id
            yield plan(self._book, pinned, self._protocol_of(number), text, in_use=number in in_use)
        self._rules = rules_of(self._reader)
        patients = self._reader.patients()
        for place, known in enumerate(patients, start=1):
            yield from self._patient(known)
            if self._told:
                self._told(place, len(patients))
        yield from self._staff.resources()

    def _read_protocol(self, edition_id: int) -> Protocol:
        return pinned_edition(self._reader, edition_id).protocol

    def _patient(self, known: KnownPatient) -> Iterator[Resource]:
        from botoxcli.files import fhir_due
        from botoxcli.files.fhir_people import patient
        from botoxcli.files.fhir_provenance import identity_provenance
        from botoxcli.files.fhir_visit import visit

        book, reader, number = self._book, self._reader, known.patient_id
        heads = reader.visits(number)
        yield patient(book, known, reader.statuses(number))
        yield from identity_provenance(book, self._staff, known.code, reader.identities(number))
        for one in reader.visit_numbers(number):
            yield from visit(book, self._staff, self._versions(one), self._protocol_of, _Before(heads).session)
        yield from fhir_due.toxins(book, known.code, reader.toxins(number))
        yield from fhir_due.appointments(book, known.code, reader.appointments(number))
        yield from self._due(number, heads)

    def _versions(self, number: int) -> tuple[VisitVersion, ...]:
        """Every version; the one that counts with the ends of its events, which later follow-ups told."""
        versions = self._reader.versions(number)
        if versions[-1].visit.head.kind != "follow-up":
            return versions
        return tuple(one._replace(visit=self._reader.visit(number)) if one.standing == "current" else one for one in versions)

    def _due(self, patient_id: int, heads: tuple[VisitHead, ...]) -> Iterator[Resource]:
        from botoxcli.clinic.schedule import due_on
        from botoxcli.files.fhir_due import due
        from botoxcli.files.fhir_provenance import main_resource

        standing = {one.visit: self._book.reference(main_resource(one.kind), f"visit-{one.visit}-v{one.version}") for one in heads}
        yield from due(self._book, due_on(self._reader.due_candidates(patient_id), self._rules, self._day), standing.get)


class _Before:
    """A patient's standing visits in the order of their days."""

    def __init__(self, heads: tuple[VisitHead, ...]) -> None:
        self._sessions = [one for one in heads if one.kind == "session"]

    def session(self, protocol: str, day: date) -> VisitHead | None:
        """The last session of a protocol up to and with a day."""
        return next((one for one in reversed(self._sessions) if one.protocol == protocol and one.date <= day), None)
