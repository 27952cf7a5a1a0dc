"""RLE Lossless: planes of bytes, and pixels of one bit (DICOM PS3.5 A.4.2 and annex G)."""

import struct
from typing import Any

import numpy as np
import rle.rle as native_rle

from imaging.cells import cell_dtype, stored_values
from imaging.decoders.codestream import BadCodestream
from imaging.decoders.native import as_rgb, decode_native
from imaging.instance import ImageDescription

Samples = np.ndarray[Any, np.dtype[Any]]
# a run of two bytes stands for at most 128
_MOST_EXPANSION = 64
_EXPANSION_BUDGET = 1 << 28


def run_lengths(description: ImageDescription, data: bytes) -> Samples:
    """An RLE Lossless frame."""
    rows, columns, samples = description.rows, description.columns, description.samples
    if description.bits_allocated == 1:
        (plane,) = unpack_rle(data, -(-rows * columns // 8), 1)
        return decode_native(description, plane)
    size = description.bits_allocated // 8
    planes = unpack_rle(data, rows * columns, samples * size)
    cells = interleave(planes, rows, columns, samples, size).view(cell_dtype(description))
    return as_rgb(description, stored_values(description, cells))


def unpack_rle(data: bytes, segment_bytes: int, segments: int) -> list[bytes]:
    """The `segments` byte planes of an RLE frame, each `segment_bytes` long; what is cut off is
    zero.

    Raises:
        BadCodestream: another number of segments, or offsets outside the frame.
    """
    if len(data) < 64:
        raise BadCodestream("its RLE header is cut short")
    count, *offsets = struct.unpack_from("<16I", data)
    if count != segments:
        raise BadCodestream(f"it has {count} RLE segments where {segments} are needed")
    begins = offsets[:count]
    if begins[0] < 64 or begins != sorted(begins):
        raise BadCodestream("its RLE segments are out of order")
    ends = [*begins[1:], len(data)]
    return [
        _segment(data[begin:end], segment_bytes) for begin, end in zip(begins, ends, strict=True)
    ]


def _segment(data: bytes, length: int) -> bytes:
    unpacked = b""
    # the library expands without a limit: leave what could burst to the bounded way
    # and panics on nothing at all
    if data and len(data) * _MOST_EXPANSION <= max(_EXPANSION_BUDGET, 2 * length):
        try:
            unpacked = bytes(native_rle.decode_segment(data))
        except ValueError:
            unpacked = b""
    if len(unpacked) < length:
        unpacked = expand(data, length)
    return unpacked[:length].ljust(length, b"\0")


def expand(data: bytes, length: int) -> bytes:
    """Undo PackBits (DICOM PS3.5 G.3.2) up to `length` bytes or the end of the data."""
    made = bytearray()
    at, end = 0, len(data) - 1
    while at < end and len(made) < length:
        code = data[at]
        if code < 128:
            made += data[at + 1 : at + 2 + code]
            at += 2 + code
        elif code > 128:
            made += data[at + 1 : at + 2] * (257 - code)
            at += 2
        else:
            at += 1
    return bytes(made[:length])


def interleave(planes: list[bytes], rows: int, columns: int, samples: int, size: int) -> Samples:
    """Byte planes, most significant first within each sample (DICOM PS3.5 G.2), as unsigned
    samples.
    """
    stacked = np.empty((samples, rows * columns, size), np.uint8)
    for index, plane in enumerate(planes):
        sample, byte = divmod(index, size)
        stacked[sample, :, size - 1 - byte] = np.frombuffer(plane, np.uint8)
    cells = stacked.view(f"<u{size}").reshape(samples, rows, columns)
    return cells[0] if samples == 1 else np.ascontiguousarray(cells.transpose(1, 2, 0))
