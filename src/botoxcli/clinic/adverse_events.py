"""Adverse events as a follow-up tells them: reading them, what is refused, and what an escalating one asks for at once.

Conventions. ``none`` is an answer of its own and is recorded as such (``event`` = ``none``), so that an event nobody asked about is
never read as none. An onset and a resolution are civil dates, never after the follow-up. A ``review`` event that is told
together with an ``emergency`` one is an emergency too. Refusals name the flag and the event's id, never what else was typed.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, cast

from botoxcli.clinic.answers import UNKNOWN
from botoxcli.clinic.dates import parse_date
from botoxcli.clinic.due_candidate import PastEvent
from botoxcli.clinic.protocol import AdverseEvent, Protocol
from botoxcli.clinic.records import AdverseEventTold, EventResolved
from botoxcli.errors import ValueRefused

Escalation = Literal["emergency", "review"]
Severity = Literal["mild", "moderate", "severe"]
Related = Literal["yes", "no", "unknown"]

EVENT = "event"
NONE = "none"
OTHER = "other"  # the event that says nothing without a note in words
SEVERITIES: tuple[Severity, ...] = ("mild", "moderate", "severe")
RELATED: tuple[Related, ...] = ("yes", "no", "unknown")
_FORM = "Write it as --event neck-pain=mild, with ,onset=DATE ,related=yes|no|unknown ,resolved=DATE behind it, or --event none."
_AT_ONCE: Mapping[Escalation, str] = {
    "emergency": "Get emergency help now: the toxin's effect may have spread, or it may be an allergy. Do not wait for a visit.",
    "review": "See the patient soon, and before any other session.",
}


@dataclass(frozen=True, slots=True)
class ToDo:
    """What escalating events ask for at once. ``tell`` is the protocol's own warning to the patient, with its source."""

    escalate: Escalation
    events: tuple[str, ...]
    at_once: str
    tell: str
    source: str


def read_events(protocol: Protocol, given: Sequence[str], *, today: date, on: date) -> tuple[AdverseEventTold, ...] | None:
    """The events of ``--event`` in the order in which they were told; empty for ``none``, None when nothing was said. Raises ValueRefused."""
    if not given:
        return None
    words = [item.strip() for item in given]
    if NONE in words:
        if set(words) != {NONE}:
            raise ValueRefused("--event", "none and an event contradict each other", "Give none alone, or the events without it.")
        return ()
    told = tuple(read_event(protocol, item, today=today, on=on) for item in words)
    twice = {one.event for one in told if sum(other.event == one.event for other in told) > 1}
    if twice:
        raise ValueRefused(f"--event {min(twice)}", "this event is told twice", "Give each event once.")
    return escalated(told)


def read_event(protocol: Protocol, words: str, *, today: date, on: date) -> AdverseEventTold:
    """``ID[=SEVERITY][,onset=DATE][,related=yes|no|unknown][,resolved=DATE]``. Raises ValueRefused."""
    first, *more = words.split(",")
    name, sign, severity = (part.strip() for part in first.partition("="))
    event = find_event(protocol, name)
    said = _facts(event, more)
    day = _day_reader(event, said, today=today, on=on)
    onset = day("onset")
    resolved = day("resolved")
    if onset and resolved and resolved < onset:
        raise ValueRefused(f"--event {event.id}", "it cannot be resolved before its onset")
    return AdverseEventTold(
        event=event.id,
        severity=read_severity(severity, where=f"--event {event.id}") if sign else None,
        onset=onset,
        related=_related(event, said.get("related")),
        escalate=event.escalate,
        resolved_on=resolved,
    )


def find_event(protocol: Protocol, name: str, *, where: str = "--event") -> AdverseEvent:
    """The protocol's event of that id. Raises ValueRefused, which names near ones."""
    known = {event.id: event for event in protocol.adverse_events}
    if name in known:
        return known[name]
    near = difflib.get_close_matches(name, known, n=3)
    raise ValueRefused(where, "the protocol lists no such event", f"Did you mean {' or '.join(near)}?" if near else f"It lists: {', '.join(known)}.")


def read_severity(word: str, *, where: str) -> Severity | None:
    """A severity, or the beginning of just one; None for ``unknown``. Raises ValueRefused."""
    fits = [severity for severity in (*SEVERITIES, UNKNOWN) if word and severity.startswith(word.lower())]
    if len(fits) != 1:
        raise ValueRefused(where, f"its severity must be {', '.join(SEVERITIES)} or {UNKNOWN}", _FORM)
    return None if fits[0] == UNKNOWN else cast("Severity", fits[0])


