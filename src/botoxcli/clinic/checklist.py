"""The session's checklist: the sites in order, what was given at each, what is still open.

A checklist is a value: each tick gives a new one. A site is open until it is recorded as planned, with another dose, or skipped with
a reason; an optional one is never owed: it is given when it is named. Where a range is planned, a dose within it is as planned, and is
its own plan. A plan per kg needs the weight (``at_weight``). Follow-the-pain extras are sites of their own, numbered on from the fixed
ones of their muscle and side, each with the muscle's usual dose. Doses are hundredths of a unit, weights grams.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from botoxcli.clinic.protocol import DosePlan, Protocol, Side, Site
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
    """A protocol's sites with the ticks so far, by site id. ``ended_early`` is set by ``end_here``.

    ``weight`` is the patient's in grams, None while it is not known. ``passed`` are the muscles with optional sites that were gone through.
    """

    protocol: Protocol
    ticks: dict[str, Tick] = field(default_factory=dict)
    ended_early: bool = False
    weight: int | None = None
    passed: frozenset[str] = frozenset()

    def at_weight(self, grams: int | None) -> Checklist:
        """The checklist for a patient of this weight; what was ticked is compared with the plan at it."""
        weighed = replace(self, weight=grams)
        if grams == self.weight:
            return self
        fixed = {name: self.protocol.site(name) for name in self.ticks}
        ticks = {name: weighed.tick(site, self.ticks[name].hundredths, self.ticks[name].reason) for name, site in fixed.items() if site}
        return replace(weighed, ticks={**self.ticks, **ticks})

    def plan(self, site: Site) -> DosePlan | None:
        """What is planned at a site; None for a dose per kg while the weight is not known."""
        return site.plan(self.weight)

    def _with(self, *ticks: Tick) -> Checklist:
        return replace(self, ticks={**self.ticks, **{tick.site: tick for tick in ticks}})

    def tick(self, site: Site, hundredths: int, reason: str | None = None) -> Tick:
        """What a dose at a site is: within the plan it is its own plan, and so is one that cannot be compared because the weight is not known."""
        plan = self.plan(site)
        planned = hundredths if plan is None or plan.holds(hundredths) else plan.usual
        return Tick(site.id, site.muscle, site.side, planned, hundredths, reason)

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

    def _place_sites(self, place: str, where: str) -> list[Site]:
        fixed = [site for site in self.protocol.sites if _place(site) == place]
        if not fixed:
            places = dict.fromkeys(_place(site) for site in self.protocol.sites)
            raise ValueRefused(where, "the protocol has no such muscle and side", f"Places are: {', '.join(places)}.")
        return fixed

    def give(self, sites: Iterable[Site]) -> Checklist:
        """These sites as planned, optional ones too; what was recorded otherwise already stays as it is, and so does what has no plan yet."""
        planned = ((site, self.plan(site)) for site in sites if site.id not in self.ticks)
        return self._with(*(self.tick(site, plan.usual) for site, plan in planned if plan))

    def give_rest(self) -> Checklist:
        """Every site that is still open, as planned; of the optional ones none."""
        return replace(self.give(self.open_sites()), passed=self.passed | self._with_optional())

    def give_muscle(self, muscle: str) -> Checklist:
        """What is still open in a muscle as planned, and of its optional sites none more."""
        given = self.give(site for site in self.open_sites() if site.muscle == muscle)
        return replace(given, passed=self.passed | ({muscle} & self._with_optional()))

    def _with_optional(self) -> frozenset[str]:
        return frozenset(site.muscle for site in self.protocol.sites if site.optional)

    def skip(self, site_id: str, reason: str) -> Checklist:
        """A fixed site left out. The reason is required."""
        site = self._fixed(site_id, "--skip")
        if not reason.strip():
            raise ValueRefused(f"--skip {site_id}", "a skipped site needs a reason", f"Write it as --skip {site_id}=REASON.")
        if self.plan(site) is None:
            raise ValueRefused(f"--skip {site_id}", "its dose is per kg and the weight is not known", "Answer the weight first.")
        return self._with(self.tick(site, 0, reason.strip()))

    def dose(self, site_id: str, hundredths: int, reason: str | None = None) -> Checklist:
        """Another dose at a fixed site."""
        site = self._fixed(site_id, "--units")
        if hundredths <= 0:
            raise ValueRefused(f"--units {site_id}", "a dose is more than 0 units", f"A site that was left out is --skip {site_id}=REASON.")
        return self._with(self.tick(site, hundredths, reason))

    def extra(self, place: str, hundredths: int) -> Checklist:
        """Follow-the-pain at ``MUSCLE-SIDE`` (or ``MUSCLE`` in the midline): so many more units there, in steps of the site's dose."""
        fixed = self._place_sites(place, "--extra")
        where = f"--extra {place}"
        plan = self.plan(fixed[0])
        if plan is None:
            raise ValueRefused(where, "the doses there are per kg and the weight is not known", "Answer the weight first.")
        step = plan.usual
        if hundredths <= 0 or hundredths % step:
            raise ValueRefused(where, f"extra units come in steps of {units_text(step)} U, each a site of its own")
        here = [_number(tick.site) for tick in self.extras() if _place(tick) == place]
        first = max([len(fixed), *here]) + 1
        return self._with(
            *(Tick(f"{place}-{first + count}", fixed[0].muscle, fixed[0].side, 0, step) for count in range(hundredths // step)),
        )

    def extra_total(self, place: str, hundredths: int) -> Checklist:
        """Follow-the-pain at a place put right: so many units there on top of the plan in all; 0 takes them back."""
        where = f"--extra {place}"
        self._place_sites(place, where)
        kept = {name: tick for name, tick in self.ticks.items() if tick.state != "extra" or _place(tick) != place}
        bare = replace(self, ticks=kept)
        return bare.extra(place, hundredths) if hundredths else bare

    def put_back(self, site_id: str) -> Checklist:
        """A site as planned, whatever was recorded there; a follow-the-pain site is taken back."""
        tick = self.ticks.get(site_id)
        if tick and tick.state == "extra":
            return replace(self, ticks={name: other for name, other in self.ticks.items() if name != site_id})
        site = self._fixed(site_id, f"--planned {site_id}")
        return replace(self, ticks={name: other for name, other in self.ticks.items() if name != site_id}).give([site])

    def without_extras(self, muscle: str) -> Checklist:
        """The muscle's extras taken back."""
        return replace(self, ticks={name: tick for name, tick in self.ticks.items() if tick.state != "extra" or tick.muscle != muscle})

    def reopen(self, muscle: str) -> Checklist:
        """A muscle as if nothing had been recorded there."""
        ticks = {name: tick for name, tick in self.ticks.items() if tick.muscle != muscle}
        return replace(self, ticks=ticks, ended_early=False, passed=self.passed - {muscle})

    def end_here(self, reason: str) -> Checklist:
        """The session ends: every open site is skipped, for one reason."""
        if not reason.strip():
            raise ValueRefused("end here", "ending early needs a reason")
        still_open = self.open_sites()
        skipped = self._with(*(self.tick(site, 0, reason.strip()) for site in still_open if self.plan(site)))
        return replace(skipped, ended_early=self.ended_early or bool(still_open), passed=self.passed | self._with_optional())

    def open_sites(self) -> tuple[Site, ...]:
        """The sites that are always given and have no tick yet, in injection order."""
        return tuple(site for site in self.protocol.sites_in_order if not site.optional and site.id not in self.ticks)

    def open_muscles(self) -> tuple[str, ...]:
        """The muscles that are still to be gone through: with an open site, or with optional ones that nobody has decided on."""
        waiting = {site.muscle for site in self.open_sites()} | (self._with_optional() - self.passed)
        return tuple(muscle for muscle in self.protocol.muscles if muscle in waiting)

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

    @property
    def planned_hundredths(self) -> int:
        """The dose of all that is always given, at the weight as far as it is known."""
        return sum(plan.usual for plan in map(self.plan, self.protocol.fixed_sites) if plan)

    def chosen(self) -> tuple[Tick, ...]:
        """The ticks that somebody decided on: what is not as planned, and what was given at optional sites."""
        optional = {site.id for site in self.protocol.sites if site.optional}
        return tuple(tick for tick in self.in_order() if tick.state != "given" or tick.site in optional)

    def deviations(self) -> tuple[Tick, ...]:
        """The ticks that are not as planned."""
        return tuple(tick for tick in self.in_order() if tick.state != "given")


def _place(site: Site | Tick) -> str:
    return site.muscle if site.side == "midline" else f"{site.muscle}-{site.side}"


def _number(site_id: str) -> int:
    tail = site_id.rpartition("-")[2]
    return int(tail) if tail.isdigit() else 0
