"""Several parallel planes seen as one: what a slab of a volume shows."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Plane = NDArray[Any]


class Projection(StrEnum):
    """What stands for the values along a line of sight."""

    MAXIMUM = "MIP"
    MINIMUM = "MinIP"
    AVERAGE = "Average"


class Collected:
    """Planes added one by one; where a plane is `empty`, below every value, it does not count.

    `padded` says whether any may be empty anywhere.
    """

    def __init__(self, projection: Projection, empty: float, *, padded: bool) -> None:
        self._projection = projection
        self._empty = empty
        self._padded = padded
        self._sofar: Plane | None = None
        self._counted: Plane | int = 0

    def add(self, plane: Plane) -> None:
        """One more plane, of the shape of the others."""
        match self._projection:
            case Projection.MAXIMUM:
                if self._sofar is None:
                    self._sofar = plane.copy()
                else:
                    self._sofar = np.maximum(self._sofar, plane)
            case Projection.MINIMUM:
                if self._padded:
                    # what is empty must not win; float32 holds every int16 exactly
                    plane = np.where(plane == self._empty, np.float32(np.inf), plane)
                self._sofar = (
                    plane.copy() if self._sofar is None else np.minimum(self._sofar, plane)
                )
            case Projection.AVERAGE:
                self._add_up(plane)

    def settled(self) -> Plane:
        """What is seen of all planes: averages as float32 (float64 of planes of float64).

        Raises:
            ValueError: none was added.
        """
        seen = self._sofar
        if seen is None:
            raise ValueError("A slab has one plane at least.")
        if self._projection is Projection.MINIMUM and self._padded:
            seen[np.isposinf(seen)] = self._empty
        if self._projection is Projection.AVERAGE:
            kind = np.float64 if self._kind == np.float64 else np.float32
            mean = (seen / np.maximum(self._counted, 1)).astype(kind)
            if isinstance(self._counted, np.ndarray):
                mean[self._counted == 0] = self._empty
            return mean
        return seen

    def _add_up(self, plane: Plane) -> None:
        if self._sofar is None:
            self._kind = plane.dtype
            # sums of 65,536 int16 values are exact in int32
            exact = np.int32 if plane.dtype == np.int16 else np.float64
            self._sofar = np.zeros(plane.shape, exact)
            if self._padded:
                self._counted = np.zeros(plane.shape, np.int32)
        if isinstance(self._counted, np.ndarray):
            known = plane != self._empty
            np.add(self._sofar, plane, out=self._sofar, where=known)
            self._counted += known
        else:
            self._sofar += plane
            self._counted += 1
