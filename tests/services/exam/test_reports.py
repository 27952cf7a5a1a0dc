"""Reports beside the images: plain text, DICOM SR and PDF, whole and with details hidden."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime

import pytest
from PIL import Image
from pydicom.dataset import Dataset
from sqlalchemy import select

from imaging.phantom.objects import Exam as Examination
from imaging.phantom.objects import Person
from imaging.phantom.written import pdf_report, structured_report
from services import language
from services.access import Access
from services.errors import Expired, Invalid, NotFound
from services.exam import reports
from services.exam.reports import ReportView
from services.hiding.identity_rules import ASK
from storage.models import Patient, Study
from tests.dicom import take_in
from tests.factories import House

CHESTER = Person("FRENCHIE^Chester", "P1", "19580314", "M")
EXAM = Examination(CHESTER, "reports", datetime(2026, 10, 3, 9, 20), "CT", "CT chest", "CHEST")  # noqa: DTZ001
FINDINGS = "Mr Chester Frenchie, born 14 March 1958: no change."


@dataclass
class Desk:
    house: House
    owner: int
    study: int

    def access(self, account: int | None = None) -> Access:
        return self.house.access(account or self.owner, self.study)

    def guest(self, **options: object) -> Access:
        address = "referrer@practice.example"
        self.house.share(self.owner, self.study, address, **options)
        guest = self.house.account_id(address)
        self.house.activate(guest)
        return self.access(guest)

    def read(self, access: Access) -> ReportView:
        (entry,) = reports.listed(self.house.portal, access)
        return reports.read(self.house.portal, access, entry.report_id)


def desk_with(house: House, dataset: Dataset) -> Desk:
    take_in(house.portal, [dataset])
    with house.portal.reading() as db:
        study, patient = db.execute(select(Study.id, Study.patient_id)).one()
        assert db.get_one(Patient, patient).family == "FRENCHIE"
    owner = house.account(kind="patient", name="Chester Frenchie")
    house.link(owner, patient)
    return Desk(house, owner, study)


@pytest.fixture
def structured(house: House) -> Desk:
    sections = {"findings": [FINDINGS], "impression": ["Nothing new."]}
    return desk_with(house, structured_report(EXAM, 9, "CT chest report", sections))


@pytest.fixture
def printed(house: House) -> Desk:
    return desk_with(house, pdf_report(EXAM, 9, "Report of the CT", [FINDINGS]))


def test_a_structured_report_is_a_readable_document(structured: Desk) -> None:
    shown = structured.read(structured.access())
    assert shown.document is not None
    text = repr(shown.document)
    assert FINDINGS in text
    assert "Nothing new." in text
    assert "SOLHEIM" in text
    assert not shown.withheld


def test_a_structured_report_names_nobody_where_details_are_hidden(structured: Desk) -> None:
    shown = structured.read(structured.guest(hide_details=True))
    assert shown.document is not None
    for detail in ("Chester", "Frenchie", "FRENCHIE", "1958", "SOLHEIM", "Riverbend", "P1"):
        assert detail not in repr(shown)
    assert "no change" in repr(shown)


def test_a_pdf_report_is_shown_page_by_page_as_pictures(printed: Desk) -> None:
    access = printed.access()
    shown = printed.read(access)
    assert (shown.document, shown.pages, shown.withheld) == (None, 1, "")
    page = reports.page(printed.house.portal, access, shown.entry.report_id, 0, 600)
    picture = Image.open(io.BytesIO(page)).convert("L")
    assert picture.width == 600
    assert picture.getextrema()[0] < 100 < picture.getextrema()[1]  # ink on paper


def test_a_page_beyond_the_end_of_a_pdf_is_a_plain_error(printed: Desk) -> None:
    access = printed.access()
    report = printed.read(access).entry.report_id
    with pytest.raises(Invalid):
        reports.page(printed.house.portal, access, report, 7, 600)


def test_a_pdf_report_is_withheld_where_details_are_hidden(printed: Desk) -> None:
    hidden = printed.guest(hide_details=True)
    shown = printed.read(hidden)
    assert (shown.document, shown.pages) == (None, 0)
    assert shown.withheld.endswith(f"so it is not shown: patient details are hidden. {ASK}")
    with language.speaking("de"):
        spoken = printed.read(hidden).withheld
    assert "bitten Sie die Person" in spoken
    assert "please" not in spoken
    with pytest.raises(NotFound, match=ASK):
        reports.page(printed.house.portal, hidden, shown.entry.report_id, 0, 600)


def test_a_report_of_another_exam_cannot_be_slipped_in(printed: Desk) -> None:
    house = printed.house
    report = printed.read(printed.access()).entry.report_id
    stranger, _, other = house.owner_with_exam("Somebody Else")
    with pytest.raises(NotFound):
        reports.read(house.portal, house.access(stranger, other), report)
    with pytest.raises(NotFound):
        reports.page(house.portal, house.access(stranger, other), report, 0, 600)


def test_no_report_is_read_once_the_time_is_over(structured: Desk) -> None:
    access = structured.guest(days=1)
    report = structured.read(access).entry.report_id
    structured.house.clock.move(days=2)
    with pytest.raises(Expired):
        reports.read(structured.house.portal, access, report)


def test_a_damaged_report_is_told_and_the_exam_stays_usable(structured: Desk) -> None:
    for path in (structured.house.portal.settings.data_dir / "objects").rglob("*"):
        if path.is_file():
            path.write_bytes(b"\0" * 200)
    with pytest.raises(Invalid, match="report"):
        structured.read(structured.access())
    assert reports.listed(structured.house.portal, structured.access())
