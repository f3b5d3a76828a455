"""The small parts that FHIR R4 resources are made of, as plain dicts: ids, references, codes, quantities, texts.

Conventions. Every id is a UUID made of the ledger's first entry and a name that stays (``Procedure/visit-3-v2``): an export that is made again
names everything as before, and two practices never share an id. References are ``urn:uuid:``, the full addresses of the bundle's entries.
A dose's unit is the product's own; UCUM has no code for it but that of an arbitrary unit. Codes without a public system have one of ours,
``urn:botoxcli:``.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from botoxcli.clinic.past_entry import LedgerMark
from botoxcli.clinic.quantity import units

Resource = dict[str, Any]
UCUM = "http://unitsofmeasure.org"
HL7 = "http://terminology.hl7.org/CodeSystem/"
SNOMED = "http://snomed.info/sct"
DOSE_UNIT = "[arb'U]"
ENTERED_IN_ERROR = "entered-in-error"
_SPACES = re.compile(r"[^\S \r\n\t]")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True)
class Book:
    """Of which ledger the resources tell, and whether with names and free text (``identify``)."""

    mark: LedgerMark
    identify: bool

    @cached_property
    def ledger(self) -> uuid.UUID:
        """What all ids are made from."""
        return uuid.uuid5(uuid.NAMESPACE_OID, self.mark.first_hash)

    def id(self, kind: str, name: str) -> str:
        """The id of a resource."""
        return str(uuid.uuid5(self.ledger, f"{kind}/{name}"))

    def address(self, kind: str, name: str) -> str:
        """Its full address, which a canonical reference may name too."""
        return f"urn:uuid:{self.id(kind, name)}"

    def reference(self, kind: str, name: str) -> Resource:
        """A reference to it."""
        return {"reference": self.address(kind, name), "type": kind}

    def begun(self, kind: str, name: str, *, named: bool = True) -> Resource:
        """A resource with its id; ``named`` with its identifier, the readable one, in a list of one."""
        head: Resource = {"resourceType": kind, "id": self.id(kind, name)}
        return head | ({"identifier": [self.identifier(name)]} if named else {})

    def identifier(self, name: str) -> Resource:
        """A name of this ledger's."""
        return {"system": f"urn:uuid:{self.ledger}", "value": name}

    def words(self, text: str | None) -> str | None:
        """Free text, which leaves only with identities."""
        return text if self.identify else None


def concept(text: str | None, system: str | None = None, code: str | None = None) -> Resource:
    """A CodeableConcept: in words, and with a code where there is a sure one."""
    return {"coding": [{"system": system, "code": code}] if code else [], "text": text}


def ours(kind: str, code: str, text: str | None = None) -> Resource:
    """A CodeableConcept of one of our own systems."""
    return concept(text or code, f"urn:botoxcli:{kind}", code)


def dose(hundredths: int) -> Resource:
    """A dose in units of the product."""
    return {"value": units(hundredths), "unit": "U", "system": UCUM, "code": DOSE_UNIT}


def instant(at: datetime) -> str:
    """An aware UTC instant, as FHIR writes it."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def note(text: str | None) -> list[Resource]:
    """A list of no or one Annotation."""
    return [{"text": text}] if text else []


def absent(why: str) -> Resource:
    """Why a value is not there: ``unknown``, ``not-applicable``."""
    return {"system": f"{HL7}data-absent-reason", "code": why}


def whole(value: Any) -> Any:
    """The value without what is empty, which FHIR does not allow, and its texts without characters that a FHIR string cannot hold."""
    if isinstance(value, dict):
        kept = {key: part for key, one in value.items() if (part := whole(one)) is not None}
        return kept or None
    if isinstance(value, (list, tuple)):
        return [part for one in value if (part := whole(one)) is not None] or None
    if isinstance(value, str):
        return _CONTROLS.sub("\ufffd", _SPACES.sub(" ", value)).strip() or None
    return value
