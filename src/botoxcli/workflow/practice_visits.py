"""The visits of one made-up patient, each built by the workflow of a real one on the history so far, and recorded as one change.

Conventions. Warnings are accepted. A rule that would stop a visit is an error: no course is to break one. Days are civil dates, and
``sessions`` counts those that stand.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.diary import DiaryDay
from botoxcli.clinic.eligibility import decide, judge
from botoxcli.clinic.findings import require_settled
from botoxcli.clinic.history import PastToxin, PatientHistory
from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.clinic.protocol import Jurisdiction
from botoxcli.clinic.records import AdverseEventTold, EventResolved, FollowUpVisit, Session
from botoxcli.clinic.stock_vial import StockVial
from botoxcli.workflow import follow_up as follow_ups
from botoxcli.workflow.consult import ConsultOutcome, ConsultRequest, consult_record
from botoxcli.workflow.demo import chair_answers, usual_answers
from botoxcli.workflow.practice_lives import Life
from botoxcli.workflow.recheck import with_record, without
from botoxcli.workflow.session import Edition, SessionPlan, SessionRequest, build, findings_of

if TYPE_CHECKING:
    from botoxcli.store.recorder import Change

JURISDICTION: Jurisdiction = "us"
ZONE = "UTC"
TOXIN_DAYS = 200  # from one dose elsewhere to the next, so that no cumulative window holds two
_PAUSED = ("works abroad", "an operation", "another illness comes first")
_SKIPPED = ("haematoma last time", "weak neck last time", "asked to leave it out", "a plaster there")
_EVENTS = {
    "neck-pain": 30, "injection-site-pain": 20, "headache": 18, "neck-stiffness": 10, "eyelid-ptosis": 8, "brow-asymmetry": 5, "neck-weakness": 4,
    "faint": 3, "vision-double-or-blurred": 1,
}  # fmt: skip
Opening = Callable[[str, date], AbstractContextManager["Change"]]
TakeVial = Callable[[date], StockVial]


@dataclass(frozen=True)
class Room:
    """Where the visits take place. ``opening`` opens a change of a command on a day; ``take`` gives the vial for a session."""

    opening: Opening
    take: TakeVial
    now: Callable[[], datetime]
    edition: Edition
    edition_id: int
    injector: str
    chance: Random


class Visits:
    """One patient, and what is on record of them by now."""

    def __init__(self, room: Room, life: Life) -> None:
        self._room, self._life, self._chance = room, life, room.chance
        self._protocol = room.edition.protocol
        self._patient_id = 0
        self._history = PatientHistory(KnownPatient(0, life.code, life.who.name, life.who.born))
        self._planned = Checklist(self._protocol).give_rest()
        self._last: tuple[int, Session, StockVial] | None = None
        self._diary_from = life.begins
        self._entry = 0
        self.needs_consult = False

    @property
    def sessions(self) -> int:
        return len(self._history.sessions)

    def consult(self, on: date) -> None:
        """An intake, or the yearly one. The first makes the patient."""
        life, protocol = self._life, self._protocol
        answers = self._intake_answers()
        judged = judge(protocol, answers, born=life.who.born, on=on, jurisdiction=JURISDICTION)
        decision = decide(judged)
        treat = decision == "needs-review"
        request = ConsultRequest(
            life.code, on, answers, decided="treat" if treat else None, reason="seen with the prescriber; the benefit outweighs it" if treat else None
        )
        outcome = ConsultOutcome(life.code, on, decision, tuple(item.finding() for item in judged), request.decided, JURISDICTION)
        record = consult_record(outcome, request)
        with self._room.opening("consult", on) as change:
            if not self._patient_id:
                self._patient_id = change.add_patient(life.who)
            visit = change.record_consult(record, self._room.edition_id)
        self._history = with_record(self._history, visit, protocol.id, record)
        self.needs_consult = False

    def _intake_answers(self) -> dict[str, str]:
        chance, days = self._chance, self._life.headache_days
        answers = usual_answers(self._protocol)
        said = {"headache-days": days, "migraine-days": max(8, days - chance.randrange(8)), "months": chance.randrange(6, 240)}
        answers |= {name: str(value) for name, value in said.items()}
        answers["hit-6"] = str(chance.choice((58, 60, 62, 64, 66, 68, 70)))
        if chance.random() < 0.08:
            answers[chance.choice(("anticoagulant", "anticholinergic", "muscle-relaxant"))] = "yes"
        return answers if self._life.fits else {**answers, "headache-days": "9", "migraine-days": "5"}

    def session(self, on: date) -> None:
        """The session of a day."""
        vial = self._room.take(on)
        with self._room.opening("session", on) as change:
            request = SessionRequest(
                patient=self._life.code,
                on=on,
                checklist=self._sites(),
                answers=self._chair_answers(),
                lots=(vial.lot,),
                reconstituted_at=self._room.now() - timedelta(minutes=self._chance.randrange(5, 90)),
                minutes=self._chance.randrange(8, 25),
                injector=self._room.injector,
            )
            record = self._built(request, vial, self._history)
            visit = change.record_session(record, self._room.edition_id)
        self._last = (visit, record, vial)
        self._history = with_record(self._history, visit, self._protocol.id, record)

    def _built(self, request: SessionRequest, vial: StockVial, history: PatientHistory, corrects: int | None = None) -> Session:
        plan = SessionPlan(
            self._room.edition, history.patient, history, (vial,), JURISDICTION, ZONE, frozenset({vial.vial_id} if corrects else ()), corrects
        )
        warned = frozenset(one.id for one in findings_of(plan, request) if one.level == "warn")
        outcome = build(plan, replace(request, accepted=warned))
        require_settled(outcome.findings)
        return outcome.session

    def _sites(self) -> Checklist:
        """As planned mostly; at times a site is left out, has another dose, or the pain is followed."""
        chance, fate = self._chance, self._chance.random()
        site = chance.choice(self._protocol.fixed_sites).id
        if fate < 0.05:
            return Checklist(self._protocol).skip(site, chance.choice(_SKIPPED)).give_rest()
        if fate < 0.07:
            return Checklist(self._protocol).dose(site, 250, "less at a weak muscle").give_rest()
        if fate < 0.16:
            side = chance.choice(("left", "right"))
            return self._planned.extra(f"{chance.choice(('temporalis', 'occipitalis', 'trapezius'))}-{side}", 500)
        if fate < 0.1605:
            return Checklist(self._protocol).give_muscle("corrugator").give_muscle("procerus").end_here("felt faint")
        return self._planned

    def _chair_answers(self) -> dict[str, str]:
        """Nothing to be said mostly; at times something was taken, or something is new."""
        answers = chair_answers(self._protocol)
        if self._chance.random() < 0.1:
            answers[self._chance.choice(("alcohol", "nsaids", "blood-thinners", "new-illness-or-medicine", "trouble-since-last"))] = "yes"
        return answers

    def amend(self, on: date) -> None:
        """The last session had a site left out that was recorded as given."""
        if self._last is None:
            return
        visit, wrong, vial = self._last
        sites = self._planned.skip(self._chance.choice(self._protocol.fixed_sites).id, self._chance.choice(_SKIPPED))
        request = SessionRequest(
            patient=wrong.patient,
            on=wrong.date,
            checklist=sites,
            answers={one.question: one.value for one in wrong.answers},
            lots=(vial.lot,),
            diluent_ul=wrong.diluent_ul,
            reconstituted_at=wrong.reconstituted_at,
            minutes=wrong.minutes,
            injector=wrong.injector,
        )
        record = self._built(request, vial, without(self._history, visit), corrects=visit)
        with self._room.opening("visit amend", on) as change:
            change.amend_visit(visit, record, reason="a site was left out")
        self._last = (visit, record, vial)
        self._history = with_record(self._history, visit, self._protocol.id, record)

    def follow_up(self, on: date) -> int:
        """Outcomes and events of a day; one who keeps a diary brings it along. The visit's number."""
        if self._life.keeps_diary:
            self._diary(on)
        record = self._asked(on)
        with self._room.opening("follow-up", on) as change:
            visit = change.record_follow_up(record, self._room.edition_id)
        self._entry = change.seq
        self._history = with_record(self._history, visit, self._protocol.id, record)
        self.needs_consult = self.needs_consult or any(one.escalate == "emergency" for one in record.events)
        return visit

    def _asked(self, on: date) -> FollowUpVisit:
        plan = follow_ups.FollowUpPlan(self._room.edition, self._history.patient, self._history)
        request = follow_ups.FollowUpRequest(self._life.code, on, self._outcomes(on), self._events(on), self._ended(on))
        follow_ups.check_values(plan, request, today=on)
        warned = frozenset(one.id for one in follow_ups.findings_of(plan, request) if one.level == "warn")
        record, outcome = follow_ups.build(plan, replace(request, accepted=warned))
        require_settled(outcome.findings)
        return record

    def _headache_days(self) -> int:
        """Of 28: the treatment takes a few cycles to do what it does."""
        share = 1 - self._life.gain * min(self.sessions, 4) / 4
        return max(0, min(28, round(self._life.headache_days * share + self._chance.gauss(0, 1.5))))

    def _outcomes(self, on: date) -> dict[str, str]:
        days = self._headache_days()
        told = {"headache-days": days, "diary-days": 28, "acute-medication-days": round(days * 0.6)}
        if self._chance.random() < 0.5:
            told["hit-6"] = max(36, min(78, 2 * round((40 + 1.2 * days) / 2)))
        since = (on - self._history.sessions[-1].date).days if self._history.sessions else 0
        if since > 80 and self._chance.random() < 0.3:
            told["wear-off-day"] = self._chance.randrange(60, since)
        return {name: str(value) for name, value in told.items()}

    def _events(self, on: date) -> tuple[AdverseEventTold, ...]:
        chance = self._chance
        if not self._history.sessions or chance.random() > 0.12:
            return ()
        (event,) = chance.choices(list(_EVENTS), list(_EVENTS.values()))
        escalate = next(one.escalate for one in self._protocol.adverse_events if one.id == event)
        onset = self._history.sessions[-1].date + timedelta(days=chance.randrange(0, 9))
        over = chance.random() < 0.6 and escalate != "emergency"
        return (
            AdverseEventTold(
                event=event,
                severity=chance.choice(("mild", "mild", "moderate")),
                onset=onset,
                related="yes",
                escalate=escalate,
                resolved_on=on if over else None,
            ),
        )

    def _ended(self, on: date) -> tuple[EventResolved, ...]:
        """What was open has passed by now, nearly always."""
        still = dict.fromkeys(one.event for one in self._history.events if not one.resolved and one.date < on)
        return tuple(EventResolved(event=event, resolved_on=on) for event in still if self._chance.random() < 0.9)

    def enter_twice_and_void(self, on: date) -> None:
        """A follow-up entered a second time by mistake, and withdrawn."""
        before, needed = self._history, self.needs_consult
        visit = self.follow_up(on)
        with self._room.opening("visit void", on) as change:
            change.void_visit(visit, reason="entered twice")
        self._history, self.needs_consult = before, needed

    def undo_and_redo(self, on: date) -> None:
        """The follow-up that was just recorded is taken back, and restored at once."""
        for stands in (False, True):
            with self._room.opening("undo", on) as change:
                change.reverse(self._entry, stands=stands)

    def _diary(self, on: date) -> None:
        share = self._headache_days() / 28
        days = [self._diary_from + timedelta(days=past) for past in range(min(120, (on - self._diary_from).days))]
        with self._room.opening("diary import", on) as change:
            change.add_diary(self._patient_id, [DiaryDay(day, self._chance.random() < share) for day in days])
        self._diary_from = on

    def missed(self, on: date) -> None:
        """Nobody came to the session of a day."""
        with self._room.opening("visit missed", on) as change:
            change.add_appointment(self._patient_id, protocol=self._protocol.id, kind="missed", on=on, reason="did not come")

    def moved(self, on: date, to: date) -> None:
        """The session was moved to another day."""
        with self._room.opening("visit moved", on) as change:
            change.add_appointment(self._patient_id, protocol=self._protocol.id, kind="moved", on=on, moved_to=to, reason="cannot come on that day")

    def pause(self, on: date, until: date) -> None:
        """No sessions up to a day."""
        with self._room.opening("patient pause", on) as change:
            change.pause_patient(self._patient_id, until=until, reason=self._chance.choice(_PAUSED))

    def toxin_elsewhere(self, on: date) -> None:
        """Toxin that another clinic gave; never so often that the next session would be too much."""
        if self._history.toxins and (on - self._history.toxins[-1].date).days < TOXIN_DAYS:
            return
        given = PastToxin(on, self._protocol.product.name, 5_000)
        with self._room.opening("patient toxin", on) as change:
            change.add_toxin(self._patient_id, product=given.product, hundredths=given.hundredths, on=on, note="elsewhere")
        self._history = self._history._replace(toxins=(*self._history.toxins, given))

    def leave(self, on: date) -> None:
        """The patient is archived."""
        why = self._life.why if self.sessions else "other"
        rules = "nice-ta260" if why == "stopped" else None
        with self._room.opening("patient archive", on) as change:
            change.archive_patient(self._patient_id, on=on, why=why, reason=None if why != "other" else "did not go on", rules=rules)
