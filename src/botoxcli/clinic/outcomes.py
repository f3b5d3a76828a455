"""Outcome measures of a follow-up: what is asked, and what can be. What the figures say stands in ``told_outcomes``, with its conventions.

Sources are the protocol's measures.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from botoxcli.clinic.answers import UNKNOWN
from botoxcli.clinic.protocol import OutcomeMeasure, Protocol
from botoxcli.clinic.questions import Question
from botoxcli.clinic.told_outcomes import DIARY_DAYS, HEADACHE_DAYS, WINDOW_DAYS, direction_id, number_of
from botoxcli.errors import ValueRefused

WEAR_OFF_DAY = "wear-off-day"
DIRECTIONS = ("high-is-better", "low-is-better")

_COUNTED = "Counted over the diary days, scaled to 28."
_FOLLOWED = "An outcome that the protocol follows."
_DIARY_QUESTION = Question(
    id=DIARY_DAYS,
    ask="Days with a diary entry in the 28 days before this day",
    type="number",
    min=Decimal(1),
    max=Decimal(WINDOW_DAYS),
    unit="days",
    why="Counts are scaled from these days to 28. A day without an entry is not a day without headache.",
    source="practice",
)


def outcome_questions(protocol: Protocol) -> tuple[Question, ...]:
    """What a follow-up may answer: the diary days where something is counted over them, then each measure, its direction behind it."""
    counted = any(measure.counted_over_diary_days for measure in protocol.outcomes.measures)
    asked = [_DIARY_QUESTION] if counted else []
    for measure in protocol.outcomes.measures:
        asked += [measure_question(measure), *([direction_question(measure)] if measure.direction else [])]
    return tuple(asked)


def measure_question(measure: OutcomeMeasure) -> Question:
    """A measure as a question with its range and the numbers that cannot occur."""
    return Question(
        id=measure.id,
        ask=measure.title,
        type="number",
        min=Decimal(measure.min),
        max=Decimal(measure.max),
        never=tuple(Decimal(value) for value in measure.never),
        unit=measure.unit,
        why=measure.note or (_COUNTED if measure.counted_over_diary_days else _FOLLOWED),
        source=measure.source,
    )


def direction_question(measure: OutcomeMeasure) -> Question:
    """Which way the form of a measure runs."""
    return Question(
        id=direction_id(measure.id),
        ask=f"{measure.title}: which way does the form run?",
        type="choice",
        choices=DIRECTIONS,
        why="Forms run in either direction; without it the score says nothing.",
        source=measure.source,
    )


def required_outcomes(protocol: Protocol) -> tuple[str, ...]:
    """What a follow-up cannot be recorded without: the headache days and the diary days, where the protocol counts them."""
    return (HEADACHE_DAYS, DIARY_DAYS) if any(measure.id == HEADACHE_DAYS for measure in protocol.outcomes.measures) else ()


def missing_outcomes(protocol: Protocol, answers: Mapping[str, str]) -> tuple[str, ...]:
    """The required answers that nobody gave; the diary days also when any count stands without them."""
    owed = [name for name in required_outcomes(protocol) if name not in answers]
    uncounted = DIARY_DAYS not in answers and any(m.counted_over_diary_days and m.id in answers for m in protocol.outcomes.measures)
    return (*owed, *([DIARY_DAYS] if uncounted and DIARY_DAYS not in owed else []))


def check_outcomes(protocol: Protocol, answers: Mapping[str, str], *, on: date, session_on: date | None) -> None:
    """What the answers say together. ``session_on`` is the session that the follow-up follows.

    Raises ValueRefused for more counted days than diary days, a wear-off after the follow-up, a direction without its score.
    """
    diary_days = number_of(answers, DIARY_DAYS)
    for measure in protocol.outcomes.measures:
        value = number_of(answers, measure.id)
        if measure.counted_over_diary_days and value is not None and diary_days is not None and value > diary_days:
            raise ValueRefused(f"--answer {measure.id}", "these are more days than the diary days that they were counted over")
        if measure.direction and direction_id(measure.id) in answers and measure.id not in answers:
            raise ValueRefused(f"--answer {direction_id(measure.id)}", f"a direction needs its score, {measure.id}")
        if measure.id == WEAR_OFF_DAY and value is not None and session_on and session_on + timedelta(days=value) > on:
            raise ValueRefused(f"--answer {measure.id}", "this day after the session lies after the follow-up")


def whole_answers(protocol: Protocol, answers: Mapping[str, str]) -> dict[str, str]:
    """The answers with an unknown direction for every score that was given without one: it is never guessed."""
    unsaid = [
        direction_id(measure.id)
        for measure in protocol.outcomes.measures
        if measure.direction and number_of(answers, measure.id) is not None and direction_id(measure.id) not in answers
    ]
    return {**answers, **dict.fromkeys(unsaid, UNKNOWN)}
