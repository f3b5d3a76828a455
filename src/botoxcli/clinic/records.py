"""What a record IS: the values that a change writes, validated when they are made.

A record that exists is well-formed: dates are civil dates, doses hundredths of a unit, volumes microlitres, text is clean
(normalised, free of control and bidi characters). Whether it is allowed is the rules' business. A validation error here names
the field and never repeats the value.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, model_validator

from botoxcli.clinic.decisions import Decision, OwnDecision
from botoxcli.clinic.findings import Level, Resolution
from botoxcli.clinic.text import clean
from botoxcli.errors import ValueRefused


def _length(lowest: int, highest: int) -> AfterValidator:
    def check(text: str) -> str:
        if not lowest <= len(text) <= highest:
            raise ValueError(f"must have {lowest} to {highest} characters")
        return text

    return AfterValidator(check)


def _clean(text: str, info: ValidationInfo) -> str:
    return text if info.context == _RECORDED else clean(text)


_RECORDED = "recorded"
CleanText = Annotated[str, AfterValidator(_clean), _length(0, 10_000)]
ShortText = Annotated[str, AfterValidator(_clean), _length(1, 200)]


def _code(code: str) -> str:
    if not 1 <= len(code) <= 20 or not all(sign.isascii() and (sign.isalnum() or sign in "-_") for sign in code):
        raise ValueError("a patient's code is 1 to 20 of letters, digits, - and _")
    return code


Code = Annotated[str, AfterValidator(_code)]
Hundredths = Annotated[int, Field(ge=0, le=200_000, strict=True)]
InjectionState = Literal["given", "changed", "skipped", "extra", "imported"]
DiscardReason = Literal["broken", "no-vacuum", "cold-chain", "recall", "expired"]


class Record(BaseModel):
    """Frozen, closed, and silent about its input when it refuses."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    @classmethod
    def checked(cls, flags: Mapping[str, str], **fields: object) -> Self:
        """The record, or ValueRefused naming the flag (``flags``: field -> flag) of the first field that cannot be."""
        try:
            return cls.model_validate(fields)
        except ValidationError as refused:
            first = refused.errors(include_input=False, include_url=False, include_context=False)[0]
            name = str(first["loc"][0]) if first["loc"] else cls.__name__.lower()
            why = str(first["msg"]).removeprefix("Value error, ")
            raise ValueRefused(flags.get(name, name), why[:1].lower() + why[1:]) from None

    @classmethod
    def recorded(cls, **fields: object) -> Self:
        """The record as it stands in a ledger. Its texts are as they were written: which characters are refused differs with the program's age."""
        return cls.model_validate(fields, context=_RECORDED)


class NewPatient(Record):
    """A patient: a code that is kept for ever, and an identity that can be forgotten."""

    code: Code
    name: ShortText
    born: date


class AnswerGiven(Record):
    """An answer in its canonical text: ``yes``, ``no``, ``unknown``, ``not-applicable``, a number, a choice."""

    question: ShortText
    value: ShortText


class FindingRecorded(Record):
    """A finding as it stood when the visit was recorded, with what was said to it. ``reason`` is an override's, free text."""

    id: ShortText
    level: Level
    because: CleanText
    source: CleanText = ""
    met: bool | None = None
    resolution: Resolution | None = None
    reason: CleanText | None = None


class Visit(Record):
    """What every visit has. ``answers`` and ``findings`` in the order in which they were asked and found."""

    patient: Code
    date: date
    answers: tuple[AnswerGiven, ...] = ()
    findings: tuple[FindingRecorded, ...] = ()


class Consult(Visit):
    """An intake: what the rules decided (``decision``), and beside it what the practitioner did (``decided``, with a reason)."""

    decision: Decision
    decided: OwnDecision | None = None
    reason: CleanText | None = None
    jurisdiction: Literal["us", "eu-uk"]


class Injection(Record):
    """One site: what was planned and what was given there. A skipped one has 0 units and a reason, an extra one no plan."""

    site: ShortText
    muscle: ShortText
    side: Literal["left", "right", "midline", "unspecified"]
    planned_hundredths: Hundredths
    hundredths: Hundredths
    state: InjectionState
    reason: CleanText | None = None

    @model_validator(mode="after")
    def _state_and_dose_agree(self) -> Injection:
        given, planned = self.hundredths, self.planned_hundredths
        agrees = {
            "given": given == planned and given > 0,
            "changed": given != planned and given > 0 and planned > 0,
            "skipped": given == 0 and planned > 0,
            "extra": planned == 0 and given > 0,
            "imported": given > 0,
        }[self.state]
        if not agrees:
            raise ValueError("the state and the units contradict each other")
        return self


class VialUse(Record):
    """What one vial gave to a session, and what of it was wasted: ``given + wasted`` is the vial.

    ``vial_id`` is a vial of the stock; an imported session has a ``lot`` instead and nothing to balance.
    """

    vial_id: int | None = None
    lot: ShortText | None = None
    given_hundredths: Hundredths
    wasted_hundredths: Hundredths | None = None

    @model_validator(mode="after")
    def _stock_or_lot(self) -> VialUse:
        if (self.vial_id is None) == (self.lot is None) or (self.vial_id is None) != (self.wasted_hundredths is None):
            raise ValueError("needs a vial of the stock with what was wasted, or a lot without")
        return self


class Session(Visit):
    """A treatment. ``reconstituted_at`` is an aware instant; ``diluent_ul`` is the diluent of all its vials together."""

    product: ShortText
    injections: Annotated[tuple[Injection, ...], Field(min_length=1)]
    vials: tuple[VialUse, ...]
    diluent_ul: Annotated[int, Field(gt=0, le=1_000_000)] | None = None
    reconstituted_at: datetime | None = None
    minutes: Annotated[int, Field(ge=0, le=600)] | None = None
    injector: ShortText | None = None
    jurisdiction: Literal["us", "eu-uk"]
    ended_early: bool = False
    imported: bool = False

    @property
    def hundredths(self) -> int:
        """The session's total dose."""
        return sum(injection.hundredths for injection in self.injections)

    @model_validator(mode="after")
    def _given_is_what_the_vials_gave(self) -> Session:
        if not self.imported and self.hundredths != sum(vial.given_hundredths for vial in self.vials):
            raise ValueError("what was injected is not what the vials gave")
        return self


class AdverseEventTold(Record):
    """An adverse event of a follow-up."""

    event: ShortText
    severity: Literal["mild", "moderate", "severe"] | None = None
    onset: date | None = None
    related: Literal["yes", "no", "unknown"] | None = None
    escalate: Literal["emergency", "review"] | None = None
    resolved_on: date | None = None


class EventResolved(Record):
    """The end of an event that an earlier follow-up told: every telling of it that began on that day or before."""

    event: ShortText
    resolved_on: date


class FollowUpVisit(Visit):
    """A follow-up: outcomes as answers, the events that were told and those that ended since. No events means that none was told.

    ``note`` is what no event's name says, in words.
    """

    events: tuple[AdverseEventTold, ...] = ()
    resolved: tuple[EventResolved, ...] = ()
    note: CleanText | None = None


class NewVial(Record):
    """Vials of one lot that come into stock; each becomes a row of its own."""

    lot: ShortText
    product: ShortText
    hundredths: Annotated[int, Field(gt=0, le=200_000)]
    expires: date
    count: Annotated[int, Field(ge=1, le=500)] = 1
