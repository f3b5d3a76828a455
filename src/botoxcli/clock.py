"""The only reading of the clock, of the machine's time zone and of who is at the keyboard.

Tests replace ``utc_now``; everything below ``cli/`` gets the time as an argument.
"""

from __future__ import annotations

import os
from datetime import UTC, date, datetime

TODAY_VARIABLE = "BOTOX_TODAY"
ACTOR_VARIABLE = "BOTOX_ACTOR"


def utc_now() -> datetime:
    """This instant, in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def today(zone: str) -> date:
    """The civil date in a time zone (an IANA name that was checked when it was set)."""
    return local_now(zone).date()


def local_now(zone: str) -> datetime:
    """This instant on the clock of a time zone."""
    from zoneinfo import ZoneInfo

    return utc_now().astimezone(ZoneInfo(zone))


def machine_zone() -> str:
    """The machine's time zone as an IANA name, or ``UTC`` where it has none to tell."""
    from zoneinfo import ZoneInfo

    from pendulum.tz import local_timezone

    name = getattr(local_timezone(), "name", "") or "UTC"
    try:
        ZoneInfo(name)
    except (KeyError, ValueError):
        return "UTC"
    return name if "/" in name else "UTC"


def actor(given: str | None, fallback: str) -> str:
    """Who makes a change: ``--as``, else ``BOTOX_ACTOR``, else the ledger's practitioner, else the login name. Not authenticated."""
    return given or os.environ.get(ACTOR_VARIABLE) or fallback or login_name()


def login_name() -> str:
    """Who is logged in, as the system has it, or ``unknown``."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "unknown"
