"""The practice's settings: what a new ledger begins with, and how they are changed."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from botoxcli.clinic.backup_age import LONGEST_LIMIT_DAYS, SETTING
from botoxcli.clinic.text import clean
from botoxcli.errors import ValueRefused

if TYPE_CHECKING:
    from botoxcli.store.recorder import Recorder

JURISDICTIONS = ("us", "eu-uk")
LONGEST = 200


def checked_settings(given: Mapping[str, str | None]) -> dict[str, str]:
    """The settings that were given, clean, by their names in the ledger. Raises ValueRefused naming the flag."""
    settings = {name: _checked_text(name, value) for name, value in given.items() if value is not None}
    if "time-zone" in settings:
        settings["time-zone"] = checked_zone(settings["time-zone"])
    if settings.get("jurisdiction", "us") not in JURISDICTIONS:
        raise ValueRefused("--jurisdiction", f"must be {' or '.join(JURISDICTIONS)}")
    if SETTING in settings:
        settings[SETTING] = checked_limit(settings[SETTING])
    return settings


def checked_limit(days: str) -> str:
    """After how many days without a backup ``due`` warns: a whole number, 0 for never. Raises ValueRefused."""
    if not (days.isascii() and days.isdigit() and len(days) <= 4 and int(days) <= LONGEST_LIMIT_DAYS):
        raise ValueRefused(f"--{SETTING}", f"must be a whole number of days, 0 to {LONGEST_LIMIT_DAYS}", "Give days, or 0 to be never warned.")
    return str(int(days))


def checked_zone(name: str) -> str:
    """An IANA name such as ``Europe/Berlin``. Raises ValueRefused."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        pass
    else:
        if "/" in name or name == "UTC":
            return name
    known = {zone.casefold(): zone for zone in available_timezones()}
    near = difflib.get_close_matches(name.casefold(), known, n=1)
    hint = f"Did you mean {known[near[0]]}?" if near else "Give a name such as Europe/Berlin, America/Chicago or UTC."
    raise ValueRefused("--time-zone", "this is no IANA time zone", hint)


def change_settings(recorder: Recorder, settings: Mapping[str, str], *, actor: str, now: datetime) -> None:
    """Records what differs from what stands, as one change."""
    with recorder.change(command="settings", actor=actor, at=now) as change:
        change.set_settings(settings)


def _checked_text(name: str, value: str) -> str:
    try:
        text = clean(value)
    except ValueError as refused:
        raise ValueRefused(f"--{name}", str(refused)) from None
    if not 1 <= len(text) <= LONGEST:
        raise ValueRefused(f"--{name}", f"must be 1 to {LONGEST} characters")
    return text
