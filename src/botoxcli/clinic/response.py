"""The figures of a course of treatment: its baseline, its cycles, and the windows that each of them was counted in.

Conventions. A course begins with a session and goes on until a consult after a stop or a lapse opens a new one. Its baseline is fixed: the
diary's 28 days before the first session; else a follow-up dated in those days (or on the session's day: its counts end the day
before); else the headache-days of the last consult on or before that session, a month's days taken as those of 28. A cycle runs from one
session to the next and is complete at it or, without one, when the minimum interval has passed; its figure is the mean of its windows
that count and begin before that interval has passed, whether they overlap or not. A follow-up's window are the 28 days that end the day
before it. It is not used when a session falls into it, nor when the diary's windows that count leave it fewer days than a complete one
has; it is shown all the same. Windows in a row are taken from the latest backwards, so that none overlaps the one after it. All figures
are exact fractions of headache days, or hours, in 28 days.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, NamedTuple

from botoxcli.clinic.dates import Span, after
from botoxcli.clinic.diary import WINDOW_DAYS, DiaryDay, DiaryWindow, count_days, crosses, diary_windows
from botoxcli.clinic.quantity import parse_number, scaled

BaselineSource = Literal["diary", "follow-up", "consult", "none"]
DISPLACED = "the diary has these days"
OVERLAPS = "overlaps a later one"


class ToldConsult(NamedTuple):
    """What a consult that stands told. ``headache_days`` are days a month; None when they are unknown."""

    visit: int
    date: date
    headache_days: Fraction | None


class ToldFollowUp(NamedTuple):
    """What a follow-up that stands told of the 28 days that end the day before it; None for what it did not."""

    visit: int
    date: date
    headache_days: int | None
    diary_days: int | None
    hours_hundredths: int | None = None


def told_figure(answer: str | None) -> Fraction | None:
    """What a consult answered, as a figure; None when it is unknown or was not asked."""
    value = parse_number(answer) if answer else None
    return None if value is None else Fraction(value)


def told_count(answer: str | None, factor: int = 1) -> int | None:
    """What a follow-up answered, as a whole number of a ``factor`` of its unit; None when it is unknown or was not asked."""
    value = parse_number(answer) if answer else None
    return None if value is None else scaled(value, factor)


class ResponseFacts(NamedTuple):
    """All that a response is reckoned from, for one patient under one protocol. ``stops`` are the days on which treatment was stopped.

    ``lapses_after`` is the span after a session in which the next one has to be; None where it never lapses.
    """

    today: date
    sessions: tuple[date, ...]
    consults: tuple[ToldConsult, ...] = ()
    follow_ups: tuple[ToldFollowUp, ...] = ()
    diary: tuple[DiaryDay, ...] = ()
    stops: tuple[date, ...] = ()
    complete_from: int = 20
    minimum_interval: Span = Span(12, "weeks")
    lapses_after: Span | None = Span(6, "months")


class Unused(NamedTuple):
    """A follow-up's window that goes into no figure, and why."""

    window: DiaryWindow
    why: str


class Baseline(NamedTuple):
    """How it was before. ``days`` is None when nothing tells it, and ``told`` says where it is from, or what is missing."""

    days: Fraction | None
    hours: Fraction | None
    source: BaselineSource
    told: str
    window: DiaryWindow | None = None
    unused: tuple[Unused, ...] = ()


class Cycle(NamedTuple):
    """From the session's day to the day before the next one. ``windows`` make its figures; ``later`` ones only tell how it went on.

    ``unused`` are the follow-ups' windows that end in it and go into no figure.
    """

    number: int
    session: date
    complete: bool
    complete_on: date
    windows: tuple[DiaryWindow, ...] = ()
    later: tuple[DiaryWindow, ...] = ()
    unused: tuple[Unused, ...] = ()

    @property
    def days(self) -> Fraction | None:
        """The mean headache days in 28 of its windows that count; None without one."""
        return _mean(window.scaled_headache_days for window in self.windows if window.counts)

    @property
    def hours(self) -> Fraction | None:
        """The mean headache hours in 28 days; None unless every window that counts tells them: one without headaches has no hours to tell."""
        told = [window.scaled_hours for window in self.windows if window.counts]
        return None if None in told else _mean(told)


class ShownWindow(NamedTuple):
    """A window as it is shown: its cycle, 0 before the first session, whether it may stand for 28 days, and what is to be noted of it."""

    cycle: int
    window: DiaryWindow
    counts: bool
    notes: tuple[str, ...] = ()


