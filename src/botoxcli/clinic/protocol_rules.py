"""The rules that a protocol's parts must keep among themselves: each a small function that yields contradictions.

A rule neither prints nor raises. Spans are compared from SAMPLE_DAYS, since 3 months are 89 to 92 days.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator
from datetime import date
from functools import cache

from botoxcli.clinic.dates import Span, after
from botoxcli.clinic.planned_dose import WEIGHT
from botoxcli.clinic.protocol import ContinueWhen, OutcomeMeasure, Protocol, ResponseRule, Site
from botoxcli.clinic.quantity import units_text
from botoxcli.clinic.question_rules import QUESTION_RULES, Contradiction, Path

# The findings that the program raises by itself; the chair questions may add to them.
FINDINGS = (
    "consult", "consult-old", "consent", "infection", "pregnancy", "changed", "weakness", "alcohol", "nsaids", "blood-thinners",
    "last-event", "interval", "interval-long", "site-dose", "session-dose", "extra-allowance", "cumulative-dose", "other-product",
    "vial-unknown", "vial-expired", "vial-used", "vial-recalled", "product", "dilution", "reconstituted-24h",
    "duplicate-patient", "duplicate-visit", "duplicate-lot",
)  # fmt: skip
# The findings that only a protocol with such limits raises, and which limit it is.
MUSCLE_FINDINGS = {"muscle-dose": "muscles", "muscle-count": "muscle_count"}
# From the first 28 days of a month a span of months has one length, from each later day its own; the years hold every sequence of leap years.
_YEARS = (*range(2024, 2028), *range(2097, 2104))
SAMPLE_DAYS = tuple(
    date(year, month, day) for year in _YEARS for month in range(1, 13) for day in (1, 29, 30, 31) if day <= monthrange(year, month)[1]
)


def _twice(where: Path, named: Iterable[Hashable], field: str, what: str) -> Iterator[Contradiction]:
    seen: dict[Hashable, int] = {}
    for index, name in enumerate(named):
        if name in seen:
            yield (*where, index, field), f"{what} stands here twice; first at {index_text(where, seen[name])}"
        seen.setdefault(name, index)


def index_text(where: Path, index: int) -> str:
    """An entry of a list, to read: ``sites[3]``."""
    return ".".join(str(step) for step in where) + f"[{index}]"


def unique_ids(protocol: Protocol) -> Iterator[Contradiction]:
    yield from _twice(("criteria",), [part.id for part in protocol.criteria], "id", "this id")
    yield from _twice(("chair",), [part.id for part in protocol.chair], "id", "this id")
    yield from _twice(("sites",), [part.id for part in protocol.sites], "id", "this id")
    yield from _twice(("sites",), [part.order for part in protocol.sites], "order", "this place in the order")
    places = [(part.view, part.x, part.y) if part.view else index for index, part in enumerate(protocol.sites)]
    yield from _twice(("sites",), places, "x", "this place on the head map")
    yield from _twice(("pre_care", "rules"), [part.id for part in protocol.pre_care.rules], "id", "this id")
    yield from _twice(("aftercare", "rules"), [part.id for part in protocol.aftercare.rules], "id", "this id")
    yield from _twice(("outcomes", "measures"), [part.id for part in protocol.outcomes.measures], "id", "this id")
    yield from _twice(("adverse_events",), [part.id for part in protocol.adverse_events], "id", "this id")
    yield from _twice(("response_rules",), [part.id for part in protocol.response_rules], "id", "this id")
    yield from _twice(("follow_the_pain",), [part.muscle for part in protocol.follow_the_pain], "muscle", "this muscle")
    yield from _twice(("follow_ups",), [(part.kind, part.after) for part in protocol.follow_ups], "after", "this kind after the same")
    yield from _twice(("limits", "session"), [part.jurisdiction for part in protocol.limits.session], "units", "a limit of this jurisdiction")
    yield from _twice(("product", "billing"), [part.jurisdiction for part in protocol.product.billing], "jurisdiction", "this jurisdiction")


def site_names(protocol: Protocol) -> Iterator[Contradiction]:
    """MUSCLE-SIDE-N, counted from 1; MUSCLE-SIDE where there is one a side; in the midline MUSCLE, or MUSCLE-N."""
    counted = Counter((site.muscle, site.side) for site in protocol.sites)
    for index, site in enumerate(protocol.sites):
        base = site.muscle if site.side == "midline" else f"{site.muscle}-{site.side}"
        count = counted[site.muscle, site.side]
        if count == 1 and site.id != base:
            yield ("sites", index, "id"), f"must be {base}: the muscle, and the side if it has one"
        elif count > 1 and site.id not in {f"{base}-{number}" for number in range(1, count + 1)}:
            yield ("sites", index, "id"), f"must be {base}-1 to {base}-{count}: the muscle, the side if it has one, and a number"


def site_plans(protocol: Protocol) -> Iterator[Contradiction]:
    """A site has one plan, and its place on the map is whole."""
    for index, site in enumerate(protocol.sites):
        if site.units is None and site.per_kg is None:
            yield ("sites", index, "units"), "is missing: a site has units, or units_per_kg"
        elif site.units is not None and site.per_kg is not None:
            yield ("sites", index, "units_per_kg"), "stands beside units; a site has one of them"
        placed = {"view": site.view, "x": site.x, "y": site.y}
        missing = [name for name, value in placed.items() if value is None]
        if len(missing) in (1, 2):
            yield ("sites", index, missing[0]), "is missing: a place on the map has view, x and y"


def map_sides(protocol: Protocol) -> Iterator[Contradiction]:
    """The front view shows the patient's left on the picture's right, the back view on its left."""
    for index, site in enumerate(protocol.sites):
        if site.view in ("left", "right") and site.side != site.view:
            yield ("sites", index, "view"), f"the {site.view} view shows no site of side {site.side}"
        elif site.view in ("front", "back") and not _on_its_side(site):
            half = "right" if (site.side == "left") == (site.view == "front") else "left"
            yield ("sites", index, "x"), f"in the {site.view} view the patient's {site.side} is the picture's {half} half"


def _on_its_side(site: Site) -> bool:
    if site.side == "midline" or site.x is None or site.x == 50:
        return True
    return (site.x > 50) == ((site.side == "left") == (site.view == "front"))


def allowances(protocol: Protocol) -> Iterator[Contradiction]:
    for index, allowance in enumerate(protocol.follow_the_pain):
        if allowance.muscle not in protocol.muscles:
            yield ("follow_the_pain", index, "muscle"), "no site names this muscle"
        if allowance.hundredths > allowance.sites * protocol.limits.site.hundredths:
            yield ("follow_the_pain", index, "units"), f"more than {allowance.sites} sites of {units_text(protocol.limits.site.hundredths)} U hold"


def doses(protocol: Protocol) -> Iterator[Contradiction]:
    limit = protocol.limits.site.hundredths
    for index, site in enumerate(protocol.sites):
        said = f"more than the {units_text(limit)} U that limits.site allows"
        if site.units and site.units.highest > limit:
            yield ("sites", index, "units", *(["to"] if site.units.lowest < site.units.highest else [])), said
        elif site.per_kg and site.per_kg.at_most and site.per_kg.at_most > limit:
            yield ("sites", index, "units_per_kg", "at_most"), said
    planned = protocol.planned_hundredths
    for index, session in enumerate(protocol.limits.session):
        if session.level == "stop" and planned > session.hundredths:
            yield ("limits", "session", index, "units"), f"less than the {units_text(planned)} U of the sites together"
    for index, cumulative in enumerate(protocol.limits.cumulative):
        if cumulative.product.casefold() == protocol.product.name.casefold() and planned > cumulative.hundredths:
            yield ("limits", "cumulative", index, "units"), f"less than the {units_text(planned)} U of one session"


def vials(protocol: Protocol) -> Iterator[Contradiction]:
    product = protocol.product
    yield from (((*path[:-2], path[-2]), said) for path, said in _twice(("product", "vial_units"), product.vial_units, "", "this vial"))
    strength = product.dilution.units_per_ml
    for index, vial in enumerate(product.vial_units):
        if vial * 1000 % strength:
            yield ("product", "vial_units", index), f"makes no whole number of microlitres at {units_text(strength)} U/mL"
    if product.dilution.use_within.unit == "months" or product.dilution.use_within.count == 0:
        yield ("product", "dilution", "use_within"), "must be hours, days or weeks, and more than none"


def finding_levels(protocol: Protocol) -> Iterator[Contradiction]:
    raised = {question.raises.finding for question in protocol.chair}
    for finding in FINDINGS:
        if finding not in protocol.finding_levels:
            yield ("finding_levels", finding), "is missing: every finding has a level"
    for index, question in enumerate(protocol.chair):
        if question.raises.finding not in protocol.finding_levels and question.raises.finding not in FINDINGS:
            yield ("chair", index, "raises", "finding"), "has no level in finding_levels"
    limited = {finding for finding, limit in MUSCLE_FINDINGS.items() if getattr(protocol.limits, limit)}
    for finding in sorted(limited - protocol.finding_levels.keys()):
        yield ("finding_levels", finding), f"is missing: limits.{MUSCLE_FINDINGS[finding]} raises it"
    for finding in protocol.finding_levels:
        if finding not in FINDINGS and finding not in raised | limited:
            yield ("finding_levels", finding), "nothing raises this finding"


def muscle_limits(protocol: Protocol) -> Iterator[Contradiction]:
    for index, limit in enumerate(protocol.limits.muscles):
        for place, muscle in enumerate(limit.muscles):
            if muscle not in protocol.muscles:
                yield ("limits", "muscles", index, "muscles", place), "no site names this muscle"
            elif muscle in limit.muscles[:place]:
                yield ("limits", "muscles", index, "muscles", place), "this muscle stands here twice"
        if limit.at_least is not None and limit.at_least > limit.hundredths:
            yield ("limits", "muscles", index, "at_least"), "is more than units"
        if limit.at_least_per_kg is not None and (limit.per_kg is None or limit.at_least_per_kg > limit.per_kg):
            yield ("limits", "muscles", index, "at_least_per_kg"), "needs a units_per_kg that is no less"


def weight(protocol: Protocol) -> Iterator[Contradiction]:
    """What is per kg needs the weight, asked at every session; not knowing it is a finding."""
    asked = [(index, question) for index, question in enumerate(protocol.chair) if question.id == WEIGHT]
    if not asked and protocol.per_kg:
        yield ("chair",), "needs the question weight: doses are per kg, and a weight is asked at every session"
    for index, question in asked:
        if question.type != "number" or question.unit != "kg" or not question.min:
            yield ("chair", index, "type"), "the weight is a number above 0 with the unit kg"
        if question.raises.finding != WEIGHT:
            yield ("chair", index, "raises", "finding"), "must be weight: it says that the weight is not known"


def _longer(one: Span, other: Span) -> bool:
    """Whether ``one`` ends after ``other`` from any day."""
    return any(mine > others for mine, others in zip(_lengths(one), _lengths(other), strict=True))


@cache
def _lengths(span: Span) -> tuple[int, ...]:
    """Its days from each of the sample days."""
    return tuple((after(day, span) - day).days for day in SAMPLE_DAYS)


def _day_spans(protocol: Protocol) -> Iterator[tuple[Path, Span]]:
    for index, part in enumerate(protocol.follow_ups):
        for name in ("earliest", "due", "latest", "closes_from"):
            if (span := getattr(part, name)) is not None:
                yield ("follow_ups", index, name), span
    for index, cumulative in enumerate(protocol.limits.cumulative):
        yield ("limits", "cumulative", index, "window"), cumulative.window
    for name in ("minimum_interval", "consult_valid", "other_product_window"):
        yield ("limits", name, "span"), getattr(protocol.limits, name).span
    for index, rule in enumerate(protocol.response_rules):
        if rule.look_again:
            yield ("response_rules", index, "look_again", "earliest"), rule.look_again.earliest
            yield ("response_rules", index, "look_again", "latest"), rule.look_again.latest


def days_not_hours(protocol: Protocol) -> Iterator[Contradiction]:
    for path, span in _day_spans(protocol):
        if span.unit == "hours":
            yield path, "must be days, weeks or months: it is counted on the calendar"
        elif span.count == 0 and path[0] == "limits":
            yield path, "must be more than none"


def windows(protocol: Protocol) -> Iterator[Contradiction]:
    for index, part in enumerate(protocol.follow_ups):
        if "hours" in {span.unit for span in (part.earliest, part.due, part.latest, part.closes_from) if span}:
            continue
        if _longer(part.earliest, part.due):
            yield ("follow_ups", index, "due"), f"comes before the earliest day, {part.earliest}"
        if part.latest and _longer(part.due, part.latest):
            yield ("follow_ups", index, "latest"), f"comes before the due day, {part.due}"
        if part.closes_from and _longer(part.closes_from, part.due):
            yield ("follow_ups", index, "closes_from"), f"comes after the due day, {part.due}"
    for index, rule in enumerate(protocol.response_rules):
        again = rule.look_again
        if again and "hours" not in (again.earliest.unit, again.latest.unit) and _longer(again.earliest, again.latest):
            yield ("response_rules", index, "look_again", "latest"), f"comes before the earliest day, {again.earliest}"


def next_session(protocol: Protocol) -> Iterator[Contradiction]:
    minimum = protocol.limits.minimum_interval.span
    found = [(index, part) for index, part in enumerate(protocol.follow_ups) if (part.kind, part.after) == ("session", "session")]
    if not found:
        yield ("follow_ups",), "needs a session after session: without it nobody is ever due again"
    for index, part in found:
        if "hours" not in (minimum.unit, part.earliest.unit) and _longer(minimum, part.earliest):
            yield ("follow_ups", index, "earliest"), f"comes before limits.minimum_interval allows, {minimum}"


def measures(protocol: Protocol) -> Iterator[Contradiction]:
    for index, measure in enumerate(protocol.outcomes.measures):
        for field, said in _measure(measure):
            yield ("outcomes", "measures", index, *field), said
    if protocol.response_rules and "headache-days" not in {measure.id for measure in protocol.outcomes.measures}:
        yield ("outcomes", "measures"), "needs headache-days: the response rules are about them"


def _measure(measure: OutcomeMeasure) -> Iterator[Contradiction]:
    if measure.id == "diary-days":
        yield ("id",), "is taken: diary-days are the days that the counts were made over"
    if measure.min > measure.max:
        yield ("max",), "is less than min"
    if measure.counted_over_diary_days and (measure.min, measure.max) != (0, 28):
        yield ("counted_over_diary_days",), "such a measure has min 0 and max 28"
    for place, value in enumerate(measure.never):
        if not measure.min <= value <= measure.max:
            yield ("never", place), "lies outside min and max anyway"
    begins = measure.min
    for place, band in enumerate(measure.bands):
        if band.first > band.last:
            yield ("bands", place, "last"), "is less than first"
        elif band.first != begins:
            yield ("bands", place, "first"), f"must be {begins}: bands follow one another without gap or overlap, from min on"
        begins = band.last + 1
    if measure.bands and begins != measure.max + 1:
        yield ("bands", len(measure.bands) - 1, "last"), f"must be {measure.max}: bands reach to max"


def events(protocol: Protocol) -> Iterator[Contradiction]:
    for index, event in enumerate(protocol.adverse_events):
        if event.id in ("none", "unknown"):
            yield ("adverse_events", index, "id"), "is taken: it is an answer, not an event"


def response(protocol: Protocol) -> Iterator[Contradiction]:
    known = {measure.id for measure in protocol.outcomes.measures}
    for index, rule in enumerate(protocol.response_rules):
        for path, said in _response(rule, known):
            yield ("response_rules", index, *path), said


def _response(rule: ResponseRule, known: set[str]) -> Iterator[Contradiction]:
    for place, stop in enumerate(rule.stop_when):
        fits = "non-response" if stop.reduction_below_percent is not None else "became-episodic"
        if stop.because != fits:
            yield ("stop_when", place, "because"), f"must be {fits} with these numbers"
    reasons: dict[str, list[int]] = defaultdict(list)
    for place, stop in enumerate(rule.stop_when):
        reasons[stop.because].append(place)
    for places in reasons.values():
        yield from ((("stop_when", place, "because"), "stands here twice") for place in places[1:])
    for place, go_on in enumerate(rule.continue_when):
        needed = _measured_by(go_on)
        if needed not in known:
            yield ("continue_when", place), f"needs the measure {needed} among outcomes"
    if rule.look_again and not rule.stop_when:
        yield ("look_again",), "belongs to a rule with stop_when"


def _measured_by(go_on: ContinueWhen) -> str:
    return "headache-days" if go_on.fewer_headache_days is not None else "headache-hours-28d"


RULES: tuple[Callable[[Protocol], Iterator[Contradiction]], ...] = (
    unique_ids,
    *QUESTION_RULES,
    site_names,
    site_plans,
    map_sides,
    allowances,
    doses,
    muscle_limits,
    weight,
    vials,
    finding_levels,
    days_not_hours,
    windows,
    next_session,
    measures,
    events,
    response,
)
