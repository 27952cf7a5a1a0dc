"""The frame of a trunk: how large it is, where the chest's wall and the diaphragm are."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from imaging.phantom.fields import Field

SIZE = 256
SPACING = 400 / SIZE  # mm
DOME_RIGHT, DOME_LEFT = 222.0, 208.0  # mm, the tops of the diaphragm
FAT, MUSCLE = -104.0, 58.0  # HU


@dataclass(frozen=True)
class Build:
    """What makes one body differ from another."""

    seed: int
    width: float = 168.0
    depth: float = 114.0
    fat: float = 17.0
    contrast: float = 1.0
    nodule: bool = True


def cage(build: Build, z: float) -> tuple[float, float]:
    """Half width and half depth of the inside of the chest at a height."""
    high = np.clip((z - 285) / 118, 0, 1)
    low = np.clip((150 - z) / 150, 0, 1)
    taper = float(np.sqrt(max(1 - high**2.4, 0.03)))
    grown = 1 - 0.06 * float(low)
    scale = build.width / 168
    return 136 * taper * grown * scale, 90 * (0.45 + 0.55 * taper) * grown * build.depth / 114


def dome(x: float | Field, y: float | Field) -> float | Field:
    """The height of the diaphragm over a place."""
    right = DOME_RIGHT - ((x + 68) / 66) ** 2 * 34 - ((y + 16) / 74) ** 2 * 40
    left = DOME_LEFT - ((x - 70) / 62) ** 2 * 34 - ((y + 16) / 74) ** 2 * 40
    return np.maximum(right, left)
