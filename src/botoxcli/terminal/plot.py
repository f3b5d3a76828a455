"""A course to look at, in characters: a bar a window, lines across them for the baseline and the rules, a row a session; the wear-off.

Conventions. A column stands for a day (for two or three on a wide screen), so that bars can be counted. A bar that touches a line is not above
it. Every figure stands beside its bar, and every kind of bar and line has a sign of its own: nothing is said by colour. Without drawing (a pipe,
a dumb terminal, one that has no such signs) all signs are ASCII. No line is wider than it may be; words are broken, never cut.
"""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from botoxcli.clinic.course_plot import THIRDS, CoursePlot, CycleThirds, PlotWindow, RuleLine, Third, wear_off_words
from botoxcli.clinic.diary import WINDOW_DAYS, figure
from botoxcli.terminal.clean import padded, shown
from botoxcli.terminal.console import is_plain

PLAIN_WIDTH = 80
NOTHING = "No window of 28 days has been told, by a diary or a follow-up: there is nothing to plot."
LABEL, FIGURE, WORDS = 10, 6, 24  # columns of a row's label and figure, and the fewest of its words
TICKS = 7  # days from one number of the scale to the next
LONGEST_SCALE = 3  # columns a day, at most


class Signs(NamedTuple):
    """What the parts are drawn with. Each is told apart from the others by its form."""

    counted: str
    before: str
    few: str
    baseline: str
    rule: str
    session: str


DRAWN = Signs("█", "▒", "░", "┃", "┊", "─")
ASCII = Signs("#", "=", ".", "|", ":", "-")


def signs_for_stdout() -> Signs:
    """Block characters for a terminal that can show them, else ASCII."""
    if is_plain():
        return ASCII
    try:
        "█▒░┃┊─".encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return ASCII
    return DRAWN


def columns_of_stdout() -> int:
    """How wide an answer may be: the terminal's width, else 80."""
    return shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns if sys.stdout.isatty() else PLAIN_WIDTH


