"""The standard's formulas written out once more, slowly, over pydicom's own decoders."""

from __future__ import annotations

from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from imaging.grayscale import Window


def values(dataset: Dataset, frame: int) -> NDArray[np.float64] | str:
    """A greyscale frame in modality units (DICOM PS3.3 C.11.1), or why pydicom reads none."""
    if "ModalityLUTSequence" in dataset or not _plain(dataset):
        return "not a plain greyscale image"
    try:
        stored = pydicom.pixels.pixel_array(dataset, raw=True, index=frame)
    except Exception as error:  # whatever its plug-ins raise: it is no reader of this file
        return f"pydicom does not decode it ({type(error).__name__})"
    if stored.ndim != 2:
        return "not a plain greyscale image"
    if "BitsStored" in dataset and not dataset.file_meta.TransferSyntaxUID.is_compressed:
        stored = _only_stored_bits(dataset, stored)
    slope, intercept = _rescale(dataset, frame)
    return stored.astype(np.float64) * slope + intercept


def levels(modality: NDArray[np.float64], window: Window, *, inverse: bool) -> NDArray[np.float64]:
    """Exact grey levels 0 to 255, not rounded (DICOM PS3.3 C.11.2.1.2 and C.11.2.1.3)."""
    center, width = window.center, window.width
    if window.function == "SIGMOID":
        shown = 255 / (1 + np.exp(-4 * (modality - center) / width))
    elif window.function == "LINEAR" and width == 1:
        shown = np.where(modality <= center - 0.5, 0.0, 255.0)
    elif window.function == "LINEAR_EXACT":
        shown = ((modality - center) / width + 0.5) * 255
    else:
        shown = ((modality - (center - 0.5)) / (width - 1) + 0.5) * 255
    shown = np.clip(shown, 0, 255)
    return 255 - shown if inverse else shown


def _plain(dataset: Dataset) -> bool:
    return (
        dataset.get("SamplesPerPixel", 1) == 1
        and str(dataset.get("PhotometricInterpretation", "")).startswith("MONOCHROME")
        and dataset.get("BitsAllocated", 0) > 1
    )


def _only_stored_bits(dataset: Dataset, stored: NDArray[Any]) -> NDArray[Any]:
    bits, high = int(dataset.BitsStored), int(dataset.get("HighBit", dataset.BitsStored - 1))
    size = stored.dtype.itemsize * 8
    if bits == size or high < bits - 1:
        return stored
    return np.right_shift(np.left_shift(stored, size - 1 - high), size - bits)


def _rescale(dataset: Dataset, frame: int) -> tuple[float, float]:
    for group in _groups(dataset, frame):
        for item in group.get("PixelValueTransformationSequence") or []:
            return float(item.RescaleSlope), float(item.RescaleIntercept)
    return float(dataset.get("RescaleSlope", 1) or 1), float(
        dataset.get("RescaleIntercept", 0) or 0
    )


def _groups(dataset: Dataset, frame: int) -> list[Dataset]:
    per_frame = dataset.get("PerFrameFunctionalGroupsSequence") or []
    own = [per_frame[frame]] if len(per_frame) > frame else []
    return [*own, *(dataset.get("SharedFunctionalGroupsSequence") or [])]
