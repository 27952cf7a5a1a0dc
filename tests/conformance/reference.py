"""The standard's formulas, straight and slow: pydicom reads, float64 reckons, and nothing is shared
with the renderer of this project.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.pixels import apply_color_lut

from imaging.grayscale import Window
from imaging.transfer_syntax import NATIVE

Array = NDArray[Any]
# DICOM PS3.3 C.7.6.3.1.2, YBR_FULL
YBR = np.array([[0.2990, 0.5870, 0.1140], [-0.1687, -0.3313, 0.5], [0.5, -0.4187, -0.0813]])


class NoReader(Exception):
    """pydicom does not decode this frame; the message is what it says."""


def stored(dataset: pydicom.Dataset, frame: int) -> Array:
    """Stored values of a frame, RGB if three samples."""
    native = dataset.file_meta.get("TransferSyntaxUID", "") in NATIVE
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values = pydicom.pixels.pixel_array(dataset, index=frame, raw=native)
    except Exception as failure:
        raise NoReader(str(failure).splitlines()[0]) from failure
    if values.ndim == 3:
        return _rgb(dataset, values) if native else values
    return _own_bits(dataset, values) if native and "BitsStored" in dataset else values


def grey(dataset: pydicom.Dataset, frame: int, values: Array, window: Window) -> Array:
    """Levels 0 to 255 before rounding (DICOM PS3.3 C.11), with polarity and padding."""
    modality = _modality(dataset, frame, values.astype(np.float64))
    levels = _windowed(dataset, frame, modality, window)
    if _is_inverse(dataset):
        levels = 255 - levels
    if "PixelPaddingValue" in dataset:
        ends = [int(dataset.PixelPaddingValue), int(dataset.get("PixelPaddingRangeLimit")
                                                    or dataset.PixelPaddingValue)]  # fmt: skip
        levels[(values >= min(ends)) & (values <= max(ends))] = 0
    return levels


def proposed(dataset: pydicom.Dataset, frame: int) -> list[Window]:
    """The file's windows to the letter, also where a letter makes no picture."""
    holder = _macro(dataset, frame, "FrameVOILUTSequence")
    centers, widths = (
        [] if (found := holder.get(keyword)) in (None, "") else np.atleast_1d(found).tolist()
        for keyword in ("WindowCenter", "WindowWidth")
    )
    function = holder.get("VOILUTFunction") or "LINEAR"
    return [
        Window(float(center), float(width), function)
        for center, width in zip(centers, widths, strict=True)
        if width >= (1 if function == "LINEAR" else 1e-9)
    ]


def colour(dataset: pydicom.Dataset, values: Array) -> Array:
    """Colours 0 to 255 before rounding, from RGB samples or palette indices."""
    if values.ndim == 3:
        return values.astype(np.float64) * 255 / ((1 << dataset.BitsStored) - 1)
    looked_up = apply_color_lut(values, dataset)
    # depths are written wrongly as often as not: the entries tell
    return looked_up.astype(np.float64) * 255 / (65535 if looked_up.max() > 255 else 255)


def ramp(values: Array, center: float, width: float, *, exact: bool) -> Array:
    """C.11.2.1.2.1 (LINEAR) or C.11.2.1.3.2 (LINEAR_EXACT), as written there."""
    c, w = (center, width) if exact else (center - 0.5, width - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = ((values - c) / w + 0.5) * 255
    return np.where(values <= c - w / 2, 0, np.where(values > c + w / 2, 255, inside))


def _windowed(dataset: pydicom.Dataset, frame: int, values: Array, window: Window) -> Array:
    if window.function == "SIGMOID":
        return 255 / (1 + np.exp(-4 * (values - window.center) / window.width))
    if window.function == "TABLE":
        item = _macro(dataset, frame, "FrameVOILUTSequence").VOILUTSequence[window.table]
        count, first, bits = item.LUTDescriptor
        entries = np.asarray(item.LUTData, np.float64)
        places = np.clip(values - first, 0, (count or 65536) - 1).astype(int)
        return entries[places] * 255 / ((1 << bits) - 1)
    return ramp(values, window.center, window.width, exact=window.function == "LINEAR_EXACT")


def _modality(dataset: pydicom.Dataset, frame: int, values: Array) -> Array:
    holder = _macro(dataset, frame, "PixelValueTransformationSequence")
    if "ModalityLUTSequence" in holder:
        item = holder.ModalityLUTSequence[0]
        count, first, _ = item.LUTDescriptor
        entries = np.asarray(item.LUTData, np.float64)
        return entries[np.clip(values - first, 0, (count or 65536) - 1).astype(int)]
    slope, intercept = holder.get("RescaleSlope"), holder.get("RescaleIntercept")
    return values * float(1 if slope is None else slope) + float(intercept or 0)


def _macro(dataset: pydicom.Dataset, frame: int, keyword: str) -> pydicom.Dataset:
    for groups, index in (("PerFrameFunctionalGroupsSequence", frame),
                          ("SharedFunctionalGroupsSequence", 0)):  # fmt: skip
        if groups in dataset and keyword in dataset[groups][index]:
            return dataset[groups][index][keyword][0]
    return dataset


def _is_inverse(dataset: pydicom.Dataset) -> bool:
    return (
        dataset.get("PhotometricInterpretation") == "MONOCHROME1"
        or dataset.get("PresentationLUTShape") == "INVERSE"
    )


def _own_bits(dataset: pydicom.Dataset, values: Array) -> Array:
    """Cells without the bits beside the stored ones."""
    bits, high = dataset.BitsStored, dataset.HighBit
    if bits == dataset.BitsAllocated:
        return values
    numbers = (values.astype(np.int64) >> (high + 1 - bits)) & ((1 << bits) - 1)
    negative = (numbers >> (bits - 1)) & dataset.PixelRepresentation
    return numbers - (negative << bits)


def _rgb(dataset: pydicom.Dataset, values: Array) -> Array:
    if not dataset.PhotometricInterpretation.startswith("YBR_FULL"):
        return values
    half = 1 << (dataset.BitsStored - 1)
    exact = (values.astype(np.float64) - [0, half, half]) @ np.linalg.inv(YBR).T
    return np.clip(exact, 0, 2 * half - 1)
