"""JPEG-LS, lossless and near-lossless (ITU-T T.87, DICOM PS3.5 8.2.3)."""

from typing import Any

import numpy as np

from imaging.decoders import codecs
from imaging.decoders.agreement import checked, settled
from imaging.decoders.codestream import read_jpeg
from imaging.decoders.native import as_rgb
from imaging.instance import ImageDescription

Samples = np.ndarray[Any, np.dtype[Any]]


def by_charls(description: ImageDescription, data: bytes) -> Samples:
    stream = checked(description, read_jpeg(data))
    return as_rgb(description, settled(description, stream, codecs.charls(data, stream)))


def by_libjpeg(description: ImageDescription, data: bytes) -> Samples:
    stream = checked(description, read_jpeg(data))
    return as_rgb(description, settled(description, stream, codecs.libjpeg_any(data, stream)))
