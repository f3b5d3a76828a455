"""The plot in characters: whole pictures at 80 columns, with and without drawing, and what is never said by colour."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest

from botoxcli.clinic.course_plot import CoursePlot, RuleLine, course_plot
from botoxcli.clinic.diary import DiaryDay
from botoxcli.clinic.response import Course, ResponseFacts, ToldFollowUp, course_of
from botoxcli.terminal.plot import ASCII, DRAWN, NOTHING, plot_lines, sparkline, wear_off_lines

SESSION = date(2025, 9, 1)
LINES = (
    RuleLine(Fraction(15), "became-episodic", "15 days", "stop below, 3 in a row", ("nice-ta260",)),
    RuleLine(Fraction(14), "non-response", "30 % fewer", "stop above", ("nice-ta260", "ehf-2018")),
)


def a_course() -> Course:
    """A baseline of 20; 18, 13 of 22 days and 14; then 12, and a month that is not over; and a follow-up that is not used."""
    months = {-28: (20, 28), 0: (18, 28), 28: (13, 22), 56: (14, 28), 84: (12, 28), 112: (3, 7)}
    diary = tuple(DiaryDay(SESSION + timedelta(days=first + number), number < ill) for first, (ill, of) in months.items() for number in range(of))
    follow_ups = (ToldFollowUp(9, SESSION + timedelta(days=14), 10, 28),)
    sessions = (SESSION, SESSION + timedelta(days=84))
    return course_of(ResponseFacts(today=SESSION + timedelta(days=120), sessions=sessions, diary=diary, follow_ups=follow_ups))


def a_plot() -> CoursePlot:
    return course_plot(a_course())._replace(lines=LINES)


PICTURE = """\
           0      7      14     21     28
baseline                       |             20
15 days                   :                  15  stop below, 3 in a row:
                                                 nice-ta260
30 % fewer               :                   14  stop above: nice-ta260,
                                                 ehf-2018
2025-08-04 ==============::====|             20  before
2025-09-01 -----------------------------         session 1
2025-09-01 ##############::##  |             18
2025-09-29 ##############::#   |          16.55  13 of 22 days
2025-10-27 ##############::    |             14
2025-11-24 -----------------------------         session 2
2025-11-24 ############  ::    |             12
2025-12-22 ............  ::    |             12  3 of 7 days, incomplete,
                                                 not over
= before the first session, # after it, . does not count: too few days, or
not over, | baseline, : where a rule turns. A window with missing days is
scaled to 28.
Not drawn: 1 window that goes into no figure."""

WEAR_OFF = """\
Cycle  Session     weeks 1-4  weeks 5-8         weeks 9-12
    1  2025-09-01  18         16.55 (13 of 22)  14
    2  2025-11-24  12         12 (3 of 7)*      not told
* too few diary days to stand for 28, or not over

           0      7      14     21     28
weeks 1-4  ##################  |             18
weeks 5-8  #################   |          16.55
weeks 9-12 ##############      |             14
1 cycle with all three thirds: 18, 16.55, 14; weeks 9-12 have 2.55 fewer
than weeks 5-8."""


def test_the_whole_picture() -> None:
    assert "\n".join(plot_lines(a_plot(), columns=76)) == PICTURE


def test_the_wear_off() -> None:
    assert "\n".join(wear_off_lines(a_plot(), columns=76)) == WEAR_OFF


def test_drawn_it_is_the_same_in_other_signs() -> None:
    drawn = "\n".join(plot_lines(a_plot(), columns=76, signs=DRAWN))
    assert len({*DRAWN}) == len({*ASCII}) == 6
    rows = [line for line in drawn.splitlines() if line.startswith("20")]
    assert rows[0] == "2025-08-04 ▒▒▒▒▒▒▒▒▒▒▒▒▒▒┊┊▒▒▒▒┃             20  before"
    assert rows[1] == "2025-09-01 " + "─" * 29 + "         session 1"
    assert "\x1b" not in drawn


@pytest.mark.parametrize("columns", [60, 76, 80, 100, 140, 200])
def test_no_line_is_wider_than_it_may_be(columns: int) -> None:
    for signs in (ASCII, DRAWN):
        lines = [*plot_lines(a_plot(), columns=columns, signs=signs), *wear_off_lines(a_plot(), columns=columns, signs=signs)]
        assert max(map(len, lines)) <= max(columns, 73) and not any("…" in line for line in lines)


def test_the_bars_are_the_response_s_windows() -> None:
    """Read back from the picture: each bar is as long as its window's figure, rounded, and the figure stands beside it."""
    used = [one for one in a_course().shown if not any(note.startswith("not used") for note in one.notes)]
    rows = [line for line in plot_lines(a_plot(), columns=76) if line.startswith("20") and "session" not in line]
    assert [(row[:10], row[40:48].strip()) for row in rows] == [
        (one.window.start.isoformat(), f"{float(one.window.scaled_headache_days or 0):.2f}".rstrip("0").rstrip(".")) for one in used
    ]
    bare = [line for line in plot_lines(a_plot()._replace(lines=(), baseline=None), columns=76) if line.startswith("20") and "session" not in line]
    assert [sum(row.split("  ")[0][11:].count(sign) for sign in "=#.") for row in bare] == [
        round(one.window.scaled_headache_days or 0) for one in used
    ]


def test_without_a_window_a_sentence() -> None:
    empty = course_plot(course_of(ResponseFacts(today=SESSION, sessions=(SESSION,))))
    assert plot_lines(empty) == [NOTHING]
    assert wear_off_lines(empty) == []


def test_a_sparkline_goes_from_0_to_28() -> None:
    assert sparkline(Fraction(28), [Fraction(0), Fraction(14), None, Fraction(28)]) == "█ ▁▄·█"
    assert sparkline(None, []) == "· "
