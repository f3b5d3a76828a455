"""The session's checklist: the sites in order, what was given at each, what is still open.

A checklist is a value: each tick gives a new one. A site is open until it is recorded as planned, with another dose, or skipped with
a reason. Follow-the-pain extras are sites of their own, numbered on from the fixed ones of their muscle and side, each with the
muscle's usual dose. Doses are hundredths of a unit.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from botoxcli.clinic.protocol import Protocol, Side, Site
from botoxcli.clinic.quantity import units_text
from botoxcli.errors import ValueRefused


@dataclass(frozen=True, slots=True)
class Tick:
    """What happened at one site. ``hundredths`` 0 is skipped, with its ``reason``."""

    site: str
    muscle: str
    side: Side
    planned_hundredths: int
    hundredths: int
    reason: str | None = None

    @property
    def state(self) -> str:
        """``given``, ``changed``, ``skipped`` or ``extra``."""
        if self.planned_hundredths == 0:
            return "extra"
        if self.hundredths == 0:
            return "skipped"
        return "given" if self.hundredths == self.planned_hundredths else "changed"


@dataclass(frozen=True)
class Checklist:
    """A protocol's sites with the ticks so far, by site id. ``ended_early`` is set by ``end_here``."""

    protocol: Protocol
    ticks: dict[str, Tick] = field(default_factory=dict)
    ended_early: bool = False

    def _with(self, *ticks: Tick) -> Checklist:
        return replace(self, ticks={**self.ticks, **{tick.site: tick for tick in ticks}})

    @property
    def places(self) -> tuple[str, ...]:
        """Where extras can go: each muscle and side, once."""
        return tuple(dict.fromkeys(_place(site) for site in self.protocol.sites))

    def _fixed(self, site_id: str, flag: str) -> Site:
        site = self.protocol.site(site_id)
        if site is None:
            near = difflib.get_close_matches(site_id, [site.id for site in self.protocol.sites], n=1)
            hint = f"Did you mean {near[0]}?" if near else "`botox protocol show` lists the sites."
            raise ValueRefused(flag, "the protocol has no such site", hint)
        return site

    def give(self, sites: Iterable[Site]) -> Checklist:
        """These sites as planned; what was recorded otherwise already stays as it is."""
        return self._with(*(_tick(site, site.hundredths) for site in sites if site.id not in self.ticks))

    def give_rest(self) -> Checklist:
        """Every site that is still open, as planned."""
        return self.give(self.protocol.sites_in_order)

    def skip(self, site_id: str, reason: str) -> Checklist:
        """A fixed site left out. The reason is required."""
        site = self._fixed(site_id, "--skip")
        if not reason.strip():
            raise ValueRefused(f"--skip {site_id}", "a skipped site needs a reason", f"Write it as --skip {site_id}=REASON.")
        return self._with(_tick(site, 0, reason.strip()))

    def dose(self, site_id: str, hundredths: int, reason: str | None = None) -> Checklist:
        """Another dose at a fixed site."""
        site = self._fixed(site_id, "--units")
        if hundredths <= 0:
            raise ValueRefused(f"--units {site_id}", "a dose is more than 0 units", f"A site that was left out is --skip {site_id}=REASON.")
        return self._with(_tick(site, hundredths, reason))

    def extra(self, place: str, hundredths: int) -> Checklist:
        """Follow-the-pain at ``MUSCLE-SIDE`` (or ``MUSCLE`` in the midline): so many more units there, in steps of the site's dose."""
        fixed = [site for site in self.protocol.sites if _place(site) == place]
        if not fixed:
            raise ValueRefused("--extra", "the protocol has no such muscle and side", f"Places are: {', '.join(self.places)}.")
        where = f"--extra {place}"
        step = fixed[0].hundredths
        if hundredths <= 0 or hundredths % step:
            raise ValueRefused(where, f"extra units come in steps of {units_text(step)} U, each a site of its own")
        here = [_number(tick.site) for tick in self.extras() if _place(tick) == place]
        first = max([len(fixed), *here]) + 1
        return self._with(
            *(Tick(f"{place}-{first + count}", fixed[0].muscle, fixed[0].side, 0, step) for count in range(hundredths // step)),
        )

    def without_extras(self, muscle: str) -> Checklist:
        """The muscle's extras taken back."""
        return replace(self, ticks={name: tick for name, tick in self.ticks.items() if tick.state != "extra" or tick.muscle != muscle})

    def reopen(self, muscle: str) -> Checklist:
        """A muscle as if nothing had been recorded there."""
        return replace(self, ticks={name: tick for name, tick in self.ticks.items() if tick.muscle != muscle}, ended_early=False)

    def end_here(self, reason: str) -> Checklist:
        """The session ends: every open site is skipped, for one reason."""
        if not reason.strip():
            raise ValueRefused("end here", "ending early needs a reason")
        still_open = self.open_sites()
        ended = self._with(*(_tick(site, 0, reason.strip()) for site in still_open))
        return replace(ended, ended_early=self.ended_early or bool(still_open))

    def open_sites(self) -> tuple[Site, ...]:
        """The fixed sites without a tick, in injection order."""
        return tuple(site for site in self.protocol.sites_in_order if site.id not in self.ticks)

    def extras(self) -> Iterator[Tick]:
        """The follow-the-pain ticks."""
        return (tick for tick in self.ticks.values() if tick.state == "extra")

    def in_order(self) -> tuple[Tick, ...]:
        """All ticks in injection order; a muscle's extras follow its fixed sites."""
        order = {site.id: site.order for site in self.protocol.sites}
        last = {site.muscle: site.order for site in self.protocol.sites_in_order}

        def place(tick: Tick) -> tuple[int, bool, str, int]:
            return order.get(tick.site, last[tick.muscle]), tick.state == "extra", tick.side, _number(tick.site)

        return tuple(sorted(self.ticks.values(), key=place))

    @property
    def hundredths(self) -> int:
        """The running total."""
        return sum(tick.hundredths for tick in self.ticks.values())

    def muscle_hundredths(self, muscle: str) -> int:
        """What one muscle has had."""
        return sum(tick.hundredths for tick in self.ticks.values() if tick.muscle == muscle)

    def deviations(self) -> tuple[Tick, ...]:
        """The ticks that are not as planned."""
        return tuple(tick for tick in self.in_order() if tick.state != "given")


def _tick(site: Site, hundredths: int, reason: str | None = None) -> Tick:
    return Tick(site.id, site.muscle, site.side, site.hundredths, hundredths, reason)


def _place(site: Site | Tick) -> str:
    return site.muscle if site.side == "midline" else f"{site.muscle}-{site.side}"


def _number(site_id: str) -> int:
    tail = site_id.rpartition("-")[2]
    return int(tail) if tail.isdigit() else 0
