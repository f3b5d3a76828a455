"""A pinned edition of a protocol as PlanDefinition: its sites and windows in words, its whole text as an attachment.

An edition is known by the sha256 of its text, so a session that names its plan names that very text.
"""

from __future__ import annotations

import base64

from botoxcli.clinic.editions import PinnedEdition
from botoxcli.clinic.protocol import FollowUp, Protocol, Site
from botoxcli.files.fhir_values import HL7, Book, Resource, concept, ours


def plan_address(book: Book, sha256: str) -> str:
    """What a resource that follows an edition names."""
    return book.address("PlanDefinition", sha256)


def plan(book: Book, pinned: PinnedEdition, protocol: Protocol, text: str, *, in_use: bool) -> Resource:
    """The edition, whole; ``in_use`` is the one that the practice follows now."""
    data = base64.b64encode(text.encode("utf-8", "surrogateescape")).decode()
    file = {"contentType": "application/yaml", "data": data}
    return book.begun("PlanDefinition", pinned.sha256) | {
        "url": plan_address(book, pinned.sha256),
        "version": protocol.edition,
        "name": protocol.id,
        "title": protocol.title,
        "type": concept("Clinical protocol", f"{HL7}plan-definition-type", "clinical-protocol"),
        "status": "active" if in_use else "retired",
        "description": protocol.indication,
        "relatedArtifact": [{"type": "documentation", "display": f"{protocol.id}.yaml, sha256 {pinned.sha256}", "document": file}],
        "action": [_session(protocol), *(_follow_up(one) for one in protocol.follow_ups)],
    }


def _session(protocol: Protocol) -> Resource:
    return {
        "title": "Session",
        "description": f"{protocol.product.name}, {protocol.route}",
        "groupingBehavior": "logical-group",
        "action": [_site(site) for site in protocol.sites_in_order],
    }


def _site(site: Site) -> Resource:
    return {
        "title": f"{site.id}, {site.dose_words}",
        "description": site.landmark,
        "code": [ours("site", site.id)],
        "requiredBehavior": "could" if site.optional else None,
    }


def _follow_up(window: FollowUp) -> Resource:
    spans = [f"earliest {window.earliest}", f"due {window.due}", *([f"latest {window.latest}"] if window.latest else [])]
    return {"title": window.kind, "description": f"After {window.after}: {', '.join(spans)}", "code": [ours("due", window.kind)]}
