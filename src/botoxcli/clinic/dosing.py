"""Doses: volumes, dilution, and what each vial gave.

Conventions. Doses are hundredths of a unit, volumes microlitres. ``given + wasted = drawn`` holds for every vial, always. Windows over
time are in ``cumulative``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from botoxcli.clinic.protocol import Billing
from botoxcli.clinic.quantity import units_text
from botoxcli.clinic.stock_vial import StockVial
from botoxcli.errors import ValueRefused


def volume_ul(hundredths: int, *, diluent_ul: int, vial_hundredths: int) -> int:
    """The volume of a dose, to the nearest microlitre: ``units * diluent / vial units``."""
    return round(Fraction(hundredths * diluent_ul, vial_hundredths))


def diluent_for(vial_hundredths: int, strength_hundredths_per_ml: int) -> int:
    """The diluent, in microlitres, that makes vials up to a strength: 200 U at 50 U/mL is 4,000."""
    return round(Fraction(vial_hundredths * 1000, strength_hundredths_per_ml))


def strength(vial_hundredths: int, diluent_ul: int) -> Fraction:
    """Hundredths of a unit in a mL."""
    return Fraction(vial_hundredths * 1000, diluent_ul)


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a vial gave. ``vial`` is None for a lot that stands without stock: then nothing can be said about what was left."""

    vial: StockVial | None
    lot: str
    given_hundredths: int
    wasted_hundredths: int | None


def draw(total_hundredths: int, vials: Sequence[StockVial | str]) -> tuple[Drawn, ...]:
    """The total out of the vials, in their order, each emptied before the next. A bare lot holds as much as is asked of it.

    A vial of the stock of which nothing was given is left out: it belongs to no visit. A bare lot stays, so that a recall
    finds it. Raises ValueRefused when the vials do not hold so much.
    """
    left, drawn = total_hundredths, []
    for place, vial in enumerate(vials):
        if isinstance(vial, str):
            rest = sum(other.hundredths for other in vials[place + 1 :] if not isinstance(other, str))
            given, wasted = max(left - rest, 0), None
            drawn.append(Drawn(None, vial, given, wasted))
        else:
            given = min(left, vial.hundredths)
            drawn.append(Drawn(vial, vial.lot, given, vial.hundredths - given))
        left -= given
    if left > 0:
        held = sum(vial.hundredths for vial in vials if not isinstance(vial, str))
        raise ValueRefused(
            "--vial",
            f"{units_text(total_hundredths)} U are more than the vials hold ({units_text(held)} U)",
            "Name one --vial LOT more for each further vial.",
        )
    return tuple(part for part in drawn if part.vial is None or part.given_hundredths > 0)


_UNIT = 100  # hundredths


@dataclass(frozen=True, slots=True)
class BillingLine:
    """A code and how many units of it."""

    code: str
    hundredths: int


def billing_lines(billing: Billing, drawn: Iterable[Drawn]) -> tuple[BillingLine, ...]:
    """Given and wasted, or, with nothing wasted, the one line that says so; then the procedure, once a session.

    A claim takes whole units: a dose between two is billed as the higher one, and what that takes in is not wasted (CMS, Medicare Claims
    Processing Manual, chapter 17, sections 10 and 40; not read in the primary source here).
    """
    drawn = tuple(drawn)
    dose = sum(part.given_hundredths for part in drawn)
    given = -(-dose // _UNIT) * _UNIT
    wasted = max(sum(part.wasted_hundredths or 0 for part in drawn) - (given - dose), 0)
    if not given:
        return ()
    if wasted:
        lines = [BillingLine(billing.given, given), BillingLine(billing.wasted, wasted)]
    elif any(part.wasted_hundredths is None for part in drawn):
        lines = [BillingLine(billing.given, given)]
    else:
        lines = [BillingLine(billing.none_wasted, given)]
    return (*lines, BillingLine(billing.procedure, 100))
