"""The decision: who may do what with which exam, and why."""

from __future__ import annotations

from datetime import timedelta

import pytest

from services import access as decision
from services.access import Access, Why
from services.errors import Expired, NotFound
from services.persons import accounts
from services.publisher import AccessChanged
from services.shares import sharing
from storage.models import Study
from tests.factories import START, House

GUEST = "referrer@practice.example"


def guest_of(house: House, owner: int, study: int, **options: object) -> int:
    house.share(owner, study, GUEST, **options)
    guest = house.account_id(GUEST)
    house.activate(guest)
    return guest


def refused(house: House, account: int, study: int) -> str:
    with pytest.raises(NotFound) as refusal:
        house.access(account, study)
    return str(refusal.value)


def seen(house: House, account: int) -> list[int]:
    return [study.id for study, _ in decision.visible(house.portal, account)]


# who sees what


def test_denied_is_the_default(house: House) -> None:
    _, _, study = house.owner_with_exam()
    for kind in ("patient", "guest", "breakglass"):
        assert refused(house, house.account(kind=kind), study) == decision.NOT_FOUND


def test_an_exam_that_may_not_be_seen_looks_like_one_that_does_not_exist(house: House) -> None:
    _, _, study = house.owner_with_exam()
    stranger = house.account()
    assert refused(house, stranger, study) == refused(house, stranger, study + 1000)


def test_nobody_without_an_account_sees_anything(house: House) -> None:
    _, _, study = house.owner_with_exam()
    assert refused(house, 1000, study)


