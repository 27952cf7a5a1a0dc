"""Measurements against a phantom whose lengths, areas and values are known."""

from __future__ import annotations

import io
import math

import numpy as np
import pydicom
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset

from imaging import measure
from imaging.decode import decode
from imaging.description import ImageDescription, describe
from imaging.phantom.measurable import MEASURES, SIZE, SPACING, measurable_phantom
from tests.dicom import as_bytes, ct_slice, photograph

coordinates = st.floats(0, SIZE, allow_nan=False)
points = st.tuples(coordinates, coordinates)


def read(dataset: Dataset) -> tuple[ImageDescription, np.ndarray]:
    data = as_bytes(dataset)
    description = describe(pydicom.dcmread(io.BytesIO(data)), data)
    return description, decode(description, 0, lambda at, length: data[at : at + length])


PHANTOM, PIXELS = read(measurable_phantom()[0])


def at(x: float, y: float) -> measure.Point:
    """Millimetres from the middle of the phantom as image pixels."""
    return x / SPACING + SIZE / 2, y / SPACING + SIZE / 2


def test_the_distance_of_two_rods_is_found_in_millimetres() -> None:
    first, second = (at(*rod) for rod in MEASURES.rods[:2])
    found = measure.length(PHANTOM, 0, first, second)
    assert found.value == pytest.approx(MEASURES.rod_distance)
    assert (found.unit, found.note) == ("mm", "")
    assert str(found) == "70.0 mm"


def test_the_angle_of_three_rods_is_a_right_one() -> None:
    a, vertex, b = (at(*rod) for rod in MEASURES.rods)
    assert measure.angle(PHANTOM, 0, a, vertex, b).value == pytest.approx(90)


@pytest.mark.parametrize("cylinder", MEASURES.cylinders, ids=lambda c: f"{c[3]} HU")
def test_a_cylinder_has_its_area_and_its_hounsfield_units(
    cylinder: tuple[float, float, float, float],
) -> None:
    x, y, radius, hounsfield = cylinder
    box = at(x - radius, y - radius), at(x + radius, y + radius)
    assert measure.area(PHANTOM, 0, "ellipse", *box).value == pytest.approx(math.pi * radius**2)
    assert measure.area(PHANTOM, 0, "rectangle", *box).value == pytest.approx(4 * radius**2)
    inner = at(x - radius + 1, y - radius + 1), at(x + radius - 1, y + radius - 1)
    found = measure.statistics(PHANTOM, 0, PIXELS, "ellipse", *inner)
    assert found is not None
    assert (found.mean, found.deviation) == (pytest.approx(hounsfield), pytest.approx(0))
    assert (found.minimum, found.maximum, found.unit) == (hounsfield, hounsfield, "HU")
    assert found.count == pytest.approx(math.pi * (radius - 1) ** 2 / SPACING**2, rel=0.02)
    assert measure.probe(PHANTOM, 0, PIXELS, at(x, y)) == (hounsfield,)


def test_a_rectangle_counts_the_pixels_whose_centres_it_holds() -> None:
    found = measure.statistics(PHANTOM, 0, PIXELS, "rectangle", (10.4, 20.4), (12.6, 21.6))
    assert found is not None
    assert found.count == 3 * 2


def test_outside_the_image_there_is_nothing_to_measure() -> None:
    assert measure.probe(PHANTOM, 0, PIXELS, (-0.1, 3)) == ()
    assert measure.probe(PHANTOM, 0, PIXELS, (3, SIZE)) == ()
    assert measure.statistics(PHANTOM, 0, PIXELS, "ellipse", (-40, -40), (-10, -10)) is None
    assert measure.statistics(PHANTOM, 0, PIXELS, "ellipse", (5, 5), (5, 5)) is None


def test_without_a_spacing_lengths_are_in_pixels_and_say_so() -> None:
    dataset = ct_slice()
    del dataset.PixelSpacing
    description, _ = read(dataset)
    found = measure.length(description, 0, (0, 0), (3, 4))
    assert (found.value, found.unit) == (5, "px")
    assert "does not say" in found.note
    assert measure.area(description, 0, "rectangle", (0, 0), (3, 4)).unit == "px²"


def test_a_projection_is_measured_at_the_detector_and_says_so() -> None:
    dataset = ct_slice(Modality="DX", ImagerPixelSpacing=[0.2, 0.2])
    del dataset.PixelSpacing, dataset.ImageOrientationPatient, dataset.ImagePositionPatient
    description, _ = read(dataset)
    found = measure.length(description, 0, (0, 0), (30, 40))
    assert (found.value, found.unit) == (pytest.approx(10), "mm")
    assert "magnification" in found.note


def test_an_ultrasound_is_measured_within_its_region_only() -> None:
    region = Dataset()
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, 1, 0
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 0
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = 29, 63
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX = region.PhysicalDeltaY = 0.05
    dataset = ct_slice(Modality="US", SequenceOfUltrasoundRegions=[region])
    del dataset.PixelSpacing
    description, _ = read(dataset)
    inside = measure.length(description, 0, (0, 0), (20, 0))
    assert (inside.value, inside.unit) == (pytest.approx(10), "mm")
    assert "ultrasound" in inside.note
    assert measure.length(description, 0, (0, 0), (40, 0)).unit == "px"


def test_unequal_pixels_are_measured_as_long_as_they_are() -> None:
    description, _ = read(ct_slice(PixelSpacing=[2.0, 0.5]))
    assert measure.length(description, 0, (0, 0), (0, 10)).value == pytest.approx(20)
    assert measure.length(description, 0, (0, 0), (10, 0)).value == pytest.approx(5)
    assert measure.angle(description, 0, (4, 0), (0, 0), (4, 1)).value == pytest.approx(45)


def test_padding_is_no_part_of_the_statistics() -> None:
    description, pixels = read(ct_slice(PixelPaddingValue=24))
    found = measure.statistics(description, 0, pixels, "rectangle", (0, 0), (64, 64))
    assert found is not None
    assert (found.minimum, found.maximum) == (10, 10)


def test_a_colour_picture_has_colours_and_no_statistics() -> None:
    description, pixels = read(photograph(study="1.2.3"))
    assert measure.statistics(description, 0, pixels, "rectangle", (0, 0), (9, 9)) is None
    assert measure.probe(description, 0, pixels, (3, 3)) == (200, 0, 0)


@given(points, points, points)
def test_lengths_obey_the_triangle_and_angles_lie_between_0_and_180(
    a: measure.Point, b: measure.Point, c: measure.Point
) -> None:
    def length(p: measure.Point, q: measure.Point) -> float:
        return measure.length(PHANTOM, 0, p, q).value

    assert length(a, b) == length(b, a)
    assert length(a, c) <= length(a, b) + length(b, c) + 1e-9
    assert 0 <= measure.angle(PHANTOM, 0, a, b, c).value <= 180


@given(points, points)
def test_statistics_do_not_depend_on_which_corner_is_first(
    a: measure.Point, b: measure.Point
) -> None:
    found = measure.statistics(PHANTOM, 0, PIXELS, "ellipse", a, b)
    assert found == measure.statistics(PHANTOM, 0, PIXELS, "ellipse", b, a)
    if found is not None:
        assert found.minimum <= found.mean + 1e-6
        assert found.mean <= found.maximum + 1e-6
