"""What may be typed at the checklist's prompt, and what it means.

A line is read against the sites of the muscle on the screen, which are numbered from 1 in injection order. Case and spaces do not
matter; a reason keeps its spelling. What cannot be read is refused with the form that can: nothing is ever guessed, because a guess is a dose.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NoReturn

from botoxcli.clinic.protocol import Site
from botoxcli.clinic.quantity import scaled
from botoxcli.errors import ValueRefused
from botoxcli.terminal.keys import plain_number

WHERE = "checklist"


@dataclass(frozen=True, slots=True)
class Go:
    """A word by itself. ``on`` is Enter: what is still open in the muscle is given as planned."""

    word: Literal["on", "back", "help", "list", "again", "no-extra", "done"]


@dataclass(frozen=True, slots=True)
class Given:
    """These sites as planned, the others stay open."""

    sites: tuple[Site, ...]


@dataclass(frozen=True, slots=True)
class Skip:
    """These sites left out, for a reason."""

    sites: tuple[Site, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Dose:
    """Another dose at each of these sites."""

    sites: tuple[Site, ...]
    hundredths: int
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Extra:
    """So many more units in all at ``MUSCLE-SIDE``, or ``MUSCLE`` in the midline."""

    place: str
    hundredths: int


@dataclass(frozen=True, slots=True)
class End:
    """The session ends here; what is open is skipped for one reason."""

    reason: str


Command = Go | Given | Skip | Dose | Extra | End

_WORDS: dict[str, Literal["on", "back", "help", "list", "again", "no-extra", "done"]] = {
    "": "on",
    **dict.fromkeys(("<", "<<", "b", "back"), "back"),
    **dict.fromkeys(("?", "??", "h", "help"), "help"),
    **dict.fromkeys(("l", "ls", "list"), "list"),
    "again": "again",
    "done": "done",
    **dict.fromkeys(("no extra", "no extras", "noextra", "extra none", "extras none"), "no-extra"),
}
_SIDES = {"l": "left", "left": "left", "r": "right", "right": "right", "m": "midline", "midline": "midline"}
_UNITS = r"(?P<units>\d{1,3}(?:[.,]\d{1,2})?|[.,]\d{1,2})\s*(?:units|unit|iu|u)?"
_END = re.compile(r"end(?:\s+here)?(?:[\s:=]+(?P<reason>.*))?", re.I)
_SKIP = re.compile(r"skip(?![a-z])\s*(?P<rest>.*)", re.I)
_GIVEN = re.compile(r"given?(?![a-z])\s*(?P<rest>.*)", re.I)
_EXTRA = re.compile(r"(?:extras?(?![a-z])|\+)\s*(?P<rest>.*)", re.I)
_EXTRA_REST = re.compile(rf"(?P<place>[a-z][a-z0-9-]*?)?[\s:=]*{_UNITS}", re.I | re.ASCII)
_DOSE = re.compile(rf"(?:units\s*)?(?P<target>[^=]+?)\s*=\s*{_UNITS}(?:\s+(?P<reason>[^\W\d].*))?", re.I | re.ASCII)
_UNITS_OF = re.compile(rf"units\s*(?P<target>\S+|[a-z]+\s+\d+)\s+{_UNITS}(?:\s+(?P<reason>[^\W\d].*))?", re.I | re.ASCII)
_NUMBERS = re.compile(r"\d{1,3}(?:-\d{1,3})?(?:,\d{1,3}(?:-\d{1,3})?)*", re.ASCII)
_SKIP_FORM = "Write it as: skip 3 REASON, or skip all REASON."
_DOSE_FORM = "Write it as: 3=2.5"
_FORMS = ("skip", "units", "extra", "no extra", "again", "end here", "list", "help", "back", "given")


def read_command(line: str, sites: Sequence[Site]) -> Command:
    """The command of a trimmed line. ``sites`` are the muscle's, in injection order. Raises ValueRefused with the form that is meant."""
    word = _WORDS.get(" ".join(line.lower().split()))
    if word is not None:
        return Go(word)
    for form, read in _READERS:
        if match := form.fullmatch(line):
            return read(match, sites)
    return _not_understood(line)


def side_number(site: Site, sites: Sequence[Site]) -> str:
    """A site's name within its muscle: ``left 3``, or ``left`` where there is one a side; ``midline``."""
    same = [other for other in sites if other.side == site.side]
    return site.side if len(same) == 1 else f"{site.side} {site.id.rpartition('-')[2]}"


def _end(match: re.Match[str], sites: Sequence[Site]) -> Command:
    reason = (match["reason"] or "").strip()
    if not reason:
        _refuse("ending early needs a reason", "Write it as: end here REASON.")
    return End(reason)


def _skip(match: re.Match[str], sites: Sequence[Site]) -> Command:
    target, reason = _split_target(match["rest"])
    chosen = _sites(target, sites, _SKIP_FORM)
    if not reason:
        _refuse("a site that is left out needs a reason", f"Write it as: skip {target} REASON.")
    return Skip(chosen, reason)


