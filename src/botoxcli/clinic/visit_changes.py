"""What differs between two versions of a visit, in words: ``temporalis-left-4: 5 U -> skipped (haematoma)``.

Pure, on records: what a correction is about to change, and what an earlier one did. A line a change, in the order of the visit's sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TypeVar

from botoxcli.clinic.adverse_events import EVENT
from botoxcli.clinic.quantity import ml_text, units_text
from botoxcli.clinic.records import AdverseEventTold, Consult, FindingRecorded, FollowUpVisit, Injection, Session, VialUse, Visit

Value = TypeVar("Value")
NONE = "none"


def changes(old: Visit, new: Visit, lots: Mapping[int, str]) -> tuple[str, ...]:
    """Each change from ``old`` to ``new``. ``lots`` is how the vials' lots are spelt now."""
    lines = list(_answers_and_day(old, new))
    if isinstance(old, Consult) and isinstance(new, Consult):
        lines += _consult(old, new)
    elif isinstance(old, Session) and isinstance(new, Session):
        lines += _session(old, new, lots)
    elif isinstance(old, FollowUpVisit) and isinstance(new, FollowUpVisit):
        lines += _events_told(old, new)
        lines += _by_name("resolved", _resolved(old), _resolved(new), str)
        lines += _line("note", old.note, new.note)
    return (*lines, *_by_name("finding", _findings(old), _findings(new), _finding_words))


def _line(name: str, old: object, new: object) -> Iterator[str]:
    if old != new:
        yield f"{name}: {NONE if old is None else old} -> {NONE if new is None else new}"


def _by_name(what: str, old: Mapping[str, Value], new: Mapping[str, Value], words: Callable[[Value], str]) -> Iterator[str]:
    """A line for every name whose value came, went or changed."""
    for name in {**old, **new}:
        before = words(old[name]) if name in old else None
        after = words(new[name]) if name in new else None
        yield from _line(f"{what} {name}".strip(), before, after)


def _answers_and_day(old: Visit, new: Visit) -> Iterator[str]:
    yield from _line("day", old.date.isoformat(), new.date.isoformat())
    yield from _by_name("", _answers(old), _answers(new), str)


def _answers(visit: Visit) -> dict[str, str]:
    """The answers by question; that no event was told is said with the events."""
    return {answer.question: answer.value for answer in visit.answers if not (isinstance(visit, FollowUpVisit) and answer.question == EVENT)}


def _consult(old: Consult, new: Consult) -> Iterator[str]:
    yield from _line("decision", old.decision, new.decision)
    yield from _line("practitioner's decision", old.decided, new.decided)
    yield from _line("its reason", old.reason, new.reason)


def _session(old: Session, new: Session, lots: Mapping[int, str]) -> Iterator[str]:
    yield from _by_name("", _sites(old), _sites(new), _injection_words)
    yield from _line("total", f"{units_text(old.hundredths)} U", f"{units_text(new.hundredths)} U")
    yield from _vials(old.vials, new.vials, lots)
    yield from _line("diluent", _volume(old.diluent_ul), _volume(new.diluent_ul))
    yield from _line("reconstituted", _moment(old.reconstituted_at), _moment(new.reconstituted_at))
    yield from _line("minutes", old.minutes, new.minutes)
    yield from _line("injector", old.injector, new.injector)
    yield from _line("ended early", *("yes" if visit.ended_early else "no" for visit in (old, new)))


def _sites(visit: Session) -> dict[str, Injection]:
    return {injection.site: injection for injection in visit.injections}


def _injection_words(injection: Injection) -> str:
    reason = f" ({injection.reason})" if injection.reason else ""
    dose = f"{units_text(injection.hundredths)} U{' extra' if injection.state == 'extra' else ''}"
    return f"{'skipped' if injection.state == 'skipped' else dose}{reason}"


def _vials(old: tuple[VialUse, ...], new: tuple[VialUse, ...], lots: Mapping[int, str]) -> Iterator[str]:
    before, after = ([use.vial_id or use.lot for use in uses] for uses in (old, new))
    if before == after:
        return
    named = [", ".join(use.lot or lots.get(use.vial_id or 0, "?") for use in uses) for uses in (old, new)]
    yield f"vials: {named[0]} -> {named[1]}{' (another vial)' if named[0] == named[1] else ''}"


def _moment(instant: datetime | None) -> str | None:
    return None if instant is None else f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _volume(microlitres: int | None) -> str | None:
    return None if microlitres is None else f"{ml_text(microlitres)} mL"


def _events_told(old: FollowUpVisit, new: FollowUpVisit) -> Iterator[str]:
    """Each event that came, went or changed; where there is none in either, whether somebody asked."""
    yield from _by_name("event", _events(old), _events(new), _event_words)
    if not old.events and not new.events:
        yield from _line("events", *(_asked(visit) for visit in (old, new)))


def _asked(visit: FollowUpVisit) -> str:
    return "asked, none" if any(answer.question == EVENT for answer in visit.answers) else "not asked"


def _events(visit: FollowUpVisit) -> dict[str, AdverseEventTold]:
    return {event.event: event for event in visit.events}


def _resolved(visit: FollowUpVisit) -> dict[str, date]:
    return {one.event: one.resolved_on for one in visit.resolved}


def _event_words(event: AdverseEventTold) -> str:
    facts = (event.severity, f"onset {event.onset}" if event.onset else None, f"related: {event.related}" if event.related else None)
    resolved = f"resolved {event.resolved_on}" if event.resolved_on else None
    return ", ".join(fact for fact in (*facts, resolved) if fact) or "told"


def _findings(visit: Visit) -> dict[str, FindingRecorded]:
    """What was to be settled: a criterion's finding is told by its answer."""
    asked = _answers(visit) if isinstance(visit, Consult) else {}
    return {one.id: one for one in visit.findings if one.met is None and one.level != "note" and one.id not in asked}


def _finding_words(finding: FindingRecorded) -> str:
    reason = f" ({finding.reason})" if finding.reason else ""
    return f"{finding.level}, {finding.because}; {finding.resolution or 'open'}{reason}"
