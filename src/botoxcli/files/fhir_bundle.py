"""The bundle: a FHIR R4 collection, one resource a line, each written as it comes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from botoxcli.files.fhir_values import Book, Resource, whole
from botoxcli.files.json_rows import json_text


def write_bundle(resources: Iterable[Resource], book: Book, stream: TextIO, *, day: str) -> dict[str, int]:
    """Writes them, holding no more than one; gives how many of each kind there were.

    ``day`` is the one on which the due list was read: equal ledger and equal day make equal bytes. The bundle's instant is the last entry's.
    """
    name = f"{book.mark.entries}-{day}-{'identified' if book.identify else 'codes'}"
    head = {
        "resourceType": "Bundle",
        "id": book.id("Bundle", name),
        "identifier": {"system": "urn:ietf:rfc:3986", "value": book.address("Bundle", name)},
        "type": "collection",
        "timestamp": book.mark.last_at,
    }
    stream.write(json_text(head).removesuffix("}") + ', "entry": [')
    counts: dict[str, int] = {}
    for resource in resources:
        kind = resource["resourceType"]
        stream.write(",\n" if counts else "\n")
        stream.write(json_text({"fullUrl": f"urn:uuid:{resource['id']}", "resource": whole(resource)}))
        counts[kind] = counts.get(kind, 0) + 1
    stream.write("\n]}\n")
    return counts
