"""JPEG 2000 and High-Throughput JPEG 2000 (ITU-T T.800, T.814, DICOM PS3.5 8.2.4, 8.2.14)."""

from typing import Any

import numpy as np

from imaging.decoders import codecs
from imaging.decoders.agreement import checked, settled
from imaging.decoders.codestream import read_jpeg_2000
from imaging.decoders.native import as_rgb
from imaging.instance import ImageDescription

Samples = np.ndarray[Any, np.dtype[Any]]


def by_openjpeg(description: ImageDescription, data: bytes) -> Samples:
    stream = checked(description, read_jpeg_2000(data))
    samples = settled(description, stream, codecs.openjpeg_any(data, stream))
    # mixed components come back as RGB, whatever older name the data set still gives them
    return samples if stream.mixed else as_rgb(description, samples)


def by_pillow(description: ImageDescription, data: bytes) -> Samples:
    """8 bits only."""
    stream = checked(description, read_jpeg_2000(data))
    samples = settled(description, stream, codecs.pillow_jpeg_2000(data, stream))
    return samples if stream.mixed else as_rgb(description, samples)
