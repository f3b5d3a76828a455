"""A response as it leaves: the verdicts with every figure that they used, as JSON or to read. A percentage stands beside each verdict."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from botoxcli.cli.course_print import WEAR_OFF, wear_off_drawn, windows_drawn
from botoxcli.cli.rows import Form, write_rows
from botoxcli.clinic.diary import figure, rounded
from botoxcli.clinic.quantity import number
from botoxcli.clinic.response import OVERLAPS, Course, Cycle, ShownWindow
from botoxcli.clinic.response_rules import RuleVerdict, change_words, percent_change
from botoxcli.terminal.console import is_plain
from botoxcli.terminal.lines import print_lines, print_text
from botoxcli.terminal.table import Column, Table, print_table
from botoxcli.workflow.response import Response

_OVERLAPPING = "Months in a row are counted from the latest backwards, without one that overlaps a later one; a cycle's mean has them all."
COLUMNS = (
    "rules", "verdict", "baseline", "latest", "change_percent", "because", "in_words", "missing", "change_days", "latest_cycle", "look_again",
    "parts", "title", "source", "note", "patient", "protocol", "edition", "baseline_source", "baseline_told", "baseline_hours", "course_from",
    "cycles", "windows",
)  # fmt: skip


def write_response(found: Response) -> None:
    """An item a rule set, as JSON."""
    write_rows("response", COLUMNS, (_item(found, said) for said in found.verdicts), form=Form.JSON)


def _item(found: Response, said: RuleVerdict) -> dict[str, Any]:
    course, again = found.course, said.look_again
    return {
        "rules": said.rule.id,
        "verdict": said.verdict,
        "baseline": _number(said.baseline),
        "latest": _number(said.latest),
        "change_percent": _number(said.change_percent),
        "because": said.because,
        "in_words": said.in_words,
        "missing": list(said.missing),
        "change_days": _number(said.change_days),
        "latest_cycle": said.latest_cycle,
        "look_again": {"earliest": str(again.earliest), "latest": str(again.latest)} if again else None,
        "parts": [{"because": part.because, "holds": part.holds, "says": part.says} for part in said.parts],
        "title": said.rule.title,
        "source": said.rule.source,
        "note": said.rule.note,
        "patient": found.patient,
        "protocol": found.protocol.id,
        "edition": found.protocol.edition,
        "baseline_source": course.baseline.source,
        "baseline_told": course.baseline.told,
        "baseline_hours": _number(course.baseline.hours),
        "course_from": course.sessions[0].isoformat() if course.sessions else None,
        "cycles": [_cycle(cycle, course) for cycle in course.cycles],
        "windows": [_window(shown) for shown in course.shown],
    }


def _cycle(cycle: Cycle, course: Course) -> dict[str, Any]:
    return {
        "cycle": cycle.number,
        "session": cycle.session.isoformat(),
        "complete": cycle.complete,
        "complete_on": cycle.complete_on.isoformat(),
        "headache_days": _number(cycle.days),
        "headache_hours": _number(cycle.hours),
        "change_days": _number(_change(cycle, course)),
        "change_percent": _number(percent_change(course.baseline.days, cycle.days)),
    }


def _window(shown: ShownWindow) -> dict[str, Any]:
    window = shown.window
    return {
        "cycle": shown.cycle,
        "start": window.start.isoformat(),
        "end": window.end.isoformat(),
        "source": window.source,
        "diary_days": window.diary_days,
        "headache_days": window.headache_days,
        "scaled_headache_days": _number(window.scaled_headache_days),
        "headache_hours": _number(window.scaled_hours),
        "incomplete": window.incomplete,
        "counts": shown.counts,
        "note": ", ".join(shown.notes) or None,
    }


def _number(value: Fraction | None) -> int | float | None:
    return None if value is None else number(rounded(value))


def _change(cycle: Cycle, course: Course) -> Fraction | None:
    return None if cycle.days is None or course.baseline.days is None else cycle.days - course.baseline.days


def print_response(found: Response) -> None:
    """To read: the baseline, the windows, the cycles, and the rules side by side. Without headache days to count, where to look instead."""
    course, protocol = found.course, found.protocol
    since = f", course from {course.sessions[0]}" if course.sessions else ""
    print_lines([f"{found.patient} under {protocol.id}, edition {protocol.edition}{since}", ""])
    if not protocol.response_rules and not found.counts_headache_days:
        print_text(_instead(found))
        return
    before = course.baseline
    print_lines(
        [f"Baseline: {figure(before.days)} headache days in 28 ({before.told})" if before.days is not None else f"Baseline: none ({before.told})"]
    )
    if course.cycles:
        print_lines([""])
        print_table(_window_table(course))
        print_lines(["", *(_cycle_line(cycle, course) for cycle in course.cycles)])
        _print_plot(found)
    print_lines([""])
    print_table(_rule_table(found))


def _print_plot(found: Response) -> None:
    """The course drawn, and its wear-off; nothing where the table above says that no window was told."""
    if not found.course.shown:
        return
    print_lines(["", "Headache days in 28", *windows_drawn(found)])
    if thirds := wear_off_drawn(found):
        print_lines(["", WEAR_OFF, *thirds])


def _instead(found: Response) -> list[str]:
    measured = ", ".join(measure.title[0].lower() + measure.title[1:] for measure in found.protocol.outcomes.measures)
    told = f"What it follows is {measured}: `botox chart {found.patient}` has it from each follow-up." if measured else ""
    return [f"The protocol {found.protocol.id} has no response rules and counts no headache days, so there is no verdict.", *([told] if told else [])]


def _window_table(course: Course) -> Table:
    headers = [Column("Cycle", "right"), Column("From"), Column("To"), Column("Headache", "right"), Column("In 28", "right"), Column("Told by")]
    rows = []
    for shown in course.shown:
        window = shown.window
        days = [f"{window.headache_days} of {window.diary_days}", figure(window.scaled_headache_days)]
        place = str(shown.cycle) if shown.cycle else "before"
        rows.append([place, window.start.isoformat(), window.end.isoformat(), *days, window.source, ", ".join(shown.notes)])
    headers.append(Column("Note", fold=True))
    footer = ["", _OVERLAPPING] if any(OVERLAPS in shown.notes for shown in course.shown) else []
    return Table(headers, rows, footer=footer, empty="No window of 28 days after a session has been told, by a diary or a follow-up.")


def _cycle_line(cycle: Cycle, course: Course) -> str:
    state = "" if cycle.complete else f" so far (complete on {cycle.complete_on}, or at the next session)"
    if cycle.days is None:
        return f"Cycle {cycle.number}, session {cycle.session}{state}: no complete window"
    said = f"Cycle {cycle.number}, session {cycle.session}{state}: {figure(cycle.days)} headache days in 28"
    change, percent = _change(cycle, course), percent_change(course.baseline.days, cycle.days)
    if change is None:
        return said
    days = "as many as before" if not change else f"{figure(abs(change))} {'fewer' if change < 0 else 'more: worse than before'}"
    return f"{said}, {days}" + (f" ({change_words(percent).split(',')[0]})" if percent else "")


def _rule_table(found: Response) -> Table:
    """The rules side by side. On a screen, which is narrow, the reasons stand below, so that no verdict is broken over lines."""
    screen = not is_plain()
    headers = [Column("Rules"), Column("Verdict"), Column("Baseline", "right"), Column("Latest", "right"), Column("Change", "right")]
    rows, reasons, notes = [], [], []
    for said in found.verdicts:
        percent = "unknown" if said.change_percent is None else f"{'+' if said.change_percent > 0 else ''}{figure(said.change_percent, 1)} %"
        rows.append([said.rule.id, said.in_words, figure(said.baseline), figure(said.latest), percent, said.because])
        reasons.append(f"{said.rule.id}: {said.because}.")
        notes.append(f"{said.rule.id}: {said.rule.title} [{said.rule.source}]." + (f" {said.rule.note}" if said.rule.note else ""))
        if said.look_again:
            notes.append(f"{said.rule.id}: look again {said.look_again.earliest} to {said.look_again.latest} after the stop.")
    footer = [*(["", *reasons] if screen else []), "", *notes, "This advises; it changes nothing that is due."]
    if screen:  # the baseline stands above
        headers, rows = [*headers[:2], *headers[3:]], [[*row[:2], *row[3:5]] for row in rows]
    else:
        headers.append(Column("Because", fold=True))
    return Table(headers, rows, footer=footer, empty=f"The protocol {found.protocol.id} has no response rules.")
