"""Pictures of any plane through a volume: interpolated between voxels, alone or as a slab.

A plane along the volume's own axes is cut out of it, or interpolated along the one axis that needs
it; any other is interpolated between the eight voxels around each point.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.lattice import Between, Lattice
from imaging.planes import Grid
from imaging.projection import Collected, Projection
from imaging.trilinear import oblique_picture
from imaging.volume import Cells, Volume


@dataclass(frozen=True, slots=True)
class Slab:
    """A slice as thick as `thickness` mm: all planes at most half of that away from its middle."""

    thickness: float = 0.0
    projection: Projection = Projection.MAXIMUM


THIN = Slab()


def reformat(volume: Volume, grid: Grid, number: int, slab: Slab = THIN) -> Cells:
    """Picture `number` of `grid`, (grid.rows, grid.columns), in the values of `volume.cells`.

    The volume's own kind where nothing needs interpolation, else float32 (float64 for a volume of
    float64). `volume.empty` stands where the picture leaves the volume or shows no known voxel.

    Raises:
        IndexError: there is no such picture.
    """
    if not 0 <= number < grid.slices:
        raise IndexError(f"This plane has {grid.slices} pictures: there is no picture {number}.")
    reach = int(slab.thickness / 2 / grid.step + 1e-6) if grid.step else 0
    numbers = range(max(number - reach, 0), min(number + reach, grid.slices - 1) + 1)
    lattice = Lattice.of(volume, grid)
    if lattice.straight:
        return _straight(volume, grid, lattice, numbers, slab.projection)
    if len(numbers) == 1:
        return oblique_picture(volume, grid, lattice, number)
    planes = _collected(volume, slab.projection)
    for one in numbers:
        planes.add(oblique_picture(volume, grid, lattice, one))
    return planes.settled()


def _straight(
    volume: Volume, grid: Grid, lattice: Lattice, numbers: range, projection: Projection
) -> Cells:
    """Pictures along the volume's axes."""
    counts = (grid.columns, grid.rows)
    across, down = (
        Between.of(volume, lattice.axes[way], lattice.along(way, counts[way])) for way in (0, 1)
    )
    through = Between.of(volume, lattice.axes[2], lattice.along(2, len(numbers), numbers.start))
    axis = 2 - lattice.axes[2]
    if through.exact or not through.inside.any():
        kept = through.nearest[through.inside]
        plane = _projected(volume, axis, kept, projection)
    else:
        planes = _collected(volume, projection)
        for below, share, inside in zip(through.below, through.share, through.inside, strict=True):
            if inside:
                first, second = (volume.cells.take(below + n, axis=axis) for n in (0, 1))
                planes.add(_mixed(volume, first, second, share))
        plane = planes.settled()
    # what is left of (slices, rows, columns) stands in that order; the picture may turn it
    if lattice.axes[0] < lattice.axes[1]:
        return _resampled(volume, _resampled(volume, plane, across, 1), down, 0)
    turned = _resampled(volume, _resampled(volume, plane, down, 1), across, 0)
    return np.ascontiguousarray(turned.T)


def _projected(volume: Volume, axis: int, kept: NDArray[np.intp], projection: Projection) -> Cells:
    """One plane of the cells for several neighbouring ones along an axis."""
    cells = volume.cells
    if not kept.size:
        shape = [size for n, size in enumerate(cells.shape) if n != axis]
        return np.full(shape, volume.empty, cells.dtype)
    if kept.size == 1:
        single: Cells = cells.take(int(kept[0]), axis=axis)
        return single
    first, last = int(kept.min()), int(kept.max())
    places: list[slice] = [slice(None)] * 3
    places[axis] = slice(first, last + 1)
    block = cells[tuple(places)]
    if axis == 2:
        # one pass over far-apart memory, then whole planes at a time
        block, axis = np.ascontiguousarray(block.transpose(2, 0, 1)), 0
    if projection is Projection.MAXIMUM:
        highest: Cells = np.maximum.reduce(block, axis=axis)
        return highest
    if projection is Projection.MINIMUM and not volume.padded:
        lowest: Cells = np.minimum.reduce(block, axis=axis)
        return lowest
    planes = _collected(volume, projection)
    for n in range(block.shape[axis]):
        planes.add(block[n] if axis == 0 else block[:, n])
    return planes.settled()


def _collected(volume: Volume, projection: Projection) -> Collected:
    return Collected(projection, volume.empty, padded=_gappy(volume))


def _gappy(volume: Volume) -> bool:
    return volume.padded or bool(volume.stack.holes)


def _mixed(volume: Volume, below: Cells, above: Cells, share: Any) -> Cells:
    """`share` of the way from one plane to the next; the nearer alone beside an empty voxel."""
    kind = np.float64 if below.dtype == np.float64 else np.float32
    first: Cells = below.astype(kind)
    mixed: Cells = above.astype(kind)
    mixed -= first
    mixed *= share
    mixed += first
    if volume.padded:
        beside = (below == volume.empty) | (above == volume.empty)
        if beside.any():
            nearer = np.where(np.asarray(share) >= 0.5, above, below)
            mixed[beside] = nearer[beside]
    return mixed


def _resampled(volume: Volume, plane: Cells, between: Between, axis: int) -> Cells:
    """A plane with its rows (axis 0) or columns (axis 1) taken at these places."""
    if between.exact:
        taken = _cut(plane, between.nearest, axis)
    else:
        share = between.share[:, None] if axis == 0 else between.share
        first, second = (plane.take(between.below + n, axis=axis) for n in (0, 1))
        taken = _mixed(volume, first, second, share)
    if not between.inside.all():
        taken = taken.copy()
        if axis == 0:
            taken[~between.inside] = volume.empty
        else:
            taken[:, ~between.inside] = volume.empty
    return taken


def _cut(plane: Cells, places: NDArray[np.intp], axis: int) -> Cells:
    """Rows or columns at whole places; a view where they lie side by side."""
    first, way = int(places[0]), int(places[-1] >= places[0]) * 2 - 1
    if not np.array_equal(places, first + way * np.arange(places.size)):
        return plane.take(places, axis=axis)
    beyond = first + way * places.size
    run = slice(first, beyond if beyond >= 0 else None, way)
    side_by_side: Cells = plane[run] if axis == 0 else plane[:, run]
    return side_by_side
