"""A picture in place of an image that cannot, or must not, be shown."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LONGEST = 512  # pixels; the browser stretches it
BAND = 32  # pixels, the width of a stripe


def placeholder(columns: int, rows: int) -> NDArray[np.uint8]:
    """Dim diagonal stripes, uint8 (h, w), in the proportions of the image it stands for."""
    reduction = min(1.0, LONGEST / max(columns, rows, 1))
    height, width = max(1, round(rows * reduction)), max(1, round(columns * reduction))
    diagonal = np.add.outer(np.arange(height), np.arange(width)) // BAND
    return np.where(diagonal % 2, 26, 20).astype(np.uint8)
