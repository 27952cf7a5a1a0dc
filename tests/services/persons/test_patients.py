"""Records merged and accounts unlinked: what moves, what ends, and who may."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from services import access as decision
from services.access import Why
from services.errors import Expired, Invalid, NotAllowed, NotFound
from services.exam import exams
from services.persons import accounts, patients
from services.shares import manage_sharing
from services.trail import looks
from storage.models import Patient, PatientLink, Study
from tests.dicom import ct_slice, take_in
from tests.factories import House

GUEST = "rooms@x.example"


@dataclass
class Two:
    """A person with two records, an exam in each, and somebody who sees the first exam."""

    house: House
    staff: int
    owner: int
    kept: int
    stray: int
    exam: int
    strays_exam: int
    guest: int


@pytest.fixture
def two(house: House) -> Two:
    staff = house.account(kind="staff", role="administrator")
    owner, kept, exam = house.owner_with_exam()
    stray = house.patient()
    return Two(
        house, staff, owner, kept, stray, exam, house.study(stray, day=2), house.account(GUEST)
    )


def sees(house: House, account: int, *studies: int) -> bool:
    return {study.id for study, _ in decision.visible(house.portal, account)} == set(studies)


def merge(two: Two) -> patients.Merged:
    return patients.merge(two.house.portal, two.staff, two.stray, two.kept)


def test_the_exams_of_a_merged_record_are_the_patients(two: Two) -> None:
    assert sees(two.house, two.owner, two.exam)
    assert merge(two) == patients.Merged(1, 0, 0)
    assert sees(two.house, two.owner, two.exam, two.strays_exam)
    assert two.house.access(two.owner, two.strays_exam).why is Why.OWN


def test_a_portfolio_covers_what_joins_it_and_one_exam_does_not(two: Two) -> None:
    house = two.house
    other = house.account()
    house.share(two.owner, two.exam, GUEST, portfolio=True)
    house.share(two.owner, two.exam, house.email_of(other))
    merge(two)
    assert sees(house, two.guest, two.exam, two.strays_exam)
    assert sees(house, other, two.exam)


def test_shares_from_the_merged_record_go_on_and_are_the_patients_to_end(two: Two) -> None:
    house = two.house
    carer = house.account()
    house.link(carer, two.stray, "carer")
    house.share(carer, two.strays_exam, GUEST)
    access = house.access(two.guest, two.strays_exam)
    assert merge(two) == patients.Merged(1, 1, 1)
    assert decision.renewed(house.portal, access).patient_id == two.kept
    assert len(manage_sharing.shares(house.portal, two.owner)) == 1


def test_who_was_linked_to_both_is_linked_once_and_holds_the_union(two: Two) -> None:
    house = two.house
    house.link(two.owner, two.stray, "carer")
    merge(two)
    with house.portal.reading() as db:
        (link,) = db.execute(select(PatientLink)).scalars()
    assert (link.patient_id, link.relation, link.until) == (two.kept, "self", None)


def test_shared_again_two_portfolios_of_the_two_records_are_one_share(two: Two) -> None:
    house = two.house
    house.link(two.owner, two.stray, "self")
    house.share(two.owner, two.exam, GUEST, portfolio=True, may_share=True)
    house.share(two.owner, two.strays_exam, GUEST, portfolio=True, may_share=True)
    other = house.account()
    house.share(two.guest, two.exam, house.email_of(other))
    merge(two)
    assert len(manage_sharing.shares(house.portal, two.owner)) == 3
    narrow: dict[str, object] = {"portfolio": True, "may_share": True, "hide_details": True}
    house.share(two.owner, two.exam, GUEST, **narrow)
    assert len(manage_sharing.shares(house.portal, two.owner)) == 2
    assert house.access(two.guest, two.strays_exam).hidden
    assert house.access(other, two.exam).hidden


def test_what_arrives_under_the_merged_records_id_is_filed_with_the_other(house: House) -> None:
    staff = house.account(kind="staff", role="administrator")
    take_in(house.portal, [ct_slice(study="1.2.1", patient_id="KEPT")])
    take_in(house.portal, [ct_slice(study="1.2.2", patient_id="STRAY")])
    with house.portal.reading() as db:
        number = {p.patient_id: p.id for p in db.execute(select(Patient)).scalars()}
    patients.merge(house.portal, staff, number["STRAY"], number["KEPT"])
    later = [
        ct_slice(study="1.2.3", patient_id="STRAY"),
        ct_slice(study="1.2.2", patient_id="STRAY", number=2),
        ct_slice(study="1.2.1", patient_id="KEPT", number=2),
    ]
    assert [outcome.reason for outcome in take_in(house.portal, later)] == ["", "", ""]
    with house.portal.reading() as db:
        owners = set(db.execute(select(Study.patient_id)).scalars())
        conflicts = set(db.execute(select(Study.identity_conflict)).scalars())
    assert owners == {number["KEPT"]}
    assert conflicts == {""}


def test_an_object_of_a_stranger_still_contradicts_its_study(house: House) -> None:
    staff = house.account(kind="staff", role="administrator")
    take_in(house.portal, [ct_slice(study="1.2.1", patient_id="KEPT")])
    take_in(house.portal, [ct_slice(study="1.2.2", patient_id="STRAY")])
    with house.portal.reading() as db:
        number = {p.patient_id: p.id for p in db.execute(select(Patient)).scalars()}
    patients.merge(house.portal, staff, number["STRAY"], number["KEPT"])
    (outcome,) = take_in(house.portal, [ct_slice(study="1.2.1", patient_id="ELSE", number=3)])
    assert "for another patient" in outcome.reason


def test_the_history_of_both_records_is_told_as_one(two: Two) -> None:
    house = two.house
    clinician = house.account(kind="staff", role="clinician", name="Dr Rosa")
    exams.open_exam(house.portal, house.access(clinician, two.strays_exam))
    assert looks.looks(house.portal, two.owner) == []
    merge(two)
    (merged, entry) = looks.looks(house.portal, two.owner)
    assert merged.what == "put two patient records of this person together"
    assert "Dr Rosa" in entry.who
    (event,) = house.recorded("patient.records_merged")
    assert (event.patient_id, event.detail["record"]) == (two.kept, two.stray)


def test_a_record_merged_into_a_merged_one_ends_where_that_one_did(two: Two) -> None:
    house = two.house
    third = house.patient()
    exam = house.study(third)
    patients.merge(house.portal, two.staff, third, two.stray)
    merge(two)
    assert sees(house, two.owner, two.exam, two.strays_exam, exam)
    with house.portal.reading() as db:
        assert sorted(patients.with_merged(db, [two.kept])) == sorted([two.kept, two.stray, third])


def test_what_cannot_be_merged_is_refused_and_nothing_moves(two: Two) -> None:
    portal = two.house.portal
    with pytest.raises(Invalid, match="two different"):
        patients.merge(portal, two.staff, two.kept, two.kept)
    with pytest.raises(NotFound):
        patients.merge(portal, two.staff, two.kept, 999)
    merge(two)
    with pytest.raises(Invalid, match="merged already"):
        merge(two)


@pytest.mark.parametrize("kind", ["patient", "guest", "breakglass", "staff"])
def test_only_imaging_administrators_merge_and_unlink(two: Two, kind: str) -> None:
    somebody = two.house.account(kind=kind, role="clinician" if kind == "staff" else "")
    with pytest.raises(NotAllowed):
        patients.merge(two.house.portal, somebody, two.stray, two.kept)
    with pytest.raises(NotAllowed):
        patients.unlink(two.house.portal, somebody, two.owner, two.kept)
    accounts.disable(two.house.portal, two.house.email_of(two.staff))
    with pytest.raises(NotAllowed):
        merge(two)


def test_unlinking_ends_everything_that_rested_on_the_link_at_once(two: Two) -> None:
    house = two.house
    colleague = house.account("colleague@x.example")
    house.share(two.owner, two.exam, GUEST, may_share=True)
    house.share(two.guest, two.exam, "colleague@x.example")
    open_pages = [house.access(person, two.exam) for person in (two.owner, two.guest, colleague)]
    patients.unlink(house.portal, two.staff, two.owner, two.kept)
    for access in open_pages:
        with pytest.raises(Expired):
            decision.renewed(house.portal, access)
    assert len(house.recorded("account.unlinked")) == 1
    assert len(house.recorded("share.ended")) == 2
    house.link(two.owner, two.kept)
    assert sees(house, two.guest)


def test_unlinking_leaves_what_rests_on_something_else(two: Two) -> None:
    house = two.house
    carer = house.account("carer@x.example")
    house.link(carer, two.kept, "carer")
    house.share(two.owner, two.exam, "carer@x.example", may_share=True)
    patients.unlink(house.portal, two.staff, carer, two.kept)
    assert house.access(carer, two.exam).why is Why.GRANT
    with pytest.raises(NotFound):
        patients.unlink(house.portal, two.staff, carer, two.kept)
