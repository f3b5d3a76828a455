"""A patient at the chair, as the rules see them: factories with defaults that raise nothing, so that a test says only what it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from botoxcli.clinic import session_rules
from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.due_candidate import FollowUpRule, PastEvent
from botoxcli.clinic.findings import Finding
from botoxcli.clinic.history import PastConsult, PastSession, PastToxin, PatientHistory
from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.session_rules import SessionFacts, VialChoice
from botoxcli.clinic.stock_vial import StockVial, lot_key
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.paths import shipped_protocols

DAY = date(2026, 3, 9)
CONSULT_DAY = date(2026, 1, 5)
CLEAN = {
    "consent": "yes", "infection-at-site": "no", "alcohol": "no", "nsaids": "no", "blood-thinners": "no", "pregnant-or-breastfeeding": "no",
    "new-illness-or-medicine": "no", "other-toxin-since": "no", "trouble-since-last": "no", "weakness-or-ptosis-now": "no",
}  # fmt: skip


@dataclass(frozen=True)
class Chair:
    """What stands before a session. Doses are given in units, days as ISO text or dates."""

    protocol: Protocol

    def consult(
        self, on: date | str = CONSULT_DAY, decision: Any = "eligible", decided: Any = None, visit: int = 1, protocol: str = ""
    ) -> PastConsult:
        return PastConsult(visit, _day(on), protocol or self.protocol.id, decision, decided)

    def session(self, on: date | str, units: float = 155, visit: int = 2, protocol: str = "", product: str = "") -> PastSession:
        return PastSession(visit, _day(on), protocol or self.protocol.id, product or self.protocol.product.name, round(units * 100))

    def event(self, event: str, on: date | str, *, escalate: str | None = None, resolved: bool = False, visit: int = 3) -> PastEvent:
        return PastEvent(visit, _day(on), event, "mild", escalate, resolved)

    def vial(self, units: float = 200, *, lot: str = "C1234", expires: date | str = "2027-12-31", vial_id: int = 1, **given: Any) -> StockVial:
        values = {"product": self.protocol.product.name, "state": "unused", "recalled": False, **given}
        return StockVial(vial_id=vial_id, lot=lot, lot_key=lot_key(lot), hundredths=round(units * 100), expires=_day(expires), **values)

    def as_planned(self) -> Checklist:
        return Checklist(self.protocol).give_rest()

    def facts(
        self,
        on: date | str = DAY,
        *,
        sessions: Iterable[PastSession] = (),
        consults: Iterable[PastConsult] | None = None,
        events: Iterable[PastEvent] = (),
        follow_ups: Iterable[tuple[int, date]] = (),
        toxins: Iterable[PastToxin] = (),
        answers: Mapping[str, str | None] | None = None,
        checklist: Checklist | None = None,
        vials: Sequence[VialChoice] | None = None,
        **given: Any,
    ) -> SessionFacts:
        """The facts of a session at which, by default, nothing is found. ``answers`` are laid over the clean ones; None leaves one out."""
        said = {**CLEAN, **(answers or {})}
        history = PatientHistory(
            patient=KnownPatient(1, "P0001", "Ann Example", date(1980, 2, 29)),
            consults=tuple(sorted([self.consult()] if consults is None else consults, key=lambda one: (one.date, one.visit))),
            sessions=tuple(sorted(sessions, key=lambda one: (one.date, one.visit))),
            follow_ups=tuple(follow_ups),
            events=tuple(events),
            toxins=tuple(toxins),
        )
        return SessionFacts(
            **{
                "protocol": self.protocol, "jurisdiction": "us", "on": _day(on), "history": history,
                "answers": {question: answer for question, answer in said.items() if answer is not None},
                "checklist": self.as_planned() if checklist is None else checklist,
                "vials": (VialChoice("C1234", self.vial()),) if vials is None else vials, "diluent_ul": 4_000, **given,
            }
        )  # fmt: skip

    def found(self, on: date | str = DAY, **given: Any) -> dict[str, Finding]:
        """What the rules find, by id; an id is found once at most."""
        findings = session_rules.findings(self.facts(on, **given))
        assert len({finding.id for finding in findings}) == len(findings)
        return {finding.id: finding for finding in findings}

    def level(self, name: str, on: date | str = DAY, **given: Any) -> str | None:
        """The level at which a finding is raised; None when it is not."""
        finding = self.found(on, **given).get(name)
        return finding.level if finding else None


def _day(day: date | str) -> date:
    return day if isinstance(day, date) else date.fromisoformat(day)


@pytest.fixture(scope="session")
def protocol() -> Protocol:
    """The default protocol."""
    return load_protocol(shipped_protocols() / "chronic-migraine.yaml").protocol


@pytest.fixture(scope="session")
def chair(protocol: Protocol) -> Chair:
    """The factories of a session's facts."""
    return Chair(protocol)


@pytest.fixture(scope="session")
def windows_of(protocol: Protocol) -> Callable[[int], tuple[FollowUpRule, ...]]:
    """The windows of the default protocol, as they are pinned with each edition."""
    pinned = tuple(FollowUpRule(part.kind, part.after, part.earliest, part.due, part.latest, part.closes_from) for part in protocol.follow_ups)
    return lambda _edition: pinned
