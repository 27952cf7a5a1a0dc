"""A patient whose every detail can be recognised wherever it turns up, and their exam."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import pypdfium2
from PIL import Image
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UltrasoundImageStorage
from sqlalchemy import select

from services.downloads.counter import Downloads
from services.downloads.wanted import Wanted
from services.pictures.frames import Images
from storage.models import Patient, Study
from tests.dicom import ct_slice, photograph, take_in
from tests.factories import House

NAME = "Zwetschke^Quillon^TRC-MIDDLE"
STUDY = "1.2.826.0.1.3680043.10.777.41"
TRACES = (
    "Zwetschke", "Quillon", "TRC-ID-90817", "TRC-ACC-5512", "19470621", "21 June 1947",
    "Referhinck", "Instithaus", "Operatoria", "TRC-SERIAL", "TRC-STATION", "TRC-PRIVATE",
    "TRC-COMMENT", "TRC-OVERLAY", "TRC-REQUEST", "TRC-TRAILER", "TRC-MIDDLE", "TRC-OTHER",
    "TRC-ADDRESS", "TRC-AETITLE", "TRC-ICON", "TRC-PREAMBLE", "1.2.826.0.1.3680043.10.777",
)  # fmt: skip


@dataclass
class Taken:
    """The exam, its owner, and the downloads of their portal."""

    house: House
    owner: int
    study: int
    downloads: Downloads = field(init=False)

    def __post_init__(self) -> None:
        self.downloads = Downloads(self.house.portal, Images(self.house.portal))

    def guest(self, email: str = "referrer@practice.example", **options: object) -> int:
        self.house.share(self.owner, self.study, email, **options)
        guest = self.house.account_id(email)
        self.house.activate(guest)
        return guest

    def begin(self, account: int, wanted: Wanted):  # type: ignore[no-untyped-def]
        access = self.house.access(account, self.study)
        return self.downloads.begin(self.house.signed_in(account), access, wanted)

    def take(self, account: int, wanted: Wanted) -> bytes:
        download = self.begin(account, wanted)
        try:
            return b"".join(download.pieces)
        finally:
            download.pieces.close()


def traced_slice(number: int = 1, **others: object) -> Dataset:
    """A CT slice with a trace in everything that may name somebody."""
    dataset = ct_slice(
        study=STUDY, number=number, patient_id="TRC-ID-90817", name=NAME,
        born="19470621",
    )  # fmt: skip
    dataset.AccessionNumber, dataset.StudyID = "TRC-ACC-5512", "TRC-OTHER-1"
    dataset.ReferringPhysicianName, dataset.OperatorsName = "Referhinck^Rosa", "Operatoria^Olga"
    dataset.InstitutionName, dataset.StationName = "Instithaus Hospital", "TRC-STATION"
    dataset.InstitutionAddress, dataset.DeviceSerialNumber = "TRC-ADDRESS", "TRC-SERIAL"
    dataset.ImageComments = dataset.PatientComments = "TRC-COMMENT"
    dataset.StudyDescription = "CT of Quillon Zwetschke for Referhinck"
    dataset.SeriesDescription = "Axial, TRC-ID-90817, Instithaus Hospital"
    dataset.ImageType = ["ORIGINAL", "PRIMARY", "ZWETSCHKE"]
    dataset.OtherPatientIDs = "TRC-OTHER-2"
    dataset.PatientAddress = "TRC-ADDRESS 1"
    request = Dataset()
    request.RequestedProcedureDescription, request.AccessionNumber = "TRC-REQUEST", "TRC-ACC-5512"
    dataset.RequestAttributesSequence = Sequence([request])
    source = Dataset()
    source.ReferencedSOPClassUID = dataset.SOPClassUID
    source.ReferencedSOPInstanceUID = f"{STUDY}.99"
    source.TextComments = "TRC-COMMENT"
    private = source.private_block(0x0019, "TRC-PRIVATE A", create=True)
    private.add_new(0x01, "LO", "TRC-PRIVATE B")
    dataset.SourceImageSequence = Sequence([source])
    block = dataset.private_block(0x0029, "TRC-PRIVATE C", create=True)
    block.add_new(0x10, "OB", b"TRC-PRIVATE D ")
    dataset.add_new(0x60000010, "US", 8)
    dataset.add_new(0x60000011, "US", 8)
    dataset.add_new(0x60000022, "LO", "TRC-OVERLAY")
    dataset.add_new(0x60000040, "CS", "G")
    dataset.add_new(0x60000050, "SS", [1, 1])
    dataset.add_new(0x60000100, "US", 1)
    dataset.add_new(0x60000102, "US", 0)
    dataset.add_new(0x60003000, "OW", b"TRC-OVERLAY!")
    icon = Dataset()
    icon.PixelData, icon.Rows = b"TRC-ICON", 2
    icon["PixelData"].VR = "OB"
    dataset.IconImageSequence = Sequence([icon])
    dataset.add_new(0xFFFCFFFC, "OB", b"TRC-TRAILER ")
    # above the 12 stored bits: where overlays were embedded once
    pixels = np.frombuffer(dataset.PixelData, np.uint16).reshape(64, 64).copy()
    pixels[:8] |= 0xA000
    dataset.PixelData = pixels.tobytes()
    dataset.file_meta.SourceApplicationEntityTitle = "TRC-AETITLE"
    dataset.preamble = b"TRC-PREAMBLE".ljust(128, b"\0")
    for keyword, value in others.items():
        setattr(dataset, keyword, value)
    return dataset


def traced_ultrasound() -> Dataset:
    """Ultrasound whose upper lines carry bright text outside of its region."""
    dataset = photograph(study=STUDY, patient_id="TRC-ID-90817", name=NAME)
    dataset.PatientBirthDate = "19470621"
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = UltrasoundImageStorage
    dataset.Modality = "US"
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"{STUDY}.6.1"
    dataset.SeriesInstanceUID, dataset.SeriesNumber = f"{STUDY}.6", 6
    pixels = np.full((32, 48, 3), 60, np.uint8)
    pixels[:8] = 255
    dataset.PixelData = pixels.tobytes()
    region = Dataset()
    region.RegionLocationMinX0, region.RegionLocationMinY0 = 0, 8
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = 47, 31
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, 1, 0
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3
    region.PhysicalDeltaX = region.PhysicalDeltaY = 0.05
    dataset.SequenceOfUltrasoundRegions = Sequence([region])
    return dataset


def traced(house: House, *more: Dataset) -> Taken:
    """The exam in a portal, with its patient's account."""
    outcomes = take_in(house.portal, [*(traced_slice(n) for n in (1, 2, 3)), *more])
    assert {str(outcome.fate) for outcome in outcomes} == {"stored"}, outcomes
    with house.portal.reading() as db:
        patient, study = db.execute(select(Patient.id, Study.id).join(Study)).one()
    owner = house.account(kind="patient", name="Quillon Zwetschke")
    house.link(owner, patient)
    return Taken(house, owner, study)


def everything_in(data: bytes, name: str = "") -> Iterator[tuple[str, bytes]]:
    """The bytes as they are, and all that is packed in them: members, their names, PDF streams."""
    yield name, data
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for member in packed.namelist():
                yield member, member.encode()
                yield from everything_in(packed.read(member), member)
    elif data[:4] == b"%PDF":
        for found in re.finditer(rb"stream\r?\n", data):
            try:
                yield name, zlib.decompressobj().decompress(data[found.end() :])
            except zlib.error:
                continue
        for page in pypdfium2.PdfDocument(data):
            yield f"{name} text", page.get_textpage().get_text_bounded().encode()
    elif data[:4] in (b"\x89PNG", b"GIF8", b"RIFF") or data[:2] == b"\xff\xd8":
        with Image.open(io.BytesIO(data)) as picture:
            yield f"{name} remarks", repr(picture.info).encode()


def traces_in(data: bytes) -> list[str]:
    """Which traces are in a download, in any writing, and where."""
    found = []
    for place, part in everything_in(data):
        folded = part.lower()
        for trace in TRACES:
            for written in (trace.encode(), trace.encode("utf-16-le"), trace.encode("utf-16-be")):
                if written.lower() in folded:
                    found.append(f"{trace} in {place}")
    return found
