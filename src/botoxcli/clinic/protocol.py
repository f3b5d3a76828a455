"""The treatment protocol as a value: what its YAML file may say, and nothing else.

Conventions. Every rule carries its ``source``; a rule that was not read in a primary source says ``unverified``. Doses
stand in the file in units and here in hundredths of a unit; spans keep the unit in which the file states them; places on the
head map are per cent of the view's width (``x``) and height (``y``) from its upper left corner, as the practitioner faces
the picture. Values are frozen, unknown keys are refused. What two fields say together is checked in ``protocol_check``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, model_validator

from botoxcli.clinic.findings import Level
from botoxcli.clinic.limits import CumulativeLimit as CumulativeLimit
from botoxcli.clinic.limits import DoseLimit as DoseLimit
from botoxcli.clinic.limits import Limits as Limits
from botoxcli.clinic.limits import MuscleLimit as MuscleLimit
from botoxcli.clinic.planned_dose import DosePlan as DosePlan
from botoxcli.clinic.planned_dose import SiteUnits, SiteUnitsPerKg
from botoxcli.clinic.protocol_values import UNVERIFIED as UNVERIFIED
from botoxcli.clinic.protocol_values import Id as Id
from botoxcli.clinic.protocol_values import Jurisdiction as Jurisdiction
from botoxcli.clinic.protocol_values import Part, Percent, ProductName, Sourced, Text, TimeSpan, TotalDose, Whole, YesNo
from botoxcli.clinic.protocol_values import Position as Position
from botoxcli.clinic.protocol_values import Side as Side
from botoxcli.clinic.protocol_values import View as View
from botoxcli.clinic.questions import AnswerType as AnswerType
from botoxcli.clinic.questions import ChairQuestion as ChairQuestion
from botoxcli.clinic.questions import Condition as Condition
from botoxcli.clinic.questions import Criterion as Criterion
from botoxcli.clinic.questions import Group as Group
from botoxcli.clinic.questions import Question as Question
from botoxcli.clinic.questions import Raises as Raises
from botoxcli.clinic.questions import Role as Role


class Codes(Part):
    """Codes of one coding system: ``ICD-10-CM``, ``ICD-10 (WHO)``."""

    system: Text
    codes: tuple[Text, ...] = Field(min_length=1)


class Dilution(Sourced):
    """How a vial is made up. ``units_per_ml`` is the strength that the doses' volumes are reckoned with."""

    units_per_ml: TotalDose
    diluent: Text
    use_within: TimeSpan
    storage: Text


class Billing(Sourced):
    """Codes of the billing lines, one for each of: units given, units wasted, a vial with nothing wasted, the procedure."""

    jurisdiction: Jurisdiction
    given: Text
    wasted: Text
    none_wasted: Text
    procedure: Text


class Product(Sourced):
    """The toxin. Units of different products are not interchangeable, so every dose carries the product's name."""

    name: ProductName
    brand: Text
    other_brands: tuple[Text, ...] = ()
    vial_units: tuple[TotalDose, ...] = Field(min_length=1)
    storage: Text
    dilution: Dilution
    billing: tuple[Billing, ...] = ()


class PreCareRule(Sourced):
    """Something to leave off, or to ask the prescriber about, from ``before`` ahead of the session.

    Hours are elapsed hours; days, weeks and months keep the session's hour on the clock.
    """

    id: Id
    what: Text
    before: TimeSpan
    action: Literal["avoid", "ask-the-prescriber"]
    why: Text


class PreCare(Part):
    """The rules before the day, and the sentence that every sheet prints."""

    rules: tuple[PreCareRule, ...]
    always: Text


