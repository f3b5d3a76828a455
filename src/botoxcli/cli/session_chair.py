"""The session at the chair: the conversation, step by step. Each step saves to the draft what it heard before the next one begins.

Who it is; how it went last time; the safety answers; what speaks against it; the vial, the dilution, the hour it was made up; the
checklist; what speaks against the doses. Only what the flags and the draft left open is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from botoxcli.cli.given import millilitres
from botoxcli.cli.session_flags import reconstitution
from botoxcli.clinic.answers import chair_questions, missing
from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.dose_outlook import outlook_lines
from botoxcli.clinic.dosing import volume_ul
from botoxcli.clinic.findings import Finding
from botoxcli.clinic.history import PastSession
from botoxcli.clinic.instants import moment_text
from botoxcli.clinic.planned_dose import weight_grams
from botoxcli.clinic.quantity import ml_text, units_text
from botoxcli.clinic.session_draft import SessionDraft
from botoxcli.clinic.stock import choose_vials, todays_vials
from botoxcli.errors import BotoxError, Interrupted, StoppedByRule
from botoxcli.terminal.ask import ask_value, confirm
from botoxcli.terminal.findings_screen import settle
from botoxcli.terminal.keys import interrupted_says, say, screen, typed
from botoxcli.terminal.prompts import ask_questions
from botoxcli.terminal.session_screen import run_checklist
from botoxcli.workflow.doses import outlook_of
from botoxcli.workflow.session import SessionPlan, SessionRequest, facts_of, findings_of, planned_diluent_ul

if TYPE_CHECKING:
    from collections.abc import Mapping

_VIAL_FINDINGS = ("vial-unknown", "vial-used", "vial-recalled", "vial-expired", "product")


@dataclass
class Chair:
    """One conversation. ``save`` keeps a draft on the disk before it returns; ``saved`` says how to go on after a break."""

    plan: SessionPlan
    draft: SessionDraft
    save: Callable[[SessionDraft], None]
    now: Callable[[], datetime]
    here_and_now: bool
    saved: str

    def keep(self, draft: SessionDraft) -> None:
        """Takes a draft over and saves it."""
        self.draft = draft
        self.save(draft)

    def request(self, *, checklist: Checklist | None = None, lots: bool = True) -> SessionRequest:
        """What the rules are asked about, from what was said so far."""
        return SessionRequest(
            patient=self.plan.patient.code,
            on=self.draft.on,
            checklist=checklist or self.draft.checklist,
            answers=self.draft.answers,
            lots=self.draft.lots if lots else (),
            diluent_ul=self.draft.diluent_ul,
            reconstituted_at=self.draft.reconstituted_at if lots else None,
            at=self.now() if self.here_and_now else None,
            accepted=self.draft.accepted,
            overridden=self.draft.overridden,
        )

    def settle(self, findings: Sequence[Finding]) -> None:
        """Shows what was found; keeps what was accepted and overridden. Raises StoppedByRule when a stop is let stand."""
        accepted, overridden = settle(findings, set(self.draft.accepted), dict(self.draft.overridden), saved=self.saved)
        self.keep(replace(self.draft, accepted=frozenset(accepted), overridden=overridden))


def at_the_chair(chair: Chair) -> SessionDraft:
    """The whole conversation up to the last tick. Raises Interrupted, StoppedByRule; the draft then holds what was said."""
    _confirm_patient(chair)
    with interrupted_says(chair.saved):
        _before_the_needle(chair)
        _run_checklist(chair)
        while not _doses_are_settled(chair):
            _run_checklist(chair, start_at=chair.draft.checklist.chosen()[0].muscle)
    return chair.draft


def _doses_are_settled(chair: Chair) -> bool:
    """Whether nothing speaks against the doses any more; False when the sites are to be corrected. Raises StoppedByRule."""
    _ask_more_vials(chair)
    try:
        chair.settle(_new(chair, findings_of(chair.plan, chair.request())))
    except StoppedByRule:
        if not chair.draft.checklist.chosen() or not confirm("Correct the sites?"):
            raise
        return False
    return True


def _before_the_needle(chair: Chair) -> None:
    _show_last_time(chair.plan.history.sessions, chair.plan.protocol.id)
    _ask_safety(chair)
    chair.settle(findings_of(chair.plan, chair.request(checklist=chair.draft.checklist.give_rest(), lots=False)))
    _show_doses(chair)
    _ask_vials(chair)
    _ask_dilution(chair)
    _ask_reconstitution(chair)
    chair.settle(_new(chair, findings_of(chair.plan, chair.request(checklist=chair.draft.checklist.give_rest()))))


def _new(chair: Chair, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """What has not been said on this screen yet: the notes and what was settled are left out."""
    return tuple(finding for finding in findings if finding.level != "note" and finding.resolution is None)


def _confirm_patient(chair: Chair) -> None:
    patient = chair.plan.patient
    born = patient.born.isoformat() if patient.born else "birth date unknown"
    say(screen(), f"{patient.name or 'name unknown'}, born {born}, code {patient.code}", "bold")
    if patient.archived:
        say(screen(), "This patient is archived.", "bold")
    if patient.paused_until and chair.draft.on < patient.paused_until:
        say(screen(), f"This patient is paused until {patient.paused_until}.", "bold")
    if chair.draft.confirmed:
        return
    with interrupted_says("Nothing was recorded."):
        right = confirm("Is this the patient in the chair?")
    if not right:
        raise Interrupted("Nothing was recorded: it is another patient.")
    chair.keep(replace(chair.draft, confirmed=True))


def _show_doses(chair: Chair) -> None:
    """What the windows still allow today, and when the plan fits."""
    planned = chair.draft.checklist.give_rest().hundredths
    outlook = outlook_of(
        chair.plan.protocol, chair.plan.history, chair.draft.on, planned_hundredths=planned, grams=weight_grams(chair.draft.answers)
    )  # fmt: skip
    for line in outlook_lines(outlook):
        say(screen(), line)


def _show_last_time(sessions: Sequence[PastSession], protocol: str) -> None:
    last = next((session for session in reversed(sessions) if session.protocol == protocol), None)
    if last is None:
        say(screen(), "First session under this protocol.")
        return
    say(screen(), f"Last session: {last.date.isoformat()} (visit {last.visit}), {units_text(last.hundredths)} U.")
    for site, words in last_time(last).items():
        say(screen(), f"  {site}: {words}")
    was_so = [question for question, answer in last.answers if answer == "yes" and question in ("weakness-or-ptosis-now", "trouble-since-last")]
    if was_so:
        say(screen(), f"  Answered yes then: {', '.join(was_so)}")


def last_time(session: PastSession | None) -> Mapping[str, str]:
    """Where a session left the plan, site by site, in words."""
    if session is None:
        return {}
    words = {}
    for deviation in session.deviations:
        why = f" ({deviation.reason})" if deviation.reason else ""
        said = {"skipped": "skipped", "extra": f"extra {units_text(deviation.hundredths)} U"}
        words[deviation.site] = said.get(deviation.state, f"{units_text(deviation.hundredths)} U") + why
    return words


def _ask_safety(chair: Chair) -> None:
    questions = chair_questions(chair.plan.protocol)
    if missing(questions, chair.draft.answers):
        answers = ask_questions(
            questions,
            chair.draft.answers,
            save=lambda answered: chair.keep(replace(chair.draft, answers=dict(answered))),
            no_default=True,
        )
        weighed = chair.draft.checklist.at_weight(weight_grams(answers))
        chair.keep(replace(chair.draft, answers=dict(answers), checklist=weighed))


def _ask_vials(chair: Chair) -> None:
    """Today's vial by Enter, or lots with commas between them; a lot that a rule stops can be typed again."""
    while True:
        if not chair.draft.lots:
            _ask_lots(chair)
        found = findings_of(chair.plan, chair.request(checklist=chair.draft.checklist.give_rest()))
        problems = [finding for finding in _new(chair, found) if finding.id in _VIAL_FINDINGS]
        if not problems:
            return
        for finding in problems:
            say(screen(), f"{finding.level.upper()} {finding.id}: {finding.because}", "bold")
        if not confirm("Use it all the same, with a written reason? n asks for another vial."):
            chair.keep(replace(chair.draft, lots=()))
            continue
        chair.settle(problems)
        return


