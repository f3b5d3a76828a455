"""A protocol's edition goes into use: held against those that bear its label, and taken into the ledger where there is one.

Conventions. The file in the practitioner's folder is what the next visit follows; the ledger's copy is what ``due`` reckons by. Both change in
one step: the file is written inside the ledger's transaction, so that a ledger which cannot be written leaves the file as it was. Where
the machine stops between the two, the file is the newer one and the next visit takes it in. It is never taken back by ``undo``: the file
would stay. The edition before goes back into use the same way, by its sha256.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from botoxcli.clinic.findings import Finding
from botoxcli.clinic.protocol_diff import differences
from botoxcli.workflow.session import Edition

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader
    from botoxcli.store.recorder import Recorder

LABEL = "edition-label"
_MOST = 6
Put = TypeVar("Put")


def label_findings(new: Edition, others: Iterable[Edition]) -> tuple[Finding, ...]:
    """Whether another text bears the same label, and what is otherwise: two editions of one name cannot be told apart on a visit.

    A warning; a note where nothing but the layout and the comments differ. The first of ``others`` that bears the label is compared.
    """
    name = (new.protocol.id, new.protocol.edition)
    other = next((one for one in others if (one.protocol.id, one.protocol.edition) == name and one.sha256 != new.sha256), None)
    if other is None:
        return ()
    found = [one.words() for one in differences(other.protocol, new.protocol)]
    head = f"another text is {name[0]} edition {name[1]} already (sha256 {other.sha256[:12]})"
    if not found:
        return (Finding(LABEL, "note", f"{head}; nothing is otherwise but the layout and the comments", "practice"),)
    more = f"; and {len(found) - _MOST} more" if len(found) > _MOST else ""
    words = "; ".join(found[:_MOST])
    return (Finding(LABEL, "warn", f"{head}. Otherwise: {words}{more}. Better give this text an `edition` of its own", "practice"),)


def is_in_use(reader: Reader, edition: Edition) -> bool:
    """Whether the ledger has this edition as the one in use."""
    edition_id = reader.editions_in_use().get(edition.protocol.id)
    return any(one.edition_id == edition_id and one.sha256 == edition.sha256 for one in reader.editions())


def take_up(recorder: Recorder, edition: Edition, put: Callable[[], Put], *, actor: str, now: datetime) -> Put:
    """Takes the edition into the ledger as the one in use and does ``put``, the file, in the same step. Already so: no entry."""
    with recorder.change(command="protocol add", actor=actor, at=now) as change:
        change.pin_edition(edition)
        return put()
