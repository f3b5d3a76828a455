"""An unfinished session: finding it, and offering it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from botoxcli.cli.protocols import DEFAULT_PROTOCOL, named
from botoxcli.clinic.instants import moment_text
from botoxcli.clinic.quantity import units_text
from botoxcli.clinic.session_draft import SessionDraft, from_json
from botoxcli.errors import Interrupted, NotFound, UsageError
from botoxcli.store.place import Place
from botoxcli.terminal.lines import note

if TYPE_CHECKING:
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


def offer_draft(ledger: Place, plan: SessionPlan, *, resume: bool, asking: bool, rehearsal: bool) -> Found | None:
    """The patient's unfinished session when it is to be gone on with.

    With ``resume`` there must be one: raises NotFound naming the last session on record. Without it a person is asked; a script is told
    that there is one and goes on without it; a rehearsal touches none.
    """
    from botoxcli.store.drafts import Drafts

    with Drafts(ledger) as drafts:
        draft = drafts.load("session", plan.patient.code)
        if draft is None:
            if resume:
                raise NotFound("unfinished session", _last_on_record(plan))
            return None
        if not resume and (rehearsal or not asking):
            note(
                f"An unfinished session of {plan.patient.code} stands beside this one; "
                f"`botox session {plan.patient.code}{named(_protocol_of(draft))} --resume` goes on with it."
            )
            return None
        said, lost = from_json(draft.content, plan.protocol)
        if not resume and not _go_on(draft, said, plan):
            drafts.drop(draft.key)
            note("The unfinished session was dropped; this is a new one.")
            return None
    if _protocol_of(draft) != plan.protocol.id:
        raise UsageError(f"The unfinished session follows the protocol {_protocol_of(draft)}.", f"Add --protocol {_protocol_of(draft)}.")
    note(f"Going on with the session of {said.on.isoformat()}, last saved {_saved_at(draft, plan)}: {_done(said)}.")
    if lost:
        note(f"The protocol has changed since; these sites are open again: {', '.join(lost)}.")
    return Found(said, draft.key)


def _protocol_of(draft: Draft) -> str:
    return str(draft.content.get("protocol", DEFAULT_PROTOCOL))


def _go_on(draft: Draft, said: SessionDraft, plan: SessionPlan) -> bool:
    """Whether to go on; False once the person has dropped it for good. Raises Interrupted when it is left as it is."""
    from botoxcli.terminal.ask import choose, confirm

    note(f"There is an unfinished session of {plan.patient.code}, last saved {_saved_at(draft, plan)}: {_done(said)}.")
    word = choose("Go on with it, leave it for now, or drop it for good", ("go on", "leave", "drop"))
    if word == "drop" and confirm(f"Drop it for good, with {units_text(said.checklist.hundredths)} U ticked as given?"):
        return False
    if word != "go on":
        raise Interrupted(how_to_resume(plan.patient.code, plan.protocol.id))
    return True


def _saved_at(draft: Draft, plan: SessionPlan) -> str:
    return moment_text(draft.saved_at.astimezone(ZoneInfo(plan.zone)))


def _done(said: SessionDraft) -> str:
    total = len(said.checklist.protocol.sites)
    ticked = sum(tick.state != "extra" for tick in said.checklist.ticks.values())
    return f"{len(said.answers)} answers, {ticked} of {total} sites, {units_text(said.checklist.hundredths)} U"


def _last_on_record(plan: SessionPlan) -> str:
    if not plan.history.sessions:
        return "No session of this patient is on record either."
    last = plan.history.sessions[-1]
    return f"The last session on record is visit {last.visit} of {last.date.isoformat()}, {units_text(last.hundredths)} U."
