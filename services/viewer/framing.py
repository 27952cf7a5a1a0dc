"""How an image lies in its viewport: size, place, turn; and where a point of one is in the other.

Lengths on screen are CSS pixels from the viewport's top left corner; lengths in the image are
image pixels. `transform` maps the second to the first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from services.viewer.stack import Stack


@dataclass(frozen=True, slots=True)
class Framing:
    """The image of a stack in a viewport."""

    stack: Stack
    zoom: float = 1.0  # 1: the whole image fits
    pan_x: float = 0.0
    pan_y: float = 0.0
    quarter_turns: int = 0
    flipped: bool = False  # left and right, before it is turned
    width: float = 0.0
    height: float = 0.0

    @property
    def fit(self) -> float:
        """The scale at which the whole image fits."""
        across, down = float(self.stack.columns), self.stack.rows * self.stack.aspect
        if self.quarter_turns % 2:
            across, down = down, across
        if not (self.width and self.height):
            return 1.0
        return min(self.width / across, self.height / down)

    @property
    def scale(self) -> float:
        """CSS pixels for one image column."""
        return self.zoom * self.fit

    @property
    def transform(self) -> tuple[float, float, float, float, float, float]:
        """The CSS matrix(a, b, c, d, e, f) from image pixels to the viewport."""
        x_scale = self.scale * (-1 if self.flipped else 1)
        y_scale = self.scale * self.stack.aspect
        cos, sin = ((1, 0), (0, 1), (-1, 0), (0, -1))[self.quarter_turns]
        a, b, c, d = cos * x_scale, sin * x_scale, -sin * y_scale, cos * y_scale
        half_columns, half_rows = self.stack.columns / 2, self.stack.rows / 2
        e = self.width / 2 + self.pan_x - a * half_columns - c * half_rows
        f = self.height / 2 + self.pan_y - b * half_columns - d * half_rows
        return a, b, c, d, e, f

    def in_image(self, x: float, y: float) -> tuple[float, float]:
        """The image point (column, row; pixel centres at .5) under a point of the viewport."""
        a, b, c, d, e, f = self.transform
        determinant = a * d - b * c
        x, y = x - e, y - f
        return (d * x - c * y) / determinant, (a * y - b * x) / determinant

    def inside(self, x: float, y: float) -> tuple[float, float]:
        """`in_image`, or the nearest point of the image."""
        column, row = self.in_image(x, y)
        return min(max(column, 0.0), self.stack.columns), min(max(row, 0.0), self.stack.rows)

    def on_screen(self, column: float, row: float) -> tuple[float, float]:
        """Where a point of the image is in the viewport."""
        a, b, c, d, e, f = self.transform
        return a * column + c * row + e, b * column + d * row + f

    def visible_region(self) -> tuple[int, int, int, int]:
        """The part of the image on screen: left, top, width, height in image pixels."""
        corners = [self.in_image(x, y) for x in (0.0, self.width) for y in (0.0, self.height)]
        columns, rows = zip(*corners, strict=True)
        left, right = (
            max(0, math.floor(min(columns))),
            min(self.stack.columns, math.ceil(max(columns))),
        )
        top, bottom = max(0, math.floor(min(rows))), min(self.stack.rows, math.ceil(max(rows)))
        return left, top, max(right - left, 0), max(bottom - top, 0)