def _ask_lots(chair: Chair) -> None:
    protocol = chair.plan.protocol
    hundredths = max(chair.draft.checklist.give_rest().hundredths, 1)
    offered = todays_vials(chair.plan.stock, product=protocol.product.name, hundredths=hundredths, on=chair.draft.on)
    if offered:
        words = ", ".join(f"{vial.lot} ({units_text(vial.hundredths)} U, expires {vial.expires.isoformat()})" for vial in offered)
        prompt = f"Vial: Enter takes {words}, or type the lot > "
    else:
        prompt = "No usable vial in the stock. Vial lot > "
    while True:
        words = typed(screen(), prompt)
        lots = tuple(part.strip() for part in words.split(",") if part.strip()) or tuple(vial.lot for vial in offered)
        if lots:
            chair.keep(replace(chair.draft, lots=lots))
            return


def _ask_more_vials(chair: Chair) -> None:
    """When extras took more than the vials hold, the next vial is named."""
    while True:
        choices = choose_vials(chair.plan.stock, chair.draft.lots)
        held = sum(choice.vial.hundredths for choice in choices if choice.vial)
        if any(choice.vial is None for choice in choices) or chair.draft.checklist.hundredths <= held:
            return
        say(screen(), f"{units_text(chair.draft.checklist.hundredths)} U were given; the vials named hold {units_text(held)} U.", "bold")
        words = typed(screen(), "Lot of the further vial > ")
        if words:
            chair.keep(replace(chair.draft, lots=(*chair.draft.lots, words)))


