"""Images as planes in the patient: from pixels to mm and back, and where one crosses another.

Points of an image are (column, row) in pixels with pixel centres at .5, points of the patient are
(x, y, z) in mm (DICOM PS3.3 C.7.6.2.1.1); only those of one frame of reference can be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from imaging.geometry import PARALLEL, normal
from imaging.instance import ImageDescription

Point = tuple[float, float]
Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class ImagePlane:
    """One image in the patient: the centre of its first pixel, and unit vectors along its rows
    (`right`), its columns (`down`) and at a right angle to both.
    """

    frame_of_reference: str  # UID, DICOM PS3.3 C.7.4.1
    first: Vector
    right: Vector
    down: Vector
    normal: Vector
    column_step: float  # mm from column to column
    row_step: float
    columns: int
    rows: int

    def in_patient(self, column: float, row: float) -> Vector:
        """The point of the patient under a point of the image."""
        across, along = (column - 0.5) * self.column_step, (row - 0.5) * self.row_step
        x, y, z = (
            f + across * r + along * d
            for f, r, d in zip(self.first, self.right, self.down, strict=True)
        )
        return x, y, z

    def in_image(self, point: Vector) -> Point:
        """The point of the image nearest to a point of the patient, maybe outside the pixels."""
        away = _minus(point, self.first)
        return (
            dot(away, self.right) / self.column_step + 0.5,
            dot(away, self.down) / self.row_step + 0.5,
        )

    def height(self, point: Vector) -> float:
        """mm from the plane to a point, along the normal."""
        return dot(_minus(point, self.first), self.normal)

    def comparable(self, other: ImagePlane) -> bool:
        """Whether both lie in one frame of reference."""
        mine = self.frame_of_reference
        return bool(mine) and mine == other.frame_of_reference

    def parallel(self, other: ImagePlane) -> bool:
        """Whether both face the same way, or opposite ways."""
        return abs(dot(self.normal, other.normal)) >= PARALLEL


def image_plane(description: ImageDescription, frame: int) -> ImagePlane | None:
    """Where a frame lies; None when the image does not say it or its pixels have no size there."""
    placement = description.placement(frame)
    spacing = placement.spacing
    if not (placement.position and placement.orientation and spacing.row and spacing.column):
        return None
    if spacing.meaning != "patient":
        return None
    along = placement.orientation
    return ImagePlane(
        description.frame_of_reference,
        _vector(placement.position),
        _vector(along[:3]),
        _vector(along[3:]),
        _vector(normal(along).tolist()),
        spacing.column,
        spacing.row,
        description.columns,
        description.rows,
    )


def crossing(on: ImagePlane, of: ImagePlane) -> tuple[Point, Point] | None:
    """Where image `of` crosses image `on`: two ends, in pixels of `on`.

    None when they are parallel, not comparable, or do not reach each other.
    """
    if not on.comparable(of) or on.parallel(of):
        return None
    corners = [
        of.in_patient(column, row)
        for column, row in ((0, 0), (of.columns, 0), (of.columns, of.rows), (0, of.rows))
    ]
    ends = []
    for a, b in pairwise((*corners, corners[0])):
        from_a, to_b = on.height(a), on.height(b)
        if (from_a < 0) != (to_b < 0):
            share = from_a / (from_a - to_b)
            x, y, z = (p + share * (q - p) for p, q in zip(a, b, strict=True))
            ends.append(on.in_image((x, y, z)))
    if len(ends) != 2:
        return None
    return _clipped(ends[0], ends[1], on.columns, on.rows)


def nearest(planes: Sequence[ImagePlane | None], point: Vector) -> int | None:
    """The place of the plane that lies nearest to a point; None when there is none."""
    heights = {n: abs(plane.height(point)) for n, plane in enumerate(planes) if plane is not None}
    return min(heights, key=heights.__getitem__, default=None)


def dot(a: Vector, b: Vector) -> float:
    """The scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def _clipped(a: Point, b: Point, columns: int, rows: int) -> tuple[Point, Point] | None:
    """The part of a line within the image (Liang and Barsky)."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    begin, end = 0.0, 1.0
    for step, room in ((-dx, a[0]), (dx, columns - a[0]), (-dy, a[1]), (dy, rows - a[1])):
        if abs(step) < 1e-12:
            if room < 0:
                return None
        elif step < 0:
            begin = max(begin, room / step)
        else:
            end = min(end, room / step)
    if begin >= end:
        return None
    return (a[0] + begin * dx, a[1] + begin * dy), (a[0] + end * dx, a[1] + end * dy)


def _minus(a: Vector, b: Vector) -> Vector:
    return a[0] - b[0], a[1] - b[1], a[2] - b[2]


def _vector(numbers: Sequence[float]) -> Vector:
    x, y, z = (float(n) for n in numbers)
    return x, y, z
