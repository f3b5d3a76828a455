"""Everything about one patient: read at once, decided nowhere. What is due is what the list says; the verdicts are those of ``response``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from botoxcli.clinic.due_candidate import Appointment
from botoxcli.clinic.history import PatientHistory
from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.clinic.past_status import PastStatus
from botoxcli.clinic.past_visit import ToldEvent, WholeVisit
from botoxcli.clinic.schedule import DueItem, due_on
from botoxcli.clinic.told_outcomes import Outcome, outcomes_of
from botoxcli.workflow.due import rules_of
from botoxcli.workflow.response import Response, response

if TYPE_CHECKING:
    from botoxcli.clinic.brief_edition import AnyEdition
    from botoxcli.store.reader import Reader

EditionOf = Callable[[str, int], "AnyEdition"]


class Course(NamedTuple):
    """What was done under one protocol, in the order of its dates. ``response`` is None before the first session and without response rules."""

    protocol: AnyEdition
    edition: str
    edition_sha256: str
    consults: tuple[WholeVisit, ...]
    sessions: tuple[WholeVisit, ...]
    follow_ups: tuple[WholeVisit, ...]
    response: Response | None

    def outcomes(self, visit: WholeVisit) -> tuple[Outcome, ...]:
        """The figures of a follow-up."""
        return outcomes_of(self.protocol, dict(visit.answers))

    @property
    def events(self) -> tuple[tuple[WholeVisit, ToldEvent], ...]:
        """Every adverse event with the follow-up that told it."""
        return tuple((visit, event) for visit in self.follow_ups for event in visit.events)


class Chart(NamedTuple):
    """A patient's chart on a day."""

    patient: KnownPatient
    day: date
    history: PatientHistory
    courses: tuple[Course, ...]
    appointments: tuple[tuple[str, Appointment, str | None], ...]
    statuses: tuple[PastStatus, ...]
    due: tuple[DueItem, ...]


def chart(reader: Reader, patient: str, day: date, edition_of: EditionOf, *, as_sheet: bool = False) -> Chart:
    """The chart. ``edition_of`` gives a protocol by its id, or by an edition's number where the file is gone. Raises NotFound, Ambiguous.

    ``as_sheet``: the visits come without their findings and vials, which the sheet to read does not show.
    """
    reader.at_one_instant()
    known = reader.find_patient(patient)
    history = reader.patient_history(known.patient_id, brief=True)  # the sessions are read whole below
    candidates = reader.due_candidates(known.patient_id)
    return Chart(
        patient=known,
        day=day,
        history=history,
        courses=_courses(reader, history, day, edition_of, ("finding", "vial_use") if as_sheet else ()),
        appointments=reader.appointments(known.patient_id),
        statuses=reader.statuses(known.patient_id),
        due=tuple(item for item in due_on(candidates, rules_of(reader), day) if item.status != "lapsed"),
    )


def _courses(reader: Reader, history: PatientHistory, day: date, edition_of: EditionOf, without: tuple[str, ...]) -> tuple[Course, ...]:
    by_protocol: dict[str, list[WholeVisit]] = {}
    for visit in reader.whole_visits(history.patient.patient_id, without=without):
        by_protocol.setdefault(visit.head.protocol, []).append(visit)
    return tuple(_course(reader, history, visits, day, edition_of) for visits in by_protocol.values())


def _course(reader: Reader, history: PatientHistory, visits: list[WholeVisit], day: date, edition_of: EditionOf) -> Course:
    last = visits[-1].head
    protocol = edition_of(last.protocol, last.edition_id)
    kinds: Mapping[str, tuple[WholeVisit, ...]] = {
        kind: tuple(visit for visit in visits if visit.head.kind == kind) for kind in ("consult", "session", "follow-up")
    }
    told = response(reader, history, protocol, protocol.response_rules, today=day) if kinds["session"] and protocol.response_rules else None
    return Course(protocol, last.edition, last.edition_sha256, kinds["consult"], kinds["session"], kinds["follow-up"], told)
