"""The plan of a site: one dose, a range, or units a kilogram, with the weight reckoned in."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from botoxcli.clinic.planned_dose import DosePlan, SiteUnits, SiteUnitsPerKg, weight_grams


@pytest.mark.parametrize(
    ("written", "plan", "words"),
    [
        (5, DosePlan(500, 500, 500), "5 U"),
        ({"from": 1.25, "to": 2.5}, DosePlan(125, 125, 250), "1.25 to 2.5 U"),
        ({"from": 1.25, "to": 2.5, "usual": 2}, DosePlan(125, 200, 250), "1.25 to 2.5 U (usual 2 U)"),
        ({"from": 5, "to": 5}, DosePlan(500, 500, 500), "5 U"),
    ],
)
def test_units(written: Any, plan: DosePlan, words: str) -> None:
    dose = SiteUnits.model_validate(written)
    assert (dose.plan, dose.words()) == (plan, words)
    assert SiteUnits.model_validate(dose.model_dump(by_alias=True)) == dose


# units per kg, kilograms, plan in units: lowest, usual, highest
PER_KG = [
    ({"from": 1.5, "to": 3}, 20, (30, 30, 60)),
    ({"from": 1.5, "to": 3}, 17.3, (25.95, 26, 51.9)),  # rounded up to half a unit, for down lies below the range
    ({"from": 1.5, "to": 3, "usual": 2}, 17.3, (25.95, 34.5, 51.9)),
    ({"from": 1.5, "to": 3, "round_to": 5}, 17.3, (25.95, 30, 51.9)),
    ({"from": 1.5, "to": 3, "at_most": 50}, 20, (30, 30, 50)),
    ({"from": 1.5, "to": 3, "at_most": 50}, 60, (50, 50, 50)),
    (1, 17.3, (17, 17, 17.3)),  # one dose per kg: rounding takes it down, and never out of the plan
    (0.5, 0.4, (0.2, 0.2, 0.2)),  # less than a step is not rounded away
]


@pytest.mark.parametrize(("written", "kilograms", "plan"), PER_KG)
def test_units_per_kg(written: Any, kilograms: float, plan: tuple[float, ...]) -> None:
    found = SiteUnitsPerKg.model_validate(written).plan_at(round(kilograms * 1000))
    assert (found.lowest / 100, found.usual / 100, found.highest / 100) == plan


@settings(max_examples=80, deadline=None)
@given(lowest=st.integers(1, 500), more=st.integers(0, 500), grams=st.integers(2_000, 120_000), most=st.none() | st.integers(10, 5_000))
def test_what_is_planned_is_always_within_the_plan_and_never_over_the_most(lowest: int, more: int, grams: int, most: int | None) -> None:
    written = {"from": lowest / 100, "to": (lowest + more) / 100, "at_most": None if most is None else most / 100}
    plan = SiteUnitsPerKg.model_validate(written).plan_at(grams)
    assert 0 < plan.lowest <= plan.usual <= plan.highest
    assert most is None or plan.highest <= most
    assert plan.holds(plan.usual) and not plan.holds(plan.highest + 1)


BAD = ["5", None, True, [5], {}, {"from": 5}, {"from": 5, "to": 2}, {"from": 1, "to": 2, "usual": 3}, {"from": 1, "to": 51}]


@pytest.mark.parametrize("written", BAD)
def test_no_plan(written: Any) -> None:
    with pytest.raises(ValidationError):
        SiteUnits.model_validate(written)


@pytest.mark.parametrize(
    ("answer", "grams"), [("17.3", 17_300), ("20", 20_000), ("unknown", None), ("", None), ("0", None), ("-3", None), ("1.2345", None), ("1e3", None)]
)
def test_the_weight_in_grams(answer: str, grams: int | None) -> None:
    assert weight_grams({"weight": answer}) == grams
    assert weight_grams({}) is None
