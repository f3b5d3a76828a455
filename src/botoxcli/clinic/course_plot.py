"""A patient's course as a plot has it: the windows, the sessions, the baseline, the lines of the rules, and the wear-off. Pure.

Conventions. All figures are exact headache days in 28, as the response has them: a window with missing days is scaled, and says so. A rule's
line is where its part turns, in days: above a ``non-response`` line is too small a reduction, below a ``became-episodic`` line is no longer
chronic, up to a ``fewer-days`` line is the reduction that earns going on. Rules in hours have no line here. The thirds of a cycle are its days
0-27, 28-55 and 56-83: weeks 1-4, 5-8 and 9-12. The diary tells them, else a follow-up that counted exactly those days; a third that the next
session cuts short is not told. A missing day is not a headache-free day.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, NamedTuple

from botoxcli.clinic.diary import NAMED_WINDOWS, WINDOW_DAYS, DiaryWindow, figure
from botoxcli.clinic.response import Course, Cycle, ShownWindow

if TYPE_CHECKING:
    from botoxcli.clinic.brief_edition import AnyContinue, AnyRule, AnyStop

Place = Literal["before", "counted", "not-counted"]
Turns = Literal["non-response", "became-episodic", "fewer-days"]
_Line = tuple[Fraction, Turns, str, str]  # a RuleLine without its rules
THIRDS = ("weeks 1-4", "weeks 5-8", "weeks 9-12")


class PlotWindow(NamedTuple):
    """A window with a figure. ``before`` is the baseline's, ``not-counted`` one that may not stand for 28 days; ``notes`` say why."""

    start: date
    end: date
    days: Fraction
    place: Place
    cycle: int
    headache_days: int
    diary_days: int
    source: Literal["diary", "follow-up"]
    notes: tuple[str, ...] = ()

    @property
    def scaled(self) -> bool:
        """Whether days are missing, so that the figure is more than was counted."""
        return self.diary_days < WINDOW_DAYS


class PlotSession(NamedTuple):
    """A session's mark. ``cycle`` is the number of the cycle that it opens."""

    day: date
    cycle: int


class RuleLine(NamedTuple):
    """Where a part of one or more rules turns. ``label`` is short (``30 % fewer``), ``says`` what it means beside it."""

    days: Fraction
    turns: Turns
    label: str
    says: str
    rules: tuple[str, ...]


class Third(NamedTuple):
    """A third of a cycle. ``days`` are None when nothing tells it; ``counts`` whether it may stand for 28 days."""

    days: Fraction | None
    headache_days: int = 0
    diary_days: int = 0
    counts: bool = False
    over: bool = True
    source: Literal["diary", "follow-up"] = "diary"


class CycleThirds(NamedTuple):
    """The thirds of a cycle, in their order."""

    cycle: int
    session: date
    thirds: tuple[Third, Third, Third]

    @property
    def whole(self) -> bool:
        """Whether all three may stand for their 28 days."""
        return all(third.counts for third in self.thirds)


class WearOff(NamedTuple):
    """The cycles of which any third is told. ``mean`` is over the ``whole`` ones alone, so that the same cycles stand in each of its thirds."""

    cycles: tuple[CycleThirds, ...] = ()

    @property
    def whole(self) -> tuple[CycleThirds, ...]:
        """The cycles with all three thirds."""
        return tuple(cycle for cycle in self.cycles if cycle.whole)

    @property
    def mean(self) -> tuple[Fraction, Fraction, Fraction] | None:
        """The mean headache days of each third; None without a whole cycle."""
        rows = [[third.days or Fraction(0) for third in cycle.thirds] for cycle in self.whole]
        if not rows:
            return None
        first, second, last = (sum(column, Fraction(0)) / len(rows) for column in zip(*rows, strict=True))
        return first, second, last

    @property
    def rise(self) -> Fraction | None:
        """How many headache days more weeks 9-12 have than weeks 5-8, on the mean; below 0 is fewer."""
        return self.mean[2] - self.mean[1] if self.mean else None


