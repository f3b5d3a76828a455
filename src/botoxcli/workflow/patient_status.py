"""A patient who is paused, archived or taken back: what leaves the due list, and what comes into it instead.

A pause holds before its day ``until``; ending it early gives it another last day, so that the review of the consult is due then. An archived
patient leaves the list. ``stopped`` with the name of a response rule keeps one thing in it: the look back, 4 months later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from botoxcli.clinic.history import ArchiveReason
from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.errors import ValueRefused
from botoxcli.workflow.recording import Recorded, Recording, check_day, refuse_forgotten

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader
    from botoxcli.store.recorder import Recorder

RulesOf = Callable[["Reader", KnownPatient], Iterable[str]]


@dataclass(frozen=True)
class PauseRequest:
    """A pause up to a day, or its end on that day."""

    patient: str
    until: date
    reason: str | None
    ends: bool = False

    def content(self) -> dict[str, object]:
        """What makes two requests the same one, for a retry under one key."""
        return {"patient": self.patient, "until": self.until.isoformat(), "reason": self.reason, "ends": self.ends}


@dataclass(frozen=True)
class ArchiveRequest:
    """A patient leaves on a day; ``why`` None takes one back. ``rules`` is the response rule that was the reason to stop."""

    patient: str
    on: date
    why: ArchiveReason | None
    note: str | None = None
    rules: str | None = None

    def content(self) -> dict[str, object]:
        """What makes two requests the same one, for a retry under one key."""
        return {"patient": self.patient, "on": self.on.isoformat(), "why": self.why, "note": self.note, "rules": self.rules}


def pause(recorder: Recorder, request: PauseRequest, how: Recording) -> Recorded:
    """Records a pause or its end. Raises ValueRefused when there is none to end, and for a pause that stands already."""
    with recorder.change(command="patient pause", actor=how.actor, at=how.now, key=how.key) as change:
        known = change.reader.find_patient(request.patient)
        refuse_forgotten(change.reader, known)
        if change.standing(how.key, request.content()) is not None:
            return Recorded(known.code, standing=True)
        if request.ends:
            check_day(known, request.until, how.today)
            if known.paused_until is None or known.paused_until <= request.until:
                raise ValueRefused("--end", "the patient is not paused on that day", "`botox patient show` says until when a pause holds.")
        elif known.paused_until == request.until:
            raise ValueRefused("--until", "the patient is paused until that day already", "Nothing was recorded; `botox patient show` shows it.")
        remarks = [] if request.ends else _open_events(change.reader, known, "until the pause ends")
        if not request.ends and request.until <= how.today:
            remarks.append(f"This day is not after today, {how.today}: the pause is over already.")
        if not how.dry_run:
            change.pause_patient(known.patient_id, until=request.until, reason=request.reason)
    return Recorded(known.code, remarks=tuple(remarks))


def archive(recorder: Recorder, request: ArchiveRequest, how: Recording, *, response_rules: RulesOf) -> Recorded:
    """Records that a patient leaves, or comes back. Raises ValueRefused when it is so already, or for a rule that no protocol of theirs has."""
    with recorder.change(command="patient archive", actor=how.actor, at=how.now, key=how.key) as change:
        known = change.reader.find_patient(request.patient)
        check_day(known, request.on, how.today)
        if change.standing(how.key, request.content()) is not None:
            return Recorded(known.code, standing=True)
        if known.archived == (request.why is not None):
            is_so = "archived already" if known.archived else "not archived"
            raise ValueRefused("PATIENT", f"the patient is {is_so}", "`botox patient show` says how it is.")
        if request.rules is not None:
            _check_rule(request.rules, response_rules(change.reader, known))
        remarks = _open_events(change.reader, known, "for good") if request.why else []
        if not how.dry_run and request.why:
            change.archive_patient(known.patient_id, on=request.on, why=request.why, reason=request.note, rules=request.rules)
        elif not how.dry_run:
            change.unarchive_patient(known.patient_id, request.note)
    return Recorded(known.code, remarks=tuple(remarks))


def _check_rule(rule: str, known: Iterable[str]) -> None:
    names = sorted(set(known))
    if rule not in names:
        said = f"The rules are: {', '.join(names)}." if names else "The patient has no visit under a protocol with response rules."
        raise ValueRefused("--rules", "there is no such response rule", said)


def _open_events(reader: Reader, known: KnownPatient, how_long: str) -> list[str]:
    """What the person should know before the list forgets it: events that are not resolved."""
    still = [event for event in reader.patient_history(known.patient_id).events if event.escalate and not event.resolved]
    if not still:
        return []
    named = ", ".join(f"{event.event} (visit {event.visit})" for event in still)
    return [f"Not resolved: {named}. It leaves the due list {how_long} and stays on the chart."]
