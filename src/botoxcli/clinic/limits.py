"""What a session is held against: totals at a site, in muscles, in the session and over time, and spans.

Conventions. ``units`` is the most that may be given; ``units_per_kg`` beside it the most a kilogram of body weight: the lower of the
two holds. Where the weight is not known ``units`` alone is left; that it is not known is a finding of its own. Doses are hundredths of
a unit, weights grams.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from botoxcli.clinic.findings import Level
from botoxcli.clinic.protocol_values import Id, Jurisdiction, KgDose, Part, ProductName, Sourced, Text, TimeSpan, TotalDose, Whole


class _Total(Sourced):
    """A total that is not to be passed."""

    hundredths: TotalDose = Field(alias="units")
    per_kg: KgDose | None = Field(default=None, alias="units_per_kg")

    def at(self, grams: int | None) -> int:
        """The limit at a weight."""
        most: int = self.hundredths
        return most if self.per_kg is None or grams is None else min(most, self.per_kg * grams // 1000)


class DoseLimit(_Total):
    """A total that is not to be passed. Without a jurisdiction it holds everywhere."""

    level: Level = "stop"
    jurisdiction: Jurisdiction | None = None


class CumulativeLimit(_Total):
    """Units of one product in a window, over all brands, indications and clinics. The last day is in the window."""

    product: ProductName
    window: TimeSpan


class MuscleLimit(_Total):
    """What muscles may have together, both sides of each: a muscle, or the muscles of a limb under a ``title``.

    Over it the finding ``muscle-dose`` has this ``level``. ``at_least`` and ``at_least_per_kg`` are the lower end of what is planned for
    them once anything is given there: below it the finding has the protocol's own level.
    """

    muscles: tuple[Id, ...] = Field(min_length=1)
    title: Text | None = None
    at_least: TotalDose | None = None
    at_least_per_kg: KgDose | None = None
    level: Level = "stop"

    @model_validator(mode="after")
    def _one_lower_end(self) -> MuscleLimit:
        if self.at_least is not None and self.at_least_per_kg is not None:
            raise ValueError("must hold at most one of at_least, at_least_per_kg")
        return self

    @property
    def name(self) -> str:
        """What the muscles are called together."""
        return self.title or ", ".join(self.muscles)

    def least_at(self, grams: int | None) -> int:
        """The lower end at a weight; 0 without one, or where the weight is not known."""
        least: int = self.at_least or 0
        if self.at_least_per_kg is not None and grams is not None:
            least = min(-(-self.at_least_per_kg * grams // 1000), self.at(grams))
        return least


class MuscleCount(Sourced):
    """How many muscles may be injected in one session; left and right of one are one."""

    count: Annotated[Whole, Field(ge=1, le=100)]


class SpanLimit(Sourced):
    """A limit in time."""

    span: TimeSpan


class Limits(Part):
    """What a session is held against."""

    site: DoseLimit
    muscles: tuple[MuscleLimit, ...] = ()
    muscle_count: MuscleCount | None = None
    session: tuple[DoseLimit, ...] = Field(min_length=1)
    cumulative: tuple[CumulativeLimit, ...] = ()
    minimum_interval: SpanLimit
    consult_valid: SpanLimit
    other_product_window: SpanLimit

    @property
    def per_kg(self) -> bool:
        """Whether any of them needs the weight."""
        lower_ends = any(limit.at_least_per_kg is not None for limit in self.muscles)
        return lower_ends or any(total.per_kg is not None for total in (self.site, *self.muscles, *self.session, *self.cumulative))
