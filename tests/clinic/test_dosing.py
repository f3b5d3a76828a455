"""The algebra of doses: volumes, strengths and windows. The practice's own sums stand in tests/spec/test_doses.py."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.dates import Span, before
from botoxcli.clinic.dosing import diluent_for, strength, volume_ul, window_doses
from botoxcli.clinic.history import PastSession

PRODUCT, OTHER = "onabotulinumtoxinA", "rimabotulinumtoxinB"
WINDOW = Span(3, "months")
vials = st.sampled_from([5_000, 10_000, 20_000, 30_000])
days = st.dates(date(2025, 1, 1), date(2026, 12, 31))
sessions = st.lists(
    st.builds(
        PastSession,
        visit=st.integers(1, 99),
        date=days,
        protocol=st.just("p"),
        product=st.sampled_from([PRODUCT, OTHER]),
        hundredths=st.integers(0, 40_000),
    ),
    max_size=8,
)


@settings(max_examples=100, deadline=None)
@given(vial=vials, per_ml=st.sampled_from([2_500, 4_000, 5_000, 10_000]))
def test_the_diluent_makes_the_strength(vial: int, per_ml: int) -> None:
    assert strength(vial, diluent_for(vial, per_ml)) == per_ml


@settings(max_examples=100, deadline=None)
@given(vial=vials, one=st.integers(0, 10_000), other=st.integers(0, 10_000), diluent=st.integers(1, 10_000))
def test_volumes_add_up_to_a_microlitre(vial: int, one: int, other: int, diluent: int) -> None:
    def volume(hundredths: int) -> int:
        return volume_ul(hundredths, diluent_ul=diluent, vial_hundredths=vial)

    assert abs(volume(one) + volume(other) - volume(one + other)) <= 1
    assert volume(vial) == diluent and volume(0) == 0


def test_a_volume_is_the_nearest_microlitre_and_no_float() -> None:
    assert volume_ul(1, diluent_ul=1_000_000_000_000_001, vial_hundredths=1) == 1_000_000_000_000_001
    assert [volume_ul(hundredths, diluent_ul=1, vial_hundredths=3) for hundredths in (1, 2, 3)] == [0, 1, 1]


@settings(max_examples=200, deadline=None)
@given(past=sessions, on=days, dose=st.integers(0, 30_000))
def test_every_window_that_holds_the_session_is_reckoned_day_by_day(past: list[PastSession], on: date, dose: int) -> None:
    """Slow and plain: the dose of each later day's window, and whether the session is in it."""

    def held(end: date) -> int:
        return sum(one.hundredths for one in past if one.product == PRODUCT and before(end, WINDOW) < one.date <= end)

    found = {one.day: one.hundredths for one in window_doses(PRODUCT, WINDOW, past, on=on, hundredths=dose)}
    assert found[on] == held(on) + dose
    days_ahead = [on + timedelta(days=number) for number in range(100)]
    holding = [end for end in days_ahead if before(end, WINDOW) < on]
    assert max(held(end) + dose for end in holding) == max(found.values())
    assert all(found[end] == held(end) + dose for end in found) and set(found) <= set(holding)


def test_other_products_are_in_no_window() -> None:
    past: Any = [PastSession(1, date(2026, 3, 1), "p", OTHER, 50_000)]
    assert [one.hundredths for one in window_doses(PRODUCT, WINDOW, past, on=date(2026, 3, 9), hundredths=15_500)] == [15_500]
