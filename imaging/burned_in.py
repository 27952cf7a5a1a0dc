"""Whether pixels may be shown to somebody from whom patient details are hidden.

Judged by what the object says about itself, never by looking for letters:

| the object | what is shown |
|---|---|
| Recognizable Visual Features YES (DICOM PS3.3 C.7.6.1.1.6) | nothing |
| Burned In Annotation NO (C.7.6.1.1.5) | everything |
| ultrasound with regions (C.8.5.5) | the regions |
| Burned In Annotation YES | nothing |
| a primary image of a modality that writes no text into pixels | everything |
| anything else: screen captures, photographs, digitised film, dose pages | nothing |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from imaging.attributes import text, texts, whole
from imaging.placement_attributes import read_regions

Region = tuple[int, int, int, int]
# modalities whose primary images carry no text in their pixels
WITHOUT_TEXT = frozenset("CT MR PT NM MG DX CR IO PX".split())
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
FACE = "This image may show the patient's face, so it is not shown: patient details are hidden."
WRITTEN = (
    "This image may carry the patient's details in its pixels, so it is not shown: patient "
    "details are hidden."
)


@dataclass(frozen=True, slots=True)
class Keep:
    """Show the whole image."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Show only these regions: (left, top, right, bottom) in pixels from 0, edges included."""

    keep_regions: tuple[Region, ...]


@dataclass(frozen=True, slots=True)
class Withhold:
    """Show nothing; `reason` is a sentence for a person."""

    reason: str


Policy = Keep | Mask | Withhold


def burned_in_policy(dataset: Dataset) -> Policy:
    """What to do with pixels where patient details are hidden; see the table of the module."""
    if text(dataset, "RecognizableVisualFeatures").upper() == "YES":
        return Withhold(FACE)
    stated = text(dataset, "BurnedInAnnotation").upper()
    if stated == "NO":
        return Keep()
    if text(dataset, "Modality") in ("US", "IVUS") and (kept := _regions(dataset)):
        return Mask(kept)
    if stated == "YES" or not _is_primary(dataset):
        return Withhold(WRITTEN)
    return Keep()


def apply_mask(pixels: NDArray[Any], mask: Mask) -> NDArray[Any]:
    """A copy of (rows, columns) or (rows, columns, samples) pixels, 0 outside the kept regions."""
    kept = np.zeros_like(pixels)
    for left, top, right, bottom in mask.keep_regions:
        part = slice(max(top, 0), bottom + 1), slice(max(left, 0), right + 1)
        kept[part] = pixels[part]
    return kept


def _is_primary(dataset: Dataset) -> bool:
    """An image as the modality made it, or computed from such ones; no capture of a screen."""
    if text(dataset, "Modality") not in WITHOUT_TEXT or "ConversionType" in dataset:
        return False
    if text(dataset, "SOPClassUID").startswith(SECONDARY_CAPTURE):
        return False
    words = {word.upper() for word in texts(dataset, "ImageType")}
    return not words & {"SCREEN SAVE", "SCREENSAVE", "DOSE", "DOSE_INFO", "PASTED", "OTHER"}


def _regions(dataset: Dataset) -> tuple[Region, ...]:
    """The ultrasound regions, clipped to the image."""
    rows, columns = whole(dataset, "Rows"), whole(dataset, "Columns")
    clipped = (
        (max(r.left, 0), max(r.top, 0), min(r.right, columns - 1), min(r.bottom, rows - 1))
        for r in read_regions(dataset)
    )
    return tuple(region for region in clipped if region[0] < region[2] and region[1] < region[3])
