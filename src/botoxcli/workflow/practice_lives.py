"""Who comes to a made-up practice, from when and until when, and how well it works for them: drawn from a seed, before anything is recorded.

Conventions. Names are plainly made up, days are civil dates, and the same size and day give the same lives. A patient comes for some time
whose mean is about an eighth of the practice's years, so that a practice of thirty years has some fifteen sessions a patient: most have
few, and the first one, who came when the practice began, has all of them or may have left long ago.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from botoxcli.clinic.history import ArchiveReason
from botoxcli.clinic.records import NewPatient
from botoxcli.errors import ValueRefused

MOST_PATIENTS, MOST_YEARS = 100_000, 60
_FIRST = (
    "Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gil", "Hana", "Ivo", "Jana", "Karl", "Lea", "Mia", "Nils", "Ola", "Pia", "Quirin", "Rosa", "Sven",
    "Tara", "Udo", "Vera", "Wim", "Xenia", "Yara", "Zoe",
)  # fmt: skip
_LAST = (
    "Example",
    "Sample",
    "Placeholder",
    "Specimen",
    "Madeup",
    "Fictitious",
    "Nobody",
    "Invented",
    "Testperson",
    "Template",
    "Imaginary",
    "Unreal",
)
_WHY: tuple[tuple[ArchiveReason, int], ...] = (("moved-away", 30), ("stopped", 50), ("died", 4), ("other", 16))


@dataclass(frozen=True)
class PracticeSize:
    """How big a practice is to be: patients ever, those of them who are in care at the end, years; and the seed of all chance."""

    patients: int
    in_care: int
    years: int
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.patients <= MOST_PATIENTS:
            raise ValueRefused("--patients", f"must be 1 to {MOST_PATIENTS:,}")
        if not 0 <= self.in_care <= self.patients:
            raise ValueRefused("--in-care", "must be 0 up to the number of patients")
        if not 1 <= self.years <= MOST_YEARS:
            raise ValueRefused("--years", f"must be 1 to {MOST_YEARS}")


@dataclass(frozen=True)
class Life:
    """One patient's course. ``leaves`` is None for one who is still in care; ``why`` then means nothing.

    ``headache_days`` is the baseline of 28 days, ``gain`` the share of them that treatment takes away in the end.
    ``fits`` is whether the consult finds treatment right at all.
    """

    who: NewPatient
    begins: date
    leaves: date | None
    why: ArchiveReason
    headache_days: int
    gain: float
    fits: bool = True
    keeps_diary: bool = False

    @property
    def code(self) -> str:
        return self.who.code

    def is_here(self, day: date) -> bool:
        """Up to and with the day of leaving."""
        return self.leaves is None or day <= self.leaves


def lives(size: PracticeSize, chance: Random, today: date) -> list[Life]:
    """All patients in the order of their first day; the codes count from P00001 (P0001 below 10,000)."""
    days = size.years * 365
    usual = days / 8
    spans = [_in_care(chance, usual, days) if number < size.in_care else _left(chance, usual, days) for number in range(size.patients)]
    spans[0] = (days, spans[0][1])
    width = max(4, len(str(size.patients)))
    drawn = sorted((today - timedelta(days=back), number, stays) for number, (back, stays) in enumerate(spans))
    return [_life(chance, f"P{at:0{width}}", begins, stays) for at, (begins, _, stays) in enumerate(drawn, start=1)]


def _in_care(chance: Random, usual: float, days: int) -> tuple[int, int | None]:
    """How many days ago one came who is still in care."""
    return min(round(chance.expovariate(1 / usual)), days), None


def _left(chance: Random, usual: float, days: int) -> tuple[int, int | None]:
    """How many days ago one came who has left, and how many days it was for."""
    stays = min(round(chance.expovariate(1 / usual)) + 1, days - 1)
    return round(chance.uniform(stays, days)), stays


def _life(chance: Random, code: str, begins: date, stays: int | None) -> Life:
    why = chance.choices([word for word, _ in _WHY], [weight for _, weight in _WHY])[0]
    works = chance.random() < (0.25 if stays is not None and why == "stopped" else 0.75)
    return Life(
        who=NewPatient(
            code=code,
            name=f"{chance.choice(_FIRST)} {chance.choice(_LAST)}",
            born=begins - timedelta(days=chance.randrange(19 * 366, 75 * 365)),
        ),
        begins=begins,
        leaves=None if stays is None else begins + timedelta(days=stays),
        why=why,
        headache_days=chance.randrange(15, 29),
        gain=chance.uniform(0.35, 0.75) if works else chance.uniform(0, 0.2),
        fits=stays is None or chance.random() > 0.03,
        keeps_diary=chance.random() < 0.02,
    )
