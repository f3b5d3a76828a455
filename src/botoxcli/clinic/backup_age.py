"""When the daily list says that a backup is due. Pure; loaded every morning.

Conventions. The limit is in whole days, 0 for never. A ledger without a backup counts from its first entry. What lies in the future (a clock
that was set back) is not old. The machine's clock decides, never the day that was set for today.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

SETTING = "backup-limit"
DEFAULT_LIMIT_DAYS = 7
LONGEST_LIMIT_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """``last`` is when the last backup was recorded, None if none ever was; ``began`` the ledger's first entry."""

    last: datetime | None
    began: datetime | None
    limit_days: int


def limit_of(value: str | None) -> int:
    """The limit as the setting holds it, in days; a setting that is not there, or that nobody here wrote, is the default."""
    return int(value) if value is not None and value.isascii() and value.isdigit() and len(value) <= 4 else DEFAULT_LIMIT_DAYS


def backup_warning(facts: BackupFacts, now: datetime) -> str | None:
    """One line when the last backup is older than the limit, else None."""
    since = facts.last or facts.began
    if not facts.limit_days or since is None or now - since <= timedelta(days=facts.limit_days):
        return None
    age = (now - since).days
    if facts.last is None:
        return f"Warning: never backed up, {_days(age)} of records. Run `botox ledger backup`."
    return f"Warning: last backup {_days(age)} ago, limit {facts.limit_days}. Run `botox ledger backup`."


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"
