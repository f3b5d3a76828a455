"""The plot of a course as ``chart`` and ``response`` print it: as wide as the screen, the last cycles there, all of them in a pipe."""

from __future__ import annotations

from botoxcli.clinic.course_plot import CoursePlot, course_plot
from botoxcli.terminal.console import is_plain
from botoxcli.terminal.plot import columns_of_stdout, plot_lines, signs_for_stdout, wear_off_lines
from botoxcli.workflow.response import Response

WEAR_OFF = "Wear-off: headache days in 28 by third of a cycle"
SCREEN_CYCLES = 6  # the last so many are drawn on a screen


def plot_of(found: Response) -> CoursePlot:
    """The plot of a response, with the lines of the rules that were asked for."""
    return course_plot(found.course, (said.rule for said in found.verdicts))


def windows_drawn(found: Response, *, indent: int = 0) -> list[str]:
    """The windows, the sessions and the lines; a sentence where there is nothing to draw."""
    plot, first = plot_of(found), _first_cycle(found)
    lines = plot_lines(plot.since(first), columns=columns_of_stdout() - indent, signs=signs_for_stdout())
    return [*lines, *_left_out(first)]


def wear_off_drawn(found: Response, *, indent: int = 0) -> list[str]:
    """The thirds of the cycles; empty when none is told."""
    return wear_off_lines(plot_of(found), columns=columns_of_stdout() - indent, signs=signs_for_stdout(), since=_first_cycle(found))


def _first_cycle(found: Response) -> int:
    """The first cycle that is drawn: a pipe gets them all."""
    return 0 if is_plain() else max(len(found.course.cycles) - SCREEN_CYCLES + 1, 0)


def _left_out(first: int) -> list[str]:
    if first <= 1:
        return []
    return [f"Not drawn on a screen: {'cycle 1' if first == 2 else f'cycles 1 to {first - 1}'}; `botox response` has a line for each window."]
