"""A follow-up as it was recorded: first what must be done at once, then each figure with what it says, the events, and what is next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from botoxcli.cli.rows import write_item
from botoxcli.clinic.adverse_events import ToDo, wants_words, what_to_do
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.records import AdverseEventTold
from botoxcli.clinic.told_outcomes import DIARY_DAYS, HEADACHE_DAYS, Outcome, number_of, outcome_words
from botoxcli.terminal.lines import note, print_text
from botoxcli.workflow.follow_up import FollowUpOutcome
from botoxcli.workflow.session import Edition


def print_follow_up(edition: Edition, outcome: FollowUpOutcome, *, form: str, dry_run: bool) -> None:
    """The result on stdout. With JSON what must be done at once is said here; else it was said before."""
    if wants_words(outcome.events, outcome.note):
        note("other: --note TEXT says in words what it was; `botox visit amend` adds it.")
    if form == "json":
        say_at_once(edition.protocol, outcome.events)
        write_item("follow-up", _item(edition, outcome, dry_run=dry_run))
    else:
        print_text(_lines(edition, outcome, dry_run=dry_run))


def say_at_once(protocol: Protocol, events: Iterable[AdverseEventTold]) -> None:
    """What the escalating ones among the events ask for, on stderr."""
    if to_do := what_to_do(protocol, events):
        for line in to_do_lines(to_do):
            note(line)


def to_do_lines(to_do: ToDo) -> tuple[str, str]:
    """What an escalating event asks for, and what to tell the patient."""
    return (
        f"{to_do.escalate.upper()} {', '.join(to_do.events)}: {to_do.at_once}",
        f"Tell the patient: {' '.join(to_do.tell.split())} [{to_do.source}]",
    )


def _lines(edition: Edition, outcome: FollowUpOutcome, *, dry_run: bool) -> Iterator[str]:
    head = "Would record a follow-up" if dry_run else f"{'Stands already as' if outcome.standing else 'Recorded:'} visit {outcome.visit}, follow-up"
    yield f"{head} of {outcome.patient} on {outcome.on}, {edition.protocol.id} edition {edition.protocol.edition}"
    if outcome.follows:
        days = (outcome.on - outcome.follows.date).days
        yield f"Day {days} after the session of {outcome.follows.date} (visit {outcome.follows.visit})"
    diary_days = outcome.answers.get(DIARY_DAYS)
    if diary_days is not None:
        yield f"Counts of {outcome.window.start} to {outcome.window.end}, diary days {diary_days}"
    yield from (f"  {outcome_words(one)}" for one in outcome.outcomes)
    yield f"Adverse events: {'; '.join(map(event_words, outcome.events)) or 'none'}"
    if outcome.note:
        yield f"Note: {outcome.note}"
    yield from (f"Resolved: {one.event} on {one.resolved_on}" for one in outcome.resolved)
    if outcome.to_do:
        yield from to_do_lines(outcome.to_do)
        yield "Until `--resolved EVENT=DATE` it is an event-review in `botox due`, and is met again at the next session."
    if any(one.escalate == "emergency" for one in outcome.events):
        yield "A session is stopped until there is a new consult."
    for finding in outcome.findings:
        said = f" [{finding.resolution}]" if finding.resolution else ""
        yield f"{finding.level} {finding.id}: {finding.because}{said}"
    if dry_run:
        yield "Nothing was recorded."


def event_words(told: AdverseEventTold) -> str:
    """An event to read: ``neck-pain, mild, onset 2026-03-12, resolved 2026-03-15``."""
    facts = (told.severity, f"onset {told.onset}" if told.onset else None, f"related: {told.related}" if told.related else None, told.escalate)
    return ", ".join([told.event, *(fact for fact in facts if fact), f"resolved {told.resolved_on}" if told.resolved_on else "still there"])


def _item(edition: Edition, outcome: FollowUpOutcome, *, dry_run: bool) -> dict[str, Any]:
    headaches = next((one for one in outcome.outcomes if one.measure == HEADACHE_DAYS), None)
    return {
        "visit": outcome.visit,
        "patient": outcome.patient,
        "date": outcome.on,
        "protocol": edition.protocol.id,
        "edition": edition.protocol.edition,
        "start": outcome.window.start,
        "end": outcome.window.end,
        "diary_days": number_of(outcome.answers, DIARY_DAYS),
        "headache_days": headaches.value if headaches else None,
        "scaled_headache_days": _scaled(headaches),
        "incomplete": headaches.incomplete if headaches else None,
        "follows_session": outcome.follows.visit if outcome.follows else None,
        "answers": [{"question": question, "value": value} for question, value in outcome.answers.items()],
        "outcomes": [_outcome(one) for one in outcome.outcomes],
        "events": [one.model_dump(mode="json") for one in outcome.events],
        "resolved": [one.model_dump(mode="json") for one in outcome.resolved],
        "note": outcome.note,
        "escalation": outcome.to_do.escalate if outcome.to_do else None,
        "to_do": list(to_do_lines(outcome.to_do)) if outcome.to_do else [],
        "findings": [finding.as_dict() for finding in outcome.findings],
        "standing": outcome.standing,
        "dry_run": dry_run,
    }


def _outcome(one: Outcome) -> dict[str, Any]:
    return {
        "measure": one.measure,
        "value": one.value,
        "unit": one.unit,
        "scaled": _scaled(one),
        "incomplete": one.incomplete,
        "band": one.band,
        "direction": one.direction,
    }


def _scaled(one: Outcome | None) -> float | None:
    return round(float(one.scaled), 2) if one and one.scaled is not None else None
