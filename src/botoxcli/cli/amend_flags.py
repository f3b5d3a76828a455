"""The flags of ``botox visit amend`` as a patch of the visit's kind: what is not given stays."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime

from botoxcli.cli.given import accepted_ids, answers_given, millilitres, overridden_ids, pairs, reasons, units_given
from botoxcli.cli.session_flags import reconstitution
from botoxcli.cli.texts import clean_text
from botoxcli.clinic.adverse_events import read_events, read_resolved, still_open
from botoxcli.clinic.answers import consult_questions, session_questions
from botoxcli.clinic.due_candidate import PastEvent
from botoxcli.clinic.history import PatientHistory, VisitKind
from botoxcli.clinic.outcomes import outcome_questions
from botoxcli.clinic.past_visit import WholeVisit
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.quantity import parse_number
from botoxcli.clinic.site_patch import SitePatch
from botoxcli.errors import UsageError, ValueRefused
from botoxcli.workflow.amend import Patch
from botoxcli.workflow.amend_consult import ConsultPatch, NewDecision
from botoxcli.workflow.amend_follow_up import FollowUpPatch
from botoxcli.workflow.amend_session import SessionPatch
from botoxcli.workflow.correction import Settled
from botoxcli.workflow.recorded import follow_up_from

_SETTLING = {"accept", "override"}
_COMMON = {"on", "answer", "answers", *_SETTLING}
_OF_KIND: dict[VisitKind, set[str]] = {
    "consult": {"decide", "decide_reason"},
    "session": {"vial", "diluent_ml", "reconstituted", "as_planned", "planned", "skip", "units", "extra", "minutes", "injector"},
    "follow-up": {"event", "resolved", "note"},
}
_EXAMPLE: dict[VisitKind, str] = {
    "consult": "--answer hit-6=46 or --decide treat",
    "session": "--skip procerus=scar or --minutes 12",
    "follow-up": "--answer headache-days=8 or --event neck-pain=mild",
}


@dataclass(frozen=True)
class AmendFlags:
    """The options as they were typed."""

    on: str | None = None
    answer: tuple[str, ...] = ()
    answers: str | None = None
    vial: tuple[str, ...] = ()
    diluent_ml: str | None = None
    reconstituted: str | None = None
    as_planned: bool = False
    planned: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    minutes: int | None = None
    injector: str | None = None
    decide: NewDecision | None = None
    decide_reason: str | None = None
    event: tuple[str, ...] = ()
    resolved: tuple[str, ...] = ()
    note: str | None = None
    accept: tuple[str, ...] = ()
    override: tuple[str, ...] = ()

    def given(self) -> tuple[str, ...]:
        """The names of the options that were given."""
        return tuple(name for name, value in vars(self).items() if value not in (None, (), False))


@dataclass(frozen=True)
class ToAmend:
    """The visit that is to be put right, the edition that it followed, and what its patient's other visits say."""

    visit: WholeVisit
    protocol: Protocol
    history: PatientHistory
    zone: str
    today: date
    now: datetime


def require_fitting(flags: AmendFlags, kind: VisitKind) -> None:
    """Raises UsageError for an option that a visit of this kind does not have, and when there is nothing to amend."""
    given = flags.given()
    foreign = [name for name in given if name not in _COMMON | _OF_KIND[kind]]
    if foreign:
        raise UsageError(f"A {kind} has no {_flag(foreign[0])}.", f"It takes {', '.join(map(_flag, sorted(_OF_KIND[kind])))}, --on and --answer.")
    if not set(given) - _SETTLING:
        raise UsageError(
            f"There is nothing to amend: nothing was said that should read otherwise in this {kind}.",
            f"Say it with flags, such as {_EXAMPLE[kind]}; `botox visit show` has what stands, `botox visit void` withdraws it.",
        )


def _flag(name: str) -> str:
    return "--" + name.replace("_", "-")


