"""Slices in the order of the body, and letters for its directions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.geometry import SlicePlace, direction, spatial_order

AXIAL = (1, 0, 0, 0, 1, 0)


def axial(number: int | None, z: float | None) -> SlicePlace:
    return SlicePlace(number, None if z is None else (0, 0, z), AXIAL)


def test_slices_come_along_their_normal_in_the_direction_of_their_numbers() -> None:
    up = [axial(1, 30), axial(3, 10), axial(2, 20)]
    assert spatial_order(up) == [0, 2, 1]
    down = [axial(3, 30), axial(1, 10), axial(2, 20)]
    assert spatial_order(down) == [1, 2, 0]


def test_wrong_numbers_do_not_tear_the_stack_apart() -> None:
    places = [axial(1, 0), axial(7, 5), axial(2, 10), axial(9, 15)]
    assert spatial_order(places) == [0, 1, 2, 3]


@pytest.mark.parametrize(
    "places",
    [
        [axial(2, 5), axial(1, None)],
        [axial(2, 5), axial(1, 5)],
        [axial(2, 5), SlicePlace(1, (0, 0, 9), (0, 1, 0, 0, 0, -1))],
    ],
    ids=["a place is missing", "two in one place", "not parallel"],
)
def test_without_one_stack_the_numbers_count(places: list[SlicePlace]) -> None:
    assert spatial_order(places) == [1, 0]


def test_images_without_a_number_come_last() -> None:
    assert spatial_order([axial(None, None), axial(4, None), axial(2, None)]) == [2, 1, 0]


def test_a_tilted_gantry_is_one_stack_all_the_same() -> None:
    tilt = np.deg2rad(20)
    axes = (1, 0, 0, 0, float(np.cos(tilt)), float(-np.sin(tilt)))
    places = [SlicePlace(n, (0, 0, 5.0 * n), axes) for n in (3, 1, 2)]
    assert spatial_order(places) == [1, 2, 0]


@given(st.lists(st.integers(-500, 500), min_size=1, max_size=30, unique=True))
def test_every_slice_stays_in_the_stack_once(heights: list[int]) -> None:
    order = spatial_order([axial(n, z) for n, z in enumerate(heights)])
    assert sorted(order) == list(range(len(heights)))
    along = [heights[n] for n in order]
    assert along in (sorted(along), sorted(along, reverse=True))


@pytest.mark.parametrize(
    ("vector", "letters"),
    [((1, 0, 0), "L"), ((-1, 0, 0), "R"), ((0, 1, 0), "P"), ((0, 0, 1), "H"),
     ((0.8, -0.6, 0), "LA"), ((0.99, 0.1, 0.1), "L")],
)  # fmt: skip
def test_directions_have_letters_the_strongest_first(
    vector: tuple[float, float, float], letters: str
) -> None:
    assert direction(np.array(vector)) == letters
