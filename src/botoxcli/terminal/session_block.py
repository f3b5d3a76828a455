"""How the checklist looks: a muscle's block of sites, the status line, the list of all so far.

A site's state is told by its sign, never by colour alone: ``[x]`` given, ``[~]`` changed, ``[-]`` skipped, ``[+]`` extra, ``[ ]`` open.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botoxcli.clinic.checklist import Checklist, Tick
from botoxcli.clinic.planned_dose import range_text
from botoxcli.clinic.protocol import MuscleLimit, Protocol, Site
from botoxcli.clinic.quantity import ml_text, units_text
from botoxcli.terminal.clean import padded, shown, width
from botoxcli.terminal.keys import say
from botoxcli.terminal.session_map import beside, panel
from botoxcli.terminal.session_words import side_number

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

SIGNS = {"given": "[x]", "changed": "[~]", "skipped": "[-]", "extra": "[+]", "open": "[ ]"}
_STYLES = {"given": "green", "changed": "yellow", "skipped": "yellow", "extra": "cyan", "open": ""}
_NARROWEST_WITH_IDS = 100
_FRONT = 22  # columns that a row takes before its remarks
_GAP = 2  # columns between the sites and the map
_AROUND = 6  # lines that stay for what was said before, the heading, the total and the prompt

VolumeOf = Callable[[int], int | None]


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a block. ``said`` are the remarks in the order of their weight; the last one, the landmark, may be long."""

    state: str
    number: str
    name: str
    site: str
    dose: str
    said: tuple[str, ...]


def sites_of(protocol: Protocol, muscle: str) -> tuple[Site, ...]:
    """A muscle's fixed sites in injection order."""
    return tuple(site for site in protocol.sites_in_order if site.muscle == muscle)


def position_of(protocol: Protocol, muscle: str) -> str:
    """``supine``, ``sitting``, ``supine then sitting``, or nothing when the protocol does not say."""
    return " then ".join(dict.fromkeys(site.position for site in sites_of(protocol, muscle) if site.position))


def extras_in(checklist: Checklist, muscle: str) -> tuple[Tick, ...]:
    """A muscle's follow-the-pain ticks, side by side, in the order of their numbers."""
    return tuple(tick for tick in checklist.in_order() if tick.muscle == muscle and tick.state == "extra")


def count_of(sites: int) -> str:
    """``1 site``, ``8 sites``."""
    return "1 site" if sites == 1 else f"{sites} sites"


def total_text(checklist: Checklist, volume_ul: VolumeOf) -> str:
    """``35 of 155 U, 0.70 mL``, or ``35 U`` where nothing is always given; a volume that cannot be reckoned is said to be unknown."""
    microlitres = volume_ul(checklist.hundredths)
    volume = "volume unknown" if microlitres is None else f"{ml_text(microlitres)} mL"
    return f"{_of(checklist.hundredths, checklist.planned_hundredths)}, {volume}"


def _of(given: int, planned: int) -> str:
    return f"{units_text(given)} of {units_text(planned)} U" if planned else f"{units_text(given)} U"


def _planned(checklist: Checklist, sites: Iterable[Site]) -> int:
    """The usual doses of those that are always given, at the weight as far as it is known."""
    return sum(plan.usual for plan in (checklist.plan(site) for site in sites if not site.optional) if plan)


def status_line(checklist: Checklist, muscle: str, volume_ul: VolumeOf) -> str:
    """The line that stands above every prompt: what the muscle has had, and the running total against the plan with its volume."""
    planned = _planned(checklist, sites_of(checklist.protocol, muscle))
    return f"{muscle} {_of(checklist.muscle_hundredths(muscle), planned)} | so far {total_text(checklist, volume_ul)}"


def show_block(screen: Console, checklist: Checklist, muscle: str, last_time: Mapping[str, str]) -> None:
    """The muscle's heading and its sites, each with its state, dose, landmark, and what was otherwise last time."""
    screen.print()
    say(screen, _heading(checklist, muscle), "bold")
    rows = [*_rows(checklist, muscle, last_time), *_extra_rows(checklist, muscle)]
    drawing = panel(screen, checklist, muscle, [site.id for site in sites_of(checklist.protocol, muscle)])
    _draw(screen, rows, drawing)
    for site_id, said in _other_last_time(checklist.protocol, muscle, last_time).items():
        say(screen, f"last time also {site_id}: {said}", "bold", front="    ")


