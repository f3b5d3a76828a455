"""An appointment for a session that was missed, declined or moved: recorded, and what it does to the session's window.

The day ``on`` is the one on which it happened or was said. A new day before the window opens is refused: the session itself would be
stopped. One after its latest is recorded, but the session lapses on that day all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from botoxcli.clinic.due_candidate import Appointment, AppointmentKind, DueCandidate
from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.clinic.schedule import Window, session_window
from botoxcli.errors import MissingInput, NotFound, ValueRefused
from botoxcli.workflow.due import rules_of
from botoxcli.workflow.recording import Recorded, Recording, check_day, refuse_forgotten

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader
    from botoxcli.store.recorder import Recorder


@dataclass(frozen=True)
class AppointmentRequest:
    """What became of an appointment. ``protocol`` None is the only one under which the patient awaits a session."""

    patient: str
    kind: AppointmentKind
    on: date
    reason: str
    moved_to: date | None = None
    protocol: str | None = None

    def content(self) -> dict[str, object]:
        """What makes two requests the same one, for a retry under one key."""
        return {
            "patient": self.patient,
            "kind": self.kind,
            "on": self.on.isoformat(),
            "reason": self.reason,
            "moved_to": self.moved_to.isoformat() if self.moved_to else None,
            "protocol": self.protocol,
        }


@dataclass(frozen=True)
class AppointmentOutcome:
    """The appointment with its protocol, and the session's window as it is with it."""

    told: Recorded
    protocol: str
    window: Window | None


def awaited(reader: Reader, patient: KnownPatient, protocol: str | None) -> tuple[DueCandidate, Window]:
    """The patient under the protocol, and the session that is awaited.

    Raises NotFound for a protocol that the patient is not under, ValueRefused when no session is awaited, MissingInput when more than
    one protocol awaits one.
    """
    rules = rules_of(reader)
    under = reader.due_candidates(patient.patient_id)
    if protocol is not None and protocol not in {one.protocol for one in under}:
        raise NotFound("protocol", "The patient has no visit under it, or is archived.")
    waiting = [(one, window) for one in under if protocol in (None, one.protocol) and (window := session_window(one, rules))]
    if not waiting:
        raise ValueRefused("PATIENT", "no session is awaited", "A session is awaited after one, or after a consult that allows treatment.")
    if len(waiting) > 1:
        raise MissingInput(["--protocol"])
    return waiting[0]


def record_appointment(recorder: Recorder, request: AppointmentRequest, how: Recording) -> AppointmentOutcome:
    """Records it as one change. Raises ValueRefused for its days, and what ``awaited`` raises."""
    with recorder.change(command=f"visit {request.kind}", actor=how.actor, at=how.now, key=how.key) as change:
        known = change.reader.find_patient(request.patient)
        refuse_forgotten(change.reader, known)
        check_day(known, request.on, how.today)
        candidate, window = awaited(change.reader, known, request.protocol)
        standing = change.standing(how.key, request.content()) is not None
        if not standing:
            _check_not_standing(request, candidate)
            _check_new_day(request, window)
        remarks = tuple(_remarks(request, window))
        then = (*candidate.appointments, Appointment(request.kind, request.on, request.moved_to))
        after = window if standing else session_window(candidate._replace(appointments=then), rules_of(change.reader))
        if not standing and not how.dry_run:
            change.add_appointment(
                known.patient_id, protocol=candidate.protocol, kind=request.kind, on=request.on, moved_to=request.moved_to, reason=request.reason
            )
    return AppointmentOutcome(Recorded(known.code, standing, remarks), candidate.protocol, after)


def _check_not_standing(request: AppointmentRequest, candidate: DueCandidate) -> None:
    """The same once more, right after it, is a command that was run twice."""
    if candidate.appointments[-1:] == (Appointment(request.kind, request.on, request.moved_to),):
        raise ValueRefused(f"visit {request.kind}", "this is what stands already", "Nothing was recorded; `botox chart` shows it.")


def _check_new_day(request: AppointmentRequest, window: Window) -> None:
    to = request.moved_to
    if to is None:
        return
    if to < request.on:
        raise ValueRefused("--to", "the new day lies before the day on which it was agreed")
    if request.on >= window.anchor and to < window.earliest:
        raise ValueRefused(
            "--to", f"the new day lies before {window.earliest}, the earliest day of the session", "Agree on a day inside the session's window."
        )


def _remarks(request: AppointmentRequest, window: Window) -> list[str]:
    if request.on < window.anchor:
        return [f"It lies before {window.anchor} (visit {window.anchor_visit}), where the next session is reckoned from: the list stays as it is."]
    if request.moved_to and window.latest and request.moved_to > window.latest:
        return [f"The new day lies after {window.latest}, the session's latest day: it lapses then all the same."]
    return []
