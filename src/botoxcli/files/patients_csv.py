"""Patients as CSV: a row a patient, with code, name and birth date; and whether they are archived, as an export says.

Conventions. As in ``sheet_csv``. A row again, just so, counts once. A row without name and birth date tells a patient who was forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from botoxcli.clinic.date_format import DateFormat
from botoxcli.clinic.sheet_rows import PatientTold
from botoxcli.errors import ImportRefused
from botoxcli.files.csv_source import problem
from botoxcli.files.sheet_csv import EMPTY, Cells, Fields, Sheet, day_reader, open_sheet, patient_code, short_text

FIELDS = Fields(
    known={"patient": ("patient", "code"), "name": ("name",), "born": ("born",), "archived": ("archived",)},
    required=("patient", "name", "born"),
    next_step='Say which columns they are, as the header has them: --map patient="Chart no",name=Name,born=DOB.',
)


@dataclass(frozen=True, slots=True)
class PatientsFile:
    """What a file told: its patients by row, how many rows said the same again, and which columns were read and which not."""

    rows: tuple[PatientTold, ...]
    doubles: int
    columns: tuple[tuple[str, str], ...]
    unread: tuple[str, ...]


def read_patients(source: str, *, mapped: Mapping[str, str], form: DateFormat | None, today: date) -> PatientsFile:
    """The patients in the file ``source``, or on standard input for ``-``. Raises ImportRefused with every problem, ValueRefused."""
    sheet = open_sheet(source, FIELDS, mapped)
    problems: list[dict[str, Any]] = []
    first: dict[str, PatientTold] = {}
    doubles = 0
    for number, row in sheet.rows():
        cells = Cells(sheet, number, row)
        told = _patient(cells, form, today)
        problems += cells.problems
        if told is None:
            continue
        before = first.setdefault(told.code.casefold(), told)
        if before is not told and (before.name, before.born, before.archived) == (told.name, told.born, told.archived):
            doubles += 1
        elif before is not told:
            problems.append(problem(number, _name(sheet, "patient"), f"tells the patient of row {before.row} otherwise"))
    if problems or not first:
        raise ImportRefused(problems or [problem(None, None, "no row below the header tells a patient")])
    return PatientsFile(tuple(first.values()), doubles, sheet.told, sheet.unread)


def _patient(cells: Cells, form: DateFormat | None, today: date) -> PatientTold | None:
    """None when anything is wrong with the row."""
    code = cells.read("patient", patient_code, empty=EMPTY)
    name = cells.read("name", short_text)
    born = cells.read("born", day_reader(form, last=today, is_open=False))
    archived = cells.read("archived", _flag)
    if not cells.problems and (name is None) != (born is None):
        cells.wrong("name" if name is None else "born", EMPTY)
    return None if cells.problems or code is None else PatientTold(cells.number, code, name, born, archived)


def _flag(text: str) -> bool:
    if text.casefold() not in ("yes", "no"):
        raise ValueError("must be yes or no; --map archived= leaves the column out")
    return text.casefold() == "yes"


def _name(sheet: Sheet, one: str) -> str:
    return sheet.names[sheet.columns[one]]