class Site(Sourced):
    """An injection point: ``MUSCLE-SIDE-N``, ``MUSCLE-SIDE`` where there is one a side, ``MUSCLE`` in the midline.

    Its plan is ``units`` or ``units_per_kg``. An ``optional`` one is injected only when it is named. Without ``view``, ``x`` and ``y``
    it has no place on the map. ``source`` is for the dose and the muscle; ``landmark_source`` for the landmark and the place on the map
    where that is another.
    """

    id: Id
    muscle: Id
    side: Side
    order: Annotated[Whole, Field(ge=1, le=500)]
    units: SiteUnits | None = None
    per_kg: SiteUnitsPerKg | None = Field(default=None, alias="units_per_kg")
    optional: YesNo = False
    position: Position | None = None
    landmark: Text
    landmark_source: Text | None = None
    view: View | None = None
    x: Percent | None = None
    y: Percent | None = None

    def plan(self, grams: int | None = None) -> DosePlan | None:
        """What is planned here at a weight; None for a dose per kg while the weight is not known."""
        if self.units is not None:
            return self.units.plan
        return self.per_kg.plan_at(grams) if self.per_kg is not None and grams is not None else None

    @property
    def hundredths(self) -> int:
        """The dose that is given as planned; 0 for one that needs a weight."""
        plan = self.plan()
        return plan.usual if plan else 0

    @property
    def dose_words(self) -> str:
        """``5 U``, ``1.25 to 2.5 U``, ``1.5 to 3 U/kg``."""
        dose = self.units or self.per_kg
        return dose.words() if dose else ""


class Allowance(Sourced):
    """Follow-the-pain: at most so many more sites and units in a muscle, both sides together."""

    muscle: Id
    sites: Annotated[Whole, Field(ge=1, le=100)]
    hundredths: TotalDose = Field(alias="units")


class AftercareRule(Sourced):
    """What to do or leave after a session, for a span of elapsed hours or days, or for the rest of the day."""

    id: Id
    what: Text
    lasts: TimeSpan | Literal["rest-of-day"]


class Aftercare(Part):
    """The sheet that the patient takes home. ``warning`` always stands at its end."""

    rules: tuple[AftercareRule, ...]
    usual: Text
    warning: Text
    call_us: Text
    source: Text


FollowUpKind = Literal["onset-check", "session", "consult-review", "event-review"]
Anchor = Literal[
    "session",
    "eligible-consult",
    "consult",
    "needs-review",
    "lapse",
    "event",
    "emergency-event",
    "declined",
    "pause-end",
    "response-stop",
]


class FollowUp(Sourced):
    """A window that opens after something: earliest, due and latest as spans from the anchor's day.

    ``latest`` absent: it never lapses. ``closes_from`` is the span from which a follow-up visit counts as having done it.
    """

    kind: FollowUpKind
    after: Anchor
    earliest: TimeSpan
    due: TimeSpan
    latest: TimeSpan | None = None
    closes_from: TimeSpan | None = None


class Band(Part):
    """A range of a score with its word; both ends are in it."""

    first: Whole
    last: Whole
    means: Text


class OutcomeMeasure(Sourced):
    """An outcome: its range, numbers that cannot occur, and whether it is counted over diary days and scaled to 28."""

    id: Id
    title: Text
    min: Whole
    max: Whole
    unit: Text | None = None
    never: tuple[Whole, ...] = ()
    counted_over_diary_days: YesNo = False
    direction: YesNo = False
    bands: tuple[Band, ...] = ()
    note: Text | None = None


class Outcomes(Part):
    """The measures, and how few diary days in 28 make a window incomplete."""

    complete_from_diary_days: Annotated[Whole, Field(ge=1, le=28)]
    complete_source: Text
    measures: tuple[OutcomeMeasure, ...]


class AdverseEvent(Sourced):
    """An event to offer at a follow-up. ``escalate`` says how it is met again."""

    id: Id
    title: Text
    escalate: Literal["emergency", "review"] | None = None
    rate: Text | None = None


