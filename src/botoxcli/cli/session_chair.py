"""The session at the chair: the conversation, step by step. Each step saves to the draft what it heard before the next one begins.

Who it is; how it went last time; the safety answers; what speaks against it; the vial, the dilution, the hour it was made up; the
checklist; what speaks against the doses. Only what the flags and the draft left open is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from botoxcli.cli.given import millilitres
from botoxcli.cli.session_flags import reconstitution
from botoxcli.cli.session_last_time import last_session, last_time, show_last_time
from botoxcli.clinic.answers import chair_questions, missing
from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.dose_outlook import outlook_lines
from botoxcli.clinic.dosing import volume_ul
from botoxcli.clinic.findings import Finding, reopened
from botoxcli.clinic.history import PastSession
from botoxcli.clinic.instants import moment_text
from botoxcli.clinic.planned_dose import weight_grams
from botoxcli.clinic.quantity import ml_text, units_text
from botoxcli.clinic.session_draft import SessionDraft
from botoxcli.clinic.session_rules import lot_corrected
from botoxcli.clinic.stock import choose_vials, todays_vials
from botoxcli.errors import Interrupted, StoppedByRule, ValueRefused
from botoxcli.terminal.ask import confirm
from botoxcli.terminal.findings_screen import settle
from botoxcli.terminal.keys import BACK, interrupted_says, plain_number, say, screen, typed
from botoxcli.terminal.prompts import ask_questions
from botoxcli.terminal.session_screen import run_checklist
from botoxcli.workflow.doses import outlook_of
from botoxcli.workflow.session import SessionPlan, SessionRequest, facts_of, findings_of, planned_diluent_ul

_LONGEST = 600
_VIAL_FINDINGS = ("vial-unknown", "vial-used", "vial-recalled", "vial-expired", "product")


class _BackError(Exception):
    """The person typed ``<``: the step before is asked again."""


@dataclass
class Chair:
    """One conversation. ``save`` keeps a draft on the disk before it returns; ``saved`` says how to go on after a break."""

    plan: SessionPlan
    draft: SessionDraft
    save: Callable[[SessionDraft], None]
    now: Callable[[], datetime]
    here_and_now: bool
    saved: str
    minutes: int | None = None
    going_back: bool = False

    def __post_init__(self) -> None:
        self._given = (self.draft.accepted, self.draft.overridden)
        self._said: dict[str, tuple[str]] = {}

    def keep(self, draft: SessionDraft) -> None:
        """Takes a draft over and saves it."""
        self.draft = draft
        self.save(draft)

    def forget_settled(self) -> None:
        """On the way back what was accepted and overridden at the screen is asked anew: the answers behind it may change."""
        accepted, overridden = self._given
        self.keep(replace(self.draft, accepted=accepted, overridden=overridden))

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
        """Shows what was found; keeps what was accepted and overridden. What is let stand leads back, or out with StoppedByRule."""
        try:
            accepted, overridden = settle(findings, set(self.draft.accepted), dict(self.draft.overridden), saved=self.saved)
        except StoppedByRule as stopped:
            if confirm("Go back and correct something? n leaves; all of it stays saved."):
                raise _BackError from None
            stopped.next_step = self.saved
            raise
        self._said.update({finding.id: (finding.because,) for finding in findings})
        self.keep(replace(self.draft, accepted=frozenset(accepted), overridden=overridden))

    def reopen_changed(self, findings: Sequence[Finding]) -> None:
        """What was accepted or overridden at this screen holds for what was shown then: another vial or site is asked about anew."""
        changed = reopened(findings, self._said)
        overridden = {name: reason for name, reason in self.draft.overridden.items() if name not in changed}
        if changed:
            self.keep(replace(self.draft, accepted=self.draft.accepted - changed, overridden=overridden))

    def new_findings(self) -> tuple[Finding, ...]:
        """What has not been said on this screen yet: the notes and what was settled are left out."""
        planned = self.request(checklist=self.draft.checklist.give_rest())
        self.reopen_changed(findings_of(self.plan, planned))
        found = findings_of(self.plan, replace(planned, accepted=self.draft.accepted, overridden=self.draft.overridden))
        return tuple(finding for finding in found if finding.level != "note" and finding.resolution is None)


def at_the_chair(chair: Chair, *, rehearsal: bool) -> SessionDraft:
    """The whole conversation up to the last yes. Raises Interrupted, StoppedByRule; the draft then holds what was said."""
    _confirm_patient(chair)
    chair.keep(chair.draft)  # what the flags said is there to be gone on with from the first question on
    with interrupted_says(chair.saved):
        show_last_time(_last(chair), chair.draft.checklist)
        steps = _STEPS if rehearsal else (*_STEPS, _ask_to_record)
        place = 0
        while place < len(steps):
            try:
                steps[place](chair)
                place, chair.going_back = place + 1, False
            except _BackError:
                place, chair.going_back = _step_before(steps, place), True
                chair.forget_settled()
    return chair.draft


def _step_before(steps: Sequence[Step], place: int) -> int:
    """The last step before this one that asks something of its own."""
    return next((before for before in range(place - 1, -1, -1) if steps[before] in _ASKING), 0)


def _settle_before_the_needle(chair: Chair) -> None:
    chair.settle(findings_of(chair.plan, chair.request(checklist=chair.draft.checklist.give_rest(), lots=False)))


def _settle_what_is_new(chair: Chair) -> None:
    chair.settle(chair.new_findings())


def _typed(prompt: str) -> str:
    """A line; ``<`` goes back."""
    words = typed(screen(), prompt)
    if words.lower() in BACK:
        raise _BackError
    return words


def _confirm_patient(chair: Chair) -> None:
    """Who sits in the chair is confirmed each time, also when a session is gone on with: it may be somebody else by now."""
    patient = chair.plan.patient
    born = patient.born.isoformat() if patient.born else "birth date unknown"
    say(screen(), f"{patient.name or 'name unknown'}, born {born}, code {patient.code}", "bold")
    if patient.archived:
        say(screen(), "This patient is archived.", "bold")
    if patient.paused_until and chair.draft.on < patient.paused_until:
        say(screen(), f"This patient is paused until {patient.paused_until}.", "bold")
    with interrupted_says(chair.saved if chair.draft.answers else "Nothing was recorded."):
        right = confirm("Is this the patient in the chair?")
    if not right:
        raise Interrupted("Nothing was recorded: it is another patient.")


def _show_doses(chair: Chair) -> None:
    """What the windows still allow today, and when the plan fits."""
    planned = chair.draft.checklist.give_rest().hundredths
    outlook = outlook_of(
        chair.plan.protocol, chair.plan.history, chair.draft.on, planned_hundredths=planned, grams=weight_grams(chair.draft.answers)
    )  # fmt: skip
    for line in outlook_lines(outlook):
        say(screen(), line)


def _last(chair: Chair) -> PastSession | None:
    return last_session(chair.plan.history.sessions, chair.plan.protocol.id, chair.draft.on)


def _ask_safety(chair: Chair) -> None:
    questions = chair_questions(chair.plan.protocol)
    if missing(questions, chair.draft.answers) or chair.going_back:
        answers = ask_questions(
            questions,
            chair.draft.answers,
            save=lambda answered: chair.keep(replace(chair.draft, answers=dict(answered))),
            no_default=True,
            again=chair.going_back,
        )
        weighed = chair.draft.checklist.at_weight(weight_grams(answers))
        chair.keep(replace(chair.draft, answers=dict(answers), checklist=weighed))


def _ask_vials(chair: Chair) -> None:
    """Today's vial by Enter, or lots with commas between them; a lot that a rule stops can be typed again."""
    if chair.going_back:
        chair.keep(replace(chair.draft, lots=()))
    while True:
        if not chair.draft.lots:
            _ask_lots(chair)
        for finding in lot_corrected(facts_of(chair.plan, chair.request())):
            say(screen(), f"{finding.level.upper()} {finding.id}: {finding.because}")
        problems = [finding for finding in chair.new_findings() if finding.id in _VIAL_FINDINGS]
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
        words = _typed(prompt)
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
        words = _typed("Lot of the further vial > ")
        if words:
            chair.keep(replace(chair.draft, lots=(*chair.draft.lots, words)))