def test_a_patient_holds_every_right_to_their_own_exams_without_end(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    access = house.access(owner, study)
    assert (access.why, access.until, access.changes_at) == (Why.OWN, None, None)
    assert access.may_share
    assert access.may_download
    assert not access.hidden


def test_a_patient_does_not_see_another_patients_exams(house: House) -> None:
    owner, _, _ = house.owner_with_exam()
    _, _, other = house.owner_with_exam()
    assert refused(house, owner, other)


@pytest.mark.parametrize("role", ["administrator", "clinician"])
def test_reading_staff_see_every_exam_and_share_none(house: House, role: str) -> None:
    _, _, study = house.owner_with_exam()
    access = house.access(house.account(kind="staff", role=role), study)
    assert access.why is Why.STAFF
    assert not access.may_share


def test_an_auditor_sees_no_exam(house: House) -> None:
    _, _, study = house.owner_with_exam()
    auditor = house.account(kind="staff", role="auditor")
    assert refused(house, auditor, study)
    assert seen(house, auditor) == []


def test_a_role_without_being_staff_opens_nothing(house: House) -> None:
    _, _, study = house.owner_with_exam()
    assert refused(house, house.account(kind="guest", role="administrator"), study)


@pytest.mark.parametrize("status", ["invited", "disabled"])
def test_an_account_that_is_not_ready_sees_nothing(house: House, status: str) -> None:
    owner = house.account(kind="patient", status=status)
    study = house.study(house.patient(owner=owner))
    assert refused(house, owner, study)
    assert seen(house, owner) == []


def test_an_exam_whose_patient_is_in_doubt_is_seen_by_staff_only(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    guest = guest_of(house, owner, study)
    with house.portal.transaction() as tx:
        tx.db.get_one(Study, study).identity_conflict = "differs in date of birth"
    assert refused(house, owner, study)
    assert refused(house, guest, study)
    assert seen(house, owner) == []
    assert house.access(house.account(kind="staff", role="administrator"), study)


def test_a_break_glass_account_gets_no_rights_from_a_share_either(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    clinician = house.account("er@x.example", "breakglass")
    house.share(owner, study, "er@x.example", may_share=True, may_download=True)
    access = house.access(clinician, study)
    assert not access.may_share
    assert not access.may_download


# the union of what somebody holds


def test_access_is_the_union_of_what_somebody_holds(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    guest = guest_of(house, owner, study, days=3, may_share=True, may_download=False)
    house.share(owner, study, GUEST, days=9, portfolio=True, may_download=True)
    access = house.access(guest, study)
    assert access.may_share
    assert access.may_download
    assert access.until == START + timedelta(days=9)
    assert access.changes_at == START + timedelta(days=3)


def test_details_are_hidden_unless_some_share_shows_them(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    guest = guest_of(house, owner, study, hide_details=True)
    assert house.access(guest, study).hidden
    house.share(owner, study, GUEST, days=2, portfolio=True)
    assert not house.access(guest, study).hidden
    house.clock.move(days=2)
    assert house.access(guest, study).hidden


def test_a_share_of_one_exam_says_nothing_about_another(house: House) -> None:
    owner, patient, study = house.owner_with_exam()
    other = house.study(patient, day=2)
    guest = guest_of(house, owner, study, hide_details=True, may_share=True)
    house.share(owner, other, GUEST)
    assert house.access(guest, study).hidden
    assert not house.access(guest, other).may_share


def test_a_guest_who_is_a_patient_too_keeps_both(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    doctor, _, own = house.owner_with_exam()
    house.share(owner, study, house.email_of(doctor))
    assert house.access(doctor, study).why is Why.GRANT
    assert house.access(doctor, own).why is Why.OWN


def test_the_strongest_reason_is_told(house: House) -> None:
    owner, patient, study = house.owner_with_exam()
    guest = guest_of(house, owner, study)
    house.link(guest, patient, "carer")
    access = house.access(guest, study)
    assert len(access.bases) == 2
    assert access.why is Why.CARER
    assert access.until is None


# the list


def test_the_list_is_newest_first_and_undated_exams_come_last(house: House) -> None:
    owner, patient, first = house.owner_with_exam()
    undated, newest = house.study(patient, day=9), house.study(patient, day=5)
    with house.portal.transaction() as tx:
        tx.db.get_one(Study, undated).performed_at = None
    assert seen(house, owner) == [newest, first, undated]


def test_the_list_and_the_decision_agree(house: House) -> None:
    owner, patient, study = house.owner_with_exam()
    house.owner_with_exam()
    guest = guest_of(house, owner, study, hide_details=True)
    house.share(owner, house.study(patient, day=2), GUEST, days=5)
    for account in (owner, guest):
        for listed, access in decision.visible(house.portal, account):
            assert access == house.access(account, listed.id)


def test_the_list_can_be_of_one_patient_and_cut_short(house: House) -> None:
    carer = house.account()
    one, other = house.patient(owner=carer), house.patient(owner=carer, relation="carer")
    mine, theirs = house.study(one), house.study(other, day=3)
    assert seen(house, carer) == [theirs, mine]
    assert [s.id for s, _ in decision.visible(house.portal, carer, patient_id=one)] == [mine]
    assert [s.id for s, _ in decision.visible(house.portal, carer, limit=1)] == [theirs]


def test_the_list_of_reading_staff_has_every_exam(house: House) -> None:
    studies = [house.owner_with_exam()[2] for _ in range(3)]
    assert sorted(seen(house, house.account(kind="staff", role="clinician"))) == studies


# open viewers


def test_an_access_stands_while_nothing_changed(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    access = house.access(guest_of(house, owner, study), study)
    house.clock.move(days=29)
    assert decision.renewed(house.portal, access) is access


def test_an_open_exam_goes_away_when_its_time_is_over(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    access = house.access(guest_of(house, owner, study, days=1), study)
    house.clock.move(days=1)
    with pytest.raises(Expired, match="The time for which this exam was shared with you is over"):
        decision.renewed(house.portal, access)


def test_an_open_exam_goes_away_when_the_share_is_ended(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    guest = guest_of(house, owner, study)
    access = house.access(guest, study)
    told: list[str] = []
    house.portal.publisher.subscribe(AccessChanged(guest), lambda: told.append("changed"))
    sharing.end(house.portal, owner, access.bases[0].number)
    assert told == ["changed"]
    with pytest.raises(Expired, match="the person who shared it ended it"):
        decision.renewed(house.portal, access)


def test_an_open_exam_of_a_closed_account_goes_away(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    access = house.access(owner, study)
    accounts.disable(house.portal, house.email_of(owner))
    with pytest.raises(Expired, match="You no longer have access"):
        decision.renewed(house.portal, access)


def test_an_open_exam_loses_rights_that_were_taken_back(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    guest = guest_of(house, owner, study, may_share=True)
    access = house.access(guest, study)
    house.share(owner, study, GUEST, hide_details=True, may_download=False)
    now: Access = decision.renewed(house.portal, access)
    assert (now.may_share, now.may_download, now.hidden) == (False, False, True)


def test_an_open_exam_loses_the_rights_of_the_share_that_ends_first(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    guest = guest_of(house, owner, study, days=2, may_download=True)
    house.share(owner, study, GUEST, days=9, portfolio=True, may_download=False)
    access = house.access(guest, study)
    house.clock.move(days=2)
    assert access.may_download
    assert not decision.renewed(house.portal, access).may_download


def test_nobody_can_change_an_access_they_hold(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    access = house.access(owner, study)
    with pytest.raises(AttributeError):
        access.account_id = 99  # type: ignore[misc]
