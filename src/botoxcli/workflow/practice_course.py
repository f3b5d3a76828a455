"""One made-up patient's way through a practice, from the intake to the last session, day by day.

Conventions. ``days`` gives the day of the next step, and takes that step when it is asked for the one after: so many courses are lived side
by side in the order of their days. What is recorded is built by ``practice_visits``.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import date, timedelta
from random import Random

from botoxcli.workflow.practice_lives import Life
from botoxcli.workflow.practice_visits import Visits

CYCLE_DAYS = 84  # the least from one session to the next
CONSULT_DAYS = 360  # a consult is asked again at the session after
_SATURDAY = 5


def days(visits: Visits, life: Life, chance: Random) -> Iterator[date]:
    """The whole course of a patient."""
    yield life.begins
    consulted = life.begins
    visits.consult(consulted)
    on = working_day(life.begins + timedelta(days=chance.randrange(3, 30)))
    while life.fits and life.is_here(on):
        if visits.sessions:
            on = yield from _until_the_session(visits, life, on, chance)
            if not life.is_here(on):
                break
        yield on
        if (on - consulted).days > CONSULT_DAYS or visits.needs_consult:
            visits.consult(on)
            consulted = on
        visits.session(on)
        yield from _after_the_session(visits, life, on, chance)
        on = working_day(on + timedelta(days=CYCLE_DAYS + round(chance.expovariate(1 / 9))))
    if life.leaves:
        yield life.leaves
        visits.leave(life.leaves)


def _until_the_session(visits: Visits, life: Life, on: date, chance: Random) -> Generator[date, None, date]:
    """What happens before a session that was to be on a day; gives the day on which it is, or would be: the patient may have left by then."""
    fate = chance.random()
    if fate < 0.03:
        yield on
        visits.missed(on)
        on = working_day(on + timedelta(days=chance.randrange(3, 20)))
    elif fate < 0.06:
        told, on = on - timedelta(days=3), working_day(on + timedelta(days=chance.randrange(2, 15)))
        yield told
        visits.moved(told, on)
    elif fate < 0.063:
        yield on
        until = on + timedelta(days=chance.randrange(200, 400))
        visits.pause(on, until)
        on = working_day(until + timedelta(days=chance.randrange(0, 20)))
    if not life.is_here(on):
        return on
    if chance.random() < 0.8:
        asked = working_day_before(on - timedelta(days=chance.randrange(1, 6)))
        yield asked
        visits.follow_up(asked)
    if chance.random() < 0.004:
        yield on
        visits.toxin_elsewhere(on - timedelta(days=2))
    return on


def _after_the_session(visits: Visits, life: Life, on: date, chance: Random) -> Iterator[date]:
    """The check of the onset, and what was entered wrongly and is put right."""
    if chance.random() < 0.01:
        later = working_day(on + timedelta(days=chance.randrange(1, 6)))
        yield later
        visits.amend(later)
    asked = working_day(on + timedelta(days=chance.randrange(10, 15)))
    if chance.random() < 0.5 and life.is_here(asked):
        yield asked
        visits.follow_up(asked)
        if chance.random() < 0.004:
            visits.enter_twice_and_void(asked)
        elif chance.random() < 0.004:
            visits.undo_and_redo(asked)


def working_day(day: date) -> date:
    """The day itself, or for one of a weekend the Monday or the Tuesday after it."""
    return day + timedelta(days=2) if day.weekday() >= _SATURDAY else day


def working_day_before(day: date) -> date:
    """The day itself, or for one of a weekend the Thursday or the Friday before it."""
    return day - timedelta(days=2) if day.weekday() >= _SATURDAY else day