def _ask_dilution(chair: Chair) -> None:
    if chair.draft.diluent_ul is not None and not chair.going_back:
        return
    planned = planned_diluent_ul(chair.plan.protocol, choose_vials(chair.plan.stock, chair.draft.lots))
    offered = f"Enter = {ml_text(planned)}, the protocol's" if planned else "all vials together"
    while True:
        words = plain_number(_typed(f"Diluent in mL, all vials together ({offered}) > "))
        try:
            diluent = millilitres("The diluent", words) if words or not planned else planned
        except ValueRefused as refused:
            say(screen(), refused.sentence)
            continue
        chair.keep(replace(chair.draft, diluent_ul=diluent))
        return


def _ask_reconstitution(chair: Chair) -> None:
    if chair.draft.made_up and not chair.going_back:
        return
    now = chair.now()
    offered = f"Enter = now, {moment_text(now)}" if chair.here_and_now else "Enter = not known"
    while True:
        words = _typed(f"Made up at HH:MM ({offered}) > ")
        try:
            at = reconstitution(words, on=chair.draft.on, zone=chair.plan.zone, now=now) if words else (now if chair.here_and_now else None)
        except ValueRefused as refused:
            say(screen(), f"{refused.sentence.removeprefix('--reconstituted: ').capitalize()} {refused.next_step}")
            continue
        if at and at > now:
            say(screen(), "That is still to come.")
            continue
        chair.keep(replace(chair.draft, reconstituted_at=at, made_up=True))
        return


