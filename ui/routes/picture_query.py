"""The query of a rendered picture, read strictly (DICOM PS3.18 8.3.5.1)."""

from __future__ import annotations

import math
from typing import Literal
from urllib.parse import parse_qsl

from imaging.grayscale import Window
from services.errors import Invalid
from services.pictures.rendering import QUALITY, Rendering, Viewport

MOST_PIXELS = 8192  # of a viewport, along either side
FUNCTIONS: dict[str, Literal["LINEAR", "LINEAR_EXACT", "SIGMOID"]] = {
    "linear": "LINEAR",
    "linear-exact": "LINEAR_EXACT",
    "sigmoid": "SIGMOID",
}
THUMBNAIL = Viewport(128, 128)
THUMBNAIL_QUALITY = 80


def parameters(query: str) -> dict[str, str]:
    """The parameters by name; Invalid when one is there twice."""
    if not query:
        return {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True, errors="strict")
    except ValueError:
        raise Invalid("The query of the address cannot be read.") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Invalid("A parameter of the address is there twice.")
    return found


def rendering(given: dict[str, str], media_type: str) -> Rendering:
    """How a picture is asked for; parameters that are not known are left alone, as 8.3.5 says.

    Raises Invalid with a sentence that names the parameter.
    """
    return Rendering(
        media_type,
        _quality(given["quality"]) if "quality" in given and media_type != "image/png" else QUALITY,
        _window(given["window"]) if "window" in given else None,
        _viewport(given["viewport"]) if "viewport" in given else None,
    )


def thumbnail(given: dict[str, str], media_type: str) -> Rendering:
    """How a thumbnail is asked for: only its viewport's size can be (8.3.5.2)."""
    viewport = _viewport(given["viewport"]) if "viewport" in given else THUMBNAIL
    if viewport != Viewport(viewport.across, viewport.down):
        raise Invalid("The viewport of a thumbnail is two numbers: its width and its height.")
    return Rendering(media_type, THUMBNAIL_QUALITY, None, viewport)


def _quality(written: str) -> int:
    """8.3.5.1.2."""
    if not (written.isascii() and written.isdigit() and 1 <= int(written[:4]) <= 100):
        raise Invalid("The quality is a whole number from 1 to 100.")
    return int(written)


def _window(written: str) -> Window:
    """8.3.5.1.4; the function may be left out, as it could in the standard's first edition of it.

    The limits of the width: PS3.3 C.11.2.1.2 and C.11.2.1.3.
    """
    parts = written.split(",")
    if not 2 <= len(parts) <= 3:
        raise Invalid("The window is written as center,width,function, such as 40,400,linear.")
    function = FUNCTIONS.get(parts[2].lower() if len(parts) == 3 else "linear")
    if function is None:
        raise Invalid("The function of the window is linear, linear-exact or sigmoid.")
    center, width = _number(parts[0], "window"), _number(parts[1], "window")
    if width < 1 if function == "LINEAR" else width <= 0:
        least = "at least 1" if function == "LINEAR" else "more than 0"
        raise Invalid(f"The width of this window must be {least}.")
    return Window(center, width, function)


def _viewport(written: str) -> Viewport:
    """8.3.5.1.3: vw,vh,sx,sy,sw,sh; what is left out between commas, or at the end, has its
    default; a negative width or height flips the picture.
    """
    parts = written.split(",")
    if not 2 <= len(parts) <= 6:
        raise Invalid("The viewport is written as width,height or as vw,vh,sx,sy,sw,sh.")
    across, down = (_pixels(part) for part in parts[:2])
    optional = [_number(part, "viewport") if part else None for part in parts[2:]]
    left, top, width, height = (optional + [None] * 4)[:4]
    if (left or 0) < 0 or (top or 0) < 0:
        raise Invalid("The region of the viewport begins at 0 or more.")
    if width == 0 or height == 0:
        raise Invalid("The region of the viewport is empty.")
    return Viewport(
        across,
        down,
        left or 0.0,
        top or 0.0,
        None if width is None else abs(width),
        None if height is None else abs(height),
        flipped_across=width is not None and width < 0,
        flipped_down=height is not None and height < 0,
    )


def _pixels(written: str) -> int:
    if not (written.isascii() and written.isdigit() and 1 <= int(written[:6]) <= MOST_PIXELS):
        raise Invalid(f"The viewport's sides are whole numbers from 1 to {MOST_PIXELS}.")
    return int(written)


def _number(written: str, parameter: str) -> float:
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) or abs(value) > 1e9 or "_" in written:
        raise Invalid(f"A number of the parameter {parameter} cannot be read.")
    return value
