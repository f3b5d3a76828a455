"""All that a session is held against: a tuple of small rules, each of which yields findings.

A rule neither prints nor raises. It reads ``SessionFacts`` and says what it found at the protocol's level. The same rules run at the
prompt and again inside the transaction. Sources are the protocol's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from botoxcli.clinic.checklist import Checklist, Tick
from botoxcli.clinic.cumulative import because_over, because_undetermined, doses_of, others_within, window_doses
from botoxcli.clinic.dates import after
from botoxcli.clinic.dose_outlook import windows_of
from botoxcli.clinic.dosing import strength
from botoxcli.clinic.due_candidate import PastEvent
from botoxcli.clinic.eligibility import allows_treatment
from botoxcli.clinic.findings import Finding, Level
from botoxcli.clinic.history import PastConsult, PatientHistory
from botoxcli.clinic.muscle_doses import muscle_count, muscle_dose
from botoxcli.clinic.out_of_order import out_of_order
from botoxcli.clinic.planned_dose import weight_grams
from botoxcli.clinic.protocol import Jurisdiction, Protocol
from botoxcli.clinic.quantity import units_text
from botoxcli.clinic.stock_vial import StockVial, lot_key


@dataclass(frozen=True)
class VialChoice:
    """A vial that was named for the session. ``vial`` is None when none can be had; ``problem`` then says which finding it is.

    ``lot`` is the spelling that was typed; ``near`` are lots of the stock that look like it.
    ``own`` is a vial that a session which is being corrected has had already: a recall stops the stock, not what was given.
    """

    lot: str
    vial: StockVial | None
    problem: str | None = None
    near: tuple[str, ...] = ()
    own: bool = False


@dataclass(frozen=True)
class SessionFacts:
    """What is known about a session that is to be recorded.

    ``on`` is its civil date; ``at`` the instant, when it is known (None for a session that is entered later);
    ``reconstituted_at`` an aware instant, ``day_ends_at`` the last instant of the session's day.
    ``corrects`` is the number of a session that stands and is being corrected.
    """

    protocol: Protocol
    jurisdiction: Jurisdiction
    on: date
    history: PatientHistory
    answers: Mapping[str, str]
    checklist: Checklist
    vials: Sequence[VialChoice] = ()
    diluent_ul: int | None = None
    reconstituted_at: datetime | None = None
    at: datetime | None = None
    day_ends_at: datetime | None = None
    corrects: int | None = None

    @property
    def product(self) -> str:
        """What is injected: the product of the vials that were named, else the protocol's."""
        return next((choice.vial.product for choice in self.vials if choice.vial), self.protocol.product.name)

    @property
    def consult(self) -> PastConsult | None:
        """The last consult under this protocol, on or before the session's day."""
        standing = [consult for consult in self.history.consults if consult.protocol == self.protocol.id and consult.date <= self.on]
        return standing[-1] if standing else None

    @property
    def weight(self) -> int | None:
        """The patient's weight in grams, as it was answered at the chair."""
        return weight_grams(self.answers)

    def finding(self, name: str, because: str, source: str = "practice") -> Finding:
        """A finding at the protocol's level for it."""
        return Finding(name, self.protocol.level(name), because, source)


Rule = Callable[[SessionFacts], Iterator[Finding]]
_SEVERITY: tuple[Level, ...] = ("note", "warn", "stop")


def consult(facts: SessionFacts) -> Iterator[Finding]:
    last = facts.consult
    source = facts.protocol.limits.consult_valid.source
    if last is None:
        yield facts.finding("consult", "there is no consult on or before this day", source)
    elif not allows_treatment(last):
        own = f", decided to {last.decided}" if last.decided else ""
        yield facts.finding("consult", f"the last consult (visit {last.visit}, {last.date.isoformat()}) is {last.decision}{own}", source)
    elif emergency := _emergency_since(facts, last):
        named, visit = ", ".join(event.event for event in emergency), emergency[0].visit
        yield facts.finding("consult", f"an emergency event ({named}, visit {visit}) came after the last consult", source)


