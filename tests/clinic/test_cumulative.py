"""The algebra of dose windows, held against a slow and plain reckoning day by day."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.cumulative import Dose, DoseWindow, first_day_that_fits, fits, still_allowed, window_doses
from botoxcli.clinic.dates import Span, after, before
from botoxcli.clinic.history import PastSession

PRODUCT, OTHER = "onabotulinumtoxinA", "rimabotulinumtoxinB"
WINDOW = Span(3, "months")
LIMITS = (DoseWindow(PRODUCT, 40_000, WINDOW), DoseWindow(PRODUCT, 60_000, Span(200, "days")))
days = st.dates(date(2025, 10, 1), date(2026, 6, 30))
doses = st.lists(
    st.builds(
        Dose,
        date=days,
        product=st.sampled_from([PRODUCT, PRODUCT.upper(), OTHER]),
        hundredths=st.none() | st.integers(0, 40_000),
    ),
    max_size=6,
)
known = doses.map(lambda given: [dose for dose in given if dose.hundredths is not None])


def held(given: list[Dose], window: Span, end: date) -> int:
    return sum(one.hundredths or 0 for one in given if one.product.casefold() == PRODUCT.casefold() and before(end, window) < one.date <= end)


@settings(max_examples=150, deadline=None)
@given(past=known, on=days, dose=st.integers(0, 30_000))
def test_every_window_that_holds_the_dose_is_reckoned_day_by_day(past: list[Dose], on: date, dose: int) -> None:
    """Slow and plain: the dose of each later day's window, and whether the dose is in it."""
    found = {one.day: one.hundredths for one in window_doses(LIMITS[0], past, on=on, hundredths=dose)}
    assert found[on] == held(past, WINDOW, on) + dose
    holding = [end for end in (on + timedelta(days=number) for number in range(100)) if before(end, WINDOW) < on]
    assert max(held(past, WINDOW, end) + dose for end in holding) == max(found.values())
    assert all(found[end] == held(past, WINDOW, end) + dose for end in found) and set(found) <= set(holding)


@settings(max_examples=150, deadline=None)
@given(past=known, on=days)
def test_what_is_still_allowed_fits_and_a_hundredth_more_does_not(past: list[Dose], on: date) -> None:
    allowed = still_allowed(LIMITS[0], past, on)
    if allowed.left_hundredths is None:
        raise AssertionError("every dose is known")
    full_already = allowed.given_hundredths > LIMITS[0].hundredths
    assert fits(LIMITS[:1], past, on=on, hundredths=allowed.left_hundredths) is not full_already
    assert not fits(LIMITS[:1], past, on=on, hundredths=allowed.left_hundredths + 1)


@settings(max_examples=80, deadline=None)
@given(past=doses, start=days, dose=st.integers(1, 41_000), sessions=st.lists(days, max_size=3))
def test_the_first_day_that_fits_is_the_first_of_all_days(past: list[Dose], start: date, dose: int, sessions: list[date]) -> None:
    ours = [PastSession(number, day, "p", OTHER, 100) for number, day in enumerate(sessions, start=1)]
    interval = Span(12, "weeks")

    def kept(day: date) -> bool:
        apart = all(max(day, one) >= after(min(day, one), interval) for one in sessions)
        return apart and fits(LIMITS, past, on=day, hundredths=dose)

    found = first_day_that_fits(LIMITS, past, hundredths=dose, interval=interval, sessions=ours, start=start)
    slow = next((day for day in (start + timedelta(days=number) for number in range(700)) if kept(day)), None)
    assert found == slow and (found is None) == (dose > 40_000)


def test_other_products_are_in_no_window() -> None:
    past = [Dose(date(2026, 3, 1), OTHER, 50_000)]
    assert [one.hundredths for one in window_doses(LIMITS[0], past, on=date(2026, 3, 9), hundredths=15_500)] == [15_500]
