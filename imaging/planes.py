"""Planes through a volume: which way they face, and the grid of pixels that covers it all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from imaging.geometry import direction
from imaging.modules import Placement, Spacing
from imaging.sentences import Sentence
from imaging.stack_geometry import StackGeometry, Vector

LARGEST = 1024  # pixels along a side of a plane that is not one of the volume's own
MOST_PLANES = 2048


@dataclass(frozen=True, slots=True)
class Plane:
    """A way to face: unit vectors to the picture's right and downwards, in patient coordinates.

    x grows to the patient's left, y to the back, z to the head (DICOM PS3.3 C.7.6.2.1.1).
    """

    name: str
    right: tuple[float, float, float]
    down: tuple[float, float, float]
    # the direction that slices are counted in
    through: tuple[float, float, float]


# as radiologists hang them: the patient's right on the left, the front up or to the left
OBLIQUE = Sentence("Oblique")
AXIAL = Plane(Sentence("Axial"), (1, 0, 0), (0, 1, 0), (0, 0, -1))
CORONAL = Plane(Sentence("Coronal"), (1, 0, 0), (0, 0, -1), (0, 1, 0))
SAGITTAL = Plane(Sentence("Sagittal"), (0, 1, 0), (0, 0, -1), (1, 0, 0))


def oblique(right: Sequence[float], down: Sequence[float], name: str = OBLIQUE) -> Plane:
    """A plane of any direction; `down` is made perpendicular to `right`.

    Raises:
        ValueError: the two do not span a plane.
    """
    across = np.array(right, float)
    normal = np.cross(across, np.array(down, float))
    lengths = float(np.linalg.norm(across)), float(np.linalg.norm(normal))
    if not (min(lengths) > 1e-6 and np.isfinite(lengths).all()):
        raise ValueError("These two directions do not span a plane.")
    across /= lengths[0]
    normal /= lengths[1]
    return Plane(name, _triple(across), _triple(np.cross(normal, across)), _triple(normal))


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """Parallel pictures: pixel (row r, column c) of picture n is centred at
    `origin + c * right + r * down + n * through`, all in patient mm.
    """

    origin: Vector
    right: Vector
    down: Vector
    through: Vector
    columns: int
    rows: int
    slices: int

    @property
    def step(self) -> float:
        """mm from picture to picture."""
        return float(np.linalg.norm(self.through))

    def placement(self, number: int, thickness: float) -> Placement:
        """Where picture `number` lies, as DICOM has it (PS3.3 C.7.6.2)."""
        across, along = float(np.linalg.norm(self.right)), float(np.linalg.norm(self.down))
        return Placement(
            _triple(self.origin + number * self.through),
            _triple(self.right / across) + _triple(self.down / along),
            Spacing(along, across, "patient"),
            thickness,
        )

    def letters(self) -> tuple[str, str, str, str]:
        """Patient directions at the left, right, top and bottom edge."""
        right = self.right / np.linalg.norm(self.right)
        down = self.down / np.linalg.norm(self.down)
        return direction(-right), direction(right), direction(-down), direction(down)


def grid_through(stack: StackGeometry, plane: Plane) -> Grid:
    """The pictures of a plane that cover a whole volume.

    Steps follow the volume's own resolution in each direction, so that a plane along its axes has
    one pixel for each voxel and may have pixels that are not square; others have square ones.
    """
    axes = np.stack([np.array(axis, float) for axis in (plane.right, plane.down, plane.through)])
    finest = np.array([1.0, 1.0, 1 / _slice_step(stack)])
    rates = np.abs(np.linalg.solve(stack.steps, axes.T)) * finest[:, None]
    steps = 1 / rates.max(axis=0)
    corners = np.array(
        [
            stack.origin + stack.steps @ np.array(corner)
            for corner in product(
                (0, stack.columns - 1), (0, stack.rows - 1), (0, stack.heights[-1])
            )
        ]
    )
    reach = corners @ axes.T
    low, size = reach.min(axis=0), np.ptp(reach, axis=0)
    own_axes = bool((np.sort(rates / rates.max(axis=0), axis=0)[:2] < 1e-3).all())
    if not own_axes:
        steps[:2] = max(min(steps[0], steps[1]), float(size[:2].max()) / (LARGEST - 1))
    steps[2] = max(steps[2], size[2] / (MOST_PLANES - 1))
    # a hair less than a whole step is rounding, not a missing pixel
    columns, rows, slices = (int(n) + 1 for n in np.floor(size / steps + 1e-3))
    scaled = axes * steps[:, None]
    origin = axes.T @ low
    return Grid(origin, scaled[0], scaled[1], scaled[2], columns, rows, slices)


def _slice_step(stack: StackGeometry) -> float:
    """mm of height for a slice; uneven stacks are as fine as their narrowest gap, within reason."""
    if stack.even:
        return stack.heights[-1] / (len(stack.heights) - 1)
    narrowest = float(np.diff(stack.heights).min())
    return max(narrowest, stack.heights[-1] / (4 * len(stack.heights)))


def _triple(vector: Vector) -> tuple[float, float, float]:
    x, y, z = (float(part) for part in vector)
    return x, y, z