def _emergency_since(facts: SessionFacts, last: PastConsult) -> tuple[PastEvent, ...]:
    """The first told after the consult, up to and with the session's day: a session that is entered or corrected later knew nothing more.

    Of one follow-up those that are emergencies in themselves; what is one only beside them is left out.
    """
    told_on = dict(facts.history.follow_ups)
    grave = {event.id for event in facts.protocol.adverse_events if event.escalate == "emergency"}
    since: dict[int, list[PastEvent]] = {}
    for event in facts.history.events:
        told = told_on.get(event.visit, event.date)
        if event.escalate == "emergency" and told <= facts.on and (told, event.visit) > (last.date, last.visit):
            since.setdefault(event.visit, []).append(event)
    first = next(iter(since.values()), [])
    return tuple(event for event in first if event.event in grave) or tuple(first)


def archived(facts: SessionFacts) -> Iterator[Finding]:
    """The patient had left by the session's day: said, never a reason to stop."""
    last = facts.history.archives[-1] if facts.history.archives else None
    if last and last.archived and last.date and last.date <= facts.on:
        why = f" ({last.why})" if last.why else ""
        yield Finding("archived", "note", f"the patient is archived since {last.date.isoformat()}{why}", "practice")


def paused(facts: SessionFacts) -> Iterator[Finding]:
    """The session's day lies in a pause: said, never a reason to stop."""
    for pause in facts.history.pauses:
        if pause.since <= facts.on < pause.until:
            because = f"the patient is paused from {pause.since.isoformat()} until {pause.until.isoformat()}"
            yield Finding("paused", "note", because, "practice")


def consult_old(facts: SessionFacts) -> Iterator[Finding]:
    limit = facts.protocol.limits.consult_valid
    if facts.consult and after(facts.consult.date, limit.span) < facts.on:
        yield facts.finding("consult-old", f"the last consult, {facts.consult.date.isoformat()}, is older than {limit.span}", limit.source)


def chair_answers(facts: SessionFacts) -> Iterator[Finding]:
    """One finding an id: several answers that raise the same one are named together."""
    raised: dict[str, list[str]] = {}
    sources: dict[str, str] = {}
    for question in facts.protocol.chair:
        answer = facts.answers.get(question.id, "unknown")
        if answer in question.raises.when:
            raised.setdefault(question.raises.finding, []).append(f"{question.id}: {question.raises.says}")
            sources.setdefault(question.raises.finding, question.source)
    for name, said in raised.items():
        yield facts.finding(name, "; ".join(said), sources[name])


def last_event(facts: SessionFacts) -> Iterator[Finding]:
    """Events of the last cycle that are still there."""
    before_this = [session.date for session in facts.history.sessions if session.date < facts.on]
    since = before_this[-1] if before_this else date.min
    still = [event for event in facts.history.events if not event.resolved and since <= event.date <= facts.on]
    if still:
        named = ", ".join(f"{event.event} ({event.date.isoformat()})" for event in still)
        yield facts.finding("last-event", f"not resolved since the last session: {named}")


def interval(facts: SessionFacts) -> Iterator[Finding]:
    """Too near to the session before, or, when an earlier one is entered late, to the one after."""
    limit = facts.protocol.limits.minimum_interval
    too_near = []
    for session in facts.history.sessions:
        first, second = sorted((session.date, facts.on))
        if second < after(first, limit.span):
            days = (second - first).days
            least = (after(first, limit.span) - first).days
            side = "after" if session.date <= facts.on else "before"
            too_near.append(f"{days} days {side} the session of {session.date.isoformat()} (visit {session.visit}), at least {least}")
    if too_near:
        yield facts.finding("interval", "; ".join(too_near), limit.source)


def interval_long(facts: SessionFacts) -> Iterator[Finding]:
    rule = next((rule for rule in facts.protocol.follow_ups if rule.kind == "session" and rule.after == "session"), None)
    last = next((session for session in reversed(facts.history.sessions) if session.date <= facts.on and session.protocol == facts.protocol.id), None)
    if rule and rule.latest and last and facts.on > after(last.date, rule.latest):
        yield facts.finding("interval-long", f"the last session was on {last.date.isoformat()}, more than {rule.latest} ago", rule.source)


def site_dose(facts: SessionFacts) -> Iterator[Finding]:
    limit = facts.protocol.limits.site
    changed = [tick for tick in facts.checklist.in_order() if tick.state == "changed"]
    most = limit.at(facts.weight)
    over = [tick for tick in facts.checklist.in_order() if tick.hundredths > most]
    if over:
        yield Finding("site-dose", limit.level, f"over {units_text(most)} U at a site: {_doses(over)}", limit.source)
    elif changed:
        yield facts.finding("site-dose", f"other than planned: {', '.join(_with_plan(facts.checklist, tick) for tick in changed)}", limit.source)