class _Frame(NamedTuple):
    """Where things stand: so many columns for so many days, the signs, and the lines that cross every bar, by column."""

    top: int
    cells: int
    columns: int
    signs: Signs
    marks: tuple[tuple[int, str], ...] = ()

    @classmethod
    def of(cls, top: int, columns: int, signs: Signs, lines: Iterable[tuple[Fraction, str]] = ()) -> _Frame:
        room = columns - LABEL - FIGURE - WORDS - 5
        cells = top * max(min(room // top, LONGEST_SCALE), 1)
        # The baseline comes last, and stands where a rule's line falls into the same column.
        return cls(top, cells, columns, signs, tuple((round(days * cells / top), sign) for days, sign in lines))

    def at(self, days: Fraction) -> int:
        """The column of a figure. Rounding keeps their order, so that no bar passes a line that its figure does not."""
        return round(days * self.cells / self.top)

    def bar(self, days: Fraction, sign: str) -> str:
        """The figure as a bar, with the lines across it."""
        length = self.at(days)
        row = [sign if place < length else " " for place in range(self.cells + 1)]
        for place, mark in self.marks:
            row[place] = mark
        return "".join(row)

    def mark(self, days: Fraction, sign: str) -> str:
        """One line's own row: its sign alone, in its column."""
        return " " * self.at(days) + sign

    def row(self, label: str, drawing: str, days: Fraction | None, words: str) -> Iterator[str]:
        """A label, the drawing, the figure and words, which go on below where they do not fit."""
        start = f"{label:<{LABEL}} {drawing:<{self.cells + 1}} {figure(days):>{FIGURE}}  "
        parts = textwrap.wrap(shown(words), max(self.columns - len(start), WORDS), break_on_hyphens=False) or [""]
        yield (start + parts[0]).rstrip()
        yield from (" " * len(start) + part for part in parts[1:])

    def scale(self) -> str:
        """The numbers over the columns."""
        drawn = [" "] * (self.cells + 4)
        for days in range(0, self.top + 1, TICKS):
            for place, digit in enumerate(str(days)):
                drawn[self.at(Fraction(days)) + place] = digit
        return f"{'':<{LABEL}} {''.join(drawn).rstrip()}"


def plot_lines(plot: CoursePlot, *, columns: int = PLAIN_WIDTH, signs: Signs = ASCII) -> list[str]:
    """The course: the scale, a row each line that crosses the bars, then sessions and windows in their order; a sentence without a window."""
    if not plot.windows:
        return [NOTHING]
    lines = [(line.days, signs.rule) for line in plot.lines] + ([(plot.baseline, signs.baseline)] if plot.baseline is not None else [])
    frame = _Frame.of(plot.top, columns, signs, lines)
    rows = [frame.scale()]
    if plot.baseline is not None:
        rows += frame.row("baseline", frame.mark(plot.baseline, signs.baseline), plot.baseline, "")
    for line in plot.lines:
        rows += frame.row(shown(line.label), frame.mark(line.days, signs.rule), line.days, _rule_words(line))
    rows += [row for window in plot.windows if window.cycle == 0 for row in _window_row(frame, window)]
    for session in plot.sessions:
        rows += frame.row(session.day.isoformat(), signs.session * (frame.cells + 1), None, f"session {session.cycle}")
        rows += [row for window in plot.windows if window.cycle == session.cycle for row in _window_row(frame, window)]
    return [*rows, *_key(plot, signs, columns)]


def _rule_words(line: RuleLine) -> str:
    return f"{line.says}: {', '.join(line.rules)}"


def _window_row(frame: _Frame, window: PlotWindow) -> Iterator[str]:
    signs = frame.signs
    sign = {"before": signs.before, "counted": signs.counted, "not-counted": signs.few}[window.place]
    notes = ["before"] * (window.cycle == 0) + ["follow-up"] * (window.source == "follow-up")
    notes += [f"{window.headache_days} of {window.diary_days} days"] * window.scaled
    yield from frame.row(window.start.isoformat(), frame.bar(window.days, sign), window.days, ", ".join([*notes, *window.notes]))


def _key(plot: CoursePlot, signs: Signs, columns: int) -> list[str]:
    """What the signs mean, of those that were drawn."""
    places = {window.place for window in plot.windows}
    said = [f"{signs.before} before the first session"] * ("before" in places) + [f"{signs.counted} after it"] * ("counted" in places)
    said += [f"{signs.few} does not count: too few days, or not over"] * ("not-counted" in places)
    said += [f"{signs.baseline} baseline"] * (plot.baseline is not None) + [f"{signs.rule} where a rule turns"] * bool(plot.lines)
    notes = [", ".join(said) + ". A window with missing days is scaled to 28."]
    if plot.left_out:
        windows = "1 window that goes" if plot.left_out == 1 else f"{plot.left_out} windows that go"
        notes.append(f"Not drawn: {windows} into no figure.")
    return [line for note in notes for line in textwrap.wrap(note, columns, break_on_hyphens=False)]


def wear_off_lines(plot: CoursePlot, *, columns: int = PLAIN_WIDTH, signs: Signs = ASCII, since: int = 0) -> list[str]:
    """The thirds of each cycle from ``since`` on, and their mean over all as bars on the plot's own scale. Empty when no third is told."""
    wear_off = plot.wear_off
    told = [cycle for cycle in wear_off.cycles if cycle.cycle >= since]
    if not told:
        return []
    rows = [[f"{cycle.cycle}", cycle.session.isoformat(), *map(_third_words, cycle.thirds)] for cycle in told]
    lines = list(_aligned([["Cycle", "Session", *THIRDS], *rows]))
    lines += _stars(told)
    if wear_off.mean:
        marks = [(plot.baseline, signs.baseline)] if plot.baseline is not None else []
        frame = _Frame.of(plot.top, columns, signs, marks)
        lines += ["", frame.scale()]
        lines += [row for name, days in zip(THIRDS, wear_off.mean, strict=True) for row in frame.row(name, frame.bar(days, signs.counted), days, "")]
    words = wear_off_words(wear_off)
    return [*lines, *(textwrap.wrap(f"{words[0].upper()}{words[1:]}.", columns, break_on_hyphens=False) if words else [])]


def _third_words(third: Third) -> str:
    """``16 (12 of 21)``: counted over so many diary days; a star where they are too few, or not over."""
    if third.days is None:
        return "not told"
    of = f" ({third.headache_days} of {third.diary_days})" if third.diary_days < WINDOW_DAYS else ""
    return f"{figure(third.days)}{of}{'' if third.counts else '*'}{' follow-up' if third.source == 'follow-up' else ''}"


def _stars(told: Iterable[CycleThirds]) -> list[str]:
    starred = any(third.days is not None and not third.counts for cycle in told for third in cycle.thirds)
    return ["* too few diary days to stand for 28, or not over"] * starred


def _aligned(rows: list[list[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for cells in rows:
        yield "  ".join(padded(cell, width, right=place == 0) for place, (cell, width) in enumerate(zip(cells, widths, strict=True))).rstrip()


def sparkline(before: Fraction | None, days: Iterable[Fraction | None]) -> str:
    """Headache days as one sign each, on a scale from 0 to 28: the baseline, then each window; a dot where there is no figure."""
    signs = "▁▂▃▄▅▆▇█"

    def sign(figure: Fraction | None) -> str:
        return "·" if figure is None else signs[min(int(figure * len(signs) / (WINDOW_DAYS + 1)), len(signs) - 1)]

    return f"{sign(before)} {''.join(map(sign, days))}"
