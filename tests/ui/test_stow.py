"""Storing through HTTP: what is kept, what is refused and why, and who may."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from sqlalchemy import func, select

from services.errors import Invalid
from services.programs.dicomweb import storing
from services.programs.dicomweb.multipart import media_type, parts
from storage.models import Instance, Quarantine
from tests.dicom import as_bytes, ct_slice
from tests.factories import House
from tests.ui.programs import STUDY, Outside, outside
from ui.routes import stow

BOUNDARY = "the-boundary-of-this-body"
KIND = f'multipart/related; type="application/dicom"; boundary={BOUNDARY}'
NEW = "1.2.3.90"
Who = dict[str, str]


def body(*objects: bytes, kind: str = "application/dicom") -> bytes:
    opening = f"--{BOUNDARY}\r\nContent-Type: {kind}\r\n\r\n".encode()
    return b"".join(opening + one + b"\r\n" for one in objects) + f"--{BOUNDARY}--\r\n".encode()


def slices(*numbers: int, study: str = NEW) -> list[bytes]:
    return [as_bytes(ct_slice(study=study, number=number)) for number in numbers]


@pytest.fixture
def there(house: House) -> Iterator[Outside]:
    with outside(house) as opened:
        yield opened


@pytest.fixture
def desk(there: Outside) -> Who:
    return there.token(there.house.account(kind="staff", role="administrator"))


def post(there: Outside, who: Who, data: bytes, kind: str = KIND, study: str = "") -> object:
    address = "/dicomweb/studies" + (f"/{study}" if study else "")
    return there.client.post(address, headers={**who, "content-type": kind}, content=data)


def count(there: Outside, table: type[Instance] | type[Quarantine]) -> int:
    with there.house.portal.reading() as db:
        return db.execute(select(func.count(table.id))).scalar_one()


def test_what_is_sent_is_stored_and_acknowledged(there: Outside, desk: Who) -> None:
    answer = post(there, desk, body(*slices(1, 2)))
    assert answer.status_code == 200
    told = Dataset.from_json(answer.json())
    assert [one.ReferencedSOPInstanceUID for one in told.ReferencedSOPSequence] == [
        f"{NEW}.1.1", f"{NEW}.1.2",
    ]  # fmt: skip
    assert told.RetrieveURL.endswith(f"/dicomweb/studies/{NEW}")
    found = there.get(f"/dicomweb/studies?StudyInstanceUID={NEW}", desk).json()
    assert found[0]["00201208"]["Value"] == [2]


def test_the_same_again_changes_nothing(there: Outside, desk: Who) -> None:
    post(there, desk, body(*slices(1)))
    before = count(there, Instance)
    assert post(there, desk, body(*slices(1))).status_code == 200
    assert count(there, Instance) == before


def test_what_cannot_be_taken_is_told_and_kept_in_quarantine(there: Outside, desk: Who) -> None:
    other = as_bytes(ct_slice(study=NEW, number=1, SeriesDescription="other content"))
    post(there, desk, body(*slices(1)))
    answer = post(there, desk, body(*slices(2), other, b"no DICOM at all"))
    assert answer.status_code == 202
    told = answer.json()
    assert told["00081198"]["Value"][0]["00081197"]["Value"] == [0x0111]
    assert told["0008119A"]["Value"][0]["00081197"]["Value"] == [0xC000]
    assert count(there, Quarantine) == 2


def test_nothing_stored_is_a_conflict(there: Outside, desk: Who) -> None:
    assert post(there, desk, body(b"garbage")).status_code == 409
    assert post(there, desk, body(*slices(1), kind="text/plain")).status_code == 409


def test_only_the_addressed_study_is_stored(there: Outside, desk: Who) -> None:
    answer = post(there, desk, body(*slices(1), *slices(9, study="1.2.3.91")), study=NEW)
    assert answer.status_code == 202
    (failed,) = answer.json()["00081198"]["Value"]
    assert failed["00081155"]["Value"] == ["1.2.3.91.1.9"]
    assert failed["00081197"]["Value"] == [0xA900]
    assert count(there, Quarantine) == 0
    with there.house.portal.reading() as db:
        studies = set(db.execute(select(Instance.sop_uid)).scalars())
    assert not any(uid.startswith("1.2.3.91") for uid in studies)


def test_a_body_that_breaks_off_stores_nothing_half(there: Outside, desk: Who) -> None:
    whole = body(*slices(1, 2))
    answer = post(there, desk, whole[: len(whole) - 3000])
    assert answer.status_code == 400
    assert "boundary" in answer.text
    with there.house.portal.reading() as db:
        stored = set(db.execute(select(Instance.sop_uid)).scalars())
    assert f"{NEW}.1.2" not in stored
    assert post(there, desk, whole).status_code == 200


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/dicom", 415),
        ("", 415),
        (f"multipart/form-data; boundary={BOUNDARY}", 415),
        (f'multipart/related; type="application/dicom+json"; boundary={BOUNDARY}', 415),
        ('multipart/related; type="application/dicom"', 400),
        (f'multipart/related; type="application/dicom"; boundary={"x" * 300}', 400),
        ('multipart/related; type="application/dicom"; boundary=another', 400),
    ],
)
def test_a_body_of_another_kind_is_refused(
    there: Outside, desk: Who, kind: str, status: int
) -> None:
    before = count(there, Instance)
    assert post(there, desk, body(*slices(1)), kind).status_code == status
    assert count(there, Instance) == before


def test_an_empty_body_is_refused(there: Outside, desk: Who) -> None:
    assert post(there, desk, b"").status_code == 400
    assert post(there, desk, f"--{BOUNDARY}--\r\n".encode()).status_code == 400


def test_the_study_is_found_however_much_stands_before_it(there: Outside, desk: Who) -> None:
    made = ct_slice(study="1.2.3.91")
    block = made.private_block(0x0009, "MY IMAGING TESTS", create=True)
    block.add_new(0x10, "OB", bytes(200_000))
    assert post(there, desk, body(as_bytes(made)), study=NEW).status_code == 409
    assert "1.2.3.91" not in there.get("/dicomweb/studies", desk).text
    assert list((there.house.portal.objects.folder / "incoming").iterdir()) == []


def test_who_sent_it_is_recorded(there: Outside) -> None:
    account = there.house.account(kind="staff", role="administrator")
    post(there, there.token(account), body(*slices(1)))
    assert there.house.recorded("exam.imported")[-1].account_id == account


def test_more_objects_than_are_taken_at_once_are_refused(
    there: Outside, desk: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "MOST_OBJECTS", 2)
    assert post(there, desk, body(*slices(1, 2, 3))).status_code == 413
    assert post(there, desk, body(*slices(1, 2))).status_code == 200


def test_a_body_beyond_all_bounds_is_refused(
    there: Outside, desk: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storing, "LARGEST_BODY", 10_000)
    assert post(there, desk, body(*slices(1, 2))).status_code == 413


@pytest.mark.parametrize(
    "headers", [b"X: " + b"y" * 5000, b"\r\n".join(b"X-%d: y" % n for n in range(20)), b"no colon"]
)
def test_headers_of_a_part_are_bounded(there: Outside, desk: Who, headers: bytes) -> None:
    data = f"--{BOUNDARY}\r\n".encode() + headers + b"\r\n\r\nx\r\n" + f"--{BOUNDARY}--".encode()
    assert post(there, desk, data).status_code == 400


def test_what_is_sent_as_something_else_does_not_hold_up_the_rest(
    there: Outside, desk: Who
) -> None:
    letter = body(b"Dear doctor", kind="text/plain").removesuffix(f"--{BOUNDARY}--\r\n".encode())
    assert post(there, desk, letter + body(*slices(1))).status_code == 202
    assert count(there, Quarantine) == 0


def test_a_sender_that_goes_silent_gives_its_thread_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stow, "LONGEST_SILENCE", 0.01)

    async def silent() -> AsyncIterator[bytes]:
        yield b"--begun"
        await asyncio.Event().wait()

    async def sent() -> list[bytes]:
        pipe = stow.Pipe(asyncio.get_running_loop())
        reading = asyncio.to_thread(list, pipe)
        await asyncio.gather(stow._send(silent(), pipe), reading)
        return []

    with pytest.raises(Invalid, match="ended before"):
        asyncio.run(sent())


def test_a_cancelled_request_gives_its_thread_back() -> None:
    async def cancelled() -> None:
        pipe = stow.Pipe(asyncio.get_running_loop())
        reading = asyncio.create_task(asyncio.to_thread(list, pipe))
        await asyncio.sleep(0)
        pipe.close()
        await reading

    with pytest.raises(Invalid, match="ended before"):
        asyncio.run(cancelled())


def test_only_imaging_administrators_store(there: Outside) -> None:
    house = there.house
    for who, status in (
        ({}, 401),
        (there.session(there.owner), 403),
        (there.token(there.guest()), 403),
        (there.token(house.account(kind="staff", role="clinician")), 403),
        (there.token(house.account(kind="staff", role="auditor")), 403),
    ):
        assert post(there, who, body(*slices(1))).status_code == status
    assert count(there, Quarantine) == 0


def test_another_sites_page_cannot_store(there: Outside) -> None:
    staff = there.session(there.house.account(kind="staff", role="administrator"))
    evil = {**staff, "origin": "http://evil.example"}
    assert post(there, evil, body(*slices(1))).status_code == 403


def test_a_search_finds_only_what_the_caller_may_see(there: Outside, desk: Who) -> None:
    post(there, desk, body(as_bytes(ct_slice(study=NEW, patient_id="P2", name="OKAFOR^Matilda"))))
    assert {s["0020000D"]["Value"][0] for s in there.get("/dicomweb/studies", desk).json()} == {
        STUDY, NEW,
    }  # fmt: skip
    owner = there.session(there.owner)
    for query in ("", "?PatientName=*", "?PatientID=P2", f"?StudyInstanceUID={NEW}"):
        found = json.dumps(there.get(f"/dicomweb/studies{query}", owner).json())
        assert "OKAFOR" not in found
        assert NEW not in found
    for resource in ("series", "instances", f"studies/{NEW}/series", f"studies/{NEW}/instances"):
        assert NEW not in there.get(f"/dicomweb/{resource}", owner).text
    stranger = there.session(there.house.account(kind="guest"))
    assert there.get("/dicomweb/studies", stranger).json() == []
    assert there.get("/dicomweb/studies").status_code == 401
    hidden = there.guest(hide_details=True)
    in_disguise = there.get("/dicomweb/instances", there.session(hidden))
    assert len(in_disguise.json()) == 3
    assert STUDY not in in_disguise.text


def test_a_search_that_is_not_understood_is_refused(there: Outside) -> None:
    owner = there.session(there.owner)
    for query in (
        "Nonsense=1",
        "limit=x",
        "limit=-1",
        "PatientName=a&PatientName=b",
        "00100010.1=x",
    ):
        assert there.get(f"/dicomweb/studies?{query}", owner).status_code == 400


@given(
    st.lists(st.binary(max_size=300).filter(lambda d: b"--boundary" not in d), max_size=4),
    st.integers(1, 97),
)
def test_parts_come_whole_however_the_body_is_cut(objects: list[bytes], cut: int) -> None:
    opening = b"--boundary\r\nContent-Type: application/dicom\r\nX-Number: 1\r\n\r\n"
    whole = b"".join(opening + one + b"\r\n" for one in objects) + b"--boundary--\r\n"
    chunks = (whole[at : at + cut] for at in range(0, len(whole), cut))
    found = []
    for part in parts(chunks, "boundary"):
        assert part.headers["content-type"] == "application/dicom"
        found.append(part.read(5) + part.read())
    assert found == objects


def test_parts_that_are_not_read_are_skipped() -> None:
    whole = body(b"first" * 100, b"second")
    found = [part.headers for part in parts(iter([whole]), BOUNDARY)]
    assert len(found) == 2


def test_a_damaged_body_is_refused() -> None:
    for damaged in (b"", b"nonsense", body(b"x")[:-20]):
        with pytest.raises(Invalid):
            for part in parts(iter([damaged]), BOUNDARY):
                part.read()


def test_a_content_type_is_read_with_its_parameters() -> None:
    assert media_type('Multipart/Related; Type="application/dicom"; boundary="a b"') == (
        "multipart/related", {"type": "application/dicom", "boundary": "a b"},
    )  # fmt: skip
