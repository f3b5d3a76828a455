"""The outline of a head and neck from the four views: generic, drawn for this program, no person's and no textbook's.

Points are per cent of the view's width and height from its upper left corner, as in a protocol's sites; a view is as wide as it is high.
In ``front`` the patient's left is at the picture's right, in ``back`` at its left; ``left`` shows the patient's left side, looking to the
picture's left. A stroke is a line through its points; ``detail`` marks those that a small drawing may leave out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from botoxcli.clinic.protocol_values import View

Point = tuple[float, float]
VIEWS: tuple[View, ...] = ("front", "left", "right", "back")
_STEPS = 4  # points of the smooth line for each that is written below


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line of an outline; a closed one ends where it began."""

    points: tuple[Point, ...]
    detail: bool = False


# What lies at the picture's left and right edge of each view.
EDGES: dict[View, tuple[str, str]] = {"front": ("R", "L"), "left": ("front", "back"), "right": ("back", "front"), "back": ("L", "R")}

_FACE = ((50, 8), (59, 9), (67, 14), (71.5, 23), (72.5, 35), (71.5, 47), (68.5, 58), (63, 67), (56, 73), (50, 74.5))
_FRONT_EAR = ((72.5, 41), (75, 39.5), (76.5, 43), (75.5, 49), (73, 53.5), (71, 52))
_FRONT_NECK = ((62, 69), (61.5, 79), (66, 84.5), (78, 89), (90, 93), (96, 99))
_FRONT_EYE = ((56, 44.5), (60, 42.3), (65, 44), (60.5, 46), (56, 44.5))
_FRONT_BROW = ((55, 38.5), (60, 36), (67, 38.5))
_NOSE = ((47.5, 46), (46.5, 54), (45, 58), (47.5, 60), (50, 60.5), (52.5, 60), (55, 58), (53.5, 54), (52.5, 46))
_MOUTH = ((43, 66), (47, 65.2), (50, 66), (53, 65.2), (57, 66), (50, 68.5), (43, 66))

_PROFILE = (
    (40, 99), (40, 88), (37, 79), (29, 76.5), (24, 75.5), (21.5, 72), (22.5, 68.5), (20.5, 66.5), (22, 64.8), (20, 62.5), (21.5, 59.5),
    (17, 58), (15.5, 55.5), (18.5, 50), (21.5, 44.5), (21, 40), (21, 33), (24, 22), (33, 12.5), (46, 8), (60, 8.5), (72, 14.5), (80, 25),
    (82.5, 38), (80, 50), (75, 58), (71.5, 66), (71, 76), (75, 86), (84, 93), (92, 99),
)  # fmt: skip
_SIDE_EAR = ((53, 50), (52.5, 46), (55, 42.8), (59, 43), (60.5, 47), (58.5, 51.5), (57, 55.5), (54, 56.5), (53, 53))
_SIDE_EYE = ((24.5, 44), (28, 42.8), (30.5, 45), (26, 46.3), (24.5, 44))
_SIDE_BROW = ((22.5, 39), (27, 37), (32, 39))
_SIDE_MOUTH = ((20.5, 64.8), (24, 64.6), (27.5, 65.8))
_JAW = ((53, 58), (51, 66), (45, 71.5), (36, 75.5))

_BACK = (
    (50, 8), (59, 9), (67, 14), (71.5, 23), (72.5, 35), (71.5, 47), (69, 56), (67.5, 62), (68, 67), (74, 71.5), (85, 75.5), (94, 82),
    (97.5, 92), (98, 99),
)  # fmt: skip
_NUCHAL_LINE = ((32.5, 49), (39, 50.5), (45, 50.8), (50, 49), (55, 50.8), (61, 50.5), (67.5, 49))
_SPINE = ((50, 66), (50, 97))


def outline(view: View) -> tuple[Stroke, ...]:
    """The strokes of a view, main line first."""
    return _OUTLINES[view]


def _mirrored(points: Iterable[Point]) -> tuple[Point, ...]:
    return tuple((100 - x, y) for x, y in points)


def _symmetric(half: tuple[Point, ...]) -> tuple[Point, ...]:
    """The right half of a shape, from the midline's top on, with its mirror image before it."""
    return (*reversed(_mirrored(half[1:])), *half)


def _smooth(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """A smooth line (Catmull-Rom) through the points, to a tenth of a per cent."""
    closed = points[0] == points[-1]
    before, after = (points[-2], points[1]) if closed else (points[0], points[-1])
    padded = (before, *points, after)
    drawn = [
        _between(padded[at : at + 4], step / _STEPS)
        for at in range(len(points) - 1)
        for step in range(_STEPS)
    ]  # fmt: skip
    return (*drawn, (float(points[-1][0]), float(points[-1][1])))


def _between(four: tuple[Point, ...], part: float) -> Point:
    """The point so far (0 to 1) from the second of four to the third."""
    first, second, third, fourth = four

    def along(axis: int) -> float:
        a, b, c, d = first[axis], second[axis], third[axis], fourth[axis]
        bent = 2 * b + (c - a) * part + (2 * a - 5 * b + 4 * c - d) * part**2 + (3 * b - a - 3 * c + d) * part**3
        return min(max(round(bent / 2, 1), 0.0), 100.0)

    return along(0), along(1)


def _strokes(main: Iterable[tuple[Point, ...]], details: Iterable[tuple[Point, ...]]) -> tuple[Stroke, ...]:
    return (*(Stroke(_smooth(points)) for points in main), *(Stroke(_smooth(points), detail=True) for points in details))


def _both(points: tuple[Point, ...]) -> tuple[tuple[Point, ...], tuple[Point, ...]]:
    return points, _mirrored(points)


_SIDE = _strokes((_PROFILE, _SIDE_EAR), (_SIDE_EYE, _SIDE_BROW, _SIDE_MOUTH, _JAW))
_OUTLINES: dict[View, tuple[Stroke, ...]] = {
    "front": _strokes((_symmetric(_FACE), *_both(_FRONT_EAR), *_both(_FRONT_NECK)), (*_both(_FRONT_EYE), *_both(_FRONT_BROW), _NOSE, _MOUTH)),
    "left": _SIDE,
    "right": tuple(Stroke(_mirrored(stroke.points), stroke.detail) for stroke in _SIDE),
    "back": _strokes((_symmetric(_BACK), *_both(_FRONT_EAR)), (_NUCHAL_LINE, _SPINE)),
}
