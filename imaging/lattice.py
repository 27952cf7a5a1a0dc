"""A grid of pictures in the coordinates of a volume's cells."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imaging.planes import Grid
from imaging.stack_geometry import Vector
from imaging.volume import Volume

ON_A_VOXEL = 0.02  # voxels a point may lie beside a centre and still take its value


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """A grid in the volume's coordinates: column, row and height (mm), in this order.

    `axes` says which of them the grid's columns, rows and pictures mostly run along; `straight`,
    that they run along nothing else.
    """

    start: Vector
    steps: Vector  # columns: a step to the right, down and through
    axes: tuple[int, ...]
    straight: bool

    @classmethod
    def of(cls, volume: Volume, grid: Grid) -> Lattice:
        stack = volume.stack
        ways = np.stack([grid.right, grid.down, grid.through], axis=1)
        steps = np.linalg.solve(stack.steps, ways).astype(np.float64)
        start = np.linalg.solve(stack.steps, grid.origin - stack.origin).astype(np.float64)
        voxels = np.array([1.0, 1.0, 1 / stack.spacing])
        strayed = np.abs(steps) * voxels[:, None] * [grid.columns, grid.rows, grid.slices]
        main = strayed.argmax(axis=0)
        aside = np.array(strayed)
        aside[main, [0, 1, 2]] = 0
        straight = len(set(main.tolist())) == 3 and float(aside.max()) < ON_A_VOXEL
        return cls(start, steps, tuple(int(axis) for axis in main), straight)

    def along(self, way: int, count: int, first: int = 0) -> Vector:
        """The coordinates that the grid's columns (0), rows (1) or pictures (2) have."""
        axis = self.axes[way]
        places: Vector = self.start[axis] + self.steps[axis, way] * np.arange(first, first + count)
        return places


@dataclass(frozen=True, slots=True, eq=False)
class Between:
    """Places along one axis of the cells: `below` and `share` of the voxel after it; `inside`."""

    below: NDArray[np.intp]
    share: NDArray[np.float32]
    inside: NDArray[np.bool_]

    @classmethod
    def of(cls, volume: Volume, axis: int, coordinates: Vector) -> Between:
        """`axis` 0, 1, 2: columns, rows, heights."""
        stack = volume.stack
        count = volume.cells.shape[2 - axis]
        places = slice_places(volume, coordinates) if axis == 2 else coordinates
        whole = np.rint(places)
        places = np.where(np.abs(places - whole) < ON_A_VOXEL, whole, places)
        inside = (places >= 0) & (places <= count - 1)
        places = np.clip(places, 0, count - 1)
        below = np.minimum(np.floor(places), count - 2).astype(np.intp)
        share = (places - below).astype(np.float32)
        if axis == 2 and stack.holes:
            inside &= ~(np.isin(below, stack.holes) & (share > 0) & (share < 1))
        return cls(below, share, inside)

    @property
    def exact(self) -> bool:
        """Whether every place is a voxel's centre."""
        return bool(((self.share == 0) | (self.share == 1)).all())

    @property
    def nearest(self) -> NDArray[np.intp]:
        return self.below + (self.share >= 0.5)


def slice_places(volume: Volume, heights: Vector) -> Vector:
    """Places among the slices (0: the first) of heights in mm, wherever the slices truly lie."""
    stack = volume.stack
    if stack.even:
        return heights * ((len(stack.heights) - 1) / stack.heights[-1])
    known = np.array(stack.heights)
    places = np.interp(heights, known, np.arange(len(known)))
    # a little beyond the ends stays beyond them
    places = np.where(heights < -1e-6, -1.0, places)
    return np.where(heights > known[-1] + 1e-6, len(known), places)
