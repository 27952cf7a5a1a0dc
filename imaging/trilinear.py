"""Pictures of planes askew in a volume, each point between the eight voxels around it."""

from __future__ import annotations

import numpy as np

from imaging.lattice import ON_A_VOXEL, Lattice, slice_places
from imaging.planes import Grid
from imaging.stack_geometry import Vector
from imaging.volume import Cells, Volume

BLOCK = 1 << 15  # points interpolated at once: what fits a core's own cache


def oblique_picture(volume: Volume, grid: Grid, lattice: Lattice, number: int) -> Cells:
    """One picture, each point between the eight voxels around it."""
    kind = np.float64 if volume.cells.dtype == np.float64 else np.float32
    picture: Cells = np.empty((grid.rows, grid.columns), kind)
    across = lattice.steps[:, :1] * np.arange(grid.columns)
    start = lattice.start + number * lattice.steps[:, 2]
    height = max(1, BLOCK // grid.columns)
    for top in range(0, grid.rows, height):
        rows = np.arange(top, min(top + height, grid.rows))
        down = start[:, None] + lattice.steps[:, 1:2] * rows
        _interpolate(volume, down, across, picture[top : top + height])
    return picture


def _interpolate(volume: Volume, down: Vector, across: Vector, out: Cells) -> None:
    """Values where column, row and height are `down` (3, rows) plus `across` (3, columns)."""
    slices, rows, columns = volume.cells.shape
    kind = out.dtype.type
    places = [
        down[axis].astype(np.float32)[:, None] + across[axis].astype(np.float32)
        for axis in (0, 1, 2)
    ]
    places[2] = slice_places(volume, places[2]).astype(np.float32, copy=False)
    outside = np.zeros(out.shape, np.bool_)
    below, shares = [], []
    for place, count in zip(places, (columns, rows, slices), strict=True):
        outside |= (place < -ON_A_VOXEL) | (place > count - 1 + ON_A_VOXEL)
        np.clip(place, 0, count - 1, out=place)
        whole = place.astype(np.int32)
        np.minimum(whole, count - 2, out=whole)
        below.append(whole)
        shares.append((place - whole).astype(kind, copy=False))
    if volume.stack.holes:
        outside |= np.isin(below[2], volume.stack.holes)
    first = below[2].astype(np.intp)
    first *= rows
    first += below[1]
    first *= columns
    first += below[0]
    cells = volume.cells.reshape(-1)
    corners = [
        cells[z * rows * columns + y * columns + x :].take(first, mode="clip")
        for z in (0, 1)
        for y in (0, 1)
        for x in (0, 1)
    ]
    level: list[Cells] = [corner.astype(kind) for corner in corners]
    for share in shares:
        level = [_toward(a, b, share) for a, b in zip(level[::2], level[1::2], strict=True)]
    out[...] = level[0]
    if volume.padded:
        beside = np.minimum.reduce(corners) == volume.empty
        if beside.any():
            near = [(share >= 0.5).astype(np.intp)[beside] for share in shares]
            at = first[beside] + near[0] + columns * (near[1] + rows * near[2])
            out[beside] = cells[at]
    out[outside] = volume.empty


def _toward(first: Cells, second: Cells, share: Cells) -> Cells:
    """`share` of the way from the first to the second, in place of the second."""
    second -= first
    second *= share
    second += first
    return second
