"""A frame's stored values as a picture: the last step before it is encoded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imaging.colour import palette_colours
from imaging.grayscale import Window, grey_levels, is_windowed
from imaging.instance import ImageDescription
from imaging.overlay import overlay_mask
from imaging.shutter import open_part
from imaging.starting_window import default_window

Picture = NDArray[np.uint8]
Region = tuple[int, int, int, int]
BAND = 256  # rows
Box = tuple[float, float, float, float]
# colours that stay apart for those who see few of them: segments that recommend none
SEGMENT_COLOURS = ((230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (0, 114, 178),
                   (213, 94, 0), (204, 121, 167))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Look:
    """How to show a frame; without a window a greyscale frame takes its default one."""

    window: Window | None = None
    invert: bool = False
    overlays: bool = True


def render(
    description: ImageDescription,
    frame: int,
    pixels: NDArray[Any],
    look: Look,
    *,
    region: Region | None = None,
    size: tuple[int, int] | None = None,
    factor: int = 1,
) -> Picture:
    """The picture of a frame: uint8, (height, width) grey or (height, width, 3) RGB.

    `pixels` are the frame's stored values as `imaging.decode.decode` returns them. `region` is
    (left, top, width, height) in image pixels, all of it when None. `size` is (width, height) of
    the picture; when None it has one pixel for each of the region's. With a `factor` the pixels
    are those of `imaging.reduce`, so much smaller; the region and the size mean the same.

    Raises:
        ValueError: the region is not inside the image.
    """
    left, top, width, height = region or (0, 0, description.columns, description.rows)
    if not (
        0 <= left < left + width <= description.columns
        and 0 <= top < top + height <= description.rows
    ):
        raise ValueError(f"The region {region} is not inside the image.")
    place = (left, top, width, height)
    first_row, first_column = top // factor, left // factor
    last_row, last_column = -(-(top + height) // factor), -(-(left + width) // factor)
    part = pixels[first_row:last_row, first_column:last_column]
    if is_windowed(description):
        picture = _grey(description, frame, pixels, part, look)
    else:
        picture = _coloured(description, frame, part)
        if look.invert:
            picture = np.subtract(255, picture)
    picture = _covered(description, picture, place)
    if look.overlays and (mask := overlay_mask(description, frame, place)) is not None:
        picture[mask] = 255
    if factor > 1:
        box = (
            left / factor - first_column,
            top / factor - first_row,
            (left + width) / factor - first_column,
            (top + height) / factor - first_row,
        )
        return _resized(picture, size or (width, height), box)
    return _resized(picture, size)


def _grey(
    description: ImageDescription,
    frame: int,
    pixels: NDArray[Any],
    part: NDArray[Any],
    look: Look,
) -> Picture:
    window = look.window
    if window is None:
        window = default_window(description, frame, pixels)
    levels = grey_levels(description, frame, part, window)
    if description.inverse != look.invert:
        np.subtract(255, levels, out=levels)
    if description.padding:
        low, high = description.padding
        # outside the patient: dark, however the image is inverted (DICOM PS3.3 C.7.5.1.1.2)
        levels[(part >= low) & (part <= high)] = 0
    if description.palette is None or not description.palette.supplemental:
        return levels
    rgb = np.repeat(levels[..., None], 3, axis=2)
    coloured = part >= description.palette.first
    rgb[coloured] = palette_colours(description.palette, part)[coloured]
    return rgb


def _coloured(description: ImageDescription, frame: int, part: NDArray[Any]) -> Picture:
    if description.palette is not None and not description.palette.supplemental:
        return palette_colours(description.palette, part)
    if description.segmentation == "LABELMAP":
        return _labels(description, part)
    if description.segmentation == "BINARY":
        return np.where(part[..., None] != 0, _segment_colour(description, frame), 0).astype(
            np.uint8
        )
    if description.bits_stored == 1:
        bright = (part != 0) != description.inverse
        return np.where(bright, 255, 0).astype(np.uint8)
    if part.dtype == np.uint8 and description.bits_stored == 8:
        return np.ascontiguousarray(part).copy()
    return _eight_bits(part, description.bits_stored)


def _eight_bits(part: NDArray[Any], bits: int) -> Picture:
    """Samples of so many bits scaled to 8, by bands of rows: floats take four times the room."""
    picture = np.empty(part.shape, np.uint8)
    for top in range(0, len(part), BAND):
        levels = part[top : top + BAND].astype(np.float32) * (255 / ((1 << bits) - 1)) + 0.5
        picture[top : top + BAND] = levels.clip(0, 255)
    return picture


def _labels(description: ImageDescription, part: NDArray[Any]) -> Picture:
    """Each label in its colour, 0 dark."""
    colours = np.zeros((65536, 3), np.uint8)
    for number in np.unique(part):
        if number:
            colours[int(number) & 0xFFFF] = _colour_of(description, int(number))
    shown: Picture = colours[part.astype(np.int64) & 0xFFFF]
    return shown


def _segment_colour(description: ImageDescription, frame: int) -> NDArray[np.uint8]:
    number = description.frame_segments[0] if description.frame_segments else 1
    if len(description.frame_segments) > frame:
        number = description.frame_segments[frame]
    return np.array(_colour_of(description, number), np.uint8)


def _colour_of(description: ImageDescription, number: int) -> tuple[int, ...]:
    for segment in description.segments:
        if segment.number == number and segment.rgb:
            return segment.rgb
    return SEGMENT_COLOURS[(number - 1) % len(SEGMENT_COLOURS)]


def _covered(description: ImageDescription, picture: Picture, place: Region) -> Picture:
    if description.shutter is None:
        return picture
    visible = open_part(description.shutter, place)
    return np.where(
        visible if picture.ndim == 2 else visible[..., None],
        picture,
        np.uint8(description.shutter.grey >> 8),
    )


def _resized(picture: Picture, size: tuple[int, int] | None, box: Box | None = None) -> Picture:
    """`box` (left, top, right, bottom) of the picture, all of it when None, in `size` pixels."""
    height, width = picture.shape[:2]
    if size is None or (size == (width, height) and box in (None, (0, 0, width, height))):
        return picture
    if box is not None:  # an odd image's last reduced pixels are only half covered
        box = (box[0], box[1], min(box[2], width), min(box[3], height))
    resized = Image.fromarray(picture).resize(
        size, Image.Resampling.BILINEAR, box=box, reducing_gap=2.0
    )
    return np.asarray(resized)
