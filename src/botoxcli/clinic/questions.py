"""The questions of a protocol: what is asked, which answers there are, and what an answer does.

A criterion belongs to the consultation and bears on its decision; a chair question belongs to the session and raises a finding.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema, model_validator

from botoxcli.clinic.protocol_values import Id, Jurisdiction, Number, Part, Sourced, Text, YesNo

_ONE_OR_MORE = WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]})


def listed(words: Iterable[str]) -> list[str]:
    """Answers as they are named to a person, numbers that follow one another in one: ``mild``, ``severe``, ``0-10``."""
    runs: list[list[str]] = []
    for word in words:
        follows = runs and word.isdecimal() and runs[-1][-1].isdecimal() and int(word) == int(runs[-1][-1]) + 1
        if follows:
            runs[-1].append(word)
        else:
            runs.append([word])
    return [run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs]


class Condition(Part):
    """What an answer must be for a criterion to be met: a comparison with a number, one from below and one from above, or a list of answers."""

    at_least: Number | None = None
    more_than: Number | None = None
    at_most: Number | None = None
    less_than: Number | None = None
    one_of: Annotated[tuple[Id, ...] | None, _ONE_OR_MORE] = Field(default=None, alias="is", min_length=1)

    @model_validator(mode="before")
    @classmethod
    def _one_answer_is_a_list_of_one(cls, given: Any) -> Any:
        if isinstance(given, dict) and isinstance(given.get("is"), str):
            return {**given, "is": [given["is"]]}
        return given

    @model_validator(mode="after")
    def _one_thing(self) -> Condition:
        lower, upper = (self.at_least, self.more_than), (self.at_most, self.less_than)
        if self.one_of is not None and any(bound is not None for bound in (*lower, *upper)):
            raise ValueError("must hold is alone, without at_least, more_than, at_most or less_than")
        if self.one_of is None and all(bound is None for bound in (*lower, *upper)):
            raise ValueError("must hold at_least, more_than, at_most, less_than or is")
        if None not in lower or None not in upper:
            raise ValueError("must hold at most one of at_least and more_than, and one of at_most and less_than")
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
    min: Number | None = None
    max: Number | None = None
    step: Number = Decimal(1)
    never: tuple[Number, ...] = ()
    choices: tuple[Id, ...] = ()
    not_applicable: YesNo = False
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
