"""Reading the modality and VOI transformations of a data set or a frame's functional groups."""

import numpy as np
from pydicom.dataset import Dataset

from imaging.attributes import is_big_endian, items, number, numbers, text, texts, value, words
from imaging.modules import Greyscale, LookupTable, VoiFunction, Window

MOST_SAID = 1e299  # a centre or width beyond it is no number that anybody meant
_FUNCTIONS: dict[str, VoiFunction] = {"LINEAR_EXACT": "LINEAR_EXACT", "SIGMOID": "SIGMOID"}
# X-ray angiography and fluoroscopy keep a modality LUT for densitometry, not for display
_LUT_NOT_FOR_DISPLAY = ("1.2.840.10008.5.1.4.1.1.12.1", "1.2.840.10008.5.1.4.1.1.12.2")


def read_greyscale(
    transformation: Dataset,
    voi: Dataset,
    units: str,
    sop_class: str = "",
    *,
    continuous: bool = False,
) -> Greyscale:
    """Greyscale from the data sets that hold the modality and the VOI attributes.

    `units` applies when the transformation names none; `continuous` is for float pixels.
    """
    slope = number(transformation, "RescaleSlope", 1.0) or 1.0
    intercept = number(transformation, "RescaleIntercept")
    lut = None
    if sop_class not in _LUT_NOT_FOR_DISPLAY:
        for item in items(transformation, "ModalityLUTSequence")[:1]:
            lut = read_lut(item, text(item, "ModalityLUTType"), signed_output=False)
            units = text(item, "ModalityLUTType")
    named = text(transformation, "RescaleType")
    if named and lut is None:
        units = named
    voi_luts = (
        read_lut(item, text(item, "LUTExplanation"), signed_output=intercept < 0)
        for item in items(voi, "VOILUTSequence")
    )
    return Greyscale(
        slope=slope,
        intercept=intercept,
        units="" if units in ("US", "UNSPECIFIED") else units,
        modality_lut=lut,
        windows=read_windows(voi, continuous=continuous),
        voi_luts=tuple(table for table in voi_luts if table is not None),
    )


def read_windows(dataset: Dataset, *, continuous: bool = False) -> tuple[Window, ...]:
    """The windows in file order; pairs that show nothing are left out (DICOM PS3.3 C.11.2.1.2).

    `continuous` says that values are no whole steps. The half steps that LINEAR sets aside at its
    ends mean nothing then, and writers mean LINEAR_EXACT (C.11.2.1.3.2).
    """
    centers, widths = numbers(dataset, "WindowCenter"), numbers(dataset, "WindowWidth")
    if not centers or not widths:
        return ()
    names = texts(dataset, "WindowCenterWidthExplanation")
    function = _FUNCTIONS.get(text(dataset, "VOILUTFunction"), "LINEAR")
    windows = []
    for index, (center, width) in enumerate(zip(centers, widths, strict=False)):
        if width <= 0 or max(abs(center), width) > MOST_SAID:
            continue
        # a linear window narrower than 1 is not allowed: only the exact function can be meant
        exact = function == "LINEAR" and (continuous or width < 1)
        kind = "LINEAR_EXACT" if exact else function
        windows.append(Window(center, width, kind, names[index] if index < len(names) else ""))
    return tuple(windows)


def read_lut(item: Dataset, name: str, *, signed_output: bool) -> LookupTable | None:
    """One LUT item (DICOM PS3.3 C.11.1.1.1), or None when it is malformed.

    `signed_output` says that the table's input may be negative, so that a first value beyond 32767
    is one.
    """
    described = words(item, "LUTDescriptor")
    if len(described) != 3:
        return None
    count = int(described[0]) or 65536
    raw = value(item, "LUTDescriptor")
    first = int(raw[1])
    if signed_output and first >= 0x8000:
        first -= 0x10000
    entries = table_entries(item, "LUTData", count)
    bits = int(described[2])
    if len(entries) == 0 or not 1 <= bits <= 16:
        return None
    # a depth that the entries exceed is wrong, and would wrap bright to dark
    bits = max(bits, int(entries.max()).bit_length())
    return LookupTable(first, bits, entries.astype("<u2").tobytes(), name)


def table_entries(
    item: Dataset, keyword: str, count: int
) -> "np.ndarray[tuple[int], np.dtype[np.uint16]]":
    """`count` entries of a table that holds 16-bit words, or bytes packed two a word; empty if too
    few.
    """
    entries = words(item, keyword)
    if len(entries) >= count:
        return entries[:count]
    if len(entries) * 2 >= count:
        order = ">u2" if is_big_endian(item) else "<u2"
        packed = entries.astype(order).tobytes()
        return np.frombuffer(packed, np.uint8)[:count].astype(np.uint16)
    return np.empty(0, np.uint16)
