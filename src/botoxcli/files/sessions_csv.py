"""Sessions of the past as CSV: a row a session, with its day, patient, units and lots. Which site had how much is not told.

Conventions. As in ``sheet_csv``. Units are written with a decimal point or a decimal comma, at most two places, so that no sign that groups
digits is taken for one. Several lots in a cell stand apart by ``,`` or ``;``. Where a kind column tells a consult or a follow-up, as in an export of
visits, the row is left out and counted. A session again counts once, judged as the ledger would: the same units and, where the later row tells any,
the same lots. What a later row says besides must not differ from the first; a second session of a patient on one day is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from botoxcli.clinic.date_format import DateFormat
from botoxcli.clinic.quantity import parse_number, scaled
from botoxcli.clinic.sheet_rows import SessionTold
from botoxcli.clinic.stock_vial import lot_key
from botoxcli.errors import ImportRefused
from botoxcli.files.csv_source import problem
from botoxcli.files.sheet_csv import EMPTY, Cells, Fields, Sheet, day_reader, open_sheet, patient_code, short_text

FIELDS = Fields(
    known={
        "patient": ("patient",),
        "date": ("date",),
        "units": ("units",),
        "lot": ("lot", "lots"),
        "kind": ("kind",),
        "protocol": ("protocol",),
        "product": ("product",),
        "injector": ("injector",),
        "note": ("note", "reason"),
        "name": ("name",),
        "born": ("born",),
    },
    required=("patient", "date", "units"),
    next_step='Say which columns they are, as the header has them: --map patient="Chart no",date=Datum,units=Dose,lot=Charge.',
)
MOST_HUNDREDTHS = 200_000
_NO_UNITS = "is empty; what nobody knows any more is told by `botox patient toxin --units unknown`"
_NUMBER = re.compile(r"-?\d+(?:[.,]\d{1,2})?\Z", re.ASCII)  # three places may be a group of digits: 1,550 or 1.550
_OTHER_KINDS = ("consult", "follow-up")


@dataclass(frozen=True, slots=True)
class SessionsFile:
    """What a file told: its sessions by row, how many rows said the same again or told no session, and which columns were read and which not."""

    rows: tuple[SessionTold, ...]
    doubles: int
    others: int
    columns: tuple[tuple[str, str], ...]
    unread: tuple[str, ...]


def read_sessions(
    source: str, *, mapped: Mapping[str, str], form: DateFormat | None, today: date, protocol: str, new_patients: bool = False
) -> SessionsFile:
    """The sessions in the file ``source``, or on standard input for ``-``; ``protocol`` is that of a row which names none.

    Names and birth dates are read only for ``new_patients``.
    Raises ImportRefused with every problem, ValueRefused.
    """
    sheet = open_sheet(source, FIELDS, mapped if new_patients else {"name": "", "born": "", **mapped})
    cells_of = _Row(protocol, day_reader(form, last=today, is_open=True), day_reader(form, last=today, is_open=False))
    problems: list[dict[str, Any]] = []
    first: dict[tuple[str, date, str], SessionTold] = {}
    doubles = others = 0
    for number, row in sheet.rows():
        cells = Cells(sheet, number, row)
        if _is_other(cells):
            others += 1
            continue
        told = cells_of.session(cells)
        problems += cells.problems
        if told is None:
            continue
        before = first.setdefault((told.patient.casefold(), told.on, told.protocol), told)
        if before is told:
            continue
        if wrong := _differs(before, told):
            field, why = wrong
            problems.append(problem(number, _name(sheet, field), why.format(before.row)))
        else:
            doubles += 1
    if problems or not first:
        raise ImportRefused(problems or [problem(None, None, "no row below the header tells a session")])
    return SessionsFile(tuple(first.values()), doubles, others, sheet.told, sheet.unread)


_SECOND = "is a second session of this patient on the day of row {}; make one row of both, with their units together and their lots in one cell"
_OTHER_LOTS = (
    "tells the session of row {} with other lots or with more; keep the row that is right, or make one row of both if there were two sessions"
)
_OTHERWISE = "tells the session of row {} otherwise; keep the row that is right"
_SOMEBODY_ELSE = "tells the patient of row {} otherwise"


def _differs(before: SessionTold, told: SessionTold) -> tuple[str, str] | None:
    """The field in which a later row of a patient, day and protocol is no mere repetition, and why; None where nothing of it would be lost."""
    for field in ("name", "born", "product", "injector", "note"):
        said = getattr(told, field)
        if said is not None and said != getattr(before, field):
            if field in ("name", "born"):
                return field, _SOMEBODY_ELSE
            return (field, _OTHERWISE) if told.is_given_as(before.hundredths, before.lot_keys) else ("date", _SECOND)
    if told.is_given_as(before.hundredths, before.lot_keys):
        return None
    return ("lot", _OTHER_LOTS) if told.hundredths == before.hundredths else ("date", _SECOND)


def _is_other(cells: Cells) -> bool:
    return cells.read("kind", _kind) in _OTHER_KINDS


def _kind(text: str) -> str:
    if text not in ("session", *_OTHER_KINDS):
        raise ValueError("must be session, consult or follow-up; --map kind= leaves the column out")
    return text


@dataclass(frozen=True, slots=True)
class _Row:
    """How the cells of a row are read."""

    protocol: str
    day: Callable[[str], date]
    birth: Callable[[str], date]

    def session(self, cells: Cells) -> SessionTold | None:
        """None when anything is wrong with the row."""
        patient = cells.read("patient", patient_code, empty=EMPTY)
        on = cells.read("date", self.day, empty=EMPTY)
        hundredths = cells.read("units", units_of, empty=_NO_UNITS)
        told = SessionTold(
            cells.number,
            patient or "",
            on or date.min,
            hundredths or 0,
            cells.read("protocol", short_text) or self.protocol,
            cells.read("lot", _lots) or (),
            cells.read("product", short_text),
            cells.read("injector", short_text),
            cells.read("note", _note),
            cells.read("name", short_text),
            cells.read("born", self.birth),
        )
        return None if cells.problems else told


def units_of(text: str) -> int:
    """Hundredths of a unit. Raises ValueError."""
    number = parse_number(text.replace(",", ".")) if _NUMBER.match(text) else None
    hundredths = None if number is None else scaled(number, 100)
    if hundredths is None:
        raise ValueError("must be a number of units, such as 155 or 152.5 or 152,5, with two places at most")
    if not 0 < hundredths <= MOST_HUNDREDTHS:
        raise ValueError(f"must be more than 0 and at most {MOST_HUNDREDTHS // 100:,} units")
    return hundredths


def _lots(text: str) -> tuple[str, ...]:
    """The lots of a cell, each once in its first spelling. Raises ValueError."""
    found: dict[str, str] = {}
    for one in re.split("[,;]", text):
        if one.strip():
            lot = short_text(one)
            found.setdefault(lot_key(lot), lot)
    return tuple(found.values())


def _note(text: str) -> str:
    return short_text(" ".join(text.split("\n")))


def _name(sheet: Sheet, one: str) -> str:
    return sheet.names[sheet.columns[one]]
