"""Deflated Image Frame Compression (DICOM PS3.5 A.4.13)."""

import zlib
from typing import Any

import numpy as np

from imaging.decoders.codestream import BadCodestream
from imaging.decoders.native import decode_native
from imaging.instance import ImageDescription

Samples = np.ndarray[Any, np.dtype[Any]]


def deflated(description: ImageDescription, data: bytes) -> Samples:
    """A frame that is deflated on its own."""
    return decode_native(description, inflate(data, -(-description.frame_bits // 8)))


def inflate(data: bytes, length: int) -> bytes:
    """Undo deflate up to `length` bytes; what is cut off is zero.

    Raises:
        BadCodestream: the data is no deflate stream.
    """
    try:
        made = zlib.decompressobj(-15).decompress(data, length)
    except zlib.error as damage:
        raise BadCodestream("it is no deflate stream") from damage
    return made.ljust(length, b"\0")
