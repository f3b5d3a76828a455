"""The terminal that the kept screens are seen through: pyte's, which also remembers what is dim.

Convention. pyte knows no dim letters (SGR 2) and drops them; its ``blink`` stands for dim here, since nothing of the program's blinks.
"""

from __future__ import annotations

from typing import Any

import pyte

_DIM, _BLINK, _NORMAL_INTENSITY, _STEADY = 2, 5, 22, 25
_COLOURS_FOLLOW = {38: {5: 1, 2: 3}, 48: {5: 1, 2: 3}}


class DimScreen(pyte.Screen):
    """A screen whose dim cells have ``blink``."""

    def select_graphic_rendition(self, *attributes: int, **kwargs: Any) -> None:
        super().select_graphic_rendition(*_dim_as_blink(attributes), **kwargs)


def _dim_as_blink(attributes: tuple[int, ...]) -> list[int]:
    """The attributes with dim as blink; the 2 of a colour (``38;5;2``, ``38;2;r;g;b``) is left as it is."""
    said: list[int] = []
    rest = list(attributes)
    while rest:
        one = rest.pop(0)
        if one in _COLOURS_FOLLOW and rest:
            many = 1 + _COLOURS_FOLLOW[one].get(rest[0], 0)
            said += [one, *rest[:many]]
            del rest[:many]
        else:
            said += {_DIM: [_BLINK], _NORMAL_INTENSITY: [_NORMAL_INTENSITY, _STEADY]}.get(one, [one])
    return said
