"""A correction of a session's sites: what was otherwise than recorded, laid over what was recorded. What is not named stays.

Conventions. Doses are hundredths of a unit. A place is ``MUSCLE-SIDE``, or ``MUSCLE`` in the midline. With ``as_planned`` every site that
nothing else names is as planned, and follow-the-pain that is not named is gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from botoxcli.clinic.checklist import Checklist
from botoxcli.errors import ValueRefused


@dataclass(frozen=True)
class SitePatch:
    """What was said about single sites. ``planned`` are put back as planned; ``extras`` is all that a place has on top, 0 for nothing."""

    as_planned: bool = False
    planned: tuple[str, ...] = ()
    skipped: Mapping[str, str] = field(default_factory=dict)
    dosed: Mapping[str, int] = field(default_factory=dict)
    extras: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raises ValueRefused for a site that is told two things."""
        seen: set[str] = set()
        for flag, sites in (("--units", self.dosed), ("--skip", self.skipped), ("--planned", self.planned)):
            for site in sites:
                if site in seen:
                    raise ValueRefused(f"{flag} {site}", "the same site is told something else too", "Say one thing of each site.")
                seen.add(site)

    def content(self) -> dict[str, object]:
        """The patch as plain values."""
        return {
            "as_planned": self.as_planned,
            "planned": sorted(self.planned),
            "skipped": dict(self.skipped),
            "dosed": dict(self.dosed),
            "extras": dict(self.extras),
        }

    def onto(self, checklist: Checklist) -> Checklist:
        """The checklist as it should have been. Raises ValueRefused naming the flag and the site."""
        early = checklist.ended_early and not self.as_planned
        put_right = replace(checklist, ticks={}, passed=frozenset()) if self.as_planned else checklist
        for site in self.planned:
            put_right = put_right.put_back(site)
        for site, reason in self.skipped.items():
            put_right = put_right.skip(site, reason)
        for site, hundredths in self.dosed.items():
            put_right = put_right.dose(site, hundredths)
        for place, hundredths in self.extras.items():
            put_right = put_right.extra_total(place, hundredths)
        whole = put_right.give_rest() if self.as_planned else put_right
        skipped = any(tick.state == "skipped" for tick in whole.ticks.values())
        return replace(whole, ended_early=early and skipped)
