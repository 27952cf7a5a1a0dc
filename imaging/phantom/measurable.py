"""A series to measure: cylinders of known HU, rods at known places."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from pydicom.dataset import Dataset

from imaging.phantom.objects import Exam, Person, ct_slice

SPACING, THICKNESS, SIZE, SLICES = 0.7, 2.0, 256, 10
EXAM = Exam(
    Person("PHANTOM^Measure", "DEMO-000001", "20000101", "O"), "000001measure",
    datetime(2026, 1, 1, 12, 0), "CT", "Measurable phantom", "PHANTOM",  # noqa: DTZ001
)  # fmt: skip


@dataclass(frozen=True)
class Measures:
    """The truth: cylinders as (x, y, radius in mm, HU), rods as (x, y) in mm, from the middle."""

    cylinders: tuple[tuple[float, float, float, float], ...]
    rods: tuple[tuple[float, float], ...]

    @property
    def rod_distance(self) -> float:
        """mm between the first two rods."""
        (x0, y0), (x1, y1) = self.rods[:2]
        return float(np.hypot(x1 - x0, y1 - y0))


MEASURES = Measures(
    cylinders=((-40, 0, 14, 100), (0, -40, 14, -100), (40, 0, 14, 300), (0, 40, 14, 1000)),
    rods=((-35, -35), (35, -35), (35, 35)),
)


def measurable_phantom() -> list[Dataset]:
    """Ten axial slices of 256 × 256, 0.7 mm a pixel, 2 mm apart: water with cylinders and rods."""
    axis = (np.arange(SIZE) - SIZE / 2 + 0.5) * SPACING
    x, y = np.meshgrid(axis, axis)
    values = np.where(np.hypot(x, y) < 80, 0.0, -1000.0).astype(np.float32)
    for center_x, center_y, radius, hounsfield in MEASURES.cylinders:
        values[np.hypot(x - center_x, y - center_y) <= radius] = hounsfield
    for center_x, center_y in MEASURES.rods:
        values[np.hypot(x - center_x, y - center_y) <= 1.0] = 2000
    corner = float(axis[0])
    return [
        ct_slice(
            EXAM, 1, "Axial", n + 1, values, (corner, corner, n * THICKNESS), SPACING, THICKNESS
        )
        for n in range(SLICES)
    ]
