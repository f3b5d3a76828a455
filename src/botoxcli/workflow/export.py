"""Rows that leave the ledger, kind by kind, as they come: codes instead of names, doses in units, no free text.

With ``identify`` names stand at the right, and the free text that was written: reasons and notes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.clinic.quantity import number, units
from botoxcli.workflow.listing import IDENTITY_COLUMNS, PATIENT_COLUMNS, patient_rows

if TYPE_CHECKING:
    from botoxcli.clinic.past_visit import VisitHead
    from botoxcli.clinic.protocol import Protocol
    from botoxcli.store.reader import Reader

Row = dict[str, Any]
_AFTER = ("follows_session", "days_after_session")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: of one patient or all, from ``since`` up to and with ``until``, with names and free text or without.

    ``protocol_of`` gives the protocol of an edition's number; only what is reckoned by it (outcomes) asks.
    """

    patient: KnownPatient | None = None
    since: date | None = None
    until: date | None = None
    identify: bool = False
    protocol_of: Callable[[int], Protocol] | None = None

    @property
    def patient_id(self) -> int | None:
        return self.patient.patient_id if self.patient else None

    def day_fits(self, day: str) -> bool:
        """Whether an ISO day lies in what is asked for."""
        return (self.since is None or day >= self.since.isoformat()) and (self.until is None or day <= self.until.isoformat())


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of rows: its columns, those that only ``identify`` adds, and how they are read. ``dated``: ``since`` and ``until`` apply."""

    columns: tuple[str, ...]
    identifying: tuple[str, ...]
    rows: Callable[[Reader, Wanted], Iterator[Row]]
    dated: bool = True
    of_patients: bool = True

    def columns_for(self, wanted: Wanted) -> tuple[str, ...]:
        """The header."""
        return (*self.columns, *(self.identifying if wanted.identify else ()))


def visits(reader: Reader, wanted: Wanted) -> Iterator[Row]:
    """A row a visit."""
    names = _names(reader, wanted)
    for visit, patient, kind, day, protocol, edition, state, hundredths, lots, decision, at, by in reader.visit_lines(wanted.patient_id):
        if not wanted.day_fits(day):
            continue
        row = {"visit": visit, "patient": patient, "kind": kind, "date": day, "protocol": protocol, "edition": edition, "state": state}
        row |= {"units": _units(hundredths), "lots": lots, "decision": decision, "recorded_at": at, "recorded_by": by}
        yield row | ({"name": names.get(patient), "reason": reader.visit(visit).reason} if wanted.identify else {})


def answers(reader: Reader, wanted: Wanted) -> Iterator[Row]:
    """A row an answer, in the order in which they were asked."""
    names = _names(reader, wanted)
    for visit, patient, kind, day, protocol, _, question, value in reader.answer_lines(wanted.patient_id):
        if wanted.day_fits(day):
            row = {"visit": visit, "patient": patient, "kind": kind, "date": day, "protocol": protocol, "question": question, "value": value}
            yield row | {"name": names.get(patient)}


def injections(reader: Reader, wanted: Wanted) -> Iterator[Row]:
    """A row a site, in injection order; a skipped one with 0 units."""
    names = _names(reader, wanted)
    last, reasons = None, dict[str, str | None]()
    for visit, patient, day, site, muscle, side, planned, given, state, product, protocol in reader.injection_lines(wanted.patient_id):
        if not wanted.day_fits(day):
            continue
        row = {
            "visit": visit, "patient": patient, "date": day, "site": site, "muscle": muscle, "side": side,
            "planned_units": units(planned), "units": units(given), "state": state, "product": product, "protocol": protocol,
        }  # fmt: skip
        if wanted.identify:
            if visit != last:
                last, reasons = visit, {one.site: one.reason for one in reader.visit(visit).injections}
            row |= {"name": names.get(patient), "reason": reasons.get(site)}
        yield row


def outcomes(reader: Reader, wanted: Wanted) -> Iterator[Row]:
    """A row a measure of a follow-up, in the protocol's order, with what its figure says."""
    from botoxcli.clinic.diary import rounded
    from botoxcli.clinic.told_outcomes import DIARY_DAYS, number_of, outcomes_of

    protocols = _protocols(wanted)
    names, sessions = _names(reader, wanted), reader.visits(wanted.patient_id, "session")
    for head in sorted(reader.visits(wanted.patient_id, "follow-up"), key=lambda one: one.visit):
        if not wanted.day_fits(head.date.isoformat()):
            continue
        answers = dict(reader.visit(head.visit).answers)
        top = {"visit": head.visit, "patient": head.patient, "date": head.date.isoformat(), "protocol": head.protocol}
        after = _after(sessions, head.patient, head.protocol, head.date)
        for one in outcomes_of(protocols(head.edition_id), answers):
            scaled = None if one.scaled is None else number(rounded(one.scaled))
            row = {"measure": one.measure, "value": one.value, "unit": one.unit, "scaled": scaled, "incomplete": one.incomplete}
            row |= {"diary_days": number_of(answers, DIARY_DAYS) if one.incomplete is not None else None}
            yield top | row | {"band": one.band, "direction": one.direction} | after | {"name": names.get(head.patient)}


