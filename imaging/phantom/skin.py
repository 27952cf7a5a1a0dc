"""A clinical photograph: a mole on skin, with a ruler beside it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from imaging.phantom.fields import smooth, waves

WIDTH, HEIGHT = 1000, 750


def mole(seed: int) -> NDArray[np.uint8]:
    """(750, 1000, 3) RGB."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(np.float32)
    broad, fine = waves(rng, (HEIGHT, WIDTH), 5), waves(rng, (HEIGHT, WIDTH), 60)
    pores = smooth(rng.standard_normal((HEIGHT, WIDTH)).astype(np.float32), 2)
    lines = np.sin((x * 0.6 + y + 14 * waves(rng, (HEIGHT, WIDTH), 22)) / 9) ** 8
    light = 1 - 0.16 * np.hypot(x / WIDTH - 0.42, y / HEIGHT - 0.4) + 0.02 * broad
    skin = np.stack(
        [226 + 5 * fine, 176 + 6 * fine + 4 * broad, 150 + 6 * fine + 3 * broad], axis=-1
    )
    skin += (6 * pores - 7 * lines)[..., None]
    ragged = 1 + 0.09 * waves(rng, (HEIGHT, WIDTH), 14) + 0.05 * fine
    away = np.hypot((x - 480) / 96, (y - 350) / 78) * ragged
    cover = np.clip((1.06 - away) / 0.16, 0, 1)[..., None]
    speckle = (12 * waves(rng, (HEIGHT, WIDTH), 75) - 26 * np.clip(0.7 - away, 0, 1))[..., None]
    skin = skin * (1 - cover) + (np.array([112, 70, 52], np.float32) + speckle) * cover
    picture = skin * light[..., None]
    ruler = (y > 640) & (y < 712)
    picture[ruler] = 236 + 3 * fine[ruler][..., None]
    millimetre = np.mod(x, 16) < 2
    long = np.where(np.mod(x, 160) < 16, 40, np.where(np.mod(x, 80) < 16, 30, 18))
    picture[ruler & millimetre & (y < 640 + long)] = 30
    rgb: NDArray[np.uint8] = np.clip(picture, 0, 255).astype(np.uint8)
    return rgb
