"""Doses over time: what each cumulative window holds, what is still allowed of it, and the first day on which a planned dose fits.

Conventions. Doses are hundredths of a unit. A window of 3 months up to day D holds the days after D minus 3 months, D included. It counts one
product, whatever the brand, the indication, the protocol or the clinic; products are compared without case and never added together.
A dose of unknown units makes every window that holds it undetermined: nobody can say what is left of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from botoxcli.clinic.dates import Span, after, before
from botoxcli.clinic.history import PastSession, PatientHistory
from botoxcli.clinic.quantity import units_text


@dataclass(frozen=True, slots=True)
class Dose:
    """Toxin that was given on a day. ``hundredths`` is None when nobody knows how much; ``visit`` None when it was given elsewhere."""

    date: date
    product: str
    hundredths: int | None
    visit: int | None = None

    def __str__(self) -> str:
        """``155 U of onabotulinumtoxinA on 2026-03-09``."""
        much = "unknown units" if self.hundredths is None else f"{units_text(self.hundredths)} U"
        return f"{much} of {self.product} on {self.date.isoformat()}"


@dataclass(frozen=True, slots=True)
class DoseWindow:
    """A cumulative limit of one product: at most ``hundredths`` in ``window``."""

    product: str
    hundredths: int
    window: Span
    source: str = ""


@dataclass(frozen=True, slots=True)
class WindowDose:
    """What a window that ends on ``day`` holds, the dose that was asked about included. ``unknown_on`` are days of unknown units in it."""

    limit: DoseWindow
    day: date
    hundredths: int
    unknown_on: tuple[date, ...] = ()

    @property
    def over(self) -> bool:
        """Whether what is known of it alone is too much."""
        return self.hundredths > self.limit.hundredths

    @property
    def undetermined(self) -> bool:
        """Whether it holds a dose of unknown units and is not over without it."""
        return bool(self.unknown_on) and not self.over


def doses_of(history: PatientHistory, *, without: int | None = None) -> tuple[Dose, ...]:
    """All that a patient was given, here and elsewhere, by date; ``without`` leaves a visit out."""
    here = [Dose(one.date, one.product, one.hundredths, one.visit) for one in history.sessions if one.visit != without]
    elsewhere = [Dose(one.date, one.product, one.hundredths) for one in history.toxins]
    return tuple(sorted([*here, *elsewhere], key=lambda dose: dose.date))


def same_product(one: str, other: str) -> bool:
    """Whether two names mean the same product: they are compared without case and outer spaces."""
    return one.strip().casefold() == other.strip().casefold()


def of_product(doses: Iterable[Dose], product: str) -> tuple[Dose, ...]:
    """The doses of one product."""
    return tuple(dose for dose in doses if same_product(dose.product, product))


def holds(window: Span, end: date, day: date) -> bool:
    """Whether the window that ends on ``end`` holds the day."""
    return before(end, window) < day <= end


def window_doses(limit: DoseWindow, doses: Iterable[Dose], *, on: date, hundredths: int) -> tuple[WindowDose, ...]:
    """The windows that a dose on ``on`` falls into: the one that ends on its day, and one for each later dose within reach."""
    same = of_product(doses, limit.product)
    ends = sorted({on, *(dose.date for dose in same if dose.date > on and holds(limit.window, dose.date, on))})
    return tuple(_window_dose(limit, [dose for dose in same if holds(limit.window, end, dose.date)], end, hundredths) for end in ends)


def _window_dose(limit: DoseWindow, held: Sequence[Dose], end: date, hundredths: int) -> WindowDose:
    known = sum(dose.hundredths or 0 for dose in held)
    return WindowDose(limit, end, hundredths + known, tuple(dose.date for dose in held if dose.hundredths is None))


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a window still allows on a day, a later dose within reach counted too.

    ``given_hundredths`` is what the fullest of those windows holds, ``left_hundredths`` what may come to it: None while ``unknown_on`` names
    days of unknown units. ``fullest_end`` is the day on which that window ends: ``day``, or a later dose's.
    """

    limit: DoseWindow
    day: date
    given_hundredths: int
    left_hundredths: int | None
    fullest_end: date
    unknown_on: tuple[date, ...] = ()


def still_allowed(limit: DoseWindow, doses: Iterable[Dose], day: date) -> Allowance:
    """What is left of a window on a day."""
    held = window_doses(limit, doses, on=day, hundredths=0)
    fullest = max(held, key=lambda one: one.hundredths)
    unknown = tuple(sorted({unknown for one in held for unknown in one.unknown_on}))
    left = None if unknown and not fullest.over else max(limit.hundredths - fullest.hundredths, 0)
    return Allowance(limit, day, fullest.hundredths, left, fullest.day, unknown)


def fits(limits: Iterable[DoseWindow], doses: Sequence[Dose], *, on: date, hundredths: int) -> bool:
    """Whether a dose on a day surely stays within every window."""
    return not any(
        one.over or one.undetermined for limit in limits for one in window_doses(limit, doses, on=on, hundredths=hundredths)
    )  # fmt: skip


def first_day_that_fits(
    limits: Sequence[DoseWindow], doses: Sequence[Dose], *, hundredths: int, interval: Span, sessions: Iterable[PastSession], start: date
) -> date | None:
    """The first day from ``start`` on that keeps the interval to every session and surely fits into every window.

    A dose of unknown units fits when it has left the window. None when the dose alone is more than a window allows.
    """
    sessions = tuple(sessions)
    days = {start}
    days.update(after(session.date, interval) for session in sessions)
    days.update(_first_day_without(limit.window, dose.date) for limit in limits for dose in of_product(doses, limit.product))
    for day in sorted(day for day in days if day >= start):
        if _keeps(interval, sessions, day) and fits(limits, doses, on=day, hundredths=hundredths):
            return day
    return None


def _keeps(interval: Span, sessions: Iterable[PastSession], day: date) -> bool:
    return all(max(session.date, day) >= after(min(session.date, day), interval) for session in sessions)


def _first_day_without(window: Span, day: date) -> date:
    """The first day whose window does not hold ``day`` any more: where a month is clipped, later than ``day`` plus the window."""
    end = after(day, window)
    while holds(window, end, day):
        end += timedelta(days=1)
    return end


def others_within(window: Span, doses: Iterable[Dose], *, product: str, on: date) -> tuple[Dose, ...]:
    """Doses of any other product in the window that ends on ``on``: to be shown and warned of, never added."""
    return tuple(dose for dose in doses if not same_product(dose.product, product) and holds(window, on, dose.date))


def because_over(windows: Iterable[WindowDose]) -> Iterator[str]:
    """A clause for each window that is over."""
    for one in windows:
        if one.over:
            yield f"{_sum_text(one)}, over {units_text(one.limit.hundredths)} U"


def because_undetermined(windows: Iterable[WindowDose]) -> Iterator[str]:
    """A clause for each window of which nobody can say whether it is over."""
    for one in windows:
        if one.undetermined:
            days = ", ".join(day.isoformat() for day in one.unknown_on)
            known = f"{_sum_text(one)} without it, at most {units_text(one.limit.hundredths)} U"
            yield f"undetermined: {one.limit.product} of unknown units on {days}; {known}"


def _sum_text(one: WindowDose) -> str:
    return f"{units_text(one.hundredths)} U of {one.limit.product} in the {one.limit.window} to {one.day.isoformat()}"
