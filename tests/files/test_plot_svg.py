"""The plot as SVG: valid XML that tells all in words too, escaped, in greys, the same bytes for the same plot."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction
from xml.etree import ElementTree

from botoxcli.clinic.course_plot import CoursePlot, RuleLine, course_plot
from botoxcli.clinic.diary import DiaryDay
from botoxcli.clinic.response import ResponseFacts, course_of
from botoxcli.files.plot_svg import plot_svg

SESSION = date(2025, 9, 1)
SVG = "{http://www.w3.org/2000/svg}"


def a_plot(rule: str = "nice-ta260") -> CoursePlot:
    months = {-28: 20, 0: 18, 28: 12, 56: 14}
    diary = tuple(DiaryDay(SESSION + timedelta(days=first + number), number < ill) for first, ill in months.items() for number in range(28))
    plot = course_plot(course_of(ResponseFacts(today=SESSION + timedelta(days=90), sessions=(SESSION,), diary=diary)))
    return plot._replace(lines=(RuleLine(Fraction(14), "non-response", "30 % fewer", "stop above", (rule,)),))


def test_it_is_xml_with_a_title_and_every_figure_in_words() -> None:
    root = ElementTree.fromstring(plot_svg(a_plot()))
    assert (root.tag, root.get("role")) == (f"{SVG}svg", "img")
    title, told = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None and told is not None
    assert root.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"
    assert told.text == (
        "Baseline 20 headache days in 28 (diary, 2025-08-04 to 2025-08-31, 28 diary days). Before the first session: 20. "
        "Session 1 on 2025-09-01, then 18, 12, 14. Line at 14: 30 % fewer, stop above: nice-ta260. "
        "Wear-off, weeks 1-4, 5-8 and 9-12 of a cycle: 1 cycle with all three thirds: 18, 12, 14; weeks 9-12 have 2 more than weeks 5-8."
    )


def test_the_bars_are_as_high_as_their_figures() -> None:
    bars = [one for one in ElementTree.fromstring(plot_svg(a_plot())).iter(f"{SVG}rect") if one.get("stroke")]
    assert [round(float(one.get("height") or 0) / 6, 1) for one in bars[:4]] == [20, 18, 12, 14]  # 168 points are 28 days


def test_it_is_the_same_each_time_and_grey() -> None:
    said = plot_svg(a_plot())
    assert said == plot_svg(a_plot())
    assert all(len({one[1:3], one[3:5], one[5:7]}) == 1 for one in re.findall(r"#[0-9a-f]{6}", said))


def test_hostile_words_are_only_words() -> None:
    said = plot_svg(a_plot("</text><script>x</script>&\x00\x1b"), name='a"><script>')
    root = ElementTree.fromstring(said)
    assert not list(root.iter(f"{SVG}script")) and "<script" not in said
    assert "</text><script>x</script>&." in "".join(root.itertext())


def test_without_a_window_a_sentence() -> None:
    empty = course_plot(course_of(ResponseFacts(today=SESSION, sessions=(SESSION,))))
    assert "there is nothing to plot" in "".join(ElementTree.fromstring(plot_svg(empty)).itertext())