def patch_of(flags: AmendFlags, to_amend: ToAmend, on: date | None) -> Patch:
    """The patch that the flags make. Raises UsageError for a flag's form, ValueRefused for a value that cannot be."""
    protocol = to_amend.protocol
    settled = Settled(accepted_ids(flags.accept, protocol), overridden_ids(flags.override, protocol))
    kind = to_amend.visit.head.kind
    if kind == "session":
        return _session(flags, to_amend, on, settled)
    return _consult(flags, to_amend, on, settled) if kind == "consult" else _follow_up(flags, to_amend, on, settled)


def with_settled(patch: Patch, accepted: set[str], overridden: dict[str, str]) -> Patch:
    """The patch with what a person said to the findings on top."""
    settled = patch.settled
    return replace(patch, settled=Settled(settled.accepted | accepted, {**settled.overridden, **overridden}))


def _session(flags: AmendFlags, to_amend: ToAmend, on: date | None, settled: Settled) -> SessionPatch:
    if flags.minutes is not None and not 0 <= flags.minutes <= 600:
        raise ValueRefused("--minutes", "must be 0 to 600")
    lots = tuple(_named("--vial", lot, "a lot") for lot in flags.vial)
    day = on or to_amend.visit.head.date
    made_up = flags.reconstituted
    return SessionPatch(
        on=on,
        answers=answers_given(session_questions(to_amend.protocol), flags.answer, flags.answers),
        sites=_sites(flags, {site.id for site in to_amend.protocol.sites}),
        lots=lots,
        diluent_ul=millilitres("--diluent-ml", flags.diluent_ml) if flags.diluent_ml is not None else None,
        reconstituted_at=reconstitution(made_up, on=day, zone=to_amend.zone, now=to_amend.now) if made_up is not None else None,
        minutes=flags.minutes,
        injector=_named("--injector", flags.injector, "a name") if flags.injector is not None else None,
        settled=settled,
    )


def _named(flag: str, words: str, what: str) -> str:
    name = clean_text(flag, words)
    if not name:
        raise ValueRefused(flag, f"{what} has at least one character")
    return name


def _sites(flags: AmendFlags, sites: Collection[str]) -> SitePatch:
    extra = pairs("--extra", flags.extra)
    none = {place for place, words in extra.items() if parse_number(words) == 0}
    return SitePatch(
        as_planned=flags.as_planned,
        planned=tuple(dict.fromkeys(flags.planned)),
        skipped=reasons("--skip", flags.skip, sites),
        dosed=units_given("--units", pairs("--units", flags.units), sites),
        extras={**units_given("--extra", {place: words for place, words in extra.items() if place not in none}, ()), **dict.fromkeys(none, 0)},
    )


def _consult(flags: AmendFlags, to_amend: ToAmend, on: date | None, settled: Settled) -> ConsultPatch:
    if flags.override:
        raise UsageError("A consult has no --override.", "Its warnings are accepted with --accept.")
    return ConsultPatch(
        on=on,
        answers=answers_given(consult_questions(to_amend.protocol), flags.answer, flags.answers),
        decided=flags.decide,
        why_decided=clean_text("--decide-reason", flags.decide_reason) or None if flags.decide_reason is not None else None,
        settled=settled,
    )


def _follow_up(flags: AmendFlags, to_amend: ToAmend, on: date | None, settled: Settled) -> FollowUpPatch:
    visit, today = to_amend.visit, to_amend.today
    day = on or visit.head.date
    told = read_events(to_amend.protocol, flags.event, today=today, on=day)
    resolved, events = read_resolved(
        pairs("--resolved", flags.resolved), _open_events(to_amend, day), follow_up_from(visit).events if told is None else told, today=today, on=day
    )
    return FollowUpPatch(
        on=on,
        answers=answers_given(outcome_questions(to_amend.protocol), flags.answer, flags.answers),
        events=None if told is None and not flags.resolved else events,
        resolved=resolved,
        note=clean_text("--note", flags.note) if flags.note is not None else None,
        settled=settled,
    )


def _open_events(to_amend: ToAmend, day: date) -> tuple[PastEvent, ...]:
    """The other visits' events that are open, or that this follow-up itself said had ended."""
    mine = {event for event, _ in to_amend.visit.resolved}
    others = [event for event in to_amend.history.events if event.visit != to_amend.visit.head.visit]
    return still_open((event._replace(resolved=event.resolved and event.event not in mine) for event in others), day)
