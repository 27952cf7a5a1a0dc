"""Whether pixels may be shown to somebody from whom patient details are hidden.

Judged by what the object says about itself, never by looking for letters:

| the object | what is shown |
|---|---|
| Recognizable Visual Features YES (DICOM PS3.3 C.7.6.1.1.6) | nothing |
| ultrasound with regions (C.8.5.5), whatever it states beside | the regions |
| Burned In Annotation YES (C.7.6.1.1.5) | nothing |
| captures of screens, dose pages, digitised film, scanned paper, whatever they state | nothing |
| Burned In Annotation NO | everything |
| ultrasound of a machine whose header band is known (`imaging.header_bands`) | what is below |
| a grey primary image of a modality that writes no text into pixels | everything |
| anything else: photographs, colour pictures, modalities not known | nothing |

Captures are not believed when they state NO: the software that makes them fills that in unasked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from imaging.attributes import text, texts, whole
from imaging.header_bands import header_band
from imaging.placement_attributes import read_regions
from imaging.sentences import Sentence

Region = tuple[int, int, int, int]
# modalities whose primary images carry no text in their pixels
WITHOUT_TEXT = frozenset("CT MR PT NM MG DX CR IO PX".split())
SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
# a slide's label and its overview show what is written on the glass (C.8.12.4.1.1)
CAPTURED = frozenset("SCREEN SAVE,SCREENSAVE,DOSE,DOSE_INFO,PASTED,LABEL,OVERVIEW".split(","))
SCANNED = frozenset({"DOC", "SC"})  # modalities: documents, and captures named so
FACE = Sentence(
    "This image may show the patient's face, so it is not shown: patient details are hidden."
)
WRITTEN = Sentence(
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
    ultrasound = text(dataset, "Modality") in ("US", "IVUS")
    if ultrasound and (kept := _regions(dataset)):
        return Mask(kept)
    stated = text(dataset, "BurnedInAnnotation").upper()
    if stated == "YES" or _is_captured(dataset):
        return Withhold(WRITTEN)
    if stated == "NO":
        return Keep()
    if ultrasound and (band := header_band(dataset)):
        return Mask(((0, band, whole(dataset, "Columns") - 1, whole(dataset, "Rows") - 1),))
    return Keep() if _is_primary(dataset) else Withhold(WRITTEN)


def apply_mask(pixels: NDArray[Any], mask: Mask) -> NDArray[Any]:
    """A copy of (rows, columns) or (rows, columns, samples) pixels, 0 outside the kept regions."""
    kept = np.zeros_like(pixels)
    for left, top, right, bottom in mask.keep_regions:
        part = slice(max(top, 0), bottom + 1), slice(max(left, 0), right + 1)
        kept[part] = pixels[part]
    return kept


def _is_captured(dataset: Dataset) -> bool:
    """A picture of a screen, of a film or of paper (C.8.6.1), whatever it shows."""
    words = {word.upper() for word in texts(dataset, "ImageType")}
    return (
        f"{text(dataset, 'SOPClassUID')}.".startswith(f"{SECONDARY_CAPTURE}.")
        or "ConversionType" in dataset
        or text(dataset, "Modality") in SCANNED
        or bool(words & CAPTURED)
    )


def _is_primary(dataset: Dataset) -> bool:
    """A grey image as the modality made it, or computed from such ones."""
    modality = text(dataset, "Modality")
    words = {word.upper() for word in texts(dataset, "ImageType")}
    curve = modality == "CT" and "OTHER" in words  # for MR it is a usual word (C.8.3.1.1.1)
    grey = whole(dataset, "SamplesPerPixel", 1) == 1
    return modality in WITHOUT_TEXT and grey and not curve


def _regions(dataset: Dataset) -> tuple[Region, ...]:
    """The ultrasound regions, clipped to the image."""
    rows, columns = whole(dataset, "Rows"), whole(dataset, "Columns")
    clipped = (
        (max(r.left, 0), max(r.top, 0), min(r.right, columns - 1), min(r.bottom, rows - 1))
        for r in read_regions(dataset)
    )
    return tuple(region for region in clipped if region[0] < region[2] and region[1] < region[3])
