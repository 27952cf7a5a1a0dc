"""What people take away: whole for those who may see everything, nameless for the others."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pydicom
import pypdfium2
import pytest
from PIL import Image
from pydicom.fileset import FileSet

from imaging.phantom.objects import Exam as Examination
from imaging.phantom.objects import Person
from imaging.phantom.written import pdf_report, structured_report
from services.downloads.wanted import DicomFiles, Form, Pictures, Print, Reports
from services.errors import Invalid, NotFound
from services.hiding.identity_rules import ASK
from services.trail import looks
from storage.models import Patient
from tests.dicom import as_bytes, photograph
from tests.factories import START, House
from tests.services.traced import (
    NAME,
    STUDY,
    Taken,
    everything_in,
    traced,
    traced_slice,
    traced_ultrasound,
    traces_in,
)

EVERYTHING = (
    DicomFiles(),
    *(Pictures(form) for form in Form),
    Pictures(Form.PNG, texts=False),
    Reports(),
    Print(),
    Print(1, texts=False),
)


@pytest.fixture
def taken(house: House) -> Taken:
    return traced(house, traced_ultrasound(), _report())


def _report() -> pydicom.Dataset:
    person = Person(NAME, "TRC-ID-90817", "19470621", "M")
    exam = Examination(person, "traced", START.replace(tzinfo=None), "CT", "CT", "CHEST")
    findings = "Mr Quillon Zwetschke, born 21 June 1947 (TRC-ID-90817): no change."
    report = structured_report(exam, 9, "CT report", {"findings": [findings]})
    report.StudyInstanceUID, report.SeriesInstanceUID = STUDY, f"{STUDY}.9"
    report.SOPInstanceUID = report.file_meta.MediaStorageSOPInstanceUID = f"{STUDY}.9.1"
    report.IssuerOfPatientID = "TEST"
    return report


def unpacked(data: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        packed.extractall(folder)
    return folder


def test_the_files_are_those_that_arrived(taken: Taken, tmp_path: Path) -> None:
    folder = unpacked(taken.take(taken.owner, DicomFiles()), tmp_path)
    arrived = {as_bytes(d) for d in (*map(traced_slice, (1, 2, 3)), traced_ultrasound(), _report())}
    assert {p.read_bytes() for p in (folder / "DICOM").rglob("*") if p.is_file()} == arrived


def test_the_dicomdir_leads_to_every_file(taken: Taken, tmp_path: Path) -> None:
    folder = unpacked(taken.take(taken.owner, DicomFiles()), tmp_path)
    listed = FileSet(folder / "DICOMDIR")
    files = [p for p in (folder / "DICOM").rglob("*") if p.is_file()]
    assert {Path(found.path) for found in listed} == set(files)
    for found in listed:
        assert found.load().SOPInstanceUID == found.SOPInstanceUID
    assert {len(part) for p in files for part in p.relative_to(folder).parts} <= {5, 8}
    assert listed.find_values("PatientID") == ["TRC-ID-90817"]


@pytest.mark.skipif(not shutil.which("dcmmkdir"), reason="dcmtk is not installed")
@pytest.mark.parametrize(("hidden", "files"), [(False, 5), (True, 4)])
def test_dcmtk_agrees_with_the_dicomdir(
    taken: Taken, tmp_path: Path, hidden: bool, files: int
) -> None:
    account = taken.guest(hide_details=True) if hidden else taken.owner
    folder = unpacked(taken.take(account, DicomFiles()), tmp_path)
    told = subprocess.run(
        ["dcmdump", "+P", "ReferencedSOPInstanceUIDInFile", str(folder / "DICOMDIR")],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    (folder / "DICOMDIR").rename(folder / "OURS")
    made = ["dcmmkdir", "-Nxc", "+I", "+id", str(folder), "+r", "+D", str(folder / "DICOMDIR")]
    subprocess.run([*made, "DICOM"], capture_output=True, check=True, cwd=folder)
    theirs = subprocess.run(
        ["dcmdump", "+P", "ReferencedSOPInstanceUIDInFile", str(folder / "DICOMDIR")],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert sorted(told.splitlines()) == sorted(theirs.splitlines())
    assert len(told.splitlines()) == files


@pytest.mark.parametrize("wanted", EVERYTHING, ids=repr)
def test_hidden_details_are_in_no_byte_of_a_download(taken: Taken, wanted: object) -> None:
    hidden = taken.guest(hide_details=True)
    data = taken.take(hidden, wanted)  # type: ignore[arg-type]
    assert traces_in(data) == []
    download = taken.begin(hidden, wanted)  # type: ignore[arg-type]
    download.pieces.close()
    assert download.name.startswith("exam-")


def test_the_search_for_traces_would_find_them(taken: Taken) -> None:
    """The test above would not pass for want of looking."""
    whole = " ".join(traces_in(taken.take(taken.owner, DicomFiles())))
    for trace in ("Zwetschke in DICOMDIR", "TRC-PRIVATE in", "TRC-OVERLAY", "TRC-PREAMBLE",
                  "1.2.826.0.1.3680043.10.777", "Zwetschke in README.TXT"):  # fmt: skip
        assert trace in whole
    assert any("Zwetschke" in found for found in traces_in(taken.take(taken.owner, Print())))
    assert any("Zwetschke" in found for found in traces_in(taken.take(taken.owner, Reports())))


def test_a_hidden_copy_is_still_a_good_image(taken: Taken, tmp_path: Path) -> None:
    hidden = taken.guest(hide_details=True)
    folder = unpacked(taken.take(hidden, DicomFiles()), tmp_path)
    listed = {found.load().SOPInstanceUID: found.load() for found in FileSet(folder / "DICOMDIR")}
    slices = sorted(
        (d for d in listed.values() if d.Modality == "CT"), key=lambda d: d.InstanceNumber
    )
    originals = [traced_slice(n) for n in (1, 2, 3)]
    assert len(slices) == 3
    for copy, original in zip(slices, originals, strict=True):
        expected = np.frombuffer(original.PixelData, np.uint16).reshape(64, 64) & 0x0FFF
        assert np.array_equal(copy.pixel_array, expected)
        assert np.array_equal(np.frombuffer(copy.PixelData, np.uint16).reshape(64, 64), expected)
        assert copy.ImagePositionPatient == original.ImagePositionPatient
        assert (copy.PatientAge, copy.PatientIdentityRemoved) == ("079Y", "YES")
        assert copy.StudyDate == "20261003"
        assert copy.SOPInstanceUID.startswith("2.25.")
        assert copy.file_meta.MediaStorageSOPInstanceUID == copy.SOPInstanceUID
    assert len({d.FrameOfReferenceUID for d in slices}) == 1
    assert len({d.StudyInstanceUID for d in listed.values()}) == 1
    readme = (folder / "README.TXT").read_text("utf-8-sig")
    assert "no image" in readme  # the report
    assert "Patient details are hidden" in readme


def test_text_in_pixels_is_masked_in_a_hidden_copy(taken: Taken, tmp_path: Path) -> None:
    folder = unpacked(taken.take(taken.guest(hide_details=True), DicomFiles()), tmp_path)
    (ultrasound,) = (
        found.load() for found in FileSet(folder / "DICOMDIR") if found.load().Modality == "US"
    )
    assert ultrasound.pixel_array[:8].max() == 0
    assert ultrasound.pixel_array[8:].min() == 60
    codes = [item.CodeValue for item in ultrasound.DeidentificationMethodCodeSequence]
    assert "113101" in codes


def test_pseudonyms_are_the_same_for_one_person_and_others_for_another(taken: Taken) -> None:
    def uids(account: int) -> set[bytes]:
        with zipfile.ZipFile(io.BytesIO(taken.take(account, DicomFiles()))) as packed:
            names = [n for n in packed.namelist() if n.startswith("DICOM/")]
            return {pydicom.dcmread(io.BytesIO(packed.read(n))).SOPInstanceUID for n in names}

    first, second = (
        taken.guest(f"{name}@practice.example", hide_details=True) for name in ("one", "two")
    )
    assert uids(first) == uids(first)
    assert not uids(first) & uids(second)


def test_what_is_withheld_on_screen_is_not_in_the_download(house: House) -> None:
    captured = photograph(study=STUDY, patient_id="TRC-ID-90817", name=NAME)
    captured.PatientBirthDate = "19470621"
    taken = traced(house, captured)
    hidden = taken.guest(hide_details=True)
    data = taken.take(hidden, Pictures(Form.PNG, texts=False))
    names = [place for place, _ in everything_in(data) if place.endswith(".png")]
    assert len(set(names)) == 3  # the slices
    with zipfile.ZipFile(io.BytesIO(taken.take(hidden, DicomFiles()))) as packed:
        assert len([n for n in packed.namelist() if n.startswith("DICOM/")]) == 3
        told = " ".join(packed.read("README.TXT").decode("utf-8-sig").split())
    assert "may carry the patient's details" in told
    assert told.count(ASK) == 1
    printed = pypdfium2.PdfDocument(taken.take(hidden, Print(1)))
    words = " ".join(" ".join(page.get_textpage().get_text_bounded() for page in printed).split())
    assert "may carry the patient's details" in words
    assert ASK in words


def test_pictures_are_named_by_number_and_come_with_or_without_texts(taken: Taken) -> None:
    plain = taken.take(taken.owner, Pictures(Form.PNG, texts=False, series=1))
    with zipfile.ZipFile(io.BytesIO(plain)) as packed:
        assert packed.namelist()[:3] == [f"series-01/image-{n:04d}.png" for n in (1, 2, 3)]
        picture = Image.open(io.BytesIO(packed.read("series-01/image-0001.png")))
    assert picture.size == (64, 64)
    assert picture.getpixel((0, 0)) == 0
    told = taken.take(taken.owner, Pictures(Form.PNG, texts=True, series=1))
    with zipfile.ZipFile(io.BytesIO(told)) as packed:
        written = Image.open(io.BytesIO(packed.read("series-01/image-0001.png")))
    assert written.size == (512, 512)
    assert np.asarray(written)[:40, :200].max() > 200  # the title, where there was air


@pytest.mark.parametrize("form", [Form.GIF, Form.WEBP])
def test_a_series_becomes_a_moving_picture(taken: Taken, form: Form) -> None:
    data = taken.take(taken.owner, Pictures(form, series=1))
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        moving = Image.open(io.BytesIO(packed.read(f"series-01.{form}")))
        assert getattr(moving, "n_frames", 1) == 3


def test_a_structured_report_is_laid_out_as_pdf(taken: Taken) -> None:
    document = pypdfium2.PdfDocument(taken.take(taken.owner, Reports()))
    text = document[0].get_textpage().get_text_bounded()
    assert "no change" in text
    assert "Zwetschke" in text
    hidden = pypdfium2.PdfDocument(taken.take(taken.guest(hide_details=True), Reports()))
    text = hidden[0].get_textpage().get_text_bounded()
    assert "no change" in text
    assert "[name]" in text


def test_a_pdf_report_passes_through_whole_and_is_withheld_where_hidden(house: House) -> None:
    person = Person(NAME, "TRC-ID-90817", "19470621", "M")
    exam = Examination(person, "traced", START.replace(tzinfo=None), "CT", "CT", "CHEST")
    report = pdf_report(exam, 9, "Report", ["Quillon Zwetschke"])
    report.StudyInstanceUID, report.IssuerOfPatientID = STUDY, "TEST"
    taken = traced(house, report)
    length = report.EncapsulatedDocumentLength
    assert taken.take(taken.owner, Reports()) == report.EncapsulatedDocument[:length]
    withheld = taken.take(taken.guest(hide_details=True), Reports())
    assert traces_in(withheld) == []
    printed = taken.take(taken.guest(hide_details=True), Print())
    assert traces_in(printed) == []
    for data in (withheld, printed):
        page = list(pypdfium2.PdfDocument(data))[-1]
        text = " ".join(page.get_textpage().get_text_bounded().split())
        assert f"so it is not shown: patient details are hidden. {ASK}" in text
    with zipfile.ZipFile(
        io.BytesIO(taken.take(taken.guest(hide_details=True), DicomFiles()))
    ) as packed:
        told = " ".join(packed.read("README.TXT").decode("utf-8-sig").split())
    assert "a report or another object" in told
    assert told.count(ASK) == 1


@pytest.mark.parametrize(("per_page", "pages"), [(1, 5), (2, 3), (4, 2), (12, 2)])
def test_a_print_has_so_many_images_a_page_and_the_report(
    taken: Taken, per_page: int, pages: int
) -> None:
    document = pypdfium2.PdfDocument(taken.take(taken.owner, Print(per_page)))
    assert len(document) == pages  # four images, then a page of report
    first = document[0].get_textpage().get_text_bounded()
    assert "ZWETSCHKE, Quillon" in first
    assert "Series 1, image 1 of 3" in first
    assert "no change" in document[pages - 1].get_textpage().get_text_bounded()


def test_an_unknown_number_of_images_a_page_is_refused() -> None:
    with pytest.raises(Invalid, match="fit on a page"):
        Print(5)


def test_names_of_any_script_are_printed(house: House) -> None:
    taken = traced(house)
    with house.portal.transaction() as tx:
        patient = tx.db.query(Patient).one()
        patient.family, patient.given = "Żółć-Ďurišová", "Łukasz Ελένη Иван"
    document = pypdfium2.PdfDocument(taken.take(taken.owner, Print()))
    text = document[0].get_textpage().get_text_bounded()
    assert "ŻÓŁĆ-ĎURIŠOVÁ" in text
    assert "Łukasz Ελένη Иван" in text


def test_where_there_is_nothing_to_take_that_is_said(house: House) -> None:
    taken = traced(house)
    with pytest.raises(NotFound, match="no report"):
        taken.begin(taken.owner, Reports())
    with pytest.raises(Invalid, match="no such series"):
        taken.begin(taken.owner, Pictures(series=2))
    empty = house.study(house.patient("EMPTY"))
    staff = house.account(kind="staff", role="clinician")
    for wanted in EVERYTHING:
        with pytest.raises(NotFound):
            taken.downloads.begin(house.signed_in(staff), house.access(staff, empty), wanted)
    assert taken.downloads.turns.running == 0


def test_downloads_are_told_to_the_patient_in_plain_words(taken: Taken) -> None:
    guest = taken.guest()
    taken.take(guest, DicomFiles())
    taken.take(taken.owner, Print())
    told = [entry.what for entry in looks.looks(taken.house.portal, taken.owner)]
    assert "downloaded the images (DICOM) of the exam CT 03 October 2026 09:20" in told
    assert "printed the exam CT 03 October 2026 09:20" in told
    (event,) = taken.house.recorded("exam.downloaded")
    assert event.account_id == guest
