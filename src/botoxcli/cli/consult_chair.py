"""The intake as a conversation: the questions, the rules' decision, the practitioner's own, and the last yes."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from botoxcli import clock
from botoxcli.cli.consult_print import decision_lines
from botoxcli.cli.state import State
from botoxcli.cli.texts import clean_text
from botoxcli.clinic.answers import consult_questions, missing
from botoxcli.clinic.decisions import OwnDecision
from botoxcli.clinic.findings import unsettled
from botoxcli.clinic.protocol import Jurisdiction
from botoxcli.errors import Interrupted
from botoxcli.store.drafts import Draft, Drafts
from botoxcli.terminal.ask import choose, confirm
from botoxcli.terminal.findings_screen import settle
from botoxcli.terminal.keys import interrupted_says, say, screen, typed
from botoxcli.terminal.lines import note
from botoxcli.terminal.prompts import ask_questions
from botoxcli.workflow.consult import ConsultOutcome, ConsultRequest, weigh

if TYPE_CHECKING:
    from botoxcli.workflow.session import Edition

_OWN = {"t": "treat", "treat": "treat", "defer": "defer", "decline": "decline"}


def ask_consult(
    state: State, edition: Edition, request: ConsultRequest, jurisdiction: Jurisdiction, *, key: str | None, dry_run: bool
) -> tuple[ConsultRequest, str]:
    """The whole conversation; the request with all that was said, and the change's key. Raises Interrupted; the draft then stands."""
    with Drafts(state.ledger) as drafts:
        draft = drafts.load("consult", request.patient)
        if draft and _go_on(draft):
            key = key or draft.key
            answers = {**draft.content["answers"], **request.answers}
            asked = [question.id for question in consult_questions(edition.protocol)]
            request = replace(request, answers={name: answers[name] for name in asked if name in answers})
        elif draft:
            drafts.drop(draft.key)
        key = key or secrets.token_hex(16)

        def save(answers: dict[str, str]) -> None:
            drafts.save("consult", request.patient, key, {"answers": answers}, clock.utc_now())

        saved = f"Every answer so far is saved. Go on with: botox consult {request.patient}"
        with interrupted_says(saved):
            request = _ask(edition, request, jurisdiction, save)
            request = _decide(state, edition, request)
            yes = dry_run or confirm(f"Record this consult of {request.patient} on {request.on.isoformat()}?")
        if not yes:
            raise Interrupted(f"Nothing was recorded yet. {saved}")
        if dry_run:
            drafts.drop(key)
    return request, key


def _go_on(draft: Draft) -> bool:
    """Whether to go on with the unfinished consult; False once it is dropped. Raises Interrupted when it is left as it is."""
    note(f"There is an unfinished consult with {len(draft.content['answers'])} answers.")
    word = choose("Go on with it, leave it for now, or drop it for good", ("go on", "leave", "drop"))
    if word == "leave":
        raise Interrupted("The unfinished consult stands as it was.")
    return word == "go on"


def _ask(edition: Edition, request: ConsultRequest, jurisdiction: Jurisdiction, save: Callable[[dict[str, str]], None]) -> ConsultRequest:
    questions = consult_questions(edition.protocol, jurisdiction)
    if not missing(questions, request.answers):
        return request
    answers = ask_questions(questions, request.answers, save=save)
    return replace(request, answers=dict(answers))


def _decide(state: State, edition: Edition, request: ConsultRequest) -> ConsultRequest:
    with state.reader() as reader:
        outcome = weigh(reader, edition, request)
    for line in decision_lines(outcome):
        note(line)
    request = _settle(outcome, request)
    if request.decided is None:
        request = replace(request, decided=_own_decision())
    if request.decided and not request.reason:
        request = replace(request, reason=_reason())
    return request


def _settle(outcome: ConsultOutcome, request: ConsultRequest) -> ConsultRequest:
    if not unsettled(outcome.warnings):
        return request
    accepted, _ = settle(outcome.warnings, set(request.accepted), {})
    return replace(request, accepted=frozenset(accepted))


def _own_decision() -> OwnDecision | None:
    while True:
        word = typed(screen(), "Your own decision: treat, defer or decline (Enter leaves it open) > ").lower()
        if not word:
            return None
        if word in _OWN:
            return cast("OwnDecision", _OWN[word])
        say(screen(), "Type treat, defer, decline, or Enter alone.")


def _reason() -> str:
    while True:
        if words := typed(screen(), "Your reason > "):
            return clean_text("--reason", words)
        say(screen(), "A decision needs its reason.")