def _doses(ticks: Sequence[Tick]) -> str:
    return ", ".join(f"{tick.site} {units_text(tick.hundredths)} U" for tick in ticks)


def _with_plan(checklist: Checklist, tick: Tick) -> str:
    """A dose, and where a range is planned, the range."""
    site = checklist.protocol.site(tick.site)
    plan = checklist.plan(site) if site else None
    ranged = f" (planned {plan.words()})" if plan and plan.lowest < plan.highest else ""
    return f"{tick.site} {units_text(tick.hundredths)} U{ranged}"


def session_dose(facts: SessionFacts) -> Iterator[Finding]:
    """Of the limits that are passed the sternest, at its own level; of two as stern the higher."""
    total, grams = facts.checklist.hundredths, facts.weight
    passed = [limit for limit in facts.protocol.limits.session if total > limit.at(grams) and limit.jurisdiction in (None, facts.jurisdiction)]
    if passed:
        worst = max(passed, key=lambda limit: (_SEVERITY.index(limit.level), limit.at(grams)))
        where = f" ({worst.jurisdiction})" if worst.jurisdiction else ""
        yield Finding("session-dose", worst.level, f"{units_text(total)} U, over {units_text(worst.at(grams))} U{where}", worst.source)


def muscles(facts: SessionFacts) -> Iterator[Finding]:
    """Each muscle, or the muscles of a limb, against what they may have; and how many are injected."""
    yield from muscle_dose(facts.protocol, facts.checklist, facts.weight)
    yield from muscle_count(facts.protocol, facts.checklist)


def extra_allowance(facts: SessionFacts) -> Iterator[Finding]:
    """Follow-the-pain, both sides together."""
    by_muscle: dict[str, list[Tick]] = {}
    for tick in facts.checklist.extras():
        by_muscle.setdefault(tick.muscle, []).append(tick)
    over, source = [], "practice"
    for muscle, ticks in by_muscle.items():
        allowance = facts.protocol.allowance(muscle)
        total = sum(tick.hundredths for tick in ticks)
        if allowance is None:
            over.append(f"{muscle} {units_text(total)} U, none allowed")
        elif len(ticks) > allowance.sites or total > allowance.hundredths:
            source = allowance.source
            over.append(f"{muscle} {len(ticks)} sites, {units_text(total)} U, at most {allowance.sites} sites, {units_text(allowance.hundredths)} U")
    if over:
        yield facts.finding("extra-allowance", "; ".join(over), source)


def cumulative_dose(facts: SessionFacts) -> Iterator[Finding]:
    """Over a window, at the protocol's level; a window that holds a dose of unknown units is undetermined: a warning."""
    doses, total = doses_of(facts.history), facts.checklist.hundredths
    limits = [limit for limit in windows_of(facts.protocol, facts.weight) if limit.product == facts.product]
    held = [dose for limit in limits for dose in window_doses(limit, doses, on=facts.on, hundredths=total)]
    over, undetermined = list(because_over(held)), list(because_undetermined(held))
    if over:
        source = next(one.limit.source for one in held if one.over)
        yield facts.finding("cumulative-dose", "; ".join([*over, *undetermined]), source)
    elif undetermined:
        yield Finding("cumulative-dose", "warn", "; ".join(undetermined), next(one.limit.source for one in held if one.undetermined))


def other_product(facts: SessionFacts) -> Iterator[Finding]:
    """Another toxin inside its window, given here or elsewhere: shown, never added."""
    limit = facts.protocol.limits.other_product_window
    others = others_within(limit.span, doses_of(facts.history), product=facts.product, on=facts.on)
    if others:
        yield facts.finding("other-product", f"{', '.join(map(str, others))}; units of different products are not added", limit.source)


def vials(facts: SessionFacts) -> Iterator[Finding]:
    """Each vial that was named: known, unused, not recalled, in date on the session's day, and of the protocol's product."""
    said: dict[str, list[str]] = {}
    for choice in facts.vials:
        for name, because in _vial_problems(facts, choice):
            said.setdefault(name, []).append(because)
    for name, becauses in said.items():
        yield facts.finding(name, "; ".join(dict.fromkeys(becauses)), facts.protocol.product.source)


