"""One visit as a sheet to read: what was asked, found, given, drawn and wasted, and under which edition."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from botoxcli.clinic.past_visit import PastFinding, PastInjection, WholeVisit
from botoxcli.clinic.quantity import ml_text, units_text
from botoxcli.terminal.lines import Section
from botoxcli.workflow.visits import by_muscle, volume_ul

SHORT_HASH = 12


def visit_sections(visit: WholeVisit, zone: str) -> tuple[Section, ...]:
    """The sheet's parts; those with nothing in them are left out."""
    parts = (
        Section("", tuple(_about(visit, zone)), ""),
        Section("Answers", tuple(f"{question}: {value}" for question, value in visit.answers)),
        Section("Findings", tuple(map(_finding, visit.findings))),
        Section("Injections", tuple(_injections(visit))),
        Section("Vials", tuple(_vials(visit, zone))),
        Section("Events", tuple(_events(visit))),
        Section("Note", (visit.note,) if visit.note else ()),
    )
    return tuple(part for part in parts if part.points)


def _about(visit: WholeVisit, zone: str) -> Iterable[str]:
    head = visit.head
    if head.decision:
        yield f"Decision: {head.decision}"
    if head.decided:
        yield f"Practitioner's decision: {head.decided}{f' ({visit.reason})' if visit.reason else ''}"
    yield f"Protocol: {head.protocol}, edition {head.edition} (sha256 {head.edition_sha256[:SHORT_HASH]})"
    if visit.jurisdiction:
        yield f"Jurisdiction: {visit.jurisdiction}"
    yield f"Recorded: {_at(head.recorded_at, zone)} by {head.recorded_by}; state {head.state}"
    if visit.injector:
        yield f"Injector: {visit.injector}"
    if visit.minutes is not None:
        yield f"Minutes: {visit.minutes}"


def _at(instant: datetime, zone: str) -> str:
    """``2026-03-09 11:00 (Europe/Berlin)``: the practice's clock."""
    return f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"


def _finding(finding: PastFinding) -> str:
    met = {True: " (met)", False: " (not met)", None: ""}[finding.met]
    said = f"; {finding.resolution}" if finding.resolution else ""
    said += f": {finding.reason}" if finding.reason else ""
    return f"{finding.level} {finding.id}{met}: {finding.because}{said}{f' [{finding.source}]' if finding.source else ''}"


def _injections(visit: WholeVisit) -> Iterable[str]:
    """Muscle by muscle; site by site what is not as planned, and everything where the doses were chosen one by one."""
    if visit.head.state == "imported":
        yield f"{_dose(visit, sum(one.hundredths for one in visit.injections))} of {visit.product}; which site had how much was not told"
        return
    uneven = len({one.hundredths for one in visit.injections if one.state == "given"}) > 1
    for muscle, injections in by_muscle(visit.injections).items():
        total = sum(one.hundredths for one in injections)
        given = sum(one.hundredths > 0 for one in injections)
        yield f"{muscle}: {given} of {len(injections)} sites, {_dose(visit, total)}"
        yield from (f"  {_deviation(one)}" for one in injections if one.state != "given" or uneven)
    if visit.injections:
        yield f"Total: {_dose(visit, sum(one.hundredths for one in visit.injections))} of {visit.product}"


def _dose(visit: WholeVisit, hundredths: int) -> str:
    volume = volume_ul(visit, hundredths)
    return f"{units_text(hundredths)} U" + (f" in {ml_text(volume)} mL" if volume is not None else "")


def _deviation(one: PastInjection) -> str:
    planned = one.planned_hundredths if one.planned_hundredths != one.hundredths else 0
    dose = f"{units_text(one.hundredths)} U" + (f", planned {units_text(planned)} U" if planned else "")
    return f"{one.site}: {one.state}, {dose}" + (f" ({one.reason})" if one.reason else "")


def _vials(visit: WholeVisit, zone: str) -> Iterable[str]:
    several = "up to " if len(visit.vials) > 1 else ""  # of an imported session nobody knows which lot gave how much
    for use in visit.vials:
        expires = f", expires {use.expires}" if use.expires else ""
        if use.drawn_hundredths is None or use.wasted_hundredths is None:
            yield f"lot {use.lot}{expires}: given {several}{units_text(use.given_hundredths)} U (imported)"
        else:
            given, wasted, drawn = map(units_text, (use.given_hundredths, use.wasted_hundredths, use.drawn_hundredths))
            yield f"lot {use.lot}{expires}: given {given} + wasted {wasted} = {drawn} U"
    if visit.diluent_ul:
        yield f"Diluent: {ml_text(visit.diluent_ul)} mL"
    if visit.reconstituted_at:
        yield f"Reconstituted: {_at(visit.reconstituted_at, zone)}"


def _events(visit: WholeVisit) -> Iterable[str]:
    for one in visit.events:
        facts = (one.severity, f"onset {one.onset}" if one.onset else None, f"related: {one.related}" if one.related else None, one.escalate)
        yield ", ".join([one.event, *(fact for fact in facts if fact), f"resolved {one.resolved_on}" if one.resolved_on else "not resolved"])
