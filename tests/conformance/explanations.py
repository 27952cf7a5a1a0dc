"""Differences that are known and decided: which pixels, which paragraph, and who is right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.grayscale import Window
from imaging.render import Look, render
from imaging.transfer_syntax import JPEG_BASELINE, JPEG_EXTENDED
from tests.conformance import reference
from tests.conformance.corpus import Image

Array = NDArray[Any]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Difference:
    """One picture of ours beside another of the same frame."""

    image: Image
    frame: int
    window: Window | None
    values: Array  # stored values
    ours: Array
    theirs: Array
    peer: str


@dataclass(frozen=True)
class Explanation:
    """`covers` says of which pixels of a difference this is the reason."""

    name: str
    paragraph: str
    verdict: str
    covers: Callable[[Difference], Mask | None]


def _padding(seen: Difference) -> Mask | None:
    if seen.peer != "dcmtk" or not seen.image.description.padding:
        return None
    low, high = seen.image.description.padding
    covered: Mask = (seen.values >= low) & (seen.values <= high) & (seen.ours == 0)
    return covered


def _segments(seen: Difference) -> Mask | None:
    """Only the colour differs: the same pixels are lit."""
    if seen.image.description.segmentation != "BINARY":
        return None
    ours, theirs = (
        picture if picture.ndim == 2 else picture.max(axis=2)
        for picture in (seen.ours, seen.theirs)
    )
    same: Mask = (ours > 0) == (theirs > 0)
    return same


def _chrominance(seen: Difference) -> Mask | None:
    """Ours is the standard's equation reckoned in float64, rounded."""
    if seen.peer != "dcmtk" or not seen.image.description.photometric.startswith("YBR_FULL"):
        return None
    exact = reference.colour(seen.image.dataset, reference.stored(seen.image.dataset, seen.frame))
    right: Mask = (np.abs(seen.ours - exact) <= 1).all(axis=2)
    return right


def _continuous(seen: Difference) -> Mask | None:
    """Ours is the exact ramp over the window that the file calls LINEAR."""
    if seen.image.description.sample_kind == "integer" or seen.window is None:
        return None
    values = seen.values.astype(np.float64)
    exact = reference.ramp(values, seen.window.center, seen.window.width, exact=True)
    right: Mask = np.abs(seen.ours - exact) <= 1
    return right


def _inverse_dct(seen: Difference) -> Mask | None:
    """The other picture lies within what one unit of each sample makes of it."""
    description = seen.image.description
    if description.transfer_syntax not in (JPEG_BASELINE, JPEG_EXTENDED):
        return None
    if seen.ours.ndim == 3:
        # one unit of luminance and one of CB: 1 + 1.772, in whole levels
        near: Mask = (np.abs(seen.ours - seen.theirs.astype(np.float64)) <= 3).all(axis=2)
        return near
    beside = [
        render(description, seen.frame, values, Look(seen.window)).astype(np.float64)
        for values in (seen.values - 1, seen.values + 1)
    ]
    within: Mask = (np.minimum(*beside) - 1 <= seen.theirs) & (
        seen.theirs <= np.maximum(*beside) + 1
    )
    return within


def _words(seen: Difference) -> Mask | None:
    """The other picture is that of the same cells with their 16-bit words exchanged."""
    description = seen.image.description
    if not description.big_endian or description.bits_allocated != 32 or seen.peer != "dcmtk":
        return None
    exchanged = (seen.values >> 16) | (seen.values << 16)
    theirs = render(description, seen.frame, exchanged, Look(seen.window))
    same: Mask = np.abs(theirs.astype(int) - seen.theirs) <= 1
    return same


EXPLANATIONS = (
    Explanation(
        "padding",
        "PS3.3 C.7.5.1.1.2",
        "Pixel Padding Value marks pixels outside the image, which no window and no inversion may "
        "brighten. We show them black; dcmtk windows them like any other value.",
        _padding,
    ),
    Explanation(
        "segment colours",
        "PS3.3 C.8.20.4, C.10.7.1.1",
        "A binary segmentation's pixels say whether the segment is there, and the segment "
        "recommends a colour. We show it in that colour, others show it white. The same pixels are "
        "lit.",
        _segments,
    ),
    Explanation(
        "chrominance",
        "PS3.3 C.7.6.3.1.2",
        "CB and CR are zero at 128. We reckon so and agree with the equation in float64 to one "
        "level; dcmtk takes them to be zero at 127.5 and cuts fractions off.",
        _chrominance,
    ),
    Explanation(
        "continuous values",
        "PS3.3 C.11.2.1.3.2",
        "LINEAR gives half a step to each end of the window, which turns a window of width 1 over "
        "float pixels into a threshold. Float pixels have no steps: we take the window for "
        "LINEAR_EXACT, which the standard made for them.",
        _continuous,
    ),
    Explanation(
        "inverse DCT",
        "ITU-T T.81 A.3.3, T.83",
        "JPEG with loss leaves the arithmetic of the inverse transform to the decoder: samples may "
        "differ by one unit, which a narrow window shows as several levels and the step to RGB as "
        "up to three. Both are right.",
        _inverse_dct,
    ),
    Explanation(
        "big endian cells of 32 bits",
        "PS3.5 6.2 (OW), 8.1.1, Annex D",
        "To the letter a big endian cell of 32 bits is two 16-bit words, the lower first, and "
        "dcmtk reads it so. Writers of such files turn all four bytes round: by the letter, their "
        "pixels are noise. We read what they write, and get the values of the little endian twin.",
        _words,
    ),
)
