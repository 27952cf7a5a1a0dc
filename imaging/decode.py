"""One frame's stored values, from the bytes of its file.

The table at the end of this module says which decoders read which transfer syntax, in the order they are tried.
"""

import struct
from collections.abc import Callable
from typing import Any

import numpy as np

from imaging import transfer_syntax as syntaxes
from imaging.colour import spread_422, ybr_full_to_rgb, ybr_partial_to_rgb
from imaging.decoders import codecs, rle
from imaging.decoders.codestream import BadCodestream, Codestream, read_jpeg, read_jpeg_2000
from imaging.frame_spans import Inflating, Unlocatable
from imaging.instance import ImageDescription

__all__ = ["Undecodable", "decode", "is_decodable"]

Pixels = np.ndarray[Any, np.dtype[Any]]
Read = Callable[[int, int], bytes]
_Decoder = Callable[[ImageDescription, bytes], Pixels]
_CHUNK = 1 << 16


class Undecodable(ValueError):
    """Why a frame cannot be decoded, in a plain sentence that names the transfer syntax."""


def is_decodable(transfer_syntax: str) -> bool:
    """Whether frames of this transfer syntax can be decoded at all."""
    return transfer_syntax in _DECODERS


def decode(description: ImageDescription, frame: int, read: Read) -> Pixels:
    """The stored values of frame `frame`, counted from 0.

    Args:
        read: `read(offset, length)` returns bytes of the stored file, fewer at its end.

    Returns:
        (rows, columns), or (rows, columns, 3) RGB for colour of three samples (YBR is converted, DICOM PS3.3
        C.7.6.3.1.2). The dtype is that of the cells: uint8, int8, uint16 ... float64, cleared of bits beyond Bits Stored
        and sign-extended. A palette is not applied: its indices are the stored values (`imaging.render` colours them).
        One-bit pixels are uint8 of 0 and 1. The array may be read-only. Where a truncated file
        (`description.truncated`) has no bytes, pixels are the padding value, or zero.

    Raises:
        Undecodable: no such frame, an unknown transfer syntax, or damaged or lying data.
    """
    name = syntaxes.name(description.transfer_syntax)
    if not 0 <= frame < description.frames:
        raise Undecodable(
            f"This {name} image has {description.frames} frames: there is no frame {frame + 1}."
        )
    decoders = _DECODERS.get(description.transfer_syntax)
    if decoders is None:
        raise Undecodable(f"Images stored as {name} cannot be shown.")
    data = _frame_bytes(description, frame, read)
    if not data:
        return _blank(description)
    reasons = []
    for decoder in decoders:
        try:
            return decoder(description, _own_bits(description, frame, data))
        except _FAILURES as failure:
            reasons.append(str(failure).rstrip("."))
            if isinstance(failure, _Lie):
                break
    reason = next((reason for reason in reasons if reason), "the data is damaged")
    raise Undecodable(f"Frame {frame + 1} of this {name} image cannot be decoded: {reason}.")


class _Lie(BadCodestream):
    """The codestream's header contradicts the data set: no other decoder may try."""
