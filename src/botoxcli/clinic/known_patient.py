"""A patient, as every command knows them, and who is meant by a part of a name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from botoxcli.errors import Ambiguous, NotFound


class KnownPatient(NamedTuple):
    """A patient as the ledger knows them. Name and birth date are None once they were forgotten.

    ``paused_until`` is the end of the last pause, also when it has passed; None without a pause, or when it was ended.
    """

    patient_id: int
    code: str
    name: str | None
    born: date | None
    archived: bool = False
    paused_until: date | None = None


def the_one_named(words: str, patients: Iterable[KnownPatient]) -> KnownPatient:
    """The only one whose name holds the words. Raises NotFound, Ambiguous."""
    part = _folded(words)
    fits = [one for one in patients if part and one.name is not None and part in _folded(one.name)]
    if not fits:
        raise NotFound("patient")
    if len(fits) > 1:
        raise Ambiguous("patient", [one.code for one in fits])
    return fits[0]


def _folded(text: str) -> str:
    """Without case and accents: who types ``jose`` finds José."""
    from unicodedata import combining, normalize

    return "".join(sign for sign in normalize("NFKD", text.casefold()) if not combining(sign))
