"""Overlay planes: taking them out of pixel cells, and finding what covers a frame (DICOM PS3.3
C.9.2).
"""

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, BinaryIO

import numpy as np

from imaging.decode import Undecodable, raw_cells
from imaging.instance import ImageDescription
from imaging.modules import Overlay

Mask = np.ndarray[Any, np.dtype[np.bool_]]
Region = tuple[int, int, int, int]


def lift_embedded(
    description: ImageDescription,
    embedded: Sequence[tuple[Overlay, int]],
    source: BinaryIO | bytes,
) -> tuple[Overlay, ...]:
    """Overlay planes out of the unused bits of native pixel cells; each comes with the bit that
    holds it.

    A plane as large as the image is lifted, for every frame it covers; others contradict the
    standard and are left out, as are planes in bits that hold the pixels themselves.
    """
    file = io.BytesIO(source) if isinstance(source, bytes | bytearray) else source

    def read(offset: int, length: int) -> bytes:
        file.seek(offset)
        return file.read(length)

    lifted = []
    for plane, bit in embedded:
        fits = (plane.rows, plane.columns) == (description.rows, description.columns)
        stored = range(description.high_bit + 1 - description.bits_stored, description.high_bit + 1)
        if not fits or bit in stored or not 0 <= bit < description.bits_allocated:
            continue
        frames = range(plane.first_frame, min(plane.first_frame + plane.frames, description.frames))
        try:
            bits = [raw_cells(description, frame, read) >> bit & 1 for frame in frames]
        except Undecodable:
            # compressed data has no bits beside the stored ones (DICOM PS3.5 8.1.2)
            return ()
        packed = np.packbits(np.stack(bits).astype(np.uint8).ravel(), bitorder="little")
        lifted.append(replace(plane, frames=len(frames), bits=packed.tobytes()))
    return tuple(lifted)


def overlay_mask(description: ImageDescription, frame: int, region: Region) -> Mask | None:
    """Where overlay planes cover `region` (left, top, width, height) of a frame; None where none
    does.
    """
    left, top, width, height = region
    covered: Mask | None = None
    for plane in description.overlays:
        index = frame - plane.first_frame
        if not 0 <= index < plane.frames:
            continue
        # the part of the plane that lies inside the region, in the plane's own rows and columns
        first_row, first_column = max(top - plane.row, 0), max(left - plane.column, 0)
        last_row = min(top + height - plane.row, plane.rows)
        last_column = min(left + width - plane.column, plane.columns)
        if first_row >= last_row or first_column >= last_column:
            continue
        bits = plane_bits(plane, index)[first_row:last_row, first_column:last_column]
        if covered is None:
            covered = np.zeros((height, width), np.bool_)
        at_row, at_column = first_row + plane.row - top, first_column + plane.column - left
        covered[at_row : at_row + bits.shape[0], at_column : at_column + bits.shape[1]] |= bits
    return covered


def plane_bits(plane: Overlay, index: int) -> Mask:
    """Frame `index` of a plane, (rows, columns)."""
    size = plane.rows * plane.columns
    first = index * size
    packed = np.frombuffer(plane.bits, np.uint8)[first // 8 : -(-(first + size) // 8)]
    bits = np.unpackbits(packed, bitorder="little")[first % 8 : first % 8 + size]
    return bits.view(np.bool_).reshape(plane.rows, plane.columns)
