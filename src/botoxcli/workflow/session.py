"""A session: read what the rules need, check, and record it as one change.

``prepare`` reads, ``findings_of`` decides, ``record`` does both again inside the transaction and writes. Nothing here asks or prints.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import TYPE_CHECKING
from typing import Protocol as Shape

from botoxcli.clinic import session_rules
from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.dosing import BillingLine, Drawn, billing_lines, diluent_for, draw
from botoxcli.clinic.findings import Finding, require_settled, resolve
from botoxcli.clinic.history import PatientHistory
from botoxcli.clinic.instants import end_of_day
from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.clinic.past_visit import WholeVisit
from botoxcli.clinic.protocol import Jurisdiction, Protocol
from botoxcli.clinic.quantity import units_text
from botoxcli.clinic.records import AnswerGiven, FindingRecorded, Injection, Session, VialUse
from botoxcli.clinic.session_rules import SessionFacts, VialChoice
from botoxcli.clinic.stock import choose_vials, product_of, vials_of
from botoxcli.clinic.stock_vial import StockVial, lot_key
from botoxcli.errors import ValueRefused
from botoxcli.workflow.recording import refuse_forgotten
from botoxcli.workflow.standing import billing_of, drawn_from, findings_from, session_from, standing_visit

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader
    from botoxcli.store.recorder import Recorder


_MOST = 200_000  # 2,000 U: what a record can hold


class Edition(Shape):
    """A protocol with its text and the sha256 of it."""

    @property
    def protocol(self) -> Protocol: ...
    @property
    def text(self) -> str: ...
    @property
    def sha256(self) -> str: ...


@dataclass(frozen=True)
class SessionPlan:
    """What the ledger says before a session: who, what came before, what is in the stock.

    ``kept`` are the vials that a session which is being corrected has already: its lots mean these first;
    ``corrects`` is that session's number.
    """

    edition: Edition
    patient: KnownPatient
    history: PatientHistory
    stock: tuple[StockVial, ...]
    jurisdiction: Jurisdiction
    zone: str
    kept: frozenset[int] = frozenset()
    corrects: int | None = None

    @property
    def protocol(self) -> Protocol:
        return self.edition.protocol


@dataclass(frozen=True)
class SessionRequest:
    """What the person said about a session. ``diluent_ul`` None is the protocol's dilution; ``at`` the instant, when it is known.

    ``reconstituted_as`` is how the flag was typed: a retry of ``now`` is the same request a second later.
    """

    patient: str
    on: date
    checklist: Checklist
    answers: Mapping[str, str] = field(default_factory=dict)
    lots: tuple[str, ...] = ()
    diluent_ul: int | None = None
    reconstituted_at: datetime | None = None
    reconstituted_as: str | None = None
    at: datetime | None = None
    minutes: int | None = None
    injector: str | None = None
    accepted: frozenset[str] = frozenset()
    overridden: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> dict[str, object]:
        """What makes two requests the same one, for a retry under one key."""
        return {
            "patient": self.patient,
            "on": self.on.isoformat(),
            "answers": dict(self.answers),
            "lots": list(self.lots),
            "diluent_ul": self.diluent_ul,
            "reconstituted_at": self.reconstituted_as or (self.reconstituted_at.isoformat() if self.reconstituted_at else None),
            "minutes": self.minutes,
            "injector": self.injector,
            "sites": [[tick.site, tick.hundredths, tick.reason] for tick in self.checklist.in_order()],
            "accepted": sorted(self.accepted),
            "overridden": dict(self.overridden),
        }


@dataclass(frozen=True)
class SessionOutcome:
    """A session as it is or would be recorded. ``visit`` is None for a rehearsal; ``standing`` says that it stood already."""

    visit: int | None
    session: Session
    drawn: tuple[Drawn, ...]
    billing: tuple[BillingLine, ...]
    findings: tuple[Finding, ...]
    left_out: tuple[str, ...] = ()
    standing: bool = False


def prepare(reader: Reader, edition: Edition, patient: str, lots: Sequence[str] | None = None) -> SessionPlan:
    """Reads all that a session needs. Raises NotFound or Ambiguous for the patient.

    Where all ``lots`` are named, only their vials are read of the stock; where one of them is not in stock all are, for the lots near it.
    """
    known = reader.find_patient(patient)
    refuse_forgotten(reader, known)
    settings = reader.settings()
    return SessionPlan(
        edition=edition,
        patient=known,
        history=reader.patient_history(known.patient_id),
        stock=_stock(reader, lots),
        jurisdiction="eu-uk" if settings["jurisdiction"] == "eu-uk" else "us",
        zone=settings["time-zone"],
    )


def _stock(reader: Reader, lots: Sequence[str] | None) -> tuple[StockVial, ...]:
    named = () if lots is None else reader.stock(lots)
    return named if lots is not None and all(vials_of(named, lot_key(lot)) for lot in lots) else reader.stock()


def facts_of(plan: SessionPlan, request: SessionRequest) -> SessionFacts:
    """The plan and the request as the rules read them."""
    choices = choose_vials(plan.stock, request.lots, kept=plan.kept)
    return SessionFacts(
        protocol=plan.protocol,
        jurisdiction=plan.jurisdiction,
        on=request.on,
        history=plan.history,
        answers=request.answers,
        checklist=request.checklist,
        vials=choices,
        diluent_ul=request.diluent_ul or planned_diluent_ul(plan.protocol, choices),
        reconstituted_at=request.reconstituted_at,
        at=request.at,
        day_ends_at=end_of_day(request.on, plan.zone),
        corrects=plan.corrects,
    )


def planned_diluent_ul(protocol: Protocol, choices: Sequence[VialChoice]) -> int | None:
    """The diluent that brings the named vials to the protocol's strength; None while a size is not known."""
    if not choices or any(choice.vial is None for choice in choices):
        return None
    held = sum(choice.vial.hundredths for choice in choices if choice.vial)
    return diluent_for(held, protocol.product.dilution.units_per_ml)


