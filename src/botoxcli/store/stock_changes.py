"""What a change adds about the stock of vials: new ones, other labels, discarded ones, recalled lots."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from botoxcli.clinic.records import DiscardReason, NewVial
from botoxcli.clinic.stock_vial import lot_key
from botoxcli.errors import ValueRefused
from botoxcli.store.entry import Entry


class StockChanges(Entry):
    """Vials and lots."""

    def add_vials(self, vials: NewVial, on: date) -> list[int]:
        """The numbers of the vials, one for each of the count. ``on`` is the day on which they came into stock."""
        from botoxcli.store.stock_tables import VialRow

        first = self._next(VialRow.vial_id)
        numbers = list(range(first, first + vials.count))
        since = on.isoformat()
        rows = [VialRow(vial_id=one, entry_seq=self.seq, date=since, product=vials.product, hundredths=vials.hundredths) for one in numbers]
        self._add(*rows)
        self._label((number, vials.lot, vials.expires) for number in numbers)
        return numbers

    def amend_vials(self, vial_ids: Iterable[int], *, lot: str | None = None, expires: date | None = None, reason: str) -> None:
        """A new label for each vial: what is not given stays. Every visit shows the new one."""
        vials = [self.reader.vial(vial_id) for vial_id in vial_ids]
        self._label((vial.vial_id, lot or vial.lot, expires or vial.expires) for vial in vials)
        self.reason(reason)

    def discard_vial(self, vial_id: int, reason: DiscardReason, on: date, note: str | None = None) -> None:
        """Takes a vial of which nothing was given out of stock. Raises ValueRefused when it is not unused."""
        from botoxcli.store.stock_tables import VialDiscardRow

        if self.reader.vial(vial_id).state != "unused":
            raise ValueRefused("LOT", "the vial is not unused", "Only a vial of which nothing was given can be discarded.")
        number = self._next(VialDiscardRow.vial_discard_id)
        self._add(VialDiscardRow(vial_discard_id=number, entry_seq=self.seq, vial_id=vial_id, date=on.isoformat(), reason=reason))
        if note:
            self._text("note", note)

    def recall_lots(self, lots: Iterable[str], on: date) -> None:
        """Makes the vials of each lot a stop, those in stock and those to come. The change has its reason from elsewhere."""
        from botoxcli.store.stock_tables import LotRecallRow

        first, day = self._next(LotRecallRow.lot_recall_id), on.isoformat()
        self._add(
            *(
                LotRecallRow(lot_recall_id=number, entry_seq=self.seq, lot=lot, lot_key=lot_key(lot), date=day)
                for number, lot in enumerate(lots, start=first)
            )
        )

    def _label(self, labels: Iterable[tuple[int, str, date]]) -> None:
        from botoxcli.store.stock_tables import VialLabelRow

        first = self._next(VialLabelRow.vial_label_id)
        self._add(
            *(
                VialLabelRow(vial_label_id=number, entry_seq=self.seq, vial_id=vial_id, lot=lot, lot_key=lot_key(lot), expires=expires.isoformat())
                for number, (vial_id, lot, expires) in enumerate(labels, start=first)
            )
        )
