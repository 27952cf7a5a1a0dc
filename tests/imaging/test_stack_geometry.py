"""What the slices of a series are together."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imaging.modules import Placement, Spacing
from imaging.stack_geometry import (
    ALONE,
    DIRECTIONS,
    PLACELESS,
    REFERENCES,
    SCALELESS,
    SCATTERED,
    SIZES,
    SPACINGS,
    TOGETHER,
    FramePlace,
    NoVolume,
    StackGeometry,
    judge,
)

MM = Spacing(0.8, 0.7, "patient")
FLAT = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)


def place(
    *position: float,
    axes: tuple[float, ...] = FLAT,
    spacing: Spacing = MM,
    size: tuple[int, int] = (64, 48),
    reference: str = "1.2",
    thickness: float = 2.0,
) -> FramePlace:
    return FramePlace(Placement(position, axes, spacing, thickness), *size, reference)


def stack(places: list[FramePlace]) -> StackGeometry:
    judged = judge(places)
    assert isinstance(judged, StackGeometry)
    return judged


def test_slices_at_even_distances_are_an_even_stack() -> None:
    judged = stack([place(5, 6, z) for z in (10, 4, 7, 1)])
    assert judged.even
    assert judged.tilt == 0
    assert judged.spacing == pytest.approx(3)
    assert judged.order == (3, 1, 2, 0)
    assert judged.heights == pytest.approx((0, 3, 6, 9))
    assert tuple(judged.origin) == pytest.approx((5, 6, 1))
    assert judged.remarks() == ()


def test_a_stack_from_head_to_feet_is_the_same_one() -> None:
    down = stack([place(0, 0, -2.0 * n) for n in range(5)])
    assert down.order == (4, 3, 2, 1, 0)
    assert tuple(down.origin) == pytest.approx((0, 0, -8))


def test_positions_rounded_by_the_device_are_even_all_the_same() -> None:
    assert stack([place(0, 0, round(0.625 * n, 1)) for n in range(40)]).even


def test_a_missing_slice_is_an_uneven_gap() -> None:
    judged = stack([place(0, 0, z) for z in (0, 2, 4, 8, 10)])
    assert judged.uneven_gaps == (2,)
    assert judged.holes == ()
    assert judged.spacing == pytest.approx(2)
    assert judged.heights == pytest.approx((0, 2, 4, 8, 10))
    assert "unevenly" in judged.remarks()[0]


def test_many_missing_slices_leave_a_hole() -> None:
    judged = stack([place(0, 0, z) for z in (0, 2, 4, 30, 32, 34)])
    assert judged.uneven_gaps == judged.holes == (2,)


def test_thick_slices_far_apart_leave_no_hole() -> None:
    thin = [place(0, 0, 2.0 * n) for n in range(8)]
    thick = [place(0, 0, 22.0 + 8 * n, thickness=8) for n in range(4)]
    judged = stack(thin + thick)
    assert judged.uneven_gaps == (7, 8, 9, 10)
    assert judged.holes == ()


def test_a_spacing_that_drifts_is_not_called_even() -> None:
    assert not stack([place(0, 0, 2.0 * n + 0.01 * n * n) for n in range(20)]).even


@pytest.mark.parametrize("degrees", [-25.0, -8.5, 12.0, 30.0])
def test_a_tilted_gantry_is_recognised_with_its_angle(degrees: float) -> None:
    tilt = np.deg2rad(degrees)
    axes = (1.0, 0.0, 0.0, 0.0, float(np.cos(tilt)), float(-np.sin(tilt)))
    judged = stack([place(0, 0, 3.0 * n, axes=axes) for n in range(6)])
    assert judged.tilt == pytest.approx(abs(degrees), abs=0.01)
    assert judged.even
    assert judged.spacing == pytest.approx(3 * np.cos(tilt))
    # along the stack's own way a slice's step is the table's: straight to the head
    assert judged.across * judged.spacing == pytest.approx((0, 0, 3))
    assert "tilted" in judged.remarks()[0]


def test_an_oblique_stack_is_not_tilted() -> None:
    turn = np.deg2rad(20)
    axes = (1.0, 0.0, 0.0, 0.0, float(np.cos(turn)), float(-np.sin(turn)))
    along = np.cross(axes[:3], axes[3:])
    judged = stack([place(*(4.0 * n * along), axes=axes) for n in range(6)])
    assert judged.tilt == 0
    assert tuple(judged.across) == tuple(judged.normal)


@pytest.mark.parametrize(
    ("places", "reason"),
    [
        ([place(0, 0, 0)], ALONE),
        ([place(0, 0, 0), place(0, 0, 2, size=(32, 48))], SIZES),
        ([place(0, 0, 0), FramePlace(Placement((), FLAT, MM), 64, 48, "1.2")], PLACELESS),
        ([place(0, 0, 0), FramePlace(Placement((0, 0, 2), (), MM), 64, 48, "1.2")], PLACELESS),
        ([place(0, 0, 0), place(0, 0, 2, axes=(0, 1, 0, 0, 0, -1))], DIRECTIONS),
        ([place(0, 0, 0), place(0, 0, 2, reference="9.9")], REFERENCES),
        ([place(0, 0, z, spacing=Spacing()) for z in (0, 2)], SCALELESS),
        ([place(0, 0, z, spacing=Spacing(1, 1, "detector")) for z in (0, 2)], SCALELESS),
        ([place(0, 0, 0), place(0, 0, 2, spacing=Spacing(0.9, 0.7, "patient"))], SPACINGS),
        ([place(0, 0, z) for z in (0, 2, 2, 4)], TOGETHER),
        ([place(0, 0, 0), place(9, 0, 2), place(0, 0, 4)], SCATTERED),
    ],
    ids=lambda value: value.split(",")[0][:40] if isinstance(value, str) else "",
)
def test_what_makes_no_volume_says_why(places: list[FramePlace], reason: str) -> None:
    assert judge(places) == NoVolume(reason)
    assert reason.endswith(".")


@given(
    heights=st.lists(st.integers(-900, 900), min_size=2, max_size=25, unique=True),
    shuffle=st.randoms(use_true_random=False),
    lean=st.floats(-0.4, 0.4),
)
def test_every_slice_stands_where_it_says(heights: list[int], shuffle, lean: float) -> None:  # type: ignore[no-untyped-def]
    shuffle.shuffle(heights)
    places = [place(lean * z, 3.0, z) for z in heights]
    judged = stack(places)
    assert [heights[n] for n in judged.order] == sorted(heights)
    for n, height in zip(judged.order, judged.heights, strict=True):
        there = judged.origin + height * judged.across
        # an even stack may stand aside by a fiftieth of its spacing, as the module says
        allowed = max(0.1, 0.02 * judged.spacing) if judged.even else 0.1
        assert np.abs(there - places[n].placement.position).max() <= allowed * 1.1
