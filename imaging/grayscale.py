"""From stored values to grey levels: modality transformation and windows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.instance import ImageDescription
from imaging.modules import LookupTable, Window
from imaging.sentences import Sentence

__all__ = [
    "Window",
    "grey_levels",
    "is_windowed",
    "modality_values",
    "windows",
]

Pixels = NDArray[Any]
WHITE = 255.0
EXACT_IN_FLOAT32 = 1 << 24


def is_windowed(description: ImageDescription) -> bool:
    """Whether a window has anything to do: not so for colours and for yes-or-no segmentations."""
    if description.segmentation in ("BINARY", "LABELMAP"):
        return False
    return description.monochrome and description.bits_stored > 1


def modality_values(
    description: ImageDescription, frame: int, pixels: Pixels
) -> NDArray[np.float32] | NDArray[np.float64]:
    """Stored values (rows, columns) in modality units (DICOM PS3.3 C.11.1): HU for CT.

    float32 where it holds every stored value exactly, else float64. A new array.
    """
    grey = description.greyscale(frame)
    if grey.modality_lut is not None:
        return _looked_up(grey.modality_lut, pixels).astype(np.float32)
    values: NDArray[Any] = pixels.astype(_float_for(description))
    if grey.slope != 1:
        values *= grey.slope
    if grey.intercept:
        values += grey.intercept
    return values


def windows(description: ImageDescription, frame: int) -> tuple[Window, ...]:
    """The ways the file proposes to show a frame, in its order, VOI LUTs first (PS3.3 C.11.2)."""
    if not is_windowed(description):
        return ()
    grey = description.greyscale(frame)
    tables = tuple(_table_window(table, number) for number, table in enumerate(grey.voi_luts))
    named = tuple(
        window if window.name else Window(window.center, window.width, window.function, label)
        for window, label in zip(grey.windows, _labels(len(grey.windows)), strict=True)
    )
    return (*tables, *named)


def grey_levels(
    description: ImageDescription, frame: int, pixels: Pixels, window: Window
) -> NDArray[np.uint8]:
    """Grey levels 0 to 255 of stored values (rows, columns), before any inversion.

    Source: DICOM PS3.3 C.11.2.1.2.1 (LINEAR), C.11.2.1.3.1 (SIGMOID), C.11.2.1.3.2
    (LINEAR_EXACT); C.11.1 for the modality transformation that comes first.
    """
    grey = description.greyscale(frame)
    threshold = window.function == "LINEAR" and window.width <= 1
    if threshold or window.function in ("SIGMOID", "TABLE") or grey.modality_lut is not None:
        values = modality_values(description, frame, pixels)
        if threshold:
            return np.where(values > window.center - 0.5, np.uint8(255), np.uint8(0))
        if window.function == "SIGMOID":
            return _sigmoid(values, window)
        if window.function == "TABLE" and window.table < len(grey.voi_luts):
            return _through_table(values, window, grey.voi_luts[window.table])
        return _ramp(values, *_slope_and_start(window))
    slope, start = _slope_and_start(window)
    # modality and window in one step: one multiplication and one addition a pixel
    scaled = pixels.astype(_float_for(description))
    return _ramp(scaled, slope * grey.slope, slope * grey.intercept + start)


def _slope_and_start(window: Window) -> tuple[float, float]:
    """What a value is multiplied by, and what is added, to become a level of 0 to 255."""
    exact = window.function != "LINEAR"
    center = window.center if exact else window.center - 0.5
    width = max(window.width if exact else window.width - 1, 1e-9)
    slope = WHITE / width
    return slope, WHITE / 2 - center * slope


def _ramp(values: NDArray[Any], slope: float, start: float) -> NDArray[np.uint8]:
    values *= slope
    values += start + 0.5
    np.clip(values, 0, WHITE, out=values)
    if values.size and np.isnan(values.max()):  # seldom, and looking for them costs as much again
        np.nan_to_num(values, copy=False)
    return values.astype(np.uint8)


def _sigmoid(values: NDArray[Any], window: Window) -> NDArray[np.uint8]:
    exponent = np.clip(-4 * (values - window.center) / window.width, -80, 80)
    return (np.nan_to_num(WHITE / (1 + np.exp(exponent))) + 0.5).astype(np.uint8)


def _through_table(values: NDArray[Any], window: Window, table: LookupTable) -> NDArray[np.uint8]:
    entries = np.frombuffer(table.data, "<u2")
    first = window.center - window.width / 2
    places = np.floor((values - first) * (len(entries) / window.width))
    levels = (entries.astype(np.float32) * (WHITE / ((1 << table.bits) - 1)) + 0.5).astype(np.uint8)
    bounded = np.clip(np.nan_to_num(places), 0, len(entries) - 1).astype(np.int32)
    shown: NDArray[np.uint8] = levels[bounded]
    return shown


def _table_window(table: LookupTable, number: int) -> Window:
    entries = len(table.data) // 2
    name = table.name or Sentence("From the file")
    return Window(table.first + entries / 2, entries, "TABLE", name, number)


def _looked_up(table: LookupTable, pixels: Pixels) -> NDArray[np.uint16]:
    entries = np.frombuffer(table.data, "<u2")
    places = np.clip(pixels.astype(np.int64) - table.first, 0, len(entries) - 1)
    found: NDArray[np.uint16] = entries[places]
    return found


def _labels(count: int) -> tuple[str, ...]:
    if count == 1:
        return (Sentence("From the file"),)
    return tuple(f"From the file, {number}" for number in range(1, count + 1))


def _float_for(description: ImageDescription) -> type[np.float32] | type[np.float64]:
    wide = description.sample_kind == "float64" or (
        description.sample_kind == "integer" and 1 << description.bits_stored > EXACT_IN_FLOAT32
    )
    return np.float64 if wide else np.float32
