"""A patient who would be recognised anywhere, and everybody who has to do with them."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from fpdf import FPDF
from pydicom.dataset import Dataset
from sqlalchemy import select

from imaging.phantom.objects import Exam as Examination
from imaging.phantom.objects import Person
from imaging.phantom.written import pdf_report, structured_report
from services.exam import notes, reports
from services.exam.exams import Slice
from services.intake import ingest, packages
from services.programs import tokens
from services.randomness import fingerprint
from services.viewer import measurements
from services.viewer.annotation import Annotation, Kind, Shape
from storage.models import Account, Instance, Patient, SignInSession, Study
from tests.dicom import as_bytes
from tests.factories import QUICK_HASH, House, open_house
from tests.services.traced import NAME, STUDY, traced_slice, traced_ultrasound
from tests.tracer.eyes import rendered

SIZE = 256  # rows and columns of every image
NAMED_WIDTH = 200  # pixels of the name in them
FRIEND, HIDDEN, INVITED = "friend@x.example", "referrer@x.example", "invited@x.example"


@dataclass
class Exposed:
    """The exam in a data folder, and how each person comes to it."""

    folder: Path
    house: House
    study: int
    accounts: dict[str, int] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    invitation: str = ""  # the link's token in the mail of somebody with hidden details

    def sign_in(self, who: str, account: int, *, with_token: bool = True) -> None:
        """A browser, and a program unless told otherwise, that speak for an account."""
        cookie = f"session-of-{who}"
        signed_in = self.house.signed_in(account)
        with self.house.portal.transaction() as tx:
            row = tx.db.get_one(SignInSession, signed_in.session_id)
            row.token_hash = fingerprint(cookie)
        self.accounts[who], self.cookies[who] = account, cookie
        if not with_token:
            return
        made = tokens.create(self.house.portal, self.house.email_of(account))
        self.tokens[who] = made.token


def exposed(folder: Path, **configured: object) -> Exposed:
    """The tracer patient's exam in a new portal; `owner` may see everything, `hidden` may not."""
    house = open_house(folder, **configured)
    house.clock.now = datetime.now(UTC)
    _take_in(house, folder.parent / "TRC-FILE Zwetschke")
    with house.portal.reading() as db:
        patient, study = db.execute(select(Patient.id, Study.id).join(Study)).one()
    owner = house.account("owner@x.example", "patient", name="Quillon Zwetschke")
    house.link(owner, patient)
    staff = house.account("pacs@x.example", "staff", role="administrator", name="Olga Operatoria")
    access = house.access(staff, study)
    notes.write(house.portal, access, "Mr Zwetschke (TRC-ID-90817) asks again.", release=True)
    reports.add_text(
        house.portal, STUDY, title="Letter about Quillon Zwetschke", author="Rosa Referhinck",
        text="Dear Dr TRC-DOCTOR,\n\nyour patient Quillon Zwetschke, born 21 June 1947, was seen "
        "at Instithaus Hospital (TRC-ACC-5512).\n\nNo change.",
        dated=datetime(2026, 10, 3, 12, 0),  # noqa: DTZ001
    )  # fmt: skip
    there = Exposed(folder, house, study)
    there.sign_in("owner", owner)
    house.share(owner, study, HIDDEN, hide_details=True, may_share=True, days=20)
    hidden = house.account_id(HIDDEN)
    with house.portal.transaction() as tx:
        row = tx.db.get_one(Account, hidden)
        row.status, row.name, row.password_hash = "active", "Rhea Reader", QUICK_HASH
    there.sign_in("hidden", hidden)
    house.share(hidden, study, FRIEND, hide_details=True, days=5)
    house.share(owner, study, INVITED, hide_details=True, days=5)
    house.share(owner, study, HIDDEN, hide_details=True, may_share=True, days=19)
    with house.portal.reading() as db:
        image = db.execute(select(Instance.id).where(Instance.content == "image")).scalars().first()
    assert image is not None
    for who, account in there.accounts.items():
        shape = Shape(Kind.LENGTH, Slice(image, 0), ((10.0, 10.0), (40.0, 10.0)))
        measured = Annotation(f"measured-by-{who}", shape)
        measurements.add(house.portal, house.access(account, study), measured)
    there.invitation = house.mailed_link(INVITED)
    return there


def objects() -> list[Dataset]:
    """One object of every kind that may carry somebody's details."""
    return [
        *(_slice(number) for number in (1, 2, 3)),
        _ultrasound(),
        _written("8", "1.2.840.10008.5.1.4.1.1.7", ConversionType="WSD"),
        _written("9", "1.2.840.10008.5.1.4.1.1.2", BurnedInAnnotation="YES"),
        _written(
            "11", "1.2.840.10008.5.1.4.1.1.2", ImageType=["DERIVED", "SECONDARY", "SCREEN SAVE"]
        ),
        _report(),
        _document(),
    ]


