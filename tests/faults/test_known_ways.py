"""Some ways through a practice's records that are walked each time, whatever chance looks at: the steps and the model of ``test_histories``."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from .plain_practice import PATIENTS
from .test_histories import FIRST_DAY, Histories


def week(number: int, days: int = 0) -> date:
    return FIRST_DAY + timedelta(weeks=number, days=days)


ONE, NOTHING = PATIENTS[0], frozenset[str]()

# What a way is about -> its steps
WAYS: dict[str, list[Callable[[Histories], None]]] = {
    "the vial that a session has stays its own when an earlier one is free again": [
        lambda at: at.record(ONE, week(0), "A1", NOTHING),
        lambda at: at.record(ONE, week(12), "A1", NOTHING),
        lambda at: at.void(2),
        lambda at: at.amend(0, week(13), None, None),
        lambda at: at.amend(0, None, "A1", frozenset({"procerus"})),
        lambda at: at.amend(0, None, "B2", None),
    ],
    "a session is not too near to itself": [
        lambda at: at.record(ONE, week(0), "A1", NOTHING),
        lambda at: at.record(ONE, week(12), "A1", NOTHING),
        lambda at: at.amend(1, None, None, frozenset({"procerus"})),
        lambda at: at.amend(1, week(13), None, None),
        lambda at: at.amend(0, week(0, 7), None, None),
    ],
    "a consult and a follow-up do not double themselves": [
        lambda at: at.amend_consult(0, None, 24),
        lambda at: at.amend_consult(0, week(1), "stays"),
        lambda at: at.record(ONE, week(2), "A1", NOTHING),
        lambda at: at.ask_after(ONE, week(14), (20, 28), None),
        lambda at: at.amend_follow_up(0, None, (14, 28), 90),
        lambda at: at.amend_follow_up(0, week(13), None, None),
    ],
    "episodic by three follow-ups, of which one more overlaps": [
        lambda at: at.record(ONE, week(0), "A1", NOTHING),
        lambda at: at.ask_after(ONE, week(4), (9, 28), None),
        lambda at: at.ask_after(ONE, week(8), (9, 28), None),
        lambda at: at.ask_after(ONE, week(10), (20, 28), None),
        lambda at: at.ask_after(ONE, week(12), (9, 28), None),
        lambda at: at.amend_follow_up(3, None, (14, 28), None),
        lambda at: at.import_days(ONE, week(8), 28, 1),
    ],
    "two cycles, of which the second is better": [
        lambda at: at.import_days(ONE, week(-4), 28, 1),
        lambda at: at.record(ONE, week(0), "A1", NOTHING),
        lambda at: at.record(ONE, week(12), "B2", NOTHING),
        lambda at: at.import_days(ONE, week(0), 84, 1),
        lambda at: at.import_days(ONE, week(12), 84, 2),
        lambda at: at.ask_after(ONE, week(24, 1), (20, 28), None),
        lambda at: at.record(ONE, week(24), "B2", NOTHING),
        lambda at: at.import_days(ONE, week(24), 56, 4),
    ],
    "a consult after the lapse opens a new course": [
        lambda at: at.record(ONE, week(0), "A1", NOTHING),
        lambda at: at.advise(ONE, week(30), 24),
        lambda at: at.record(ONE, week(31), "A1", NOTHING),
        lambda at: at.ask_after(ONE, week(43), (16, 28), None),
        lambda at: at.amend_consult(2, week(20), "stays"),
        lambda at: at.undo_or_redo(),
    ],
}


@pytest.mark.parametrize("what", WAYS)
def test_a_way_that_is_always_walked(what: str) -> None:
    at = Histories()
    try:
        for step in WAYS[what]:
            step(at)
            at.everything_is_as_the_model_says()
    finally:
        at.teardown()
