"""Which words may name a patient: every part of every name that they had, and their birth date in its usual spellings.

Conventions. Case, accents and the German spelling of umlauts make no difference. A part of up to three letters must stand as a word, a longer one
may stand inside of one; single letters are not looked for, but in scripts whose names are that short. It finds too much rather than too little: a
person looks at what it finds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from unicodedata import category, combining, normalize

_OTHER_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_SHORT = 3


def folded(text: str) -> str:
    """Without case, accents and invisible characters."""
    plain = normalize("NFKD", text.casefold()).translate(_OTHER_LETTERS)
    return "".join(sign for sign in plain if not combining(sign) and category(sign) != "Cf")


@dataclass(frozen=True)
class NameSearch:
    """The words of one patient, as one pattern; None when there is nothing to look for."""

    pattern: re.Pattern[str] | None

    @classmethod
    def of(cls, names: Iterable[str], born: Iterable[date], more: Iterable[str] = ()) -> NameSearch:
        """Of all names and birth dates that a patient had, and words that a person adds."""
        parts = {part for name in (*names, *more) for part in _parts(name)}
        found = [*sorted(map(_part_pattern, parts)), *(spelt for day in sorted(set(born)) for spelt in _day_patterns(day))]
        return cls(re.compile("|".join(found)) if found else None)

    def names(self, text: str) -> bool:
        """Whether the text may name the patient."""
        return self.pattern is not None and self.pattern.search(folded(text)) is not None


def _parts(name: str) -> Iterator[str]:
    """The words of a name, in every spelling that counts as the same."""
    for spelling in (name, normalize("NFC", name.casefold()).translate(_UMLAUTS)):
        for part in re.findall(r"[^\W_]+", folded(spelling)):
            if len(part) > 1 or category(part) == "Lo":
                yield part
                if len(without := re.sub(r"(?<=[aou])e", "", part)) > 1:
                    yield without


def _part_pattern(part: str) -> str:
    if len(part) > _SHORT or any(category(sign) == "Lo" for sign in part):
        return re.escape(part)
    return rf"(?<![^\W_]){re.escape(part)}s?(?![^\W_])"


def _day_patterns(born: date) -> Iterator[str]:
    """Year, month and day in any order with - . / or blanks between them, in one run of digits, or with the month as a word."""
    year, month, day, gap = str(born.year), f"0?{born.month}", f"0?{born.day}", r"\s*[-./\s]\s*"
    either = f"(?:{year[:2]})?{year[2:]}"
    for order in ((year, month, day), (day, month, either), (month, day, either)):
        yield rf"(?<!\d){gap.join(order)}(?!\d)"
    for run in (f"{born:%Y%m%d}", f"{born:%d%m%Y}", f"{born:%m%d%Y}"):
        yield rf"(?<!\d){run}(?!\d)"
    yield rf"(?<!\d){day}(?:st|nd|rd|th|\.)?\s+(?:of\s+)?[^\W\d_]+\.?,?\s+{either}(?!\d)"
    yield rf"[^\W\d_]\.?\s+{day}(?:st|nd|rd|th)?,?\s+{year}(?!\d)"
