"""A patient takes an exam home: the zip, pictures, a print; and the viewer goes on working."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pydicom
import pypdfium2
import pytest
from playwright.sync_api import expect

from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, GLASS, Someone
from tests.journeys.people import PHONE, TABLET, Person

pytestmark = pytest.mark.journey


def choose(person: Person, kind: str) -> None:
    person.button("Download and print").click()
    person.page.get_by_role("menuitem", name=kind).click()


def test_a_patient_downloads_the_files_and_goes_on_looking(
    someone: Someone, tmp_path: Path
) -> None:
    chester = someone()
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    choose(chester, "Images for other software (DICOM)")
    dialog = chester.page.get_by_role("dialog", name="Download")
    expect(dialog.get_by_text("with a DICOMDIR")).to_be_visible()
    with chester.page.expect_download() as started:
        dialog.get_by_role("link", name="Download").click()
    assert started.value.suggested_filename == (
        "FRENCHIE_Chester_-_CT_03_October_2026_09.20_DICOM.zip"
    )
    started.value.save_as(tmp_path / "exam.zip")
    with zipfile.ZipFile(tmp_path / "exam.zip") as packed:
        assert packed.testzip() is None
        files = [n for n in packed.namelist() if n.startswith("DICOM/")]
        assert len(files) == 12
        assert pydicom.dcmread(io.BytesIO(packed.read(files[0]))).PatientID == "P1"
    dialog.get_by_role("button", name="Close").last.click()
    before = chester.page.locator(".corner.bl").inner_text()
    chester.page.locator(".canvas").hover()
    chester.page.mouse.wheel(0, 120)
    expect(chester.page.locator(".corner.bl")).not_to_have_text(before)


def test_a_patient_chooses_pictures(someone: Someone, tmp_path: Path) -> None:
    chester = someone(TABLET)
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    choose(chester, "Pictures")
    dialog = chester.page.get_by_role("dialog", name="Download")
    dialog.get_by_role("combobox", name="Kind of picture").click()
    chester.page.get_by_role("option", name="PNG, without loss").click()
    dialog.get_by_role("checkbox", name="Texts in the corners of the images").click()
    link = dialog.get_by_role("link", name="Download")
    expect(link).to_have_attribute("href", re.compile(r"/pictures\.zip\?form=png&texts=false$"))
    with chester.page.expect_download() as started:
        link.click()
    started.value.save_as(tmp_path / "pictures.zip")
    with zipfile.ZipFile(tmp_path / "pictures.zip") as packed:
        assert len([n for n in packed.namelist() if n.endswith(".png")]) == 12


def test_a_patient_prints(someone: Someone) -> None:
    chester = someone()
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    choose(chester, "Print")
    dialog = chester.page.get_by_role("dialog", name="Print")
    expect(dialog.get_by_text("12 images on 2 pages of A4.")).to_be_visible()
    dialog.get_by_role("combobox", name="Images on a page").click()
    chester.page.get_by_role("option", name="12", exact=True).click()
    expect(dialog.get_by_text("12 images on 1 page of A4.")).to_be_visible()
    link = dialog.get_by_role("link", name="Print")
    expect(link).to_have_attribute("target", "_blank")
    address = link.evaluate("a => a.href")
    assert address.endswith("/print.pdf?images=12")
    answer = chester.context.request.get(address)
    assert answer.headers["content-disposition"].startswith("inline")
    document = pypdfium2.PdfDocument(answer.body())
    assert len(document) == 1
    text = document[0].get_textpage().get_text_bounded()
    assert "FRENCHIE, Chester - CT 03 October 2026 09:20" in text
    assert "Series 1, image 12 of 12" in text


def test_where_it_may_not_be_the_button_is_absent(someone: Someone) -> None:
    phone = someone(PHONE)
    phone.sign_in(CHESTER, PASSWORD)
    phone.sees_image()
    expect(phone.button("Download and print")).to_be_hidden()
    clinician = someone()
    clinician.sign_in(GLASS, PASSWORD)
    clinician.break_glass(PASSWORD)
    clinician.search_patient("Frenchie", "Chester", "14/03/1958")
    clinician.page.get_by_role("button", name="Open").first.click()
    clinician.sees_image()
    expect(clinician.button("Download and print")).to_have_count(0)