class StopWhen(Part):
    """One part of a stopping rule: too small a reduction after so many cycles, or too few headache days to be chronic.

    ``after_cycles`` judges that very cycle; with ``later_cycles`` the last complete one from there on.
    """

    because: Literal["non-response", "became-episodic"]
    reduction_below_percent: Annotated[Whole, Field(ge=1, le=100)] | None = None
    after_cycles: Annotated[Whole, Field(ge=1, le=12)] | None = None
    later_cycles: YesNo | None = None
    headache_days_below: Annotated[Whole, Field(ge=1, le=28)] | None = None
    consecutive_windows: Annotated[Whole, Field(ge=1, le=12)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> StopWhen:
        reduction = (self.reduction_below_percent is not None, self.after_cycles is not None)
        days = (self.headache_days_below is not None, self.consecutive_windows is not None)
        if not (all(reduction) and not any(days)) and not (all(days) and not any(reduction)):
            raise ValueError("needs reduction_below_percent with after_cycles, or headache_days_below with consecutive_windows")
        if self.later_cycles is not None and self.after_cycles is None:
            raise ValueError("later_cycles belongs to after_cycles")
        return self


class ContinueWhen(Part):
    """One way to earn going on: so many fewer headache days, or hours, in 28 days."""

    fewer_headache_days: Annotated[Whole, Field(ge=1, le=28)] | None = None
    fewer_headache_hours: Annotated[Whole, Field(ge=1, le=672)] | None = None

    @model_validator(mode="after")
    def _one(self) -> ContinueWhen:
        if (self.fewer_headache_days is None) == (self.fewer_headache_hours is None):
            raise ValueError("must hold exactly one of fewer_headache_days, fewer_headache_hours")
        return self


class LookAgain(Part):
    """When a stopped course is looked at again."""

    earliest: TimeSpan
    latest: TimeSpan


class ResponseRule(Sourced):
    """A named rule set: stop when any of ``stop_when`` holds, or continue only when any of ``continue_when`` holds."""

    id: Id
    title: Text
    stop_when: tuple[StopWhen, ...] = ()
    continue_when: tuple[ContinueWhen, ...] = ()
    look_again: LookAgain | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _says_something(self) -> ResponseRule:
        if bool(self.stop_when) == bool(self.continue_when):
            raise ValueError("must hold stop_when or continue_when, and not both")
        return self


class Protocol(Part):
    """One edition of a treatment protocol, whole."""

    id: Id
    title: Text
    edition: Text
    indication: Text
    diagnoses: tuple[Codes, ...] = ()
    route: Literal["intramuscular", "intradermal"]
    needle: Text
    session_minutes: Annotated[Whole, Field(ge=1, le=600)]
    product: Product
    criteria: tuple[Criterion, ...] = Field(min_length=1)
    chair: tuple[ChairQuestion, ...] = Field(min_length=1)
    pre_care: PreCare
    sites: tuple[Site, ...] = Field(min_length=1)
    follow_the_pain: tuple[Allowance, ...] = ()
    limits: Limits
    finding_levels: dict[Id, Level]
    aftercare: Aftercare
    follow_ups: tuple[FollowUp, ...] = Field(min_length=1)
    outcomes: Outcomes
    adverse_events: tuple[AdverseEvent, ...]
    response_rules: tuple[ResponseRule, ...]

    @property
    def planned_hundredths(self) -> int:
        """The dose of all that is always given, as far as it needs no weight."""
        return sum(site.hundredths for site in self.sites if not site.optional)

    @property
    def fixed_sites(self) -> tuple[Site, ...]:
        """The sites that are always given, in the file's order."""
        return tuple(site for site in self.sites if not site.optional)

    @property
    def per_kg(self) -> bool:
        """Whether the weight is needed: a dose or a limit is per kg."""
        return self.limits.per_kg or any(site.per_kg is not None for site in self.sites)

    @property
    def muscles(self) -> tuple[str, ...]:
        """The muscles in injection order."""
        return tuple(dict.fromkeys(site.muscle for site in self.sites_in_order))

    @property
    def sites_in_order(self) -> tuple[Site, ...]:
        """The sites in injection order."""
        return tuple(sorted(self.sites, key=lambda site: site.order))

    def site(self, site_id: str) -> Site | None:
        """The site of that id."""
        return next((site for site in self.sites if site.id == site_id), None)

    def allowance(self, muscle: str) -> Allowance | None:
        """The follow-the-pain allowance of a muscle."""
        return next((allowance for allowance in self.follow_the_pain if allowance.muscle == muscle), None)

    def level(self, finding: str) -> Level:
        """The level at which this protocol raises a finding. Unknown findings stop: silence would be the worse mistake."""
        return self.finding_levels.get(finding, "stop")

    def questions(self) -> Iterator[Question]:
        """Every question that is asked of a person: the criteria (but computed ones) and the chair questions."""
        yield from (criterion for criterion in self.criteria if criterion.type != "age")
        yield from self.chair