class CoursePlot(NamedTuple):
    """What is drawn. ``baseline`` and ``baseline_told`` are the response's; ``left_out`` counts the windows that go into no figure."""

    windows: tuple[PlotWindow, ...]
    sessions: tuple[PlotSession, ...]
    baseline: Fraction | None
    baseline_told: str
    lines: tuple[RuleLine, ...] = ()
    wear_off: WearOff = WearOff()
    left_out: int = 0

    @property
    def top(self) -> int:
        """Where the scale ends, in days: 28, or what goes beyond it (a month's days are up to 31)."""
        figures = [window.days for window in self.windows] + [line.days for line in self.lines] + ([self.baseline] if self.baseline else [])
        return max(WINDOW_DAYS, *(-(-one // 1) for one in figures), 0)

    def since(self, cycle: int) -> CoursePlot:
        """The plot without the windows and sessions of the cycles before that one; the baseline and the wear-off stay as they are."""
        windows = tuple(one for one in self.windows if one.cycle == 0 or one.cycle >= cycle)
        return self._replace(windows=windows, sessions=tuple(one for one in self.sessions if one.cycle >= cycle))


def course_plot(course: Course, rules: Iterable[AnyRule] = ()) -> CoursePlot:
    """The plot of a course, with the lines of those rules. Without a figure its ``windows`` are empty."""
    told = [one for one in course.shown if one.window.scaled_headache_days is not None]
    used = [one for one in told if not _unused(one)]
    return CoursePlot(
        windows=tuple(_window(one) for one in used),
        sessions=tuple(PlotSession(cycle.session, cycle.number) for cycle in course.cycles),
        baseline=course.baseline.days,
        baseline_told=course.baseline.told,
        lines=rule_lines(rules, course.baseline.days),
        wear_off=WearOff(tuple(one for one in map(_thirds, course.cycles) if any(third.days is not None for third in one.thirds))),
        left_out=len(told) - len(used),
    )


def _unused(one: ShownWindow) -> bool:
    """A follow-up's window that the response uses nowhere."""
    return not one.counts and any(note.startswith("not used") for note in one.notes)


def _window(one: ShownWindow) -> PlotWindow:
    window = one.window
    return PlotWindow(
        start=window.start,
        end=window.end,
        days=window.scaled_headache_days or Fraction(0),
        place="not-counted" if not one.counts else "before" if one.cycle == 0 else "counted",
        cycle=one.cycle,
        headache_days=window.headache_days,
        diary_days=window.diary_days,
        source=window.source,
        notes=one.notes,
    )


def rule_lines(rules: Iterable[AnyRule], baseline: Fraction | None) -> tuple[RuleLine, ...]:
    """The lines of the rules, the highest first; those that lie and mean the same are one, with the names of all."""
    found: dict[_Line, list[str]] = {}
    for rule in rules:
        for days, turns, label, says in (*_stop_lines(rule.stop_when, baseline), *_continue_lines(rule.continue_when, baseline)):
            names = found.setdefault((days, turns, label, says), [])
            names += [rule.id] * (rule.id not in names)
    lines = [RuleLine(*line, tuple(names)) for line, names in found.items()]
    return tuple(sorted(lines, key=lambda line: -line.days))


def _stop_lines(parts: Iterable[AnyStop], baseline: Fraction | None) -> Iterator[_Line]:
    for part in parts:
        if part.reduction_below_percent is not None and baseline:
            days = baseline * (100 - part.reduction_below_percent) / 100
            yield days, "non-response", f"{part.reduction_below_percent} % fewer", "stop above"
        if part.headache_days_below is not None:
            says = f"stop below, {part.consecutive_windows} in a row"
            yield Fraction(part.headache_days_below), "became-episodic", f"{part.headache_days_below} days", says


def _continue_lines(parts: Iterable[AnyContinue], baseline: Fraction | None) -> Iterator[_Line]:
    for part in parts:
        if part.fewer_headache_days is not None and baseline is not None and baseline >= part.fewer_headache_days:
            yield baseline - part.fewer_headache_days, "fewer-days", f"{part.fewer_headache_days} fewer", "continue from here down"


def _thirds(cycle: Cycle) -> CycleThirds:
    windows = (*cycle.windows, *cycle.later)
    first, second, last = (
        _third([one for one in windows if (one.start - cycle.session).days == place * WINDOW_DAYS]) for place in range(NAMED_WINDOWS)
    )
    return CycleThirds(cycle.number, cycle.session, (first, second, last))


def _third(told: list[DiaryWindow]) -> Third:
    """What those windows of exactly these days tell: the diary where it has any of them, unless only a follow-up has enough."""
    known = sorted((one for one in told if one.diary_days), key=lambda one: (not one.counts, one.source == "follow-up"))
    if not known:
        return Third(None)
    best = known[0]
    return Third(best.scaled_headache_days, best.headache_days, best.diary_days, best.counts, best.over, best.source)


def wear_off_words(wear_off: WearOff) -> str:
    """The mean in a sentence; empty without a whole cycle."""
    mean, rise, count = wear_off.mean, wear_off.rise, len(wear_off.whole)
    if mean is None or rise is None:
        return ""
    of = "1 cycle" if count == 1 else f"the mean of {count} cycles"
    change = "as many" if not rise else f"{figure(abs(rise))} {'more' if rise > 0 else 'fewer'}"
    return f"{of} with all three thirds: {', '.join(map(figure, mean))}; weeks 9-12 have {change} {'as' if not rise else 'than'} weeks 5-8"


def course_words(plot: CoursePlot) -> str:
    """The plot for who cannot see it: every figure and line in sentences."""
    if not plot.windows:
        return "No window of 28 days has been told."
    before = [_figure_words(one) for one in plot.windows if one.cycle == 0]
    said = [f"Baseline {figure(plot.baseline)} headache days in 28 ({plot.baseline_told})." if plot.baseline is not None else "No baseline."]
    said += [f"Before the first session: {', '.join(before)}."] * bool(before)
    for session in plot.sessions:
        told = ", ".join(_figure_words(one) for one in plot.windows if one.cycle == session.cycle) or "nothing told"
        said.append(f"Session {session.cycle} on {session.day}, then {told}.")
    said += [f"Line at {figure(line.days)}: {line.label}, {line.says}: {', '.join(line.rules)}." for line in plot.lines]
    if words := wear_off_words(plot.wear_off):
        said.append(f"Wear-off, weeks 1-4, 5-8 and 9-12 of a cycle: {words}.")
    return " ".join(said)


def _figure_words(window: PlotWindow) -> str:
    notes = [f"{window.headache_days} of {window.diary_days} days"] * window.scaled + list(window.notes)
    return figure(window.days) + (f" ({', '.join(notes)})" if notes else "")
