"""A picture in place of an image that cannot, or must not, be shown."""

from __future__ import annotations

import textwrap

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

LONGEST = 512  # pixels; the browser stretches it
BAND = 32  # pixels, the width of a stripe
LETTERS = 16  # pixels, their height
LEAST_WRITTEN_ON = 128  # pixels; smaller pictures stay without words
GREY = 200


def placeholder(columns: int, rows: int, sentence: str = "") -> NDArray[np.uint8]:
    """Dim diagonal stripes, uint8 (h, w), in the proportions of the image it stands for.

    `sentence` is written on it, where there is room: for pictures that are shown without a page.
    """
    reduction = min(1.0, LONGEST / max(columns, rows, 1))
    height, width = max(1, round(rows * reduction)), max(1, round(columns * reduction))
    diagonal = np.add.outer(np.arange(height), np.arange(width)) // BAND
    stripes = np.where(diagonal % 2, 26, 20).astype(np.uint8)
    if not sentence or min(height, width) < LEAST_WRITTEN_ON:
        return stripes
    picture = Image.fromarray(stripes)
    lines = textwrap.fill(sentence, max(width * 2 // LETTERS - 2, 8))
    font = ImageFont.load_default(LETTERS)
    ImageDraw.Draw(picture).multiline_text(
        (width / 2, height / 2), lines, GREY, font, anchor="mm", align="center"
    )
    return np.asarray(picture)
