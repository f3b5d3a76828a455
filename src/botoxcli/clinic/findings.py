"""What a check says: a note, a warning that must be accepted, a stop that needs a written override.

A check yields findings; it neither prints nor raises. Levels are the protocol's (``finding_levels``); the names are RULES.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from botoxcli.errors import StoppedByRule, ValueRefused

Level = Literal["note", "warn", "stop"]
Resolution = Literal["accepted", "overridden"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a rule says.

    ``id`` is the name that ``--accept`` and ``--override`` take; ``because`` a clause with the figures, free of names and
    free text; ``source`` where the rule comes from; ``met`` is for criteria: True, False, or None when it is unknown.
    """

    id: str
    level: Level
    because: str
    source: str = ""
    met: bool | None = None
    resolution: Resolution | None = None

    def as_dict(self) -> dict[str, object]:
        return {"id": self.id, "level": self.level, "met": self.met, "because": self.because, "source": self.source, "resolution": self.resolution}


def is_reason(words: str) -> bool:
    """Whether somebody wrote something: at least one letter or digit."""
    return any(sign.isalnum() for sign in words)


def resolve(findings: Iterable[Finding], accepted: Iterable[str], overridden: Mapping[str, str]) -> tuple[Finding, ...]:
    """The findings with what the person said to each of them: a warning accepted, a stop overridden with a reason.

    An ``--accept`` never passes a stop. An ``--override`` passes a warning too: a written reason says more than an acceptance.
    """
    accepted = frozenset(accepted)
    for name, reason in overridden.items():
        if not is_reason(reason):
            raise ValueRefused(f"--override {name}", "an override needs a written reason", f"Write it as --override {name}=REASON.")
    settled: list[Finding] = []
    for finding in findings:
        if finding.level != "note" and finding.id in overridden:
            settled.append(replace(finding, resolution="overridden"))
        elif finding.level == "warn" and finding.id in accepted:
            settled.append(replace(finding, resolution="accepted"))
        else:
            settled.append(finding)
    return tuple(settled)


def reopened(findings: Iterable[Finding], said: Mapping[str, Collection[str]]) -> frozenset[str]:
    """The findings whose fact reads otherwise than when they were settled, such as other days, another vial, site or dose.

    What was accepted or overridden holds for the figures that were shown then: such a finding is asked about anew. ``said`` has by id what
    a finding said when it was settled; one that is not in it was never shown.
    """
    return frozenset(one.id for one in findings if one.id in said and one.because not in said[one.id])


def unsettled(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The warnings and stops that nobody has answered yet."""
    return tuple(finding for finding in findings if finding.level != "note" and finding.resolution is None)


def require_settled(findings: Iterable[Finding]) -> None:
    """Raises StoppedByRule that names every finding which is still open."""
    if still_open := unsettled(findings):
        raise StoppedByRule([(finding.id, finding.level, finding.because) for finding in still_open])
