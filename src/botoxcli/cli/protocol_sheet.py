"""A protocol as a sheet to read, and what a check of it says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from botoxcli.clinic.protocol import Criterion, CumulativeLimit, DoseLimit, MuscleLimit, Protocol
from botoxcli.clinic.protocol_check import arithmetic, sites_sum, unverified
from botoxcli.clinic.quantity import units, units_text
from botoxcli.errors import ProtocolInvalid
from botoxcli.terminal.lines import Section

if TYPE_CHECKING:
    from botoxcli.files.protocol_yaml import LoadedProtocol


def summary(loaded: LoadedProtocol) -> dict[str, Any]:
    """A line of the list of protocols."""
    protocol = loaded.protocol
    return {
        "protocol": protocol.id,
        "edition": protocol.edition,
        "title": protocol.title,
        "sites": len(protocol.sites),
        "units": units(protocol.planned_hundredths),
        "product": protocol.product.name,
        "sha256": loaded.sha256,
    }


def check_item(name: str, loaded: LoadedProtocol) -> dict[str, Any]:
    """What a check says of a good file."""
    open_sources = [{"path": path, "what": what} for path, what in unverified(loaded.protocol)]
    return {"file": name, "arithmetic": arithmetic(loaded.protocol), "unverified": open_sources}


def check_lines(name: str, loaded: LoadedProtocol) -> Iterable[str]:
    """The same, to read."""
    yield f"{name}: {arithmetic(loaded.protocol)}"
    found = unverified(loaded.protocol)
    if found:
        yield f"Not verified in a primary source ({len(found)}):"
        yield from (f"  {path}: {what}" for path, what in found)


def all_of(refused: Sequence[ProtocolInvalid]) -> ProtocolInvalid:
    """The refusals of several files as one, with every report."""
    if len(refused) == 1:
        return refused[0]
    problems = [problem for error in refused for problem in error.problems]
    whole = ProtocolInvalid("", problems, "\n".join(error.report for error in refused))
    whole.sentence = f"{len(refused)} files are no valid protocols: {len(problems)} errors."
    return whole


def protocol_sections(loaded: LoadedProtocol) -> tuple[Section, ...]:
    """The sheet's parts."""
    protocol = loaded.protocol
    return (
        Section("", tuple(_about(loaded)), ""),
        Section("Criteria", tuple(map(_criterion, protocol.criteria))),
        Section(
            "Before the day",
            (
                *(
                    f"{rule.what}: {rule.action.replace('-', ' ')} from {rule.before} before. {rule.why} [{rule.source}]"
                    for rule in protocol.pre_care.rules
                ),
                protocol.pre_care.always,
            ),
        ),
        Section("At the chair", tuple(f"{question.id}: {question.ask}" for question in protocol.chair)),
        Section("Sites in order", tuple(_sites(protocol)), "", hanging=5),
        Section(
            "Follow the pain",
            tuple(f"{one.muscle}: up to {one.sites} more sites, {units_text(one.hundredths)} U [{one.source}]" for one in protocol.follow_the_pain),
        ),
        Section("Limits", tuple(_limits(protocol))),
        Section("Follow-ups", tuple(_follow_ups(protocol))),
        Section("Aftercare", (*(f"{rule.what} ({rule.lasts})" for rule in protocol.aftercare.rules), protocol.aftercare.warning)),
        Section("Response rules", tuple(f"{rule.id}: {rule.title} [{rule.source}]" for rule in protocol.response_rules)),
    )


def _about(loaded: LoadedProtocol) -> Iterable[str]:
    protocol, product = loaded.protocol, loaded.protocol.product
    yield f"{protocol.indication}. {arithmetic(protocol)}."
    yield f"Product: {product.name} ({product.brand}), vials of {', '.join(map(units_text, product.vial_units))} U"
    yield f"Dilution: {units_text(product.dilution.units_per_ml)} U/mL; {product.dilution.diluent}; use within {product.dilution.use_within}"
    yield f"Needle: {protocol.needle}; {protocol.route}"
    yield f"sha256: {loaded.sha256}"


def _criterion(criterion: Criterion) -> str:
    roles = (
        ("require", criterion.require),
        ("exclude when", criterion.exclude_when),
        ("caution when", criterion.caution_when),
        ("advise", criterion.advise),
    )
    rules = "; ".join(f"{role} {_condition(condition)}" for role, condition in roles if condition is not None)
    return f"{criterion.id}: {criterion.ask} ({rules}) [{criterion.source}]"


def _condition(condition: Any) -> str:
    said = condition.model_dump(mode="json", exclude_none=True, by_alias=True)
    return ", ".join(f"{name.replace('_', ' ')} {', '.join(map(str, value)) if isinstance(value, list) else value}" for name, value in said.items())


def _sites(protocol: Protocol) -> Iterable[str]:
    for site in protocol.sites_in_order:
        optional = ", optional" if site.optional else ""
        yield f"{site.order:>3}. {site.id}: {site.dose_words}{optional}. {site.landmark}"
    for muscle in protocol.muscles:
        sites = tuple(site for site in protocol.sites if site.muscle == muscle)
        yield f"     {muscle}: {sites_sum(sites)}"


def _limits(protocol: Protocol) -> Iterable[str]:
    limits = protocol.limits
    yield f"a site: {_most(limits.site)} ({limits.site.level}) [{limits.site.source}]"
    for group in limits.muscles:
        yield f"{group.name}, both sides together: {_muscle_words(group)} ({group.level}) [{group.source}]"
    if limits.muscle_count:
        yield f"muscles in a session: {limits.muscle_count.count} [{limits.muscle_count.source}]"
    for limit in limits.session:
        where = f", {limit.jurisdiction}" if limit.jurisdiction else ""
        yield f"a session: {_most(limit)} ({limit.level}{where}) [{limit.source}]"
    for total in limits.cumulative:
        yield f"in {total.window}: {_most(total)} of {total.product} [{total.source}]"
    for words, span in (
        ("between two sessions at least", limits.minimum_interval),
        ("a consult holds for", limits.consult_valid),
        ("another botulinum product is warned of for", limits.other_product_window),
    ):
        yield f"{words} {span.span} [{span.source}]"


def _most(limit: DoseLimit | CumulativeLimit | MuscleLimit) -> str:
    """``400 U``; ``the lower of 340 U and 10 U/kg``."""
    most = f"{units_text(limit.hundredths)} U"
    return most if limit.per_kg is None else f"the lower of {most} and {units_text(limit.per_kg)} U/kg"


def _muscle_words(group: MuscleLimit) -> str:
    least = f"{units_text(group.at_least)} U" if group.at_least else f"{units_text(group.at_least_per_kg)} U/kg" if group.at_least_per_kg else ""
    return f"at least {least}, at most {_most(group)}" if least else f"at most {_most(group)}"


def _follow_ups(protocol: Protocol) -> Iterable[str]:
    for one in protocol.follow_ups:
        latest = f", at the latest after {one.latest}" if one.latest else ""
        yield f"{one.kind} after {one.after}: earliest after {one.earliest}, due after {one.due}{latest} [{one.source}]"
