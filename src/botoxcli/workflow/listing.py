"""Patients and vials as rows, for lists and for scripts. Light: nothing here needs a record or a protocol."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from botoxcli.clinic.history import PastToxin
from botoxcli.clinic.quantity import units
from botoxcli.clinic.stock_vial import StockVial

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader

PATIENT_COLUMNS = ("patient", "archived", "protocol", "first_visit", "last_visit")
IDENTITY_COLUMNS = ("name", "born")
VIAL_COLUMNS = ("lot", "product", "units", "expires", "state", "visit", "given_units", "wasted_units", "discard_reason", "recalled")


def patient_rows(reader: Reader) -> Iterator[dict[str, Any]]:
    """A row a patient, by code, with PATIENT_COLUMNS and IDENTITY_COLUMNS; no name and birth date once they were forgotten."""
    for patient, protocol, first_visit, last_visit, name, born, archived in reader.patient_lines():
        row = {"patient": patient, "archived": bool(archived), "protocol": protocol, "first_visit": first_visit, "last_visit": last_visit}
        yield row | {"name": name, "born": born}


def toxin_row(toxin: PastToxin) -> dict[str, Any]:
    """Toxin that was given elsewhere; ``units`` null when nobody knows how much."""
    return {"date": toxin.date.isoformat(), "product": toxin.product, "units": None if toxin.hundredths is None else units(toxin.hundredths)}


def vial_row(vial: StockVial) -> dict[str, Any]:
    """A vial as a row with VIAL_COLUMNS."""
    return {
        "lot": vial.lot,
        "product": vial.product,
        "units": units(vial.hundredths),
        "expires": vial.expires.isoformat(),
        "state": vial.state,
        "visit": vial.visit,
        "given_units": None if vial.given_hundredths is None else units(vial.given_hundredths),
        "wasted_units": None if vial.wasted_hundredths is None else units(vial.wasted_hundredths),
        "discard_reason": vial.discard_reason,
        "recalled": vial.recalled,
    }
