"""The window a series starts with, the same for every slice: the file's own, the usual one of the
modality, or what holds most values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.grayscale import is_windowed, modality_values, windows
from imaging.instance import ImageDescription
from imaging.modules import Window
from imaging.sentences import Sentence

Pixels = NDArray[Any]
MOST_LOOKED_AT = 5  # frames of a series
MOST_SAMPLED = 200_000  # pixels of a frame
LEAST_TISSUE = 0.1  # share of pixels between the extremes that can stand for the whole
FARTHEST = 1e299  # beyond it a window's width is no number any more

CT_WINDOWS = (
    Window(40, 400, name=Sentence("Soft tissue")),
    Window(-600, 1500, name=Sentence("Lung")),
    Window(400, 1800, name=Sentence("Bone")),
    Window(40, 80, name=Sentence("Brain")),
    Window(50, 150, name=Sentence("Liver")),
    Window(300, 600, name=Sentence("Vessels")),
)
SUV_TOPS = (7, 5, 10, 15)  # g/ml; nuclear medicine reads most studies from 0 to one of these
# counts and activities begin at nothing; a few hot pixels are what is looked for
_FROM_ZERO = frozenset({"PT", "NM"})
# their values carry no common scale, also in 8 bits; all others' 8 bits are made to be looked at
_UNSCALED = frozenset({"CT", "MR", "PT", "NM"})
# direct exposure and collimators fill the extremes of these and say nothing about tissue
_PROJECTIONS = frozenset({"CR", "DX", "MG", "IO", "PX", "RG"})
_LEAST_AIR = -500  # HU; an image that cannot hold as little cannot hold Hounsfield units


@dataclass(frozen=True, slots=True)
class Sample:
    """One frame that is looked at to find a window: `pixels` are its stored values."""

    description: ImageDescription
    frame: int
    pixels: Pixels


def presets(modality: str, suv_factor: float = 0.0) -> tuple[Window, ...]:
    """Windows that are usual for a modality, in modality units.

    `suv_factor` is what modality values are multiplied by for SUV, 0 when unknown.
    """
    if modality == "PT" and suv_factor > 0:
        return tuple(
            Window(top / suv_factor / 2, top / suv_factor, "LINEAR_EXACT", f"SUV 0 to {top}")
            for top in SUV_TOPS
        )
    return CT_WINDOWS if modality == "CT" else ()


def looked_at(count: int) -> list[int]:
    """Which of `count` frames of a series are looked at: a few, spread evenly."""
    looks = min(count, MOST_LOOKED_AT)
    return [(2 * look + 1) * count // (2 * looks) for look in range(looks)]


def proposed_window(frames: Sequence[tuple[ImageDescription, int]]) -> Window | None:
    """What needs no pixels: the files' own first window, or the usual one of the modality.

    Where slices propose different windows, the one of middling width stands for all. None when
    only the values can tell.
    """
    own = [found[0] for description, frame in frames if (found := windows(description, frame))]
    if own:
        return sorted(own, key=lambda window: window.width)[len(own) // 2]
    description, frame = frames[len(frames) // 2]
    usual = presets(description.modality, description.suv_factor)
    if usual and (description.modality != "CT" or _holds_hounsfield_units(description, frame)):
        return usual[0]
    return _whole_range(description, frame)


def starting_window(samples: Sequence[Sample]) -> Window:
    """The window for all frames of a series, of which `samples` are some."""
    proposed = proposed_window([(sample.description, sample.frame) for sample in samples])
    return proposed or robust_window(samples)


def default_window(description: ImageDescription, frame: int, pixels: Pixels) -> Window:
    """The window to start with where one frame is all there is; `pixels` are stored values."""
    return starting_window([Sample(description, frame, pixels)])


def robust_window(samples: Sequence[Sample]) -> Window:
    """What holds most values of the samples together; pixel padding is left out."""
    description = samples[len(samples) // 2].description
    counted = np.concatenate([_counted(sample) for sample in samples])
    if not counted.size:
        return Window(0.5, 1.0, "LINEAR_EXACT")
    if description.modality in _PROJECTIONS:
        between = counted[(counted > counted.min()) & (counted < counted.max())]
        counted = between if between.size > LEAST_TISSUE * counted.size else counted
    hot = description.modality in _FROM_ZERO
    low, high = (float(part) for part in np.percentile(counted, (0.5, 99.8 if hot else 99.5)))
    if high <= low:
        low, high = float(counted.min()), float(counted.max())
    if hot and high > 0:
        low = 0.0
    return window_between(low, high, steps=description.sample_kind == "integer")


def window_between(low: float, high: float, *, steps: bool) -> Window:
    """From black at `low` to white at `high`; `steps` says that values are whole steps."""
    low, high = max(low, -FARTHEST), min(high, FARTHEST)
    if steps and high - low >= 1:
        # the edges of DICOM PS3.3 C.11.2.1.2.1: black up to c - 0.5 - (w - 1) / 2
        return Window((low + high + 1) / 2, high - low + 1)
    return Window((low + high) / 2, max(high - low, abs(high) * 1e-6, 1e-6), "LINEAR_EXACT")


def windows_to_choose(
    frames: Sequence[tuple[ImageDescription, int]], read: Callable[[int], Pixels]
) -> tuple[Window, ...]:
    """Windows that people choose from: the file's own, the usual ones, and two of the values.

    `frames` are those `looked_at`; `read(n)` gives the stored values of the n-th of them and is
    asked only where values have no common scale.
    """
    description, frame = frames[len(frames) // 2]
    if not is_windowed(description):
        return ()
    offered = (
        *windows(description, frame),
        *presets(description.modality, description.suv_factor),
    )
    if presets(description.modality, description.suv_factor):
        return offered
    samples = [Sample(*frames[n], read(n)) for n in range(len(frames))]
    robust = robust_window(samples)
    values = np.concatenate([_counted(sample) for sample in samples])
    if not values.size:
        return offered
    steps = description.sample_kind == "integer"
    whole = window_between(float(values.min()), float(values.max()), steps=steps)
    computed = ((robust, "Automatic"), (whole, "Whole range"))
    return offered + tuple(
        Window(made.center, made.width, made.function, name) for made, name in computed
    )


def _holds_hounsfield_units(description: ImageDescription, frame: int) -> bool:
    """Whether values are in Hounsfield units, and can be as low as air is (PS3.3 C.11.1.1.2)."""
    grey = description.greyscale(frame)
    if grey.units != "HU":
        return False
    if description.sample_kind != "integer" or grey.modality_lut is not None:
        return True
    lowest = -(1 << (description.bits_stored - 1)) if description.signed else 0
    return lowest * grey.slope + grey.intercept <= _LEAST_AIR


def _whole_range(description: ImageDescription, frame: int) -> Window | None:
    """All levels of an image of at most 8 bits that was made to be looked at, as ultrasound is."""
    grey = description.greyscale(frame)
    plain = grey.slope == 1 and not grey.intercept and grey.modality_lut is None
    if description.sample_kind != "integer" or description.bits_stored > 8 or not plain:
        return None
    if description.modality in _UNSCALED or description.signed:
        return None
    levels = 1 << description.bits_stored
    return Window(levels / 2, levels)


def _counted(sample: Sample) -> NDArray[Any]:
    """Modality values that count, one dimension: finite, not padding, not too many."""
    description, pixels = sample.description, sample.pixels
    step = max(1, int((pixels.size / MOST_SAMPLED) ** 0.5))
    thinned = pixels[::step, ::step]
    values = modality_values(description, sample.frame, thinned)
    counts = np.isfinite(values)
    if description.padding:
        low, high = description.padding
        inside = counts & ((thinned < low) | (thinned > high))
        counts = inside if inside.any() else counts
    counted: NDArray[Any] = values[counts]
    return counted
