"""What a row of somebody's spreadsheet tells: a patient, or a session of long ago of which only the totals are known.

Conventions. ``row`` is the row's number in its file and no part of what it tells. Doses are hundredths of a unit. None is what the row does not say.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from botoxcli.clinic.stock_vial import lot_key


@dataclass(frozen=True, slots=True)
class PatientTold:
    """A patient. A row with neither name nor birth date tells one who was forgotten where it comes from."""

    row: int
    code: str
    name: str | None
    born: date | None
    archived: bool | None = None


@dataclass(frozen=True, slots=True)
class SessionTold:
    """A session without its sites: when, how much, of which lots. ``name`` and ``born`` are for a patient who is not known yet."""

    row: int
    patient: str
    on: date
    hundredths: int
    protocol: str
    lots: tuple[str, ...] = ()
    product: str | None = None
    injector: str | None = None
    note: str | None = None
    name: str | None = None
    born: date | None = None

    @property
    def lot_keys(self) -> frozenset[str]:
        """Its lots as they are compared."""
        return frozenset(map(lot_key, self.lots))

    def is_given_as(self, hundredths: int, lot_keys: frozenset[str]) -> bool:
        """Whether a session of this patient, day and protocol with these units and lots is this one. A row without lots fits any."""
        return hundredths == self.hundredths and (not self.lots or lot_keys == self.lot_keys)
