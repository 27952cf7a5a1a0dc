"""Small DICOM objects for tests, made from numpy arrays."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    CTImageStorage,
    ExplicitVRLittleEndian,
    SecondaryCaptureImageStorage,
    generate_uid,
)

from services.intake import ingest
from services.intake.ingest import Outcome
from services.portal import Portal


def ct_slice(
    *,
    study: str = "1.2.826.0.1.3680043.10.1",
    series: str = "",
    number: int = 1,
    patient_id: str = "P1",
    name: str = "FRENCHIE^Chester",
    born: str = "19580314",
    size: int = 64,
    **others: object,
) -> Dataset:
    """A CT slice whose brightness tells its number: a disc of 10 HU a slice on air."""
    dataset = _patient(study, patient_id, name, born)
    dataset.SOPClassUID = CTImageStorage
    dataset.SeriesInstanceUID = series or f"{study}.1"
    dataset.SOPInstanceUID = f"{dataset.SeriesInstanceUID}.{number}"
    dataset.Modality = "CT"
    dataset.SeriesNumber, dataset.InstanceNumber = 1, number
    dataset.SeriesDescription = "Axial"
    dataset.ImagePositionPatient = [-size / 2, -size / 2, -2.0 * number]
    dataset.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    dataset.FrameOfReferenceUID = f"{study}.9"
    dataset.PixelSpacing = [1.0, 1.0]
    dataset.SliceThickness = 2.0
    dataset.RescaleIntercept, dataset.RescaleSlope = -1024, 1
    dataset.RescaleType = "HU"
    dataset.WindowCenter, dataset.WindowWidth = 40, 400
    y, x = np.mgrid[:size, :size] - size / 2 + 0.5
    pixels = np.where(np.hypot(x, y * 1.3) < size * 0.4, 1024 + 10 * number, 24)
    _pixels(dataset, pixels.astype(np.uint16), bits=12)
    for keyword, value in others.items():
        setattr(dataset, keyword, value)
    return _complete(dataset)


def photograph(*, study: str, patient_id: str = "P1", name: str = "FRENCHIE^Chester") -> Dataset:
    """A colour secondary capture."""
    dataset = _patient(study, patient_id, name, "19580314")
    dataset.SOPClassUID = SecondaryCaptureImageStorage
    dataset.SeriesInstanceUID, dataset.SOPInstanceUID = f"{study}.5", f"{study}.5.1"
    dataset.Modality, dataset.ConversionType = "OT", "WSD"
    dataset.SeriesNumber, dataset.InstanceNumber = 5, 1
    pixels = np.zeros((32, 48, 3), np.uint8)
    pixels[..., 0] = 200
    _pixels(dataset, pixels, bits=8)
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 3, "RGB"
    dataset.PlanarConfiguration = 0
    return _complete(dataset)


def as_bytes(dataset: Dataset) -> bytes:
    """The dataset as a DICOM file."""
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, dataset, enforce_file_format=True)
    return buffer.getvalue()


def take_in(portal: Portal, datasets: Sequence[Dataset]) -> list[Outcome]:
    """Store datasets in a portal."""
    candidates = [
        ingest.from_bytes(f"object {number}", as_bytes(dataset))
        for number, dataset in enumerate(datasets)
    ]
    return list(ingest.take_in(portal, candidates))


def _patient(study: str, patient_id: str, name: str, born: str) -> Dataset:
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.PatientName, dataset.PatientID = name, patient_id
    dataset.IssuerOfPatientID = "TEST"
    dataset.PatientBirthDate, dataset.PatientSex = born, "M"
    dataset.StudyInstanceUID, dataset.StudyID = study, "1"
    dataset.StudyDate, dataset.StudyTime = "20261003", "092000"
    dataset.StudyDescription = "CT chest"
    dataset.AccessionNumber = "ACC-1"
    dataset.ReferringPhysicianName = "REFERRER^Rosa"
    dataset.InstitutionName = "Riverbend District Hospital"
    return dataset


def _pixels(dataset: Dataset, pixels: np.ndarray, *, bits: int) -> None:
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated = pixels.itemsize * 8
    dataset.BitsStored, dataset.HighBit = bits, bits - 1
    dataset.PixelRepresentation = 0
    dataset.PixelData = pixels.tobytes()


def _complete(dataset: Dataset) -> Dataset:
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.ImplementationClassUID = generate_uid(entropy_srcs=["my imaging tests"])
    dataset.file_meta = meta
    return dataset
