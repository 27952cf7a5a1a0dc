"""JPEG of all processes (ITU-T T.81): baseline, extended and lossless (DICOM PS3.5 8.2.1)."""

from typing import Any

import numpy as np

from imaging.colour import ybr_full_to_rgb
from imaging.decoders import codecs
from imaging.decoders.agreement import checked, is_ybr, settled
from imaging.decoders.codestream import read_jpeg, with_whole_spectrum
from imaging.instance import ImageDescription

Samples = np.ndarray[Any, np.dtype[Any]]


def by_pillow(description: ImageDescription, data: bytes) -> Samples:
    """8 bits, with loss."""
    stream = checked(description, read_jpeg(data))
    ybr = is_ybr(description, stream)
    return settled(description, stream, codecs.pillow_jpeg(data, stream, ybr))


def by_libjpeg(description: ImageDescription, data: bytes) -> Samples:
    """Every process and depth."""
    stream = checked(description, read_jpeg(data))
    samples = codecs.libjpeg_any(data, stream)
    if is_ybr(description, stream):
        samples = ybr_full_to_rgb(samples, stream.precision)
    return settled(description, stream, samples)


def by_libjpeg_mended(description: ImageDescription, data: bytes) -> Samples:
    """Sequential processes, of devices that describe their scan wrongly."""
    return by_libjpeg(description, with_whole_spectrum(data))
