"""The flags of ``botox session`` as values: read once, refused once, before anyone is asked anything."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from botoxcli.cli.given import accepted_ids, answers_given, millilitres, overridden_ids, pairs, reasons, units_given
from botoxcli.cli.texts import clean_text
from botoxcli.clinic.answers import chair_questions, missing, session_questions
from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.instants import parse_hour
from botoxcli.clinic.planned_dose import weight_grams
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.session_draft import SessionDraft
from botoxcli.errors import MissingInput, ValueRefused


@dataclass(frozen=True)
class SessionFlags:
    """The options as they were typed."""

    patient: str
    answer: tuple[str, ...] = ()
    answers: str | None = None
    vial: tuple[str, ...] = ()
    diluent_ml: str | None = None
    reconstituted: str | None = None
    minutes: int | None = None
    injector: str | None = None
    as_planned: bool = False
    skip: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    override: tuple[str, ...] = ()


def onto(draft: SessionDraft, flags: SessionFlags, protocol: Protocol, *, zone: str, now: datetime) -> SessionDraft:
    """The draft with all that the flags say laid over it. Raises ValueRefused for a value that cannot be, UsageError for a flag's form."""
    if flags.minutes is not None and not 0 <= flags.minutes <= 600:
        raise ValueRefused("--minutes", "must be 0 to 600")
    answers = answers_given(session_questions(protocol), flags.answer, flags.answers)
    lots = tuple(clean_text("--vial", lot, longest=200) for lot in flags.vial)
    made_up, said = flags.reconstituted, {**draft.answers, **answers}
    return replace(
        draft,
        checklist=_sites(draft.checklist.at_weight(weight_grams(said)), flags),
        answers=said,
        lots=lots or draft.lots,
        diluent_ul=millilitres("--diluent-ml", flags.diluent_ml) if flags.diluent_ml else draft.diluent_ul,
        reconstituted_at=reconstitution(made_up, on=draft.on, zone=zone, now=now) if made_up else draft.reconstituted_at,
        made_up=draft.made_up or made_up is not None,
        accepted=draft.accepted | accepted_ids(flags.accept, protocol),
        overridden={**draft.overridden, **overridden_ids(flags.override, protocol)},
    )


def reconstitution(words: str, *, on: date, zone: str, now: datetime) -> datetime:
    """``now``, ``08:30`` on the session's day, or a whole moment."""
    return now if words.strip() == "now" else parse_hour(words, on=on, zone=zone, where="--reconstituted")


def _sites(checklist: Checklist, flags: SessionFlags) -> Checklist:
    sites = {site.id for site in checklist.protocol.sites}
    skipped = reasons("--skip", flags.skip, sites)
    dosed = units_given("--units", pairs("--units", flags.units), sites)
    for site in skipped:
        if site in dosed:
            raise ValueRefused(f"--skip {site}", "the same site has --units")
    for site, reason in skipped.items():
        checklist = checklist.skip(site, reason)
    for site, hundredths in dosed.items():
        checklist = checklist.dose(site, hundredths)
    for place, hundredths in units_given("--extra", pairs("--extra", flags.extra), checklist.places).items():
        checklist = checklist.extra(place, hundredths)
    return checklist.give_rest() if flags.as_planned else checklist


def require_whole(draft: SessionDraft, protocol: Protocol) -> None:
    """Raises MissingInput naming every flag that a script still owes: the chair answers, the vial, the sites."""
    owed = [f"--answer {question}=..." for question in missing(chair_questions(protocol), draft.answers)]
    owed += [] if draft.lots else ["--vial LOT"]
    still_open = [site for site in draft.checklist.open_sites() if draft.checklist.plan(site)]
    if still_open:
        few = ", ".join(site.id for site in still_open[:3])
        owed.append("--as-planned" if not draft.checklist.ticks else f"--as-planned (or a flag for each of {len(still_open)} open sites: {few} ...)")
    elif not draft.checklist.ticks and not draft.checklist.open_sites():
        owed.append("--units SITE=N")
    if owed:
        raise MissingInput(owed)
