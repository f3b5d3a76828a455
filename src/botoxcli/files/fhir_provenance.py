"""Who recorded what and when as Provenance, out of the audit chain's entries: each version of a visit, its withdrawal, each identity.

A version that took another's place names it as the one that it revises. The edition of the protocol that was followed is the policy.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from botoxcli.clinic.history import VisitKind
from botoxcli.clinic.past_visit import PastIdentity, VisitVersion, Voided
from botoxcli.files.fhir_answers import version_name
from botoxcli.files.fhir_people import Staff
from botoxcli.files.fhir_plan import plan_address
from botoxcli.files.fhir_values import HL7, Book, Resource, concept, instant

_TARGETS = ("Procedure", "QuestionnaireResponse", "Medication", "MedicationAdministration", "Observation", "AdverseEvent")


def main_resource(kind: VisitKind) -> str:
    """The kind of resource that stands for a visit where one is named."""
    return "Procedure" if kind == "session" else "QuestionnaireResponse"


def version_provenance(book: Book, staff: Staff, versions: Sequence[VisitVersion], place: int, targets: Sequence[Resource]) -> Iterator[Resource]:
    """The recording of ``versions[place]``, whose resources are ``targets``, and its withdrawal where there was one."""
    version = versions[place]
    head, name, before = version.visit.head, version_name(version), _revised(versions, place)
    refers = [{"reference": f"urn:uuid:{one['id']}", "type": one["resourceType"]} for one in targets if one["resourceType"] in _TARGETS]
    old = book.reference(main_resource(head.kind), version_name(before)) if before else None
    done = Voided(head.recorded_at, head.recorded_by, version.reason)
    policy = [plan_address(book, head.edition_sha256)]
    yield _provenance(book, staff, name, refers, done, "UPDATE" if before else "CREATE") | {
        "policy": policy,
        "entity": [{"role": "revision", "what": old}] if old else [],
    }
    for gone in (version.voided, version.undone):
        if gone:
            yield _provenance(book, staff, f"{name}-withdrawn", refers, gone, "NULLIFY")


def _revised(versions: Sequence[VisitVersion], place: int) -> VisitVersion | None:
    """The version that this one took the place of: the last before it that no undo had taken back."""
    earlier = versions[:place]
    return next((one for one in reversed(earlier) if one.standing != "undone"), earlier[-1] if earlier else None)


def identity_provenance(book: Book, staff: Staff, patient: str, identities: Iterable[PastIdentity]) -> Iterator[Resource]:
    """Each time that a name and a birth date were recorded for a patient."""
    target = [book.reference("Patient", patient)]
    for place, one in enumerate(identities, start=1):
        done = Voided(one.recorded_at, one.recorded_by, one.reason)
        yield _provenance(book, staff, f"{patient}-identity-{place}", target, done, "UPDATE" if place > 1 else "CREATE")


def _provenance(book: Book, staff: Staff, name: str, targets: list[Resource], done: Voided, activity: str) -> Resource:
    return book.begun("Provenance", name, named=False) | {
        "target": targets,
        "recorded": instant(done.at),
        "reason": [concept(book.words(done.reason))] if book.words(done.reason) else [],
        "activity": concept(activity.lower(), f"{HL7}v3-DataOperation", activity),
        "agent": [{"type": concept("Enterer", f"{HL7}provenance-participant-type", "enterer"), "who": staff.reference(done.by)}],
    }
