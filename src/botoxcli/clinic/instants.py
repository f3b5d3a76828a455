"""Hours on the practice's clock: reading them, and reckoning back and on across a change of clocks.

Conventions. Elapsed hours are elapsed: 24 h before 10:00 on the day after the clocks went forward is 09:00 on the clock. Days, weeks and
months keep the hour on the clock. An hour that the clock skips is refused; one that it shows twice needs its offset.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from botoxcli.clinic.dates import Span
from botoxcli.errors import ValueRefused

_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(Z|[+-]\d{2}:\d{2})?\Z", re.ASCII)
_HOUR = re.compile(r"\d{1,2}:\d{2}\Z", re.ASCII)
_HOW = "Write it as YYYY-MM-DDTHH:MM, on the practice's clock."


def parse_moment(words: str, *, zone: str, where: str) -> datetime:
    """``2026-03-09T10:00`` on the practice's clock, or with its offset (``+01:00``, ``Z``). Raises ValueRefused naming ``where``."""
    found = _MOMENT.match(words.strip())
    if not found:
        raise ValueRefused(where, "this is no date with an hour", _HOW)
    try:
        if found[3]:
            return datetime.fromisoformat(f"{found[1]}T{found[2]}{found[3]}").astimezone(ZoneInfo(zone))
        day, hour = date.fromisoformat(found[1]), time.fromisoformat(found[2])
        return on_clock(day, hour, zone=zone, where=where)
    except (ValueError, OverflowError):
        raise ValueRefused(where, "there is no such day or hour", _HOW) from None


def parse_hour(words: str, *, on: date, zone: str, where: str) -> datetime:
    """``08:30`` on a day, or a whole moment."""
    if not _HOUR.match(words.strip()):
        return parse_moment(words, zone=zone, where=where)
    try:
        hour = time.fromisoformat(words.strip().zfill(5))
    except ValueError:
        raise ValueRefused(where, "there is no such hour", "Write it as HH:MM or as YYYY-MM-DDTHH:MM.") from None
    return on_clock(on, hour, zone=zone, where=where)


def on_clock(day: date, hour: time, *, zone: str, where: str) -> datetime:
    """The instant at which the practice's clock shows this hour. Refuses one that is skipped or shown twice."""
    first = datetime.combine(day, hour.replace(fold=0), ZoneInfo(zone))
    second = first.replace(fold=1)
    if first.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(fold=0) != first:
        raise ValueRefused(where, f"the clock skips this hour on {day.isoformat()}", "Give an hour that the clock shows.")
    if first.utcoffset() != second.utcoffset():
        both = " or ".join(moment.isoformat(timespec="minutes") for moment in (first, second))
        raise ValueRefused(where, f"the clock shows this hour twice: {both}", "Write the one that is meant, with its offset.")
    return first


def moved(moment: datetime, span: Span, *, back: bool = False) -> datetime:
    """An aware moment moved by a span, on the same clock.

    Of an hour that the clock shows twice it is the one that makes the span longer; one that the clock skips is as much later.
    """
    sign = -1 if back else 1
    if span.unit == "hours":
        there = moment.astimezone(UTC) + timedelta(hours=sign * span.count)
        return there.astimezone(moment.tzinfo)
    import pendulum

    here = pendulum.instance(moment, tz=moment.tzinfo or UTC)
    there = datetime.fromisoformat(here.add(**{span.unit: sign * span.count}).isoformat()).astimezone(moment.tzinfo)
    return there.replace(fold=0 if back else 1)


def end_of_day(day: date, zone: str) -> datetime:
    """The last minute of a civil day."""
    return datetime.combine(day, time(23, 59), ZoneInfo(zone))


def moment_text(moment: datetime) -> str:
    """``Mon 2026-03-09 10:00 EDT``: the weekday, the day, the hour and the clock's own name."""
    weekday = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")[moment.weekday()]
    return f"{weekday} {moment.date().isoformat()} {moment:%H:%M} {moment.tzname()}"