def _ask_dilution(chair: Chair) -> None:
    if chair.draft.diluent_ul is not None:
        return
    planned = planned_diluent_ul(chair.plan.protocol, choose_vials(chair.plan.stock, chair.draft.lots))
    default = ml_text(planned).rstrip("0").rstrip(".") if planned else ""
    diluent = ask_value("Diluent in mL, all vials together", lambda words: millilitres("diluent", words), default=default)
    chair.keep(replace(chair.draft, diluent_ul=diluent))


def _ask_reconstitution(chair: Chair) -> None:
    if chair.draft.made_up:
        return
    now = chair.now()
    offered = f"Enter = now, {moment_text(now)}" if chair.here_and_now else "Enter = not known"
    while True:
        words = typed(screen(), f"Made up at HH:MM ({offered}) > ")
        try:
            at = reconstitution(words, on=chair.draft.on, zone=chair.plan.zone, now=now) if words else (now if chair.here_and_now else None)
        except BotoxError as refused:
            say(screen(), refused.sentence)
            continue
        if at and at > now:
            say(screen(), "That is still to come.")
            continue
        chair.keep(replace(chair.draft, reconstituted_at=at, made_up=True))
        return


def _run_checklist(chair: Chair, *, start_at: str | None = None) -> None:
    if chair.draft.begun_at is None:
        chair.keep(replace(chair.draft, begun_at=chair.now()))
    if not chair.draft.checklist.open_muscles() and start_at is None:
        return
    last = next((session for session in reversed(chair.plan.history.sessions) if session.protocol == chair.plan.protocol.id), None)
    checklist = run_checklist(
        chair.draft.checklist,
        volume_ul=_volumes(chair),
        save=lambda ticked: chair.keep(chair.draft.with_checklist(ticked)),
        last_time=last_time(last),
        start_at=start_at,
    )
    chair.keep(chair.draft.with_checklist(checklist))


def _volumes(chair: Chair) -> Callable[[int], int | None]:
    facts = facts_of(chair.plan, chair.request())
    held = sum(choice.vial.hundredths for choice in facts.vials if choice.vial)
    if not held or facts.diluent_ul is None or any(choice.vial is None for choice in facts.vials):
        return lambda _hundredths: None
    diluent = facts.diluent_ul
    return lambda hundredths: volume_ul(hundredths, diluent_ul=diluent, vial_hundredths=held)


def ask_minutes(chair: Chair) -> int | None:
    """How long it took: Enter takes the time since the checklist began."""
    begun = chair.draft.begun_at
    elapsed = max(1, round((chair.now() - begun).total_seconds() / 60)) if begun and chair.here_and_now else None
    offered = f"Enter = {elapsed}, since the checklist began" if elapsed else "Enter = not known"
    while True:
        words = typed(screen(), f"Minutes ({offered}) > ")
        if not words:
            return elapsed
        if words.isascii() and words.isdigit() and int(words) <= 600:
            return int(words)
        say(screen(), "A whole number of minutes, 0 to 600.")
