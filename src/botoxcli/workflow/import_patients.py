"""Patients out of a spreadsheet into the ledger: all of them in one change, or none and what is wrong with each row.

Conventions. A code whose patient stands with the same name and birth date stands already; with others the row is refused. Codes compare
without case. Whoever has the same birth date and a similar name as somebody else is refused until that is accepted. No name is in an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from botoxcli.clinic.duplicates import similar
from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.clinic.sheet_rows import PatientTold
from botoxcli.errors import ImportRefused

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader
    from botoxcli.store.recorder import Recorder

DUPLICATE = "duplicate-patient"
ANOTHER = "stands in the ledger with another name or birth date; `botox patient edit` corrects it"
Problem = dict[str, Any]
Columns = dict[str, str]  # field -> the name of its column


@dataclass(frozen=True, slots=True)
class PatientsImport:
    """What an import of patients did, or would do: who was new, and how many stood already."""

    new: tuple[PatientTold, ...]
    standing: int


@dataclass(slots=True)
class Register:
    """Who is known: by code, and by birth date those who are alike may be among."""

    by_code: dict[str, KnownPatient] = field(default_factory=dict)
    by_birth: dict[date, list[tuple[str, str]]] = field(default_factory=dict)
    forgotten: Callable[[KnownPatient], bool] = lambda _: False

    @classmethod
    def read(cls, reader: Reader) -> Register:
        """Everybody, with one read."""
        known = cls(forgotten=lambda one: one.name is None and reader.is_forgotten(one.patient_id))
        for one in reader.patients():
            known.by_code[one.code.casefold()] = one
            if one.name and one.born:
                known.by_birth.setdefault(one.born, []).append((one.code, one.name))
        return known

    def alike(self, code: str, name: str, born: date) -> list[str]:
        """The codes of others who were born that day and have a similar name; from now on this one is among them."""
        others = self.by_birth.setdefault(born, [])
        codes = [other for other, called in others if similar(called, name)]
        others.append((code, name))
        return codes


def import_patients(
    recorder: Recorder,
    rows: Sequence[PatientTold],
    columns: Columns,
    *,
    accepted: Iterable[str],
    actor: str,
    now: datetime,
    today: date,
    dry_run: bool = False,
    told: Callable[[int, int], None] | None = None,
) -> PatientsImport:
    """Adds those who are new, as one change; with none there is no entry. Raises ImportRefused naming every row that is refused."""
    with recorder.change(command="import patients", actor=actor, at=now) as change:
        register = Register.read(change.reader)
        new = [one for one in rows if one.code.casefold() not in register.by_code]
        problems = [*_standing_problems(rows, register, columns), *new_patient_problems(new, register, columns, accepted)]
        if problems:
            raise ImportRefused(sorted(problems, key=lambda one: one["row"]))
        if new and not dry_run:
            change.import_patients(new, archived_on=today.isoformat(), told=counted(told, 2 * len(new)))
    return PatientsImport(tuple(new), len(rows) - len(new))


def new_patient_problems(new: Sequence[PatientTold], register: Register, columns: Columns, accepted: Iterable[str]) -> Iterator[Problem]:
    """What stands against adding them."""
    for one in new:
        if one.name is None or one.born is None:
            yield problem(one.row, columns, "name", "is empty: a new patient needs a name and a birth date")
        elif (codes := register.alike(one.code, one.name, one.born)) and DUPLICATE not in accepted:
            why = f"same birth date and a similar name as {', '.join(codes)}; --accept {DUPLICATE} takes such rows as other people"
            yield problem(one.row, columns, "name", why)


def _standing_problems(rows: Sequence[PatientTold], register: Register, columns: Columns) -> Iterator[Problem]:
    for one in rows:
        known = register.by_code.get(one.code.casefold())
        if known is None:
            continue
        if (one.name, one.born) != (known.name, known.born):
            if register.forgotten(known):
                yield problem(one.row, columns, "patient", "was forgotten; for anything new give the person a new code")
            else:
                yield problem(one.row, columns, "patient", ANOTHER)
        elif one.archived is not None and one.archived != known.archived:
            yield problem(one.row, columns, "archived", "is otherwise in the ledger; `botox patient archive` changes it")


def problem(row: int, columns: Columns, one: str, why: str) -> Problem:
    """A problem of a field of a row."""
    return {"row": row, "column": columns.get(one), "why": why}


def counted(told: Callable[[int, int], None] | None, total: int) -> Callable[[int], None] | None:
    """What the ledger tells of each batch, summed up for a person who looks."""
    if told is None:
        return None
    done = 0

    def count(rows: int) -> None:
        nonlocal done
        done += rows
        told(min(done, total), total)

    return count
