"""One frame's stored values, from the bytes of its file.

`imaging.decoders.table` says which decoders read which transfer syntax, in the order they are
tried.
"""

import itertools
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from PIL import Image

from imaging import transfer_syntax as syntaxes
from imaging.cells import arranged, blank_value, cell_dtype, native_cells, swap_words
from imaging.decoders.agreement import Lie
from imaging.decoders.codestream import BadCodestream
from imaging.decoders.native import decode_native
from imaging.decoders.table import DECODERS
from imaging.inflating import Inflating, Unlocatable
from imaging.instance import ImageDescription
from imaging.sentences import Sentence

__all__ = ["Undecodable", "decode", "is_decodable", "raw_cells"]

Pixels = np.ndarray[Any, np.dtype[Any]]
Read = Callable[[int, int], bytes]
_CHUNK = 1 << 16
# compressed data larger than this beyond twice the pixels is no frame
_MOST_OVERHEAD = 1 << 20


class Undecodable(ValueError):
    """Why a frame cannot be decoded, in a plain sentence that names the transfer syntax."""


# what the libraries raise for damaged data
_FAILURES = (
    *(ValueError, RuntimeError, OSError, SyntaxError, TypeError, IndexError, EOFError),
    *(struct.error, zlib.error, Image.DecompressionBombError),
)


def is_decodable(transfer_syntax: str) -> bool:
    """Whether frames of this transfer syntax can be decoded at all."""
    return transfer_syntax in syntaxes.NATIVE or transfer_syntax in DECODERS


def decode(description: ImageDescription, frame: int, read: Read) -> Pixels:
    """The stored values of frame `frame`, counted from 0.

    Args:
        read: `read(offset, length)` returns bytes of the stored file, fewer at its end.

    Returns:
        (rows, columns), or (rows, columns, 3) RGB for colour of three samples (YBR is converted,
        DICOM PS3.3 C.7.6.3.1.2). The dtype is that of the cells: uint8, int8, uint16 ... float64,
        cleared of bits beyond Bits Stored and sign-extended. A palette is not applied: its indices
        are the stored values, which `imaging.render` colours. One-bit pixels are uint8 of 0 and 1.
        The array may be read-only. Where a truncated file (`description.truncated`) has no bytes,
        pixels are the padding value, or zero.

    Raises:
        Undecodable: no such frame, an unknown transfer syntax, or damaged or lying data.
    """
    name = syntaxes.name(description.transfer_syntax)
    if not 0 <= frame < description.frames:
        raise Undecodable(
            Sentence(
                "This {name} image has {frames} frames: there is no frame {number}.",
                name=name,
                frames=description.frames,
                number=frame + 1,
            )
        )
    if not is_decodable(description.transfer_syntax):
        raise Undecodable(Sentence("Images stored as {name} cannot be shown.", name=name))
    try:
        data = _frame_bytes(description, frame, read)
        if not data and description.truncated:
            return _blank(description)
        return _decoded(description, frame, data)
    except (BadCodestream, Unlocatable) as reason:
        raise Undecodable(
            Sentence(
                "Frame {number} of this {name} image cannot be decoded: {reason}.",
                number=frame + 1,
                name=name,
                reason=str(reason),
            )
        ) from reason


def raw_cells(description: ImageDescription, frame: int, read: Read) -> Pixels:
    """The cells of a native frame, (rows, columns), with the bits beyond Bits Stored still in.

    Raises:
        Undecodable: the frame is not native or not monochrome.
    """
    if description.transfer_syntax not in syntaxes.NATIVE or description.samples != 1:
        raise Undecodable("Only native pixel data keeps bits beside the stored ones.")
    data = _frame_bytes(description, frame, read)
    return arranged(description, native_cells(description, data, _first_bit(description, frame)))


def _decoded(description: ImageDescription, frame: int, data: bytes) -> Pixels:
    if description.transfer_syntax in syntaxes.NATIVE:
        return decode_native(description, data, _first_bit(description, frame))
    if not data:
        raise BadCodestream("the file holds no data for it")
    reasons = []
    for decoder in DECODERS[description.transfer_syntax]:
        try:
            return decoder(description, data)
        except Lie:
            raise
        except _FAILURES as failure:
            reasons.append(str(failure).rstrip(".") or "the data is damaged")
    raise BadCodestream(reasons[0])


def _frame_bytes(description: ImageDescription, frame: int, read: Read) -> bytes:
    spans = description.frame_spans(frame)
    most = 2 * description.frame_bits // 8 + _MOST_OVERHEAD
    if sum(length for _, length in spans) > most:
        raise BadCodestream("its data is far larger than the pixels it stands for")
    if description.deflated_at:
        inflating = Inflating(_chunks(description, read))
        parts = []
        for offset, length in spans:
            inflating.skip(offset - inflating.tell())
            parts.append(inflating.read(length))
    else:
        parts = [read(offset, length) for offset, length in spans]
    data = parts[0] if len(parts) == 1 else b"".join(parts)
    return swap_words(data) if description.word_swapped else data


def _chunks(description: ImageDescription, read: Read) -> Iterator[bytes]:
    begins = itertools.count(description.deflated_at, _CHUNK)
    for begin in itertools.takewhile(lambda at: at < description.source_length, begins):
        yield read(begin, min(_CHUNK, description.source_length - begin))


def _first_bit(description: ImageDescription, frame: int) -> int:
    """At which bit of its span's first byte a native frame begins."""
    if description.spans.encapsulated:
        return 0
    return frame * description.frame_bits % (16 if description.word_swapped else 8)


def _blank(description: ImageDescription) -> Pixels:
    shape = (description.rows, description.columns, 3)[: 2 if description.samples == 1 else 3]
    return np.full(shape, blank_value(description), cell_dtype(description))
