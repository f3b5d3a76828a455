"""The small values that a protocol is made of: ids, texts, numbers, doses and spans, and the two forms every part takes.

Conventions. A dose is written in units and held in hundredths of a unit. A number is never read out of a text: ``"5"`` in
quotes is refused. A part is frozen and refuses keys that it does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, Strict, WithJsonSchema

from botoxcli.clinic.dates import Span, parse_span
from botoxcli.clinic.quantity import number, scaled, units

Jurisdiction = Literal["us", "eu-uk"]
Side = Literal["left", "right", "midline"]
View = Literal["front", "left", "right", "back"]
Position = Literal["supine", "sitting"]
UNVERIFIED = "unverified"

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
ProductName = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+(-[A-Za-z0-9]+)*$", max_length=60)]  # onabotulinumtoxinA is written so
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Whole = Annotated[int, Strict()]
YesNo = Annotated[bool, Strict()]


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise ValueError("must be a number")
    plain = Decimal(str(value))
    if not plain.is_finite():
        raise ValueError("must be a number")
    return plain


Number = Annotated[Decimal, BeforeValidator(_number), PlainSerializer(number), WithJsonSchema({"type": "number"})]


def _percent(value: Any) -> float:
    plain = float(_number(value))
    if not 0 <= plain <= 100:
        raise ValueError("must be a number, 0 to 100")
    return plain


Percent = Annotated[float, BeforeValidator(_percent), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100})]


def bounded(lowest: int, highest: int) -> Callable[[Any], int]:
    """A reader of a number of units: hundredths between the two, or ValueError."""

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)) or not Decimal(str(value)).is_finite():
            raise ValueError(f"must be a number of units, {units(lowest)} to {units(highest)}")
        hundredths = scaled(Decimal(str(value)), 100)
        if hundredths is None:
            raise ValueError("must be a number of units in steps of 0.01")
        if not lowest <= hundredths <= highest:
            raise ValueError(f"must be a number of units, {units(lowest)} to {units(highest)}")
        return hundredths

    return check


def _dose(lowest: int, highest: int) -> Any:
    return Annotated[
        int,
        BeforeValidator(bounded(lowest, highest)),
        PlainSerializer(units),
        WithJsonSchema({"type": "number", "minimum": lowest / 100, "maximum": highest / 100, "description": "units"}),
    ]


SITE_BOUNDS = (10, 5_000)  # 0.1 to 50 U at a site
PER_KG_BOUNDS = (1, 5_000)  # 0.01 to 50 U a kilogram
SiteDose = _dose(10, 5_000)
KgDose = _dose(1, 5_000)
TotalDose = _dose(10, 200_000)  # 0.1 to 2,000 U


def _span(value: Any) -> Span:
    found = value if isinstance(value, Span) else parse_span(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("must be a span of time such as 12 weeks, 3 months, 10 days or 24 hours")
    return found


TimeSpan = Annotated[
    Span,
    BeforeValidator(_span),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,4} (hour|day|week|month)s?$"}),
]


class Part(BaseModel):
    """What all parts of a protocol share: frozen, no unknown keys, no coercion of text to numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, arbitrary_types_allowed=True, defer_build=True)


class Sourced(Part):
    """A rule with where it comes from."""

    source: Text
    evidence: Text | None = None
