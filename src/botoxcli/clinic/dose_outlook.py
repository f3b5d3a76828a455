"""What a protocol's dose windows allow a patient on a day: read before the needle, and kept with what was printed.

Only the windows of the protocol's own product count; another product near that day stands beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from botoxcli.clinic.cumulative import Allowance, Dose, DoseWindow, doses_of, first_day_that_fits, others_within, same_product, still_allowed
from botoxcli.clinic.history import PatientHistory
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.quantity import units, units_text


@dataclass(frozen=True, slots=True)
class DoseOutlook:
    """The windows on a day, before a dose of ``planned_hundredths``, and the first day from then on which that dose fits all of them.

    ``first_day`` keeps the protocol's minimum interval too; None: it never fits.
    """

    product: str
    day: date
    planned_hundredths: int
    windows: tuple[Allowance, ...]
    first_day: date | None
    others: tuple[Dose, ...]


def windows_of(protocol: Protocol, grams: int | None = None) -> tuple[DoseWindow, ...]:
    """The cumulative limits of the protocol's own product, at a weight where it is known."""
    return tuple(
        DoseWindow(limit.product, limit.at(grams), limit.window, limit.source)
        for limit in protocol.limits.cumulative
        if same_product(limit.product, protocol.product.name)
    )


def dose_outlook(
    protocol: Protocol,
    history: PatientHistory,
    *,
    on: date,
    planned_hundredths: int | None = None,
    grams: int | None = None,
    without: int | None = None,
) -> DoseOutlook:
    """The outlook on a day for a planned dose (the protocol's plan when none is named) at a weight; ``without`` leaves a visit out."""
    planned = protocol.planned_hundredths if planned_hundredths is None else planned_hundredths
    product, limits, doses = protocol.product.name, windows_of(protocol, grams), doses_of(history, without=without)
    return DoseOutlook(
        product=product,
        day=on,
        planned_hundredths=planned,
        windows=tuple(still_allowed(limit, doses, on) for limit in limits),
        first_day=first_day_that_fits(
            limits,
            doses,
            hundredths=planned,
            interval=protocol.limits.minimum_interval.span,
            sessions=[session for session in history.sessions if session.visit != without],
            start=on,
        ),
        others=others_within(protocol.limits.other_product_window.span, doses, product=product, on=on),
    )


def outlook_lines(outlook: DoseOutlook) -> Iterator[str]:
    """The outlook in sentences: each window, the first day that fits, and other products near that day."""
    for window in outlook.windows:
        yield _window_words(window)
    yield fit_words(outlook)
    for dose in outlook.others:
        yield f"Another product: {dose}. Units of different products are not added."


def _window_words(window: Allowance) -> str:
    limit = window.limit
    most, given = units_text(limit.hundredths), units_text(window.given_hundredths)
    frame = f"{most} U of {limit.product} in {limit.window}"
    if window.left_hundredths is None:
        days = ", ".join(day.isoformat() for day in window.unknown_on)
        return f"Undetermined how much of the {frame} is still allowed on {window.day}: {given} U are known, and unknown units on {days}."
    return f"Still allowed on {window.day}: {units_text(window.left_hundredths)} of the {frame} ({given} U given)."


def fit_words(outlook: DoseOutlook) -> str:
    """When the planned dose fits: that day, a later one, or never."""
    dose = f"The plan of {units_text(outlook.planned_hundredths)} U" if outlook.planned_hundredths else "A session"
    if outlook.first_day is None:
        return f"{dose} is more than a window allows on any day."
    if outlook.first_day == outlook.day:
        return f"{dose} fits on {outlook.day}."
    return f"{dose} fits first on {outlook.first_day}, not on {outlook.day}: the doses in each window and the minimum interval are counted."


def left_after(window: Allowance, hundredths: int) -> int | None:
    """What is left of a window after a dose; None while it is undetermined."""
    return None if window.left_hundredths is None else max(window.left_hundredths - hundredths, 0)


def after_lines(outlook: DoseOutlook) -> Iterator[str]:
    """What is left on that day once the planned dose was given, a sentence a window; a later dose that decides it is named."""
    for window in outlook.windows:
        left, limit = left_after(window, outlook.planned_hundredths), window.limit
        frame = f"{units_text(limit.hundredths)} U of {limit.product} in {limit.window}"
        later = f" (the window to {window.fullest_end} decides)" if window.fullest_end > window.day else ""
        yield f"Left on {window.day} of the {frame}: {'undetermined' if left is None else f'{units_text(left)} U'}{later}"
    for dose in outlook.others:
        yield f"Another product: {dose}, not added"


def outlook_item(outlook: DoseOutlook) -> dict[str, object]:
    """The outlook as plain values with stable names.

    ``still_allowed_units`` is before the planned dose and ``left_after_units`` after it; both are null while the window is undetermined.
    """
    return {
        "on": outlook.day,
        "product": outlook.product,
        "planned_units": units(outlook.planned_hundredths),
        "first_date": outlook.first_day,
        "windows": [
            {
                "product": window.limit.product,
                "window": str(window.limit.window),
                "limit_units": units(window.limit.hundredths),
                "given_units": units(window.given_hundredths),
                "still_allowed_units": _units(window.left_hundredths),
                "left_after_units": _units(left_after(window, outlook.planned_hundredths)),
                "undetermined": window.left_hundredths is None,
                "unknown_on": list(window.unknown_on),
                "source": window.limit.source,
            }
            for window in outlook.windows
        ],
        "other_products": [
            {"date": dose.date, "product": dose.product, "units": _units(dose.hundredths), "visit": dose.visit} for dose in outlook.others
        ],
    }


def _units(hundredths: int | None) -> int | float | None:
    return None if hundredths is None else units(hundredths)