def _heading(checklist: Checklist, muscle: str) -> str:
    muscles, sites = checklist.protocol.muscles, sites_of(checklist.protocol, muscle)
    position = position_of(checklist.protocol, muscle)
    parts = [f"{muscles.index(muscle) + 1}/{len(muscles)} {muscle.upper()}", *([position] if position else [])]
    parts += sites_words(checklist, sites)
    parts += [_limit_words(limit, checklist.weight) for limit in checklist.protocol.limits.muscles if muscle in limit.muscles]
    if allowance := checklist.protocol.allowance(muscle):
        left = max(allowance.hundredths - sum(tick.hundredths for tick in extras_in(checklist, muscle)), 0)
        parts.append(f"extras: {units_text(left)} of {units_text(allowance.hundredths)} U left")
    return " | ".join(parts)


def sites_words(checklist: Checklist, sites: Sequence[Site]) -> list[str]:
    """``4 sites 20 U`` of those that are always given, ``4 optional sites`` of the others."""
    fixed, optional = [site for site in sites if not site.optional], [site for site in sites if site.optional]
    words = [f"{count_of(len(fixed))} {units_text(_planned(checklist, fixed))} U"] if fixed else []
    return words + ([f"{len(optional)} optional {'site' if len(optional) == 1 else 'sites'}"] if optional else [])


def _limit_words(limit: MuscleLimit, grams: int | None) -> str:
    least, most = limit.least_at(grams), limit.at(grams)
    words = f"{range_text(least, most)} U" if least else f"at most {units_text(most)} U"
    return f"{limit.name} {words}" if len(limit.muscles) > 1 or limit.title else words


def _rows(checklist: Checklist, muscle: str, last_time: Mapping[str, str]) -> Iterator[Row]:
    """The fixed sites. A landmark that stands above already, for the other side, is named by that site."""
    sites = sites_of(checklist.protocol, muscle)
    first_with: dict[str, str] = {}
    for number, site in enumerate(sites, start=1):
        name = side_number(site, sites)
        same = first_with.setdefault(site.landmark, name)
        tick = checklist.ticks.get(site.id)
        plan = checklist.plan(site)
        mixed = site.optional and not all(other.optional for other in sites)
        said = (
            _tick_words(tick) if tick else "optional" if mixed else "",
            f"last time: {last_time[site.id]}" if site.id in last_time else "",
            site.landmark if same == name else f"as {same}",
        )
        dose = f"{units_text(tick.hundredths)} U" if tick else plan.words() if plan else site.dose_words
        yield Row(tick.state if tick else "open", str(number), name, site.id, dose, said)


def _extra_rows(checklist: Checklist, muscle: str) -> Iterator[Row]:
    for tick in extras_in(checklist, muscle):
        name = f"{tick.side} {tick.site.rpartition('-')[2]}"
        yield Row("extra", "+", name, tick.site, f"{units_text(tick.hundredths)} U", ("", "", "follow-the-pain"))


def _to_tell(checklist: Checklist, muscle: str) -> Iterator[Tick]:
    chosen = checklist.chosen()
    for tick in checklist.in_order():
        site = checklist.protocol.site(tick.site)
        plan = checklist.plan(site) if site else None
        if tick.muscle == muscle and (tick in chosen or (plan and plan.usual != tick.hundredths)):
            yield tick


def _tick_words(tick: Tick) -> str:
    """What there is to say of a site that is not as planned."""
    reason = f": {tick.reason}" if tick.reason else ""
    if tick.state == "changed":
        return f"planned {units_text(tick.planned_hundredths)} U{reason}"
    return f"skipped{reason}" if tick.state == "skipped" else ""