class Course(NamedTuple):
    """One course: its sessions, and the figures. Without a session there is nothing to compare, and ``opened_by`` may name a consult."""

    sessions: tuple[date, ...]
    opened_by: ToldConsult | None
    baseline: Baseline
    cycles: tuple[Cycle, ...]

    @property
    def complete_cycles(self) -> tuple[Cycle, ...]:
        """The cycles that are complete, in their order."""
        return tuple(cycle for cycle in self.cycles if cycle.complete)

    @property
    def counted_windows(self) -> tuple[DiaryWindow, ...]:
        """Every window after the first session that may stand for 28 days, in order."""
        return tuple(window for cycle in self.cycles for window in (*cycle.windows, *cycle.later) if window.counts)

    @property
    def apart(self) -> tuple[DiaryWindow, ...]:
        """Of the windows that count those that can stand in a row, the latest first: none overlaps the one after it."""
        row: list[DiaryWindow] = []
        for window in sorted(self.counted_windows, key=lambda one: one.end)[::-1]:
            if not row or window.end < row[-1].start:
                row.append(window)
        return tuple(row)

    @property
    def shown(self) -> tuple[ShownWindow, ...]:
        """Every window that was told, in the order of the cycles and of their days."""
        before = [ShownWindow(0, self.baseline.window, self.baseline.window.counts)] if self.baseline.window else []
        before += [_shown_unused(0, one) for one in self.baseline.unused]
        apart = {id(window) for window in self.apart}
        shown = [*sorted(before, key=lambda one: one.window.start)]
        for cycle in self.cycles:
            told = [_shown(cycle, window, passed_over=window.counts and id(window) not in apart) for window in (*cycle.windows, *cycle.later)]
            told += [_shown_unused(cycle.number, one) for one in cycle.unused]
            shown += sorted(told, key=lambda one: (one.window.start, one.window.source))
        return tuple(shown)

    @property
    def latest(self) -> Cycle | None:
        """The last complete cycle that has a figure, else the running one as far as it has got."""
        told = [cycle for cycle in self.cycles if cycle.days is not None]
        return next((cycle for cycle in reversed(told) if cycle.complete), told[-1] if told else None)


def course_of(facts: ResponseFacts) -> Course:
    """The patient's latest course."""
    sessions, opened_by = _latest_course(facts)
    if not sessions:
        why = f"there is no session since the consult of {opened_by.date}, which opened a new course" if opened_by else "there is no session"
        return Course((), opened_by, Baseline(None, None, "none", why), ())
    return Course(sessions, opened_by, baseline(facts, sessions[0]), tuple(_cycles(facts, sessions)))


def _latest_course(facts: ResponseFacts) -> tuple[tuple[date, ...], ToldConsult | None]:
    sessions = sorted(set(facts.sessions))
    begins, opened_by = 0, None
    for place, session in enumerate(sessions):
        until = sessions[place + 1] if place + 1 < len(sessions) else date.max
        if opening := _opens_after(facts, session, until):
            begins, opened_by = place + 1, opening
    return tuple(sessions[begins:]), opened_by


def _opens_after(facts: ResponseFacts, session: date, until: date) -> ToldConsult | None:
    """The first consult that comes, before the next session, after a stop or after the session's next one has lapsed."""
    ends = [stop for stop in facts.stops if session <= stop < until]
    if facts.lapses_after:
        ends.append(after(session, facts.lapses_after))
    return next((one for one in sorted(facts.consults, key=lambda one: one.date) if min(ends, default=until) < one.date <= until), None)


def baseline(facts: ResponseFacts, first: date) -> Baseline:
    """What the course that begins on ``first`` is compared with, and where that is from."""
    start = first - timedelta(days=WINDOW_DAYS)
    told = [(visit, window) for visit, window in _told_windows(facts, session=None) if start <= visit.date <= first]
    found = _baseline(facts, first, told)
    unused = tuple(Unused(window, _why_not_before(facts, window, found)) for _, window in told if window is not found.window)
    return found._replace(unused=unused)


def _baseline(facts: ResponseFacts, first: date, follow_ups: Sequence[tuple[ToldFollowUp, DiaryWindow]]) -> Baseline:
    diary = {one.day: one for one in facts.diary}
    window = count_days(diary, first - timedelta(days=WINDOW_DAYS), complete_from=facts.complete_from, today=facts.today)
    few = f"; the diary has only {window.diary_days} of the 28 days before {first}" if window.diary_days and not window.counts else ""
    if window.counts and not crosses(window.start, window.end, facts.sessions):
        told = f"diary, {window.start} to {window.end}, {window.diary_days} diary days"
        return Baseline(window.scaled_headache_days, window.scaled_hours, "diary", told, window)
    for visit, counted in reversed(follow_ups):
        if counted.counts and not crosses(counted.start, counted.end, facts.sessions):
            told = f"follow-up of {visit.date} (visit {visit.visit}), {counted.diary_days} diary days"
            return Baseline(counted.scaled_headache_days, counted.scaled_hours, "follow-up", told + few, counted)
    consults = [one for one in facts.consults if one.date <= first]
    if not consults:
        return Baseline(None, None, "none", f"no diary, follow-up or consult tells the 28 days before {first}{few}")
    last = max(consults, key=lambda one: (one.date, one.visit))
    if last.headache_days is None:
        return Baseline(None, None, "none", f"the consult of {last.date} (visit {last.visit}) does not know the headache days{few}")
    return Baseline(last.headache_days, None, "consult", f"consult of {last.date} (visit {last.visit}), days a month{few}")


