"""The treatment protocol as a value: what its YAML file may say, and nothing else.

Conventions. Every rule carries its ``source``; a rule that was not read in a primary source says ``unverified``. Doses
stand in the file in units and here in hundredths of a unit; spans keep the unit in which the file states them; places on the
head map are per cent of the view's width (``x``) and height (``y``) from its upper left corner, as the practitioner faces
the picture. Values are frozen, unknown keys are refused. What two fields say together is checked in ``protocol_check``.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema, model_validator

from botoxcli.clinic.dates import Span, parse_span
from botoxcli.clinic.findings import Level
from botoxcli.clinic.quantity import scaled, units

Jurisdiction = Literal["us", "eu-uk"]
Side = Literal["left", "right", "midline"]
View = Literal["front", "left", "right", "back"]
Position = Literal["supine", "sitting"]
UNVERIFIED = "unverified"

_ID = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Id = Annotated[str, Field(pattern=_ID, max_length=60)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]


def _hundredths(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        raise ValueError("must be a number of units")
    whole = scaled(Decimal(str(value)), 100)
    if whole is None:
        raise ValueError("must be a number of units in steps of 0.01")
    return whole


def _span(value: Any) -> Span:
    found = value if isinstance(value, Span) else parse_span(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError("must be a span of time such as 12 weeks, 3 months, 10 days or 24 hours")
    return found


def _bounded(lowest: int, highest: int) -> Any:
    def check(value: Any) -> int:
        whole = _hundredths(value)
        if not lowest <= whole <= highest:
            raise ValueError(f"must be a number of units, {units(lowest)} to {units(highest)}")
        return whole

    return check


def _dose(lowest: int, highest: int) -> Any:
    return Annotated[
        int,
        BeforeValidator(_bounded(lowest, highest)),
        PlainSerializer(units),
        WithJsonSchema({"type": "number", "minimum": lowest / 100, "maximum": highest / 100, "description": "units"}),
    ]


SiteDose = _dose(10, 5_000)  # 0.1 to 50 U at a site
TotalDose = _dose(10, 200_000)  # 0.1 to 2,000 U
TimeSpan = Annotated[
    Span,
    BeforeValidator(_span),
    PlainSerializer(str),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,4} (hour|day|week|month)s?$"}),
]


class Part(BaseModel):
    """What all parts of a protocol share: frozen, no unknown keys, no coercion of text to numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True, arbitrary_types_allowed=True)


class Sourced(Part):
    """A rule with where it comes from."""

    source: Text
    evidence: Text | None = None


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

    name: Id
    brand: Text
    vial_units: tuple[TotalDose, ...] = Field(min_length=1)
    storage: Text
    dilution: Dilution
    billing: tuple[Billing, ...] = ()


