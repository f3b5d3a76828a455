"""What is to come and what did not come as Task: the windows of the due list, and appointments that were missed, declined or moved.

An Appointment of R4 needs an hour, which a window has not. What is not due any more is no task: it is derived, and never was a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from botoxcli.clinic.due_candidate import Appointment
from botoxcli.clinic.due_window import DueItem, explain
from botoxcli.clinic.history import PastToxin
from botoxcli.clinic.interruptions import appointment_words
from botoxcli.files.fhir_values import Book, Resource, concept, dose, note, ours

_BECAME = {"missed": "failed", "declined": "rejected", "moved": "cancelled"}
VisitReference = Callable[[int], Resource | None]


def due(book: Book, items: Iterable[DueItem], visit: VisitReference) -> Iterator[Resource]:
    """A task a window; ``visit`` gives the resource of a visit that stands."""
    for item in items:
        window = item.window
        name = f"{window.patient}-{window.protocol}-{window.kind}-after-visit-{window.anchor_visit}"
        yield book.begun("Task", name) | {
            "status": "requested",
            "businessStatus": ours("due-status", item.status),
            "intent": "plan",
            "code": ours("due", window.kind),
            "description": f"Due {window.due.isoformat()}. {window.protocol}: {explain(window)}.",
            "focus": visit(window.anchor_visit),
            "for": book.reference("Patient", window.patient),
            "executionPeriod": {"start": window.earliest.isoformat(), "end": window.latest.isoformat() if window.latest else None},
            "lastModified": book.mark.last_at,
            "restriction": {"period": {"end": window.due.isoformat()}},
        }


def appointments(book: Book, patient: str, told: Iterable[tuple[str, Appointment, str | None]]) -> Iterator[Resource]:
    """A task that came to nothing, in the order in which they were recorded."""
    for place, (protocol, one, reason) in enumerate(told, start=1):
        yield book.begun("Task", f"{patient}-appointment-{place}") | {
            "status": _BECAME[one.kind],
            "statusReason": concept(book.words(reason)),
            "businessStatus": ours("appointment", one.kind),
            "intent": "plan",
            "code": ours("due", "session"),
            "description": f"{protocol}: session {appointment_words(one)}.",
            "for": book.reference("Patient", patient),
            "executionPeriod": {"start": one.on.isoformat(), "end": one.on.isoformat()},
        }


def toxins(book: Book, patient: str, told: Iterable[PastToxin]) -> Iterator[Resource]:
    """Toxin that was given elsewhere, as a statement: it is not of this practice's record, and counts in its dose windows."""
    for place, one in enumerate(told, start=1):
        amount = [{"doseAndRate": [{"doseQuantity": dose(one.hundredths)}]}] if one.hundredths else []
        yield book.begun("MedicationStatement", f"{patient}-elsewhere-{place}") | {
            "status": "completed",
            "medicationCodeableConcept": concept(one.product),
            "subject": book.reference("Patient", patient),
            "effectiveDateTime": one.date.isoformat(),
            "dosage": amount,
            "note": note("Given elsewhere."),
        }
