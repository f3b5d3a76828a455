"""Doses muscle by muscle against the protocol's limits: how much each may have, or those of a limb together, and how many are injected.

A check yields findings; it neither prints nor raises. Doses are hundredths of a unit, weights grams; left and right of a muscle are one.
"""

from __future__ import annotations

from collections.abc import Iterator

from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.findings import Finding
from botoxcli.clinic.protocol import MuscleLimit, Protocol
from botoxcli.clinic.quantity import units_text


def muscle_dose(protocol: Protocol, checklist: Checklist, grams: int | None) -> Iterator[Finding]:
    """One finding: what is over a limit, at the sternest level of those that are passed; else what is below what is planned."""
    doses = [(limit, sum(map(checklist.muscle_hundredths, limit.muscles))) for limit in protocol.limits.muscles]
    over = [(limit, dose) for limit, dose in doses if dose > limit.at(grams)]
    below = [(limit, dose) for limit, dose in doses if 0 < dose < limit.least_at(grams)]
    said = [f"{limit.name} {units_text(dose)} U, over {_units(limit.at(grams), limit.per_kg)}" for limit, dose in over]
    said += [f"{limit.name} {units_text(dose)} U, below {_units(limit.least_at(grams), limit.at_least_per_kg)}" for limit, dose in below]
    if said:
        levels = {*(limit.level for limit, _ in over), *([protocol.level("muscle-dose")] if below else [])}
        yield Finding("muscle-dose", "stop" if "stop" in levels else "warn" if "warn" in levels else "note", "; ".join(said), _source(over or below))


def _units(hundredths: int, per_kg: int | None) -> str:
    """The limit in units, and where it comes from a weight, that too."""
    return f"{units_text(hundredths)} U" + (f" ({units_text(per_kg)} U/kg)" if per_kg is not None else "")


def _source(passed: list[tuple[MuscleLimit, int]]) -> str:
    return "; ".join(dict.fromkeys(limit.source for limit, _ in passed))


def muscle_count(protocol: Protocol, checklist: Checklist) -> Iterator[Finding]:
    """More muscles than the protocol injects in one session."""
    limit = protocol.limits.muscle_count
    injected = [muscle for muscle in protocol.muscles if checklist.muscle_hundredths(muscle)]
    if limit and len(injected) > limit.count:
        yield Finding("muscle-count", protocol.level("muscle-count"), f"{len(injected)} muscles, at most {limit.count}", limit.source)
