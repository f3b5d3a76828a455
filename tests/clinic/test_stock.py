"""Which vial a lot means, and which one to offer today."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from botoxcli.clinic.stock import choose_vials, todays_vials
from botoxcli.clinic.stock_vial import StockVial, lot_key

PRODUCT = "onabotulinumtoxinA"
ON = date(2026, 3, 9)


def a_vial(vial_id: int = 1, lot: str = "C1234", units: int = 200, expires: str = "2027-12-31", **given: Any) -> StockVial:
    values = {"product": PRODUCT, "state": "unused", "recalled": False, **given}
    return StockVial(vial_id=vial_id, lot=lot, lot_key=lot_key(lot), hundredths=units * 100, expires=date.fromisoformat(expires), **values)


@pytest.mark.parametrize("typed", ["C1234", "c1234", "C 1234", "C-1234", " c-12 34", "C\u20111234", "C\u00a01234"])
def test_lots_compare_without_case_spaces_and_hyphens(typed: str) -> None:
    choice = choose_vials([a_vial()], [typed])[0]
    assert choice.vial == a_vial() and choice.lot == typed


def test_the_vial_that_expires_first_is_taken_first_then_the_next() -> None:
    stock = [
        a_vial(1, expires="2027-12-31"),
        a_vial(2, expires="2026-06-30"),
        a_vial(3, expires="2026-06-30"),
        a_vial(4, state="used", expires="2026-04-30"),
    ]
    assert [choice.vial.vial_id if choice.vial else choice.problem for choice in choose_vials(stock, ["C1234"] * 4)] == [2, 3, 1, "vial-used"]


def test_two_lots_do_not_take_each_others_vials() -> None:
    stock = [a_vial(1), a_vial(2, lot="D5678")]
    assert [choice.vial.vial_id for choice in choose_vials(stock, ["D5678", "C1234"]) if choice.vial] == [2, 1]


@pytest.mark.parametrize("state", ["used", "discarded"])
def test_a_lot_of_which_none_is_left(state: str) -> None:
    choice = choose_vials([a_vial(state=state)], ["C1234"])[0]
    assert (choice.vial, choice.problem, choice.near) == (None, "vial-used", ())


@pytest.mark.parametrize(
    ("stock", "chosen"),
    [
        ([a_vial(lot="E6", former=("C1234",))], 1),
        ([a_vial(lot="E6", former=("C1234",)), a_vial(vial_id=2)], 2),  # a vial that bears the lot now comes first
        ([a_vial(lot="E6", former=("C1234",)), a_vial(vial_id=2, state="used")], "vial-used"),
        ([a_vial(lot="E6", former=("C1234",), state="used")], "vial-used"),
        ([a_vial(lot="E6", former=("C1234",)), a_vial(lot="F7", vial_id=2, former=("C1234",))], "vial-unknown"),
    ],
)
def test_an_old_spelling_is_the_vial_that_bore_it(stock: list[StockVial], chosen: object) -> None:
    (choice,) = choose_vials(stock, ["c-1234"])
    assert (choice.vial.vial_id if choice.vial else choice.problem) == chosen
    assert chosen != "vial-unknown" or choice.near == ("E6", "F7")


def test_an_unknown_lot_names_the_near_ones_that_can_be_had() -> None:
    stock = [a_vial(1, lot="C-1234"), a_vial(2, lot="C1299", state="used"), a_vial(3, lot="Z9"), a_vial(4, lot="C1235")]
    choice = choose_vials(stock, ["C1243"])[0]
    assert (choice.vial, choice.problem) == (None, "vial-unknown")
    assert set(choice.near) == {"C-1234", "C1235"}
    assert choose_vials([], ["C1243"])[0].near == ()


# stock, units wanted -> the vials offered
@pytest.mark.parametrize(
    ("stock", "units", "offered"),
    [
        ([a_vial(1)], 155, [1]),
        ([a_vial(1, expires="2027-12-31"), a_vial(2, expires="2026-06-30")], 155, [2]),
        ([a_vial(1, units=100, expires="2026-04-30"), a_vial(2)], 155, [2]),
        ([a_vial(1, units=100), a_vial(2, units=100)], 155, [1, 2]),
        ([a_vial(1, units=100), a_vial(2, units=100), a_vial(3, units=100)], 155, [1, 2]),
        ([a_vial(1, units=100)], 155, []),
        ([a_vial(1, expires="2026-03-09")], 155, [1]),
        ([a_vial(1, expires="2026-03-08")], 155, []),
        ([a_vial(1, recalled=True)], 155, []),
        ([a_vial(1, product="abobotulinumtoxinA")], 155, []),
        ([a_vial(1, state="used")], 155, []),
        ([], 155, []),
    ],
    ids=["one that holds it", "what expires first", "one that holds it before two", "two", "no more than it takes", "too little", "expiry day",
         "expired", "recalled", "another product", "used", "none"],
)  # fmt: skip
def test_todays_vials(stock: list[StockVial], units: int, offered: list[int]) -> None:
    assert [vial.vial_id for vial in todays_vials(stock, product=PRODUCT, hundredths=units * 100, on=ON)] == offered


def test_what_is_offered_can_be_named() -> None:
    """The lots of the vials that are offered choose vials that hold the dose."""
    stock = [a_vial(1, units=100), a_vial(2, units=50, expires="2026-06-30"), a_vial(3, units=100, lot="D5678")]
    offered = todays_vials(stock, product=PRODUCT, hundredths=15_500, on=ON)
    chosen = choose_vials(stock, [vial.lot for vial in offered])
    assert all(choice.vial for choice in chosen)
    assert sum(choice.vial.hundredths for choice in chosen if choice.vial) >= 15_500
