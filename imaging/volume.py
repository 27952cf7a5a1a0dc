"""Slices put together as a volume of voxels, with what is needed to show any plane of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.grayscale import is_windowed, modality_values
from imaging.instance import ImageDescription, SampleKind
from imaging.modules import Greyscale
from imaging.planes import Grid
from imaging.shutter import open_part
from imaging.stack_geometry import NoVolume, StackGeometry, frame_place, judge

Framed = tuple[ImageDescription, int]  # an image and one of its frames, counted from 0
Cells = NDArray[Any]
# what voxels that hold nothing are, by the kind of the cells: below every value, and exact
EMPTY = {"int16": -32768.0, "float32": -1e30, "float64": -1e30}
EXACT_IN_FLOAT32 = 1 << 24

NOT_GREY = "Only series of grey images can be shown in other planes."


@dataclass(frozen=True, slots=True, eq=False)
class Volume:
    """Voxels of an object in the patient (DICOM PS3.3 C.7.6.2.1.1).

    `cells` are (slices, rows, columns), slices in the direction of `stack.normal`: int16, or
    float32 or float64 where int16 does not hold the values exactly. They are stored values where
    all slices share one rescale, else modality values. Voxels that hold nothing (pixel padding, a
    covered part) are `empty`, which only occurs when `padded`.
    """

    cells: Cells
    stack: StackGeometry
    padded: bool = False

    @property
    def empty(self) -> float:
        return EMPTY[self.cells.dtype.name]


def judge_series(frames: Sequence[Framed]) -> StackGeometry | NoVolume:
    """Whether the frames of a series make a volume, and how it lies in the patient."""
    if not all(is_windowed(d) and d.palette is None for d in _images(frames)):
        return NoVolume(NOT_GREY)
    return judge([frame_place(description, frame) for description, frame in frames])


def share_rescale(frames: Sequence[Framed]) -> bool:
    """Whether stored values mean the same in every frame; not so in most PET series."""
    scales = {(grey.slope, grey.intercept, grey.modality_lut) for grey in _greyscales(frames)}
    return len(scales) == 1


def is_padded(frames: Sequence[Framed]) -> bool:
    """Whether some voxels may hold nothing."""
    return any(
        bool(d.padding) or d.shutter is not None or d.truncated or d.sample_kind != "integer"
        for d in _images(frames)
    )


def expected_bytes(frames: Sequence[Framed]) -> int:
    """The memory that the volume's cells take, at least."""
    description = frames[0][0]
    narrow = (
        description.sample_kind == "integer"
        and description.bits_stored <= 15 + description.signed
        and share_rescale(frames)
    )
    return len(frames) * description.rows * description.columns * (2 if narrow else 4)


def assemble(
    frames: Sequence[Framed], stack: StackGeometry, stored: Callable[[int], Cells]
) -> Cells:
    """The volume's cells: the frames' values, slice behind slice; see `Volume`.

    `stored` gives the stored values (rows, columns) of frame n of `frames`, as
    `imaging.decode.decode` returns them.
    """
    by_value = not share_rescale(frames)
    shape = (len(stack.order), stack.rows, stack.columns)
    cells: Cells = np.empty(shape, np.float32 if by_value else np.int16)
    for at, number in enumerate(stack.order):
        description, frame = frames[number]
        pixels = stored(number)
        outside = _outside(description, pixels)
        values = modality_values(description, frame, pixels) if by_value else pixels
        kind = _kind(values, outside, cells.dtype)
        if kind != cells.dtype:
            cells = _widened(cells, at, kind)
        cells[at] = values if outside is None else np.where(outside, EMPTY[kind.name], values)
    return cells


def slice_description(frames: Sequence[Framed], volume_kind: np.dtype[Any]) -> ImageDescription:
    """How to show pixels of the volume: the series' own description, less what is one slice's."""
    description, frame = frames[len(frames) // 2]
    grey = description.greyscale(frame)
    if not share_rescale(frames):
        grey = Greyscale(units=grey.units, windows=grey.windows)
    empty = EMPTY[volume_kind.name]
    kinds: dict[str, SampleKind] = {"float32": "float32", "float64": "float64"}
    return replace(
        description,
        frames=1,
        greyscales=(grey,),
        sample_kind=kinds.get(volume_kind.name, "integer"),
        padding=(empty, empty),
        overlays=(),
        shutter=None,
        lossy=any(d.lossy for d in _images(frames)),
    )


def plane_description(
    description: ImageDescription, grid: Grid, thickness: float
) -> ImageDescription:
    """The description of a plane's pictures, one frame each, from `slice_description`."""
    placements = tuple(grid.placement(number, thickness) for number in range(grid.slices))
    spacing = placements[0].spacing
    return replace(
        description,
        rows=grid.rows,
        columns=grid.columns,
        frames=grid.slices,
        placements=placements,
        aspect=spacing.row / spacing.column,
    )


def _images(frames: Sequence[Framed]) -> list[ImageDescription]:
    """Each image once."""
    return list({id(description): description for description, _ in frames}.values())


def _greyscales(frames: Sequence[Framed]) -> list[Greyscale]:
    return [description.greyscale(frame) for description, frame in frames]


def _outside(description: ImageDescription, pixels: Cells) -> NDArray[np.bool_] | None:
    """Where a slice holds nothing; None when it holds something everywhere."""
    outside: NDArray[np.bool_] | None = None
    if description.padding:
        low, high = description.padding
        outside = (pixels >= low) & (pixels <= high)
    if description.shutter is not None:
        visible = open_part(description.shutter, (0, 0, description.columns, description.rows))
        outside = ~visible if outside is None else outside | ~visible
    if pixels.dtype.kind == "f":
        unknown = ~(np.abs(pixels) < -EMPTY["float64"])
        outside = unknown if outside is None else outside | unknown
    return outside if outside is not None and outside.any() else None


def _kind(values: Cells, outside: NDArray[np.bool_] | None, least: np.dtype[Any]) -> np.dtype[Any]:
    """The narrowest kind of cells, from `least` up, that holds the values exactly."""
    if values.dtype.kind == "f":
        return np.promote_types(least, values.dtype if values.itemsize == 8 else np.float32)
    held = values if outside is None else values[~outside]
    if not held.size:
        return least
    low, high = int(held.min()), int(held.max())
    if EMPTY["int16"] < low and high <= 32767:
        return least
    wide = max(-low, high) > EXACT_IN_FLOAT32
    return np.promote_types(least, np.float64 if wide else np.float32)


def _widened(cells: Cells, filled: int, kind: np.dtype[Any]) -> Cells:
    """The cells as another kind, of which the first `filled` slices count."""
    wider = np.empty(cells.shape, kind)
    wider[:filled] = cells[:filled]
    empty, before = EMPTY[kind.name], EMPTY[cells.dtype.name]
    if empty != before:
        wider[:filled][cells[:filled] == before] = empty
    return wider
