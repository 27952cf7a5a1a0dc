"""The C libraries that decode in a process of their own; components as the codestream has them."""

from collections.abc import Callable
from typing import Any

import jpeg_ls
import libjpeg
import numpy as np
import openjpeg

Samples = np.ndarray[Any, np.dtype[Any]]


def _libjpeg(data: bytes) -> Samples:
    samples: Samples = libjpeg.decode(data, 0)  # type: ignore[attr-defined]
    return samples


def _charls(data: bytes) -> Samples:
    buffer, header = jpeg_ls.decode_buffer(data)
    samples = np.frombuffer(buffer, np.uint8 if header["bits_per_sample"] <= 8 else "<u2")
    rows, columns, components = header["height"], header["width"], header["components"]
    if components == 1:
        return samples.reshape(rows, columns)
    if header["interleave_mode"] == 0:
        return samples.reshape(components, rows, columns).transpose(1, 2, 0)
    return samples.reshape(rows, columns, components)


def _openjpeg(data: bytes) -> Samples:
    samples: Samples = openjpeg.decode(data)  # type: ignore[attr-defined]
    return samples


LIBRARIES: dict[str, Callable[[bytes], Samples]] = {
    "libjpeg": _libjpeg,
    "charls": _charls,
    "openjpeg": _openjpeg,
}
