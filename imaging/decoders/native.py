"""Uncompressed frames (DICOM PS3.5 8.1.1, A.4.11), and what other decoders' bytes become."""

from typing import Any

import numpy as np

from imaging.cells import arranged, blank_value, native_cells, stored_values
from imaging.colour import spread_422, ybr_full_to_rgb, ybr_partial_to_rgb
from imaging.instance import ImageDescription

Pixels = np.ndarray[Any, np.dtype[Any]]


def decode_native(description: ImageDescription, data: bytes, first_bit: int = 0) -> Pixels:
    """The frame whose first bit is bit `first_bit` of the data; what is missing is blank."""
    cells = stored_values(description, native_cells(description, data, first_bit))
    present = max(len(data) * 8 - first_bit, 0) // description.bits_allocated
    if present < cells.size and description.padding:
        cells = cells.copy()
        cells[present:] = blank_value(description)
    if description.subsampled:
        return as_rgb(description, spread_422(cells, description.rows, description.columns))
    return as_rgb(description, arranged(description, cells))


def uncompressed(description: ImageDescription, data: bytes) -> Pixels:
    """A frame that is encapsulated, yet as it is."""
    return decode_native(description, data)


def as_rgb(description: ImageDescription, samples: Pixels) -> Pixels:
    """Samples that no codec has touched in RGB, by the photometric interpretation (DICOM PS3.3
    C.7.6.3.1.2).
    """
    if description.photometric in ("YBR_FULL", "YBR_FULL_422"):
        return ybr_full_to_rgb(samples, description.bits_stored)
    if description.photometric.startswith("YBR_PARTIAL") and samples.dtype == np.uint8:
        return ybr_partial_to_rgb(samples)
    return samples