def _split_target(rest: str) -> tuple[str, str]:
    """The sites that are meant, and the text after them. ``left 3 sore`` is ``left 3`` and ``sore``."""
    head, _, tail = _spaced(rest).partition(" ")
    if head.lower() in _SIDES and re.match(r"\d{1,2}\b", tail, re.ASCII):
        number, _, tail = tail.partition(" ")
        head = f"{head} {number}"
    return head.rstrip(","), tail.strip()


def _spaced(rest: str) -> str:
    return re.sub(r"\s*[=:]\s*", " ", rest.strip(), count=1)


def _given(match: re.Match[str], sites: Sequence[Site]) -> Command:
    target, more = _split_target(match["rest"])
    if more:
        _refuse("say which sites were given as planned", "Write it as: given 1-3, or given 1,2,5.")
    return Given(_sites(target, sites, "Write it as: given 1-3, or given 1,2,5."))


def _dose(match: re.Match[str], sites: Sequence[Site]) -> Command:
    chosen = _sites(match["target"].strip(), sites, _DOSE_FORM)
    hundredths = _hundredths(match["units"])
    if hundredths == 0:
        _refuse("a dose is more than 0 units", f"A site that was left out is: skip {match['target'].strip()} REASON.")
    return Dose(chosen, hundredths, (match["reason"] or "").strip() or None)


def _extra(match: re.Match[str], sites: Sequence[Site]) -> Command:
    rest = _EXTRA_REST.fullmatch(match["rest"].strip())
    sides = list(dict.fromkeys(site.side for site in sites))
    forms = " or ".join("extra 5" if len(sides) == 1 else f"extra {side} 5" for side in sides)
    if rest is None:
        _refuse("follow-the-pain needs a side and units" if len(sides) > 1 else "follow-the-pain needs units", f"Write it as: {forms}.")
    side = _side(rest["place"], sites[0].muscle, sides, forms)
    hundredths = _hundredths(rest["units"])
    if hundredths == 0:
        _refuse("an extra is more than 0 units", "To take the muscle's extras back: no extra.")
    return Extra(sites[0].muscle if side == "midline" else f"{sites[0].muscle}-{side}", hundredths)


def _side(typed: str | None, muscle: str, sides: Sequence[str], forms: str) -> str:
    word = (typed or "").lower().removeprefix(muscle).strip("-")
    side = _SIDES.get(word, word) if word else (sides[0] if len(sides) == 1 else "")
    if side not in sides:
        _refuse("say which side" if not word else f"{muscle} has no such side", f"Write it as: {forms}.")
    return side


def _hundredths(text: str) -> int:
    plain = plain_number(text if text[0].isdigit() else f"0{text}")
    return scaled(Decimal(plain), 100) or 0


def _sites(target: str, sites: Sequence[Site], form: str) -> tuple[Site, ...]:
    """``all``, ``3``, ``1-4``, ``1,3``, ``left 3``, ``left`` where there is one a side, or a site's id."""
    word = " ".join(target.lower().split())
    if word in ("all", "*"):
        return tuple(sites)
    if _NUMBERS.fullmatch(word):
        return _numbered(word, sites)
    names = {name: site for site in sites for name in _names(site, sites)}
    if word in names:
        return (names[word],)
    if not word:
        _refuse("say which site", form)
    return _refuse(f"{sites[0].muscle} has the sites {_numbers_of(sites)}; there is no such site in it", form)


def _names(site: Site, sites: Sequence[Site]) -> set[str]:
    within = side_number(site, sites)
    short = within[0] + within.partition(" ")[2]
    return {site.id, within, within.replace(" ", ""), within.replace(" ", "-"), short, f"{short[0]} {short[1:]}".strip()}


def _numbered(word: str, sites: Sequence[Site]) -> tuple[Site, ...]:
    chosen: dict[str, Site] = {}
    for part in word.split(","):
        first, _, last = part.partition("-")
        low, high = int(first), int(last or first)
        if not 1 <= low <= high <= len(sites):
            _refuse(f"{sites[0].muscle} has the sites {_numbers_of(sites)}", "Type a number that stands before a site.")
        chosen.update((site.id, site) for site in sites[low - 1 : high])
    return tuple(chosen.values())


def _numbers_of(sites: Sequence[Site]) -> str:
    return "1" if len(sites) == 1 else f"1 to {len(sites)}"


def _not_understood(line: str) -> NoReturn:
    first = line.split()[0].lower()
    if first in ("y", "yes", "ok"):
        _refuse("not understood", "Enter alone records what is open as planned.")
    if "=" in line or first == "units":
        _refuse("a dose is a number of units, in steps of 0.01 and under 1000", _DOSE_FORM)
    if _NUMBERS.fullmatch(first):
        _refuse("say what happened at that site", "Another dose: 3=2.5. Left out: skip 3 REASON.")
    near = difflib.get_close_matches(first, _FORMS, n=1)
    _refuse("not understood", f"Did you mean {near[0]}? Type ? for all that can be typed." if near else "Type ? for all that can be typed.")


def _refuse(why: str, next_step: str) -> NoReturn:
    raise ValueRefused(WHERE, why, next_step)


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Sequence[Site]], Command]], ...] = (
    (_END, _end),
    (_SKIP, _skip),
    (_GIVEN, _given),
    (_EXTRA, _extra),
    (_DOSE, _dose),
    (_UNITS_OF, _dose),
)
