"""A consult's decision on the screen and as JSON: each criterion met, not met or unknown, with its rule set and source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from botoxcli.cli.protocols import named
from botoxcli.cli.rows import write_item
from botoxcli.clinic.decisions import treats
from botoxcli.clinic.eligibility import ADVISED
from botoxcli.clinic.findings import Finding
from botoxcli.terminal.console import is_plain
from botoxcli.terminal.lines import Section, print_lines, print_sheet
from botoxcli.terminal.table import Column, Table, print_table
from botoxcli.workflow.consult import ConsultOutcome
from botoxcli.workflow.session import Edition

_DECISION = {
    "eligible": "ELIGIBLE: every requirement is met and nothing speaks against it",
    "not-eligible": "NOT ELIGIBLE: a requirement is not met, or an exclusion is",
    "needs-review": "NEEDS REVIEW: something is unknown, or a caution is there",
}
_WEIGHT = {"stop": "against", "warn": "review", "note": "ok"}


def print_consult(edition: Edition, outcome: ConsultOutcome, *, form: str, dry_run: bool) -> None:
    """The result on stdout."""
    if form == "json":
        _print_json(edition, outcome, dry_run=dry_run)
        return
    head = "Would record a consult" if dry_run else f"{'Stands already as' if outcome.standing else 'Recorded:'} visit {outcome.visit}, consult"
    title = f"{head} of {outcome.patient} on {outcome.on.isoformat()}, {edition.protocol.id} edition {edition.protocol.edition}"
    end = [*decision_lines(outcome), *_next(edition, outcome, dry_run=dry_run)]
    if is_plain():
        columns = [Column("Criterion"), Column("Met"), Column(""), Column("Because"), Column("Rule set; source")]
        rows = [(finding.id, met_words(finding.met), _weight(finding), _said(finding), finding.source) for finding in outcome.findings]
        print_table(Table(columns, rows, title=title, footer=["", *end]))
    else:
        print_sheet(title, _by_weight(outcome))
        print_lines(["", *end])


def _by_weight(outcome: ConsultOutcome) -> Iterator[Section]:
    """For a screen: what is in order first, what speaks against it last, where the eye is."""
    for level, words in (("note", "In order"), ("warn", "To review"), ("stop", "Against it")):
        points = [f"{one.id} {met_words(one.met)}: {_said(one)} [{one.source}]" for one in outcome.findings if one.level == level]
        if points:
            yield Section(words, tuple(points))


def _said(finding: Finding) -> str:
    return finding.because.removeprefix(f"{finding.id} ")


def decision_lines(outcome: ConsultOutcome) -> Iterator[str]:
    """The decision, what it rests on, and the practitioner's own."""
    yield f"{_DECISION[outcome.decision]}."
    for level, word in (("stop", "Against it"), ("warn", "To review")):
        named = [finding for finding in outcome.findings if finding.level == level]
        if named:
            yield f"{word}: {'; '.join(f'{finding.because} [{finding.source}]' for finding in named)}"
    if outcome.decided:
        yield f"The practitioner's own decision: {outcome.decided}."
    yield from (f"note {finding.id}: {finding.because}" for finding in outcome.warnings if finding.level == "note")


def met_words(met: bool | None) -> str:
    """``met``, ``not met``, ``unknown``."""
    return "unknown" if met is None else "met" if met else "not met"


def _weight(finding: Finding) -> str:
    """An advisory criterion that is not as would be usual is told apart from what is in order."""
    advised = finding.level == "note" and ADVISED in finding.because and not finding.met
    return "note" if advised else _WEIGHT[finding.level]


def _next(edition: Edition, outcome: ConsultOutcome, *, dry_run: bool) -> Sequence[str]:
    if dry_run:
        return ["Nothing was recorded."]
    allowed = treats(outcome.decision, outcome.decided)
    return [f"Next: botox session {outcome.patient}{named(edition.protocol.id)}" if allowed else "It advises; the decision is the practitioner's."]


def _print_json(edition: Edition, outcome: ConsultOutcome, *, dry_run: bool) -> None:
    item = {
        "visit": outcome.visit,
        "patient": outcome.patient,
        "date": outcome.on,
        "protocol": edition.protocol.id,
        "edition": edition.protocol.edition,
        "jurisdiction": outcome.jurisdiction,
        "decision": outcome.decision,
        "decided": outcome.decided,
        "findings": [finding.as_dict() for finding in outcome.findings],
        "warnings": [finding.as_dict() for finding in outcome.warnings],
        "standing": outcome.standing,
        "dry_run": dry_run,
    }
    write_item("consult", item)