def _protocols(wanted: Wanted) -> Callable[[int], Protocol]:
    """The protocol of an edition, each read once."""
    if wanted.protocol_of is None:
        raise ValueError("outcomes are reckoned by the protocol of their edition")
    return cache(wanted.protocol_of)


def _after(sessions: Sequence[VisitHead], patient: str, protocol: str, day: date) -> Row:
    """The session that something follows, and by how many days; ``sessions`` are in the order of their days."""
    before = [one for one in sessions if (one.patient, one.protocol) == (patient, protocol) and one.date <= day][-1:]
    return {"follows_session": before[0].visit, "days_after_session": (day - before[0].date).days} if before else dict.fromkeys(_AFTER)


def events(reader: Reader, wanted: Wanted) -> Iterator[Row]:
    """A row an adverse event as a follow-up told it, with its end once that was told; "none" is an answer, not an event.

    The session that it follows is the last one up to its onset; to the follow-up, where the onset is not known.
    """
    names, sessions = _names(reader, wanted), reader.visits(wanted.patient_id, "session")
    for visit, patient, day, protocol, event, severity, onset, related, escalate, resolved in reader.event_lines(wanted.patient_id):
        if wanted.day_fits(day):
            row = {"visit": visit, "patient": patient, "date": day, "protocol": protocol, "event": event, "severity": severity}
            row |= {"onset": onset, "related": related, "escalate": escalate, "resolved_on": resolved}
            row |= _after(sessions, patient, protocol, date.fromisoformat(onset or day))
            yield row | ({"name": names.get(patient), "note": reader.visit(visit).note} if wanted.identify else {})


def vials(reader: Reader, _: Wanted) -> Iterator[Row]:
    """A row a vial, used and discarded ones too."""
    for lot, product, size, expires, state, visit, given, wasted, reason, discarded, recalled, since in reader.vial_lines():
        row = {"lot": lot, "product": product, "units": units(size), "expires": expires, "state": state, "visit": visit}
        row |= {"given_units": _units(given), "wasted_units": _units(wasted), "discard_reason": reason, "discarded_on": discarded}
        yield row | {"recalled": bool(recalled), "in_stock_since": since}


def patients(reader: Reader, wanted: Wanted) -> Iterator[Row]:
    """A row a patient."""
    return (row for row in patient_rows(reader) if wanted.patient is None or row["patient"] == wanted.patient.code)


KINDS: Mapping[str, Kind] = {
    "visits": Kind(
        ("visit", "patient", "kind", "date", "protocol", "edition", "state", "units", "lots", "decision", "recorded_at", "recorded_by"),
        ("name", "reason"),
        visits,
    ),
    "answers": Kind(("visit", "patient", "kind", "date", "protocol", "question", "value"), ("name",), answers),
    "injections": Kind(
        ("visit", "patient", "date", "site", "muscle", "side", "planned_units", "units", "state", "product", "protocol"),
        ("name", "reason"),
        injections,
    ),
    "vials": Kind(
        (
            "lot",
            "product",
            "units",
            "expires",
            "state",
            "visit",
            "given_units",
            "wasted_units",
            "discard_reason",
            "discarded_on",
            "recalled",
            "in_stock_since",
        ),
        (),
        vials,
        dated=False,
        of_patients=False,
    ),
    "outcomes": Kind(
        (
            "visit",
            "patient",
            "date",
            "protocol",
            "measure",
            "value",
            "unit",
            "diary_days",
            "scaled",
            "incomplete",
            "band",
            "direction",
            *_AFTER,
        ),
        ("name",),
        outcomes,
    ),
    "events": Kind(
        ("visit", "patient", "date", "protocol", "event", "severity", "onset", "related", "escalate", "resolved_on", *_AFTER),
        ("name", "note"),
        events,
    ),
    "patients": Kind(PATIENT_COLUMNS, IDENTITY_COLUMNS, patients, dated=False),
}


def _names(reader: Reader, wanted: Wanted) -> dict[str, str | None]:
    return {one.code: one.name for one in reader.patients()} if wanted.identify else {}


def _units(hundredths: int | None) -> int | float | None:
    return None if hundredths is None else units(hundredths)
