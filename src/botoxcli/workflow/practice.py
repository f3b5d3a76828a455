"""A practice of any size that does not exist: years of consults, sessions, follow-ups and what goes wrong between them, to try and to measure.

Conventions. Every visit is built by the workflow of a real one and meets the same rules; it is written through the recorder's bulk form, an
entry a change, in the order of the days. The same size, seed and day give the same ledger, hash by hash. Nothing is read back: each
course carries its own history, and the stock its vials.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import TYPE_CHECKING

from botoxcli.workflow.practice_course import days
from botoxcli.workflow.practice_lives import Life
from botoxcli.workflow.practice_stock import Stock
from botoxcli.workflow.practice_visits import Room, Visits
from botoxcli.workflow.session import Edition

if TYPE_CHECKING:
    from botoxcli.store.many_changes import ManyChanges
    from botoxcli.store.recorder import Change

ACTOR = "Dr Example"
Told = Callable[[int, int], None]
_OPENS = time(8, tzinfo=UTC)
_APART = timedelta(seconds=100)


class Day:
    """The practice's day: opens its changes one after the other."""

    def __init__(self, ledger: ManyChanges, begins: datetime) -> None:
        self._ledger = ledger
        self.now = begins

    @contextmanager
    def change(self, command: str, on: date) -> Iterator[Change]:
        """A change on a day, a little after the one before."""
        self.now = max(self.now + _APART, opens_at(on))
        with self._ledger.change(command=command, actor=ACTOR, at=self.now) as change:
            yield change


def opens_at(day: date) -> datetime:
    """When a day at the practice begins."""
    return datetime.combine(day, _OPENS)


def furnish_practice(ledger: ManyChanges, edition: Edition, people: Sequence[Life], *, today: date, chance: Random, told: Told | None = None) -> None:
    """Lives the courses of the people, who come in the order of their first days, up to and with today.

    ``told`` is given the days that have passed, and all of them.
    """
    first, day = people[0].begins, Day(ledger, opens_at(people[0].begins))
    with day.change("protocol add", first) as change:
        edition_id = change.pin_edition(edition)
    stock = Stock(day.change, edition.protocol, chance, lot_size=max(5, sum(life.leaves is None for life in people) // 8))
    room = Room(day.change, stock.take, lambda: day.now, edition, edition_id, ACTOR, chance)
    steps: list[Iterator[date]] = [stock.recalls(first), *(days(Visits(room, life), life, chance) for life in people)]
    waiting = [(next(course), number) for number, course in enumerate(steps)]
    heapq.heapify(waiting)
    while waiting and waiting[0][0] <= today:
        now, number = waiting[0]
        following = next(steps[number], None)
        if following is None:
            heapq.heappop(waiting)
        else:
            heapq.heapreplace(waiting, (max(following, now), number))
        if told:
            told((now - first).days, (today - first).days)
