"""Smooth random fields, tubes and discs: what the bodies are drawn with."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Field = NDArray[np.float32]


def smooth(field: Field, passes: int) -> Field:
    """A field blurred by `passes` 3 × 3 binomial filters; the shape stays."""
    for _ in range(passes):
        for axis in (0, 1):
            before, after = np.roll(field, 1, axis), np.roll(field, -1, axis)
            field = 0.25 * before + 0.5 * field + 0.25 * after
    return field


def waves(rng: np.random.Generator, shape: tuple[int, int], cells: int) -> Field:
    """Smooth random field of standard deviation about 1, with `cells` bumps along each side."""
    coarse = rng.standard_normal((cells, cells)).astype(np.float32)
    return resized(coarse, shape[1], shape[0])


def resized(field: Field, width: int, height: int) -> Field:
    """The field interpolated to another size (bicubic)."""
    picture = Image.fromarray(field).resize((width, height), Image.Resampling.BICUBIC)
    return np.asarray(picture, np.float32)


def noise(rng: np.random.Generator, size: int, sigma: float) -> Field:
    """CT-like noise: grainy, correlated over about two pixels, of standard deviation `sigma`."""
    grain = rng.standard_normal((size, size)).astype(np.float32)
    blurred = smooth(grain, 1)
    band = blurred - 0.6 * smooth(blurred, 3)
    return band * np.float32(sigma / band.std())


@dataclass(frozen=True)
class Tube:
    """Points along a tube: x, y, z in mm and the radius in mm, (n, 4)."""

    points: Field

    @classmethod
    def along(cls, corners: Sequence[tuple[float, float, float, float]], step: float = 1.0) -> Tube:
        """A tube through corners of (x, y, z, radius), rounded where it bends."""
        given = np.array(corners, np.float32)
        if len(given) > 2:
            for _ in range(3):  # Chaikin's corner cutting
                near, far = (
                    0.75 * given[:-1] + 0.25 * given[1:],
                    0.25 * given[:-1] + 0.75 * given[1:],
                )
                middle = np.stack([near, far], 1).reshape(-1, 4)
                given = np.concatenate([given[:1], middle, given[-1:]])
        pieces = []
        for start, end in pairwise(given):
            count = max(2, int(math.dist(start[:3], end[:3]) / step) + 1)
            share = np.arange(count, dtype=np.float32) / np.float32(count - 1)
            pieces.append(start + (end - start) * share[:, None])
        return cls(np.concatenate(pieces))


def merged(tubes: list[Tube]) -> Tube:
    """Several tubes as one."""
    return Tube(np.concatenate([tube.points for tube in tubes]))


class Plane:
    """One slice to draw on: `x` and `y` are the pixels' places in mm, `z` the slice's."""

    def __init__(self, x: Field, y: Field, z: float) -> None:
        self.x, self.y, self.z = x, y, z
        self.values = np.full(x.shape, -1000, np.float32)
        self._step = float(x[0, 1] - x[0, 0])
        self._left, self._top = float(x[0, 0]), float(y[0, 0])

    def bent(self, dx: Field, dy: Field) -> Plane:
        """The same slice seen through a bend of so many mm: what is drawn on it is less round."""
        bent = Plane(self.x + dx, self.y + dy, self.z)
        bent.values = self.values
        return bent

    def ellipsoid(
        self,
        center: tuple[float, float, float],
        radii: tuple[float, float, float],
        turn: float = 0.0,
    ) -> NDArray[np.bool_]:
        """Where an ellipsoid cuts the slice; `turn` radians about the z axis."""
        flat = 1 - ((self.z - center[2]) / radii[2]) ** 2
        if flat <= 0:
            return np.zeros(self.x.shape, np.bool_)
        dx, dy = self.x - center[0], self.y - center[1]
        if turn:
            cos, sin = np.float32(np.cos(turn)), np.float32(np.sin(turn))
            dx, dy = dx * cos + dy * sin, dy * cos - dx * sin
        return (dx / radii[0]) ** 2 + (dy / radii[1]) ** 2 < flat

    def tube(self, tube: Tube, value: float, *, shrink: float = 0.0) -> None:
        """Draw where tubes cut the slice; `shrink` mm thinner.

        Soft at the rim: a pixel that is covered in part takes a part of the value. A value above
        that of water brightens only, one below replaces what is there.
        """
        points, radius = tube.points, tube.points[:, 3] - shrink
        depth = np.abs(points[:, 2] - self.z)
        hit = depth < radius
        if not hit.any():
            return
        x, y = points[hit, 0], points[hit, 1]
        cut = np.sqrt(radius[hit] ** 2 - depth[hit] ** 2)
        stays = np.ones(self.values.shape, np.float32)  # of what was there
        span = (cut / self._step).astype(np.intp) + 1
        for wide in np.unique(span):
            self._cover(stays, x[span == wide], y[span == wide], cut[span == wide], int(wide))
        drawn = value + (self.values - value) * stays
        self.values[:] = np.maximum(self.values, drawn) if value > 0 else drawn

    def _cover(self, stays: Field, x: Field, y: Field, cut: Field, wide: int) -> None:
        """Discs about (x, y) of radius `cut`, none wider than `wide` pixels, all (n,)."""
        reach = np.arange(-wide, wide + 2)
        x, y, cut = x[:, None, None], y[:, None, None], cut[:, None, None]
        columns = ((x - self._left) / self._step).astype(np.intp) + reach[None, None, :]
        rows = ((y - self._top) / self._step).astype(np.intp) + reach[None, :, None]
        height, width = stays.shape
        outside = (rows < 0) | (rows >= height) | (columns < 0) | (columns >= width)
        rows, columns = np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)
        away = np.sqrt((self.x[rows, columns] - x) ** 2 + (self.y[rows, columns] - y) ** 2)
        cover = np.clip((cut - away) / self._step + 0.5, 0, 1)
        cover[outside] = 0
        np.multiply.at(stays, (rows, columns), 1 - cover)