def _why_not_before(facts: ResponseFacts, window: DiaryWindow, found: Baseline) -> str:
    if crosses(window.start, window.end, facts.sessions):
        return _crossing(window, facts.sessions)
    if not window.counts:
        return "too few diary days"
    return f"the {'diary' if found.source == 'diary' else 'later one'} is the baseline"


def _cycles(facts: ResponseFacts, sessions: tuple[date, ...]) -> Iterator[Cycle]:
    for number, session in enumerate(sessions, start=1):
        following = sessions[number] if number < len(sessions) else None
        passes = after(session, facts.minimum_interval)
        found, unused = _windows(facts, session, following)
        yield Cycle(
            number=number,
            session=session,
            complete=following is not None or facts.today >= passes,
            complete_on=following or passes,
            windows=tuple(window for window in found if window.start < passes),
            later=tuple(window for window in found if window.start >= passes),
            unused=unused,
        )


def _windows(facts: ResponseFacts, session: date, following: date | None) -> tuple[tuple[DiaryWindow, ...], tuple[Unused, ...]]:
    """The windows of a cycle, the diary's and the follow-ups', and those of follow-ups that are not used."""
    until = following or date.max
    days = [one for one in facts.diary if session <= one.day < until]
    diary = [window for window in diary_windows(days, [session], complete_from=facts.complete_from, today=facts.today) if window.end < until]
    used, unused = list(diary), []
    for _, told in _told_windows(facts, session=session, until=until):
        if told.start < session:
            unused.append(Unused(told, _crossing(told, facts.sessions)))
        elif _displaced(told, diary, facts.complete_from):
            unused.append(Unused(told, DISPLACED))
        else:
            used.append(told)
    return tuple(sorted(used, key=lambda one: (one.start, one.source))), tuple(unused)


def _displaced(told: DiaryWindow, diary: Iterable[DiaryWindow], complete_from: int) -> bool:
    """Whether the diary's windows that count leave a follow-up's fewer days than a complete window has."""
    return sum(_shared_days(told, window) for window in diary if window.counts) > WINDOW_DAYS - complete_from


def _told_windows(facts: ResponseFacts, *, session: date | None, until: date = date.max) -> Iterator[tuple[ToldFollowUp, DiaryWindow]]:
    """The follow-ups that told a count, by date, each with the 28 days that end the day before it; of a session's cycle those after its day,
    up to and with ``until``.
    """
    wanted = [one for one in facts.follow_ups if (session or date.min) < one.date <= until]
    for visit in sorted(wanted, key=lambda one: (one.date, one.visit)):
        if visit.headache_days is not None and visit.diary_days is not None:
            yield (
                visit,
                DiaryWindow(
                    start=visit.date - timedelta(days=WINDOW_DAYS),
                    end=visit.date - timedelta(days=1),
                    diary_days=visit.diary_days,
                    headache_days=visit.headache_days,
                    incomplete=visit.diary_days < facts.complete_from,
                    source="follow-up",
                    session=session,
                    hours_hundredths=visit.hours_hundredths,
                ),
            )


def _shared_days(one: DiaryWindow, other: DiaryWindow) -> int:
    return max((min(one.end, other.end) - max(one.start, other.start)).days + 1, 0)


def _crossing(window: DiaryWindow, sessions: Iterable[date]) -> str:
    return f"crosses the session of {max(session for session in sessions if window.start < session <= window.end)}"


def _shown(cycle: Cycle, window: DiaryWindow, *, passed_over: bool) -> ShownWindow:
    notes = ["incomplete"] * window.incomplete + ["not over"] * (not window.over)
    notes += ["after the cycle's time"] * (window in cycle.later) + [OVERLAPS] * passed_over
    return ShownWindow(cycle.number, window, window.counts, tuple(notes))


def _shown_unused(cycle: int, unused: Unused) -> ShownWindow:
    return ShownWindow(cycle, unused.window, False, (f"not used: {unused.why}",))


def _mean(figures: Iterable[Fraction | None]) -> Fraction | None:
    known = [figure for figure in figures if figure is not None]
    return sum(known, Fraction(0)) / len(known) if known else None