def _facts(event: AdverseEvent, more: Iterable[str]) -> dict[str, str]:
    said: dict[str, str] = {}
    for part in more:
        name, sign, value = (piece.strip() for piece in part.partition("="))
        if not sign or name not in ("onset", "related", "resolved") or name in said:
            raise ValueRefused(f"--event {event.id}", "what stands behind a comma is onset, related or resolved, each once", _FORM)
        said[name] = value
    return said


def _day_reader(event: AdverseEvent, said: Mapping[str, str], *, today: date, on: date) -> Callable[[str], date | None]:
    def day(name: str) -> date | None:
        return read_day(said[name], today=today, on=on, where=f"--event {event.id},{name}") if name in said else None

    return day


def read_day(words: str, *, today: date, on: date, where: str) -> date:
    """A day up to and with the follow-up's. Raises ValueRefused."""
    day = parse_date(words, today=today, where=where)
    if day > on:
        raise ValueRefused(where, "this day is after the follow-up")
    return day


def _related(event: AdverseEvent, word: str | None) -> Related | None:
    if word is None:
        return None
    fits = [answer for answer in RELATED if word and answer.startswith(word.lower())]
    if len(fits) != 1:
        raise ValueRefused(f"--event {event.id},related", f"must be {', '.join(RELATED[:-1])} or {RELATED[-1]}", _FORM)
    return fits[0]


def escalated(told: Sequence[AdverseEventTold]) -> tuple[AdverseEventTold, ...]:
    """The events, those to review raised to emergencies when they come together with one.

    With an emergency the gravest stand first: those that are one in themselves by their onset (none is the follow-up's own day), then the
    raised ones. So the first of them is the one that made it an emergency, for whoever counts from its day.
    """
    if not any(one.escalate == "emergency" for one in told):
        return tuple(told)
    order = {"emergency": 0, "review": 1, None: 2}
    gravest = sorted(told, key=lambda one: (order[one.escalate], (one.onset or date.max) if one.escalate == "emergency" else date.max))
    return tuple(one.model_copy(update={"escalate": "emergency"}) if one.escalate == "review" else one for one in gravest)


def what_to_do(protocol: Protocol, told: Iterable[AdverseEventTold]) -> ToDo | None:
    """What the escalating ones among the events ask for at once, as far as they are still there; None when none is."""
    grave = [one for one in told if one.escalate and one.resolved_on is None]
    if not grave:
        return None
    level: Escalation = "emergency" if any(one.escalate == "emergency" for one in grave) else "review"
    care = protocol.aftercare
    return ToDo(level, tuple(one.event for one in grave), _AT_ONCE[level], care.warning if level == "emergency" else care.call_us, care.source)


def wants_words(told: Iterable[AdverseEventTold] | None, note: str | None) -> bool:
    """Whether something was told that only a note says, and there is none."""
    return not note and any(one.event == OTHER for one in told or ())


def still_open(events: Iterable[PastEvent], on: date) -> tuple[PastEvent, ...]:
    """The events of earlier follow-ups that had begun by a day and are not resolved."""
    return tuple(event for event in events if not event.resolved and event.date <= on)


def read_resolved(
    given: Mapping[str, str], open_events: Iterable[PastEvent], told: Sequence[AdverseEventTold], *, today: date, on: date
) -> tuple[tuple[EventResolved, ...], tuple[AdverseEventTold, ...]]:
    """What ``--resolved EVENT=DATE`` closes among the earlier events, and the events of this follow-up with their end.

    Raises ValueRefused when no such event is open, or it had not begun on that day.
    """
    earlier = list(open_events)
    resolved: list[EventResolved] = []
    now = {one.event: one for one in told}
    for name, words in given.items():
        where = f"--resolved {name}" if name in now or any(event.event == name for event in earlier) else "--resolved"
        day = read_day(words, today=today, on=on, where=where)
        begun = [event for event in earlier if event.event == name]
        mine = now.get(name)
        if not begun and mine is None:
            raise ValueRefused(where, "no such event of this patient is open", "`botox chart` shows which are; nothing was recorded.")
        if all(day < start for start in (*(event.date for event in begun), *([mine.onset or date.min] if mine else []))):
            raise ValueRefused(where, "the event had not begun on that day")
        if mine and mine.resolved_on not in (None, day):
            raise ValueRefused(where, "this event is given two days on which it ended")
        if mine:
            now[name] = mine.model_copy(update={"resolved_on": day})
        if begun:
            resolved.append(EventResolved(event=name, resolved_on=day))
    return tuple(resolved), tuple(now.values())
