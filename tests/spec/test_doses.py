"""Units, volumes, vials and the bill: 155 U are 3.1 mL, and given + wasted = drawn, always."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.dosing import billing_lines, diluent_for, draw, volume_ul
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.quantity import ml_text, units_text
from botoxcli.errors import ValueRefused


# units, vial, diluent mL, volume mL
@pytest.mark.parametrize(
    ("units", "vial", "diluent", "volume"),
    [
        (155, 200, 4, "3.10"),
        (195, 200, 4, "3.90"),
        (5, 200, 4, "0.10"),
        (5, 100, 2, "0.10"),
        (155, 200, 2, "1.55"),
        (100, 100, 2.5, "2.50"),
        (1.25, 100, 2, "0.025"),
        (0, 200, 4, "0.00"),
    ],
)
def test_the_volume_of_a_dose(units: float, vial: int, diluent: float, volume: str) -> None:
    assert ml_text(volume_ul(round(units * 100), diluent_ul=round(diluent * 1000), vial_hundredths=vial * 100)) == volume


@pytest.mark.parametrize(("vial", "diluent"), [(200, "4.00"), (100, "2.00"), (50, "1.00"), (300, "6.00")])
def test_the_diluent_of_the_protocols_strength(protocol: Protocol, vial: int, diluent: str) -> None:
    assert ml_text(diluent_for(vial * 100, protocol.product.dilution.units_per_ml)) == diluent


# total, vials in the order named -> what each gave and what of it was wasted (a vial that gave nothing is left out); the bill
SESSIONS = {
    "155 of one 200": (155, [200], ["200: 155 + 45"], ["J0585 x 155", "J0585-JW x 45", "64615 x 1"]),
    "195 of one 200": (195, [200], ["200: 195 + 5"], ["J0585 x 195", "J0585-JW x 5", "64615 x 1"]),
    "200 of one 200: nothing wasted": (200, [200], ["200: 200 + 0"], ["J0585-JZ x 200", "64615 x 1"]),
    "155 of two 100": (155, [100, 100], ["100: 100 + 0", "100: 55 + 45"], ["J0585 x 155", "J0585-JW x 45", "64615 x 1"]),
    "150 of 100 and 50: nothing wasted": (150, [100, 50], ["100: 100 + 0", "50: 50 + 0"], ["J0585-JZ x 150", "64615 x 1"]),
    "the order is the one named": (155, [50, 200], ["50: 50 + 0", "200: 105 + 95"], ["J0585 x 155", "J0585-JW x 95", "64615 x 1"]),
    "a vial too many is left out": (155, [200, 100], ["200: 155 + 45"], ["J0585 x 155", "J0585-JW x 45", "64615 x 1"]),
    "the last one too many": (100, [100, 100], ["100: 100 + 0"], ["J0585-JZ x 100", "64615 x 1"]),
    "half units": (152.5, [200], ["200: 152.5 + 47.5"], ["J0585 x 153", "J0585-JW x 47", "64615 x 1"]),
}


@pytest.mark.parametrize(("total", "vials", "gave", "bill"), SESSIONS.values(), ids=SESSIONS.keys())
def test_what_the_vials_gave_and_the_bill(chair: Any, protocol: Protocol, total: float, vials: list[int], gave: list[str], bill: list[str]) -> None:
    stock = [chair.vial(units, lot=f"L{number}", vial_id=number) for number, units in enumerate(vials, start=1)]
    drawn = draw(round(total * 100), stock)
    told = [
        f"{units_text(part.vial.hundredths)}: {units_text(part.given_hundredths)} + {units_text(part.wasted_hundredths or 0)}"
        for part in drawn
        if part.vial
    ]
    assert told == gave
    lines = billing_lines(protocol.product.billing[0], drawn)
    assert [f"{line.code} x {units_text(line.hundredths)}" for line in lines] == bill


@pytest.mark.parametrize(("total", "vials"), [(200.01, [200]), (155, [100]), (155, [100, 50]), (5, [])])
def test_more_than_the_vials_hold_is_refused(chair: Any, total: float, vials: list[int]) -> None:
    stock = [chair.vial(units, lot=f"L{number}", vial_id=number) for number, units in enumerate(vials, start=1)]
    with pytest.raises(ValueRefused) as refused:
        draw(round(total * 100), stock)
    held = units_text(sum(vials) * 100)
    assert refused.value.sentence == f"--vial: {units_text(round(total * 100))} U are more than the vials hold ({held} U)."


def test_a_lot_without_stock_gives_what_is_left_and_nothing_is_known_of_its_waste(chair: Any, protocol: Protocol) -> None:
    drawn = draw(15_500, ["OLD1"])
    assert [(part.lot, part.given_hundredths, part.wasted_hundredths) for part in drawn] == [("OLD1", 15_500, None)]
    assert [line.code for line in billing_lines(protocol.product.billing[0], drawn)] == ["J0585", "64615"]
    beside = draw(15_500, ["OLD1", chair.vial(100)])
    assert [(part.lot, part.given_hundredths, part.wasted_hundredths) for part in beside] == [("OLD1", 5_500, None), ("C1234", 10_000, 0)]


@pytest.mark.parametrize(
    ("units", "bill"),
    [
        (152.5, ["J0585 x 153", "J0585-JW x 47", "64615 x 1"]),
        (155, ["J0585 x 155", "J0585-JW x 45", "64615 x 1"]),
        (199.5, ["J0585-JZ x 200", "64615 x 1"]),
        (1.25, ["J0585 x 2", "J0585-JW x 198", "64615 x 1"]),
    ],
)
def test_a_claim_has_whole_units_that_make_up_the_vial(chair: Any, protocol: Protocol, units: float, bill: list[str]) -> None:
    lines = billing_lines(protocol.product.billing[0], draw(round(units * 100), [chair.vial()]))
    assert [f"{line.code} x {units_text(line.hundredths)}" for line in lines] == bill


def test_nothing_given_is_no_bill(chair: Any, protocol: Protocol) -> None:
    assert billing_lines(protocol.product.billing[0], draw(0, [chair.vial()])) == ()


@settings(max_examples=150, deadline=None)
@given(sizes=st.lists(st.sampled_from([50, 100, 200]), max_size=6), share=st.floats(0, 1))
def test_given_and_wasted_is_drawn(chair: Any, protocol: Protocol, sizes: list[int], share: float) -> None:
    stock = [chair.vial(units, lot=f"L{number}", vial_id=number) for number, units in enumerate(sizes, start=1)]
    total = round(sum(sizes) * 100 * share)
    drawn = draw(total, stock)
    assert sum(part.given_hundredths for part in drawn) == total
    for part in drawn:
        assert part.vial and part.wasted_hundredths is not None and part.given_hundredths > 0
        assert part.given_hundredths + part.wasted_hundredths == part.vial.hundredths
    assert sum(part.wasted_hundredths or 0 for part in drawn[:-1]) == 0, "a vial is emptied before the next is begun"
    assert [part.lot for part in drawn] == [vial.lot for vial in stock][: len(drawn)]
    billed = {line.code: line.hundredths for line in billing_lines(protocol.product.billing[0], drawn)}
    whole = math.ceil(total / 100) * 100
    assert billed.get("J0585", 0) + billed.get("J0585-JZ", 0) == whole
    held = sum(part.vial.hundredths for part in drawn if part.vial)
    assert billed.get("J0585-JW", 0) == held - whole and billed.get("64615", 0) == (100 if total else 0)


@settings(max_examples=100, deadline=None)
@given(
    total=st.integers(1, 40_000),
    named=st.lists(st.sampled_from([0, 50, 100, 200]), min_size=1, max_size=5).filter(lambda sizes: 0 in sizes),
)
def test_with_a_lot_without_stock_the_total_is_still_what_was_given(chair: Any, total: int, named: list[int]) -> None:
    vials = [chair.vial(units, vial_id=number) if units else f"OLD{number}" for number, units in enumerate(named, start=1)]
    drawn = draw(total, vials)
    assert sum(part.given_hundredths for part in drawn) == total
    assert all((part.wasted_hundredths is None) == (part.vial is None) for part in drawn)
    assert all(part.given_hundredths <= part.vial.hundredths for part in drawn if part.vial)
