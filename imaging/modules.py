"""The values an image's DICOM modules hold, read once and kept: small frozen dataclasses.

Lengths are in millimetres unless a field says otherwise. An empty tuple or string, and a zero where
zero cannot be a value, mean "the file does not say".
"""

from dataclasses import dataclass
from typing import Literal

VoiFunction = Literal["LINEAR", "LINEAR_EXACT", "SIGMOID", "TABLE"]
SpacingMeaning = Literal["none", "patient", "detector", "calibrated", "region"]
SegmentationType = Literal["", "BINARY", "FRACTIONAL", "LABELMAP"]


@dataclass(frozen=True, slots=True)
class Window:
    """Window centre and width in modality units (DICOM PS3.3 C.11.2.1.2-3); `name` is for people.

    With the function "TABLE" the file's VOI LUT number `table` (from 0) is stretched over the
    window: exactly that LUT where the window is as wide as the LUT has entries and begins at its
    first value.

    Raises:
        ValueError: the width is not one the function allows (LINEAR from 1, the others above 0).
    """

    center: float
    width: float
    function: VoiFunction = "LINEAR"
    name: str = ""
    table: int = 0

    def __post_init__(self) -> None:
        # NaN and infinity fail both comparisons
        if not (abs(self.center) < 1e300 and 0 < self.width < 1e300):
            raise ValueError(f"A window of {self.center} / {self.width} shows nothing.")
        if self.function == "LINEAR" and self.width < 1:
            raise ValueError(f"A linear window is at least 1 wide, not {self.width}.")


@dataclass(frozen=True, slots=True)
class LookupTable:
    """One LUT (DICOM PS3.3 C.11.1.1.1): `data` holds little-endian 16-bit entries, `bits` their
    depth.
    """

    first: int
    bits: int
    data: bytes
    name: str = ""


@dataclass(frozen=True, slots=True)
class Greyscale:
    """From stored values to modality units, and the ways the file proposes to show them.

    `units` is what modality values mean ("HU", "BQML", ...), empty when unspecified.
    """

    slope: float = 1.0
    intercept: float = 0.0
    units: str = ""
    modality_lut: LookupTable | None = None
    windows: tuple[Window, ...] = ()
    voi_luts: tuple[LookupTable, ...] = ()


@dataclass(frozen=True, slots=True)
class Spacing:
    """Distance between pixel centres, down a column (`row`) and along a row (`column`).

    `meaning` says of what (DICOM PS3.3 10.7): "patient" lies in the slice plane of the patient,
    "calibrated" is a projection corrected to the patient, "detector" is at the detector or
    otherwise magnified, "region" comes from an ultrasound region, "none" is unknown (both zero).
    """

    row: float = 0.0
    column: float = 0.0
    meaning: SpacingMeaning = "none"


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a frame lies (DICOM PS3.3 C.7.6.2): three and six numbers, or empty tuples."""

    position: tuple[float, ...] = ()
    orientation: tuple[float, ...] = ()
    spacing: Spacing = Spacing()
    thickness: float = 0.0


@dataclass(frozen=True, slots=True)
class Projected:
    """What a projection shows: its side (L, R, B: both) and view (PA, LL, CC, MLO ...)."""

    side: str = ""
    view: str = ""


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of stored values (DICOM PS3.3 C.7.9): `rgb` holds three bytes an entry, the first for
    `first`.

    Values beyond either end take the colour at that end. `supplemental` marks a palette that
    colours only the stored values it covers, beside grey ones (DICOM PS3.3 C.7.6.19).
    """

    first: int
    rgb: bytes
    supplemental: bool = False


@dataclass(frozen=True, slots=True)
class Overlay:
    """One overlay plane (DICOM PS3.3 C.9.2): `bits` packed, lowest bit first, frame after frame.

    `row` and `column` count from 0 and may be negative; `first_frame` counts from 0. Planes that
    old files keep in unused bits of the pixel cells (DICOM PS3.5 8.1.2, retired) are lifted out
    into `bits` too.
    """

    rows: int
    columns: int
    row: int
    column: int
    first_frame: int
    frames: int
    bits: bytes
    label: str = ""
    region_of_interest: bool = False


@dataclass(frozen=True, slots=True)
class Shutter:
    """What a display shutter leaves visible (DICOM PS3.3 C.7.6.11), edges counted from 0 and
    visible.

    `rectangle` is (left, top, right, bottom), `circle` (row, column, radius), `polygon` row,
    column, row, ...; each empty when that shape is absent. `grey` is the covered part's level, 0
    black to 65535.
    """

    rectangle: tuple[int, ...] = ()
    circle: tuple[int, ...] = ()
    polygon: tuple[int, ...] = ()
    grey: int = 0


@dataclass(frozen=True, slots=True)
class UltrasoundRegion:
    """A calibrated region (DICOM PS3.3 C.8.5.5): both corners are inside it, pixels count from 0.

    `units` are the standard's codes (3 centimetres, 4 seconds, 7 cm/s ...), `delta` the step a
    pixel in them.
    """

    left: int
    top: int
    right: int
    bottom: int
    spatial_format: int = 0
    data_type: int = 0
    units_x: int = 0
    units_y: int = 0
    delta_x: float = 0.0
    delta_y: float = 0.0
    reference_x: int = 0
    reference_y: int = 0
    has_reference: bool = False


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of a segmentation (DICOM PS3.3 C.8.20.4); `rgb` is empty when no colour is
    recommended.
    """

    number: int
    label: str
    rgb: tuple[int, ...] = ()
