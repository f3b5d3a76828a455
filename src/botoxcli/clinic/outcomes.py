"""Outcome measures of a follow-up: what is asked, what can be, and what the figures say.

Conventions. A follow-up's counts are for the 28 days that end the day before it, both ends included. A count is made over
``diary-days`` and scaled to 28 days (``count / diary days * 28``, exact); with fewer diary days than the protocol's
``complete_from_diary_days``, or an unknown number of them, it is incomplete. A measure whose forms run in either direction
keeps its direction in an answer of its own (``pgic-direction``). Sources are the protocol's measures.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from botoxcli.clinic.answers import UNKNOWN
from botoxcli.clinic.protocol import OutcomeMeasure, Protocol
from botoxcli.clinic.questions import Question
from botoxcli.errors import ValueRefused

HEADACHE_DAYS = "headache-days"
DIARY_DAYS = "diary-days"
WEAR_OFF_DAY = "wear-off-day"
WINDOW_DAYS = 28
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


@dataclass(frozen=True, slots=True)
class CountWindow:
    """The days over which a follow-up's counts were made; both belong to it."""

    start: date
    end: date

    def crosses(self, sessions: Iterable[date]) -> date | None:
        """The session inside the window, after its first day: what was counted then belongs to two cycles. None without one."""
        return next((day for day in sessions if self.start < day <= self.end), None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One measure as it was told. ``value`` is None when it is unknown; ``scaled`` and ``incomplete`` are a count's only.

    ``scaled`` is exact and None without diary days. ``band`` is the score's word, ``direction`` which way the form runs.
    """

    measure: str
    title: str
    unit: str | None
    value: int | None
    scaled: Fraction | None = None
    incomplete: bool | None = None
    band: str | None = None
    direction: str | None = None


def count_window(day: date) -> CountWindow:
    """The 28 days that end the day before a follow-up."""
    return CountWindow(day - timedelta(days=WINDOW_DAYS), day - timedelta(days=1))


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


def direction_id(measure: str) -> str:
    """The answer that keeps a measure's direction: ``pgic-direction``."""
    return f"{measure}-direction"


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


def number_of(answers: Mapping[str, str], name: str) -> int | None:
    """An answer as a number; None when it is unknown or was not given."""
    answer = answers.get(name, UNKNOWN)
    return None if answer == UNKNOWN else int(answer)


def outcomes_of(protocol: Protocol, answers: Mapping[str, str]) -> tuple[Outcome, ...]:
    """The measures that were answered, in the protocol's order, each with what its figure says."""
    diary_days = number_of(answers, DIARY_DAYS)
    return tuple(_outcome(protocol, measure, answers, diary_days) for measure in protocol.outcomes.measures if measure.id in answers)


def _outcome(protocol: Protocol, measure: OutcomeMeasure, answers: Mapping[str, str], diary_days: int | None) -> Outcome:
    value = number_of(answers, measure.id)
    counted = measure.counted_over_diary_days
    return Outcome(
        measure=measure.id,
        title=measure.title,
        unit=measure.unit,
        value=value,
        scaled=scaled_count(value, diary_days) if counted and value is not None and diary_days else None,
        incomplete=is_incomplete(protocol, diary_days) if counted else None,
        band=band_of(measure, value) if value is not None else None,
        direction=answers.get(direction_id(measure.id)) if measure.direction else None,
    )


def scaled_count(count: int, diary_days: int) -> Fraction:
    """A count over so many diary days, scaled to 28: 11 in 22 is 14."""
    return Fraction(count * WINDOW_DAYS, diary_days)


def is_incomplete(protocol: Protocol, diary_days: int | None) -> bool:
    """Whether too few of the 28 days have an entry to judge by."""
    return diary_days is None or diary_days < protocol.outcomes.complete_from_diary_days


def band_of(measure: OutcomeMeasure, value: int) -> str | None:
    """The score's word: 58 on the HIT-6 is ``substantial impact``. None for a measure without bands."""
    return next((band.means for band in measure.bands if band.first <= value <= band.last), None)


def scaled_text(scaled: Fraction) -> str:
    """A scaled count to read, to one place: ``12.3``; a whole one without."""
    return str(scaled.numerator) if scaled.denominator == 1 else f"{float(scaled):.1f}"
