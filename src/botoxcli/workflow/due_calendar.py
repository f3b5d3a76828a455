"""The due list for a calendar that may hold an earlier one: the list, what has moved on, and what is not due any more."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from botoxcli.clinic.due_calendar import DueCalendar, due_calendar
from botoxcli.clinic.schedule import DueItem, due_on
from botoxcli.workflow.due import rules_of

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader


def calendar_list(reader: Reader, day: date, listed: tuple[DueItem, ...], *, kind: str | None = None) -> DueCalendar:
    """What a calendar is told on a day, given the list of that day; ``kind``: nothing is said of others."""
    items = due_on(reader.due_candidates(), rules_of(reader), day)
    return due_calendar(items, listed, reader.past_courses(), day, kind=kind)
