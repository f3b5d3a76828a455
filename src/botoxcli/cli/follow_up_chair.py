"""The follow-up as a conversation: events first, because one may have to be acted on at once, then what is still open, then the outcomes."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from botoxcli import clock
from botoxcli.cli.follow_up_print import to_do_lines
from botoxcli.cli.state import State
from botoxcli.clinic.adverse_events import escalated, find_event, read_resolved, still_open, wants_words, what_to_do
from botoxcli.clinic.answers import UNKNOWN
from botoxcli.clinic.findings import unsettled
from botoxcli.clinic.outcomes import direction_question, outcome_questions, required_outcomes
from botoxcli.clinic.protocol import AdverseEvent, Protocol
from botoxcli.clinic.questions import Question
from botoxcli.clinic.records import AdverseEventTold
from botoxcli.clinic.told_outcomes import DIARY_DAYS, direction_id, number_of
from botoxcli.errors import Interrupted, ValueRefused
from botoxcli.store.drafts import Drafts
from botoxcli.terminal.ask import confirm
from botoxcli.terminal.event_prompts import ask_about, ask_ended, ask_what, ask_which
from botoxcli.terminal.findings_screen import settle
from botoxcli.terminal.keys import interrupted_says, say, screen
from botoxcli.terminal.lines import note
from botoxcli.terminal.prompts import ask_questions
from botoxcli.workflow.follow_up import FollowUpPlan, FollowUpRequest, check_values, findings_of


@dataclass
class _Said:
    """What was said so far, as the draft keeps it. ``which`` are the ids of the events that there were, None before anybody said."""

    answers: dict[str, str] = field(default_factory=dict)
    which: list[str] | None = None
    told: list[dict[str, Any]] = field(default_factory=list)
    ended: dict[str, str | None] = field(default_factory=dict)
    note: str | None = None

    def as_json(self, on: date) -> dict[str, Any]:
        return {"on": on.isoformat(), "answers": self.answers, "which": self.which, "told": self.told, "ended": self.ended, "note": self.note}


def ask_follow_up(
    state: State, plan: FollowUpPlan, request: FollowUpRequest, *, today: date, key: str | None, dry_run: bool
) -> tuple[FollowUpRequest, str]:
    """The whole conversation; the request with all that was said, and the change's key. Raises Interrupted; the draft then stands."""
    code = plan.patient.code
    with Drafts(state.ledger) as drafts:
        draft = drafts.load("follow-up", code)
        said = _Said()
        if draft and confirm(f"An unfinished follow-up was last saved {draft.saved_at:%Y-%m-%d %H:%M} UTC. Go on with it? n drops it."):
            key = key or draft.key
            kept = draft.content
            said = _Said(kept["answers"], kept["which"], kept["told"], kept["ended"], kept.get("note"))
            request = replace(request, on=date.fromisoformat(kept["on"]))
        elif draft:
            drafts.drop(draft.key)
        change_key = key or secrets.token_hex(16)

        def save() -> None:
            drafts.save("follow-up", code, change_key, said.as_json(request.on), clock.utc_now())

        saved = f"Every answer so far is saved. Go on with: botox follow-up {code}"
        with interrupted_says(saved):
            request = _Conversation(plan, request, said, today, save).through()
            yes = dry_run or confirm(f"Record this follow-up of {code} on {request.on.isoformat()}?")
        if not yes:
            raise Interrupted(f"Nothing was recorded yet. {saved}")
        if dry_run:
            drafts.drop(change_key)
    return request, change_key


