"""Pixel cells: from the bytes of a native frame to stored values (DICOM PS3.5 8.1.1, annex D)."""

from typing import Any

import numpy as np

from imaging.instance import ImageDescription

Pixels = np.ndarray[Any, np.dtype[Any]]


def cell_dtype(description: ImageDescription) -> np.dtype[Any]:
    """The little-endian dtype that one sample's cell has in memory; uint8 for one-bit pixels."""
    if description.sample_kind != "integer":
        return np.dtype(description.sample_kind)
    size = max(description.bits_allocated // 8, 1)
    return np.dtype(f"<{'i' if description.signed else 'u'}{size}")


def native_cells(description: ImageDescription, data: bytes, first_bit: int = 0) -> Pixels:
    """The samples of one native frame in stored order, one dimension, bits beyond Bits Stored still
    in.

    `data` begins in the byte that holds the frame's first bit, bit `first_bit` of it. A tail that
    is missing is zero.
    """
    count = description.frame_bits // description.bits_allocated
    if description.bits_allocated == 1:
        needed = first_bit + count
        packed = np.frombuffer(data[: -(-needed // 8)].ljust(-(-needed // 8), b"\0"), np.uint8)
        return np.unpackbits(packed, count=needed, bitorder="little")[first_bit:]
    dtype = cell_dtype(description)
    needed = count * dtype.itemsize
    begin = first_bit // 8
    whole = data if len(data) >= begin + needed else data.ljust(begin + needed, b"\0")
    if not description.big_endian:
        return np.frombuffer(whole, dtype, count, begin)
    return np.frombuffer(whole, dtype.newbyteorder(">"), count, begin).astype(dtype)


def stored_values(description: ImageDescription, cells: Pixels) -> Pixels:
    """Cells without the bits around the stored ones, sign-extended; the same array when nothing
    changes.
    """
    if (
        description.sample_kind != "integer"
        or description.bits_stored == description.bits_allocated
    ):
        return cells
    below = description.high_bit + 1 - description.bits_stored
    if description.signed:
        return extended(np.right_shift(cells, below) if below else cells, description.bits_stored)
    mask = cells.dtype.type((1 << description.bits_stored) - 1)
    values: Pixels = np.bitwise_and(np.right_shift(cells, below) if below else cells, mask)
    return values


def extended(cells: Pixels, bits: int) -> Pixels:
    """Signed cells of which the lowest `bits` bits count, sign-extended."""
    unused = 8 * cells.dtype.itemsize - bits
    return np.right_shift(np.left_shift(cells, unused), unused) if unused else cells


def arranged(description: ImageDescription, samples: Pixels) -> Pixels:
    """One dimension of samples as (rows, columns) or (rows, columns, 3)."""
    rows, columns = description.rows, description.columns
    if description.samples == 1:
        return samples.reshape(rows, columns)
    if description.planar:
        return np.ascontiguousarray(samples.reshape(3, rows, columns).transpose(1, 2, 0))
    return samples.reshape(rows, columns, 3)


def blank_value(description: ImageDescription) -> float:
    """What stands where a truncated file has no pixels."""
    return description.padding[0] if description.padding else 0.0


def swap_words(data: bytes) -> bytes:
    """Bytes of 8-bit cells that big endian 16-bit words hold, in order (DICOM PS3.5 annex D)."""
    swapped = bytearray(data + b"\0" * (len(data) & 1))
    swapped[0::2], swapped[1::2] = swapped[1::2], swapped[0::2]
    return bytes(swapped)
