"""Doses over time: toxin that was given elsewhere is recorded, and what the windows allow is read.

A product's name is compared without case with the protocols' products and brands and with what the ledger has; another name is taken as it
is given. The same product twice on one day is a warning: it may be one dose, told twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.cumulative import same_product
from botoxcli.clinic.dose_outlook import DoseOutlook, dose_outlook
from botoxcli.clinic.findings import Finding, require_settled, resolve
from botoxcli.clinic.history import PatientHistory
from botoxcli.clinic.planned_dose import weight_grams
from botoxcli.clinic.protocol import Product, Protocol
from botoxcli.clinic.quantity import parse_number, scaled
from botoxcli.errors import ValueRefused
from botoxcli.workflow.recording import Recorded, Recording, check_day, refuse_forgotten

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader
    from botoxcli.store.recorder import Recorder

LONGEST_NAME = 60
MOST = 200_000


@dataclass(frozen=True)
class ToxinRequest:
    """Toxin that was given elsewhere. ``hundredths`` is None when nobody knows how much."""

    patient: str
    product: str
    hundredths: int | None
    on: date
    note: str | None = None
    accepted: frozenset[str] = frozenset()

    def content(self) -> dict[str, object]:
        """What makes two requests the same one, for a retry under one key."""
        return {
            "patient": self.patient,
            "product": self.product,
            "hundredths": self.hundredths,
            "on": self.on.isoformat(),
            "note": self.note,
            "accepted": sorted(self.accepted),
        }


def parse_toxin_units(words: str) -> int | None:
    """Units as hundredths; None for ``unknown``. Raises ValueRefused."""
    if words.strip().casefold() == "unknown":
        return None
    number = parse_number(words)
    hundredths = scaled(number, 100) if number is not None else None
    if hundredths is None or not 0 < hundredths <= MOST:
        raise ValueRefused("--units", "must be a number of units above 0, in steps of 0.01, or unknown")
    return hundredths


def names_of(products: Iterable[Product]) -> dict[str, str]:
    """Products and brands without case, each with the product's name as it is written."""
    names: dict[str, str] = {}
    for product in products:
        names.setdefault(product.name.casefold(), product.name)
        for brand in (product.brand, *product.other_brands):
            names.setdefault(brand.casefold(), product.name)
    return names


def product_names(products: Iterable[Product], reader: Reader) -> dict[str, str]:
    """The names that are known, without case, each with how it is written: the protocols' products and brands, then the ledger's."""
    names = names_of(products)
    for vial in reader.vials():
        names.setdefault(vial.product.casefold(), vial.product)
    return names


def product_as_known(given: str, names: Mapping[str, str]) -> str:
    """The name as it is known, else as it was given. Raises ValueRefused."""
    if not 1 <= len(given) <= LONGEST_NAME:
        raise ValueRefused("--product", f"must be 1 to {LONGEST_NAME} characters")
    return names.get(given.casefold(), given)


def record_toxin(recorder: Recorder, request: ToxinRequest, how: Recording) -> Recorded:
    """Records it as one change. Raises ValueRefused for its day, StoppedByRule for a likely double that was not accepted."""
    with recorder.change(command="patient toxin", actor=how.actor, at=how.now, key=how.key) as change:
        known = change.reader.find_patient(request.patient)
        refuse_forgotten(change.reader, known)
        check_day(known, request.on, how.today)
        if change.standing(how.key, request.content()) is not None:
            return Recorded(known.code, standing=True)
        require_settled(resolve(double_findings(change.reader.patient_history(known.patient_id), request), request.accepted, {}))
        if not how.dry_run:
            change.add_toxin(known.patient_id, product=request.product, hundredths=request.hundredths, on=request.on, note=request.note)
    return Recorded(known.code)


def double_findings(history: PatientHistory, request: ToxinRequest) -> tuple[Finding, ...]:
    """Whether the same product stands already on that day, given here or elsewhere."""
    here = [f"visit {one.visit}" for one in history.sessions if one.date == request.on and same_product(one.product, request.product)]
    elsewhere = ["given elsewhere" for one in history.toxins if one.date == request.on and same_product(one.product, request.product)]
    if not here and not elsewhere:
        return ()
    because = f"{request.product} on {request.on.isoformat()} stands already ({', '.join([*here, *elsewhere])})"
    return (Finding("duplicate-visit", "warn", because, "practice"),)


def outlook_of(
    protocol: Protocol,
    history: PatientHistory,
    on: date,
    *,
    planned_hundredths: int | None = None,
    grams: int | None = None,
    without: int | None = None,
) -> DoseOutlook:
    """What the windows allow on a day. A weight that nobody gave is that of the last session up to the day; a plan that nobody gave is the
    protocol's at that weight or, where all its sites are chosen, what the last session had."""
    before = [one for one in history.sessions if one.date <= on and one.visit != without]
    if grams is None:
        grams = next((weight for one in reversed(before) if (weight := weight_grams(dict(one.answers)))), None)
    if planned_hundredths is None:
        last = next((one.hundredths for one in reversed(before) if one.protocol == protocol.id), 0)
        planned_hundredths = Checklist(protocol).at_weight(grams).give_rest().hundredths or last
    return dose_outlook(protocol, history, on=on, planned_hundredths=planned_hundredths, grams=grams, without=without)
