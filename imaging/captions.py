"""Texts in the corners of a picture, as the viewer shows them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from imaging.typeface import picture_font

SMALLEST = 512  # pixels along the longer side, below which texts would hide the picture
INK, SHADOW = 236, 0


@dataclass(frozen=True, slots=True)
class Corners:
    """Lines of text for each corner, and the letters at the edges that tell left from right;
    empty where there is nothing to say.
    """

    top_left: tuple[str, ...] = ()
    top_right: tuple[str, ...] = ()
    bottom_left: tuple[str, ...] = ()
    bottom_right: tuple[str, ...] = ()
    edges: tuple[str, str, str, str] = ("", "", "", "")  # left, right, top, bottom


def captioned(picture: NDArray[np.uint8], corners: Corners) -> NDArray[np.uint8]:
    """A copy of a grey (h, w) or RGB (h, w, 3) picture with texts over it; a small one is enlarged
    to 512 pixels.
    """
    image = Image.fromarray(picture)
    longest = max(image.size)
    if longest < SMALLEST:
        larger = (max(1, round(side * SMALLEST / longest)) for side in image.size)
        image = image.resize((next(larger), next(larger)), Image.Resampling.BICUBIC)
    size = max(11, round(max(image.size) / 48))
    font, drawing, margin = picture_font(size), ImageDraw.Draw(image), size // 2
    width, height = image.size
    left, right, top, bottom = ((letters,) if letters else () for letters in corners.edges)
    for lines, at, anchor, align in (
        (corners.top_left, (margin, margin), "la", "left"),
        (corners.top_right, (width - margin, margin), "ra", "right"),
        (corners.bottom_left, (margin, height - margin), "ld", "left"),
        (corners.bottom_right, (width - margin, height - margin), "rd", "right"),
        (left, (margin, height // 2), "lm", "left"),
        (right, (width - margin, height // 2), "rm", "right"),
        (top, (width // 2, margin), "ma", "center"),
        (bottom, (width // 2, height - margin), "md", "center"),
    ):
        if lines:
            # dark around each letter, so that it is read on bright and dark alike
            drawing.multiline_text(
                at, "\n".join(lines), fill=_tone(image, INK), font=font, anchor=anchor,
                align=align, spacing=size // 4, stroke_width=max(1, size // 10),
                stroke_fill=_tone(image, SHADOW),
            )  # fmt: skip
    return np.asarray(image)


def _tone(image: Image.Image, level: int) -> int | tuple[int, int, int]:
    return level if image.mode == "L" else (level, level, level)
