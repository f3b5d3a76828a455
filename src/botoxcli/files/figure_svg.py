"""A figure as SVG inside a page: whatever a document shows, by the writer of its kind."""

from __future__ import annotations

from botoxcli.clinic.course_plot import CoursePlot
from botoxcli.clinic.document import Figure
from botoxcli.clinic.head_map import HeadMap
from botoxcli.files.head_map_svg import head_map_svg
from botoxcli.files.plot_svg import plot_svg


def figure_svg(figure: Figure) -> str:
    """The drawing, or nothing for a shape that has none."""
    shape = figure.shape
    if isinstance(shape, HeadMap) and shape.views:
        return head_map_svg(shape, across=2)
    return plot_svg(shape, small=figure.small) if isinstance(shape, CoursePlot) else ""
