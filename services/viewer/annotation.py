"""An annotation: something drawn on one image, as a value.

Points are in image pixels as in `imaging.measure`: x to the right, y down, pixel centres at .5.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from imaging.measure import Point
from services.exam.exams import Slice

CORNERS = 48  # of the polygon that an ellipse is drawn as


class Kind(StrEnum):
    """What was drawn."""

    LENGTH = "length"
    ANGLE = "angle"
    RECTANGLE = "rectangle"
    ELLIPSE = "ellipse"
    PROBE = "probe"
    ARROW = "arrow"
    TEXT = "text"

    @property
    def points(self) -> int:
        """How many points one has."""
        return {Kind.ANGLE: 3, Kind.PROBE: 1, Kind.TEXT: 1}.get(self, 2)

    @property
    def worded(self) -> bool:
        """Whether it says what its author wrote, rather than what was measured."""
        return self in (Kind.ARROW, Kind.TEXT)


@dataclass(frozen=True, slots=True)
class Shape:
    """What is drawn on which image.

    The points of an angle are an end, the vertex, the other end; of an arrow its tip, then its
    tail; of a rectangle or ellipse two opposite corners of the box around it.
    """

    kind: Kind
    where: Slice
    points: tuple[Point, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Annotation:
    """A shape that is kept, under a key that stays when it is changed, deleted and brought back."""

    key: str
    shape: Shape


def outline(shape: Shape) -> tuple[Point, ...]:
    """The line to draw, as its corners in image pixels; closed shapes end where they begin."""
    if shape.kind not in (Kind.RECTANGLE, Kind.ELLIPSE):
        return shape.points
    (left, top), (right, bottom) = shape.points
    if shape.kind is Kind.RECTANGLE:
        return (left, top), (right, top), (right, bottom), (left, bottom), (left, top)
    middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
    turns = (2 * math.pi * corner / CORNERS for corner in range(CORNERS + 1))
    return tuple(
        (middle_x + (right - left) / 2 * math.cos(t), middle_y + (bottom - top) / 2 * math.sin(t))
        for t in turns
    )
