"""A vial of the stock, and how the lots on labels are compared."""

from __future__ import annotations

from datetime import date
from typing import Literal, NamedTuple

VialState = Literal["unused", "used", "discarded"]


class StockVial(NamedTuple):
    """One vial: its label as it stands now, and what became of it. ``visit`` is the session that used it.

    ``former`` are other lots that its label bore before it was corrected, where they were asked for.
    """

    vial_id: int
    lot: str
    lot_key: str
    product: str
    hundredths: int
    expires: date
    state: VialState
    recalled: bool
    visit: int | None = None
    given_hundredths: int | None = None
    wasted_hundredths: int | None = None
    discard_reason: str | None = None
    former: tuple[str, ...] = ()

    def bore(self, key: str) -> bool:
        """Whether the label read this lot, as ``lot_key`` gives it, before it was corrected."""
        return any(lot_key(lot) == key for lot in self.former)


def lot_key(lot: str) -> str:
    """A lot as it is compared: composed (NFC), without case, spaces and hyphens."""
    from unicodedata import normalize  # the daily list does without it

    return "".join(sign for sign in normalize("NFC", lot).casefold() if sign not in " -\u00a0\u2010\u2011\u2012\u2013\u2014\u2212")