class _Conversation:
    """One run through what is open: what the flags said is not asked again."""

    def __init__(self, plan: FollowUpPlan, request: FollowUpRequest, said: _Said, today: date, save: Callable[[], None]) -> None:
        self.plan = plan
        self.request = request
        self.said = said
        self.today = today
        self.save = save

    @property
    def protocol(self) -> Protocol:
        return self.plan.protocol

    def through(self) -> FollowUpRequest:
        self._introduce()
        self._events()
        self._ended()
        self._outcomes()
        self._settle()
        return self.request

    def _introduce(self) -> None:
        patient, follows = self.plan.patient, self.plan.session_before(self.request.on)
        who = ", ".join(words for words in (patient.code, patient.name, f"born {patient.born}" if patient.born else None) if words)
        after = f"; day {(self.request.on - follows.date).days} after the session of {follows.date}" if follows else ""
        say(screen(), f"{who}{after}")

    def _events(self) -> None:
        """The events, what they ask for at once, and then each of them whole."""
        if self.request.events is not None:
            self._at_once(self.request.events)
            self._words(self.request.events)
            return
        begun = self.said.which is not None
        which = [find_event(self.protocol, event) for event in self.said.which or ()] if begun else list(ask_which(self.protocol))
        self._at_once(map(_bare, which))
        if not begun:
            self.said.which = [event.id for event in which]
            self.save()
        for event in which[len(self.said.told) :]:
            told = ask_about(event, today=self.today, on=self.request.on)
            self._words((told,))
            self.said.told.append(told.model_dump(mode="json"))
            self.save()
        events = escalated(tuple(AdverseEventTold.model_validate(one) for one in self.said.told))
        self.request = replace(self.request, events=events, note=self.request.note or self.said.note)

    def _words(self, told: Iterable[AdverseEventTold]) -> None:
        """What no event's name says, in words."""
        if wants_words(told, self.request.note or self.said.note):
            self.said.note = ask_what()
            self.save()
        self.request = replace(self.request, note=self.request.note or self.said.note)

    def _at_once(self, events: Iterable[AdverseEventTold]) -> None:
        if to_do := what_to_do(self.protocol, events):
            screen().print()
            for line in to_do_lines(to_do):
                say(screen(), line, "bold red")

    def _ended(self) -> None:
        """What is still open of earlier follow-ups; what is told again now is still there."""
        open_events = still_open(self.plan.history.events, self.request.on)
        known = {*(one.event for one in self.request.events or ()), *(one.event for one in self.request.resolved)}
        ended = ask_ended(open_events, today=self.today, on=self.request.on, answered={*known, *self.said.ended})
        self.said.ended.update({event: day.isoformat() if day else None for event, day in ended.items()})
        if ended:
            self.save()
        given = {event: day for event, day in self.said.ended.items() if day}
        resolved, _ = read_resolved(given, open_events, (), today=self.today, on=self.request.on)
        self.request = replace(self.request, resolved=(*self.request.resolved, *resolved))

    def _outcomes(self) -> None:
        """The measures: Enter passes over one that need not be told. What cannot be together is asked again."""
        answers = {**self.said.answers, **self.request.answers}
        while True:
            answers = self._asked(answers)
            try:
                check_values(self.plan, replace(self.request, answers=answers), today=self.today)
            except ValueRefused as refused:
                say(screen(), refused.sentence)
                again = {DIARY_DAYS, refused.where.removeprefix("--answer ")}
                answers = {name: answer for name, answer in answers.items() if name not in again}
                continue
            break
        self.request = replace(self.request, answers=self._told(answers))

    def _asked(self, answers: dict[str, str]) -> dict[str, str]:
        directions = {direction_id(measure.id): measure for measure in self.protocol.outcomes.measures if measure.direction}
        measures = [self._optional(question) for question in outcome_questions(self.protocol) if question.id not in directions]
        answers = ask_questions(measures, answers, save=self._save_answers, heading=lambda _: "outcomes")
        scored = [direction_question(measure) for measure in directions.values() if number_of(answers, measure.id) is not None]
        return ask_questions(scored, answers, save=self._save_answers, heading=lambda _: "outcomes") if scored else answers

    def _optional(self, question: Question) -> Question:
        required = question.id in (*required_outcomes(self.protocol), DIARY_DAYS)
        return question if required else question.model_copy(update={"default": UNKNOWN})

    def _save_answers(self, answers: dict[str, str]) -> None:
        self.said.answers = answers
        self.save()

    def _told(self, answers: dict[str, str]) -> dict[str, str]:
        """Without what was passed over: an optional measure that is unknown was not told."""
        given = {*self.request.answers, *required_outcomes(self.protocol), DIARY_DAYS}
        return {
            question.id: answers[question.id]
            for question in outcome_questions(self.protocol)
            if question.id in answers and (answers[question.id] != UNKNOWN or question.id in given)
        }

    def _settle(self) -> None:
        findings = findings_of(self.plan, self.request)
        for finding in (one for one in findings if one.level == "note"):
            note(f"{finding.id}: {finding.because}")
        if unsettled(findings):
            accepted, overridden = settle(findings, set(self.request.accepted), self.request.overridden)
            self.request = replace(self.request, accepted=frozenset(accepted), overridden=overridden)


def _bare(event: AdverseEvent) -> AdverseEventTold:
    return AdverseEventTold(event=event.id, escalate=event.escalate)
