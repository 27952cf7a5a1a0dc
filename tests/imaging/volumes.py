"""A phantom of small balls in known places, taken as slices of any geometry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.uid import CTImageStorage, ExplicitVRLittleEndian

from imaging.description import ImageDescription
from imaging.planes import Grid
from imaging.stack_geometry import NoVolume, StackGeometry
from imaging.volume import Volume, assemble, is_padded, judge_series
from tests.imaging.builders import described, image, in_syntax

Values = Callable[[NDArray[Any]], NDArray[Any]]
# mm in the patient: none symmetrical to another, all inside every stack of these tests
BALLS = ((-14.0, -9.0, 6.0), (11.0, 8.0, -8.0), (3.0, -12.0, -3.0), (-6.0, 12.0, 11.0))
WIDTH = 2.6  # mm, how far a ball's brightness reaches (a standard deviation)
AXIAL = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
SAGITTAL = ((0.0, 1.0, 0.0), (0.0, 0.0, -1.0))


def ball(center: Sequence[float]) -> Values:
    """A soft ball of 1000 around a point in mm."""

    def values(points: NDArray[Any]) -> NDArray[Any]:
        apart = ((points - np.array(center)) ** 2).sum(axis=-1)
        return 1000 * np.exp(-apart / (2 * WIDTH**2))

    return values


@dataclass
class Series:
    """Slices as they come: described images, and their stored values."""

    frames: list[tuple[ImageDescription, int]]
    pixels: list[NDArray[Any]]

    @property
    def stack(self) -> StackGeometry:
        judged = judge_series(self.frames)
        assert not isinstance(judged, NoVolume), judged.reason
        return judged

    @property
    def volume(self) -> Volume:
        stack = self.stack
        cells = assemble(self.frames, stack, lambda n: self.pixels[n])
        return Volume(cells, stack, is_padded(self.frames))


def positions(
    heights: Sequence[float],
    axes: Sequence[Sequence[float]] = AXIAL,
    shift: Sequence[float] = (0, 0, 0),
) -> list[NDArray[Any]]:
    """Where slices stand whose middle pixels lie along the normal, `shift` more for each mm."""
    normal = np.cross(axes[0], axes[1])
    return [height * (normal + np.array(shift)) for height in heights]


def taken(
    values: Values,
    centers: Sequence[NDArray[Any]],
    axes: Sequence[Sequence[float]] = AXIAL,
    *,
    size: tuple[int, int] = (56, 64),
    spacing: tuple[float, float] = (0.9, 0.8),
    **attributes: object,
) -> Series:
    """Slices of `size` (rows, columns) around these centres, numbered as given."""
    frames, pixels = [], []
    rows, columns = size
    right, down = np.array(axes[0]), np.array(axes[1])
    row_offsets = (np.arange(rows) - (rows - 1) / 2) * spacing[0]
    column_offsets = (np.arange(columns) - (columns - 1) / 2) * spacing[1]
    for number, center in enumerate(centers):
        points = center + row_offsets[:, None, None] * down + column_offsets[None, :, None] * right
        stored = np.rint(values(points)).astype(np.int16)
        dataset = placed(stored, points[0, 0], axes, spacing, number, **attributes)
        frames.append((described(in_syntax(dataset, ExplicitVRLittleEndian)), 0))
        pixels.append(stored)
    return Series(frames, pixels)


def placed(
    stored: NDArray[Any],
    position: Sequence[float],
    axes: Sequence[Sequence[float]],
    spacing: tuple[float, float],
    number: int,
    **attributes: object,
) -> Dataset:
    """A CT slice in its place."""
    dataset = image(stored, SOPClassUID=CTImageStorage, Modality="CT", InstanceNumber=number + 1)
    dataset.ImagePositionPatient = [round(float(part), 6) for part in position]
    dataset.ImageOrientationPatient = [round(float(p), 8) for axis in axes for p in axis]
    dataset.PixelSpacing = list(spacing)
    dataset.SliceThickness = 2.0
    for keyword, value in attributes.items():
        setattr(dataset, keyword, value)
    return dataset


def found(volume: Volume, grid: Grid, picture: Callable[[int], NDArray[Any]]) -> NDArray[Any]:
    """Where the brightness of all pictures of a plane has its middle, in patient mm."""
    weight, moment = 0.0, np.zeros(3)
    rows, columns = np.mgrid[: grid.rows, : grid.columns]
    for number in range(grid.slices):
        light = picture(number).astype(float)
        light[light < 20] = 0  # what rounding and empty voxels leave
        places = (
            grid.origin
            + number * grid.through
            + columns[..., None] * grid.right
            + rows[..., None] * grid.down
        )
        weight += light.sum()
        moment += (light[..., None] * places).sum(axis=(0, 1))
    return moment / weight
