"""What every correction has: who corrects, why, under which key; what comes out of it; and the refusal of one that changes nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from botoxcli.clinic.history import VisitKind
from botoxcli.clinic.records import Visit
from botoxcli.errors import ValueRefused
from botoxcli.workflow.consult import ConsultOutcome
from botoxcli.workflow.follow_up import FollowUpOutcome
from botoxcli.workflow.recheck import NoLongerHolds
from botoxcli.workflow.session import SessionOutcome


@dataclass(frozen=True)
class Correction:
    """How a correction is to be recorded. ``key`` makes a retry safe; a rehearsal (``dry_run``) checks all and writes nothing."""

    reason: str
    actor: str
    today: date
    now: datetime
    key: str | None = None
    dry_run: bool = False


@dataclass(frozen=True)
class Corrected:
    """A visit as it stands, or would stand, after a correction.

    ``changes`` are in words, from the old version to the new; ``freed`` the lots of vials that were given back; ``no_longer`` what does
    not hold any more at the patient's other sessions. ``outcome`` is None when the visit was voided.
    """

    visit: int
    kind: VisitKind
    patient: str
    date: date
    edition_id: int
    outcome: SessionOutcome | ConsultOutcome | FollowUpOutcome | None = None
    changes: tuple[str, ...] = ()
    freed: tuple[str, ...] = ()
    no_longer: tuple[NoLongerHolds, ...] = ()
    standing: bool = False


@dataclass(frozen=True)
class Settled:
    """What was accepted and overridden, by finding."""

    accepted: frozenset[str] = frozenset()
    overridden: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> dict[str, object]:
        """As plain values."""
        return {"accepted": sorted(self.accepted), "overridden": dict(self.overridden)}


def refuse_no_change(old: Visit, new: Visit) -> None:
    """Raises ValueRefused when a correction says what stands already. Findings are what the rules say, no change of the person's."""
    if old.model_copy(update={"findings": ()}) == new.model_copy(update={"findings": ()}):
        raise ValueRefused("visit amend", "this is what stands already", "Nothing was recorded; `botox visit show` has the visit.")
