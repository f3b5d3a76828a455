"""Four ways to look at a FHIR R4 bundle, each of which sees faults that the others pass.

``schema``: HL7's JSON Schema of R4. ``models``: fhir.resources. ``codes``: the status codes and units that R4 binds and neither of those holds
to. ``references``: whatever is named stands in the bundle, under its own address, once.
"""

from __future__ import annotations

import gzip
import json
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft6Validator  # type: ignore[import-untyped]

Bundle = dict[str, Any]
SCHEMA = Path(__file__).parents[1] / "data" / "fhir_r4" / "fhir.schema.json.gz"
UCUM = "http://unitsofmeasure.org"
_EVENT = {"preparation", "in-progress", "not-done", "on-hold", "stopped", "completed", "entered-in-error", "unknown"}
STATUSES = {
    "Procedure": _EVENT,
    "MedicationAdministration": {"in-progress", "not-done", "on-hold", "completed", "entered-in-error", "stopped", "unknown"},
    "MedicationStatement": {"active", "completed", "entered-in-error", "intended", "stopped", "on-hold", "unknown", "not-taken"},
    "Medication": {"active", "inactive", "entered-in-error"},
    "PlanDefinition": {"draft", "active", "retired", "unknown"},
    "QuestionnaireResponse": {"in-progress", "completed", "amended", "entered-in-error", "stopped"},
    "Observation": {"registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"},
    "Task": {
        "draft", "requested", "received", "accepted", "rejected", "ready", "cancelled", "in-progress", "on-hold", "failed", "completed",
        "entered-in-error",
    },
}  # fmt: skip
UNITS = {"[arb'U]", "d", "h", "{score}"}


def resources(bundle: Bundle, kind: str | None = None) -> list[dict[str, Any]]:
    """The resources of a bundle, of one kind or all."""
    return [entry["resource"] for entry in bundle["entry"] if kind in (None, entry["resource"].get("resourceType"))]


def faults(bundle: Bundle) -> dict[str, list[str]]:
    """What each check has to say; empty lists for a bundle without a fault."""
    return {name: list(check(bundle)) for name, check in CHECKS.items()}


def _schema(bundle: Bundle) -> Iterator[str]:
    shell = {**bundle, "entry": [{**entry, "resource": None} for entry in bundle["entry"]]}
    yield from _said(_validator("Bundle"), {key: value for key, value in shell.items() if key != "entry"})
    for one in resources(bundle):
        kind = one.get("resourceType", "")
        if kind not in _definitions()["definitions"]:
            yield f"no resource of R4 is called {kind}"
        else:
            yield from _said(_validator(kind), one)


def _said(validator: Draft6Validator, value: Any) -> Iterator[str]:
    yield from (f"{value.get('resourceType')}: {error.json_path}: {error.message[:200]}" for error in validator.iter_errors(value))


@cache
def _definitions() -> dict[str, Any]:
    return dict(json.loads(gzip.decompress(SCHEMA.read_bytes())))


@cache
def _validator(kind: str) -> Draft6Validator:
    return Draft6Validator({**_definitions(), "$ref": f"#/definitions/{kind}"})


def _models(bundle: Bundle) -> Iterator[str]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from fhir.resources.R4B import get_fhir_model_class

        for one in resources(bundle):
            try:
                get_fhir_model_class(one["resourceType"]).model_validate(one)
            except Exception as refused:  # of several libraries
                yield f"{one.get('resourceType')}: {refused}"


def _codes(bundle: Bundle) -> Iterator[str]:
    for one in resources(bundle):
        kind = one.get("resourceType", "")
        if kind in STATUSES and one.get("status") not in STATUSES[kind]:
            yield f"{kind}: status {one.get('status')}"
    for part in _parts(bundle):
        if part.get("system") == UCUM and part.get("code") not in UNITS:
            yield f"unit {part.get('code')}"
    for one in resources(bundle, "MedicationAdministration"):
        if one["dosage"]["dose"].get("system") != UCUM:
            yield "a dose without a unit of UCUM"


def _references(bundle: Bundle) -> Iterator[str]:
    there = Counter(entry["fullUrl"] for entry in bundle["entry"])
    kinds = {entry["fullUrl"]: entry["resource"].get("resourceType") for entry in bundle["entry"]}
    yield from (f"twice: {url}" for url, count in there.items() if count > 1)
    yield from (
        f"another's address: {entry['fullUrl']}" for entry in bundle["entry"] if entry["fullUrl"] != f"urn:uuid:{entry['resource'].get('id')}"
    )
    for part in _parts(bundle):
        if isinstance(target := part.get("reference"), str) and (target not in there or part.get("type") not in (None, kinds[target])):
            yield f"not in the bundle as a {part.get('type')}: {target}"
        for named in ("instantiatesCanonical", "instantiates", "policy"):
            yield from (f"{named} not in the bundle: {url}" for url in part.get(named, ()) if url not in there)
    for one in resources(bundle):
        owner = one.get("subject") or one.get("for")
        if one["resourceType"] in _OWNED and kinds.get((owner or {}).get("reference")) != "Patient":
            yield f"{one['resourceType']} without a patient"


_OWNED = {
    "Procedure", "MedicationAdministration", "MedicationStatement", "QuestionnaireResponse", "Observation", "AdverseEvent", "Task",
}  # fmt: skip


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    """Every object in a value, itself too."""
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _parts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _parts(one)


CHECKS: dict[str, Callable[[Bundle], Iterator[str]]] = {"schema": _schema, "models": _models, "codes": _codes, "references": _references}
