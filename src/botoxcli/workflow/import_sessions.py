"""Sessions of the past out of a spreadsheet into the ledger: all of them in one change, or none and what is wrong with each row.

Conventions. A session of a patient, day and protocol that stands with the same units and, where the row tells any, the same lots, stands already;
another one on that day is refused; the same one that was voided stays so, and is named. Patients are named by their codes, without case, and
a row that says otherwise who that is is refused. No rule of the protocol is asked: it was given.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from botoxcli.clinic.protocol import Product
from botoxcli.clinic.sheet_rows import PatientTold, SessionTold
from botoxcli.clinic.stock_vial import lot_key
from botoxcli.errors import BotoxError, ImportRefused, NotFound
from botoxcli.workflow.doses import names_of
from botoxcli.workflow.import_patients import ANOTHER, Columns, Problem, Register, counted, new_patient_problems, problem

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader
    from botoxcli.store.recorder import Recorder
    from botoxcli.store.visit_changes import PinnedText

_Day = tuple[str, str, str]  # patient without case, ISO day, protocol
_Given = tuple[int, frozenset[str], int]  # hundredths, keys of the lots, the visit's number


@dataclass(frozen=True, slots=True)
class SessionsImport:
    """What an import of sessions did, or would do. ``visits`` are the numbers of the first and the last; None when none was recorded.

    ``voided`` are rows whose session was voided, each with that visit's number: they are left out.
    """

    new: tuple[SessionTold, ...]
    standing: int
    patients: tuple[PatientTold, ...]
    visits: tuple[int, int] | None = None
    voided: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class SessionsRequest:
    """What is to be imported, and how. ``columns`` is field -> its column; ``load`` gives the edition in use of a protocol.

    ``products`` are those whose brands mean the product; ``new_patients``: who is not known is made.
    """

    rows: Sequence[SessionTold]
    columns: Columns
    load: Callable[[str], PinnedText]
    products: Iterable[Product]
    actor: str
    now: datetime
    new_patients: bool = False
    accepted: Sequence[str] = ()
    dry_run: bool = False
    told: Callable[[int, int], None] | None = None


def import_sessions(recorder: Recorder, request: SessionsRequest) -> SessionsImport:
    """Adds those that are new, as one change; with none there is no entry. Raises ImportRefused naming every row that is refused."""
    with recorder.change(command="import visits", actor=request.actor, at=request.now) as change:
        look = _Look(request, Register.read(change.reader), _sessions(change.reader), _sessions(change.reader, voided=True))
        new = look.over()
        if look.problems:
            raise ImportRefused(sorted(look.problems, key=lambda one: one["row"]))
        visits = None
        if new and not request.dry_run:
            told = counted(request.told, 4 * len(new))
            change.import_patients(look.patients, archived_on="", told=told)
            editions = {one: change.pin_edition(look.edition(one)) for one in sorted({told_.protocol for told_ in new})}
            jurisdiction = "eu-uk" if change.reader.settings().get("jurisdiction") == "eu-uk" else "us"
            visits = change.import_sessions(new, editions=editions, jurisdiction=jurisdiction, told=told)
    standing = len(request.rows) - len(new) - len(look.voided)
    return SessionsImport(tuple(new), standing, tuple(look.patients), visits, tuple(look.voided))


def _sessions(reader: Reader, *, voided: bool = False) -> dict[_Day, list[_Given]]:
    """Every session that stands, or that was voided, with one read."""
    found: dict[_Day, list[_Given]] = {}
    for visit, patient, kind, day, protocol, _, _, hundredths, lots, *_ in reader.visit_lines(voided=voided):
        if kind == "session":
            keys = frozenset(lot_key(lot) for lot in (lots or "").split(", ") if lot)
            found.setdefault((patient.casefold(), day, protocol), []).append((hundredths, keys, visit))
    return found


class _Look:
    """One look over all rows: what is new, and what is wrong."""

    def __init__(
        self, request: SessionsRequest, register: Register, standing: Mapping[_Day, list[_Given]], void: Mapping[_Day, list[_Given]]
    ) -> None:
        self._request, self._register, self._stands, self._void = request, register, standing, void
        self.problems: list[Problem] = []
        self.voided: list[tuple[int, int]] = []
        self.patients: list[PatientTold] = []
        self.edition = cache(request.load)
        self._names = names_of(request.products)
        self._new: dict[str, PatientTold] = {}
        self._forgotten = cache(lambda code: register.forgotten(register.by_code[code]))

    def over(self) -> list[SessionTold]:
        """The sessions that are to be added, with the product as it is known."""
        new = [told for one in self._request.rows if (told := self._row(one))]
        self.patients = list(self._new.values())
        self.problems += new_patient_problems(self.patients, self._register, self._request.columns, self._request.accepted)
        return new

    def _row(self, one: SessionTold) -> SessionTold | None:
        """None for one that stands already, or was voided."""
        day = (one.patient.casefold(), one.on.isoformat(), one.protocol)
        given = self._stands.get(day, [])
        self._refuse_another_patient(one)
        if _same(given, one):
            return None
        if visit := _same(self._void.get(day, []), one):
            self.voided.append((one.row, visit))
            return None
        product = self._product(one)
        born = self._born(one)
        if born and one.on < born:
            self._wrong(one, "date", "lies before the patient's birth")
        if given:
            self._wrong(one, "date", "a session of this patient on this day stands in the ledger with other units or lots")
        return replace(one, product=product)

    def _product(self, one: SessionTold) -> str | None:
        try:
            name = self.edition(one.protocol).protocol.product.name
        except NotFound:
            self._wrong(one, "protocol", "there is no such protocol; `botox protocol list` shows what there is")
            return None
        except BotoxError:
            self._wrong(one, "protocol", "the protocol's file cannot be taken; `botox protocol check` says why")
            return None
        return self._names.get(one.product.casefold(), one.product) if one.product else name

    def _born(self, one: SessionTold) -> date | None:
        """The patient's birth date, if it is known; a patient who is not known is noted down to be made, or refused."""
        code = one.patient.casefold()
        known = self._register.by_code.get(code)
        if known is not None:
            if known.name is None and self._forgotten(code):
                self._wrong(one, "patient", "was forgotten; for anything new give the person a new code")
            return known.born
        if not self._request.new_patients:
            self._wrong(one, "patient", "there is no such patient; import the patients first, or see --new-patients")
            return None
        told = PatientTold(one.row, one.patient, one.name, one.born)
        before = self._new.setdefault(code, told)
        if (before.name, before.born) != (told.name, told.born):
            self._wrong(one, "name", f"tells the new patient of row {before.row} otherwise")
        return told.born

    def _refuse_another_patient(self, one: SessionTold) -> None:
        """A row with a name or a birth date says who is meant; a code that is somebody else's was mistyped."""
        known = self._register.by_code.get(one.patient.casefold())
        if known is None or known.name is None:
            return
        if (one.name is not None and one.name != known.name) or (one.born is not None and one.born != known.born):
            self._wrong(one, "patient", ANOTHER)

    def _wrong(self, one: SessionTold, field: str, why: str) -> None:
        self.problems.append(problem(one.row, self._request.columns, field, why))


def _same(given: Iterable[_Given], one: SessionTold) -> int | None:
    """The visit that is this very session."""
    return next((visit for hundredths, keys, visit in given if one.is_given_as(hundredths, keys)), None)


def session_row(one: SessionTold) -> dict[str, Any]:
    """A session that would be made, with what ``visits`` has of it."""
    from botoxcli.clinic.quantity import units

    row = {"row": one.row, "patient": one.patient, "date": one.on.isoformat(), "protocol": one.protocol}
    return row | {"units": units(one.hundredths), "lots": ", ".join(one.lots) or None, "product": one.product}