def _draw(screen: Console, rows: Sequence[Row], drawing: Sequence[Text]) -> None:
    """The rows with the map to their right, where that leaves room for the prompt; else the rows alone, as wide as the screen."""
    room = screen.width - max((line.cell_len for line in drawing), default=0) - _GAP
    lines = _lines(screen, rows, room) if drawing and all(_weighty_width(row) <= room - _FRONT for row in rows) else []
    if lines and max(len(lines), len(drawing)) <= screen.height - _AROUND:
        lines = beside(lines, drawing, room + _GAP)
    else:
        lines = _lines(screen, rows, screen.width)
    for line in lines:
        screen.print(line, soft_wrap=True)


def _weighty_width(row: Row) -> int:
    """What is out of the ordinary stands on one line: it is not broken for the map's sake."""
    return width(shown(" | ".join(part for part in row.said[:-1] if part)))


def _lines(screen: Console, rows: Sequence[Row], room: int) -> list[Text]:
    from rich.text import Text

    wide = screen.width >= _NARROWEST_WITH_IDS
    names = [row.site if wide else row.name for row in rows]
    widths = (max(len(row.number) for row in rows), max(map(width, names)), max(len(row.dose) for row in rows))
    lines = []
    for row, name in zip(rows, names, strict=True):
        cells = (SIGNS[row.state], padded(row.number, widths[0], right=True), padded(name, widths[1]), padded(row.dose, widths[2], right=True))
        front = Text("  ".join((" ".join(cells[:3]), cells[3], "")), style=_STYLES[row.state])
        for line in _remarks(row).wrap(screen, max(room - len(front), 20)):
            line.rstrip()
            lines.append(front + line)
            front = Text(" " * len(front))
    return lines


def _remarks(row: Row) -> Text:
    """What is out of the ordinary stands out, the landmark recedes."""
    from rich.text import Text

    *weighty, landmark = row.said
    parts = [Text(shown(part), style="bold") for part in weighty if part]
    return Text(" | ").join([*parts, Text(shown(landmark), style="dim")])


def _other_last_time(protocol: Protocol, muscle: str, last_time: Mapping[str, str]) -> dict[str, str]:
    """What last time had in this muscle at a place that is no fixed site: its extras."""

    def belongs(site_id: str) -> bool:
        fitting = [name for name in protocol.muscles if site_id == name or site_id.startswith(f"{name}-")]
        return bool(fitting) and max(fitting, key=len) == muscle

    return {site_id: said for site_id, said in last_time.items() if protocol.site(site_id) is None and belongs(site_id)}


def show_so_far(screen: Console, checklist: Checklist, volume_ul: VolumeOf) -> None:
    """A line for each muscle, its deviations with their reasons beneath, and the total."""
    for muscle in checklist.protocol.muscles:
        show_muscle(screen, checklist, muscle)
    word = "so far" if checklist.open_muscles() else "total"
    say(screen, f"{word} {total_text(checklist, volume_ul)}", "bold")


def show_muscle(screen: Console, checklist: Checklist, muscle: str) -> None:
    """``[x] frontalis 20 U: 4 sites as planned``, and beneath it what that does not tell: each tick that is not as planned with its reason,
    the dose of an optional site, and one out of a range that is not the usual one."""
    waiting = muscle in checklist.open_muscles()
    sites = [site for site in sites_of(checklist.protocol, muscle) if site.id in checklist.ticks or waiting or not site.optional]
    fixed = [checklist.ticks.get(site.id) for site in sites]
    exceptions = any(tick.muscle == muscle for tick in checklist.deviations())
    states = Counter("open" if tick is None else tick.state for tick in fixed) + Counter(tick.state for tick in extras_in(checklist, muscle))
    parts = [f"{count_of(states['given'])} as planned"] if states["given"] else []
    parts += [f"{states[state]} {state}" for state in ("changed", "skipped", "extra", "open") if states[state]]
    sign = SIGNS["open" if states["open"] else "changed" if exceptions else "given" if parts else "skipped"]
    say(screen, f"{sign} {muscle} {units_text(checklist.muscle_hundredths(muscle))} U: {', '.join(parts) or 'nothing given'}")
    for tick in _to_tell(checklist, muscle):
        words = _tick_words(tick)
        say(screen, f"{SIGNS[tick.state]} {tick.site} {units_text(tick.hundredths)} U{f', {words}' if words else ''}", front="    ")
