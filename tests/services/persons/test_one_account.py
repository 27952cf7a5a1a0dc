"""One person, one account, several hats: a share to an address that has an account is there."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from services import access as decision
from services.access import Why
from services.errors import Invalid, NotAllowed, NotFound
from services.persons import accounts, patient_links
from services.persons.accounts import NewAccount
from services.shares import manage_sharing, sharing
from storage.models import Account, PatientLink
from tests.factories import House

ROBIN = "robin@x.example"
KINDS = ("patient", "guest", "breakglass", "staff")


def count(house: House) -> int:
    with house.portal.reading() as db:
        return db.execute(select(func.count(Account.id)).where(Account.email == ROBIN)).scalar_one()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("typed", [ROBIN, "  Robin@X.Example "])
def test_a_share_to_an_address_with_an_account_is_simply_there(
    house: House, kind: str, typed: str
) -> None:
    role = "clinician" if kind == "staff" else ""
    robin = house.account(ROBIN, kind, role=role)
    owner, _, study = house.owner_with_exam()
    shared = house.share(owner, study, typed)
    assert not shared.invited
    assert count(house) == 1
    assert [found.id for found, _ in decision.visible(house.portal, robin)] == [study]
    [(to, subject, text)] = house.mail()
    assert (to, subject) == (ROBIN, "Medical images are shared with you")
    assert "/setup" not in text
    assert "/login" in text


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_gets_a_share_keeps_the_account_they_had(house: House, kind: str) -> None:
    robin = house.account(ROBIN, kind, role="clinician" if kind == "staff" else "", name="Robin")
    owner, _, study = house.owner_with_exam()
    house.share(owner, study, ROBIN)
    with house.portal.reading() as db:
        account = db.get_one(Account, robin)
    assert (account.kind, account.name, account.status) == (kind, "Robin", "active")


def test_a_patient_who_is_also_a_referrer_sees_own_exams_and_those_shared(house: House) -> None:
    robin = house.account(ROBIN, "patient")
    own = house.study(house.patient(owner=robin))
    owner, _, study = house.owner_with_exam()
    house.share(owner, study, ROBIN)
    assert {s.id for s, _ in decision.visible(house.portal, robin)} == {own, study}
    with pytest.raises(NotAllowed):
        sharing.offer(house.access(robin, study))
    assert sharing.offer(house.access(robin, own)).may_share


def test_a_patient_a_carer_and_a_guest_in_one_keep_these_apart(house: House) -> None:
    robin = house.account(ROBIN, "patient")
    mine = house.patient(owner=robin)
    child = house.patient("LINDQVIST", "Mika", owner=robin, relation="carer")
    own, childs = house.study(mine), house.study(child)
    owner, _, shared = house.owner_with_exam()
    house.share(owner, shared, ROBIN, hide_details=True)
    why = {study: house.access(robin, study).why for study in (own, childs, shared)}
    assert why == {own: Why.OWN, childs: Why.CARER, shared: Why.GRANT}
    assert [house.access(robin, study).hidden for study in why] == [False, False, True]
    for study, to in ((own, "gp@x.example"), (childs, "clinic@x.example")):
        house.share(robin, study, to)
    rows = {row.email: row for row in manage_sharing.shares(house.portal, robin)}
    assert {email: row.by_carer for email, row in rows.items()} == {
        "gp@x.example": False, "clinic@x.example": True,
    }  # fmt: skip
    with house.portal.transaction() as tx:
        link = patient_links.find(tx.db, robin, child)
        assert link is not None
        patient_links.unlink(house.portal, tx, link, None)
    assert {s.id for s, _access in decision.visible(house.portal, robin)} == {own, shared}
    [left] = manage_sharing.shares(house.portal, robin)
    assert left.email == "gp@x.example"


def test_a_guest_who_becomes_a_patient_keeps_what_was_shared_and_gets_no_second_account(
    house: House,
) -> None:
    robin = house.account(ROBIN, "guest")
    owner, _, study = house.owner_with_exam()
    house.share(owner, study, ROBIN)
    accounts.create(house.portal, NewAccount("patient", ROBIN, "Robin Lindqvist"))
    assert count(house) == 1
    assert house.access(robin, study)


def test_an_invited_address_that_becomes_a_patient_finds_the_share_after_setting_up(
    house: House,
) -> None:
    owner, _, study = house.owner_with_exam()
    assert house.share(owner, study, ROBIN).invited
    robin = accounts.create(house.portal, NewAccount("patient", ROBIN, "Robin"))
    assert robin == house.account_id(ROBIN)
    with pytest.raises(NotFound):
        house.access(robin, study)  # not before the account has an owner
    accounts.set_up(
        house.portal,
        house.mailed_link(ROBIN),
        name="Robin",
        mobile="",
        password="seven-quiet-lanterns",
        terms_accepted=True,
    )
    assert house.access(robin, study)


@pytest.mark.parametrize("kind", ["patient", "breakglass", "staff"])
def test_another_account_for_the_same_address_is_refused_with_a_sentence(
    house: House, kind: str
) -> None:
    house.account(ROBIN, kind)
    with pytest.raises(Invalid, match="already an account"):
        accounts.create(house.portal, NewAccount("patient", ROBIN.upper(), "Robin"))
    assert count(house) == 1


def test_a_closed_account_gets_no_letter_and_no_second_account(house: House) -> None:
    house.account(ROBIN, status="disabled")
    owner, _, study = house.owner_with_exam()
    assert not house.share(owner, study, ROBIN).invited
    assert count(house) == 1
    assert house.mail() == []


def test_two_patients_who_share_to_one_new_practice_mailbox_make_one_account(
    house: House,
) -> None:
    studies = []
    for _ in range(2):
        owner, _, study = house.owner_with_exam()
        assert house.share(owner, study, ROBIN).invited
        studies.append(study)
    assert count(house) == 1
    accounts.set_up(
        house.portal,
        house.mailed_link(ROBIN),
        name="Harbour Practice",
        mobile="",
        password="seven-quiet-lanterns",
        terms_accepted=True,
    )
    seen = decision.visible(house.portal, house.account_id(ROBIN))
    assert {study.id for study, _ in seen} == set(studies)
    with house.portal.reading() as db:
        links = select(func.count(PatientLink.id)).where(
            PatientLink.account_id == house.account_id(ROBIN)
        )
        assert db.execute(links).scalar_one() == 0