def findings_of(plan: SessionPlan, request: SessionRequest) -> tuple[Finding, ...]:
    """Every finding, each with what was said to it."""
    return resolve(session_rules.findings(facts_of(plan, request)), request.accepted, request.overridden)


def check_values(plan: SessionPlan, request: SessionRequest, *, today: date, now: datetime) -> None:
    """What can never be: refused outright, whatever is accepted or overridden."""
    if request.on > today:
        raise ValueRefused("--on", "the day lies in the future")
    if plan.patient.born and request.on < plan.patient.born:
        raise ValueRefused("--on", "the day lies before the patient's birth")
    made_up = request.reconstituted_at
    if made_up and (made_up > end_of_day(request.on, plan.zone) or made_up > now):
        raise ValueRefused("--reconstituted", "it lies after the session")


def build(plan: SessionPlan, request: SessionRequest) -> SessionOutcome:
    """The session as it would be recorded, its vials drawn from and its bill made out. Raises ValueRefused."""
    checklist = request.checklist
    _require_plans(plan, request)
    if checklist.open_sites() and plan.corrects is None:  # a record that never told of a site is put right in the rest
        raise ValueError("a session with open sites cannot be recorded")
    if checklist.hundredths == 0:
        raise ValueRefused("the checklist", "nothing was injected, so this is no session")
    if checklist.hundredths > _MOST:
        raise ValueRefused("the checklist", f"{units_text(checklist.hundredths)} U are more than any session can be")
    choices = choose_vials(plan.stock, request.lots, kept=plan.kept)
    drawn = draw(checklist.hundredths, [choice.vial or choice.lot for choice in choices])
    used = {part.vial.vial_id for part in drawn if part.vial}
    left_out = tuple(choice.vial.lot for choice in choices if choice.vial and choice.vial.vial_id not in used)
    findings = findings_of(plan, request)
    session = Session(
        patient=plan.patient.code,
        date=request.on,
        answers=tuple(AnswerGiven(question=question, value=value) for question, value in request.answers.items()),
        findings=tuple(recorded(finding, request.overridden) for finding in findings),
        product=product_of(plan.protocol, choices),
        injections=tuple(
            Injection.model_validate(
                {
                    "site": tick.site,
                    "muscle": tick.muscle,
                    "side": tick.side,
                    "planned_hundredths": tick.planned_hundredths,
                    "hundredths": tick.hundredths,
                    "state": tick.state,
                    "reason": tick.reason,
                }
            )
            for tick in checklist.in_order()
        ),
        vials=tuple(
            VialUse(vial_id=part.vial.vial_id, given_hundredths=part.given_hundredths, wasted_hundredths=part.wasted_hundredths)
            if part.vial
            else VialUse(lot=part.lot, given_hundredths=part.given_hundredths)
            for part in drawn
        ),
        diluent_ul=_diluent_of_used(plan, request, choices, used),
        reconstituted_at=request.reconstituted_at,
        minutes=request.minutes,
        injector=request.injector,
        jurisdiction=plan.jurisdiction,
        ended_early=checklist.ended_early,
    )
    return SessionOutcome(None, session, drawn, _bill(plan, session.product, drawn), findings, left_out)


