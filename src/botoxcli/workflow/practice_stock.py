"""The vials of a made-up practice: bought by the lot, used in their order, at times broken, expired or recalled."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.records import DiscardReason, NewVial
from botoxcli.clinic.stock_vial import StockVial, lot_key

if TYPE_CHECKING:
    from botoxcli.store.recorder import Change

Opening = Callable[[str, date], AbstractContextManager["Change"]]
VIAL_HUNDREDTHS = 20_000
_KEEPS = timedelta(days=700)
_RECALLS = 6 * 365  # days from one to the next, in the mean


class Stock:
    """One product's unused vials, the oldest first."""

    def __init__(self, opening: Opening, protocol: Protocol, chance: Random, *, lot_size: int) -> None:
        self._opening, self._protocol, self._chance, self._lot_size = opening, protocol, chance, min(lot_size, 60)
        self._vials: deque[StockVial] = deque()
        self._lots = 0

    def recalls(self, first: date) -> Iterator[date]:
        """The days on which a lot is recalled; what is left of it then goes."""
        day = first
        while True:
            day += timedelta(days=round(self._chance.uniform(0.5, 1.5) * _RECALLS))
            yield day
            if not self._vials:
                continue
            lot = self._vials[0].lot
            with self._opening("vial recall", day) as change:
                change.recall_lots([lot], day)
                change.reason("manufacturer's letter")
            while self._vials and self._vials[0].lot == lot:
                self._discard("recall", day)

    def take(self, on: date) -> StockVial:
        """The vial for a session on a day; a new lot is bought when there is none."""
        while self._vials and self._vials[0].expires < on:
            self._discard("expired", on)
        if self._vials and self._chance.random() < 0.003:
            self._discard("broken", on)
        if not self._vials:
            self._buy(on)
        return self._vials.popleft()

    def _buy(self, on: date) -> None:
        self._lots += 1
        product, lot, expires = self._protocol.product.name, f"C{1000 + self._lots}", on + _KEEPS
        new = NewVial(lot=lot, product=product, hundredths=VIAL_HUNDREDTHS, expires=expires, count=self._lot_size)
        with self._opening("vial add", on) as change:
            numbers = change.add_vials(new, on)
        self._vials.extend(StockVial(one, lot, lot_key(lot), product, VIAL_HUNDREDTHS, expires, "unused", recalled=False) for one in numbers)

    def _discard(self, why: DiscardReason, on: date) -> None:
        vial = self._vials.popleft()
        with self._opening("vial discard", on) as change:
            change.discard_vial(vial.vial_id, why, on)
