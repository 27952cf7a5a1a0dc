"""Retrieving metadata, originals, frames and bulk data, and to whom they are refused."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from email import message_from_bytes, policy

import numpy as np
import pydicom
import pytest
from httpx import Response
from pydicom.dataset import Dataset
from pydicom.uid import ExplicitVRBigEndian, RLELossless

from services.shares import sharing
from storage.models import BrokenGlass, Grant, SignInSession
from tests.dicom import as_bytes, ct_slice
from tests.factories import House
from tests.ui.programs import EXAM, SERIES, STUDY, Outside, outside

IMAGE = f"{EXAM}/series/{SERIES}/instances/{SERIES}.1"
OTHER = "1.2.3.60"
LONG = bytes(range(256)) * 8
TAKING = [
    EXAM,
    f"{EXAM}/metadata",
    f"{EXAM}/series/{SERIES}",
    f"{EXAM}/series/{SERIES}/metadata",
    IMAGE,
    f"{IMAGE}/metadata",
    f"{IMAGE}/frames/1",
    f"{IMAGE}/bulkdata/00091010",
]
Who = dict[str, str]


def rich() -> Dataset:
    """A slice with a long private value, a NaN, and an accented name."""
    made = ct_slice(study=OTHER, OperatorsName="NÚÑEZ^José")
    block = made.private_block(0x0009, "MY IMAGING TESTS", create=True)
    block.add_new(0x10, "OB", LONG)
    made.add_new(0x00189219, "FD", float("nan"))
    return made


@pytest.fixture
def there(house: House) -> Iterator[Outside]:
    with outside(house, rich()) as opened:
        yield opened


@pytest.fixture
def who(there: Outside) -> Who:
    return there.session(there.owner)


def parts(answer: Response) -> list[tuple[str, bytes]]:
    """Content type and bytes of each part of a multipart answer."""
    assert answer.status_code == 200, answer.text
    head = f"Content-Type: {answer.headers['content-type']}\r\n\r\n".encode()
    message = message_from_bytes(head + answer.content, policy=policy.HTTP)
    return [
        (str(part["content-type"]).replace('"', ""), part.get_payload(decode=True))  # type: ignore[misc]
        for part in message.iter_parts()  # type: ignore[attr-defined]
    ]


# to whom


@pytest.mark.parametrize("door", TAKING)
def test_nobody_takes_anything(there: Outside, door: str) -> None:
    assert there.get(door).status_code == 401
    assert there.get(door, {"authorization": "Bearer wrong"}).status_code == 401


@pytest.mark.parametrize("door", TAKING)
def test_to_a_stranger_and_where_details_are_hidden_it_is_not_there(
    there: Outside, door: str
) -> None:
    hidden = there.guest(hide_details=True)
    for account in (hidden, there.house.account(kind="patient")):
        for who in (there.session(account), there.token(account)):
            refused = there.get(door, who)
            absent = there.get(door.replace(STUDY, "1.2.3.4.5"), who)
            assert refused.status_code == absent.status_code == 404
            assert refused.content == absent.content


@pytest.mark.parametrize("door", TAKING)
def test_without_the_right_to_download_nothing_is_taken(there: Outside, door: str) -> None:
    guest = there.guest(may_download=False)
    for who in (there.session(guest), there.token(guest)):
        assert there.get(door, who).status_code == 403


@pytest.mark.parametrize("door", TAKING[:-1])
def test_a_guest_takes_until_the_share_is_ended(there: Outside, door: str) -> None:
    who = there.session(there.guest())
    assert there.get(door, who).status_code == 200
    with there.house.portal.reading() as db:
        (grant,) = db.query(Grant).all()
    sharing.end(there.house.portal, there.owner, grant.id)
    assert there.get(door, who).status_code == 404


@pytest.mark.parametrize("door", TAKING)
def test_break_glass_takes_nothing(there: Outside, door: str) -> None:
    account = there.house.account(kind="breakglass")
    who = there.session(account)
    access = there.house.access(there.owner, there.study)
    with there.house.portal.transaction() as tx:
        session = tx.db.query(SignInSession).filter_by(account_id=account).one()
        tx.db.add(
            BrokenGlass(
                account_id=account, session_id=session.id, reason="test", opened_at=tx.now,
                conditions_version="1", until=session.expires_at, patient_id=access.patient_id,
            )
        )  # fmt: skip
    assert there.get(door, who).status_code == 403


def test_an_instance_of_another_exam_cannot_be_slipped_in(there: Outside) -> None:
    who = there.session(there.guest())
    for tail in ("", "/metadata", "/frames/1", "/bulkdata/00091010"):
        place = f"{EXAM}/series/{OTHER}.1/instances/{OTHER}.1.1{tail}"
        assert there.get(place, who).status_code == 404


# what


def test_metadata_is_read_by_a_dicom_library(there: Outside, who: Who) -> None:
    answer = there.get(f"{EXAM}/metadata", who, accept="application/dicom+json")
    assert answer.headers["content-type"] == "application/dicom+json"
    assert answer.headers["cache-control"] == "no-store"
    read = [Dataset.from_json(one) for one in answer.json()]
    assert [one.InstanceNumber for one in read] == [1, 2, 3]
    assert read[0].PatientName == "FRENCHIE^Chester"
    assert read[0].ImagePositionPatient == [-32, -32, -2]
    pixels = answer.json()[0]["7FE00010"]
    assert pixels["BulkDataURI"].endswith(f"{IMAGE}/frames/1")


def test_metadata_keeps_what_json_cannot_hold(there: Outside, who: Who) -> None:
    place = f"/dicomweb/studies/{OTHER}/series/{OTHER}.1/instances/{OTHER}.1.1"
    (told,) = json.loads(there.get(f"{place}/metadata", who).content)
    assert told["00081070"]["Value"] == [{"Alphabetic": "NÚÑEZ^José"}]
    assert told["00189219"]["Value"] == [None]
    assert told["00091010"]["BulkDataURI"].endswith(f"{place}/bulkdata/00091010")
    ((kind, value),) = parts(there.get(f"{place}/bulkdata/00091010", who))
    assert (kind, value) == ("application/octet-stream", LONG)
    assert there.get(f"{place}/bulkdata/7FE00010", who).status_code == 400
    assert there.get(f"{place}/bulkdata/00100010", who).status_code == 404
    assert there.get(f"{place}/bulkdata/nonsense", who).status_code == 400


def test_originals_come_to_the_last_byte(there: Outside, who: Who) -> None:
    found = parts(there.get(EXAM, who))
    stored = [as_bytes(ct_slice(number=number)) for number in (1, 2, 3)]
    assert [data for _, data in found] == stored
    assert found[0][0] == "application/dicom; transfer-syntax=1.2.840.10008.1.2.1"
    ((_, single),) = parts(there.get(IMAGE, who))
    assert pydicom.dcmread(io.BytesIO(single)).SOPInstanceUID == f"{SERIES}.1"


def test_a_download_is_recorded_and_looks_tell_it(there: Outside, who: Who) -> None:
    there.get(EXAM, who)
    (event,) = there.house.recorded("exam.downloaded")
    assert (event.account_id, event.study_id, event.detail["objects"]) == (
        there.owner, there.study, 3,
    )  # fmt: skip


def test_a_program_that_fetches_object_by_object_is_recorded_once(there: Outside, who: Who) -> None:
    for number in (1, 2, 3):
        address = f"{EXAM}/series/{SERIES}/instances/{SERIES}.{number}"
        assert there.get(address, who).status_code == 200
    assert len(there.house.recorded("exam.downloaded")) == 1
    there.get(EXAM, who)
    assert [e.detail["objects"] for e in there.house.recorded("exam.downloaded")] == [1, 3]
    there.get(IMAGE, there.token(there.owner))
    there.house.clock.move(minutes=31)
    there.get(IMAGE, there.session(there.owner))
    assert len(there.house.recorded("exam.downloaded")) == 4


@pytest.mark.parametrize(
    ("accept", "status"),
    [
        ('multipart/related; type="application/dicom"', 200),
        ('multipart/related; type="application/dicom"; transfer-syntax=*', 200),
        ('multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.1', 200),
        ("*/*", 200),
        ('multipart/related; type="application/dicom"; transfer-syntax=1.2.840.10008.1.2.5', 406),
        ("image/jpeg", 406),
    ],
)
def test_what_is_not_stored_so_is_not_acceptable(
    there: Outside, who: Who, accept: str, status: int
) -> None:
    assert there.get(IMAGE, who, accept=accept).status_code == status


def test_a_frame_comes_as_little_endian_pixels(house: House) -> None:
    big = ct_slice(study="1.2.3.70")
    big.file_meta.TransferSyntaxUID = ExplicitVRBigEndian
    big.PixelData = np.frombuffer(big.PixelData, "<u2").astype(">u2").tobytes()
    big["PixelData"].VR = "OW"
    with outside(house, big) as there:
        who = there.session(there.owner)
        ((kind, data),) = parts(there.get(f"{IMAGE}/frames/1", who))
        assert kind == "application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1"
        assert data == ct_slice(number=1).PixelData
        place = "/dicomweb/studies/1.2.3.70/series/1.2.3.70.1/instances/1.2.3.70.1.1/frames/1"
        ((_, swapped),) = parts(there.get(place, who))
        assert swapped == ct_slice(number=1).PixelData


def test_a_compressed_frame_comes_as_it_is_stored(house: House) -> None:
    packed = ct_slice(study="1.2.3.80")
    packed.compress(RLELossless, generate_instance_uid=False)
    with outside(house, packed) as there:
        who = there.session(there.owner)
        place = "/dicomweb/studies/1.2.3.80/series/1.2.3.80.1/instances/1.2.3.80.1.1"
        ((kind, data),) = parts(there.get(f"{place}/frames/1", who))
        assert kind == f"image/dicom-rle; transfer-syntax={RLELossless}"
        stored = next(pydicom.encaps.generate_frames(packed.PixelData, number_of_frames=1))
        assert data == stored


@pytest.mark.parametrize(("frames", "status"), [("2", 404), ("0", 400), ("1,x", 400), ("1,1", 200)])
def test_frames_that_cannot_be_are_refused(
    there: Outside, who: Who, frames: str, status: int
) -> None:
    assert there.get(f"{IMAGE}/frames/{frames}", who).status_code == status


def test_there_is_nothing_to_post_or_delete_here(there: Outside, who: Who) -> None:
    for door in TAKING:
        assert there.client.delete(door, headers=who).status_code == 405
