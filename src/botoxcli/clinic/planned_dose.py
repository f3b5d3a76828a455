"""What a site is planned to get: one dose, a range of doses, or so many units a kilogram of body weight.

Conventions. ``units: 5`` is one dose, ``units: {from: 1.25, to: 2.5}`` a range, whose ends belong to it; ``usual`` is the dose that is
given as planned, without it the lowest. ``units_per_kg`` takes the same forms, with ``at_most`` as the most units whatever the weight;
its usual dose is rounded to ``round_to`` (0.5 U where nothing is said), down where the range allows it. Doses are hundredths of a
unit, weights grams.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import Field, GetJsonSchemaHandler, SerializerFunctionWrapHandler, model_serializer, model_validator
from pydantic.json_schema import JsonSchemaValue

from botoxcli.clinic.protocol_values import PER_KG_BOUNDS, SITE_BOUNDS, KgDose, Part, SiteDose, bounded
from botoxcli.clinic.quantity import parse_number, scaled, units, units_text

WEIGHT = "weight"
_ROUND_TO = 50


@dataclass(frozen=True, slots=True)
class DosePlan:
    """The plan of a site in hundredths of a unit, a weight reckoned in."""

    lowest: int
    usual: int
    highest: int

    def holds(self, hundredths: int) -> bool:
        """Whether a dose is as planned."""
        return self.lowest <= hundredths <= self.highest

    def words(self) -> str:
        """``5 U``, ``1.25 to 2.5 U``."""
        return f"{range_text(self.lowest, self.highest)} U"


def range_text(lowest: int, highest: int) -> str:
    """``5``, ``1.25 to 2.5``."""
    return units_text(lowest) if lowest == highest else f"{units_text(lowest)} to {units_text(highest)}"


def weight_grams(answers: Mapping[str, str]) -> int | None:
    """The weight that was answered in kilograms, in grams; None when it is unknown or was not asked."""
    kilograms = parse_number(answers.get(WEIGHT, ""))
    return scaled(kilograms, 1000) or None if kilograms and kilograms > 0 else None


class _Doses(Part):
    """A range, or a number for a range of one."""

    bounds: ClassVar[tuple[int, int]]

    @model_validator(mode="before")
    @classmethod
    def _a_number_is_a_range_of_one(cls, given: Any) -> Any:
        if isinstance(given, (Mapping, _Doses)):
            return given
        bounded(*cls.bounds)(given)
        return {"from": given, "to": given}

    @model_serializer(mode="wrap")
    def _a_range_of_one_is_a_number(self, handler: SerializerFunctionWrapHandler) -> Any:
        plain = {name for name, value in self if value is not None} == {"lowest", "highest"}
        lowest, highest = getattr(self, "lowest", 0), getattr(self, "highest", 0)
        return units(lowest) if plain and lowest == highest else handler(self)

    @classmethod
    def __get_pydantic_json_schema__(cls, core_schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        lowest, highest = cls.bounds
        number = {"type": "number", "minimum": lowest / 100, "maximum": highest / 100, "description": "units"}
        return {"anyOf": [number, handler(core_schema)]}


def _in_order(lowest: int, usual: int | None, highest: int) -> None:
    if lowest > highest:
        raise ValueError("from is more than to")
    if usual is not None and not lowest <= usual <= highest:
        raise ValueError("usual lies outside from and to")


class SiteUnits(_Doses):
    """Units at a site."""

    bounds: ClassVar[tuple[int, int]] = SITE_BOUNDS
    lowest: SiteDose = Field(alias="from")
    highest: SiteDose = Field(alias="to")
    usual: SiteDose | None = None

    @model_validator(mode="after")
    def _ordered(self) -> SiteUnits:
        _in_order(self.lowest, self.usual, self.highest)
        return self

    @property
    def plan(self) -> DosePlan:
        """The plan, the same at every weight."""
        return DosePlan(self.lowest, self.usual or self.lowest, self.highest)

    def words(self) -> str:
        """``5 U``, ``1.25 to 2.5 U (usual 2 U)``."""
        return self.plan.words() + (f" (usual {units_text(self.usual)} U)" if self.usual and self.usual != self.lowest else "")


class SiteUnitsPerKg(_Doses):
    """Units a kilogram of body weight at a site."""

    bounds: ClassVar[tuple[int, int]] = PER_KG_BOUNDS
    lowest: KgDose = Field(alias="from")
    highest: KgDose = Field(alias="to")
    usual: KgDose | None = None
    at_most: SiteDose | None = None
    round_to: SiteDose | None = None

    @model_validator(mode="after")
    def _ordered(self) -> SiteUnitsPerKg:
        _in_order(self.lowest, self.usual, self.highest)
        return self

    def plan_at(self, grams: int) -> DosePlan:
        """The plan at a weight."""
        lowest, highest = -(-self.lowest * grams // 1000), self.highest * grams // 1000
        usual = (self.usual or self.lowest) * grams // 1000
        if self.at_most is not None:
            lowest, usual, highest = (min(dose, self.at_most) for dose in (lowest, usual, highest))
        planned = max(_rounded(usual, self.round_to or _ROUND_TO, lowest, highest), 1)
        return DosePlan(min(lowest, planned), planned, max(highest, planned))

    def words(self) -> str:
        """``1.5 to 3 U/kg, at most 50 U``."""
        usual = f" (usual {units_text(self.usual)} U/kg)" if self.usual and self.usual != self.lowest else ""
        most = f", at most {units_text(self.at_most)} U" if self.at_most else ""
        return f"{range_text(self.lowest, self.highest)} U/kg{usual}{most}"


def _rounded(dose: int, step: int, lowest: int, highest: int) -> int:
    """The dose in whole steps, within the range where a step lies in it."""
    down = dose // step * step
    if down and down >= lowest:
        return down
    return down + step if down + step <= highest else down or dose
