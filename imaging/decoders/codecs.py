"""Compressed frames to sample arrays, by libraries; each takes the frame's bytes and its checked
header.

Every decoder returns (rows, columns) or (rows, columns, components), samples as the codestream
holds them.
"""

import io
from typing import Any

import numpy as np
from PIL import Image

from imaging.decoders.apart import decoded_apart
from imaging.decoders.codestream import BadCodestream, Codestream

Samples = np.ndarray[Any, np.dtype[Any]]


def pillow_jpeg(data: bytes, stream: Codestream, ybr: bool) -> Samples:
    """8-bit JPEG by libjpeg-turbo; a codestream that breaks off is filled up with what came before.

    Three components become RGB if `ybr` says that they are YCbCr, and stay untouched otherwise.
    """
    if stream.precision != 8:
        raise BadCodestream(f"it has {stream.precision} bits a sample, not 8")
    # without an end marker the library waits for more and gives nothing
    whole = data if data.rstrip(b"\0")[-2:] == b"\xff\xd9" else data + b"\xff\xd9"
    with Image.open(io.BytesIO(whole), formats=("JPEG",)) as picture:
        known_rgb = stream.adobe == 0 or stream.component_ids == tuple(b"RGB")
        if stream.components == 3 and not ybr and not known_rgb:
            # the library takes unmarked components for YCbCr: asked for that, it leaves them alone
            picture.draft("YCbCr", picture.size)
        return np.asarray(picture)


def libjpeg_any(data: bytes, stream: Codestream) -> Samples:
    """JPEG of any process, and JPEG-LS, by libjpeg; components untouched."""
    return decoded_apart("libjpeg", data, _decoded_bytes(stream))


def charls(data: bytes, stream: Codestream) -> Samples:
    """JPEG-LS by CharLS."""
    return decoded_apart("charls", data, _decoded_bytes(stream))


def openjpeg_any(data: bytes, stream: Codestream) -> Samples:
    """JPEG 2000 and HTJ2K by OpenJPEG; mixed components come back unmixed."""
    return decoded_apart("openjpeg", data, _decoded_bytes(stream))


def pillow_jpeg_2000(data: bytes, stream: Codestream) -> Samples:
    """JPEG 2000 of 8 bits by Pillow's own OpenJPEG."""
    if stream.precision != 8 or stream.signed:
        raise BadCodestream("it has more than 8 bits a sample")
    with Image.open(io.BytesIO(data), formats=("JPEG2000",)) as picture:
        return np.asarray(picture)


def _decoded_bytes(stream: Codestream) -> int:
    return stream.rows * stream.columns * stream.components * (2 if stream.precision > 8 else 1)
