"""Measurements as a DICOM structured report that other software reads: TID 1500 of DICOM PS3.16.

Lengths, angles and single values are measurements with their coordinates (TID 300); rectangles and
ellipses are planar regions (TID 1410). Arrows and texts have no place in the template.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from highdicom import sr
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code
from pydicom.uid import generate_uid

from imaging.measure import Point, Quantity

NAMES = {
    "length": codes.SCT.Length,
    "angle": codes.SCT.Angle,
    "area": codes.SCT.Area,
}
DERIVATIONS = {
    "value": None,
    "mean": codes.SCT.Mean,
    "deviation": codes.SCT.StandardDeviation,
    "minimum": codes.SCT.Minimum,
    "maximum": codes.SCT.Maximum,
}
UNITS = {
    "mm": Code("mm", "UCUM", "millimeter"),
    "mm²": Code("mm2", "UCUM", "square millimeter"),
    "px": Code("{pixels}", "UCUM", "pixels"),
    "px²": Code("{pixels}2", "UCUM", "square pixels"),
    "°": Code("deg", "UCUM", "degree"),
    "HU": Code("[hnsf'U]", "UCUM", "Hounsfield unit"),
    "SUV": Code("{SUVbw}g/ml", "UCUM", "Standardized Uptake Value body weight"),
}
NO_UNITS = Code("1", "UCUM", "no units")
GRAPHICS = {"length": "POLYLINE", "angle": "POLYLINE", "probe": "POINT",
            "rectangle": "POLYLINE", "ellipse": "ELLIPSE"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """A shape on a frame, counted from 0, and what it measures; points as in `imaging.measure`."""

    key: str
    form: str  # length, angle, probe, rectangle, ellipse
    image: Dataset  # the header of the image it lies on
    frame: int
    points: tuple[Point, ...]
    quantities: Mapping[str, Quantity]  # by name: length, angle, area, value, mean, deviation, ...


def measurement_report(
    measured: Sequence[Measured], *, observer: str, now: datetime, uid_source: str
) -> Dataset:
    """A Comprehensive SR of a study's measurements, by `observer` (a DICOM person name).

    `now` is local time, as DICOM has it; `uid_source` makes its UIDs, so the same source makes the
    same ones. `measured` is not empty, and all of one study.
    """
    person = sr.ObserverContext(
        observer_type=codes.DCM.Person,
        observer_identifying_attributes=sr.PersonObserverIdentifyingAttributes(name=observer),
    )
    content = sr.MeasurementReport(
        observation_context=sr.ObservationContext(observer_person_context=person),
        procedure_reported=codes.SCT.ImagingProcedure,
        imaging_measurements=[_group(one) for one in measured],
        title=codes.DCM.ImagingMeasurementReport,
    )
    evidence = {str(one.image.SOPInstanceUID): one.image for one in measured}
    report: Dataset = sr.ComprehensiveSR(
        evidence=list(evidence.values()),
        content=content[0],
        series_instance_uid=generate_uid(entropy_srcs=[uid_source, "series"]),
        series_number=9001,
        sop_instance_uid=generate_uid(entropy_srcs=[uid_source, "instance"]),
        instance_number=1,
        manufacturer="My Imaging",
    )
    report.SpecificCharacterSet = "ISO_IR 192"  # whatever the images have: the observer is ours
    for part in ("Series", "Content", "InstanceCreation"):
        setattr(report, f"{part}Date", now.strftime("%Y%m%d"))
        setattr(report, f"{part}Time", now.strftime("%H%M%S"))
    return report


def _group(one: Measured) -> Any:
    tracking = sr.TrackingIdentifier(uid=generate_uid(entropy_srcs=[one.key]), identifier=one.key)
    image = _source(one)
    graphic, data = GRAPHICS[one.form], _graphic_data(one)
    if one.form in ("rectangle", "ellipse"):
        return sr.PlanarROIMeasurementsAndQualitativeEvaluations(
            tracking_identifier=tracking,
            referenced_region=sr.ImageRegion(graphic, data, image),
            measurements=[_measurement(name, q) for name, q in one.quantities.items()],
        )
    place = sr.CoordinatesForMeasurement(graphic, data, image)
    return sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=tracking,
        measurements=[_measurement(name, q, place) for name, q in one.quantities.items()],
    )


def _measurement(
    name: str, quantity: Quantity, place: sr.CoordinatesForMeasurement | None = None
) -> sr.Measurement:
    return sr.Measurement(
        name=NAMES[name] if name in NAMES else _meaning(quantity.unit),
        value=quantity.value,
        unit=UNITS.get(quantity.unit, NO_UNITS),
        derivation=DERIVATIONS.get(name),
        referenced_coordinates=[place] if place is not None else None,
    )


def _meaning(unit: str) -> Code:
    """What a pixel's value is."""
    meaning: Code = codes.DCM.AttenuationCoefficient if unit == "HU" else codes.SCT.Quantity
    return meaning


def _source(one: Measured) -> sr.SourceImageForRegion:
    several = int(one.image.get("NumberOfFrames", 1) or 1) > 1
    return sr.SourceImageForRegion(
        one.image.SOPClassUID, one.image.SOPInstanceUID, [one.frame + 1] if several else None
    )


def _graphic_data(one: Measured) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Columns and rows (DICOM PS3.3 C.18.6.1.2), where the corner of the image is 0\\0 as here."""
    points = np.array(one.points, np.float64)
    if one.form in ("rectangle", "ellipse"):
        (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
        if one.form == "rectangle":
            corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
            return np.array(corners)
        x, y = (left + right) / 2, (top + bottom) / 2
        across, down = [(left, y), (right, y)], [(x, top), (x, bottom)]
        wide = right - left >= bottom - top
        return np.array([*across, *down] if wide else [*down, *across])  # the major axis first
    return points
