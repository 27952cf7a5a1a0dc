"""DICOM objects around the demonstration's pixels: every attribute their definitions ask for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    ComputedRadiographyImageStorage,
    CTImageStorage,
    DigitalXRayImageStorageForPresentation,
    ExplicitVRLittleEndian,
    MRImageStorage,
    SecondaryCaptureImageStorage,
    generate_uid,
)

ISSUER = "DEMO"
HOSPITAL = "Riverbend District Hospital"


def uid(*parts: object) -> UID:
    """The same UID for the same parts, every time."""
    return generate_uid(entropy_srcs=["my imaging demonstration", *map(str, parts)])


@dataclass(frozen=True)
class Person:
    """An invented patient."""

    name: str
    patient_id: str
    born: str
    sex: str


@dataclass(frozen=True)
class Exam:
    """An invented exam; `key` makes its UIDs."""

    person: Person
    key: str
    when: datetime
    modality: str
    description: str
    body_part: str
    referrer: str = "LINDQVIST^Robin^^Dr"

    @property
    def study_uid(self) -> UID:
        return uid(self.key)


def blank(exam: Exam, sop_class: UID, series: int, series_name: str, number: int) -> Dataset:
    """Patient, study, series and instance of an object, without anything to see yet."""
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.SOPClassUID = sop_class
    dataset.SOPInstanceUID = uid(exam.key, series, number)
    dataset.PatientName, dataset.PatientID = exam.person.name, exam.person.patient_id
    dataset.IssuerOfPatientID = ISSUER
    dataset.PatientBirthDate, dataset.PatientSex = exam.person.born, exam.person.sex
    dataset.StudyInstanceUID = exam.study_uid
    dataset.StudyDate, dataset.StudyTime = (
        exam.when.strftime("%Y%m%d"),
        exam.when.strftime("%H%M%S"),
    )
    dataset.SeriesDate, dataset.SeriesTime = dataset.StudyDate, dataset.StudyTime
    dataset.ContentDate, dataset.ContentTime = dataset.StudyDate, dataset.StudyTime
    dataset.AcquisitionDate, dataset.AcquisitionTime = dataset.StudyDate, dataset.StudyTime
    dataset.StudyID, dataset.AccessionNumber = exam.key[:16], f"RB{exam.when:%y%m%d%H%M}"
    dataset.StudyDescription = exam.description
    dataset.ReferringPhysicianName = exam.referrer
    dataset.InstitutionName = HOSPITAL
    dataset.Manufacturer, dataset.ManufacturerModelName = "My Imaging", "Phantom"
    dataset.Modality, dataset.BodyPartExamined = exam.modality, exam.body_part
    dataset.SeriesInstanceUID = uid(exam.key, series)
    dataset.SeriesNumber, dataset.SeriesDescription = series, series_name
    dataset.InstanceNumber = number
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.ImplementationClassUID = uid("implementation")
    dataset.file_meta = meta
    return dataset


def with_pixels(dataset: Dataset, pixels: NDArray[np.generic], bits: int) -> Dataset:
    """Add pixels (rows, columns) or (rows, columns, 3) of `bits` bits."""
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    colour = pixels.ndim == 3
    dataset.SamplesPerPixel = 3 if colour else 1
    dataset.PhotometricInterpretation = "RGB" if colour else "MONOCHROME2"
    if colour:
        dataset.PlanarConfiguration = 0
    dataset.BitsAllocated = pixels.dtype.itemsize * 8
    dataset.BitsStored, dataset.HighBit = bits, bits - 1
    dataset.PixelRepresentation = int(np.issubdtype(pixels.dtype, np.signedinteger))
    dataset.PixelData = np.ascontiguousarray(pixels).tobytes()
    return dataset


def placed(
    dataset: Dataset,
    exam: Exam,
    position: tuple[float, float, float],
    axes: list[float],
    spacing: float,
    thickness: float,
) -> None:
    """Say where a slice lies in the patient (DICOM PS3.3 C.7.6.2), in mm."""
    dataset.FrameOfReferenceUID = uid(exam.key, "frame of reference")
    dataset.PositionReferenceIndicator = ""
    dataset.PatientPosition = "HFS"
    dataset.ImagePositionPatient = [round(part, 4) for part in position]
    dataset.ImageOrientationPatient = axes
    dataset.PixelSpacing = [spacing, spacing]
    dataset.SliceThickness = thickness


def ct_slice(
    exam: Exam,
    series: int,
    name: str,
    number: int,
    hounsfield: NDArray[np.float32],
    position: tuple[float, float, float],
    spacing: float,
    thickness: float,
    *,
    window: tuple[int, int] = (50, 400),
    axes: tuple[float, ...] = (1, 0, 0, 0, 1, 0),
    derived: bool = False,
) -> Dataset:
    """A CT slice from Hounsfield units (DICOM PS3.3 A.3)."""
    dataset = blank(exam, CTImageStorage, series, name, number)
    dataset.ImageType = (
        ["DERIVED", "SECONDARY", "REFORMATTED"] if derived else ["ORIGINAL", "PRIMARY", "AXIAL"]
    )
    placed(dataset, exam, position, list(axes), spacing, thickness)
    dataset.KVP, dataset.AcquisitionNumber = "120", 1
    dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = -1024, 1, "HU"
    dataset.WindowCenter, dataset.WindowWidth = window
    stored = np.clip(np.rint(hounsfield) + 1024, 0, 4095).astype(np.uint16)
    return with_pixels(dataset, stored, 12)


def mr_slice(
    exam: Exam,
    series: int,
    name: str,
    number: int,
    signal: NDArray[np.float32],
    position: tuple[float, float, float],
    spacing: float,
    thickness: float,
    echo: tuple[float, float],
) -> Dataset:
    """An MR slice from signal (DICOM PS3.3 A.4); `echo` is repetition and echo time in ms."""
    dataset = blank(exam, MRImageStorage, series, name, number)
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "M"]
    placed(dataset, exam, position, [1, 0, 0, 0, 1, 0], spacing, thickness)
    dataset.ScanningSequence, dataset.SequenceVariant = "SE", "SK"
    dataset.ScanOptions, dataset.MRAcquisitionType = "", "2D"
    dataset.RepetitionTime, dataset.EchoTime = echo
    dataset.EchoTrainLength = 1
    dataset.WindowCenter, dataset.WindowWidth = 500, 1000
    return with_pixels(dataset, np.clip(np.rint(signal), 0, 4095).astype(np.uint16), 12)


def radiograph(
    exam: Exam,
    series: int,
    name: str,
    number: int,
    pixels: NDArray[np.uint16],
    spacing: float,
    view: str,
    *,
    white_is_low: bool = False,
) -> Dataset:
    """A projection image, CR or DX (DICOM PS3.3 A.2, A.26); bone is bright in `pixels`."""
    digital = exam.modality == "DX"
    sop_class = (
        DigitalXRayImageStorageForPresentation if digital else ComputedRadiographyImageStorage
    )
    dataset = blank(exam, sop_class, series, name, number)
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    dataset.ViewPosition = view
    dataset.ImagerPixelSpacing = [spacing, spacing]
    dataset.PatientOrientation = ["P", "F"] if view == "LL" else ["L", "F"]
    dataset.BurnedInAnnotation = "NO"
    if digital:
        dataset.PresentationIntentType = "FOR PRESENTATION"
        dataset.PixelIntensityRelationship, dataset.PixelIntensityRelationshipSign = "LOG", 1
        dataset.RescaleIntercept, dataset.RescaleSlope, dataset.RescaleType = 0, 1, "US"
        dataset.PresentationLUTShape = "INVERSE" if white_is_low else "IDENTITY"
        dataset.LossyImageCompression, dataset.ImageLaterality = "00", "U"
        dataset.DetectorType, dataset.PositionerType = "DIRECT", "NONE"
        dataset.AnatomicRegionSequence, dataset.AcquisitionContextSequence = [], []
    dataset.WindowCenter, dataset.WindowWidth = 2000, 3900
    if white_is_low:
        pixels = (4095 - pixels).astype(np.uint16)
    with_pixels(dataset, pixels, 12)
    if white_is_low:
        dataset.PhotometricInterpretation = "MONOCHROME1"
        dataset.WindowCenter = 2095
    return dataset


def photograph(exam: Exam, series: int, name: str, number: int, rgb: NDArray[np.uint8]) -> Dataset:
    """A colour picture as a secondary capture (DICOM PS3.3 A.8)."""
    dataset = blank(exam, SecondaryCaptureImageStorage, series, name, number)
    dataset.ImageType = ["ORIGINAL", "PRIMARY"]
    dataset.ConversionType = "DI"
    return with_pixels(dataset, rgb, 8)
