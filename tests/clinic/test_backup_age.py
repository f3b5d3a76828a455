"""When the daily list warns of an old backup."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from botoxcli.clinic.backup_age import DEFAULT_LIMIT_DAYS, BackupFacts, backup_warning, limit_of

NOW = datetime(2026, 3, 9, 10, 0, tzinfo=UTC)


def ago(**span: int) -> datetime:
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("last", "began", "limit", "warning"),
    [
        (ago(days=7), ago(days=90), 7, None),
        (ago(days=7, seconds=1), ago(days=90), 7, "Warning: last backup 7 days ago, limit 7. Run `botox ledger backup`."),
        (ago(days=1, hours=23), ago(days=90), 1, "Warning: last backup 1 day ago, limit 1. Run `botox ledger backup`."),
        (ago(days=400), ago(days=900), 0, None),
        (ago(days=-2), ago(days=90), 7, None),
        (None, ago(days=7), 7, None),
        (None, ago(days=12), 7, "Warning: never backed up, 12 days of records. Run `botox ledger backup`."),
        (None, ago(days=12), 0, None),
        (None, None, 7, None),
    ],
    ids=["at the limit", "past it", "one day", "never warns", "clock set back", "young", "never backed up", "never warns either", "empty"],
)
def test_the_warning(last: datetime | None, began: datetime | None, limit: int, warning: str | None) -> None:
    told = backup_warning(BackupFacts(last, began, limit), NOW)
    assert told == warning
    assert told is None or len(told) < 80


@pytest.mark.parametrize(("value", "days"), [(None, DEFAULT_LIMIT_DAYS), ("14", 14), ("0", 0), ("x", 7), ("", 7), ("٣", 7), ("99999", 7)])
def test_the_limit_as_it_is_set(value: str | None, days: int) -> None:
    assert limit_of(value) == days
