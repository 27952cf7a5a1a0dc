"""One frame's stored values, from the bytes of its file.

The table at the end of this module says which decoders read which transfer syntax, in the order
they are tried.
"""

import itertools
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from PIL import Image

from imaging import transfer_syntax as syntaxes
from imaging.cells import (
    arranged,
    blank_value,
    cell_dtype,
    native_cells,
    stored_values,
    swap_words,
)
from imaging.colour import spread_422, ybr_full_to_rgb, ybr_partial_to_rgb
from imaging.decoders import codecs, rle
from imaging.decoders.agreement import Lie, checked, is_ybr, settled
from imaging.decoders.codestream import BadCodestream, Codestream, read_jpeg, read_jpeg_2000
from imaging.inflating import Inflating, Unlocatable
from imaging.instance import ImageDescription

__all__ = ["Undecodable", "decode", "is_decodable", "raw_cells"]

Pixels = np.ndarray[Any, np.dtype[Any]]
Read = Callable[[int, int], bytes]
_Decoder = Callable[[ImageDescription, bytes], Pixels]
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
    return transfer_syntax in syntaxes.NATIVE or transfer_syntax in _DECODERS


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
            f"This {name} image has {description.frames} frames: there is no frame {frame + 1}."
        )
    if not is_decodable(description.transfer_syntax):
        raise Undecodable(f"Images stored as {name} cannot be shown.")
    try:
        data = _frame_bytes(description, frame, read)
        if not data and description.truncated:
            return _blank(description)
        return _decoded(description, frame, data)
    except (BadCodestream, Unlocatable) as reason:
        raise Undecodable(
            f"Frame {frame + 1} of this {name} image cannot be decoded: {reason}."
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
        return _native(description, data, _first_bit(description, frame))
    if not data:
        raise BadCodestream("the file holds no data for it")
    reasons = []
    for decoder in _DECODERS[description.transfer_syntax]:
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


def _native(description: ImageDescription, data: bytes, first_bit: int = 0) -> Pixels:
    cells = stored_values(description, native_cells(description, data, first_bit))
    present = max(len(data) * 8 - first_bit, 0) // description.bits_allocated
    if present < cells.size and description.padding:
        cells = cells.copy()
        cells[present:] = blank_value(description)
    if description.subsampled:
        spread = spread_422(cells, description.rows, description.columns)
        return _rgb(description, spread)
    return _rgb(description, arranged(description, cells))


def _rgb(description: ImageDescription, samples: Pixels) -> Pixels:
    """Native samples in RGB, whatever the photometric interpretation calls them."""
    if description.photometric in ("YBR_FULL", "YBR_FULL_422"):
        return ybr_full_to_rgb(samples, description.bits_stored)
    if description.photometric.startswith("YBR_PARTIAL") and samples.dtype == np.uint8:
        return ybr_partial_to_rgb(samples)
    return samples


def _uncompressed(description: ImageDescription, data: bytes) -> Pixels:
    return _native(description, data)


def _rle(description: ImageDescription, data: bytes) -> Pixels:
    rows, columns, samples = description.rows, description.columns, description.samples
    if description.bits_allocated == 1:
        (plane,) = rle.unpack_rle(data, -(-rows * columns // 8), 1)
        return _native(description, plane)
    size = description.bits_allocated // 8
    planes = rle.unpack_rle(data, rows * columns, samples * size)
    cells = rle.interleave(planes, rows, columns, samples, size).view(cell_dtype(description))
    return _rgb(description, stored_values(description, cells))


def _deflated_frame(description: ImageDescription, data: bytes) -> Pixels:
    return _native(description, rle.inflate(data, -(-description.frame_bits // 8)))


def _jpeg_by_pillow(description: ImageDescription, data: bytes) -> Pixels:
    stream = checked(description, read_jpeg(data))
    return settled(
        description, stream, codecs.pillow_jpeg(data, stream, is_ybr(description, stream))
    )


def _jpeg_by_libjpeg(description: ImageDescription, data: bytes) -> Pixels:
    stream = checked(description, read_jpeg(data))
    samples = codecs.libjpeg_any(data, stream)
    if is_ybr(description, stream):
        samples = ybr_full_to_rgb(samples, stream.precision)
    return settled(description, stream, samples)


def _jpeg_ls_by(library: Callable[[bytes, Codestream], Pixels]) -> _Decoder:
    def decoder(description: ImageDescription, data: bytes) -> Pixels:
        stream = checked(description, read_jpeg(data))
        return _rgb(description, settled(description, stream, library(data, stream)))

    return decoder


def _jpeg_2000_by(library: Callable[[bytes, Codestream], Pixels]) -> _Decoder:
    def decoder(description: ImageDescription, data: bytes) -> Pixels:
        stream = checked(description, read_jpeg_2000(data))
        samples = settled(description, stream, library(data, stream))
        # mixed components come back as RGB, whatever older name the data set still gives them
        return samples if stream.mixed else _rgb(description, samples)

    return decoder


_JPEG_LS: tuple[_Decoder, ...] = (
    _jpeg_ls_by(codecs.charls),
    _jpeg_ls_by(codecs.libjpeg_any),
)
_JPEG_2000: tuple[_Decoder, ...] = (
    _jpeg_2000_by(codecs.openjpeg_any),
    _jpeg_2000_by(codecs.pillow_jpeg_2000),
)
_DECODERS: dict[str, tuple[_Decoder, ...]] = {
    syntaxes.ENCAPSULATED_UNCOMPRESSED: (_uncompressed,),
    syntaxes.DEFLATED_FRAMES: (_deflated_frame,),
    syntaxes.RLE: (_rle,),
    syntaxes.JPEG_BASELINE: (_jpeg_by_pillow, _jpeg_by_libjpeg),
    syntaxes.JPEG_EXTENDED: (_jpeg_by_pillow, _jpeg_by_libjpeg),
    syntaxes.JPEG_LOSSLESS: (_jpeg_by_libjpeg,),
    syntaxes.JPEG_LOSSLESS_FIRST_ORDER: (_jpeg_by_libjpeg,),
    syntaxes.JPEG_LS: _JPEG_LS,
    syntaxes.JPEG_LS_NEAR: _JPEG_LS,
    syntaxes.JPEG_2000_LOSSLESS: _JPEG_2000,
    syntaxes.JPEG_2000: _JPEG_2000,
    syntaxes.HTJ2K_LOSSLESS: _JPEG_2000[:1],
    syntaxes.HTJ2K_LOSSLESS_RPCL: _JPEG_2000[:1],
    syntaxes.HTJ2K: _JPEG_2000[:1],
}
