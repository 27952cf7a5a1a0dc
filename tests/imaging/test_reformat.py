"""Planes through a volume show what lies there, at the right place, with the right letters."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from imaging import planes
from imaging.planes import Grid, Plane, grid_through, oblique
from imaging.projection import Projection
from imaging.reformat import Slab, reformat
from imaging.volume import Volume
from tests.imaging.volumes import (
    BALLS,
    SAGITTAL,
    Series,
    Values,
    ball,
    found,
    positions,
    taken,
)

EVEN = np.arange(-22, 22.5, 1.5)
GAPPED = np.array([z for n, z in enumerate(EVEN) if n not in (9, 17, 18, 24)])
LEAN = float(np.tan(np.deg2rad(18)))
TURNED = (
    (float(np.cos(0.4)), float(np.sin(0.4)), 0.0),
    (0.0, 0.0, -1.0),
)


def even(values: Values) -> Series:
    return taken(values, positions(EVEN))


def decreasing(values: Values) -> Series:
    return taken(values, positions(EVEN[::-1]))


def uneven(values: Values) -> Series:
    return taken(values, positions(GAPPED))


def tilted(values: Values) -> Series:
    return taken(values, positions(EVEN, shift=(0, LEAN, 0)), size=(72, 64))


def sagittal(values: Values) -> Series:
    return taken(values, positions(EVEN, SAGITTAL), SAGITTAL)


def turned(values: Values) -> Series:
    return taken(values, positions(EVEN, TURNED), TURNED)


GEOMETRIES = (even, decreasing, uneven, tilted, sagittal, turned)
PLANES = (
    planes.AXIAL,
    planes.CORONAL,
    planes.SAGITTAL,
    oblique((1, 0.3, 0.2), (0, 0.9, -0.5)),
    oblique((-0.5, 0.1, 1), (0.2, 1, 0.3)),
)


def test_the_geometries_are_what_they_are_meant_to_be() -> None:
    stacks = {make.__name__: make(ball(BALLS[0])).stack for make in GEOMETRIES}
    assert stacks["tilted"].tilt == pytest.approx(18, abs=0.01)
    assert stacks["uneven"].uneven_gaps == (8, 15, 20)
    assert stacks["decreasing"].order[0] == len(EVEN) - 1
    assert [name for name, stack in stacks.items() if stack.tilt] == ["tilted"]
    assert [name for name, stack in stacks.items() if not stack.even] == ["uneven"]


@pytest.mark.parametrize("make", GEOMETRIES, ids=lambda make: make.__name__)
@pytest.mark.parametrize("plane", PLANES, ids=lambda plane: plane.name)
@pytest.mark.parametrize("center", BALLS[:2], ids=str)
def test_a_ball_is_found_where_it_is(make: Any, plane: Plane, center: tuple[float, ...]) -> None:
    volume = make(ball(center)).volume
    grid = grid_through(volume.stack, plane)
    assert found(volume, grid, lambda n: reformat(volume, grid, n)) == pytest.approx(
        center, abs=0.15
    )


def brightest(volume: Volume, plane: Plane) -> tuple[int, int, int, Grid]:
    """Picture, row and column of the brightest point."""
    grid = grid_through(volume.stack, plane)
    pictures = np.stack([reformat(volume, grid, n) for n in range(grid.slices)])
    number, row, column = (int(n) for n in np.unravel_index(pictures.argmax(), pictures.shape))
    return number, row, column, grid


@pytest.mark.parametrize("make", GEOMETRIES, ids=lambda make: make.__name__)
def test_pictures_hang_as_radiologists_expect(make: Any) -> None:
    right_front_head = make(ball((-13.0, -9.0, 9.0))).volume
    number, row, column, grid = brightest(right_front_head, planes.AXIAL)
    assert (number < grid.slices / 2, row < grid.rows / 2, column < grid.columns / 2) == (True,) * 3
    assert grid.letters() == ("R", "L", "A", "P")
    number, row, column, grid = brightest(right_front_head, planes.CORONAL)
    assert (number < grid.slices / 2, row < grid.rows / 2, column < grid.columns / 2) == (True,) * 3
    assert grid.letters() == ("R", "L", "H", "F")
    number, row, column, grid = brightest(right_front_head, planes.SAGITTAL)
    assert (number < grid.slices / 2, row < grid.rows / 2, column < grid.columns / 2) == (True,) * 3
    assert grid.letters() == ("A", "P", "H", "F")


def test_an_oblique_plane_has_letters_of_both_directions() -> None:
    grid = grid_through(even(ball(BALLS[0])).stack, oblique((1, 1, 0), (0, 0, -1)))
    assert grid.letters() == ("RA", "LP", "H", "F") or grid.letters()[2:] == ("H", "F")
    assert set(grid.letters()[0]) == {"R", "A"}


def test_pixels_along_the_volumes_axes_have_its_spacing() -> None:
    grid = grid_through(even(ball(BALLS[0])).stack, planes.CORONAL)
    placement = grid.placement(3, 0)
    assert (placement.spacing.column, placement.spacing.row) == pytest.approx((0.8, 1.5))
    assert (grid.columns, grid.rows, grid.slices) == (64, len(EVEN), 56)
    assert grid.step == pytest.approx(0.9)


def test_pixels_askew_are_square_and_as_fine_as_the_volume() -> None:
    grid = grid_through(even(ball(BALLS[0])).stack, PLANES[3])
    placement = grid.placement(0, 0)
    assert placement.spacing.column == pytest.approx(placement.spacing.row)
    assert placement.spacing.row < 1.0


@pytest.mark.parametrize("make", [even, decreasing], ids=lambda make: make.__name__)
def test_axial_pictures_of_axial_slices_are_the_slices_to_the_last_bit(make: Any) -> None:
    series = make(lambda points: 700 * np.sin(points).sum(axis=-1))
    grid = grid_through(series.stack, planes.AXIAL)
    pictures = [reformat(series.volume, grid, n) for n in range(grid.slices)]
    from_the_head = sorted(
        range(len(series.frames)), key=lambda n: -series.frames[n][0].placement(0).position[2]
    )
    assert len(pictures) == len(series.pixels)
    for picture, n in zip(pictures, from_the_head, strict=True):
        assert picture.dtype == np.int16
        assert np.array_equal(picture, series.pixels[n])


def test_slices_of_an_uneven_stack_stay_themselves_where_they_lie() -> None:
    series = uneven(lambda points: 700 * np.sin(points).sum(axis=-1))
    volume, grid = series.volume, grid_through(series.stack, planes.AXIAL)
    for number in range(grid.slices):
        z = grid.origin[2] + number * grid.through[2]
        near = [n for n, height in enumerate(GAPPED) if abs(height - z) < 1e-6]
        picture = reformat(volume, grid, number)
        if near:
            assert np.array_equal(picture, series.pixels[near[0]])
        else:
            below = max(n for n, height in enumerate(GAPPED) if height < z)
            gap = GAPPED[below + 1] - GAPPED[below]
            share = (z - GAPPED[below]) / gap
            expected = (1 - share) * series.pixels[below] + share * series.pixels[below + 1]
            assert picture == pytest.approx(expected, abs=0.01)


RAMP = np.array([7.0, -5.0, 11.0])


@given(
    make=st.sampled_from(GEOMETRIES),
    right=st.tuples(*[st.floats(-1, 1)] * 3),
    down=st.tuples(*[st.floats(-1, 1)] * 3),
    share=st.floats(0, 1),
)
@settings(max_examples=60, deadline=None)
def test_a_linear_ramp_in_the_patient_is_the_same_ramp_in_every_plane(
    make: Any, right: tuple[float, ...], down: tuple[float, ...], share: float
) -> None:
    if np.linalg.norm(np.cross(right, down)) < 0.05:
        return
    volume = _ramp(make)
    grid = grid_through(volume.stack, oblique(right, down))
    number = round(share * (grid.slices - 1))
    picture = reformat(volume, grid, number)
    rows, columns = np.mgrid[: grid.rows, : grid.columns]
    places = (
        grid.origin + number * grid.through
        + columns[..., None] * grid.right + rows[..., None] * grid.down
    )  # fmt: skip
    inside = picture != volume.empty
    # stored values are rounded to whole ones; a voxel's centre may be 0.02 voxels away
    assert np.abs(picture - places @ RAMP)[inside].max(initial=0) < 1.0


_RAMPS: dict[Any, Volume] = {}


def _ramp(make: Any) -> Volume:
    if make not in _RAMPS:
        _RAMPS[make] = make(lambda points: points @ RAMP).volume
    return _RAMPS[make]


@given(
    make=st.sampled_from(GEOMETRIES),
    plane=st.sampled_from(PLANES),
    thickness=st.floats(0, 15),
    share=st.floats(0, 1),
)
@settings(max_examples=60, deadline=None)
def test_the_maximum_is_no_less_than_the_average_and_that_than_the_minimum(
    make: Any, plane: Plane, thickness: float, share: float
) -> None:
    volume = _noise(make)
    grid = grid_through(volume.stack, plane)
    number = round(share * (grid.slices - 1))
    highest, lowest, mean = (
        reformat(volume, grid, number, Slab(thickness, projection)).astype(float)
        for projection in (Projection.MAXIMUM, Projection.MINIMUM, Projection.AVERAGE)
    )
    rounding = 1e-3  # of float32, where rows between uneven slices are interpolated afterwards
    assert (highest >= mean - rounding).all()
    assert (mean >= lowest - rounding).all()
    assert np.array_equal(highest == volume.empty, lowest == volume.empty)


_NOISES: dict[Any, Volume] = {}


def _noise(make: Any) -> Volume:
    if make not in _NOISES:
        random = np.random.default_rng(3)
        series = make(lambda points: random.integers(-300, 300, points.shape[:-1]))
        padded = [(replace(d, padding=(-300.0, -250.0)), frame) for d, frame in series.frames]
        _NOISES[make] = Series(padded, series.pixels).volume
    return _NOISES[make]


def test_a_slab_is_as_thick_as_asked() -> None:
    series = taken(lambda points: points[..., 2] * 10, positions(np.arange(0, 30, 2.0)))
    volume, grid = series.volume, grid_through(series.stack, planes.AXIAL)

    def middle(thickness: float, projection: Projection) -> float:
        return float(reformat(volume, grid, 7, Slab(thickness, projection))[20, 20])

    own = middle(0, Projection.MAXIMUM)
    assert middle(3.9, Projection.MAXIMUM) == own  # its neighbours are 2 mm away
    assert middle(4, Projection.MAXIMUM) == own + 20
    assert middle(8, Projection.MINIMUM) == own - 40
    assert middle(8, Projection.AVERAGE) == own


def test_a_thick_mip_along_a_line_of_sight_finds_a_small_bright_thing() -> None:
    volume = even(ball(BALLS[2])).volume
    for plane in PLANES:
        grid = grid_through(volume.stack, plane)
        seen = reformat(volume, grid, grid.slices // 2, Slab(100, Projection.MAXIMUM))
        row, column = np.unravel_index(seen.argmax(), seen.shape)
        offset = np.array(BALLS[2]) - grid.origin
        assert offset @ grid.down / (grid.down @ grid.down) == pytest.approx(row, abs=1.5)
        assert offset @ grid.right / (grid.right @ grid.right) == pytest.approx(column, abs=1.5)


def test_outside_the_volume_there_is_nothing() -> None:
    volume = even(lambda points: np.full(points.shape[:-1], 500)).volume
    grid = grid_through(volume.stack, PLANES[3])
    picture = reformat(volume, grid, 0)
    assert picture[0, 0] == volume.empty
    inside: NDArray[Any] = reformat(volume, grid, grid.slices // 2)
    assert set(np.unique(inside).tolist()) == {volume.empty, 500.0}
    shifted = replace(grid, origin=grid.origin + 500.0)
    assert (reformat(volume, shifted, 0) == volume.empty).all()


def test_a_plane_beside_the_voxels_is_interpolated_between_them() -> None:
    series = taken(lambda points: points[..., 2] * 10, positions(np.arange(0, 30, 2.0)))
    grid = grid_through(series.stack, planes.AXIAL)
    between = replace(grid, origin=grid.origin + np.array([0, 0, -0.5]))
    picture = reformat(series.volume, between, 0)
    assert picture == pytest.approx(np.full(picture.shape, 275.0))


def test_what_is_missing_is_left_empty_and_not_made_up() -> None:
    heights = [*np.arange(0, 10, 1.0), *np.arange(40, 50, 1.0)]
    series = taken(lambda points: np.full(points.shape[:-1], 500), positions(heights))
    volume = series.volume
    coronal = grid_through(series.stack, planes.CORONAL)
    picture = reformat(volume, coronal, coronal.slices // 2)
    z = coronal.origin[2] + np.arange(coronal.rows) * coronal.down[2]
    assert (picture[(z > 9.1) & (z < 39.9)] == volume.empty).all()
    assert (picture[(z < 9.05) | (z > 39.95)] == 500).all()
    askew = grid_through(series.stack, PLANES[3])
    assert set(np.unique(reformat(volume, askew, askew.slices // 2)).tolist()) == {
        volume.empty,
        500.0,
    }


def test_empty_voxels_never_bleed_into_their_neighbours() -> None:
    series = even(lambda points: np.where(np.hypot(points[..., 0], points[..., 1]) < 15, 500, -900))
    padded = Series(
        [(replace(d, padding=(-900.0, -900.0)), 0) for d, _ in series.frames], series.pixels
    )
    volume = padded.volume
    for plane in PLANES:
        grid = grid_through(volume.stack, plane)
        for projection in Projection:
            picture = reformat(volume, grid, grid.slices // 2, Slab(6, projection))
            assert set(np.unique(picture).tolist()) == {volume.empty, 500.0}


def test_there_is_no_picture_beyond_the_last() -> None:
    volume = even(ball(BALLS[0])).volume
    grid = grid_through(volume.stack, planes.AXIAL)
    for number in (-1, grid.slices):
        with pytest.raises(IndexError):
            reformat(volume, grid, number)


def test_two_directions_that_span_no_plane_are_refused() -> None:
    with pytest.raises(ValueError, match="span"):
        oblique((1, 0, 0), (2, 0, 0))
