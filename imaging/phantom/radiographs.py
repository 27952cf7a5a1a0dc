"""Radiographs: a trunk seen through by X-rays, and a hand drawn bone by bone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.phantom.body import SPACING
from imaging.phantom.fields import Field, resized, smooth, waves
from imaging.phantom.torso import Torso

WATER = 0.02  # attenuation of water for the beam, 1/mm
STEP = 2.0  # mm between the slices that are seen through
LOWEST, HIGHEST = 120.0, 404.0
Part = tuple[slice, slice]  # rows and columns


def seen_through(torso: Torso) -> tuple[Field, Field]:
    """Attenuation from the front and from the left: (z from the top, x) and (z, y), 256 wide."""
    front, side = [], []
    for z in np.arange(HIGHEST, LOWEST, -STEP):
        share = np.clip(torso.slice(float(z), table=False) + 1000, 0, None) / 1000 * WATER * SPACING
        front.append(share.sum(axis=0))
        side.append(share.sum(axis=1))
    return np.array(front, np.float32), np.array(side, np.float32)


def developed(attenuation: Field, width: int, height: int, seed: int) -> NDArray[np.uint16]:
    """A processed digital radiograph of 12 bits, bone bright: log signal with its edges lifted."""
    sharp = resized(attenuation, width, height)
    soft = resized(smooth(attenuation, 60), width, height)
    fine = resized(smooth(attenuation, 5), width, height)
    rng = np.random.default_rng(seed)
    grain = smooth(rng.standard_normal((height, width)).astype(np.float32), 1)
    level = sharp - 0.55 * soft + 0.9 * (sharp - fine)
    low, high = np.percentile(level, (1, 99.7))
    scaled = (level - low) / (high - low)
    image: NDArray[np.uint16] = np.clip(180 + 3500 * scaled + 26 * grain, 0, 4095).astype(np.uint16)
    return image


class Film:
    """Attenuation on a plate, added up bone by bone; lengths in pixels."""

    def __init__(self, width: int, height: int) -> None:
        self.y, self.x = np.mgrid[:height, :width].astype(np.float32)
        self.flesh = np.zeros((height, width), np.float32)
        self.bone = np.zeros((height, width), np.float32)

    def add_bone(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        radii: tuple[float, float],
        waist: float = 0.34,
    ) -> None:
        """A bone with a dense rim and a lighter marrow."""
        here = self._around(start, end, radii)
        outer = self._thickness(here, start, end, radii, waist)
        inner = self._thickness(here, start, end, (radii[0] * 0.72, radii[1] * 0.72), waist * 0.8)
        dense = 26 * np.tanh((outer - 0.6 * inner) / 26)
        self.bone[here] = np.maximum(self.bone[here], dense)

    def add_flesh(
        self, start: tuple[float, float], end: tuple[float, float], radii: tuple[float, float]
    ) -> None:
        """Soft tissue around it."""
        here = self._around(start, end, radii)
        thick = self._thickness(here, start, end, radii)
        self.flesh[here] = np.maximum(self.flesh[here], thick)

    def _around(
        self, start: tuple[float, float], end: tuple[float, float], radii: tuple[float, float]
    ) -> Part:
        """The part of the plate that a shaft lies on."""
        wide = max(radii) + 1
        (left, right), (top, bottom) = (sorted(pair) for pair in zip(start, end, strict=True))
        return (
            slice(max(int(top - wide), 0), max(int(bottom + wide) + 1, 0)),
            slice(max(int(left - wide), 0), max(int(right + wide) + 1, 0)),
        )

    def _thickness(
        self,
        here: Part,
        start: tuple[float, float],
        end: tuple[float, float],
        radii: tuple[float, float],
        waist: float = 0.0,
    ) -> Field:
        """How thick a rounded shaft between two points is; `waist` makes its middle thinner."""
        x, y = self.x[here], self.y[here]
        dx, dy = end[0] - start[0], end[1] - start[1]
        along = ((x - start[0]) * dx + (y - start[1]) * dy) / (dx * dx + dy * dy)
        share = np.clip(along, 0, 1)
        away = np.hypot(x - start[0] - share * dx, y - start[1] - share * dy)
        radius = radii[0] + (radii[1] - radii[0]) * share
        radius = radius * (1 - waist * np.clip(np.sin(np.pi * share), 0, 1) ** 0.7)
        thick: Field = np.sqrt(np.clip(radius**2 - away**2, 0, None))
        return thick


FINGERS = (
    (-0.30, 0.62, 0.92),
    (-0.12, 0.74, 1.05),
    (0.03, 0.78, 1.1),
    (0.17, 0.72, 1.02),
    (0.32, 0.6, 0.84),
)


def hand(seed: int, *, child: bool = False, buckle: bool = False) -> NDArray[np.uint16]:
    """A hand and wrist from the back, 12 bits, bone bright, (1200, 900)."""
    film = Film(900, 1200)
    wrist = (450.0, 790.0)
    thick = 0.86 if child else 1.0
    for number, (lean, reach, length) in enumerate(FINGERS):
        thumb = number == 0
        way = np.array(
            [np.sin(lean * (2.1 if thumb else 1.15)), -np.cos(lean * (2.1 if thumb else 1.15))]
        )
        base = np.array(wrist) + np.array([lean * 330, -92 + abs(lean) * 95])
        lengths = [170 * reach + 40, 118 * length, 74 * length, 56] if not thumb else [120, 92, 70]
        here = base
        for bone, long in enumerate(lengths):
            tip = here + way * long
            wide = (25 - 4.0 * bone) * thick
            ends = (float(here[0]), float(here[1])), (float(tip[0]), float(tip[1]))
            film.add_bone(*ends, (wide, wide * (0.92 if bone < len(lengths) - 1 else 0.6)), 0.38)
            film.add_flesh(*ends, (wide * (2.0 if bone else 2.5), wide * 1.9))
            if child and bone < len(lengths) - 1:  # growth plates
                gap = here + way * 13
                film.bone *= 1 - 0.8 * (
                    np.hypot(film.x - gap[0], (film.y - gap[1]) * 3) < wide * 1.1
                )
            here = tip + way * 8
    rng = np.random.default_rng(seed)
    for place in (
        (-78, -38),
        (-40, -52),
        (0, -56),
        (44, -46),
        (-52, 2),
        (-6, -2),
        (38, 4),
        (72, -6),
    ):
        at = (wrist[0] + place[0], wrist[1] + place[1])
        film.add_bone(at, (at[0] + 12, at[1] + 6), (27 * thick, 24 * thick), 0.0)
    film.add_flesh((400, 640), (500, 640), (150, 150))
    film.add_flesh((420, 800), (470, 1260), (135, 145))
    film.add_bone((395, 850), (410, 1300), (62 * thick, 36 * thick), 0.16)
    film.add_bone((528, 868), (515, 1300), (34 * thick, 30 * thick), 0.12)
    if buckle:
        film.add_bone((368, 968), (436, 968), (17, 15), 0.0)
        film.bone *= 1 + 0.35 * np.exp(-(((film.y - 968) / 8) ** 2)) * (np.abs(film.x - 402) < 58)
    trabeculae = 1 + 0.13 * waves(rng, film.bone.shape, 90)
    attenuation = film.flesh * 0.0052 + smooth(film.bone, 1) * 0.021 * trabeculae
    grain = smooth(rng.standard_normal(film.bone.shape).astype(np.float32), 1)
    image: NDArray[np.uint16] = np.clip(220 + 3300 * attenuation**0.8 + 22 * grain, 0, 4095).astype(
        np.uint16
    )
    return image
