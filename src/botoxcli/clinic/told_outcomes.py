"""What the outcome measures of a follow-up said: its figures, scaled and put into words.

Conventions. A follow-up's counts are for the 28 days that end the day before it, both ends included. A count is made over
``diary-days`` and scaled to 28 days (``count / diary days * 28``, exact); with fewer diary days than the protocol's
``complete_from_diary_days``, or an unknown number of them, it is incomplete. A measure whose forms run in either direction
keeps its direction in an answer of its own (``pgic-direction``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from botoxcli.clinic.brief_edition import AnyEdition, AnyMeasure

HEADACHE_DAYS = "headache-days"
DIARY_DAYS = "diary-days"
WINDOW_DAYS = 28
_UNKNOWN = "unknown"


class CountWindow(NamedTuple):
    """The days over which a follow-up's counts were made; both belong to it."""

    start: date
    end: date

    def crosses(self, sessions: Iterable[date]) -> date | None:
        """The session inside the window, after its first day: what was counted then belongs to two cycles. None without one."""
        return next((day for day in sessions if self.start < day <= self.end), None)


class Outcome(NamedTuple):
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


def direction_id(measure: str) -> str:
    """The answer that keeps a measure's direction: ``pgic-direction``."""
    return f"{measure}-direction"


def number_of(answers: Mapping[str, str], name: str) -> int | None:
    """An answer as a number; None when it is unknown or was not given."""
    answer = answers.get(name, _UNKNOWN)
    return None if answer == _UNKNOWN else int(answer)


def outcomes_of(protocol: AnyEdition, answers: Mapping[str, str]) -> tuple[Outcome, ...]:
    """The measures that were answered, in the protocol's order, each with what its figure says."""
    diary_days = number_of(answers, DIARY_DAYS)
    return tuple(_outcome(protocol, measure, answers, diary_days) for measure in protocol.outcomes.measures if measure.id in answers)


def _outcome(protocol: AnyEdition, measure: AnyMeasure, answers: Mapping[str, str], diary_days: int | None) -> Outcome:
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


def is_incomplete(protocol: AnyEdition, diary_days: int | None) -> bool:
    """Whether too few of the 28 days have an entry to judge by."""
    return diary_days is None or diary_days < protocol.outcomes.complete_from_diary_days


def band_of(measure: AnyMeasure, value: int) -> str | None:
    """The score's word: 58 on the HIT-6 is ``substantial impact``. None for a measure without bands."""
    return next((band.means for band in measure.bands if band.first <= value <= band.last), None)


def scaled_text(scaled: Fraction) -> str:
    """A scaled count to read, to one place: ``12.3``; a whole one without."""
    return str(scaled.numerator) if scaled.denominator == 1 else f"{float(scaled):.1f}"


def outcome_words(one: Outcome) -> str:
    """A measure to read: ``headache-days: 11 days, 12.3 in 28, incomplete``."""
    said = "unknown" if one.value is None else _value_words(one.value, one.unit)
    if one.scaled is not None and one.scaled != one.value:
        said += f", {scaled_text(one.scaled)} in 28"
    said += ", incomplete (too few diary days)" if one.incomplete else ""
    said += f", {one.band}" if one.band else ""
    return f"{one.measure}: {said}" + (f", direction {one.direction}" if one.direction else "")


def _value_words(value: int, unit: str | None) -> str:
    """``11 days``, ``58``; a day that is named, not counted, is ``day 12``."""
    return f"day {value}" if unit == "day" else f"{value}{f' {unit}' if unit else ''}"
