"""An unfinished session as plain JSON values, and back: what a crash at the chair must not lose.

The draft keeps every answer, vial, acceptance and tick. When the protocol's file has changed since, a tick whose site still exists
with the same plan is kept; the others are open again, and are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from botoxcli.clinic.checklist import Checklist, Tick
from botoxcli.clinic.planned_dose import weight_grams
from botoxcli.clinic.protocol import Protocol


@dataclass(frozen=True)
class SessionDraft:
    """What was said so far. ``diluent_ul`` None is the protocol's; ``made_up`` tells whether the reconstitution was asked."""

    on: date
    checklist: Checklist
    answers: Mapping[str, str] = field(default_factory=dict)
    lots: tuple[str, ...] = ()
    diluent_ul: int | None = None
    reconstituted_at: datetime | None = None
    made_up: bool = False
    accepted: frozenset[str] = frozenset()
    overridden: Mapping[str, str] = field(default_factory=dict)
    begun_at: datetime | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "protocol": self.checklist.protocol.id,
            "on": self.on.isoformat(),
            "answers": dict(self.answers),
            "lots": list(self.lots),
            "diluent_ul": self.diluent_ul,
            "reconstituted_at": self.reconstituted_at.isoformat() if self.reconstituted_at else None,
            "made_up": self.made_up,
            "accepted": sorted(self.accepted),
            "overridden": dict(self.overridden),
            "begun_at": self.begun_at.isoformat() if self.begun_at else None,
            "ended_early": self.checklist.ended_early,
            "passed": sorted(self.checklist.passed),
            "ticks": [
                [tick.site, tick.muscle, tick.side, tick.planned_hundredths, tick.hundredths, tick.reason] for tick in self.checklist.in_order()
            ],
        }

    def with_checklist(self, checklist: Checklist) -> SessionDraft:
        """The draft after a tick."""
        return replace(self, checklist=checklist)


def from_json(content: Mapping[str, Any], protocol: Protocol) -> tuple[SessionDraft, tuple[str, ...]]:
    """The draft, and the sites whose ticks no longer fit the protocol and so are open again."""
    answers = dict(content["answers"])
    empty = Checklist(protocol, weight=weight_grams(answers), passed=frozenset(content.get("passed", ())) & frozenset(protocol.muscles))
    ticks, lost = {}, []
    for site, muscle, side, planned, given, reason in content["ticks"]:
        tick = Tick(site, muscle, side, planned, given, reason)
        fixed = protocol.site(site)
        if (not fixed and planned == 0 and muscle in protocol.muscles) or (fixed and empty.tick(fixed, given, reason) == tick):
            ticks[site] = tick
        else:
            lost.append(site)
    draft = SessionDraft(
        on=date.fromisoformat(content["on"]),
        checklist=replace(empty, ticks=ticks, ended_early=bool(content["ended_early"]) and not lost),
        answers=answers,
        lots=tuple(content["lots"]),
        diluent_ul=content["diluent_ul"],
        reconstituted_at=datetime.fromisoformat(content["reconstituted_at"]) if content["reconstituted_at"] else None,
        made_up=bool(content["made_up"]),
        accepted=frozenset(content["accepted"]),
        overridden=dict(content["overridden"]),
        begun_at=datetime.fromisoformat(content["begun_at"]) if content["begun_at"] else None,
    )
    return draft, tuple(lost)
