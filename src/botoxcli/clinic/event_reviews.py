"""Which adverse events are to be reviewed, each once: what a person expects to see in the due list, however often an event was told.

Pure, on plain values: the daily list loads it.
"""

from __future__ import annotations

from collections.abc import Iterable

from botoxcli.clinic.due_candidate import PastEvent


def to_review(events: Iterable[PastEvent]) -> tuple[PastEvent, ...]:
    """Of each follow-up the first of its open events that was not open already, by day.

    One conversation settles all that a follow-up told. An event that is told again while it is open is the same one: it stays with its
    first telling, so its review is not put off.
    """
    still_open = sorted((event for event in events if not event.resolved), key=lambda one: (one.date, one.visit))
    first: dict[str, PastEvent] = {}
    for event in still_open:
        first.setdefault(event.event, event)
    of_visit: dict[int, PastEvent] = {}
    for event in first.values():
        of_visit.setdefault(event.visit, event)
    return tuple(of_visit.values())
