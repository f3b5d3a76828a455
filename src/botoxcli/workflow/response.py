"""Is it working? All that the ledger tells of a patient's course, and what the protocol's named rules say of it. Writes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from botoxcli.clinic.history import PatientHistory
from botoxcli.clinic.response import Course, ResponseFacts, ToldConsult, ToldFollowUp, course_of, told_count, told_figure
from botoxcli.clinic.response_rules import RuleVerdict, judge_all
from botoxcli.errors import NotFound

if TYPE_CHECKING:
    from botoxcli.clinic.brief_edition import AnyEdition, AnyRule
    from botoxcli.store.reader import Reader

DAYS, DIARY_DAYS, HOURS = "headache-days", "diary-days", "headache-hours-28d"


class Response(NamedTuple):
    """A patient's course under a protocol, with the verdict of each rule set that was asked for."""

    patient: str
    protocol: AnyEdition
    course: Course
    verdicts: tuple[RuleVerdict, ...]

    @property
    def counts_headache_days(self) -> bool:
        """Whether its protocol asks for headache days, at the consult or at a follow-up."""
        return DAYS in [*(one.id for one in self.protocol.criteria), *(one.id for one in self.protocol.outcomes.measures)]


def followed_protocol(history: PatientHistory, named: str | None, default: str) -> str:
    """The protocol that a patient's figures are about: the one named, else the default where a visit is under it, else the last visit's."""
    visits = [(one.date, one.visit, one.protocol) for one in history.consults] + [(one.date, one.visit, one.protocol) for one in history.sessions]
    under = [protocol for *_, protocol in sorted(visits)]
    return named or (default if default in under or not under else under[-1])


def rules_named(protocol: AnyEdition, name: str | None) -> tuple[AnyRule, ...]:
    """The rule set of that name, or all of them. Raises NotFound, which names those that there are."""
    if name is None:
        return protocol.response_rules
    found = tuple(rule for rule in protocol.response_rules if rule.id == name)
    if not found:
        known = ", ".join(rule.id for rule in protocol.response_rules)
        raise NotFound("response rule", f"The protocol {protocol.id} has {known or 'no response rules'}.")
    return found


def response(reader: Reader, history: PatientHistory, protocol: AnyEdition, rules: Sequence[AnyRule], *, today: date) -> Response:
    """The course as it stands today, and the verdicts on it."""
    course = course_of(response_facts(reader, history, protocol, today=today))
    return Response(history.patient.code, protocol, course, judge_all(rules, course))


def response_facts(reader: Reader, history: PatientHistory, protocol: AnyEdition, *, today: date) -> ResponseFacts:
    """What the response is reckoned from: the visits under this protocol that stand, and the diary."""
    told: dict[int, dict[str, str]] = {}
    follow_ups: dict[int, date] = {}
    for visit, _, kind, on, under, _, question, value in reader.answer_lines(history.patient.patient_id):
        if under == protocol.id and kind in ("consult", "follow-up"):
            told.setdefault(visit, {})[question] = value
            if kind == "follow-up":
                follow_ups[visit] = date.fromisoformat(on)
    next_session = next((rule for rule in protocol.follow_ups if (rule.kind, rule.after) == ("session", "session")), None)
    return ResponseFacts(
        today=today,
        sessions=tuple(one.date for one in history.sessions if one.protocol == protocol.id),
        consults=tuple(
            ToldConsult(one.visit, one.date, told_figure(told.get(one.visit, {}).get(DAYS)))
            for one in history.consults
            if one.protocol == protocol.id
        ),
        follow_ups=tuple(
            ToldFollowUp(
                visit, on, told_count(told[visit].get(DAYS)), told_count(told[visit].get(DIARY_DAYS)), told_count(told[visit].get(HOURS), 100)
            )
            for visit, on in follow_ups.items()
        ),
        diary=reader.diary(history.patient.patient_id),
        stops=tuple(one.date for one in history.archives if one.archived and one.why == "stopped" and one.date),
        complete_from=protocol.outcomes.complete_from_diary_days,
        minimum_interval=protocol.limits.minimum_interval.span,
        lapses_after=next_session.latest if next_session else None,
    )
