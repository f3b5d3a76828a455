"""What a retry under the same key gives: the record that stands, as it was recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botoxcli.clinic.dosing import Drawn
from botoxcli.clinic.findings import Finding
from botoxcli.clinic.past_visit import PastFinding, WholeVisit
from botoxcli.clinic.protocol import Billing, Jurisdiction, Protocol
from botoxcli.clinic.records import AnswerGiven, Injection, Session, VialUse
from botoxcli.errors import NotFound, ValueRefused

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader


def standing_visit(reader: Reader, entry: int) -> WholeVisit:
    """The visit that an entry recorded, as it stands now. Raises ValueRefused when it was voided: a retry never brings it back."""
    number = reader.visit_of_entry(entry)
    if number is None:
        raise NotFound("visit")
    try:
        return reader.visit(number)
    except NotFound:
        raise ValueRefused("--key", f"visit {number}, which it recorded, was voided since", "To record it all the same, give a new key.") from None


def findings_from(visit: WholeVisit) -> tuple[Finding, ...]:
    """The findings as they were recorded."""
    return tuple(_finding(finding) for finding in visit.findings)


def _finding(finding: PastFinding) -> Finding:
    return Finding(finding.id, finding.level, finding.because, finding.source, finding.met, finding.resolution)


def session_from(visit: WholeVisit) -> Session:
    """A session's record out of the ledger."""
    return Session.recorded(
        patient=visit.head.patient,
        date=visit.head.date,
        answers=tuple(AnswerGiven.recorded(question=question, value=value) for question, value in visit.answers),
        product=visit.product or "",
        injections=tuple(Injection.recorded(**{name: getattr(injection, name) for name in Injection.model_fields}) for injection in visit.injections),
        vials=tuple(
            VialUse.recorded(
                vial_id=use.vial_id,
                lot=None if use.vial_id else use.lot,
                given_hundredths=use.given_hundredths,
                wasted_hundredths=use.wasted_hundredths,
            )
            for use in visit.vials
        ),
        diluent_ul=visit.diluent_ul,
        reconstituted_at=visit.reconstituted_at,
        minutes=visit.minutes,
        injector=visit.injector,
        jurisdiction="eu-uk" if visit.jurisdiction == "eu-uk" else "us",
        ended_early=visit.head.ended_early,
        imported=visit.head.state == "imported",
    )


def drawn_from(visit: WholeVisit) -> tuple[Drawn, ...]:
    """What each vial gave, as recorded."""
    return tuple(Drawn(None, use.lot, use.given_hundredths, use.wasted_hundredths) for use in visit.vials)


def billing_of(protocol: Protocol, jurisdiction: Jurisdiction) -> Billing | None:
    """The billing codes that hold in a jurisdiction; None where there are none."""
    return next((rules for rules in protocol.product.billing if rules.jurisdiction == jurisdiction), None)
