"""Is this patient in the ledger already? Same birth date and a similar name is a warning, never a refusal: twins exist."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable
from datetime import date

from botoxcli.clinic.findings import Finding, Level
from botoxcli.clinic.known_patient import KnownPatient

_SIMILAR = 0.75
_APOSTROPHES = "'’‘ʼ`´"


def name_key(name: str) -> str:
    """A name as it is compared: without case, accents and punctuation, its words in order of the alphabet."""
    return " ".join(sorted(_words(name)))


def _words(name: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign) and sign not in _APOSTROPHES)
    return "".join(sign if sign.isalnum() else " " for sign in plain).split()


def similar(one: str, other: str) -> bool:
    """Whether two names may be the same person's: one's words are among the other's, or the spelling is near, in any order or as written."""
    first, second = name_key(one), name_key(other)
    if not first or not second:
        return first == second
    words, others = set(first.split()), set(second.split())
    written = ("".join(_words(one)), "".join(_words(other)))
    return words <= others or others <= words or any(_near(*pair) for pair in ((first, second), written))


def _near(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, min(one, other), max(one, other)).ratio() >= _SIMILAR  # its ratio depends on the order


def duplicate_findings(patients: Iterable[KnownPatient], *, name: str, born: date, level: Level) -> tuple[Finding, ...]:
    """``duplicate-patient`` naming the codes of those who were born on the same day and have a similar name."""
    codes = [patient.code for patient in patients if patient.born == born and patient.name and similar(patient.name, name)]
    if not codes:
        return ()
    return (Finding("duplicate-patient", level, f"same birth date and a similar name as {', '.join(codes)}", "practice"),)
