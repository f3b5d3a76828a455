"""``botox session``: a treatment. Scripted by flags, or asked at the chair with every tick saved at once."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import typer

from botoxcli import clock
from botoxcli.cli.app import new_app
from botoxcli.cli.rows import FORMAT_HELP, Form
from botoxcli.cli.state import State, recording_date, state_of
from botoxcli.errors import UsageError, ValueRefused

if TYPE_CHECKING:
    from botoxcli.cli.session_flags import SessionFlags
    from botoxcli.clinic.session_draft import SessionDraft
    from botoxcli.workflow.session import Edition, SessionOutcome, SessionPlan

app = new_app()


@app.command()
def session(
    ctx: typer.Context,
    patient: str = typer.Argument(..., help="The patient's code, or a part of a name that fits one patient."),
    on: str | None = typer.Option(None, "--on", metavar="DATE", help="The session's day (default today)."),
    at: str | None = typer.Option(None, "--at", metavar="HH:MM", help="The session's hour, when it is entered later."),
    protocol: str | None = typer.Option(None, metavar="ID", help="The protocol (default: the patient's)."),
    answer: list[str] = typer.Option([], metavar="ID=VALUE", help="A safety answer: yes, no, unknown. Repeatable."),
    answers: str | None = typer.Option(None, metavar="FILE|-", help="Answers from a YAML or JSON file, or from standard input."),
    vial: list[str] = typer.Option([], metavar="LOT", help="The vial's lot: the next unused vial of it. Repeat for more."),
    diluent_ml: str | None = typer.Option(None, metavar="N", help="mL of diluent, all vials together (default the protocol's)."),
    reconstituted: str | None = typer.Option(None, metavar="WHEN", help="When it was made up: HH:MM, YYYY-MM-DDTHH:MM or now."),
    as_planned: bool = typer.Option(False, "--as-planned", help="Every site that no other flag names, as planned."),
    skip: list[str] = typer.Option([], metavar="SITE=REASON", help="A site left out. Repeatable."),
    units: list[str] = typer.Option([], metavar="SITE=N", help="Another dose at a site. Repeatable."),
    extra: list[str] = typer.Option([], metavar="MUSCLE-SIDE=N", help="Follow-the-pain: so many more units. Repeatable."),
    minutes: int | None = typer.Option(None, metavar="N", help="How long it took."),
    injector: str | None = typer.Option(None, metavar="NAME", help="Who injected (default: who records)."),
    accept: list[str] = typer.Option([], metavar="ID", help="Accept a warning. Repeatable."),
    override: list[str] = typer.Option([], metavar="ID=REASON", help="Override a stop, with a written reason. Repeatable."),
    resume: bool = typer.Option(False, "--resume", help="Go on with this patient's unfinished session."),
    key: str | None = typer.Option(None, metavar="TEXT", help="A key of your own: the same command again records once."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask: what is missing is an error."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check everything, record nothing."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """A treatment: safety questions, vial, the site checklist.

    Example: botox session P0001 --vial C1234 --as-planned --answers chair.yaml --no-input
    """
    from botoxcli.cli.protocols import edition_for
    from botoxcli.cli.session_flags import SessionFlags
    from botoxcli.cli.session_print import print_session

    flags = SessionFlags(
        patient=patient, answer=tuple(answer), answers=answers, vial=tuple(vial), diluent_ml=diluent_ml, reconstituted=reconstituted,
        minutes=minutes, injector=injector, as_planned=as_planned, skip=tuple(skip), units=tuple(units), extra=tuple(extra),
        accept=tuple(accept), override=tuple(override),
    )  # fmt: skip
    state = state_of(ctx)
    run = _Run(state, flags, edition_for(state, patient, protocol), key=key, resume=resume, no_input=no_input, dry_run=dry_run)
    outcome = run.record(on, at)
    print_session(run.state, run.edition, outcome, form=form.value, dry_run=dry_run, at=run.at)


class _Run:
    """One call of the command: the flags, the ledger, the draft."""

    def __init__(self, state: State, flags: SessionFlags, edition: Edition, *, key: str | None, resume: bool, no_input: bool, dry_run: bool) -> None:
        self.state = state
        self.flags = flags
        self.edition = edition
        self.key = key
        self.resume = resume
        self.no_input = no_input
        self.dry_run = dry_run
        self.at = None if state.today_is_set else clock.utc_now()

    def record(self, on: str | None, hour: str | None) -> SessionOutcome:
        from botoxcli.cli.given import checked_key, may_ask
        from botoxcli.cli.session_flags import onto, require_whole
        from botoxcli.cli.texts import clean_text
        from botoxcli.clinic.instants import parse_hour
        from botoxcli.store.recorder import Recorder
        from botoxcli.workflow import session as workflow

        asking = may_ask(self.no_input)
        with self.state.reader() as reader:
            plan = workflow.prepare(reader, self.edition, self.flags.patient, None if asking else ())
            today, actor = self.state.today(reader), self.state.actor(reader)
        self.key = checked_key(self.key)
        injector = clean_text("--injector", self.flags.injector, longest=200) if self.flags.injector is not None else actor
        draft = self._begun(plan, on, today, asking=asking)
        now = clock.utc_now()
        self.at = parse_hour(hour, on=draft.on, zone=plan.zone, where="--at") if hour else self.at if draft.on == clock.today(plan.zone) else None
        if self.at and self.at > now:
            raise ValueRefused("--at", "the hour is still to come")
        draft = onto(draft, self.flags, self.edition.protocol, zone=plan.zone, now=now)
        minutes = self.flags.minutes
        if asking:
            draft, minutes = self._ask(plan, draft)
        require_whole(draft, self.edition.protocol)
        request = workflow.SessionRequest(
            patient=plan.patient.code, on=draft.on, checklist=draft.checklist, answers=draft.answers, lots=draft.lots,
            diluent_ul=draft.diluent_ul, reconstituted_at=draft.reconstituted_at, reconstituted_as=self.flags.reconstituted,
            at=self.at, minutes=minutes, injector=injector, accepted=draft.accepted, overridden=draft.overridden,
        )  # fmt: skip
        return workflow.record(
            Recorder(self.state.ledger), self.edition, request, actor=actor, today=today, now=clock.utc_now(), key=self.key, dry_run=self.dry_run
        )

    def _begun(self, plan: SessionPlan, on: str | None, today: date, *, asking: bool) -> SessionDraft:
        """The unfinished session to go on with, or a new one. Its key becomes the change's."""
        from botoxcli.cli.session_resume import offer_draft
        from botoxcli.clinic.checklist import Checklist
        from botoxcli.clinic.session_draft import SessionDraft

        if self.resume and self.key:
            raise UsageError("--resume goes on under the unfinished session's own key.", "Leave --key off.")
        found = offer_draft(self.state.ledger, plan, resume=self.resume, asking=asking, rehearsal=self.dry_run)
        if found:
            if on is not None and (day := recording_date(on, today, self.state.today_is_set)) != found.draft.on:
                raise ValueRefused("--on", f"the unfinished session is of {found.draft.on}, not of {day}", "Leave --on off to go on with it.")
            self.key = found.key
            return found.draft
        return SessionDraft(recording_date(on, today, self.state.today_is_set), Checklist(self.edition.protocol))

    def _ask(self, plan: SessionPlan, draft: SessionDraft) -> tuple[SessionDraft, int | None]:
        import secrets

        from botoxcli.cli.session_chair import Chair, at_the_chair
        from botoxcli.cli.session_resume import how_to_resume
        from botoxcli.store.drafts import Drafts

        self.key = self.key or secrets.token_hex(16)
        code, key = plan.patient.code, self.key
        with Drafts(self.state.ledger) as drafts:
            drafts.load("session", code)
            chair = Chair(
                plan=plan,
                draft=draft,
                save=lambda said: None if self.dry_run else drafts.save("session", code, key, said.as_json(), clock.utc_now()),
                now=lambda: clock.local_now(plan.zone),
                here_and_now=self.at is not None,
                saved=how_to_resume(code, plan.protocol.id),
                minutes=self.flags.minutes,
            )
            return at_the_chair(chair, rehearsal=self.dry_run), chair.minutes
