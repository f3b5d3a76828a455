"""Due dates for a calendar: each window an all-day event from its earliest day to its latest, or a to-do that is due on its day.

Conventions. What a calendar knows an item by (UID) is made of the ledger, the patient's code, the protocol and the kind: a calendar that is
given the list again moves what it has and holds nothing twice, also when another visit anchors the window now. Only an event's review is
known by its visit as well, since a patient may wait for several.

What is not due any more comes as CANCELLED, with its code and never a name, on the day of the course's last visit: a calendar that shows
cancelled events has it among the past, and not on a day to come. When it is due again it comes back as CONFIRMED (a to-do as NEEDS-ACTION).

DTSTAMP is the instant ``as_of``: the ledger's last entry, or the beginning of the day if that is later, since the day alone opens and closes windows.
SEQUENCE counts the seconds up to it. A ledger that was restored from a backup has fewer entries and a later last one, so neither goes back.
Equal ledger and equal day, equal bytes.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, TextIO

from botoxcli.clinic.due_calendar import DueCalendar, Gone, Place, place_of
from botoxcli.clinic.due_window import DueItem, Window, explain
from botoxcli.clinic.text import is_strange

if TYPE_CHECKING:
    from icalendar import Component

PRODUCT = "-//botoxcli//due dates//EN"
_TITLES = {"session": "Session", "onset-check": "Onset check", "consult-review": "Consult review", "event-review": "Event review"}
_COUNTED_FROM = datetime(2020, 1, 1, tzinfo=UTC)  # RFC 5545 has 31 bits for a SEQUENCE: seconds fit until 2088
_MOST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which ledger, by the hash of its first entry, and as of which instant it is read."""

    first_hash: str
    as_of: datetime

    @classmethod
    def of(cls, first_hash: str, last_at: str, day_began: datetime) -> Stamp:
        """``last_at`` is the last entry's instant as the ledger has it, ``day_began`` an aware one."""
        return cls(first_hash, max(datetime.fromisoformat(last_at), day_began).astimezone(UTC))

    @property
    def sequence(self) -> int:
        """It never goes back."""
        return min(max(int((self.as_of - _COUNTED_FROM).total_seconds()), 0), _MOST)


def write_calendar(told: DueCalendar, stamp: Stamp, stream: TextIO, *, names: Mapping[str, str] | None = None, todos: bool = False) -> None:
    """All of it as an iCalendar file. ``names`` are by code and stand in the titles of what is due; without them the codes do alone."""
    from icalendar import Calendar

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    for component in (*_due(told.items, stamp, names, todos=todos), *_gone(told.gone, stamp, todos=todos)):
        component.add("class", "PRIVATE")
        calendar.add_component(component)
    stream.write(calendar.to_ical().decode())


def _due(items: Iterable[DueItem], stamp: Stamp, names: Mapping[str, str] | None, *, todos: bool) -> Iterable[Component]:
    for item in items:
        window = item.window
        component = _begun(place_of(item), stamp, todos=todos)
        (_add_task if todos else _add_days)(component, window)
        component.add("summary", _seen(_title(window, names)))
        component.add("description", _seen(f"Due {window.due.isoformat()}. {window.protocol}: {explain(window)}."))
        yield component


def _gone(gone: Iterable[Gone], stamp: Stamp, *, todos: bool) -> Iterable[Component]:
    for one in gone:
        component = _begun(one.place, stamp, todos=todos)
        patient, protocol, kind, _ = one.place
        component.add("due" if todos else "dtstart", one.day)
        if not todos:
            component.add("dtend", _day_after(one.day))
            component.add("transp", "TRANSPARENT")
        component.add("status", "CANCELLED")
        component.add("summary", _seen(f"Not due any more: {_TITLES.get(kind, kind).lower()}, {patient}"))
        component.add("description", _seen(f"{protocol}. It was in an earlier list, or could have been; it stands on the day of the last visit."))
        yield component


def _begun(place: Place, stamp: Stamp, *, todos: bool) -> Component:
    from icalendar import Event, Todo

    component: Component = Todo() if todos else Event()
    component.add("uid", uid(place, stamp, todos=todos))
    component.add("sequence", stamp.sequence)
    component.add("dtstamp", stamp.as_of)
    return component


def uid(place: Place, stamp: Stamp, *, todos: bool = False) -> str:
    """What a calendar knows an item by."""
    ledger = uuid.uuid5(uuid.NAMESPACE_OID, stamp.first_hash)
    parts = [str(part) for part in place if part is not None]
    return ".".join([*parts, *(["todo"] if todos else [])]) + f"@{ledger}"


def _add_days(event: Component, window: Window) -> None:
    """From the earliest day to the latest, or to the due day of what never lapses."""
    event.add("dtstart", window.earliest)
    event.add("dtend", _day_after(max(window.earliest, window.due, window.latest or window.due)))
    event.add("transp", "TRANSPARENT")
    event.add("status", "CONFIRMED")


def _day_after(last: date) -> date:
    """DTEND is the first day after; the calendar's last day ends itself."""
    return min(last, date.max - timedelta(days=1)) + timedelta(days=1)


def _add_task(todo: Component, window: Window) -> None:
    """A start has to lie before the due day."""
    if window.earliest < window.due:
        todo.add("dtstart", window.earliest)
    todo.add("due", window.due)
    todo.add("status", "NEEDS-ACTION")


def _title(window: Window, names: Mapping[str, str] | None) -> str:
    name = names.get(window.patient) if names else None
    return f"{_TITLES.get(window.kind, window.kind)}: {window.patient}{f' {name}' if name else ''}, due {window.due.isoformat()}"


def _seen(text: str) -> str:
    """Without what no reader sees: nothing can steer a terminal or begin a line of its own."""
    return "".join("\ufffd" if is_strange(text, place) else sign for place, sign in enumerate(text))
