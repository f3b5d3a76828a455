"""The head map's marks on the screen: what is higher, or further in, is never drawn as lower or further out; mirrored sites stay mirrored."""

from __future__ import annotations

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botoxcli.cli.protocols import shipped_edition
from botoxcli.clinic.head_map import Mark, ViewMap, planned_map
from botoxcli.terminal.head_map import Label, Window, _places, _spread

SIZES = [(20, 9), (26, 12), (39, 18), (52, 22), (69, 36)]


def labelled(mark: Mark) -> Label:
    return f"[{mark.number}]", mark.site


def drawn_at(view: ViewMap, size: tuple[int, int]) -> dict[str, tuple[float, int]] | None:
    """Each site's middle, in columns, and its row."""
    window = Window.fitting(view, *size)
    places = _places(view.marks, window, labelled, frozenset())
    return None if places is None else {site: (column + len(words) / 2, row) for (column, row), (words, site) in places}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("protocol", ["chronic-migraine", "cervical-dystonia", "blepharospasm", "spasticity-child"])
def test_no_two_sites_change_places(protocol: str, size: tuple[int, int]) -> None:
    for view in planned_map(shipped_edition(protocol).protocol).views:
        places = drawn_at(view, size)
        if places is None:
            assert size[0] < 39, "there is room for every mark"
            continue
        for one, other in combinations(view.marks, 2):
            (column, row), (further, lower) = places[one.site], places[other.site]
            assert (one.y - other.y) * (row - lower) >= 0, f"{one.site} and {other.site} change their heights"
            assert row != lower or (one.x - other.x) * (column - further) >= 0, f"{one.site} and {other.site} change their sides"
            assert one.y != other.y or row == lower, f"{one.site} and {other.site} are at one height"


@pytest.mark.parametrize("size", SIZES[1:])
def test_left_and_right_stay_mirrored(size: tuple[int, int]) -> None:
    for view in planned_map(shipped_edition("chronic-migraine").protocol).views:
        places = drawn_at(view, size)
        assert places is not None
        middle = Window.fitting(view, *size).columns / 2
        for site, (column, row) in places.items():
            twin = places.get(site.replace("left", "right"))
            if twin is not None and "left" in site:
                assert row == twin[1]
                assert abs((column - middle) + (twin[0] - middle)) <= 2.5, f"{site} is not mirrored"  # the digits are not of one length


@given(centres=st.lists(st.floats(0, 60), min_size=1, max_size=9).map(sorted), size=st.integers(1, 4))
def test_labels_in_a_row_keep_their_order_and_a_space(centres: list[float], size: int) -> None:
    begins = _spread(centres, [size] * len(centres), 60)
    if begins is None:
        return
    assert all(later - one >= size + 1 for one, later in pairwise(begins))
    assert begins[0] >= 0
    assert begins[-1] + size <= 60


def test_a_row_without_room_is_no_map() -> None:
    assert _spread([5, 5, 5], [3, 3, 3], 10) is None
    assert _spread([5, 5, 5], [3, 3, 3], 11) == [0, 4, 8]
    assert _spread([30] * 8, [3] * 8, 60) is None, "the outer ones would be too far from their place"
