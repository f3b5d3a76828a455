"""Numbers as the ledger holds them: whole numbers of a small unit, read from plain decimals and written without loss."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.quantity import ml_text, number, parse_number, scaled, text, units, units_text


@pytest.mark.parametrize(("words", "value"), [("12", "12"), ("0.5", "0.5"), (" 12 ", "12"), ("+5", "5"), ("-1.25", "-1.25"), ("007", "7")])
def test_a_plain_number_is_read(words: str, value: str) -> None:
    assert parse_number(words) == Decimal(value)


@pytest.mark.parametrize("words", ["", " ", "1e3", "1_000", "1,5", "1 000", ".5", "5.", "0x10", "NaN", "inf", "٣", "1.2.3", "--1", "1" * 21])
def test_anything_else_is_no_number(words: str) -> None:
    assert parse_number(words) is None


@pytest.mark.parametrize(
    ("value", "factor", "whole"),
    [("1.25", 100, 125), ("1.255", 100, None), ("3.1", 1000, 3100), ("0", 100, 0), ("-0.01", 100, -1), ("0.001", 100, None)],
)
def test_a_number_scaled_is_whole_or_nothing(value: str, factor: int, whole: int | None) -> None:
    assert scaled(Decimal(value), factor) == whole


@pytest.mark.parametrize(
    ("hundredths", "shown", "json"), [(500, "5", 5), (125, "1.25", 1.25), (15_500, "155", 155), (250, "2.5", 2.5), (0, "0", 0), (1, "0.01", 0.01)]
)
def test_a_dose_in_units(hundredths: int, shown: str, json: float) -> None:
    assert units_text(hundredths) == shown
    assert units(hundredths) == json and type(units(hundredths)) is type(json)


@pytest.mark.parametrize(
    ("microlitres", "shown"), [(3100, "3.10"), (3900, "3.90"), (25, "0.025"), (100, "0.10"), (0, "0.00"), (4001, "4.001"), (1_000_000, "1000.00")]
)
def test_a_volume_in_ml(microlitres: int, shown: str) -> None:
    assert ml_text(microlitres) == shown


@settings(max_examples=200, deadline=None)
@given(hundredths=st.integers(0, 10**9))
def test_a_dose_comes_back_from_its_text(hundredths: int) -> None:
    read = parse_number(units_text(hundredths))
    assert read is not None and scaled(read, 100) == hundredths
    assert scaled(Decimal(str(units(hundredths))), 100) == hundredths
    volume = parse_number(ml_text(hundredths))
    assert volume is not None and scaled(volume, 1000) == hundredths


@settings(max_examples=200, deadline=None)
@given(value=st.decimals(-(10**9), 10**9, allow_nan=False, places=4))
def test_the_shortest_text_is_the_same_number(value: Decimal) -> None:
    shown = text(value)
    assert Decimal(shown) == value and "E" not in shown
    assert len(shown) <= max(len(str(value)), 1) or "E" in str(value)
    assert Decimal(str(number(value))) == value