def _require_plans(plan: SessionPlan, request: SessionRequest) -> None:
    """Sites that are planned per kg have no plan while the weight is not known: the rules say so first, then it is refused."""
    checklist = request.checklist
    if any(checklist.plan(site) is None for site in checklist.open_sites()):
        require_settled(findings_of(plan, request))
        raise ValueRefused("--as-planned", "the open sites are planned per kg and the weight is not known", "Give each its dose: --units SITE=N.")


def _bill(plan: SessionPlan, product: str, drawn: tuple[Drawn, ...]) -> tuple[BillingLine, ...]:
    """The billing lines of the protocol's product; another product has codes of its own, which are not known here."""
    codes = billing_of(plan.protocol, plan.jurisdiction) if product == plan.protocol.product.name else None
    return billing_lines(codes, drawn) if codes else ()


def standing_outcome(plan: SessionPlan, visit: WholeVisit) -> SessionOutcome:
    """A session as it was recorded, for a retry."""
    drawn = drawn_from(visit)
    session = session_from(visit)
    return SessionOutcome(visit.head.visit, session, drawn, _bill(plan, session.product, drawn), findings_from(visit), standing=True)


def _diluent_of_used(plan: SessionPlan, request: SessionRequest, choices: Sequence[VialChoice], used: set[int]) -> int | None:
    """The diluent of the vials that gave something: all were made up to the same strength."""
    named = request.diluent_ul or planned_diluent_ul(plan.protocol, choices)
    sizes = {choice.vial.vial_id: choice.vial.hundredths for choice in choices if choice.vial}
    if named is None or not used or len(used) == len(choices):
        return named
    return round(named * sum(sizes[vial] for vial in used) / sum(sizes.values()))


def recorded(finding: Finding, overridden: Mapping[str, str]) -> FindingRecorded:
    """A finding as a record; an override brings its reason."""
    return FindingRecorded(
        id=finding.id,
        level=finding.level,
        because=finding.because,
        source=finding.source,
        met=finding.met,
        resolution=finding.resolution,
        reason=overridden.get(finding.id) if finding.resolution == "overridden" else None,
    )


def record(
    recorder: Recorder,
    edition: Edition,
    request: SessionRequest,
    *,
    actor: str,
    today: date,
    now: datetime,
    key: str | None,
    dry_run: bool = False,
) -> SessionOutcome:
    """Checks again inside the transaction and writes one change. Raises StoppedByRule when a finding is not settled.

    A retry under the same key writes nothing and gives the standing visit. A rehearsal (``dry_run``) checks all and writes nothing.
    """
    with recorder.change(command="session", actor=actor, at=now, key=key) as change:
        plan = prepare(change.reader, edition, request.patient, request.lots)
        check_values(plan, request, today=today, now=now)
        if key and (entry := change.standing(key, request.content())) is not None:
            return standing_outcome(plan, standing_visit(change.reader, entry))
        outcome = build(plan, request)
        require_settled(outcome.findings)
        if dry_run:
            return outcome
        visit = change.record_session(outcome.session, change.pin_edition(edition))
        if key:
            change.drop_draft(key)
    return replace(outcome, visit=visit)