def _run_checklist(chair: Chair) -> None:
    """From the first open muscle; on the way back from the first one that was otherwise than planned, else from the last."""
    if chair.draft.begun_at is None:
        chair.keep(replace(chair.draft, begun_at=chair.now()))
    otherwise = [tick.muscle for tick in chair.draft.checklist.chosen()]
    complete = chair.going_back and not chair.draft.checklist.open_muscles()
    checklist = run_checklist(
        chair.draft.checklist,
        volume_ul=_volumes(chair),
        save=lambda ticked: chair.keep(chair.draft.with_checklist(ticked)),
        last_time=last_time(_last(chair), chair.draft.checklist),
        start_at=next(iter(otherwise), chair.plan.protocol.muscles[-1]) if complete else None,
    )
    chair.keep(chair.draft.with_checklist(checklist))


def _volumes(chair: Chair) -> Callable[[int], int | None]:
    facts = facts_of(chair.plan, chair.request())
    held = sum(choice.vial.hundredths for choice in facts.vials if choice.vial)
    if not held or facts.diluent_ul is None or any(choice.vial is None for choice in facts.vials):
        return lambda _hundredths: None
    diluent = facts.diluent_ul
    return lambda hundredths: volume_ul(hundredths, diluent_ul=diluent, vial_hundredths=held)


def _ask_minutes(chair: Chair) -> None:
    """How long it took: Enter takes the time since the checklist began."""
    if chair.minutes is not None and not chair.going_back:
        return
    begun = chair.draft.begun_at
    elapsed = max(1, round((chair.now() - begun).total_seconds() / 60)) if begun and chair.here_and_now else None
    elapsed = elapsed if elapsed is None or elapsed <= _LONGEST else None
    offered = f"Enter = {elapsed}, since the checklist began" if elapsed else "Enter = not known"
    while True:
        words = _typed(f"Minutes ({offered}) > ")
        if not words or (words.isascii() and words.isdigit() and int(words) <= _LONGEST):
            chair.minutes = int(words) if words else elapsed
            return
        say(screen(), f"A whole number of minutes, 0 to {_LONGEST}.")


def _ask_to_record(chair: Chair) -> None:
    """The last yes. A no leaves everything as it stands, unfinished."""
    total = units_text(chair.draft.checklist.hundredths)
    question = f"Record this session of {chair.plan.patient.code} on {chair.draft.on.isoformat()}, {total} U? y/n, < corrects > "
    while True:
        word = _typed(question).lower()
        if word in ("y", "yes"):
            return
        if word in ("n", "no"):
            raise Interrupted(f"Nothing was recorded yet. {chair.saved}")
        say(screen(), "Type y to record, < to correct the sites, n to leave it unfinished.")


Step = Callable[[Chair], None]
_ASKING: tuple[Step, ...] = (_ask_safety, _ask_vials, _ask_dilution, _ask_reconstitution, _run_checklist)
_STEPS: tuple[Step, ...] = (
    _ask_safety,
    _settle_before_the_needle,
    _show_doses,
    _ask_vials,
    _ask_dilution,
    _ask_reconstitution,
    _settle_what_is_new,
    _run_checklist,
    _ask_more_vials,
    _settle_what_is_new,
    _ask_minutes,
)
