"""Images as planes in the patient, against phantoms whose balls and rods lie in known places."""

from __future__ import annotations

import io
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imaging.description import describe
from imaging.geometry import normal
from imaging.patient_space import ImagePlane, Vector, crossing, image_plane, nearest
from imaging.phantom.measurable import MEASURES, SIZE, SPACING, measurable_phantom
from tests.dicom import as_bytes
from tests.imaging.volumes import AXIAL, BALLS, SAGITTAL, Series, ball, positions, taken

HEIGHTS = np.arange(-18, 18.1, 1.5)
UID = "1.2.3.4"


def stack(center: Vector, axes: tuple[tuple[float, ...], ...], reference: str = UID) -> Series:
    return taken(
        ball(center), positions(HEIGHTS.tolist(), axes), axes, FrameOfReferenceUID=reference
    )


def planes(series: Series) -> list[ImagePlane]:
    found = [image_plane(description, frame) for description, frame in series.frames]
    return [plane for plane in found if plane is not None]


def brightest(series: Series) -> tuple[int, tuple[float, float]]:
    """The slice with the brightest pixel, and that pixel's centre (column, row)."""
    number = max(range(len(series.pixels)), key=lambda n: int(series.pixels[n].max()))
    row, column = np.unravel_index(series.pixels[number].argmax(), series.pixels[number].shape)
    return number, (column + 0.5, row + 0.5)


@pytest.mark.parametrize("center", BALLS)
def test_a_point_of_one_stack_is_found_in_a_stack_across_it(center: Vector) -> None:
    axial, sagittal = stack(center, AXIAL), stack(center, SAGITTAL)
    here, at = brightest(axial)
    there, expected = brightest(sagittal)
    point = planes(axial)[here].in_patient(*at)
    assert math.dist(point, center) < 1.2  # half a voxel in each direction
    found = nearest(planes(sagittal), point)
    assert found is not None
    assert abs(found - there) <= 1
    assert planes(sagittal)[there].in_image(point) == pytest.approx(expected, abs=1.1)


@pytest.mark.parametrize("center", BALLS)
def test_the_image_through_a_ball_crosses_the_other_stack_where_the_ball_is(center: Vector) -> None:
    axial, sagittal = stack(center, AXIAL), stack(center, SAGITTAL)
    here, (column, row) = brightest(axial)
    there, _ = brightest(sagittal)
    line = crossing(planes(axial)[here], planes(sagittal)[there])
    assert line is not None
    (x0, y0), (x1, y1) = line
    assert x0 == pytest.approx(x1)  # upright: sagittal images run from front to back
    assert abs(x0 - column) < 1.5
    assert min(y0, y1) < row < max(y0, y1)


def test_rods_of_the_phantom_are_as_far_apart_in_the_patient_as_they_are() -> None:
    data = measurable_phantom()[4]
    plane = image_plane(describe(data, io.BytesIO(as_bytes(data))), 0)
    assert plane is not None
    points = [
        plane.in_patient(x / SPACING + SIZE / 2, y / SPACING + SIZE / 2) for x, y in MEASURES.rods
    ]
    assert math.dist(*points[:2]) == pytest.approx(MEASURES.rod_distance)
    assert points[0] == pytest.approx((*MEASURES.rods[0], 8.0))


def test_the_centre_of_the_first_pixel_is_the_position_the_file_tells() -> None:
    description, frame = stack(BALLS[0], SAGITTAL).frames[3]
    plane = image_plane(description, frame)
    assert plane is not None
    assert plane.in_patient(0.5, 0.5) == pytest.approx(description.placement(0).position)


def plane(turn: tuple[float, float, float], first: Vector) -> ImagePlane:
    """An image turned around three axes (radians)."""
    (a, b, c) = turn
    around_x = np.array([[1, 0, 0], [0, np.cos(a), -np.sin(a)], [0, np.sin(a), np.cos(a)]])
    around_y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    around_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    right, down, _ = (around_z @ around_y @ around_x).T.tolist()
    return ImagePlane(
        UID, first, tuple(right), tuple(down), tuple(normal([*right, *down]).tolist()),
        0.8, 0.5, 200, 300,
    )  # fmt: skip


ANGLE = st.floats(-3.1, 3.1)
PLACE = st.floats(-100, 100)
PLANES = st.builds(plane, st.tuples(ANGLE, ANGLE, ANGLE), st.tuples(PLACE, PLACE, PLACE))


@given(PLANES, st.floats(0, 200), st.floats(0, 300))
def test_what_goes_into_the_patient_comes_back_to_the_same_pixel(
    image: ImagePlane, column: float, row: float
) -> None:
    point = image.in_patient(column, row)
    assert image.in_image(point) == pytest.approx((column, row), abs=1e-6)
    assert image.height(point) == pytest.approx(0, abs=1e-6)


@given(PLANES, PLANES)
def test_a_crossing_lies_in_both_images(on: ImagePlane, of: ImagePlane) -> None:
    line = crossing(on, of)
    assume(line is not None)
    assert line is not None
    for column, row in line:
        assert -1e-6 <= column <= on.columns + 1e-6
        assert -1e-6 <= row <= on.rows + 1e-6
        point = on.in_patient(column, row)
        assert of.height(point) == pytest.approx(0, abs=1e-5)
        x, y = of.in_image(point)
        assert -1e-4 <= x <= of.columns + 1e-4
        assert -1e-4 <= y <= of.rows + 1e-4


def test_images_that_lie_parallel_or_elsewhere_do_not_cross() -> None:
    axial, sagittal = planes(stack(BALLS[0], AXIAL)), planes(stack(BALLS[0], SAGITTAL))
    assert crossing(axial[0], sagittal[0]) is not None
    assert crossing(axial[0], axial[4]) is None
    far = replace(sagittal[0], first=(500.0, 0.0, 0.0))
    assert crossing(axial[0], far) is None


def test_images_of_other_frames_of_reference_are_not_compared() -> None:
    axial = planes(stack(BALLS[0], AXIAL))[0]
    assert crossing(axial, planes(stack(BALLS[0], SAGITTAL, "9.9"))[0]) is None
    nameless = planes(stack(BALLS[0], SAGITTAL, ""))[0]
    assert crossing(nameless, replace(nameless, normal=(0.0, 0.0, 1.0))) is None


def test_an_image_that_does_not_say_where_it_lies_is_no_plane() -> None:
    description, _ = stack(BALLS[0], AXIAL).frames[0]
    placement = description.placement(0)
    assert image_plane(description, 0) is not None
    assert (
        image_plane(replace(description, placements=(replace(placement, position=()),)), 0) is None
    )
    assert nearest([None, None], (0.0, 0.0, 0.0)) is None
