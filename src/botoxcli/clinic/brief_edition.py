"""An edition in brief: what a patient's course is reckoned by and told with, and nothing else of it, as plain values under the protocol's names.

Conventions. It is made of a text that was checked whole before, when an edition was pinned or read: nothing is checked here again, and
whoever loads no more than this loads no pydantic. Every field says what the protocol's own field of that name says
(``tests/clinic/test_brief_edition.py`` holds the two equal), so that a course takes either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from botoxcli.clinic.dates import Span, parse_span

if TYPE_CHECKING:
    from botoxcli.clinic.protocol import ContinueWhen, LookAgain, OutcomeMeasure, Protocol, ResponseRule, StopWhen


class BriefStop(NamedTuple):
    """One part of a stopping rule."""

    because: str
    reduction_below_percent: int | None = None
    after_cycles: int | None = None
    later_cycles: bool | None = None
    headache_days_below: int | None = None
    consecutive_windows: int | None = None


class BriefContinue(NamedTuple):
    """One way to earn going on."""

    fewer_headache_days: int | None = None
    fewer_headache_hours: int | None = None


class BriefAgain(NamedTuple):
    """When a stopped course is looked at again."""

    earliest: Span
    latest: Span


class BriefRule(NamedTuple):
    """A named rule set."""

    id: str
    title: str
    source: str
    note: str | None
    stop_when: tuple[BriefStop, ...]
    continue_when: tuple[BriefContinue, ...]
    look_again: BriefAgain | None


class BriefBand(NamedTuple):
    """A range of a score with its word."""

    first: int
    last: int
    means: str


class BriefMeasure(NamedTuple):
    """An outcome that is followed."""

    id: str
    title: str
    unit: str | None
    counted_over_diary_days: bool
    direction: bool
    bands: tuple[BriefBand, ...]


class BriefOutcomes(NamedTuple):
    """The measures, and how few diary days in 28 make a window incomplete."""

    complete_from_diary_days: int
    measures: tuple[BriefMeasure, ...]


class BriefWindow(NamedTuple):
    """A window that opens after something, with its end."""

    kind: str
    after: str
    latest: Span | None


class BriefSpan(NamedTuple):
    """A limit that is a span of time."""

    span: Span


class BriefLimits(NamedTuple):
    """The one limit that a course is reckoned by."""

    minimum_interval: BriefSpan


class BriefProduct(NamedTuple):
    """The product's name."""

    name: str


class BriefCriterion(NamedTuple):
    """A question of the consultation, by its id."""

    id: str


class BriefEdition(NamedTuple):
    """An edition in brief."""

    id: str
    edition: str
    indication: str
    product: BriefProduct
    criteria: tuple[BriefCriterion, ...]
    limits: BriefLimits
    follow_ups: tuple[BriefWindow, ...]
    outcomes: BriefOutcomes
    response_rules: tuple[BriefRule, ...]


if TYPE_CHECKING:
    AnyEdition = Protocol | BriefEdition
    AnyMeasure = OutcomeMeasure | BriefMeasure
    AnyRule = ResponseRule | BriefRule
    AnyStop = StopWhen | BriefStop
    AnyContinue = ContinueWhen | BriefContinue
    AnyAgain = LookAgain | BriefAgain


def brief_edition(values: Any) -> BriefEdition | None:
    """The edition of the plain values of a protocol's text; None when they are not those of a protocol."""
    try:
        return BriefEdition(
            id=values["id"],
            edition=values["edition"],
            indication=values["indication"],
            product=BriefProduct(values["product"]["name"]),
            criteria=tuple(BriefCriterion(one["id"]) for one in values["criteria"]),
            limits=BriefLimits(BriefSpan(_span(values["limits"]["minimum_interval"]["span"]))),
            follow_ups=tuple(BriefWindow(one["kind"], one["after"], _maybe_span(one.get("latest"))) for one in values["follow_ups"]),
            outcomes=BriefOutcomes(values["outcomes"]["complete_from_diary_days"], tuple(map(_measure, values["outcomes"]["measures"]))),
            response_rules=tuple(map(_rule, values["response_rules"])),
        )
    except (KeyError, TypeError, AttributeError, ValueError):
        return None


def _measure(values: dict[str, Any]) -> BriefMeasure:
    bands = tuple(BriefBand(**one) for one in values.get("bands", ()))
    counted, direction = values.get("counted_over_diary_days", False), values.get("direction", False)
    return BriefMeasure(values["id"], values["title"], values.get("unit"), counted, direction, bands)


def _rule(values: dict[str, Any]) -> BriefRule:
    stops, goes_on = values.get("stop_when", ()), values.get("continue_when", ())
    again = values.get("look_again")
    return BriefRule(
        id=values["id"],
        title=values["title"],
        source=values["source"],
        note=values.get("note"),
        stop_when=tuple(BriefStop(**one) for one in stops),
        continue_when=tuple(BriefContinue(**one) for one in goes_on),
        look_again=BriefAgain(_span(again["earliest"]), _span(again["latest"])) if again else None,
    )


def _span(words: str) -> Span:
    found = parse_span(words)
    if found is None:
        raise ValueError("no span of time")
    return found


def _maybe_span(words: str | None) -> Span | None:
    return None if words is None else _span(words)
