"""Reading where a frame lies and what a millimetre is on it."""

import math

from pydicom.dataset import Dataset

from imaging.attributes import items, number, numbers, text, whole
from imaging.modules import Placement, Spacing, SpacingMeaning, UltrasoundRegion

_PROJECTIONS = frozenset({"CR", "DX", "MG", "RF", "XA", "IO", "PX", "RG", "XC", "OT", "SC"})
_CENTIMETRES = 3


def read_spacing(
    measures: Dataset, dataset: Dataset, modality: str, regions: tuple[UltrasoundRegion, ...]
) -> Spacing:
    """Spacing and what it means, from the data set that holds Pixel Spacing and the whole (DICOM
    PS3.3 10.7).
    """
    spacing = _pair(measures, "PixelSpacing")
    detector = _pair(dataset, "ImagerPixelSpacing")
    nominal = _pair(dataset, "NominalScannedPixelSpacing")
    if spacing:
        projected = modality in _PROJECTIONS and not numbers(dataset, "ImageOrientationPatient", 6)
        meaning: SpacingMeaning = "patient"
        if text(dataset, "PixelSpacingCalibrationType") or (detector and detector != spacing):
            meaning = "calibrated"
        elif detector or projected:
            meaning = "detector"
        return Spacing(spacing[0], spacing[1], meaning)
    if detector:
        return Spacing(detector[0], detector[1], "detector")
    if nominal:
        return Spacing(nominal[0], nominal[1], "detector")
    tissue = [region for region in regions if is_distance_region(region)]
    if tissue and len({(region.delta_x, region.delta_y) for region in tissue}) == 1:
        return Spacing(abs(tissue[0].delta_y) * 10, abs(tissue[0].delta_x) * 10, "region")
    return Spacing()


def is_distance_region(region: UltrasoundRegion) -> bool:
    """Whether both axes of the region are distances in the patient (DICOM PS3.3 C.8.5.5.1)."""
    units = (region.units_x, region.units_y)
    return units == (_CENTIMETRES, _CENTIMETRES) and bool(region.delta_x and region.delta_y)


def read_placement(
    position: Dataset, orientation: Dataset, measures: Dataset, spacing: Spacing
) -> Placement:
    """Placement from the data sets that hold each part; unusable parts are empty."""
    axes = numbers(orientation, "ImageOrientationPatient", 6)
    return Placement(
        numbers(position, "ImagePositionPatient", 3),
        axes if _perpendicular_units(axes) else (),
        spacing,
        max(number(measures, "SliceThickness"), 0.0),
    )


def read_regions(dataset: Dataset) -> tuple[UltrasoundRegion, ...]:
    """The calibrated ultrasound regions (DICOM PS3.3 C.8.5.5)."""
    regions = []
    for item in items(dataset, "SequenceOfUltrasoundRegions"):
        left, top = whole(item, "RegionLocationMinX0"), whole(item, "RegionLocationMinY0")
        right, bottom = whole(item, "RegionLocationMaxX1"), whole(item, "RegionLocationMaxY1")
        if right < left or bottom < top:
            continue
        regions.append(
            UltrasoundRegion(
                left,
                top,
                right,
                bottom,
                whole(item, "RegionSpatialFormat"),
                whole(item, "RegionDataType"),
                whole(item, "PhysicalUnitsXDirection"),
                whole(item, "PhysicalUnitsYDirection"),
                number(item, "PhysicalDeltaX"),
                number(item, "PhysicalDeltaY"),
                whole(item, "ReferencePixelX0"),
                whole(item, "ReferencePixelY0"),
                "ReferencePixelX0" in item and "ReferencePixelY0" in item,
            )
        )
    return tuple(regions)


def _pair(dataset: Dataset, keyword: str) -> tuple[float, ...]:
    pair = numbers(dataset, keyword, 2)
    return pair if pair and all(1e-6 < part < 1e4 for part in pair) else ()


def _perpendicular_units(axes: tuple[float, ...]) -> bool:
    """Whether six numbers are two unit vectors at a right angle, within what devices round to."""
    if len(axes) != 6:
        return False
    row, column = axes[:3], axes[3:]
    across = sum(a * b for a, b in zip(row, column, strict=True))
    lengths = [math.hypot(*axis) for axis in (row, column)]
    return abs(across) < 0.01 and all(abs(length - 1) < 0.01 for length in lengths)
