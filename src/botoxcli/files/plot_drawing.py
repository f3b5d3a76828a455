"""The plot of a course as shapes on a page: what SVG and paper both draw, so that they show the same.

Conventions. Lengths are points from the upper left corner. Greys are per cent of black, so that a grey print tells everything apart: a bar
before the first session is light, one that counts is dark, one that does not count (or that a later one overlaps) is an empty dashed frame. The
baseline is a thick line, each rule's line has dashes and a letter of its own, told below. Time runs to the right, to scale. Nothing depends
on anything but the plot.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, TypeAlias

from botoxcli.clinic.course_plot import THIRDS, CoursePlot, PlotWindow, wear_off_words
from botoxcli.clinic.diary import figure

FOOT, LINE, THIRD = 34, 13, 16  # below the frame, a line of words, a bar of the wear-off
SIZE, SMALL = 10, 9
LETTERS = "abcdefghijklmnopqrstuvwxyz"
DASHES: tuple[tuple[int, ...], ...] = ((6, 3), (2, 2), (8, 2, 2, 2), (1, 3), (10, 4), (4, 1))
DARK, LIGHT, BLACK = 55, 18, 100
_SIGN = Fraction(11, 2)  # about how wide a small character is


@dataclass(frozen=True, slots=True)
class Measures:
    """The frame of the windows: its margins, how ``high`` 0 to the top of the scale is, and the characters that fit a line of words below it."""

    width: int
    left: int
    right: int
    head: int
    high: int
    words: int
    titled: bool


WHOLE = Measures(width=640, left=34, right=92, head=24, high=168, words=112, titled=True)
BESIDE = Measures(width=300, left=30, right=68, head=12, high=84, words=54, titled=False)


@dataclass(frozen=True, slots=True)
class Bar:
    """A box. ``grey`` is its filling (None: empty), ``dashed`` its frame."""

    x: Fraction
    y: Fraction
    width: Fraction
    height: Fraction
    grey: int | None
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line; without ``dashes`` it is whole."""

    x1: Fraction
    y1: Fraction
    x2: Fraction
    y2: Fraction
    thick: Fraction = Fraction(1)
    dashes: tuple[int, ...] = ()
    grey: int = BLACK


@dataclass(frozen=True, slots=True)
class Words:
    """A line of text on its baseline."""

    x: Fraction
    y: Fraction
    text: str
    size: int = SIZE
    anchor: Literal["start", "middle", "end"] = "start"
    strong: bool = False
    grey: int = BLACK


