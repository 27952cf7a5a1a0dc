"""Where a codestream and its data set must agree, and which one counts where they do not."""

from typing import Any

import numpy as np

from imaging import transfer_syntax as syntaxes
from imaging.cells import cell_dtype, extended, stored_values
from imaging.decoders.codestream import BadCodestream, Codestream
from imaging.instance import ImageDescription

Pixels = np.ndarray[Any, np.dtype[Any]]
_JPEG_LOSSLESS = (syntaxes.JPEG_LOSSLESS, syntaxes.JPEG_LOSSLESS_FIRST_ORDER)


class Lie(BadCodestream):
    """The codestream contradicts the data set: no other decoder may try it."""


def checked(description: ImageDescription, stream: Codestream) -> Codestream:
    """The header, if it agrees with the data set (DICOM PS3.5 8.2)."""
    if (stream.columns, stream.rows) != (description.columns, description.rows):
        raise Lie(
            f"its codestream says {stream.columns} × {stream.rows} pixels, "
            f"the data set {description.columns} × {description.rows}"
        )
    if stream.components != description.samples:
        raise Lie(
            f"its codestream says {stream.components} samples a pixel, "
            f"the data set {description.samples}"
        )
    if stream.precision > max(description.bits_allocated, 8):
        raise Lie(
            f"its codestream says {stream.precision} bits a sample, "
            f"the data set {description.bits_allocated}"
        )
    return stream


def is_ybr(description: ImageDescription, stream: Codestream) -> bool:
    """Whether a JPEG's three components are YCbCr: its markers know better than the data set."""
    if stream.components != 3:
        return False
    if stream.adobe >= 0:
        return stream.adobe != 0
    if stream.component_ids == tuple(b"RGB"):
        return False
    return stream.jfif or description.photometric != "RGB"


def settled(description: ImageDescription, stream: Codestream, samples: Pixels) -> Pixels:
    """A decoder's samples in the data set's dtype and signedness."""
    expected = (description.rows, description.columns, 3)[: 2 if description.samples == 1 else 3]
    if samples.shape != expected:
        raise Lie(f"it decodes to {samples.shape}, not {expected}")
    dtype = cell_dtype(description)
    if description.bits_allocated == 1:
        bits: Pixels = (samples != 0).astype(dtype)
        return bits
    if description.signed and not stream.signed:
        # JPEG knows no sign: two's complement of the stored bits comes as an unsigned number
        return extended(samples.astype(dtype), min(stream.precision, description.bits_stored))
    if stream.signed and not description.signed:
        unsigned: Pixels = samples.astype(dtype) & dtype.type((1 << stream.precision) - 1)
        return unsigned
    if description.transfer_syntax in _JPEG_LOSSLESS and stream.precision > description.bits_stored:
        return stored_values(description, samples.astype(dtype))
    return samples.astype(dtype, copy=False)
