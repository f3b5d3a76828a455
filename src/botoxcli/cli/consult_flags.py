"""The flags of ``botox consult`` as a request: the patient first, then the values, then what is missing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from botoxcli.cli.given import accepted_ids, answers_given
from botoxcli.cli.texts import clean_text
from botoxcli.clinic.answers import consult_questions, missing
from botoxcli.clinic.dates import parse_date
from botoxcli.clinic.decisions import OwnDecision
from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.clinic.protocol import Jurisdiction, Protocol
from botoxcli.clinic.records import NewPatient
from botoxcli.errors import MissingInput, NotFound, ValueRefused
from botoxcli.workflow.consult import ConsultRequest, find_or_new
from botoxcli.workflow.patients import EARLIEST_BIRTH, checked_birth
from botoxcli.workflow.recording import refuse_forgotten

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader

_RECORD_FLAGS = {"code": "PATIENT", "name": "--name", "born": "--born"}


@dataclass(frozen=True)
class ConsultFlags:
    """The options as they were typed."""

    patient: str
    name: str | None = None
    born: str | None = None
    answer: tuple[str, ...] = ()
    answers: str | None = None
    decided: OwnDecision | None = None
    reason: str | None = None
    accept: tuple[str, ...] = ()


def begin(reader: Reader, protocol: Protocol, flags: ConsultFlags, *, today: date, day: Callable[[], date], asking: bool) -> ConsultRequest:
    """The request that the flags make. A new code needs ``--name`` and ``--born``, which are asked for when a person can be."""
    known = find_or_new(reader, flags.patient, None if flags.name is None else clean_text("--name", flags.name))
    if known is None and flags.name is None and flags.born is None and not asking:
        raise NotFound("patient", "For a new patient give --name and --born.")
    if known:
        refuse_forgotten(reader, known)
    on, answers = day(), answers_given(consult_questions(protocol), flags.answer, flags.answers)
    identity = _same_identity(known, flags, today=today) if known else _new_patient(flags, today=today, asking=asking)
    return ConsultRequest(
        patient=known.code if known else flags.patient,
        on=on,
        answers=answers,
        identity=identity,
        decided=flags.decided,
        reason=clean_text("--reason", flags.reason) if flags.reason is not None else None,
        accepted=accepted_ids(flags.accept, protocol),
    )


def birth_date(words: str, *, today: date) -> date:
    """A birth date. Raises ValueRefused."""
    return checked_birth(parse_date(words, today=today, where="--born"), today)


def _new_patient(flags: ConsultFlags, *, today: date, asking: bool) -> NewPatient:
    name, born = flags.name, flags.born
    NewPatient.checked(_RECORD_FLAGS, code=flags.patient, name="-", born=EARLIEST_BIRTH)
    if asking and (name is None or born is None):
        from botoxcli.terminal.ask import ask_text, ask_value, confirm
        from botoxcli.terminal.lines import note

        note(f"There is no patient {flags.patient} yet.")
        if not confirm("Make a new patient of this code?"):
            raise NotFound("patient")
        name = name if name is not None else ask_text("Name")
        day = birth_date(born, today=today) if born else ask_value("Born (YYYY-MM-DD)", lambda words: birth_date(words, today=today))
        return NewPatient.checked(_RECORD_FLAGS, code=flags.patient, name=name, born=day)
    if name is None or born is None:
        raise MissingInput(["--name TEXT" if name is None else "--born DATE"])
    return NewPatient.checked(_RECORD_FLAGS, code=flags.patient, name=name, born=birth_date(born, today=today))


def _same_identity(known: KnownPatient, flags: ConsultFlags, *, today: date) -> NewPatient | None:
    """A name or birth date given for a patient who exists must be the patient's: two people under one code is the worst mistake."""
    if flags.name is not None and clean_text("--name", flags.name) != known.name:
        raise ValueRefused("--name", "this code exists, with another name", "Leave --name off, or give the new patient a code of their own.")
    if flags.born is not None and birth_date(flags.born, today=today) != known.born:
        raise ValueRefused("--born", "this code exists, with another birth date", "Leave --born off, or give the new patient a code of their own.")
    if flags.name is None or flags.born is None or known.name is None or known.born is None:
        return None
    return NewPatient(code=known.code, name=known.name, born=known.born)


def require_whole(request: ConsultRequest, protocol: Protocol, jurisdiction: Jurisdiction) -> None:
    """Raises MissingInput naming every flag that a script still owes: a criterion that does not hold in the jurisdiction is not owed."""
    owed = [f"--answer {question}=..." for question in missing(consult_questions(protocol, jurisdiction), request.answers)]
    if request.decided and not request.reason:
        owed.append("--reason TEXT")
    if request.reason and not request.decided:
        owed.append("--decide treat|defer|decline")
    if owed:
        raise MissingInput(owed)
