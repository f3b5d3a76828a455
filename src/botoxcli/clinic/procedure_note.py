"""The procedure note for the chart: one session as it was recorded, laid out on one page. Pure.

Conventions. Everything on it is from the record and from the edition that the session followed; nothing depends on the day of printing. The next
dates are those that this session opened, whatever came after. Another product than the protocol's has no billing lines: its codes are not known
here. A session that was imported says so, and nothing of it is balanced.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from botoxcli.clinic.care_sheet import aftercare
from botoxcli.clinic.dates import after
from botoxcli.clinic.document import Block, Columns, Document, Facts, Figure, Grid, Heading, Paragraph, Points
from botoxcli.clinic.dosing import BillingLine, strength, volume_ul
from botoxcli.clinic.head_map import HeadMap, session_map, without_a_map
from botoxcli.clinic.history import PastConsult
from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.clinic.note_course import NoteCourse
from botoxcli.clinic.past_visit import PastFinding, PastInjection, PastVialUse, Voided, WholeVisit
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.quantity import ml_text, text, units_text

SHORT_HASH = 12
_SIDES = ("left", "right", "midline", "unspecified")
_KINDS = {"onset-check": "Ask how it works", "session": "Next session"}


@dataclass(frozen=True, slots=True)
class Amendment:
    """A later version of the visit that stands in it: when, by whom, why (None once that was forgotten)."""

    version: int
    at: datetime
    by: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class NoteFacts:
    """All that a note is made of. ``consult`` is the one that the session rests on; ``chain_head`` the audit chain's last hash.

    ``course`` is the course up to the session; None before its first outcome.
    """

    practice: str
    zone: str
    patient: KnownPatient
    visit: WholeVisit
    protocol: Protocol
    first_recorded: tuple[datetime, str]
    chain_head: str
    consult: PastConsult | None = None
    billing: tuple[BillingLine, ...] = ()
    amendments: tuple[Amendment, ...] = ()
    voided: Voided | None = None
    course: NoteCourse | None = None


def procedure_note(facts: NoteFacts) -> Document:
    """The note, with the head map where the protocol has one."""
    visit = facts.visit
    return Document(
        title=f"Procedure note: {visit.product or facts.protocol.product.name}, session of {visit.head.date.isoformat()}",
        over=f"{facts.practice} · visit {visit.head.visit}",
        blocks=(
            *_standing(facts),
            Columns((Facts(tuple(_patient(facts))),), (Facts(tuple(_product(facts))),)),
            *_given(facts),
            *_deviations(visit),
            *_findings(visit),
            *_care(facts),
        ),
        dated=visit.head.date,
        mark="VOID" if facts.voided else "",
        foot=tuple(_foot(facts)),
        running=f"{_who(facts.patient)} · visit {visit.head.visit} · {_chain(facts)}",
    )


def _standing(facts: NoteFacts) -> Iterator[Block]:
    """What a reader must know before the first figure: it was withdrawn, put right, or came from elsewhere."""
    if facts.voided:
        gone = facts.voided
        yield Paragraph(f"VOID: withdrawn {_moment(gone.at, facts.zone)} by {gone.by}. Why: {gone.reason or 'forgotten'}.", strong=True)
    for one in facts.amendments:
        told = f"Amended, version {one.version}: {_moment(one.at, facts.zone)} by {one.by}. Why: {one.reason or 'forgotten'}."
        yield Paragraph(told, strong=True)
    if facts.visit.head.state == "imported":
        yield Paragraph("Imported from an earlier record: sites and wastage were not told.", strong=True)
    if facts.visit.head.ended_early:
        yield Paragraph("Ended early: the rest of the sites was not injected.", strong=True)


def _moment(at: datetime, zone: str) -> str:
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M} ({zone})"


def _patient(facts: NoteFacts) -> Iterator[tuple[str, str]]:
    patient, visit, protocol = facts.patient, facts.visit, facts.protocol
    yield "Patient", _who(patient)
    yield "Born", patient.born.isoformat() if patient.born else "forgotten"
    yield "Indication", protocol.indication
    if facts.consult:
        said = "; ".join(word for word in (facts.consult.decision, facts.consult.decided) if word)
        yield "Consult", f"{facts.consult.date.isoformat()} (visit {facts.consult.visit}): {said}"
    answers = dict(visit.answers)
    consent = answers.pop("consent", "not recorded")
    yield "Consent", "given" if consent == "yes" else consent
    if answers:
        yield "Asked", "; ".join(f"{question} {value}" for question, value in answers.items())


def _who(patient: KnownPatient) -> str:
    return f"{patient.name} ({patient.code})" if patient.name else f"{patient.code} (name forgotten)"


def _product(facts: NoteFacts) -> Iterator[tuple[str, str]]:
    visit, protocol = facts.visit, facts.protocol
    yield "Product", visit.product or "not recorded"
    drawn = _drawn(visit)
    yield "Given", _total(visit)
    if visit.diluent_ul and drawn:
        per_ml = strength(drawn, visit.diluent_ul) / 100
        shown = _ratio(per_ml)
        yield "Dilution", f"{units_text(drawn)} U in {ml_text(visit.diluent_ul)} mL = {shown} U/mL"
    else:
        yield "Dilution", "not recorded"
    yield "Made up", _moment(visit.reconstituted_at, facts.zone) if visit.reconstituted_at else "time not recorded"
    yield "Route", f"{protocol.route}, needle {protocol.needle}"
    minutes = f", {visit.minutes} minutes" if visit.minutes is not None else ""
    yield "Injected by", f"{visit.injector or 'not recorded'}{minutes}"
    yield "Protocol", f"{protocol.title}; edition {visit.head.edition}"


def _total(visit: WholeVisit) -> str:
    """``155 U in 3.10 mL at 31 sites; 45 U wasted``. Where the sites are not the planned ones: ``30 of 31 planned sites and 1 extra``."""
    total = sum(one.hundredths for one in visit.injections)
    volume = f" in {_dose(visit, total)} mL" if _dose(visit, total) else ""
    sites = "" if visit.head.state == "imported" else f" at {_given_at(visit.injections)}"
    wasted = [use.wasted_hundredths for use in visit.vials]
    rest = "wastage not known" if None in wasted or not wasted else f"{units_text(sum(one or 0 for one in wasted))} U wasted"
    return f"{units_text(total)} U{volume}{sites}; {rest}"


def _given_at(injections: Sequence[PastInjection]) -> str:
    planned = [one for one in injections if one.state != "extra"]
    extra, given = len(injections) - len(planned), sum(one.hundredths > 0 for one in planned)
    if not extra and given == len(planned):
        return f"{given} sites"
    told = f"{given} of {len(planned)} planned sites" if given < len(planned) else f"{given} planned sites"
    return f"{told} and {extra} extra" if extra else told


def _ratio(value: Fraction) -> str:
    """To two places at most: ``50``, ``33.33``."""
    return text(round(Decimal(value.numerator) / value.denominator, 2))


def _drawn(visit: WholeVisit) -> int | None:
    """What the vials held together; None when one of them is a lot without stock."""
    if not visit.vials or any(use.drawn_hundredths is None for use in visit.vials):
        return None
    return sum(use.drawn_hundredths or 0 for use in visit.vials)


def _dose(visit: WholeVisit, hundredths: int) -> str:
    """A volume in mL; empty where the dilution is not known."""
    drawn = _drawn(visit)
    return ml_text(volume_ul(hundredths, diluent_ul=visit.diluent_ul, vial_hundredths=drawn)) if drawn and visit.diluent_ul else ""


def _given(facts: NoteFacts) -> Iterator[Block]:
    grid, drawn = _sites(facts.visit), session_map(facts.protocol, facts.visit.injections)
    left = (Heading("Injected"), grid, *_vials_and_bill(facts))
    if drawn.views:
        yield Columns(left, (Figure(drawn, _on_the_map(drawn)),), share=51)
    else:
        yield from left


def _on_the_map(drawn: HeadMap) -> str:
    """The map in words: what is injected in which view, by the numbers of the order of injection."""
    views = "; ".join(f"{view.title}: {', '.join(str(mark.number) for mark in view.marks)}" for view in drawn.views)
    return f"Head map, by the order of injection. {views}. {without_a_map(drawn)}".rstrip()


def _sites(visit: WholeVisit) -> Grid:
    """Muscle by muscle, a column for each side that there is; a skipped site is in the deviations and counts nothing here."""
    muscles: dict[str, list[PastInjection]] = {}
    for one in visit.injections:
        muscles.setdefault(one.muscle, []).append(one)
    sides = [side for side in _SIDES if any(one.side == side for one in visit.injections)]
    with_volume = bool(_dose(visit, 0))
    rows = []
    for muscle, sites in muscles.items():
        total = sum(one.hundredths for one in sites)
        row = [muscle, *(_side(one for one in sites if one.side == side) for side in sides)]
        rows.append((*row, _count(sites), units_text(total), *([_dose(visit, total)] if with_volume else [])))
    total = sum(one.hundredths for one in visit.injections)
    by_side = (units_text(sum(one.hundredths for one in visit.injections if one.side == side)) for side in sides)
    columns = ("Muscle", *(side.capitalize() for side in sides), "Sites", "U", *(["mL"] if with_volume else []))
    last = ("Total", *by_side, _count(visit.injections), units_text(total), *([_dose(visit, total)] if with_volume else []))
    return Grid(columns, tuple(rows), frozenset(range(1, len(columns))), last)


def _count(sites: Iterable[PastInjection]) -> str:
    return str(sum(one.hundredths > 0 for one in sites))


def _side(sites: Iterable[PastInjection]) -> str:
    """``4 × 5``; doses that differ one by one: ``5 + 2.5``."""
    doses = [one.hundredths for one in sites if one.hundredths]
    if not doses:
        return "–"
    if len(set(doses)) == 1:
        return f"{len(doses)} × {units_text(doses[0])}"
    return " + ".join(map(units_text, doses))


def _vials_and_bill(facts: NoteFacts) -> Iterator[Block]:
    uses, bill = facts.visit.vials, tuple((line.code, units_text(line.hundredths)) for line in facts.billing)
    yield Heading("Vials")
    yield _vials(uses) if uses else Paragraph("No vial was recorded.")
    if bill:
        yield Heading("Billing")
        yield Grid(("Code", "Units"), bill, frozenset({1}))


def _vials(uses: Sequence[PastVialUse]) -> Grid:
    rows = tuple(
        (
            use.lot,
            use.expires.isoformat() if use.expires else "not known",
            "–" if use.drawn_hundredths is None else units_text(use.drawn_hundredths),
            units_text(use.given_hundredths),
            "not known" if use.wasted_hundredths is None else units_text(use.wasted_hundredths),
        )
        for use in uses
    )
    known = all(use.wasted_hundredths is not None for use in uses)
    sums = [sum(getattr(use, f"{what}_hundredths") or 0 for use in uses) for what in ("drawn", "given", "wasted")]
    total = ("Total", "", *map(units_text, sums)) if known and len(uses) > 1 else ()
    return Grid(("Lot", "Expires", "Held U", "Given U", "Wasted U"), rows, frozenset({2, 3, 4}), total)


def _deviations(visit: WholeVisit) -> Iterator[Block]:
    left = [one for one in visit.injections if one.state in ("changed", "skipped", "extra")]
    yield Heading("Deviations from the plan")
    if left:
        yield Points(tuple(_deviation(one) for one in left))
    else:
        yield Paragraph("None told." if visit.head.state == "imported" else "None: every site as planned.")


def _deviation(one: PastInjection) -> str:
    planned = f", planned {units_text(one.planned_hundredths)} U" if one.planned_hundredths else ""
    dose = f"{units_text(one.hundredths)} U{planned}"
    return f"{one.site}: {one.state}, {dose}" + (f". Why: {one.reason}" if one.reason else "")


def _findings(visit: WholeVisit) -> Iterator[Block]:
    if visit.findings:
        yield Heading("Findings and overrides")
        yield Points(tuple(map(_finding, visit.findings)))


def _finding(finding: PastFinding) -> str:
    said = f"; {finding.resolution}" if finding.resolution else ""
    why = f". Why: {finding.reason or 'forgotten'}" if finding.resolution == "overridden" else ""
    return f"{finding.level} {finding.id}: {finding.because}{said}{why}"


def _care(facts: NoteFacts) -> Iterator[Block]:
    sheet, on = facts.protocol.aftercare, facts.visit.head.date
    rules = tuple(f"{line.what.rstrip('.')}, {line.until_words}." for line in aftercare(facts.protocol, on=on, at=None, zone=facts.zone))
    after_it: tuple[Block, ...] = (Heading("Aftercare"), Points((*rules, sheet.call_us)), Paragraph(sheet.warning))
    dates = () if facts.voided else tuple(next_dates(facts.protocol, on))
    if dates:
        after_it = (*after_it, Heading("Next dates"), Facts(dates))
    if facts.course:
        plot = Figure(facts.course.plot, facts.course.in_words, small=True)
        yield Columns(after_it, (Heading("Headache days in 28, up to this day"), plot), share=57)
    else:
        yield from after_it


def next_dates(protocol: Protocol, day: date) -> Iterator[tuple[str, str]]:
    """What a session on that day opens, whatever came after it: each with its words."""
    for rule in protocol.follow_ups:
        if rule.after == "session":
            latest = f", at the latest {after(day, rule.latest).isoformat()}" if rule.latest else ""
            said = f"from {after(day, rule.earliest).isoformat()}, due by {after(day, rule.due).isoformat()}{latest}"
            yield _KINDS.get(rule.kind, rule.kind), said


def _foot(facts: NoteFacts) -> Iterator[str]:
    head = facts.visit.head
    at, by = facts.first_recorded
    yield f"Recorded {_moment(at, facts.zone)} by {by}. Jurisdiction {facts.visit.jurisdiction or 'not recorded'}."
    yield "Signed ______________________________   Date ______________"
    yield f"Edition {head.protocol} {head.edition}, sha256 {head.edition_sha256}"
    yield _chain(facts)


def _chain(facts: NoteFacts) -> str:
    return f"Ledger's chain {facts.chain_head[:SHORT_HASH]}"
