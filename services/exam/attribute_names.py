"""Plain names of DICOM attributes, the groups they stand in, and their units (PS3.6 for terms)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from services.exam import plain_names
from services.language import _


class Group(Enum):
    """Where a person looks for an attribute; in the order of the page."""

    PATIENT = auto()
    EXAM = auto()
    SERIES = auto()
    MAKING = auto()
    CONTRAST = auto()
    PLACE = auto()
    IMAGE = auto()
    DEVICE = auto()
    MORE = auto()
    IDENTIFIERS = auto()


@dataclass(frozen=True, slots=True)
class PlainName:
    """What an attribute is called on screen."""

    group: Group
    name: str
    unit: str = ""


def title(group: Group) -> str:
    """The heading of a group."""
    return {
        Group.PATIENT: _("Patient"),
        Group.EXAM: _("Exam"),
        Group.SERIES: _("Series"),
        Group.MAKING: _("How the image was made"),
        Group.CONTRAST: _("Contrast agent and tracer"),
        Group.PLACE: _("Where the image lies"),
        Group.IMAGE: _("The image itself"),
        Group.DEVICE: _("Device"),
        Group.MORE: _("More"),
        Group.IDENTIFIERS: _("Identifiers for support"),
    }[group]


def names() -> dict[str, PlainName]:
    """Attributes by keyword, in the order in which they are told."""
    return {
        keyword: PlainName(group, *told)
        for group, rows in (
            (Group.PATIENT, _patient()),
            (Group.EXAM, _exam()),
            (Group.SERIES, _series()),
            (Group.MAKING, _making()),
            (Group.CONTRAST, _contrast()),
            (Group.PLACE, _place()),
            (Group.IMAGE, _image()),
            (Group.DEVICE, _device()),
        )
        for keyword, *told in rows
    }


def age(written: str) -> str:
    """`068Y` as `68 years` (AS, DICOM PS3.5 6.2)."""
    number, unit = written[:-1].lstrip("0"), written[-1:]
    units = {"Y": _("years"), "M": _("months"), "W": _("weeks"), "D": _("days")}
    return f"{number} {units[unit]}" if number.isdigit() and unit in units else written


def code(keyword: str, written: str) -> str:
    """A code of the standard in words, where there are any."""
    known = {
        "PatientSex": {"M": _("male"), "F": _("female"), "O": _("other")},
        "Laterality": {"L": _("left"), "R": _("right")},
        "ImageLaterality": {"L": _("left"), "R": _("right"), "B": _("both"), "U": _("unpaired")},
        "PatientPosition": {
            "HFS": _("lying on the back, head first"),
            "HFP": _("lying on the front, head first"),
            "FFS": _("lying on the back, feet first"),
            "FFP": _("lying on the front, feet first"),
            "HFDR": _("lying on the right side, head first"),
            "HFDL": _("lying on the left side, head first"),
            "FFDR": _("lying on the right side, feet first"),
            "FFDL": _("lying on the left side, feet first"),
        },
        "LossyImageCompression": {"00": _("no"), "01": _("yes")},
        "BurnedInAnnotation": {"NO": _("no"), "YES": _("yes")},
    }
    if keyword == "Modality":
        plain = plain_names.modality(written)
        return f"{plain} ({written})" if plain != written else written
    if keyword == "BodyPartExamined":
        return plain_names.body_part(written)
    return known.get(keyword, {}).get(written, written)


def _patient() -> tuple[tuple[str, ...], ...]:
    return (
        ("PatientName", _("Name")),
        ("PatientBirthDate", _("Date of birth")),
        ("PatientAge", _("Age at the exam")),
        ("PatientSex", _("Sex")),
        ("PatientID", _("Patient ID")),
        ("PatientSize", _("Height"), "m"),
        ("PatientWeight", _("Weight"), "kg"),
    )


def _exam() -> tuple[tuple[str, ...], ...]:
    return (
        ("StudyDescription", _("What was examined")),
        ("StudyDate", _("Date")),
        ("StudyTime", _("Time")),
        ("Modality", _("Kind of exam")),
        ("AccessionNumber", _("Accession number")),
        ("StudyID", _("Exam number")),
        ("ReferringPhysicianName", _("Referred by")),
        ("PerformingPhysicianName", _("Performed by")),
        ("InstitutionName", _("Hospital or practice")),
    )


def _series() -> tuple[tuple[str, ...], ...]:
    return (
        ("SeriesDescription", _("Series")),
        ("SeriesNumber", _("Series number")),
        ("BodyPartExamined", _("Body part")),
        ("AnatomicRegionSequence", _("Region of the body")),
        ("Laterality", _("Side of the body")),
        ("ImageLaterality", _("Side in this image")),
        ("ViewPosition", _("Direction of view")),
        ("PatientPosition", _("Position of the patient")),
        ("ProtocolName", _("Programme of the device")),
        ("InstanceNumber", _("Image number")),
        ("AcquisitionNumber", _("Run")),
        ("SeriesDate", _("Date of the series")),
        ("SeriesTime", _("Time of the series")),
        ("AcquisitionDate", _("Date of the image")),
        ("AcquisitionTime", _("Time of the image")),
    )


def _making() -> tuple[tuple[str, ...], ...]:
    return (
        ("KVP", _("X-ray tube voltage"), "kV"),
        ("XRayTubeCurrent", _("X-ray tube current"), "mA"),
        ("ExposureTime", _("Exposure time"), "ms"),
        ("Exposure", _("Exposure"), "mAs"),
        ("CTDIvol", _("Dose of the scan (CTDIvol)"), "mGy"),
        ("ConvolutionKernel", _("Sharpness filter")),
        ("FilterType", _("X-ray filter")),
        ("SliceThickness", _("Slice thickness"), "mm"),
        ("SpacingBetweenSlices", _("Distance between slices"), "mm"),
        ("GantryDetectorTilt", _("Tilt of the scanner"), "°"),
        ("MagneticFieldStrength", _("Magnetic field"), "T"),
        ("RepetitionTime", _("Repetition time (TR)"), "ms"),
        ("EchoTime", _("Echo time (TE)"), "ms"),
        ("InversionTime", _("Inversion time (TI)"), "ms"),
        ("FlipAngle", _("Flip angle"), "°"),
        ("ScanningSequence", _("Kind of sequence")),
        ("SequenceName", _("Name of the sequence")),
        ("ReceiveCoilName", _("Coil")),
        ("CompressionForce", _("Compression force"), "N"),
        ("BodyPartThickness", _("Thickness of the body part"), "mm"),
        ("HeartRate", _("Heart rate"), _("a minute")),
        ("FrameTime", _("Time for an image"), "ms"),
        ("CineRate", _("Images a second")),
    )


def _contrast() -> tuple[tuple[str, ...], ...]:
    return (
        ("ContrastBolusAgent", _("Contrast agent")),
        ("ContrastBolusVolume", _("Amount"), "ml"),
        ("ContrastBolusRoute", _("How it was given")),
        ("ContrastBolusStartTime", _("Given at")),
        ("Radiopharmaceutical", _("Tracer")),
        ("RadionuclideTotalDose", _("Activity of the tracer"), "Bq"),
        ("RadionuclideHalfLife", _("Half-life of the tracer"), "s"),
        ("RadiopharmaceuticalStartTime", _("Tracer given at")),
    )


def _place() -> tuple[tuple[str, ...], ...]:
    return (
        ("SliceLocation", _("Position of the slice"), "mm"),
        ("ImagePositionPatient", _("First corner in the body"), "mm"),
        ("ImageOrientationPatient", _("Direction in the body")),
        ("PatientOrientation", _("Towards right, towards bottom")),
    )


def _image() -> tuple[tuple[str, ...], ...]:
    return (
        ("Columns", _("Width"), _("pixels")),
        ("Rows", _("Height"), _("pixels")),
        ("NumberOfFrames", _("Pictures in this image")),
        ("PixelSpacing", _("Size of a pixel"), "mm"),
        ("ImagerPixelSpacing", _("Size of a pixel at the detector"), "mm"),
        ("WindowWidth", _("Window width")),
        ("WindowCenter", _("Window centre")),
        ("RescaleType", _("Unit of the values")),
        ("BitsStored", _("Bits a value")),
        ("PhotometricInterpretation", _("Colours")),
        ("ImageType", _("Kind of image")),
        ("LossyImageCompression", _("Compressed with loss")),
    )


def _device() -> tuple[tuple[str, ...], ...]:
    return (
        ("Manufacturer", _("Made by")),
        ("ManufacturerModelName", _("Model")),
        ("StationName", _("Station")),
        ("SoftwareVersions", _("Software")),
    )
