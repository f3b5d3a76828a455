"""A correction as it was recorded: what changed, how the visit reads now, what no longer holds elsewhere, and the next dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from botoxcli.cli.consult_print import decision_lines
from botoxcli.cli.follow_up_print import event_words, to_do_lines
from botoxcli.cli.protocols import pinned_edition
from botoxcli.cli.rows import write_item
from botoxcli.cli.session_print import session_figures, session_lines, window_item, window_words
from botoxcli.cli.state import State
from botoxcli.clinic.schedule import Window
from botoxcli.clinic.told_outcomes import outcome_words
from botoxcli.terminal.lines import note, print_text
from botoxcli.workflow.consult import ConsultOutcome
from botoxcli.workflow.correction import Corrected, Correction
from botoxcli.workflow.due import dates_after_session
from botoxcli.workflow.follow_up import FollowUpOutcome
from botoxcli.workflow.recheck import NoLongerHolds
from botoxcli.workflow.session import Edition, SessionOutcome


def print_correction(state: State, told: Corrected, how: Correction, *, form: str) -> None:
    """The result on stdout; what an event of the corrected follow-up asks for at once on stderr too."""
    with state.reader() as reader:
        edition = pinned_edition(reader, told.edition_id)
        coming = () if how.dry_run else dates_after_session(reader, told.patient, edition.protocol.id, how.today)
    if isinstance(told.outcome, FollowUpOutcome) and told.outcome.to_do:
        for line in to_do_lines(told.outcome.to_do):
            note(line)
    if form == "json":
        write_item("correction", _item(edition, told, coming, dry_run=how.dry_run))
    else:
        print_text(_lines(edition, told, coming, dry_run=how.dry_run))


def _lines(edition: Edition, told: Corrected, coming: Sequence[Window], *, dry_run: bool) -> Iterator[str]:
    yield f"{_head(told, dry_run=dry_run)} of {told.patient} on {told.date}, {edition.protocol.id} edition {edition.protocol.edition}"
    if told.changes:
        yield from ("", "Changed", *(f"- {change}" for change in told.changes))
    now = list(_as_it_reads(told))
    if now:
        yield from ("", "As it reads now", *now)
    if told.freed:
        yield ""
        yield from (f"Vial {lot} is given back to the stock; if it was opened: botox vial discard" for lot in told.freed)
    yield from no_longer_lines(told.no_longer)
    if coming:
        yield from ("", "Next", *(f"- {window_words(window)}" for window in coming))
    if dry_run:
        yield from ("", "Nothing was recorded.")


def _head(told: Corrected, *, dry_run: bool) -> str:
    done, would = ("Voided:", "Would void") if told.outcome is None else ("Amended:", "Would amend")
    word = would if dry_run else "Stands already:" if told.standing else done
    gone = ", voided" if told.standing and told.outcome is None else ""
    return f"{word} visit {told.visit}{gone}, {told.kind}"


def _as_it_reads(told: Corrected) -> Iterator[str]:
    outcome = told.outcome
    if isinstance(outcome, SessionOutcome):
        yield from session_lines(outcome)
    elif isinstance(outcome, ConsultOutcome):
        yield from decision_lines(outcome)
    elif isinstance(outcome, FollowUpOutcome):
        yield from map(outcome_words, outcome.outcomes)
        yield f"Adverse events: {'; '.join(map(event_words, outcome.events)) or 'none'}"
        if outcome.note:
            yield f"Note: {outcome.note}"


def no_longer_lines(found: Sequence[NoLongerHolds]) -> Iterator[str]:
    """What does not hold any more at the patient's other sessions, with what can be done about it."""
    if not found:
        return
    yield from ("", "No longer holds (these visits stay as they were recorded)")
    for one in found:
        yield f"- visit {one.visit} of {one.date}: {one.finding.level} {one.finding.id}: {one.finding.because}"


def _item(edition: Edition, told: Corrected, coming: Sequence[Window], *, dry_run: bool) -> dict[str, Any]:
    return {
        "visit": told.visit,
        "patient": told.patient,
        "kind": told.kind,
        "date": told.date,
        "protocol": edition.protocol.id,
        "edition": edition.protocol.edition,
        "voided": told.outcome is None,
        "changes": list(told.changes),
        "freed_lots": list(told.freed),
        "no_longer_holds": [one.as_dict() for one in told.no_longer],
        **_figures(told),
        "next": [window_item(window) for window in coming],
        "standing": told.standing,
        "dry_run": dry_run,
    }


def _figures(told: Corrected) -> dict[str, Any]:
    outcome = told.outcome
    if isinstance(outcome, SessionOutcome):
        return session_figures(outcome)
    if isinstance(outcome, ConsultOutcome):
        return {"decision": outcome.decision, "decided": outcome.decided, "findings": [one.as_dict() for one in outcome.findings]}
    if isinstance(outcome, FollowUpOutcome):
        events = [one.model_dump(mode="json") for one in outcome.events]
        return {"answers": dict(outcome.answers), "events": events, "findings": [one.as_dict() for one in outcome.findings]}
    return {}
