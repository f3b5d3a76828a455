"""Due dates for a calendar: each window an all-day event from its earliest day to its latest, or a to-do that is due on its day.

Conventions. What a calendar knows an item by (UID) is made of the ledger, the patient's code, the protocol and the kind: a calendar that is
given the list again moves what it has and holds nothing twice, also when another visit anchors the window now. Only an event's review is
known by its visit as well, since a patient may wait for several. SEQUENCE grows with the ledger, and DTSTAMP is the ledger's last entry: equal
input, equal bytes. What is not due any more is no longer in the list; a calendar keeps it until somebody deletes it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, TextIO

from botoxcli.clinic.due_window import DueItem, Window, explain
from botoxcli.clinic.past_entry import LedgerMark
from botoxcli.clinic.text import is_strange

if TYPE_CHECKING:
    from icalendar import Component

PRODUCT = "-//botoxcli//due dates//EN"
_TITLES = {"session": "Session", "onset-check": "Onset check", "consult-review": "Consult review", "event-review": "Event review"}
# With the ledger as it is, the days alone can put the review of a pause's end, then another, then that of a lapse into one place.
_PLACE = {"pause-end": 0, "lapse": 2}
_PLACES = 3


def write_calendar(
    items: Iterable[DueItem], mark: LedgerMark, stream: TextIO, *, names: Mapping[str, str] | None = None, todos: bool = False
) -> None:
    """The items as an iCalendar file. ``names`` are by code and stand in the titles; without them the codes do alone."""
    from icalendar import Calendar, Event, Todo

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    for item in items:
        window = item.window
        component: Component = Todo() if todos else Event()
        _add_identity(component, window, mark, todos=todos)
        (_add_task if todos else _add_days)(component, window)
        component.add("summary", _seen(_title(window, names)))
        component.add("description", _seen(f"Due {window.due.isoformat()}. {window.protocol}: {explain(window)}."))
        component.add("class", "PRIVATE")
        calendar.add_component(component)
    stream.write(calendar.to_ical().decode())


def _add_identity(component: Component, window: Window, mark: LedgerMark, *, todos: bool) -> None:
    component.add("uid", uid(window, mark, todos=todos))
    component.add("sequence", mark.entries * _PLACES + _PLACE.get(window.rule.anchor, 1))
    component.add("dtstamp", datetime.fromisoformat(mark.last_at).astimezone(UTC))


def uid(window: Window, mark: LedgerMark, *, todos: bool = False) -> str:
    """What a calendar knows a window by."""
    ledger = uuid.uuid5(uuid.NAMESPACE_OID, mark.first_hash)
    visit = [str(window.anchor_visit)] if window.kind == "event-review" else []
    return ".".join([window.patient, window.protocol, window.kind, *visit, *(["todo"] if todos else [])]) + f"@{ledger}"


def _add_days(event: Component, window: Window) -> None:
    """From the earliest day to the latest, or to the due day of what never lapses; DTEND is the first day after."""
    last = max(window.earliest, window.due, window.latest or window.due)
    event.add("dtstart", window.earliest)
    event.add("dtend", min(last, date.max - timedelta(days=1)) + timedelta(days=1))
    event.add("transp", "TRANSPARENT")


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
