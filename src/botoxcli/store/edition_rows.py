"""A protocol's edition as rows: what ``due`` and the limits need of it without reading its text. Pure.

Conventions. Positions count from 1 in the file's order, sites in injection order. A site has one dose; a range around it stands beside it;
a site planned per kg has its doses per kg and none of its own, for that is known only with a weight.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from botoxcli.clinic.dates import Span
from botoxcli.clinic.protocol import Protocol, Site
from botoxcli.store.edition_tables import EditionFollowUpRow, EditionLimitRow, EditionSiteRow
from botoxcli.store.tables import Recorded


def edition_rows(protocol: Protocol, edition_id: int, entry_seq: int) -> Iterator[Recorded]:
    """The sites, windows and limits of an edition."""
    for position, site in enumerate(protocol.sites_in_order, start=1):
        yield EditionSiteRow(
            edition_id=edition_id, position=position, entry_seq=entry_seq, site=site.id, muscle=site.muscle, side=site.side,
            optional=1 if site.optional else None, **_doses(site),
        )  # fmt: skip
    for position, follow_up in enumerate(protocol.follow_ups, start=1):
        latest, closes = follow_up.latest, follow_up.closes_from
        yield EditionFollowUpRow(
            edition_id=edition_id, position=position, entry_seq=entry_seq, kind=follow_up.kind, anchor=follow_up.after,
            earliest_count=follow_up.earliest.count, earliest_unit=follow_up.earliest.unit,
            due_count=follow_up.due.count, due_unit=follow_up.due.unit,
            latest_count=latest.count if latest else None, latest_unit=latest.unit if latest else None,
            closes_count=closes.count if closes else None, closes_unit=closes.unit if closes else None,
        )  # fmt: skip
    for position, limit in enumerate(_limits(protocol), start=1):
        yield EditionLimitRow(edition_id=edition_id, position=position, entry_seq=entry_seq, **limit)


def _doses(site: Site) -> dict[str, int]:
    if site.per_kg is not None:
        dose = site.per_kg
        doses = {"planned_per_kg_hundredths": dose.usual or dose.lowest}
        ranged = {"lowest_per_kg_hundredths": dose.lowest, "highest_per_kg_hundredths": dose.highest}
        return doses | (ranged if dose.lowest != dose.highest else {})
    plan = site.plan()
    if plan is None or plan.lowest == plan.highest:
        return {"planned_hundredths": site.hundredths}
    return {"planned_hundredths": plan.usual, "lowest_hundredths": plan.lowest, "highest_hundredths": plan.highest}


def _limits(protocol: Protocol) -> Iterator[dict[str, Any]]:
    limits = protocol.limits
    site = limits.site
    yield {"limit_kind": "site", "subject": site.jurisdiction, "level": site.level, "hundredths": site.hundredths, "per_kg_hundredths": site.per_kg}
    for dose in limits.session:
        yield {
            "limit_kind": "session", "subject": dose.jurisdiction, "level": dose.level, "hundredths": dose.hundredths,
            "per_kg_hundredths": dose.per_kg,
        }  # fmt: skip
    for allowance in protocol.follow_the_pain:
        yield {"limit_kind": "extra", "subject": allowance.muscle, "sites": allowance.sites, "hundredths": allowance.hundredths}
    for total in limits.cumulative:
        yield {
            "limit_kind": "cumulative", "subject": total.product, "hundredths": total.hundredths, "per_kg_hundredths": total.per_kg,
            **_span(total.window),
        }  # fmt: skip
    for group in limits.muscles:
        yield {
            "limit_kind": "muscles", "subject": ", ".join(group.muscles), "level": group.level, "hundredths": group.hundredths,
            "per_kg_hundredths": group.per_kg, "least_hundredths": group.at_least, "least_per_kg_hundredths": group.at_least_per_kg,
        }  # fmt: skip
    if limits.muscle_count is not None:
        yield {"limit_kind": "muscle-count", "sites": limits.muscle_count.count}
    yield {"limit_kind": "minimum-interval", **_span(limits.minimum_interval.span)}
    yield {"limit_kind": "consult-valid", **_span(limits.consult_valid.span)}
    yield {"limit_kind": "other-product-window", **_span(limits.other_product_window.span)}


def _span(span: Span) -> dict[str, Any]:
    return {"span_count": span.count, "span_unit": span.unit}