Shape: TypeAlias = Bar | Stroke | Words


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture of that size. Later shapes lie over earlier ones."""

    width: int
    height: int
    shapes: tuple[Shape, ...]


def course_drawing(plot: CoursePlot, *, small: bool = False) -> Drawing:
    """The windows with their lines, what the signs mean, and the mean wear-off; a sentence where no window was told.

    A ``small`` one stands beside text, under a heading that says what it shows.
    """
    size = BESIDE if small else WHOLE
    if not plot.windows:
        return Drawing(size.width, 30, (Words(Fraction(8), Fraction(19), "No window of 28 days has been told: there is nothing to plot."),))
    frame = _Frame.of(plot, size)
    key = list(_key(plot, size.words))
    below = size.head + size.high + FOOT
    thirds = list(_thirds(plot, size, below + LINE * len(key) + LINE))
    shapes = (*_scale(frame), *_bars(plot, frame), *_sessions(plot, frame), *_lines(plot, frame), *_told(key, below), *thirds)
    height = below + LINE * len(key) + (2 * LINE + THIRD * len(THIRDS) + LINE * len(_wear_off_told(plot, size.words)) if thirds else 0) + 8
    return Drawing(size.width, height, shapes)


@dataclass(frozen=True, slots=True)
class _Frame:
    top: int
    first: date
    days: int
    size: Measures

    @classmethod
    def of(cls, plot: CoursePlot, size: Measures) -> _Frame:
        first = min([one.start for one in plot.windows] + [one.day for one in plot.sessions])
        last = max([one.end for one in plot.windows] + [one.day for one in plot.sessions])
        return cls(plot.top, first, (last - first).days + 1, size)

    def x(self, day: date) -> Fraction:
        return self.size.left + Fraction((day - self.first).days * (self.size.width - self.size.left - self.size.right), self.days)

    def y(self, days: Fraction | int) -> Fraction:
        return self.size.head + self.size.high - Fraction(days) * self.size.high / self.top

    @property
    def begin(self) -> Fraction:
        return Fraction(self.size.left)

    @property
    def end(self) -> Fraction:
        return Fraction(self.size.width - self.size.right)


def _scale(frame: _Frame) -> Iterator[Shape]:
    if frame.size.titled:
        yield Words(Fraction(4), Fraction(12), "Headache days in 28 days", strong=True)
    for days in range(0, frame.top + 1, 7):
        y = frame.y(days)
        yield Stroke(frame.begin, y, frame.end, y, Fraction(1 if days == 0 else Fraction(1, 2)), grey=BLACK if days == 0 else 20)
        yield Words(frame.begin - 5, y + 3, str(days), SMALL, "end")


def _bars(plot: CoursePlot, frame: _Frame) -> Iterator[Shape]:
    for window in plot.windows:
        x, beyond = frame.x(window.start), frame.x(window.end + timedelta(days=1))
        y, foot = frame.y(window.days), frame.y(0)
        gap = min((beyond - x) / 10, Fraction(2))
        yield Bar(x + gap, y, beyond - x - 2 * gap, foot - y, _grey(window), dashed=_grey(window) is None)
        told = figure(window.days)
        if len(told) * _SIGN <= beyond - x:
            inside = foot - y >= LINE  # at the foot of the bar, where few lines cross
            yield Words((x + beyond) / 2, foot - 4 if inside else y - 3, told, SMALL, "middle", grey=0 if inside and _grey(window) == DARK else BLACK)


def _grey(window: PlotWindow) -> int | None:
    if window.place == "not-counted" or any("overlaps" in note for note in window.notes):
        return None
    return LIGHT if window.place == "before" else DARK


def _sessions(plot: CoursePlot, frame: _Frame) -> Iterator[Shape]:
    """A mark below the axis and a thin line up at each; as many with their day as have room for it."""
    free = Fraction(-1)
    foot = frame.y(0)
    for session in plot.sessions:
        x = frame.x(session.day)
        yield Stroke(x, foot + 6, x, Fraction(frame.size.head), Fraction(1, 2), grey=45)
        yield Stroke(x, foot + 6, x, foot, Fraction(2))
        if x - 28 >= free:
            yield Words(x, foot + 16, f"session {session.cycle}", SMALL, "middle")
            yield Words(x, foot + 26, session.day.isoformat(), SMALL, "middle")
            free = x + 32


def _lines(plot: CoursePlot, frame: _Frame) -> Iterator[Shape]:
    """The lines from side to side, each named at its right end; names that would meet are moved apart."""
    named = [(line.days, f"{LETTERS[place % 26]}: {figure(line.days)}", DASHES[place % len(DASHES)]) for place, line in enumerate(plot.lines)]
    if plot.baseline is not None:
        named.append((plot.baseline, f"baseline {figure(plot.baseline)}", ()))
    free = Fraction(frame.size.head - 12)
    for days, name, dashes in sorted(named, key=lambda one: -one[0]):
        y, end = frame.y(days), frame.end
        free = max(y, free + 11)
        yield Stroke(frame.begin, y, end, y, Fraction(1) if dashes else Fraction(2), dashes)
        yield Stroke(end, y, end + 10, free, Fraction(1, 2), grey=45)
        yield Words(end + 12, free + 3, name, SMALL, strong=not dashes)


def _key(plot: CoursePlot, words: int) -> Iterator[str]:
    """What is drawn how, line by line."""
    places = {window.place for window in plot.windows}
    said = ["light: before the first session"] * ("before" in places) + ["dark: after the first session"] * ("counted" in places)
    if any(_grey(window) is None for window in plot.windows):
        said.append("dashed frame: too few days, not over, or overlaps a later one")
    scaled = " A window with missing days is scaled to 28." if any(window.scaled for window in plot.windows) else ""
    yield from _wrapped(f"Bars: {'; '.join(said)}.{scaled}", words)
    for place, line in enumerate(plot.lines):
        days = f"{figure(line.days)} days"
        label = f", {line.label}" * (line.label != days)
        yield from _wrapped(f"{LETTERS[place % 26]}: {days}{label}; {line.says}: {', '.join(line.rules)}.", words)
    if plot.left_out:
        yield from _wrapped(f"Not drawn, for they go into no figure: {plot.left_out}.", words)


def _thirds(plot: CoursePlot, size: Measures, y: int) -> Iterator[Shape]:
    """The mean of each third of a cycle as a bar, on a scale of its own: to the right."""
    mean = plot.wear_off.mean
    if mean is None:
        return
    yield Words(Fraction(4), Fraction(y), "Wear-off: headache days in 28 by third of a cycle", strong=True)
    wide = Fraction(size.width - size.right - 80, plot.top)
    for place, (name, days) in enumerate(zip(THIRDS, mean, strict=True)):
        top = Fraction(y + 7 + THIRD * place)
        yield Words(Fraction(70), top + 10, name, SMALL, "end")
        yield Bar(Fraction(76), top + 2, days * wide, Fraction(THIRD - 4), DARK)
        yield Words(76 + days * wide + 5, top + 10, figure(days), SMALL)
    yield from _told(_wear_off_told(plot, size.words), y + LINE + THIRD * len(THIRDS) + 6)


def _wear_off_told(plot: CoursePlot, words: int) -> list[str]:
    told = wear_off_words(plot.wear_off)
    return _wrapped(f"{told[0].upper()}{told[1:]}.", words) if told else []


def _told(lines: Sequence[str], y: int) -> Iterator[Shape]:
    return (Words(Fraction(4), Fraction(y + LINE * place + 8), line, SMALL) for place, line in enumerate(lines))


def _wrapped(text: str, words: int) -> list[str]:
    return textwrap.wrap(text, words, break_on_hyphens=False)
