"""Who had a lot: one line a visit, under every spelling that the lot ever had, with what is left of it in the stock.

Conventions. Lots compare without case, spaces and hyphens. Where a session used several lots, the units are this lot's and the sites
the whole session's: which site a vial went to is not recorded. Of an imported session with several lots only the total is known: its units are
the most that the lot can have given, and its share is not known. Only visits that stand are told.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.clinic.past_visit import LotLine
from botoxcli.clinic.quantity import units
from botoxcli.clinic.stock_vial import StockVial, lot_key
from botoxcli.errors import NotFound

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader

LOT_COLUMNS = (
    "lot", "patient", "visit", "date", "units", "vials", "sites", "last_contact", "protocol", "product", "imported", "archived",
    "old_spellings", "recalled", "unused_vials", "site_ids",
)  # fmt: skip
IDENTITY_COLUMNS = ("name", "born")
SHARE_COLUMNS = ("share_known",)


class LotVisit(NamedTuple):
    """A session at which the lot was given. ``spelt`` are the spellings that its vials had before.

    ``share_known`` False: the lot was one of several, and ``hundredths`` are all that the session gave.
    """

    lot: str
    visit: int
    patient: KnownPatient
    last_contact: date
    date: date
    protocol: str
    product: str
    hundredths: int
    vials: int
    sites: tuple[str, ...]
    imported: bool
    spelt: tuple[str, ...] = ()
    share_known: bool = True


class LotFound(NamedTuple):
    """What is known of a lot: ``lot`` as it is spelt now, the visits by patient and date, its vials, and its other spellings."""

    lot: str
    visits: tuple[LotVisit, ...]
    vials: tuple[StockVial, ...]
    spelt: tuple[str, ...]

    @property
    def unused(self) -> tuple[StockVial, ...]:
        return tuple(vial for vial in self.vials if vial.state == "unused")

    @property
    def recalled(self) -> bool:
        return any(vial.recalled for vial in self.vials)


def find_lot(reader: Reader, lot: str) -> LotFound:
    """All that is known of a lot. Raises NotFound, which names near ones, when no vial and no visit ever had it."""
    lines, known = reader.lot_lines(lot), reader.lot_vials(lot)
    if not lines and not known:
        raise _unknown(reader, lot)
    vials = tuple(vial for vial, _ in known)
    asked = lot_key(lot)
    now = next((vial.lot for vial in vials if vial.lot_key == asked), vials[-1].lot if vials else lines[-1].lot)
    spelt = {vial.vial_id: tuple(one for one in spellings if one != vial.lot) for vial, spellings in known}
    others = dict.fromkeys(one for _, spellings in known for one in spellings if one != now)
    return LotFound(now, tuple(_visits(reader, lines, spelt)), vials, tuple(others))


def _visits(reader: Reader, lines: Sequence[LotLine], spelt: dict[int, tuple[str, ...]]) -> Iterator[LotVisit]:
    """The lines of a visit in one."""
    together: dict[int, list[LotLine]] = {}
    for line in lines:
        together.setdefault(line.visit, []).append(line)
    for used in together.values():
        first, imported = used[0], all(line.vial_id is None for line in used)
        given = [line.given_hundredths for line in used]
        yield LotVisit(
            lot=", ".join(dict.fromkeys(line.lot for line in used)),
            visit=first.visit,
            patient=reader.patient(first.patient_id),
            date=first.date,
            protocol=first.protocol,
            product=first.product,
            hundredths=max(given) if imported else sum(given),  # each lot of an imported session stands with its total
            vials=len(used),
            sites=first.sites,
            last_contact=first.last_contact,
            imported=imported,
            spelt=tuple(dict.fromkeys(one for line in used for one in spelt.get(line.vial_id or 0, ()))),
            share_known=all(line.among_lots == 1 for line in used),
        )


def _unknown(reader: Reader, lot: str) -> NotFound:
    lots = {vial.lot_key: vial.lot for vial in reader.vials()}
    near = [lots[key] for key in difflib.get_close_matches(lot_key(lot), lots, n=3)]
    return NotFound("lot", f"Near it: {', '.join(near)}." if near else "`botox vial list --all` shows every lot that was in stock.")


def lot_row(found: LotFound, visit: LotVisit) -> dict[str, Any]:
    """A visit as a row with LOT_COLUMNS, IDENTITY_COLUMNS and SHARE_COLUMNS."""
    patient = visit.patient
    return {
        "lot": visit.lot,
        "patient": patient.code,
        "visit": visit.visit,
        "date": visit.date.isoformat(),
        "units": units(visit.hundredths),
        "vials": visit.vials,
        "sites": len(visit.sites),
        "last_contact": visit.last_contact.isoformat(),
        "protocol": visit.protocol,
        "product": visit.product,
        "imported": visit.imported,
        "archived": patient.archived,
        "old_spellings": ", ".join(visit.spelt),
        "recalled": found.recalled,
        "unused_vials": len(found.unused),
        "site_ids": " ".join(visit.sites),
        "name": patient.name,
        "born": patient.born.isoformat() if patient.born else None,
        "share_known": visit.share_known,
    }
