"""A session as it was recorded: what was given, the vials' balance and the bill, the aftercare sheet, the next dates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from botoxcli.cli.rows import write_item
from botoxcli.cli.state import State
from botoxcli.clinic.care_sheet import AftercareLine, aftercare
from botoxcli.clinic.dose_outlook import DoseOutlook, after_lines, outlook_item
from botoxcli.clinic.dosing import volume_ul
from botoxcli.clinic.planned_dose import weight_grams
from botoxcli.clinic.quantity import ml_text, units, units_text
from botoxcli.clinic.records import Session
from botoxcli.clinic.schedule import Window
from botoxcli.terminal.lines import Section, print_sheet, print_text
from botoxcli.workflow.doses import outlook_of
from botoxcli.workflow.due import dates_after_session
from botoxcli.workflow.session import Edition, SessionOutcome

_FEW = 12  # sites that are listed one by one even when all had the same dose


def print_session(state: State, edition: Edition, outcome: SessionOutcome, *, form: str, dry_run: bool, at: datetime | None) -> None:
    """The result on stdout, as text or as JSON."""
    session = outcome.session
    with state.reader() as reader:
        zone = reader.settings()["time-zone"]
        coming = dates_after_session(reader, session.patient, edition.protocol.id, session.date)
        history = reader.patient_history(reader.find_patient(session.patient).patient_id)
    grams = weight_grams({answer.question: answer.value for answer in session.answers})
    doses = outlook_of(
        edition.protocol, history, session.date, planned_hundredths=session.hundredths, grams=grams, without=outcome.visit
    )  # fmt: skip
    local = at.astimezone(_zone(zone)) if at and not outcome.standing else None
    care = aftercare(edition.protocol, on=session.date, at=local, zone=zone)
    if form == "json":
        _print_json(edition, outcome, care, coming, doses, dry_run=dry_run)
        return
    print_text([*_recorded(edition, outcome, dry_run=dry_run), *after_lines(doses), ""])
    sheet = edition.protocol.aftercare
    print_sheet(
        "After your treatment",
        [
            Section("", tuple(f"{line.what.rstrip('.')}, {line.until_words}" for line in care)),
            Section("Usual", (sheet.usual,)),
            Section("Get emergency help", (sheet.warning,)),
            Section("Ring us", (sheet.call_us,)),
        ],
    )
    if not dry_run:
        print_text(["", "Next", *(f"- {window_words(window)}" for window in coming)])


def _zone(name: str) -> Any:
    from zoneinfo import ZoneInfo

    return ZoneInfo(name)


def window_words(window: Window) -> str:
    """A coming window in words."""
    what = {"onset-check": "Ask how it works", "session": "Next session"}.get(window.kind, window.kind)
    latest = f", at the latest {window.latest.isoformat()}" if window.latest else ""
    return f"{what}: from {window.earliest.isoformat()}, due by {window.due.isoformat()}{latest}"


def _recorded(edition: Edition, outcome: SessionOutcome, *, dry_run: bool) -> Iterator[str]:
    session = outcome.session
    head = "Would record" if dry_run else f"{'Stands already as' if outcome.standing else 'Recorded:'} visit {outcome.visit},"
    yield f"{head} session of {session.patient} on {session.date.isoformat()}, {edition.protocol.id} edition {edition.protocol.edition}"
    yield from session_lines(outcome)


def session_lines(outcome: SessionOutcome) -> Iterator[str]:
    """What was given and where it left the plan, the vials' balance, the bill, the findings."""
    session = outcome.session
    given = sum(1 for injection in session.injections if injection.hundredths)
    yield f"{given} sites, {units_text(session.hundredths)} U of {session.product}{_volume_words(session, outcome)}"
    chosen = len(session.injections) <= _FEW or len({injection.hundredths for injection in session.injections if injection.state == "given"}) > 1
    for injection in session.injections:
        if injection.state == "given" and chosen:
            yield f"  {injection.site}: {units_text(injection.hundredths)} U"
        elif injection.state != "given":
            why = f" ({injection.reason})" if injection.reason else ""
            planned = f", planned {units_text(injection.planned_hundredths)} U" if injection.planned_hundredths else ""
            yield f"  {injection.site}: {injection.state} {units_text(injection.hundredths)} U{planned}{why}"
    for part in outcome.drawn:
        if part.wasted_hundredths is None:
            yield f"Vial {part.lot}: given {units_text(part.given_hundredths)} U; no vial of the stock stands for it, so what was wasted is not known"
        else:
            given_u, wasted_u = units_text(part.given_hundredths), units_text(part.wasted_hundredths)
            drawn_u = units_text(part.given_hundredths + part.wasted_hundredths)
            yield f"Vial {part.lot}: given {given_u} + wasted {wasted_u} = drawn {drawn_u} U"
    for lot in outcome.left_out:
        yield f"Vial {lot} was not needed and stays in the stock; if it was opened: botox vial discard"
    if outcome.billing:
        yield "Billing: " + ", ".join(f"{line.code} x {units_text(line.hundredths)}" for line in outcome.billing)
    for finding in outcome.findings:
        said = f" [{finding.resolution}]" if finding.resolution else ""
        yield f"{finding.level} {finding.id}: {finding.because}{said}"


