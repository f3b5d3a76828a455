"""Doses, volumes and other numbers as the ledger holds them: whole numbers of a small unit.

A dose is counted in hundredths of a unit, because labels name doses such as 1.25 U (blepharospasm); a volume in
microlitres. Floats never enter: text and YAML numbers pass through ``Decimal``.
"""

from __future__ import annotations

import re
from decimal import Decimal

_PLAIN = re.compile(r"[+-]?(\d+)(\.\d+)?\Z", re.ASCII)


def parse_number(text: str) -> Decimal | None:
    """A plain decimal number (``12``, ``0.5``); None for anything else: no exponent, no digit grouping, no other script's digits."""
    text = text.strip()
    return Decimal(text) if len(text) <= 20 and _PLAIN.match(text) else None


def scaled(number: Decimal, factor: int) -> int | None:
    """``number * factor`` when that is a whole number, else None: ``scaled(Decimal("1.25"), 100) == 125``."""
    whole = number * factor
    return int(whole) if whole == whole.to_integral_value() else None


def number(value: Decimal) -> int | float:
    """A JSON number: whole where it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)


def text(value: Decimal) -> str:
    """The shortest plain decimal: ``5``, ``2.5``, ``1.25``."""
    plain = format(value.normalize(), "f")
    return "0" if plain in ("-0", "") else plain


def units(hundredths: int) -> int | float:
    """A dose in units, as a JSON number: ``units(500) == 5``."""
    whole, rest = divmod(hundredths, 100)
    return hundredths / 100 if rest else whole


def units_text(hundredths: int) -> str:
    """A dose in units, to read: ``units_text(125) == "1.25"``."""
    return text(Decimal(hundredths) / 100)


def ml_text(microlitres: int) -> str:
    """A volume in mL to two places at least, never rounded: ``ml_text(3100) == "3.10"``, ``ml_text(25) == "0.025"``."""
    places = 2 if microlitres % 10 == 0 else 3
    return f"{Decimal(microlitres) / 1000:.{places}f}"
