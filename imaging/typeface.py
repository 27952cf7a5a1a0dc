"""The typeface of printed pages and of texts within pictures: Fira GO (SIL Open Font License).

It has Latin, Greek, Cyrillic, Hebrew, Arabic, Georgian, Thai and Devanagari letters.
"""

from __future__ import annotations

import io
from functools import cache

import pymupdf_fonts
from PIL import ImageFont

_FACES = {False: "figo", True: "figbo"}


@cache
def font_file(*, bold: bool = False) -> bytes:
    """The face as a TrueType file."""
    data: bytes = pymupdf_fonts.myfont(_FACES[bold])
    return data


@cache
def picture_font(size: int) -> ImageFont.FreeTypeFont:
    """The face for drawing into pictures, `size` pixels high."""
    return ImageFont.truetype(io.BytesIO(font_file()), size)
