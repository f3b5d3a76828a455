"""The patient's two sheets: what to leave off before the day, from which hour; what to heed after it, until which hour.

It never tells a patient to stop a prescribed medicine: such a rule reads ``ask-the-prescriber`` and the sheet says to keep taking it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from botoxcli.clinic.dates import Span, after
from botoxcli.clinic.instants import end_of_day, moment_text, moved
from botoxcli.clinic.protocol import Protocol


@dataclass(frozen=True, slots=True)
class PreCareLine:
    """A rule of the days before, and the moment from which it holds."""

    rule: str
    action: str
    what: str
    why: str
    starts: datetime
    source: str


@dataclass(frozen=True, slots=True)
class AftercareLine:
    """A rule of the hours after. ``until`` is the moment or, when only the session's day is known, a day."""

    rule: str
    what: str
    until: datetime | None
    until_words: str
    source: str


def pre_care(protocol: Protocol, session_at: datetime) -> tuple[PreCareLine, ...]:
    """Every rule with its moment, the one that starts first at the top."""
    lines = [
        PreCareLine(rule.id, rule.action, rule.what, rule.why, moved(session_at, rule.before, back=True), rule.source)
        for rule in protocol.pre_care.rules
    ]
    return tuple(sorted(lines, key=lambda line: (line.starts, line.rule)))


def aftercare(protocol: Protocol, *, on: date, at: datetime | None, zone: str) -> tuple[AftercareLine, ...]:
    """Every rule with the hour up to which it holds; without the session's hour, with the day and ``the hour of the session``."""
    lines = []
    for rule in protocol.aftercare.rules:
        if rule.lasts == "rest-of-day":
            until = end_of_day(on, zone)
            lines.append(AftercareLine(rule.id, rule.what, until, f"for the rest of {on.isoformat()}", rule.source))
        elif at is not None:
            until = moved(at, rule.lasts)
            lines.append(AftercareLine(rule.id, rule.what, until, f"until {moment_text(until)}", rule.source))
        else:
            lines.append(AftercareLine(rule.id, rule.what, None, _without_hour(rule.lasts, on), rule.source))
    return tuple(lines)


def _without_hour(lasts: Span, on: date) -> str:
    if lasts.unit == "hours" and lasts.count % 24:
        return f"for {lasts} after the session"
    until = on + timedelta(hours=lasts.count) if lasts.unit == "hours" else after(on, lasts)
    return f"for {lasts}, until {until.isoformat()} at the hour of the session"
