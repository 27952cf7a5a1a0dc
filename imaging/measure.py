"""Lengths, angles, areas and pixel statistics on a frame, in the units that its object allows.

Points are in image pixels: x to the right, y down, pixel centres at .5. A length is in millimetres
only where the object says what a pixel is (DICOM PS3.3 10.7), and its note says which spacing that
is; else it is in pixels and says so.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from imaging.grayscale import is_windowed, modality_values
from imaging.instance import ImageDescription
from imaging.modules import Spacing, UltrasoundRegion
from imaging.placement_attributes import is_distance_region
from imaging.sentences import Sentence

Point = tuple[float, float]
AreaShape = Literal["rectangle", "ellipse"]
NOTES = {
    "patient": "",
    "calibrated": Sentence("calibrated by the device"),
    "detector": Sentence("at the detector, magnification not corrected"),
    "region": Sentence("by the ultrasound device's calibration"),
    "none": Sentence("the file does not say how large a pixel is"),
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured value, its unit, and what must be known to trust it (empty: nothing)."""

    value: float
    unit: str
    note: str = ""

    def __str__(self) -> str:
        digits = 1 if abs(self.value) < 1000 else 0
        return f"{self.value:.{digits}f} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Statistics:
    """Of the pixels whose centres lie inside a shape; `deviation` is the population's."""

    count: int
    mean: float
    deviation: float
    minimum: float
    maximum: float
    unit: str


def length(description: ImageDescription, frame: int, a: Point, b: Point) -> Quantity:
    """The distance between two points."""
    spacing = spacing_between(description, frame, (a, b))
    return _quantity(spacing, math.hypot(*_vector(spacing, description, a, b)), "mm")


def angle(description: ImageDescription, frame: int, a: Point, vertex: Point, b: Point) -> Quantity:
    """The angle at `vertex`, 0 to 180 degrees; 0 when a leg has no length."""
    spacing = spacing_between(description, frame, (a, vertex, b))
    first, second = (_vector(spacing, description, vertex, end) for end in (a, b))
    across = first[0] * second[1] - first[1] * second[0]
    along = first[0] * second[0] + first[1] * second[1]
    return Quantity(abs(math.degrees(math.atan2(across, along))), "°")


def area(
    description: ImageDescription, frame: int, shape: AreaShape, a: Point, b: Point
) -> Quantity:
    """The area of a rectangle or ellipse between two opposite corners of its bounding box."""
    spacing = spacing_between(description, frame, (a, b))
    width, height = (abs(part) for part in _vector(spacing, description, a, b))
    return _quantity(spacing, width * height * (math.pi / 4 if shape == "ellipse" else 1), "mm²")


def statistics(
    description: ImageDescription,
    frame: int,
    pixels: NDArray[Any],
    shape: AreaShape,
    a: Point,
    b: Point,
) -> Statistics | None:
    """Mean, deviation and range inside the shape; None where it holds no grey values.

    `pixels` are the frame's stored values as `imaging.decode.decode` returns them. Pixel padding is
    left out (DICOM PS3.3 C.7.5.1.1.2).
    """
    if not is_windowed(description):
        return None
    left, right = sorted((a[0], b[0]))
    top, bottom = sorted((a[1], b[1]))
    columns = _centres(left, right, description.columns)
    rows = _centres(top, bottom, description.rows)
    part = pixels[rows.start : rows.stop, columns.start : columns.stop]
    inside = np.ones(part.shape, np.bool_)
    if shape == "ellipse" and part.size:
        x = (np.arange(columns.start, columns.stop) + 0.5 - (left + right) / 2) / (right - left)
        y = (np.arange(rows.start, rows.stop) + 0.5 - (top + bottom) / 2) / (bottom - top)
        inside = x[None, :] ** 2 + y[:, None] ** 2 <= 0.25
    if description.padding:
        low, high = description.padding
        inside &= (part < low) | (part > high)
    values, unit = _in_units(description, frame, part)
    chosen = values[inside & np.isfinite(values)]
    if not chosen.size:
        return None
    return Statistics(
        int(chosen.size),
        float(chosen.mean()),
        float(chosen.std()),
        float(chosen.min()),
        float(chosen.max()),
        unit,
    )


def probe(
    description: ImageDescription, frame: int, pixels: NDArray[Any], at: Point
) -> tuple[float, ...]:
    """The value of the pixel under a point, three for colours; empty outside the image."""
    column, row = math.floor(at[0]), math.floor(at[1])
    if not (0 <= column < description.columns and 0 <= row < description.rows):
        return ()
    part = pixels[row : row + 1, column : column + 1]
    if part.ndim == 3:
        return tuple(float(value) for value in part[0, 0])
    if not is_windowed(description):
        return (float(part[0, 0]),)
    return (float(_in_units(description, frame, part)[0][0, 0]),)


def value_unit(description: ImageDescription, frame: int) -> str:
    """What the object's values mean: HU, SUV, another unit the object names, or grey."""
    if description.suv_factor:
        return "SUV"
    return (description.greyscale(frame).units if description.greyscales else "") or "grey"


def spacing_between(
    description: ImageDescription, frame: int, points: tuple[Point, ...]
) -> Spacing:
    """The spacing that holds for all of these points; ultrasound has one a region."""
    known = description.placement(frame).spacing
    regions = [region for region in description.regions if is_distance_region(region)]
    if not regions or known.meaning == "patient":
        return known
    around = [region for region in regions if all(_holds(region, point) for point in points)]
    if not around:
        return Spacing()
    return Spacing(abs(around[0].delta_y) * 10, abs(around[0].delta_x) * 10, "region")


def _holds(region: UltrasoundRegion, point: Point) -> bool:
    x, y = point
    return region.left <= x <= region.right + 1 and region.top <= y <= region.bottom + 1


def _vector(
    spacing: Spacing, description: ImageDescription, a: Point, b: Point
) -> tuple[float, float]:
    """From a to b in millimetres, or in pixels of a column's width where spacing is unknown."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    if spacing.meaning == "none":
        return dx, dy * description.aspect
    return dx * spacing.column, dy * spacing.row


def _quantity(spacing: Spacing, value: float, unit: str) -> Quantity:
    if spacing.meaning == "none":
        return Quantity(value, unit.replace("mm", "px"), NOTES["none"])
    return Quantity(value, unit, NOTES[spacing.meaning])


def _in_units(
    description: ImageDescription, frame: int, part: NDArray[Any]
) -> tuple[NDArray[np.float64], str]:
    values = modality_values(description, frame, part).astype(np.float64)
    return values * (description.suv_factor or 1.0), value_unit(description, frame)


def _centres(low: float, high: float, size: int) -> range:
    """The pixels along an axis whose centres lie between two coordinates."""
    first = max(0, math.ceil(low - 0.5))
    return range(first, max(first, min(size, math.floor(high - 0.5) + 1)))
