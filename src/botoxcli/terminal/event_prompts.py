"""Adverse events asked one after the other: which there were, then of each how severe, since when, related, over.

``none`` must be typed: Enter alone never says that nothing happened. What an event asks for at once is handed over as soon as it is
named, before anything more is asked about it. Events are named by number, by id or by the beginning of just one id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import partial
from typing import TypeVar

from botoxcli.clinic.adverse_events import NONE, RELATED, SEVERITIES, Related, find_event, read_day, read_severity
from botoxcli.clinic.answers import UNKNOWN
from botoxcli.clinic.due_candidate import PastEvent
from botoxcli.clinic.protocol import AdverseEvent, Protocol
from botoxcli.clinic.records import AdverseEventTold
from botoxcli.errors import ValueRefused
from botoxcli.terminal.keys import HELP, say, screen, typed

Value = TypeVar("Value")
_INDENT = "    "
_HEADING_WIDTH = 11
_GROUPS = (("emergency", "Emergency"), ("review", "To review"), (None, "Others"))
_DATES = "A date is 2026-03-09, yesterday or -3d (three days ago), up to the day of this follow-up."
_ONSET = "Enter or u: nobody knows since when; it then counts from the day of this follow-up."
_STILL_OPEN = "n: it is still there."
_STILL = "Enter or n: it is still there."
_SEVERITY = "A word or its beginning; u: unknown. It has no default."
_RELATION = "A word or its beginning. Enter: unknown."
_WORDS = "Say in a few words what it was, or u when nobody can say."
_HOW = "Type numbers or names with spaces between them, or none. Enter alone is no answer."


def ask_which(protocol: Protocol) -> tuple[AdverseEvent, ...]:
    """The events that there were, each once, in the order in which they were named; empty for ``none``. Raises Interrupted."""
    console = screen()
    console.print()
    say(console, "ADVERSE EVENTS", "bold")
    _list(protocol)
    while True:
        line = typed(console, f"{_INDENT}numbers, names or none > ").lower()
        if line in HELP:
            _list(protocol)
            continue
        try:
            if line:
                return _named(protocol, line)
        except ValueRefused as refused:
            say(console, f"{_clause(refused)} {refused.next_step}", front=_INDENT)
            continue
        say(console, _HOW, front=_INDENT)


def _list(protocol: Protocol) -> None:
    console = screen()
    say(console, f"What has there been since the last visit? {_HOW}")
    cells = [(event.escalate, f"{number:>2} {event.id}") for number, event in enumerate(protocol.adverse_events, start=1)]
    width = max(len(cell) for _, cell in cells) + 2
    columns = max((console.width - _HEADING_WIDTH) // width, 1)
    for weight, heading in _GROUPS:
        named = [cell for escalate, cell in cells if escalate == weight]
        for place in range(0, len(named), columns):
            row = "".join(cell.ljust(width) for cell in named[place : place + columns]).rstrip()
            say(console, row, front=("" if place else heading).ljust(_HEADING_WIDTH))


def _named(protocol: Protocol, line: str) -> tuple[AdverseEvent, ...]:
    words = [word for word in re.split(r"[,\s]+", line) if word]
    if NONE in words:
        if set(words) != {NONE}:
            raise ValueRefused("The events", "none and an event contradict each other", "Type none alone, or the events without it.")
        return ()
    return tuple({event.id: event for event in (_event(protocol, word) for word in words)}.values())


def _event(protocol: Protocol, word: str) -> AdverseEvent:
    events = protocol.adverse_events
    if word.isascii() and word.isdecimal():
        if not 1 <= int(word) <= len(events):
            raise ValueRefused("The events", f"the numbers are 1 to {len(events)}", "Type a number that stands before an event.")
        return events[int(word) - 1]
    begin = [event for event in events if event.id.startswith(word)]
    return begin[0] if len(begin) == 1 else find_event(protocol, word, where="The events")


def ask_about(event: AdverseEvent, *, today: date, on: date) -> AdverseEventTold:
    """One event whole. Enter alone is unknown for the onset and the relation, and still there for the end; a severity has no default."""
    console = screen()
    console.print()
    say(console, f"{event.title} ({event.id})", "bold")
    severity = _until(f"how severe, {'/'.join(SEVERITIES)}/{UNKNOWN}", partial(read_severity, where="The answer"), _SEVERITY)
    onset = _until("since when (a date; Enter or u: not known)", partial(_day, today=today, on=on, where="The onset"), f"{_DATES} {_ONSET}")
    related = _until(f"related to the treatment, {'/'.join(RELATED)} [{UNKNOWN}]", _related, _RELATION)
    ended = _until("ended on (a date; Enter: still there)", partial(_end, onset=onset, today=today, on=on), f"{_DATES} {_STILL}")
    return AdverseEventTold(event=event.id, severity=severity, onset=onset, related=related, escalate=event.escalate, resolved_on=ended)


def ask_what() -> str | None:
    """What no event's name says, in words; None for ``u``."""
    while True:
        line = typed(screen(), f"{_INDENT}what was it, in words > ")
        if line and line not in HELP:
            return None if line.lower() in ("u", UNKNOWN) else line
        say(screen(), _WORDS, front=_INDENT)


def ask_ended(open_events: Sequence[PastEvent], *, today: date, on: date, answered: Iterable[str]) -> dict[str, date | None]:
    """For each earlier event that is still open, the day on which it ended; None when it is still there. Each id is asked once."""
    console = screen()
    ended: dict[str, date | None] = {}
    for event in open_events:
        if event.event in ended or event.event in answered:
            continue
        console.print()
        say(console, f"{event.event} of {event.date.isoformat()} (visit {event.visit}) was still there. And now?", "bold")
        read = partial(_still, begun=event.date, today=today, on=on)
        ended[event.event] = _until("ended on (a date), or n: still there", read, f"{_DATES} {_STILL_OPEN}")
    return ended


def _until(prompt: str, read: Callable[[str], Value], explained: str) -> Value:
    """A line as ``read`` understands it; what it refuses is said and asked again, ``?`` explains."""
    while True:
        line = typed(screen(), f"{_INDENT}{prompt} > ").lower()
        if line in HELP:
            say(screen(), explained, front=_INDENT)
            continue
        try:
            return read(line)
        except ValueRefused as refused:
            say(screen(), _clause(refused), front=_INDENT)


def _clause(refused: ValueRefused) -> str:
    """What is wrong, without the flag that a prompt does not have."""
    clause = refused.sentence.partition(": ")[2]
    return clause[:1].upper() + clause[1:]


def _related(line: str) -> Related:
    fits = [answer for answer in RELATED if answer.startswith(line)] if line else ["unknown"]
    if len(fits) != 1:
        raise ValueRefused("The answer", f"must be {', '.join(RELATED)}")
    return next(answer for answer in RELATED if answer == fits[0])


def _day(line: str, *, today: date, on: date, where: str) -> date | None:
    return read_day(line, today=today, on=on, where=where) if line and line not in ("u", UNKNOWN) else None


def _end(line: str, *, onset: date | None, today: date, on: date) -> date | None:
    ended = _day(line, today=today, on=on, where="The end") if line not in ("n", "no") else None
    if ended and onset and ended < onset:
        raise ValueRefused("The end", "it lies before the onset")
    return ended


def _still(line: str, *, begun: date, today: date, on: date) -> date | None:
    if not line:
        raise ValueRefused("The answer", "must be a date, or n when it is still there")
    return _end(line, onset=begun, today=today, on=on)