def _take_in(house: House, folder: Path) -> None:
    folder.mkdir()
    for number, dataset in enumerate(objects()):
        (folder / f"TRC-FILE Zwetschke {number}.dcm").write_bytes(as_bytes(dataset))
    (folder / "TRC-FILE notes of Quillon.txt").write_text("Zwetschke")
    fates = [str(o.fate) for o in ingest.take_in(house.portal, packages.candidates([folder]))]
    assert sorted(fates) == ["quarantined"] + ["stored"] * len(objects()), fates


def named_pixels() -> np.ndarray:
    """The name in white on black, as it stands at the top of an image."""
    pixels = np.zeros((SIZE, SIZE), np.uint8)
    name = rendered(NAMED_WIDTH)
    pixels[12 : 12 + name.shape[0], 28 : 28 + NAMED_WIDTH] = name
    return pixels


def _resized(dataset: Dataset, pixels: np.ndarray) -> Dataset:
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.PixelData = pixels.tobytes()
    return dataset


def _slice(number: int) -> Dataset:
    """A slice with the name in an overlay, and nothing in its pixels."""
    y, x = np.mgrid[:SIZE, :SIZE] - SIZE / 2
    disc = np.where(np.hypot(x, y * 1.3) < SIZE * 0.4, 1024 + 10 * number, 24).astype(np.uint16)
    dataset = _resized(traced_slice(number), disc)
    dataset.ScanOptions = "zwetschke (TRC-ID-90817)"  # no value of its kind: a parser complains
    dataset.add_new(0x60020010, "US", SIZE)
    dataset.add_new(0x60020011, "US", SIZE)
    dataset.add_new(0x60020022, "LO", "TRC-OVERLAY")
    dataset.add_new(0x60020040, "CS", "G")
    dataset.add_new(0x60020050, "SS", [1, 1])
    dataset.add_new(0x60020100, "US", 1)
    dataset.add_new(0x60020102, "US", 0)
    bits = np.packbits(named_pixels() > 127, bitorder="little").tobytes()
    dataset.add_new(0x60023000, "OW", bits)
    return dataset


def _ultrasound() -> Dataset:
    """Ultrasound with the name above its region."""
    texture = np.random.default_rng(3).integers(40, 90, (SIZE, SIZE), np.uint8)
    pixels = np.where(np.arange(SIZE)[:, None] < 72, named_pixels(), texture)
    dataset = _resized(traced_ultrasound(), np.repeat(pixels[..., None], 3, axis=2))
    (region,) = dataset.SequenceOfUltrasoundRegions
    region.RegionLocationMinY0, region.RegionLocationMaxX1 = 72, SIZE - 1
    region.RegionLocationMaxY1 = SIZE - 1
    dataset.BurnedInAnnotation = "NO"  # as many machines state, whatever stands in the header
    return dataset


def _written(series: str, sop_class: str, **others: object) -> Dataset:
    """An image with the name in its pixels."""
    pixels = named_pixels().astype(np.uint16) * 4 + 1000
    dataset = _resized(traced_slice(1, **others), pixels)
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = sop_class
    dataset.SeriesInstanceUID, dataset.SeriesNumber = f"{STUDY}.{series}", int(series)
    dataset.SOPInstanceUID = f"{STUDY}.{series}.1"
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    return dataset


def _report() -> Dataset:
    findings = "Mr Quillon Zwetschke, born 21 June 1947 (TRC-ID-90817): no change."
    report = structured_report(_examination(), 20, "CT report", {"findings": [findings]})
    report.VerifyingObserverSequence[0].VerifyingObserverName = "Referhinck^Rosa"
    report.VerifyingObserverSequence[0].VerifyingOrganization = "Instithaus"
    return _placed(report, "20")


def _document() -> Dataset:
    dataset = pdf_report(_examination(), 21, "Report of Quillon Zwetschke", ["TRC-PDF"])
    paper = FPDF()
    paper.set_author("Referhinck")
    paper.set_title("Zwetschke TRC-PDF")
    paper.add_page()
    paper.set_font("helvetica", size=20)
    paper.cell(text="ZWETSCHKE, Quillon TRC-PDF 21 June 1947")
    buffer = io.BytesIO()
    paper.output(buffer)  # type: ignore[call-overload]
    data = buffer.getvalue()
    dataset.EncapsulatedDocument = data + b"\0" * (len(data) % 2)
    dataset.EncapsulatedDocumentLength = len(data)
    return _placed(dataset, "21")


def _examination() -> Examination:
    person = Person(NAME, "TRC-ID-90817", "19470621", "M")
    return Examination(person, "traced", datetime(2026, 10, 3, 9, 20), "CT", "CT", "CHEST")  # noqa: DTZ001


def _placed(dataset: Dataset, series: str) -> Dataset:
    dataset.StudyInstanceUID, dataset.SeriesInstanceUID = STUDY, f"{STUDY}.{series}"
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = f"{STUDY}.{series}.1"
    dataset.IssuerOfPatientID = "TEST"
    dataset.PatientName, dataset.PatientID = NAME, "TRC-ID-90817"
    return dataset
