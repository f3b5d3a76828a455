"""What a change adds out of a spreadsheet: many patients, and many sessions of which only the totals are known.

Conventions. What is added was checked against the ledger inside the same transaction. An imported session has one injection line with site and
muscle ``unspecified``, and its lots stand without stock. Where it had several, how much each gave is not known: each stands with all that the session
gave, which is the most that it can be. A note goes to ``free_text``, as ``decision``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from botoxcli.clinic.sheet_rows import PatientTold, SessionTold
from botoxcli.store import chain
from botoxcli.store.entry import Entry
from botoxcli.store.rows import day_text
from botoxcli.store.tables import FreeTextRow
from botoxcli.store.visit_tables import VisitVersionRow

UNSPECIFIED = "unspecified"
Told = Callable[[int], None]


class ImportChanges(Entry):
    """Many rows at once."""

    def import_patients(self, patients: Sequence[PatientTold], *, archived_on: str, told: Told | None = None) -> None:
        """Adds patients whose codes are free; who is ``archived`` is so from that day on, for no reason that is known.

        A code whose patient was undone comes back under its old number and in its old spelling.
        """
        from botoxcli.store.identity_tables import IdentityRow, PatientRow
        from botoxcli.store.patient_tables import ArchiveRow

        numbers = {code.casefold(): number for number, code in self._raw.execute("SELECT patient_id, code FROM patient")}
        next_number = self._next(PatientRow.patient_id)
        made: list[tuple[Any, ...]] = []
        identities: list[tuple[Any, ...]] = []
        archived: list[tuple[Any, ...]] = []
        next_identity, next_archive = self._next(IdentityRow.identity_id), self._next(ArchiveRow.archive_id)
        for one in patients:
            number = numbers.get(one.code.casefold())
            if number is None:
                number = next_number + len(made)
                made.append((number, self.seq, one.code))
            identities.append(self._identity(next_identity + len(identities), number, one))
            if one.archived:
                archived.append((next_archive + len(archived), self.seq, number, 1, archived_on, "other"))
        self._add_bulk("patient", ("patient_id", "entry_seq", "code"), lambda: iter(made), told)
        self._add_bulk("identity", ("identity_id", "entry_seq", "patient_id", "commitment", "salt", "name", "born"), lambda: iter(identities), told)
        self._add_bulk("archive", ("archive_id", "entry_seq", "patient_id", "archived", "date", "why"), lambda: iter(archived), told)

    def _identity(self, number: int, patient_id: int, one: PatientTold) -> tuple[Any, ...]:
        salt, born = self._writing.salt(), day_text(one.born)
        commitment = chain.commitment(salt, chain.erasable_value("identity", {"name": one.name, "born": born}))
        return (number, self.seq, patient_id, commitment, salt, one.name, born)

    def import_sessions(
        self, sessions: Sequence[SessionTold], *, editions: Mapping[str, int], jurisdiction: str, told: Told | None = None
    ) -> tuple[int, int]:
        """Adds sessions of patients who are known, each of the edition of its protocol. The numbers of the first visit and of the last."""
        if not sessions:
            raise ValueError("there is nothing to import")
        first_version, first_visit = self._next(VisitVersionRow.visit_version_id), self._next(VisitVersionRow.visit)
        patients = {code.casefold(): number for number, code in self._raw.execute("SELECT patient_id, code FROM patient")}
        seq = self.seq

        def numbered() -> Iterator[tuple[int, SessionTold]]:
            return enumerate(sessions, start=first_version)

        def versions() -> Iterator[tuple[Any, ...]]:
            for at, one in numbered():
                visit = first_visit + at - first_version
                edition = editions[one.protocol]
                yield (at, seq, visit, 1, patients[one.patient.casefold()], "session", one.protocol, edition, one.on.isoformat(), "imported")

        def details() -> Iterator[tuple[Any, ...]]:
            return ((at, seq, one.product, one.injector, jurisdiction, 0) for at, one in numbered())

        def injections() -> Iterator[tuple[Any, ...]]:
            return ((at, 1, seq, UNSPECIFIED, UNSPECIFIED, UNSPECIFIED, 0, one.hundredths, "imported") for at, one in numbered())

        def lots() -> Iterator[tuple[Any, ...]]:
            return ((at, place, seq, lot, one.hundredths) for at, one in numbered() for place, lot in enumerate(one.lots, start=1))

        self._add_bulk("visit_version", _VERSION, versions, told)
        self._add_bulk("session_detail", ("visit_version_id", "entry_seq", "product", "injector", "jurisdiction", "ended_early"), details, told)
        self._add_bulk("injection", _INJECTION, injections, told)
        self._add_bulk("vial_use", ("visit_version_id", "position", "entry_seq", "lot", "given_hundredths"), lots, told)
        self._add_notes([(at, patients[one.patient.casefold()], one.note) for at, one in numbered() if one.note], told)
        return first_visit, first_visit + len(sessions) - 1

    def _add_notes(self, notes: Sequence[tuple[int, int, str]], told: Told | None) -> None:
        first = self._next(FreeTextRow.free_text_id)
        rows = []
        for number, (version, patient_id, note) in enumerate(notes, start=first):
            salt = self._writing.salt()
            commitment = chain.commitment(salt, chain.erasable_value("free_text", {"content": note}))
            rows.append((number, self.seq, patient_id, version, "decision", commitment, salt, note))
        columns = ("free_text_id", "entry_seq", "patient_id", "visit_version_id", "about", "commitment", "salt", "content")
        self._add_bulk("free_text", columns, lambda: iter(rows), told)


_VERSION = ("visit_version_id", "entry_seq", "visit", "version", "patient_id", "kind", "protocol", "edition_id", "date", "origin")
_INJECTION = ("visit_version_id", "position", "entry_seq", "site", "muscle", "side", "planned_hundredths", "hundredths", "state")