def lot_corrected(facts: SessionFacts) -> Iterator[Finding]:
    """A vial that was named by what its label read before it was corrected: it is the same vial, and that is said."""
    named = [(choice.lot, choice.vial) for choice in facts.vials if choice.vial]
    said = [f"{lot} was corrected to {vial.lot}" for lot, vial in named if vial.lot_key != lot_key(lot)]
    if said:
        yield Finding("lot-corrected", "note", "; ".join(dict.fromkeys(said)), "practice")


def _vial_problems(facts: SessionFacts, choice: VialChoice) -> Iterator[tuple[str, str]]:
    vial = choice.vial
    if choice.problem == "vial-unknown":
        near = f"; near ones: {', '.join(choice.near)}" if choice.near else ""
        yield "vial-unknown", f"no vial of lot {choice.lot} is in the stock{near}"
    elif choice.problem == "vial-used":
        yield "vial-used", f"no unused vial of lot {choice.lot} is left"
    if vial is None:
        return
    if vial.recalled and not choice.own:
        yield "vial-recalled", f"lot {vial.lot} was recalled"
    if vial.expires < facts.on:
        yield "vial-expired", f"lot {vial.lot} expired after {vial.expires.isoformat()}"
    if vial.product != facts.protocol.product.name:
        yield "product", f"lot {vial.lot} is {vial.product}, the protocol's is {facts.protocol.product.name}"


def dilution(facts: SessionFacts) -> Iterator[Finding]:
    """The strength against the protocol's; lots without stock have no size to reckon with."""
    planned = facts.protocol.product.dilution
    held = sum(choice.vial.hundredths for choice in facts.vials if choice.vial)
    if not held or facts.diluent_ul is None or any(choice.vial is None for choice in facts.vials):
        return
    made = strength(held, facts.diluent_ul)
    if made != planned.units_per_ml:
        times = float(made / planned.units_per_ml)
        yield facts.finding(
            "dilution",
            f"{units_text(held)} U in {facts.diluent_ul / 1000:g} mL is {float(made) / 100:g} U/mL, "
            f"the protocol's is {units_text(planned.units_per_ml)} U/mL ({times:.3g} times)",
            planned.source,
        )


def reconstituted(facts: SessionFacts) -> Iterator[Finding]:
    """Used later than the protocol allows. Where only the session's day is known, the hour that could be too late counts as too late."""
    planned = facts.protocol.product.dilution
    if facts.reconstituted_at is None:
        return
    used_at = facts.at or facts.day_ends_at
    if used_at is None:
        return
    limit = timedelta(**{planned.use_within.unit: planned.use_within.count})
    elapsed = used_at.astimezone(UTC) - facts.reconstituted_at.astimezone(UTC)  # on one clock Python subtracts what it shows, not what has passed
    if elapsed <= limit:
        return
    known = "" if facts.at else "; the session's hour is not known"
    hours, minutes = divmod(elapsed // timedelta(minutes=1), 60)
    passed = f"{hours} h {minutes} min" if minutes else f"{hours} h"
    yield facts.finding("reconstituted-24h", f"used up to {passed} after reconstitution, at most {planned.use_within}{known}", planned.source)


def duplicate_visit(facts: SessionFacts) -> Iterator[Finding]:
    same = [session.visit for session in facts.history.sessions if session.date == facts.on]
    if same:
        yield facts.finding("duplicate-visit", f"a session on {facts.on.isoformat()} stands already (visit {same[0]})")


def order(facts: SessionFacts) -> Iterator[Finding]:
    """Entered after a later visit: never a reason to stop."""
    yield from out_of_order(facts.history, facts.on, visit=facts.corrects)


RULES: tuple[Rule, ...] = (
    archived,
    paused,
    consult,
    consult_old,
    chair_answers,
    last_event,
    interval,
    interval_long,
    duplicate_visit,
    order,
    vials,
    lot_corrected,
    dilution,
    reconstituted,
    site_dose,
    muscles,
    session_dose,
    extra_allowance,
    cumulative_dose,
    other_product,
)


def findings(facts: SessionFacts, rules: Sequence[Rule] = RULES) -> tuple[Finding, ...]:
    """All findings of a session, in the order in which they are met."""
    return tuple(finding for rule in rules for finding in rule(facts))
