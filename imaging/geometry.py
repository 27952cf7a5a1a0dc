"""Where slices lie in the patient: their order, their place, and letters for directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from imaging.instance import ImageDescription

LETTERS = (("R", "L"), ("A", "P"), ("F", "H"))  # towards smaller and larger x, y, z
WORTH_A_LETTER = 0.35  # a direction's share of a unit vector, about 20 degrees
PARALLEL = 0.99  # cosine between normals of slices of one stack
SAME_PLACE = 1e-3  # mm


@dataclass(frozen=True, slots=True)
class SlicePlace:
    """What is known of where an image lies: its number, three and six numbers or None (mm)."""

    number: int | None
    position: Sequence[float] | None
    orientation: Sequence[float] | None


def spatial_order(places: Sequence[SlicePlace]) -> list[int]:
    """The indices of `places` in the order to scroll through them.

    Along the normal where all have a place, are parallel and no two are in the same one; else by
    instance number, those without one last. The direction keeps to that of the numbers: the image
    numbered first comes first.
    """
    numbered = sorted(range(len(places)), key=lambda n: (_number(places[n]), n))
    distances = _distances(places)
    if distances is None:
        return numbered
    order = sorted(range(len(places)), key=lambda n: distances[n])
    gaps = [distances[b] - distances[a] for a, b in pairwise(order)]
    if any(gap < SAME_PLACE for gap in gaps):
        return numbered
    turned = distances[numbered[0]] > distances[numbered[-1]]
    return order[::-1] if turned else order


def slice_location(description: ImageDescription, frame: int) -> float | None:
    """How far along its normal a frame lies, in mm from the origin; None when unknown."""
    placement = description.placement(frame)
    if not (placement.position and placement.orientation):
        return None
    return float(np.dot(placement.position, normal(placement.orientation)))


def frame_letters(description: ImageDescription, frame: int) -> tuple[str, str, str, str] | None:
    """The patient directions at a frame's left, right, top and bottom edge (DICOM PS3.3
    C.7.6.1.1.1).

    One to three of L R A P H F each, the strongest first; None when the orientation is unknown.
    """
    axes = description.placement(frame).orientation
    if not axes:
        return None
    row, column = np.array(axes[:3]), np.array(axes[3:])
    return direction(-row), direction(row), direction(-column), direction(column)


def direction(vector: NDArray[np.float64]) -> str:
    """Letters of the patient direction of a unit vector, the strongest first."""
    strongest = np.argsort(-np.abs(vector), kind="stable")
    return "".join(
        LETTERS[axis][int(vector[axis] > 0)]
        for axis in strongest
        if abs(vector[axis]) >= WORTH_A_LETTER
    )


def normal(axes: Sequence[float]) -> NDArray[np.float64]:
    """The unit vector at a right angle to a slice with these row and column directions."""
    across = np.cross(np.array(axes[:3], float), np.array(axes[3:], float))
    return across / max(float(np.linalg.norm(across)), 1e-12)


def _number(place: SlicePlace) -> float:
    return float("inf") if place.number is None else place.number


def _distances(places: Sequence[SlicePlace]) -> list[float] | None:
    """Each slice's distance along the common normal; None when there is no such thing."""
    along: NDArray[np.float64] | None = None
    distances = []
    for place in places:
        if place.position is None or place.orientation is None:
            return None
        own = normal(place.orientation)
        along = own if along is None else along
        if float(np.dot(own, along)) < PARALLEL:
            return None
        distances.append(float(np.dot(np.array(place.position, float), along)))
    return distances
