"""What the daily list asks about backups, read through the views in one small query. Loaded every morning: nothing here is heavy."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from botoxcli.clinic.backup_age import SETTING, BackupFacts, limit_of


def backup_facts(connection: sqlite3.Connection) -> BackupFacts:
    """The last backup, the ledger's first entry, and the practice's limit."""
    last, began, limit = connection.execute(
        "SELECT (SELECT at FROM last_backup), (SELECT at FROM entry_line WHERE seq = 1), (SELECT value FROM setting_now WHERE name = ?)", (SETTING,)
    ).fetchone()
    return BackupFacts(_instant(last), _instant(began), limit_of(limit))


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
