"""A patient, as every command knows them."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


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
