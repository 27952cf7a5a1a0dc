"""The "Exam information": what an image tells about itself, to whom, and finding it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from pydicom.dataset import Dataset
from sqlalchemy import select

from imaging.readable_attributes import readable_attributes
from services.access import Access
from services.errors import Expired, Invalid, NotFound
from services.exam import exams
from services.exam.exam_information import FactGroup, information, search
from storage.models import Patient, Study
from tests.dicom import ct_slice, take_in
from tests.factories import House

GUEST = "referrer@practice.example"
TOLD = {
    "KVP": "120", "SliceThickness": 2.0, "ContrastBolusAgent": "Iopromide",
    "PatientPosition": "HFS",
    "BodyPartExamined": "CHEST", "StationName": "CT-ROOM-7",
    "PatientAge": "068Y", "PatientWeight": "81", "PatientComments": "shy", "OperatorsName": "Op^Er",
    "OtherPatientIDs": "MRN-99", "PatientAddress": "1 Main Road",
    "ProtocolName": "Thorax of Frenchie",
}  # fmt: skip
IDENTIFYING = ("frenchie", "chester", "1958", "p1", "acc-1", "rosa", "referrer", "riverbend",
               "1.2.826", "ct-room", "male", "81", "mrn-99")  # fmt: skip
NOBODY_NEEDS = ("shy", "1 Main Road", "Op Er", "MRN-99", "secret")


@dataclass
class Desk:
    house: House
    owner: int
    study: int

    def told(self, access: Access) -> tuple[FactGroup, ...]:
        exam = exams.described(self.house.portal, access)
        return information(self.house.portal, access, exam.series[0], 1)

    def guest(self, **options: object) -> Access:
        self.house.share(self.owner, self.study, GUEST, **options)
        guest = self.house.account_id(GUEST)
        self.house.activate(guest)
        return self.house.access(guest, self.study)

    def own(self) -> Access:
        return self.house.access(self.owner, self.study)


@pytest.fixture
def desk(house: House) -> Desk:
    slices = [ct_slice(number=n, **TOLD) for n in (1, 2)]
    for dataset in slices:
        dataset.private_block(0x0043, "SOMEBODY", create=True).add_new(1, "LO", "secret")
    take_in(house.portal, slices)
    with house.portal.reading() as db:
        study, patient = db.execute(select(Study.id, Patient.id).join(Patient)).one()
    owner = house.account(kind="patient", name="Chester Frenchie")
    house.link(owner, patient)
    return Desk(house, owner, study)


def values(groups: tuple[FactGroup, ...]) -> dict[str, str]:
    return {fact.name: fact.value for group in groups for fact in group.facts}


def test_a_patient_reads_plain_names_with_the_terms_beside_them(desk: Desk) -> None:
    groups = desk.told(desk.own())
    told = values(groups)
    assert told["X-ray tube voltage"] == "120 kV"
    assert told["Slice thickness"] == "2 mm"
    assert told["Name"] == "Chester FRENCHIE"
    assert told["Date of birth"] == "14 March 1958"
    assert told["Age at the exam"] == "68 years"
    assert told["Position of the patient"] == "lying on the back, head first"
    assert told["Kind of exam"] == "CT scan (CT)"
    assert told["Image number"] == "2"
    terms = {fact.name: fact.term for group in groups for fact in group.facts}
    assert terms["X-ray tube voltage"] == "KVP (0018,0060)"
    assert [group.title for group in groups][:3] == ["Patient", "Exam", "Series"]


def test_what_is_on_no_list_is_told_to_nobody(desk: Desk) -> None:
    staff = desk.house.account(kind="staff", role="clinician")
    for access in (desk.own(), desk.guest(), desk.house.access(staff, desk.study)):
        for unneeded in NOBODY_NEEDS:
            assert unneeded not in repr(desk.told(access))


def test_nothing_names_anybody_where_details_are_hidden(desk: Desk) -> None:
    groups = desk.told(desk.guest(hide_details=True))
    text = " ".join(f"{fact.name}={fact.value}" for group in groups for fact in group.facts)
    for detail in IDENTIFYING:
        assert detail not in text.lower(), detail
    assert values(groups)["X-ray tube voltage"] == "120 kV"
    assert {"Patient", "Identifiers for support"}.isdisjoint(group.title for group in groups)


def test_a_guest_who_may_know_the_patient_reads_what_the_patient_reads(desk: Desk) -> None:
    assert desk.told(desk.guest()) == desk.told(desk.own())


def test_nothing_is_told_once_a_share_is_over(desk: Desk) -> None:
    access = desk.guest(days=1)
    series = exams.described(desk.house.portal, access).series[0]
    desk.house.clock.move(days=2)
    with pytest.raises(Expired):
        information(desk.house.portal, access, series, 0)


def test_an_image_of_another_exam_cannot_be_slipped_in(desk: Desk) -> None:
    series = exams.described(desk.house.portal, desk.own()).series[0]
    stranger, _, other = desk.house.owner_with_exam("Somebody Else")
    with pytest.raises(NotFound):
        information(desk.house.portal, desk.house.access(stranger, other), series, 0)


def test_a_damaged_file_is_told_in_a_sentence(desk: Desk) -> None:
    for path in (desk.house.portal.settings.data_dir / "objects").rglob("*"):
        if path.is_file():
            path.write_bytes(b"\0" * 200)
    with pytest.raises(Invalid, match="cannot be read"):
        desk.told(desk.own())


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("tube", ["X-ray tube voltage"]),
        ("KVP", ["X-ray tube voltage"]),
        ("0018,0060", ["X-ray tube voltage"]),
        ("iopromide", ["Contrast agent"]),
        ("no such thing", []),
    ],
)
def test_a_search_looks_at_names_terms_tags_and_values(
    desk: Desk, words: str, found: list[str]
) -> None:
    hits = search(desk.told(desk.own()), words)
    assert [fact.name for group in hits for fact in group.facts] == found


def test_an_empty_search_finds_everything(desk: Desk) -> None:
    told = desk.told(desk.own())
    assert search(told, "  ") == told


def test_a_sequence_of_codes_is_told_by_what_they_mean() -> None:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = "51185008", "SCT", "Chest"
    dataset = Dataset()
    dataset.AnatomicRegionSequence = [code]
    (told,) = readable_attributes(dataset, named=False)
    assert (told.term, told.value) == ("Anatomic Region Sequence", "Chest")


def test_an_enhanced_object_tells_what_its_frames_share() -> None:
    measures, shared, dataset = Dataset(), Dataset(), Dataset()
    measures.PixelSpacing, measures.SliceThickness = [0.5, 0.5], 3
    shared.PixelMeasuresSequence = [measures]
    dataset.SharedFunctionalGroupsSequence = [shared]
    told = {one.keyword: one.value for one in readable_attributes(dataset, named=False)}
    assert told == {"PixelSpacing": "0.5, 0.5", "SliceThickness": "3"}
