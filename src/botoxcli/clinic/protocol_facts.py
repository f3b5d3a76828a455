"""A protocol laid out as facts, to compare two editions: the thing, what is said of it, and the words.

What stands under "" is the thing's main fact: a site's dose, a limit, a rule. Every field of every part stands somewhere, so that no
change goes unseen; ``tests/clinic/test_protocol_diff.py`` changes each field once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from botoxcli.clinic.dates import Span
from botoxcli.clinic.eligibility import condition_words
from botoxcli.clinic.limits import CumulativeLimit, DoseLimit, MuscleLimit
from botoxcli.clinic.planned_dose import SiteUnits, SiteUnitsPerKg
from botoxcli.clinic.protocol import Condition, Protocol
from botoxcli.clinic.protocol_check import arithmetic
from botoxcli.clinic.quantity import text, units_text

Fact = tuple[str, str, str]
_DOSES = frozenset({"hundredths", "units_per_ml", "at_least"})
_PER_KG = frozenset({"per_kg", "at_least_per_kg"})
_NAMES = {"hundredths": "units", "per_kg": "units per kg", "not_applicable": "not-applicable", "closes_from": "closes from"}


def _about(protocol: Protocol) -> Iterator[Fact]:
    yield "sum", "", arithmetic(protocol)
    for name in ("id", "title", "edition", "indication", "route", "needle"):
        yield name, "", str(getattr(protocol, name))
    yield "session", "", f"{protocol.session_minutes} minutes"
    for codes in protocol.diagnoses:
        yield codes.system, "", ", ".join(codes.codes)


def _product(protocol: Protocol) -> Iterator[Fact]:
    product = protocol.product
    yield from _fields("product", product, main="name", without=("vial_units", "dilution", "billing"))
    yield "vials", "", ", ".join(f"{units_text(vial)} U" for vial in product.vial_units)
    yield "dilution", "", f"{units_text(product.dilution.units_per_ml)} U/mL"
    yield from _fields("dilution", product.dilution, without=("units_per_ml",))
    for billing in product.billing:
        yield from _fields(f"billing {billing.jurisdiction}", billing, main="given", without=("jurisdiction",))


def _criteria(protocol: Protocol) -> Iterator[Fact]:
    for criterion in protocol.criteria:
        rule = f"{criterion.rule[0].replace('_', ' ')} {condition_words(criterion.rule[1])}" if criterion.rule else "only recorded"
        yield criterion.id, "", rule
        yield from _fields(criterion.id, criterion, without=("id", "require", "exclude_when", "caution_when", "advise"))


def _chair(protocol: Protocol) -> Iterator[Fact]:
    for question in protocol.chair:
        yield question.id, "", f"{' or '.join(question.raises.when)} raises {question.raises.finding}"
        yield question.id, "says", question.raises.says
        yield from _fields(question.id, question, without=("id", "raises"))


def _pre_care(protocol: Protocol) -> Iterator[Fact]:
    for rule in protocol.pre_care.rules:
        yield rule.id, "", f"{rule.action.replace('-', ' ')} from {rule.before} before"
        yield from _fields(rule.id, rule, without=("id", "action", "before"))
    yield "always", "", protocol.pre_care.always


def _sites(protocol: Protocol) -> Iterator[Fact]:
    for site in protocol.sites_in_order:
        yield site.id, "", site.dose_words + (", optional" if site.optional else "")
        if site.per_kg and site.per_kg.round_to:
            yield site.id, "rounded to", f"{units_text(site.per_kg.round_to)} U"
        yield from _fields(site.id, site, without=("id", "units", "per_kg", "optional", "order"))


def _follow_the_pain(protocol: Protocol) -> Iterator[Fact]:
    for one in protocol.follow_the_pain:
        yield one.muscle, "", f"up to {one.sites} more sites, {units_text(one.hundredths)} U"
        yield from _fields(one.muscle, one, without=("muscle", "sites", "hundredths"))


def _limits(protocol: Protocol) -> Iterator[Fact]:
    limits = protocol.limits
    yield from _limit("at a site", limits.site)
    for group in limits.muscles:
        yield from _limit(group.name, group)
    if limits.muscle_count:
        yield "muscles in a session", "", str(limits.muscle_count.count)
        yield from _fields("muscles in a session", limits.muscle_count, without=("count",))
    for dose in limits.session:
        yield from _limit(f"in a session{f', {dose.jurisdiction}' if dose.jurisdiction else ''}", dose)
    for total in limits.cumulative:
        yield from _limit(f"{total.product} in {total.window}", total)
    for name, span in (
        ("minimum interval", limits.minimum_interval),
        ("consult holds for", limits.consult_valid),
        ("another product is warned of for", limits.other_product_window),
    ):
        yield name, "", str(span.span)
        yield from _fields(name, span, without=("span",))


def _limit(name: str, limit: DoseLimit | MuscleLimit | CumulativeLimit) -> Iterator[Fact]:
    most = f"{units_text(limit.hundredths)} U"
    yield name, "", most if limit.per_kg is None else f"the lower of {most} and {units_text(limit.per_kg)} U/kg"
    yield from _fields(name, limit, without=("hundredths", "per_kg", "product", "window", "jurisdiction", "title"))


def _levels(protocol: Protocol) -> Iterator[Fact]:
    for finding, level in protocol.finding_levels.items():
        yield finding, "", level


def _aftercare(protocol: Protocol) -> Iterator[Fact]:
    for rule in protocol.aftercare.rules:
        yield rule.id, "", f"{rule.what} ({str(rule.lasts).replace('-', ' ')})"
        yield from _fields(rule.id, rule, without=("id", "what", "lasts"))
    for name in ("usual", "warning", "call_us", "source"):
        yield name.replace("_", " "), "", getattr(protocol.aftercare, name)


def _follow_ups(protocol: Protocol) -> Iterator[Fact]:
    for one in protocol.follow_ups:
        name = f"{one.kind} after {one.after}"
        latest = f", at the latest after {one.latest}" if one.latest else ""
        yield name, "", f"from {one.earliest}, due after {one.due}{latest}"
        yield from _fields(name, one, without=("kind", "after", "earliest", "due", "latest"))


def _outcomes(protocol: Protocol) -> Iterator[Fact]:
    yield "complete from", "", f"{protocol.outcomes.complete_from_diary_days} diary days"
    yield "complete from", "source", protocol.outcomes.complete_source
    for measure in protocol.outcomes.measures:
        yield measure.id, "", f"{measure.min} to {measure.max}{f' {measure.unit}' if measure.unit else ''}"
        yield from _fields(measure.id, measure, without=("id", "min", "max", "unit"))


def _events(protocol: Protocol) -> Iterator[Fact]:
    for event in protocol.adverse_events:
        yield event.id, "", event.escalate or "told"
        yield from _fields(event.id, event, without=("id", "escalate"))


def _response(protocol: Protocol) -> Iterator[Fact]:
    for rule in protocol.response_rules:
        yield rule.id, "", "; ".join(f"{name} when {_words(part)}" for name, part in _parts(rule.stop_when, rule.continue_when))
        yield from _fields(rule.id, rule, without=("id", "stop_when", "continue_when"))


def _parts(stops: Iterable[BaseModel], goes: Iterable[BaseModel]) -> Iterator[tuple[str, BaseModel]]:
    yield from (("stop", part) for part in stops)
    yield from (("continue", part) for part in goes)


def _fields(thing: str, part: BaseModel, *, main: str | None = None, without: Iterable[str] = ()) -> Iterator[Fact]:
    """The part's other fields, each under its own name; those that are not there are left out."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if name in without or value is None or value is False or value == ():
            continue
        yield thing, "" if name == main else _NAMES.get(name, name.replace("_", " ")), _value(name, value)


