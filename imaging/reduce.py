"""Frames at half, a quarter, an eighth of their size: what a screen needs of a large image."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.grayscale import is_windowed
from imaging.instance import ImageDescription

Pixels = NDArray[Any]
MOST = 16  # the largest factor: beyond it there is nothing left to save


def is_reducible(description: ImageDescription) -> bool:
    """Whether the mean of neighbouring stored values means something.

    Not so for indices of a palette, labels and values before a modality table; an image with
    overlays or a shutter is left whole, because they are given in its own pixels.
    """
    if description.overlays or description.shutter or description.palette:
        return False
    if not is_windowed(description):
        return description.samples == 3 and not description.segmentation
    return all(grey.modality_lut is None for grey in description.greyscales)


def factor_for(description: ImageDescription, scale: float) -> int:
    """By how much (1, 2, 4 ... 16) stored pixels may be reduced first, for a picture of `scale`
    picture pixels an image pixel; at least one reduced pixel is left for each of the picture's.
    """
    if not is_reducible(description):
        return 1
    factor = 1
    while factor < MOST and factor * 2 * scale <= 1:
        factor *= 2
    return factor


def halved(pixels: Pixels, padding: tuple[float, ...] = ()) -> Pixels:
    """Means of two by two stored values, of the same dtype: (rows, columns[, 3]) to half of it,
    rounded up; the last row and column of an odd size count twice.

    Where a value of `padding` (lowest, highest) takes part there is no mean: the first value
    stands for all four, so that padding stays padding and never mixes with the image.
    """
    if any(odd := [size % 2 for size in pixels.shape[:2]]):
        edges = [(0, odd[0]), (0, odd[1])] + [(0, 0)] * (pixels.ndim - 2)
        pixels = np.pad(pixels, edges, mode="edge")
    whole = pixels.dtype.kind in "iu"
    wide: Any = (np.int32 if pixels.itemsize <= 2 else np.int64) if whole else pixels.dtype
    sums = pixels[0::2].astype(wide)
    sums += pixels[1::2]
    means = sums[:, 0::2] + sums[:, 1::2]
    if whole:
        means += 2
        means >>= 2
    else:
        means *= 0.25
    reduced: Pixels = means.astype(pixels.dtype)
    if padding:
        outside = (pixels >= padding[0]) & (pixels <= padding[1])
        mixed = outside[0::2, 0::2] | outside[0::2, 1::2]
        mixed |= outside[1::2, 0::2] | outside[1::2, 1::2]
        np.copyto(reduced, pixels[0::2, 0::2], where=mixed)
    return reduced


def reduced(pixels: Pixels, factor: int, padding: tuple[float, ...] = ()) -> Pixels:
    """Pixels halved until they are reduced by `factor` (1, 2, 4 ...)."""
    while factor > 1:
        pixels, factor = halved(pixels, padding), factor // 2
    return pixels
