"""A head, slice by slice: tissues as labels, then how T1, T2, FLAIR or CT show them.

Places are in mm: x to the patient's left, y to the back, z to the head, 0 through the ventricles.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.phantom.fields import Field, Plane, smooth, waves

SIZE = 256
FIELD_OF_VIEW = 240.0
AIR, SCALP, SKULL, DIPLOE, CSF, GREY, WHITE, NUCLEUS, LESION, EYE, FACE = range(11)
# signal of each tissue, in the order above
SIGNALS = {
    "T1": (8, 880, 70, 420, 130, 430, 640, 480, 400, 180, 420),
    "T2": (8, 560, 60, 300, 980, 560, 390, 430, 800, 960, 330),
    "FLAIR": (8, 480, 60, 240, 70, 560, 420, 450, 900, 120, 330),
    "CT": (-1000, 20, 1150, 560, 6, 38, 29, 36, 24, 12, 45),
}
DEEP = ((26, 6, 22), (58, 4, -6), (30, -12, 24), (-27, 22, 26), (24, 30, 14))


class Head:
    """One person's head."""

    def __init__(self, seed: int, *, lesions: bool = True, atrophy: float = 1.0) -> None:
        rng = np.random.default_rng(seed)
        axis = (np.arange(SIZE, dtype=np.float32) - SIZE / 2 + 0.5) * np.float32(
            FIELD_OF_VIEW / SIZE
        )
        self._x, self._y = np.meshgrid(axis, axis)
        self._folds = [waves(rng, (SIZE, SIZE), 25) for _ in range(7)]
        self._warps = [waves(rng, (SIZE, SIZE), 5) for _ in range(4)]
        self._bias = waves(rng, (SIZE, SIZE), 3)
        self._lesions, self._atrophy = lesions, atrophy

    def slice(self, z: float, weighting: str) -> Field:
        """The slice at height z as T1, T2, FLAIR (signal) or CT (HU), (256, 256), without noise."""
        signal = np.array(SIGNALS[weighting], np.float32)[self._labels(z)]
        if weighting == "CT":
            return smooth(signal, 1)
        return smooth(signal, 1) * (1 + 0.07 * self._bias)

    def _mixed(self, fields: list[Field], place: float) -> Field:
        at = place % len(fields)
        share = np.float32(at - int(at))
        return fields[int(at)] * (1 - share) + fields[(int(at) + 1) % len(fields)] * share

    def _labels(self, z: float) -> NDArray[np.uint8]:
        warp = self._mixed(self._warps, z / 40 + 9)
        plane = Plane(self._x + 2.2 * warp, self._y + 2.0 * np.roll(warp, 40, 0), z)
        labels = np.full(plane.x.shape, AIR, np.uint8)
        height = float(np.sqrt(max(1 - ((z + 8) / 94) ** 2, 0.02)))
        a, b = 75 * height**0.8, 95 * height**0.8
        egg = 1 - 0.1 * np.clip(-plane.y / 95, 0, 1)
        depth = (1 - np.hypot(plane.x / (a * egg), plane.y / b)) * min(a, b)
        labels[depth > 0] = SCALP
        labels[depth > 5.5] = SKULL
        labels[(depth > 7.4) & (depth < 10.2)] = DIPLOE
        labels[depth > 12.5] = CSF
        self._brain(plane, labels, depth - 14)
        if z < -34:
            self._base(plane, labels)
        return labels

    def _brain(self, plane: Plane, labels: NDArray[np.uint8], depth: Field) -> None:
        z, x, y = plane.z, plane.x, plane.y
        folds = self._mixed(self._folds, z / 17 + 30)
        falx = (np.abs(x) < 1.3) & (z > -15)
        wide = 0.075 * self._atrophy
        sulcus = (np.abs(folds) < wide * np.clip(1.6 - depth / 14, 0, 1.6)) & (depth < 19)
        brain = (depth > 0.6) & ~falx
        cortex = brain & (
            (depth < 3.6)
            | ((np.abs(folds) < 0.31 * np.clip(1.5 - depth / 17, 0, 1.3)) & (depth < 21))
        )
        labels[brain] = WHITE
        labels[cortex] = GREY
        labels[sulcus & brain] = CSF
        labels[
            (np.abs(x) < 6.5)
            & (np.abs(x) > 1.3)
            & (depth < 26)
            & (np.abs(y) > 34)
            & brain
            & (z > 0)
        ] = GREY
        sylvian = np.abs(np.abs(x) - 47 - 0.1 * y + 3 * folds) < 2.4 * self._atrophy
        labels[sylvian & (np.abs(y + 12) < 20) & (np.abs(z + 4) < 22) & brain] = CSF
        self._deep(plane, labels)
        if self._lesions:
            for px, py, pz in DEEP:
                labels[plane.ellipsoid((px, py, pz), (2.8, 3.4, 5)) & (labels == WHITE)] = LESION

    def _deep(self, plane: Plane, labels: NDArray[np.uint8]) -> None:
        grown = 0.85 + 0.15 * self._atrophy
        for side in (-1, 1):
            for place, radii, turn, tissue in (
                ((side * 23, -8, -2), (8, 21, 15), side * -0.35, NUCLEUS),
                ((side * 13, 14, 2), (9, 14, 12), side * 0.5, NUCLEUS),
                ((side * 13, -22, 10), (6, 10, 15), side * -0.3, NUCLEUS),
                ((side * 7.5 * grown, -22, 10), (5 * grown, 15, 15), side * -0.32, CSF),
                ((side * 9 * grown, 6, 20), (5.5 * grown, 32, 9), side * 0.16, CSF),
                ((side * 22 * grown, 34, 6), (6.5 * grown, 19, 13), side * 0.4, CSF),
                ((side * 31, 14, -22), (4, 16, 6), side * 0.6, CSF),
            ):
                labels[plane.ellipsoid(place, radii, turn)] = tissue
        labels[plane.ellipsoid((0, 6, -6), (2.2, 13, 13))] = CSF
        labels[plane.ellipsoid((0, 6, 22), (9, 30, 3))] = WHITE

    def _base(self, plane: Plane, labels: NDArray[np.uint8]) -> None:
        z, x, y = plane.z, plane.x, plane.y
        inner = np.isin(labels, (GREY, WHITE, CSF, NUCLEUS))
        petrous = (
            inner & (np.abs(np.abs(x) * 0.72 + y - 20 - (z + 60) * 0.3) < 6) & (np.abs(x) > 16)
        )
        back = inner & (y > 22)
        leaf = np.abs(np.mod(y * 0.9 + np.abs(x) * 0.55 + 2 * self._folds[1], 6.2) - 3.1) < 1.0
        labels[back] = GREY
        labels[back & leaf] = WHITE
        labels[plane.ellipsoid((0, 44, -55), (6, 7, 12))] = CSF
        labels[plane.ellipsoid((0, 18, -60), (16, 17, 34))] = WHITE
        if z < -46:
            labels[petrous] = SKULL
            front = inner & (y < -18) & (np.abs(x) < 50)
            labels[front] = FACE
            for side in (-1, 1):
                labels[plane.ellipsoid((side * 31, -52, -58), (18, 20, 17))] = SCALP
                labels[plane.ellipsoid((side * 31, -56, -58), (12, 12, 12))] = EYE
                labels[plane.ellipsoid((side * 29, -34, -58), (3, 14, 3))] = NUCLEUS
            nose = (np.abs(x) < 13) & (y < -34) & (y > -66)
            labels[nose] = AIR
            labels[nose & (np.abs(np.mod(np.abs(x), 6) - 3) < 0.9)] = SKULL
