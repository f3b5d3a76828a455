"""An unfinished session: finding it, offering it, and the last yes before a session is recorded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from botoxcli.cli.protocols import DEFAULT_PROTOCOL, named
from botoxcli.clinic.quantity import units_text
from botoxcli.clinic.session_draft import SessionDraft, from_json
from botoxcli.errors import Interrupted, NotFound, UsageError
from botoxcli.terminal.lines import note

if TYPE_CHECKING:
    from botoxcli.cli.session_chair import Chair
    from botoxcli.store.drafts import Draft
    from botoxcli.workflow.session import SessionPlan


@dataclass(frozen=True)
class Found:
    """An unfinished session and its key."""

    draft: SessionDraft
    key: str


def how_to_resume(code: str, protocol: str) -> str:
    """What an interrupted conversation says."""
    return f"Every answer and tick so far is saved. Go on with: botox session {code}{named(protocol)} --resume"


def offer_draft(ledger: Path, plan: SessionPlan, *, resume: bool, asking: bool) -> Found | None:
    """The patient's unfinished session when it is to be gone on with.

    With ``resume`` there must be one: raises NotFound naming the last session on record. Without it a person is asked; a script is told
    that there is one and goes on without it.
    """
    from botoxcli.store.drafts import Drafts

    with Drafts(ledger) as drafts:
        draft = drafts.load("session", plan.patient.code)
        if draft is None:
            if resume:
                raise NotFound("unfinished session", _last_on_record(plan))
            return None
        if not resume and not asking:
            note(
                f"An unfinished session of {plan.patient.code} stands beside this one; "
                f"`botox session {plan.patient.code}{named(_protocol_of(draft))} --resume` goes on with it."
            )
            return None
        if not resume and not _go_on(draft):
            drafts.drop(draft.key)
            note("The unfinished session was dropped; this is a new one.")
            return None
    if _protocol_of(draft) != plan.protocol.id:
        raise UsageError(f"The unfinished session follows the protocol {_protocol_of(draft)}.", f"Add --protocol {_protocol_of(draft)}.")
    said, lost = from_json(draft.content, plan.protocol)
    note(_where_it_stood(said, draft))
    if lost:
        note(f"The protocol has changed since; these sites are open again: {', '.join(lost)}.")
    return Found(said, draft.key)


def _protocol_of(draft: Draft) -> str:
    return str(draft.content.get("protocol", DEFAULT_PROTOCOL))


def _go_on(draft: Draft) -> bool:
    from botoxcli.terminal.ask import confirm

    return confirm(f"There is an unfinished session, last saved {draft.saved_at:%Y-%m-%d %H:%M} UTC. Go on with it? n drops it.")


def _where_it_stood(said: SessionDraft, draft: Draft) -> str:
    total = len(said.checklist.protocol.sites)
    done = sum(tick.state != "extra" for tick in said.checklist.ticks.values())
    return (
        f"Going on with the session of {said.on.isoformat()}, last saved {draft.saved_at:%Y-%m-%d %H:%M} UTC: "
        f"{len(said.answers)} answers, {done} of {total} sites, {units_text(said.checklist.hundredths)} U."
    )


def _last_on_record(plan: SessionPlan) -> str:
    if not plan.history.sessions:
        return "No session of this patient is on record either."
    last = plan.history.sessions[-1]
    return f"The last session on record is visit {last.visit} of {last.date.isoformat()}, {units_text(last.hundredths)} U."


def ask_to_record(chair: Chair) -> None:
    """The last yes. Raises Interrupted when it is a no; the draft stays."""
    from botoxcli.terminal.ask import confirm
    from botoxcli.terminal.keys import interrupted_says

    total = units_text(chair.draft.checklist.hundredths)
    with interrupted_says(chair.saved):
        yes = confirm(f"Record this session of {chair.plan.patient.code} on {chair.draft.on.isoformat()}, {total} U?")
    if not yes:
        raise Interrupted(f"Nothing was recorded yet. {chair.saved}")
