"""A chart to read, and as JSON. Sections with nothing in them are left out; what is open stands first in its section, marked OPEN."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from botoxcli.cli.course_print import WEAR_OFF, wear_off_drawn, windows_drawn
from botoxcli.cli.rows import write_item
from botoxcli.clinic.diary import figure, rounded
from botoxcli.clinic.history import PastToxin
from botoxcli.clinic.interruptions import appointment_words
from botoxcli.clinic.past_status import PastStatus
from botoxcli.clinic.past_visit import PastInjection, ToldEvent, WholeVisit
from botoxcli.clinic.quantity import number, units_text
from botoxcli.clinic.response_rules import RuleVerdict, change_words
from botoxcli.clinic.schedule import DueItem
from botoxcli.clinic.told_outcomes import DIARY_DAYS, number_of, outcome_words
from botoxcli.terminal.lines import Section, print_sheet
from botoxcli.workflow.chart import Chart, Course

SHORT_HASH = 12


def print_chart(chart: Chart, *, named: bool) -> None:
    """The sheet on stdout."""
    patient = chart.patient
    who = f"{patient.code} {patient.name or 'forgotten'}, born {patient.born or 'unknown'}" if named else patient.code
    print_sheet(f"{who}: chart on {chart.day}", [part for part in _sections(chart) if part.points])


def _sections(chart: Chart) -> Iterator[Section]:
    yield Section("Pauses and archive", tuple(map(_status_words, chart.statuses)))
    for course in chart.courses:
        protocol = f"{course.protocol.id}, edition {course.edition} (sha256 {course.edition_sha256[:SHORT_HASH]})"
        yield Section("Protocol", (protocol,), "")
        yield Section("Consults", tuple(map(_consult_words, course.consults)))
        yield Section("Sessions", tuple(line for visit in course.sessions for line in _session_lines(visit)), "", hanging=6)
        yield Section("Outcomes", tuple(_outcome_words(course, visit) for visit in course.follow_ups))
        yield Section("Adverse events", tuple(_event_lines(course)))
        yield Section("Response", tuple(_response_lines(course)))
        if course.response:
            yield Section("Headache days in 28", tuple(windows_drawn(course.response, indent=2)), "  ", drawn=True)
            yield Section(WEAR_OFF, tuple(wear_off_drawn(course.response, indent=2)), "  ", drawn=True)
    yield Section("Toxin given elsewhere", tuple(_toxin_words(chart.history.toxins)))
    yield Section("Appointments", tuple(f"{protocol}: {appointment_words(one)}{_why(reason)}" for protocol, one, reason in chart.appointments))
    yield Section("Due", tuple(map(_due_words, chart.due)) or ("Nothing is due.",))


def _toxin_words(toxins: Sequence[PastToxin]) -> Iterator[str]:
    if toxins:
        from botoxcli.clinic.cumulative import Dose

        yield from (str(Dose(one.date, one.product, one.hundredths)) for one in toxins)


def _why(reason: str | None) -> str:
    return f" ({reason})" if reason else ""


def _due_words(item: DueItem) -> str:
    window = item.window
    late = f", {item.days_late} {'day' if item.days_late == 1 else 'days'} late" if item.days_late else ""
    latest = f", at the latest {window.latest}" if window.latest else ""
    said = f" ({'; '.join(window.said)})" if window.said else ""
    return f"{window.kind} {item.status}{late}: from {window.earliest}, due by {window.due}{latest}{said}"


def _status_words(status: PastStatus) -> str:
    if status.kind == "paused":
        return f"paused until {status.day}{_why(status.reason)}"
    if status.kind == "taken-back":
        return f"taken back{_why(status.reason)}"
    return f"archived on {status.day}: {status.why}{f' by {status.rules}' if status.rules else ''}{_why(status.reason)}"


def _consult_words(visit: WholeVisit) -> str:
    own = f", decided to {visit.head.decided}{_why(visit.reason)}" if visit.head.decided else ""
    return f"{visit.head.date} (visit {visit.head.visit}): {visit.head.decision}{own}"


def _session_lines(visit: WholeVisit) -> Iterator[str]:
    head = visit.head
    given = sum(1 for one in visit.injections if one.hundredths)
    state = "" if head.state == "recorded" else f", {head.state}"
    sites = "" if head.state == "imported" else f", {given} sites"  # which site had how much was not told
    yield f"- {head.date} (visit {head.visit}): {units_text(head.hundredths or 0)} U{sites}, lot {head.lots or 'unknown'}{state}"
    yield from (f"    {_deviation(one)}" for one in visit.injections if one.state not in ("given", "imported"))


def _deviation(one: PastInjection) -> str:
    words = {"skipped": "skipped", "extra": f"extra {units_text(one.hundredths)} U"}
    return f"{one.site}: {words.get(one.state, f'{units_text(one.hundredths)} U, planned {units_text(one.planned_hundredths)} U')}{_why(one.reason)}"


def _outcome_words(course: Course, visit: WholeVisit) -> str:
    diary_days = number_of(dict(visit.answers), DIARY_DAYS)
    over = f" over {diary_days} diary days" if diary_days is not None else ""
    figures = "; ".join(outcome_words(one) for one in course.outcomes(visit)) or "no figures"
    asked = "; asked for adverse events: none" if dict(visit.answers).get("event") == "none" else ""
    return f"{visit.head.date} (visit {visit.head.visit}){over}: {figures}{asked}"


def _event_lines(course: Course) -> Iterator[str]:
    events = sorted(course.events, key=lambda told: is_over(told[1]))
    for visit, event in events:
        yield f"{_event_words(event)} (visit {visit.head.visit}, {visit.head.date})"


def is_over(event: ToldEvent) -> bool:
    """Whether its end was told, then or later."""
    return (event.resolved_on or event.resolved_later) is not None


def _event_words(event: ToldEvent) -> str:
    end = event.resolved_on or event.resolved_later
    facts = (event.severity, f"onset {event.onset}" if event.onset else None, f"related: {event.related}" if event.related else None, event.escalate)
    said = ", ".join([event.event, *(fact for fact in facts if fact), *([f"resolved {end}"] if end else [])])
    return said if end else f"OPEN {said}"


def _response_lines(course: Course) -> Iterator[str]:
    if course.response:
        before = course.response.course.baseline
        yield f"Baseline: {figure(before.days)} headache days in 28 ({before.told})" if before.days is not None else f"Baseline: none ({before.told})"
        yield from map(_verdict_words, course.response.verdicts)


def _verdict_words(said: RuleVerdict) -> str:
    change = f", {change_words(said.change_percent)}" if said.change_percent is not None else ""
    return f"{said.rule.id}: {said.in_words}{change}; {said.because}"


def write_chart(chart: Chart, *, named: bool) -> None:
    """Everything as JSON, under stable names."""
    from botoxcli.cli.due import due_rows
    from botoxcli.workflow.listing import toxin_row

    patient = chart.patient
    who: dict[str, Any] = {"patient": patient.code, "archived": patient.archived, "paused_until": patient.paused_until, "on": chart.day}
    if named:
        who |= {"name": patient.name, "born": patient.born}
    _, due = due_rows(chart.due, explained=True)
    write_item(
        "chart",
        {
            **who,
            "courses": [_course_item(course) for course in chart.courses],
            "toxins": [toxin_row(one) for one in chart.history.toxins],
            "appointments": [
                {"protocol": protocol, "kind": one.kind, "on": one.on, "moved_to": one.moved_to, "reason": reason}
                for protocol, one, reason in chart.appointments
            ],
            "statuses": [
                {"kind": one.kind, "day": one.day, "why": one.why, "rules": one.rules, "reason": one.reason, "recorded_at": one.recorded_at}
                for one in chart.statuses
            ],
            "due": due,
        },
    )


def _course_item(course: Course) -> dict[str, Any]:
    from botoxcli.workflow.visits import visit_item

    return {
        "protocol": course.protocol.id,
        "edition": course.edition,
        "edition_sha256": course.edition_sha256,
        "consults": [visit_item(visit) for visit in course.consults],
        "sessions": [visit_item(visit) for visit in course.sessions],
        "follow_ups": [visit_item(visit) for visit in course.follow_ups],
        "events": [
            {
                "visit": visit.head.visit,
                "event": one.event,
                "severity": one.severity,
                "escalate": one.escalate,
                "onset": one.onset,
                "resolved_on": one.resolved_on or one.resolved_later,
                "open": not is_over(one),
            }
            for visit, one in course.events
        ],
        "response": [_verdict_item(said) for said in course.response.verdicts] if course.response else [],
    }


def _verdict_item(said: RuleVerdict) -> dict[str, Any]:
    figures = {"baseline": said.baseline, "latest": said.latest, "change_percent": said.change_percent}
    return {
        "rules": said.rule.id,
        "verdict": said.verdict,
        **{name: None if value is None else number(rounded(value)) for name, value in figures.items()},
        "because": said.because,
    }