class Condition(Part):
    """What an answer must be for a criterion to be met: one comparison with a number, or a list of answers."""

    at_least: Decimal | None = None
    more_than: Decimal | None = None
    at_most: Decimal | None = None
    less_than: Decimal | None = None
    one_of: tuple[Id, ...] | None = Field(default=None, alias="is")

    @model_validator(mode="before")
    @classmethod
    def _one_answer_is_a_list_of_one(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(given.get("is"), str):
            return {**given, "is": [given["is"]]}
        return given

    @model_validator(mode="after")
    def _exactly_one(self) -> Condition:
        if len(self.model_fields_set) != 1:
            raise ValueError("must hold exactly one of at_least, more_than, at_most, less_than, is")
        return self


AnswerType = Literal["number", "yes-no", "choice", "age"]
Group = Literal["history", "medication", "conditions", "severity"]
Role = Literal["require", "exclude_when", "caution_when", "advise"]


class Question(Sourced):
    """A question with its range. Counts are whole numbers unless ``step`` says otherwise (0.5, 0.1).

    ``not_applicable`` allows that answer; ``unknown`` is allowed everywhere and is never read as ``no``.
    ``never`` lists numbers inside the range that cannot occur (a HIT-6 of 37).
    """

    id: Id
    ask: Text
    type: AnswerType
    why: Text
    unit: Text | None = None
    min: Decimal | None = None
    max: Decimal | None = None
    step: Decimal = Decimal(1)
    never: tuple[Decimal, ...] = ()
    choices: tuple[Id, ...] = ()
    not_applicable: bool = False
    default: str | None = None

    @model_validator(mode="after")
    def _range(self) -> Question:
        if self.type == "number" and (self.min is None or self.max is None or self.min > self.max):
            raise ValueError("a number needs min and max, min first")
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("a choice, and only a choice, lists its choices")
        return self


class Criterion(Question):
    """A question of the consultation, and what its answer does to the decision.

    ``require``: unmet makes not eligible. ``exclude_when``: met makes not eligible. ``caution_when``: met makes a review.
    ``advise``: a note only. At most one of them; with none the answer is only recorded. ``type: age`` is computed from the
    birth date and never asked. ``jurisdictions`` limits the criterion to those named; empty means everywhere.
    """

    group: Group
    rule_set: Text
    jurisdictions: tuple[Jurisdiction, ...] = ()
    require: Condition | None = None
    exclude_when: Condition | None = None
    caution_when: Condition | None = None
    advise: Condition | None = None

    @model_validator(mode="after")
    def _one_role(self) -> Criterion:
        if sum(part is not None for part in (self.require, self.exclude_when, self.caution_when, self.advise)) > 1:
            raise ValueError("must hold at most one of require, exclude_when, caution_when, advise")
        return self

    @property
    def rule(self) -> tuple[Role, Condition] | None:
        """The criterion's part in the decision, or None."""
        if self.require:
            return "require", self.require
        if self.exclude_when:
            return "exclude_when", self.exclude_when
        if self.caution_when:
            return "caution_when", self.caution_when
        return ("advise", self.advise) if self.advise else None


class Raises(Part):
    """Which answers raise which finding, and what it then says."""

    finding: Id
    when: tuple[Id, ...] = Field(min_length=1)
    says: Text


class ChairQuestion(Question):
    """A safety question at the chair: always asked, never with a default."""

    raises: Raises


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
    """A fixed injection point: ``MUSCLE-SIDE-N``, ``MUSCLE-SIDE`` where there is one a side, ``MUSCLE`` in the midline."""

    id: Id
    muscle: Id
    side: Side
    order: Annotated[int, Field(ge=1, le=500)]
    hundredths: SiteDose = Field(alias="units")
    position: Position | None = None
    landmark: Text
    view: View
    x: Annotated[float, Field(ge=0, le=100)]
    y: Annotated[float, Field(ge=0, le=100)]


class Allowance(Sourced):
    """Follow-the-pain: at most so many more sites and units in a muscle, both sides together."""

    muscle: Id
    sites: Annotated[int, Field(ge=1, le=100)]
    hundredths: TotalDose = Field(alias="units")


class DoseLimit(Sourced):
    """A total that is not to be passed. Without a jurisdiction it holds everywhere."""

    hundredths: TotalDose = Field(alias="units")
    level: Level = "stop"
    jurisdiction: Jurisdiction | None = None


class CumulativeLimit(Sourced):
    """Units of one product in a window, over all brands, indications and clinics. The last day is in the window."""

    product: Id
    hundredths: TotalDose = Field(alias="units")
    window: TimeSpan


class SpanLimit(Sourced):
    """A limit in time."""

    span: TimeSpan


class Limits(Part):
    """What a session is held against."""

    site: DoseLimit
    session: tuple[DoseLimit, ...] = Field(min_length=1)
    cumulative: tuple[CumulativeLimit, ...] = ()
    minimum_interval: SpanLimit
    consult_valid: SpanLimit
    other_product_window: SpanLimit


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
Anchor = Literal["session", "eligible-consult", "consult", "needs-review", "lapse", "event", "emergency-event"]


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

    first: int
    last: int
    means: Text


class OutcomeMeasure(Sourced):
    """An outcome: its range, numbers that cannot occur, and whether it is counted over diary days and scaled to 28."""

    id: Id
    title: Text
    min: int
    max: int
    unit: Text | None = None
    never: tuple[int, ...] = ()
    counted_over_diary_days: bool = False
    direction: bool = False
    bands: tuple[Band, ...] = ()
    note: Text | None = None


class Outcomes(Part):
    """The measures, and how few diary days in 28 make a window incomplete."""

    complete_from_diary_days: Annotated[int, Field(ge=1, le=28)]
    complete_source: Text
    measures: tuple[OutcomeMeasure, ...]


class AdverseEvent(Sourced):
    """An event to offer at a follow-up. ``escalate`` says how it is met again."""

    id: Id
    title: Text
    escalate: Literal["emergency", "review"] | None = None
    rate: Text | None = None


class StopWhen(Part):
    """One part of a stopping rule: too small a reduction after so many cycles, or too few headache days to be chronic."""

    because: Literal["non-response", "became-episodic"]
    reduction_below_percent: Annotated[int, Field(ge=1, le=100)] | None = None
    after_cycles: Annotated[int, Field(ge=1, le=12)] | None = None
    headache_days_below: Annotated[int, Field(ge=1, le=28)] | None = None
    consecutive_windows: Annotated[int, Field(ge=1, le=12)] | None = None

    @model_validator(mode="after")
    def _whole(self) -> StopWhen:
        reduction = (self.reduction_below_percent is not None, self.after_cycles is not None)
        days = (self.headache_days_below is not None, self.consecutive_windows is not None)
        if not (all(reduction) and not any(days)) and not (all(days) and not any(reduction)):
            raise ValueError("needs reduction_below_percent with after_cycles, or headache_days_below with consecutive_windows")
        return self


class ContinueWhen(Part):
    """One way to earn going on: so many fewer headache days, or hours, in 28 days."""

    fewer_headache_days: Annotated[int, Field(ge=1, le=28)] | None = None
    fewer_headache_hours: Annotated[int, Field(ge=1, le=672)] | None = None

    @model_validator(mode="after")
    def _one(self) -> ContinueWhen:
        if len(self.model_fields_set) != 1:
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
    session_minutes: Annotated[int, Field(ge=1, le=600)]
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
        """The dose of all fixed sites."""
        return sum(site.hundredths for site in self.sites)

    @property
    def muscles(self) -> tuple[str, ...]:
        """The muscles in injection order."""
        return tuple(dict.fromkeys(site.muscle for site in self.sites_in_order))

    @property
    def sites_in_order(self) -> tuple[Site, ...]:
        """The fixed sites in injection order."""
        return tuple(sorted(self.sites, key=lambda site: site.order))

    def site(self, site_id: str) -> Site | None:
        """The fixed site of that id."""
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
