"""What programs get of an exam whose patient is hidden: everything, under other names."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import numpy as np
import pydicom
import pytest
from httpx import Response
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from sqlalchemy import select

from services.downloads.counter import Downloads
from services.downloads.wanted import DicomFiles
from services.hiding.disguise import told_uids
from services.hiding.identity_rules import ASK
from services.pictures.frames import Images
from storage.models import Study
from tests.dicom import photograph
from tests.factories import House
from tests.services.traced import (
    NAME,
    STUDY,
    everything_in,
    traced_slice,
    traced_ultrasound,
    traces_in,
)
from tests.ui.programs import Outside, outside

Who = dict[str, str]
ANY = 'multipart/related; type="*/*"; transfer-syntax=*'


@pytest.fixture
def there(house: House) -> Iterator[Outside]:
    """An exam in which everything names somebody, beside the one with nothing worth hiding."""
    more = [*(traced_slice(n) for n in (1, 2, 3)), traced_ultrasound()]
    with outside(house, *more) as opened:
        with house.portal.reading() as db:
            study = db.execute(select(Study).where(Study.study_uid == STUDY)).scalar_one()
        house.link(opened.owner, study.patient_id)
        opened.study = study.id
        yield opened


@pytest.fixture
def who(there: Outside) -> Who:
    return there.token(there.guest(hide_details=True))


def told(there: Outside, who: Who, address: str) -> list[Any]:
    answer = there.get(f"/dicomweb/{address}", who)
    assert answer.status_code == 200, answer.text
    assert traces_in(answer.content) == []
    return list(answer.json())


def uid(one: dict[str, Any], keyword: str) -> str:
    return str(one[f"{tag_for_keyword(keyword):08X}"]["Value"][0])


def parts(answer: Response) -> list[bytes]:
    assert answer.status_code == 200, answer.text
    boundary = answer.headers["content-type"].rpartition("boundary=")[2].encode()
    pieces = answer.content.split(b"--" + boundary)[1:-1]
    return [piece.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for piece in pieces]


def exam(there: Outside, who: Who) -> str:
    (found,) = told(there, who, "studies")
    return uid(found, "StudyInstanceUID")


def files(there: Outside, who: Who) -> dict[str, Dataset]:
    answer = there.get(f"/dicomweb/studies/{exam(there, who)}", who, accept=ANY)
    read = [pydicom.dcmread(io.BytesIO(data)) for data in parts(answer)]
    return {str(one.SOPInstanceUID): one for one in read}


def test_a_search_finds_it_under_a_name_of_its_own(there: Outside, who: Who) -> None:
    (found,) = told(there, who, "studies?includefield=all")
    one = Dataset.from_json(found)
    assert one.StudyInstanceUID.startswith("2.25.")
    assert (one.PatientName, one.StudyDate) == ("HIDDEN", "20261003")
    assert one.PatientID.startswith("HIDDEN-")
    assert (one.NumberOfStudyRelatedSeries, one.NumberOfStudyRelatedInstances) == (2, 4)
    assert len(told(there, who, "series")) == 2
    assert len(told(there, who, "instances")) == 4


def test_the_same_names_lead_through_every_door(there: Outside, who: Who) -> None:
    study = exam(there, who)
    rows = told(there, who, f"studies/{study}/instances")
    places = {(uid(r, "SeriesInstanceUID"), uid(r, "SOPInstanceUID")) for r in rows}
    of_metadata = {
        (uid(one, "SeriesInstanceUID"), uid(one, "SOPInstanceUID"))
        for one in told(there, who, f"studies/{study}/metadata")
    }
    of_files = {
        (str(one.SeriesInstanceUID), str(one.SOPInstanceUID)) for one in files(there, who).values()
    }
    assert places == of_metadata == of_files
    for series, instance in places:
        place = f"/dicomweb/studies/{study}/series/{series}/instances/{instance}"
        for door in ("/rendered", "/thumbnail", "/frames/1/rendered", "/frames/1/thumbnail"):
            assert there.get(place + door, who).status_code == 200
        (frame,) = parts(there.get(f"{place}/frames/1", who, accept=ANY))
        assert frame == files(there, who)[instance].PixelData
    assert {uid(r, "RetrieveURL") for r in rows} == {
        f"http://127.0.0.1:8080/dicomweb/studies/{study}/series/{s}/instances/{i}"
        for s, i in places
    }


def test_the_download_of_a_browser_has_the_same_names(there: Outside, who: Who) -> None:
    guest = there.house.account_id("referrer@practice.example")
    downloads = Downloads(there.house.portal, Images(there.house.portal))
    access = there.house.access(guest, there.study)
    running = downloads.begin(there.house.signed_in(guest), access, DicomFiles())
    data = b"".join(running.pieces)
    running.pieces.close()
    taken = [
        pydicom.dcmread(io.BytesIO(part))
        for name, part in everything_in(data)
        if name.startswith("DICOM/") and part[128:132] == b"DICM"
    ]
    assert {str(one.SOPInstanceUID) for one in taken} == set(files(there, who))
    assert {str(one.StudyInstanceUID) for one in taken} == {exam(there, who)}


def test_another_grant_has_other_names(there: Outside, who: Who) -> None:
    other = there.token(there.guest("second@practice.example", hide_details=True))
    assert exam(there, who) != exam(there, other)
    assert not set(files(there, who)) & set(files(there, other))
    (mine,), (theirs,) = told(there, who, "studies"), told(there, other, "studies")
    assert uid(mine, "PatientID") != uid(theirs, "PatientID")
    assert there.get(f"/dicomweb/studies/{exam(there, who)}/metadata", other).status_code == 404


def test_the_names_stay_the_same(there: Outside, who: Who) -> None:
    again = there.token(there.house.account_id("referrer@practice.example"))
    assert exam(there, who) == exam(there, again)


def test_nothing_told_or_sent_names_anybody(there: Outside, who: Who) -> None:
    study = exam(there, who)
    told(there, who, f"studies/{study}/metadata")
    told(there, who, f"studies/{study}/series?includefield=all")
    answer = there.get(f"/dicomweb/studies/{study}", who, accept=ANY)
    for data in parts(answer):
        assert traces_in(data) == []


def test_pixels_outside_of_the_ultrasound_region_are_black(there: Outside, who: Who) -> None:
    (copy,) = [one for one in files(there, who).values() if one.Modality == "US"]
    assert copy.pixel_array[:8].max() == 0
    assert (copy.pixel_array[8:] == 60).all()
    assert copy.BurnedInAnnotation == "NO"
    codes = {item.CodeValue for item in copy.DeidentificationMethodCodeSequence}
    assert codes == {"113100", "113101", "113105", "113106"}


def test_the_pixels_of_an_image_without_text_are_the_originals(there: Outside, who: Who) -> None:
    slices = [one for one in files(there, who).values() if one.Modality == "CT"]
    for one in slices:
        original = traced_slice(int(one.InstanceNumber))
        expected = np.frombuffer(original.PixelData, np.uint16).reshape(64, 64) & 0x0FFF
        assert np.array_equal(one.pixel_array, expected)


@pytest.mark.parametrize(
    "asked",
    ["PatientName=Zwetschke*", "PatientName=*", "PatientID=TRC-ID-90817",
     "PatientBirthDate=19470621", "AccessionNumber=TRC-ACC-5512", "StudyID=TRC-OTHER-1",
     "ReferringPhysicianName=Referhinck*", f"StudyInstanceUID={STUDY}", "PatientSex=M",
     "StudyDescription=*Zwetschke*", "IssuerOfPatientID=TEST"],
)  # fmt: skip
def test_a_search_by_what_is_hidden_finds_nothing(there: Outside, who: Who, asked: str) -> None:
    expected = 1 if asked == "PatientName=*" else 0
    assert len(told(there, who, f"studies?{asked}")) == expected


@pytest.mark.parametrize(
    ("asked", "level", "count"),
    [("StudyDate=20261003", "studies", 1), ("StudyDate=20261004-", "studies", 0),
     ("StudyDate=20260101-20270101", "studies", 1), ("StudyTime=09-0930", "studies", 1),
     ("StudyTime=10-", "studies", 0), ("ModalitiesInStudy=US", "studies", 1),
     ("ModalitiesInStudy=MR", "studies", 0), ("Modality=CT", "series", 1),
     ("Modality=CT", "instances", 3), ("InstanceNumber=2", "instances", 1),
     ("SeriesNumber=6", "series", 1), ("SeriesDescription=Axial*", "series", 1),
     ("PatientName=HID*", "studies", 1), ("PatientName=HIDDEN^X", "studies", 0)],
)  # fmt: skip
def test_a_search_by_what_is_told_finds_it(
    there: Outside, who: Who, asked: str, level: str, count: int
) -> None:
    assert len(told(there, who, f"{level}?{asked}")) == count


def test_pages_of_results_go_on_from_named_to_hidden_exams(there: Outside) -> None:
    guest = there.guest(hide_details=True)
    with there.house.portal.reading() as db:
        plain = db.execute(select(Study.id).where(Study.study_uid != STUDY)).scalar_one()
    there.house.share(there.owner, plain, "referrer@practice.example")
    who = there.token(guest)
    everything = [uid(one, "SOPInstanceUID") for one in told(there, who, "instances")]
    assert len(everything) == 7
    assert len({one.startswith("2.25.") for one in everything}) == 2
    for size in (1, 2, 3, 5, 7):
        paged = []
        for offset in range(0, 9, size):
            answer = there.get(f"/dicomweb/instances?limit={size}&offset={offset}", who)
            paged += [uid(one, "SOPInstanceUID") for one in answer.json()]
            assert ("warning" in answer.headers) == (offset + size < 7)
        assert paged == everything


def test_its_own_name_opens_nothing(there: Outside, who: Who) -> None:
    for door in ("", "/metadata", "/series", "/thumbnail"):
        own = there.get(f"/dicomweb/studies/{STUDY}{door}", who)
        absent = there.get(f"/dicomweb/studies/1.2.3.4.5{door}", who)
        assert (own.status_code, own.content) == (absent.status_code, absent.content)
    study = exam(there, who)
    real = f"/dicomweb/studies/{study}/series/{STUDY}.1/instances/{STUDY}.1.1"
    owner = there.session(there.owner)
    known = f"/dicomweb/studies/{STUDY}/series/{STUDY}.1/instances/{STUDY}.1.1/rendered"
    assert there.get(known, owner).status_code == 200
    for door in ("", "/metadata", "/rendered", "/frames/1", "/frames/1/rendered"):
        assert there.get(real + door, who, accept="*/*").status_code == 404


def test_what_is_withheld_says_why_and_what_to_do(house: House) -> None:
    captured = photograph(study=STUDY, patient_id="TRC-ID-90817", name=NAME)
    captured.PatientBirthDate = "19470621"
    with outside(house, traced_slice(), captured) as there:
        with house.portal.reading() as db:
            there.study = db.execute(select(Study.id).where(Study.study_uid == STUDY)).scalar_one()
            patient = db.get_one(Study, there.study).patient_id
        house.link(there.owner, patient)
        guest = there.guest(hide_details=True)
        who, told_uid = (
            there.token(guest),
            told_uids(house.portal, house.access(guest, there.study)),
        )
        series, sop = captured.SeriesInstanceUID, captured.SOPInstanceUID
        place = f"{exam(there, who)}/series/{told_uid(series)}/instances/{told_uid(sop)}"
        answers = {
            door: there.get(f"/dicomweb/studies/{place}{door}", who, accept="*/*")
            for door in ("", "/metadata", "/frames/1", "/rendered", "/thumbnail")
        }
    for door, answer in answers.items():
        assert answer.status_code in (404, 406), door
        assert "patient details are hidden" in answer.text, door
        assert ASK in answer.text, door
        assert traces_in(answer.content) == []


def test_a_pseudonym_is_nobody_elses(there: Outside, who: Who) -> None:
    study = exam(there, who)
    for other in (there.session(there.owner), there.token(there.house.account())):
        assert there.get(f"/dicomweb/studies/{study}/thumbnail", other).status_code == 404


def test_showing_the_details_gives_the_exam_its_own_name_back(there: Outside, who: Who) -> None:
    study = exam(there, who)
    assert there.get(f"/dicomweb/studies/{study}/thumbnail", who).status_code == 200
    there.guest(hide_details=False)
    assert there.get(f"/dicomweb/studies/{study}/thumbnail", who).status_code == 404
    answer = there.get("/dicomweb/studies", who)
    assert [uid(one, "StudyInstanceUID") for one in answer.json()] == [STUDY]


def test_a_program_finds_nothing_it_may_not_take(there: Outside) -> None:
    guest = there.guest(hide_details=True, may_download=False)
    assert told(there, there.token(guest), "studies") == []
    browser = there.session(guest)
    study = exam(there, browser)
    assert there.get(f"/dicomweb/studies/{study}/thumbnail", browser).status_code == 200
    assert there.get(f"/dicomweb/studies/{study}/metadata", browser).status_code == 403


def test_metadata_says_of_the_pixels_what_the_files_have(there: Outside, who: Who) -> None:
    study = exam(there, who)
    held = files(there, who)
    for one in told(there, who, f"studies/{study}/metadata"):
        del one["7FE00010"]
        tags = Dataset.from_json(one)
        copy = held[str(tags.SOPInstanceUID)]
        for keyword in ("Rows", "BitsAllocated", "BitsStored", "SamplesPerPixel",
                        "PhotometricInterpretation", "PatientIdentityRemoved"):  # fmt: skip
            assert tags[keyword].value == copy[keyword].value
        assert one["00083002"]["Value"] == [copy.file_meta.TransferSyntaxUID]


def test_long_values_of_a_hidden_copy_come_as_bulk_data(house: House) -> None:
    palette = traced_slice(7)
    palette.add_new("RedPaletteColorLookupTableData", "OW", bytes(range(256)) * 8)
    palette.add_new("EncapsulatedDocument", "OB", b"TRC-PRIVATE" * 400)
    with outside(house, palette) as opened:
        with house.portal.reading() as db:
            row = db.execute(select(Study).where(Study.study_uid == STUDY)).scalar_one()
        house.link(opened.owner, row.patient_id)
        opened.study = row.id
        who = opened.token(opened.guest(hide_details=True))
        (one,) = told(opened, who, f"studies/{exam(opened, who)}/metadata")
        address = one["00281201"]["BulkDataURI"].removeprefix("http://127.0.0.1:8080")
        assert parts(opened.get(address, who)) == [bytes(range(256)) * 8]
        hidden = address.replace("00281201", "00420011")
        assert opened.get(hidden, who).status_code == 404
