"""Is it working, as a document for a payer or a colleague: every figure, where it is from, and what each named rule says of it. Pure.

It advises, and says so. Codes stand on it, and the name only where the caller gives one: it goes to people outside the practice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from botoxcli.clinic.course_plot import course_plot, course_words
from botoxcli.clinic.diary import figure
from botoxcli.clinic.document import Block, Document, Facts, Figure, Grid, Heading, Paragraph, Points
from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.clinic.response import Course, Cycle
from botoxcli.clinic.response_rules import RuleVerdict, change_words, percent_change

if TYPE_CHECKING:
    from botoxcli.clinic.brief_edition import AnyEdition

SHORT_HASH = 12


@dataclass(frozen=True, slots=True)
class ResponseSheetFacts:
    """All that the sheet is made of. ``as_of`` is the day for which it was reckoned; ``named`` lets name and birth date stand on it.

    ``counted`` is whether the protocol counts headache days at all.
    """

    practice: str
    patient: KnownPatient
    named: bool
    as_of: date
    protocol: AnyEdition
    course: Course
    verdicts: tuple[RuleVerdict, ...]
    counted: bool
    chain_head: str


def response_sheet(facts: ResponseSheetFacts) -> Document:
    """The sheet."""
    return Document(
        title=f"Response to {facts.protocol.product.name}",
        over=facts.practice,
        blocks=(Facts(tuple(_about(facts))), *_answer(facts)),
        dated=facts.as_of,
        foot=(
            "This advises; it does not decide.",
            f"Protocol {facts.protocol.id}, edition {facts.protocol.edition}. Ledger's chain {facts.chain_head[:SHORT_HASH]}",
        ),
        running=f"{_who(facts)} · as of {facts.as_of.isoformat()}",
    )


def _about(facts: ResponseSheetFacts) -> Iterator[tuple[str, str]]:
    patient, course = facts.patient, facts.course
    yield "Patient", _who(facts)
    if facts.named and patient.born:
        yield "Born", patient.born.isoformat()
    yield "Indication", facts.protocol.indication
    yield "As of", facts.as_of.isoformat()
    if course.sessions:
        count = len(course.sessions)
        yield "Course", f"{count} {'session' if count == 1 else 'sessions'}, {course.sessions[0].isoformat()} to {course.sessions[-1].isoformat()}"
    before = course.baseline
    if facts.counted:
        yield "Baseline", f"{figure(before.days)} headache days in 28 ({before.told})" if before.days is not None else f"none ({before.told})"


def _who(facts: ResponseSheetFacts) -> str:
    name = facts.patient.name if facts.named else None
    return f"{name} ({facts.patient.code})" if name else facts.patient.code


def _answer(facts: ResponseSheetFacts) -> Iterator[Block]:
    if not facts.counted and not facts.verdicts:
        yield Paragraph("The protocol has no response rules and counts no headache days, so there is no verdict.")
        return
    yield Heading("What the rules say")
    yield from _rules(facts.verdicts)
    plot = course_plot(facts.course, [said.rule for said in facts.verdicts])
    if plot.windows:
        yield Heading("Headache days in 28 days")
        yield Figure(plot, course_words(plot))
    cycles = facts.course.cycles
    if cycles:
        yield Heading("Cycles")
        yield Points(tuple(_cycle(cycle, facts.course) for cycle in cycles))
    if facts.course.shown:
        yield Heading("Windows that were told")
        yield _windows(facts.course)


def _rules(verdicts: Sequence[RuleVerdict]) -> Iterator[Block]:
    if not verdicts:
        yield Paragraph("The protocol has no response rules.")
        return
    rows = tuple((said.rule.id, said.in_words, figure(said.baseline), figure(said.latest), _percent(said)) for said in verdicts)
    yield Grid(("Rules", "Verdict", "Baseline", "Latest", "Change"), rows, frozenset({2, 3, 4}))
    yield Points(tuple(_because(said) for said in verdicts))


def _percent(said: RuleVerdict) -> str:
    percent = said.change_percent
    return "unknown" if percent is None else f"{'+' if percent > 0 else ''}{figure(percent, 1)} %"


def _because(said: RuleVerdict) -> str:
    again = f" Look again {said.look_again.earliest} to {said.look_again.latest} after the stop." if said.look_again else ""
    note = f" {said.rule.note}" if said.rule.note else ""
    return f"{said.rule.id}: {said.because}. {said.rule.title} [{said.rule.source}].{note}{again}"


def _cycle(cycle: Cycle, course: Course) -> str:
    state = "" if cycle.complete else f" so far (complete on {cycle.complete_on}, or at the next session)"
    start = f"Cycle {cycle.number}, session {cycle.session}{state}"
    if cycle.days is None:
        return f"{start}: no complete window"
    percent = percent_change(course.baseline.days, cycle.days)
    change = f" ({change_words(percent).split(',')[0]})" if percent is not None else ""
    return f"{start}: {figure(cycle.days)} headache days in 28{change}"


def _windows(course: Course) -> Grid:
    rows = []
    for shown in course.shown:
        window = shown.window
        counted = f"{window.headache_days} of {window.diary_days}"
        place = str(shown.cycle) if shown.cycle else "before"
        told = (window.start.isoformat(), window.end.isoformat(), counted, figure(window.scaled_headache_days), window.source)
        rows.append((place, *told, ", ".join(shown.notes)))
    return Grid(("Cycle", "From", "To", "Headache", "In 28", "Told by", "Note"), tuple(rows), frozenset({0, 3, 4}))
