"""What a display shutter leaves visible (DICOM PS3.3 C.7.6.11)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from imaging.modules import Shutter


def open_part(shutter: Shutter, region: tuple[int, int, int, int]) -> NDArray[np.bool_]:
    """(height, width) of `region` (left, top, width, height): True where the image is visible.

    Several shapes leave visible what lies inside all of them.
    """
    left, top, width, height = region
    visible = np.ones((height, width), np.bool_)
    columns = np.arange(left, left + width)
    rows = np.arange(top, top + height)
    if shutter.rectangle:
        first_column, first_row, last_column, last_row = shutter.rectangle
        visible &= ((rows >= first_row) & (rows <= last_row))[:, None]
        visible &= (columns >= first_column) & (columns <= last_column)
    if shutter.circle:
        row, column, radius = shutter.circle
        visible &= (rows[:, None] - row) ** 2 + (columns - column) ** 2 <= radius**2
    if shutter.polygon:
        visible &= _inside(shutter.polygon, left, top, width, height)
    return visible


def _inside(polygon: tuple[int, ...], left: int, top: int, width: int, height: int) -> NDArray[Any]:
    canvas = Image.new("1", (width, height))
    corners = [
        (column - left, row - top) for row, column in zip(polygon[0::2], polygon[1::2], strict=True)
    ]
    ImageDraw.Draw(canvas).polygon(corners, fill=1)
    return np.asarray(canvas)
