"""The head map as geometry: for each view the outline and a mark for each site. Screen, SVG and paper draw the same values.

Places are per cent of the view's width and height from its upper left corner, as the protocol states them; a view is square. A mark's
``number`` is the order of injection; follow-the-pain doses are numbered on from the last site, and stand near their muscle's sites of
that side. A site without a place on the map is told in ``placeless``, never dropped. Doses are hundredths of a unit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Protocol, cast, get_args

from botoxcli.clinic.head_outline import EDGES, VIEWS, Point, Stroke, outline
from botoxcli.clinic.protocol import Protocol as TreatmentProtocol
from botoxcli.clinic.protocol import Site, View
from botoxcli.clinic.quantity import units_text

MarkState = Literal["planned", "given", "changed", "skipped", "extra"]
STATES: tuple[MarkState, ...] = get_args(MarkState)
TITLES: dict[View, str] = {"front": "Front", "left": "Left side", "right": "Right side", "back": "Back"}
_APART = 5.0  # per cent that an extra keeps from other marks
_RINGS = (0.0, 5.5, 8.0, 11.0, 14.0, 18.0)


class Injected(Protocol):
    """What the map needs of an injection or a tick: one site, what was planned there and what it got."""

    @property
    def site(self) -> str: ...
    @property
    def muscle(self) -> str: ...
    @property
    def side(self) -> str: ...
    @property
    def planned_hundredths(self) -> int: ...
    @property
    def hundredths(self) -> int: ...
    @property
    def state(self) -> str: ...


@dataclass(frozen=True, slots=True)
class SiteDose:
    """One site and its dose. ``hundredths`` is what was given, or what is planned while the state is ``planned``; 0 when it was skipped."""

    number: int
    site: str
    muscle: str
    side: str
    state: MarkState
    hundredths: int
    words: str

    @property
    def title(self) -> str:
        """``9 temporalis-left-2: given, 5 U``."""
        return f"{self.number} {self.site}: {self.state}, {self.words}"


@dataclass(frozen=True, slots=True)
class Mark(SiteDose):
    """A site with its place in a view."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class ViewMap:
    """One view. ``edges`` are what lies at the picture's left and right: ``R`` and ``L`` of the patient, or ``front`` and ``back``."""

    view: View
    title: str
    edges: tuple[str, str]
    outline: tuple[Stroke, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class HeadMap:
    """The views that have a mark, front, left, right, back; and what has no place on them."""

    protocol: str
    title: str
    views: tuple[ViewMap, ...]
    placeless: tuple[SiteDose, ...]

    @property
    def marks(self) -> tuple[Mark, ...]:
        """All of them, in the order of injection."""
        return tuple(sorted((mark for view in self.views for mark in view.marks), key=lambda mark: mark.number))

    @property
    def doses(self) -> tuple[SiteDose, ...]:
        """All sites, those without a place too, in the order of injection."""
        return tuple(sorted((*self.marks, *self.placeless), key=lambda dose: dose.number))

    def states(self) -> tuple[MarkState, ...]:
        """Those that occur, in the legend's order."""
        found = {dose.state for dose in self.doses}
        return tuple(state for state in STATES if state in found)


def planned_map(protocol: TreatmentProtocol, *, weight: int | None = None) -> HeadMap:
    """The plan: every site, the optional ones too. A dose per kg without a ``weight`` (grams) is told as the protocol words it."""
    return _assembled(protocol, [_planned(site, weight) for site in protocol.sites_in_order])


def checklist_map(protocol: TreatmentProtocol, ticks: Iterable[Injected], *, weight: int | None = None) -> HeadMap:
    """A session under way: what was ticked, and what is open as planned."""
    return _assembled(protocol, [*_fixed(protocol, ticks, weight), *_extras(protocol, ticks)])


def session_map(protocol: TreatmentProtocol, injections: Sequence[Injected]) -> HeadMap:
    """A recorded session under its own edition. Optional sites that were not injected are left out; an imported line has no place."""
    recorded = {one.site for one in injections}
    fixed = [dose for dose in _fixed(protocol, injections, None) if dose.site in recorded or not _optional(protocol, dose.site)]
    imported = [one for one in injections if one.state == "imported"]
    return _assembled(protocol, [] if imported else [*fixed, *_extras(protocol, injections)], [_placed_nowhere(one) for one in imported])


def only(head_map: HeadMap, view: View) -> HeadMap:
    """The map with one of its views."""
    return replace(head_map, views=tuple(one for one in head_map.views if one.view == view))


def without_a_map(head_map: HeadMap) -> str:
    """A sentence on the sites that cannot be drawn; nothing where all can."""
    if not head_map.placeless:
        return ""
    count = len(head_map.placeless)
    if not head_map.views:
        return f"{head_map.protocol} has no head map: none of its sites has a place (view, x, y) on one."
    return f"{count} of {len(head_map.doses)} sites {'has' if count == 1 else 'have'} no place on the map: {', '.join(_names(head_map.placeless))}."


def _names(doses: Iterable[SiteDose]) -> Iterator[str]:
    return (f"{dose.number} {dose.site}" for dose in doses)


def _optional(protocol: TreatmentProtocol, site_id: str) -> bool:
    site = protocol.site(site_id)
    return site is not None and site.optional


def _planned(site: Site, weight: int | None) -> SiteDose:
    plan = site.plan(weight)
    words = f"{plan.words()}" if plan else site.dose_words
    return SiteDose(site.order, site.id, site.muscle, site.side, "planned", plan.usual if plan else 0, words)


def _told(number: int, one: Injected) -> SiteDose:
    planned = f" (planned {units_text(one.planned_hundredths)} U)" if one.state in ("changed", "skipped") else ""
    state = cast("MarkState", one.state)
    return SiteDose(number, one.site, one.muscle, one.side, state, one.hundredths, f"{units_text(one.hundredths)} U{planned}")


def _placed_nowhere(one: Injected) -> SiteDose:
    return SiteDose(0, one.site, one.muscle, one.side, "given", one.hundredths, f"{units_text(one.hundredths)} U (imported)")


def _fixed(protocol: TreatmentProtocol, injected: Iterable[Injected], weight: int | None) -> Iterator[SiteDose]:
    got: Mapping[str, Injected] = {one.site: one for one in injected}
    for site in protocol.sites_in_order:
        yield _told(site.order, got[site.id]) if site.id in got else _planned(site, weight)


def _extras(protocol: TreatmentProtocol, injected: Iterable[Injected]) -> Iterator[SiteDose]:
    """What was given at no site of the protocol, numbered on from its last one."""
    last = max(site.order for site in protocol.sites)
    others = [one for one in injected if protocol.site(one.site) is None and one.state != "imported"]
    return (_told(number, one) for number, one in enumerate(others, start=last + 1))


def _assembled(protocol: TreatmentProtocol, doses: Sequence[SiteDose], placeless: Iterable[SiteDose] = ()) -> HeadMap:
    marks: dict[View, list[Mark]] = {view: [] for view in VIEWS}
    nowhere = list(placeless)
    for dose in sorted(doses, key=lambda dose: (protocol.site(dose.site) is None, dose.number)):
        where = _place(protocol, dose, marks)
        if where is None:
            nowhere.append(dose)
        else:
            view, (x, y) = where
            marks[view].append(Mark(dose.number, dose.site, dose.muscle, dose.side, dose.state, dose.hundredths, dose.words, x, y))
    views = tuple(ViewMap(view, TITLES[view], EDGES[view], outline(view), tuple(marks[view])) for view in VIEWS if marks[view])
    return HeadMap(protocol.id, protocol.title, views, tuple(nowhere))


def _place(protocol: TreatmentProtocol, dose: SiteDose, marks: Mapping[View, Sequence[Mark]]) -> tuple[View, Point] | None:
    """A site's own place; for an extra the nearest free one to the middle of its muscle's sites of that side."""
    site = protocol.site(dose.site)
    if site is not None:
        return None if (at := _own_place(site)) is None else at
    places = [at for other in protocol.sites_in_order if (other.muscle, other.side) == (dose.muscle, dose.side) and (at := _own_place(other))]
    if not places:
        return None
    view = places[0][0]
    here = [point for there, point in places if there == view]
    middle = (sum(x for x, _ in here) / len(here), sum(y for _, y in here) / len(here))
    return view, _free_near(middle, [(mark.x, mark.y) for mark in marks[view]])


def _own_place(site: Site) -> tuple[View, Point] | None:
    if site.view is None or site.x is None or site.y is None:
        return None
    return site.view, (float(site.x), float(site.y))


def _free_near(middle: Point, taken: Sequence[Point]) -> Point:
    """The first place on rings around the middle that keeps its distance from all marks; else the one that keeps most."""
    spots = [_on_ring(middle, ring, turn) for ring in _RINGS for turn in range(8)]

    def room(spot: Point) -> float:
        return min((math.dist(spot, other) for other in taken), default=_APART)

    return next((spot for spot in spots if room(spot) >= _APART), max(spots, key=room))


def _on_ring(middle: Point, ring: float, turn: int) -> Point:
    """A place around the middle, by eighths of a turn, inside the picture."""
    across, down = ring * math.cos(turn * math.pi / 4), ring * math.sin(turn * math.pi / 4)
    return round(min(max(middle[0] + across, 2), 98), 1), round(min(max(middle[1] + down, 2), 98), 1)
