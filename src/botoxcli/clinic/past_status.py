"""A pause or an archive of a patient as the ledger tells it, with what was written of it: for a person to look at."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, NamedTuple


class PastStatus(NamedTuple):
    """``day`` is a pause's end, an archive's day, None where a patient was taken back. ``reason`` is None once it was forgotten.

    A later pause replaces an earlier one; one that ended early stands a second time, with the day on which it ended.
    """

    kind: Literal["paused", "archived", "taken-back"]
    day: date | None
    why: str | None
    rules: str | None
    reason: str | None
    recorded_at: datetime
    recorded_by: str
