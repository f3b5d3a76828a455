"""The stock of the lots that are named is that part of the whole stock, whatever their labels read before."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from botoxcli.clinic.stock_vial import lot_key
from botoxcli.store.reader import open_ledger

LOTS = ["A-1", "b2", "C 3", "D4"]


@pytest.fixture
def stocked(ledger: Path, change: Any, make: Any) -> Path:
    """Two vials of each lot; A-1 was corrected to C 3, and D4 to D5 and back."""
    for lot in LOTS:
        with change("vial add") as c:
            c.add_vials(make.vials(lot=lot, count=2), date(2026, 1, 5))
    for vials, lot in (((1, 2), "C 3"), ((7, 8), "D5"), ((7, 8), "D4")):
        with change("vial amend") as c:
            c.amend_vials(vials, lot=lot, reason="mistyped")
    return ledger


@pytest.mark.parametrize("asked", [["a1"], ["C3"], ["B-2", "b2"], ["D5"], ["d4", "A1"], ["none"], [], LOTS])
def test_the_stock_of_some_lots(stocked: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("botoxcli.store.stock_reader._AT_ONCE", 1)
    keys = set(map(lot_key, asked))
    with open_ledger(stocked) as reader:
        whole = reader.stock()
        assert [vial.former for vial in whole] == [("A-1",)] * 2 + [()] * 4 + [("D5",)] * 2
        assert reader.stock(asked) == tuple(vial for vial in whole if vial.lot_key in keys or any(map(vial.bore, keys)))