def _value(name: str, value: Any) -> str:
    if name in _DOSES and isinstance(value, int):
        return f"{units_text(value)} U"
    if name in _PER_KG and isinstance(value, int):
        return f"{units_text(value)} U/kg"
    return _words(value)


def _words(value: Any) -> str:
    if isinstance(value, Condition):
        return condition_words(value)
    if isinstance(value, (SiteUnits, SiteUnitsPerKg)):
        return value.words()
    if isinstance(value, BaseModel):
        return ", ".join(f"{what} {words}" for _, what, words in _fields("", value))
    if isinstance(value, tuple):
        return ", ".join(map(_words, value))
    if isinstance(value, Decimal):
        return text(value)
    if isinstance(value, float):
        return f"{value:g}"
    return "yes" if value is True else str(value) if isinstance(value, (str, int, Span)) else repr(value)


SECTIONS: tuple[tuple[str, Callable[[Protocol], Iterator[Fact]]], ...] = (
    ("protocol", _about),
    ("product", _product),
    ("criteria", _criteria),
    ("chair", _chair),
    ("pre-care", _pre_care),
    ("sites", _sites),
    ("follow the pain", _follow_the_pain),
    ("limits", _limits),
    ("findings", _levels),
    ("aftercare", _aftercare),
    ("follow-ups", _follow_ups),
    ("outcomes", _outcomes),
    ("adverse events", _events),
    ("response", _response),
)