def _drawn_hundredths(outcome: SessionOutcome) -> int | None:
    """What the vials held together; None when one of them is a lot without stock."""
    if not outcome.drawn or any(part.wasted_hundredths is None for part in outcome.drawn):
        return None
    return sum(part.given_hundredths + (part.wasted_hundredths or 0) for part in outcome.drawn)


def session_volume_ul(outcome: SessionOutcome) -> int | None:
    """The volume that was injected; None when the dilution is not known."""
    held, session = _drawn_hundredths(outcome), outcome.session
    return volume_ul(session.hundredths, diluent_ul=session.diluent_ul, vial_hundredths=held) if held and session.diluent_ul else None


def _volume_words(session: Session, outcome: SessionOutcome) -> str:
    volume, held = session_volume_ul(outcome), _drawn_hundredths(outcome)
    if volume is None or held is None or session.diluent_ul is None:
        return ""
    return f", {ml_text(volume)} mL ({units_text(held)} U in {ml_text(session.diluent_ul)} mL)"


def _print_json(
    edition: Edition, outcome: SessionOutcome, care: Sequence[AftercareLine], coming: Sequence[Window], doses: DoseOutlook, *, dry_run: bool
) -> None:
    session = outcome.session
    item = {
        "visit": outcome.visit,
        "patient": session.patient,
        "date": session.date,
        "protocol": edition.protocol.id,
        "edition": edition.protocol.edition,
        **session_figures(outcome),
        "aftercare": [{"id": line.rule, "what": line.what, "until": line.until or line.until_words} for line in care],
        "next": [window_item(window) for window in coming] if not dry_run else [],
        "doses": outlook_item(doses),
        "standing": outcome.standing,
        "dry_run": dry_run,
    }
    write_item("session", item)


def session_figures(outcome: SessionOutcome) -> dict[str, Any]:
    """What was given, with every figure, as plain values."""
    session, volume = outcome.session, session_volume_ul(outcome)
    return {
        "units": units(session.hundredths),
        "volume_ml": volume / 1000 if volume is not None else None,
        "sites": sum(1 for injection in session.injections if injection.hundredths),
        "product": session.product,
        "injector": session.injector,
        "minutes": session.minutes,
        "reconstituted_at": session.reconstituted_at,
        "ended_early": session.ended_early,
        "deviations": [_deviation(injection) for injection in session.injections if injection.state != "given"],
        "vials": [_vial(part.lot, part.given_hundredths, part.wasted_hundredths) for part in outcome.drawn],
        "billing": [{"code": line.code, "units": units(line.hundredths)} for line in outcome.billing],
        "findings": [finding.as_dict() for finding in outcome.findings],
    }


def _deviation(injection: Any) -> dict[str, Any]:
    return {
        "site": injection.site,
        "state": injection.state,
        "planned_units": units(injection.planned_hundredths),
        "units": units(injection.hundredths),
        "reason": injection.reason,
    }


def _vial(lot: str, given: int, wasted: int | None) -> dict[str, Any]:
    return {
        "lot": lot,
        "drawn_units": None if wasted is None else units(given + wasted),
        "given_units": units(given),
        "wasted_units": None if wasted is None else units(wasted),
    }


def window_item(window: Window) -> dict[str, Any]:
    """A coming window as plain values."""
    return {"kind": window.kind, "earliest": window.earliest, "due": window.due, "latest": window.latest}
