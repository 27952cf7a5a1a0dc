"""Accounts at the desk: found quickly, changed with care."""

from __future__ import annotations

import pytest

from services.desk import account_desk, link_desk
from services.errors import Invalid
from services.finding.listing import Wanted
from services.persons import accounts
from services.persons.accounts import NewAccount
from services.signing_in import sessions
from services.signing_in.sessions import SignedIn
from storage.models import Account
from tests.factories import House
from tests.services.at_desk import staff


@pytest.fixture
def admin(house: House) -> SignedIn:
    return staff(house)


def found(house: House, admin: SignedIn, **wanted: object) -> list[str]:
    page = account_desk.listed(house.portal, admin.account_id, Wanted(**wanted))  # type: ignore[arg-type]
    return [row.name for row in page.rows]


def state(house: House, account_id: int) -> Account:
    with house.portal.reading() as db:
        return db.get_one(Account, account_id)


def test_accounts_are_found_by_words_and_filters_in_any_order(
    house: House, admin: SignedIn
) -> None:
    house.account("a@x.example", "patient", name="Zoe Abel")
    house.account("b@x.example", "guest", name="Abel Zoe", status="disabled")
    house.account("c@abel.example", "patient", name="Max 100%")
    assert set(found(house, admin, words="ABEL")) == {"Zoe Abel", "Abel Zoe", "Max 100%"}
    assert found(house, admin, words="abel zoe", choices=(("kind", "guest"),)) == ["Abel Zoe"]
    assert found(house, admin, choices=(("status", "disabled"),)) == ["Abel Zoe"]
    assert found(house, admin, words="100%") == ["Max 100%"]
    assert found(house, admin, words="_", sort="name") == []
    names = found(house, admin, sort="name", descending=True)
    assert names == sorted(names, reverse=True)


def test_a_new_account_gets_a_mail_and_a_typed_mistake_a_sentence(
    house: House, admin: SignedIn
) -> None:
    with pytest.raises(Invalid, match="no patient with the id"):
        account_desk.create(
            house.portal, admin,
            NewAccount("patient", "m@x.example", "Matilda Okafor", patient_ids=("NONE",)),
        )  # fmt: skip
    made = account_desk.create(
        house.portal, admin, NewAccount("patient", "m@x.example", "Matilda Okafor")
    )
    assert state(house, made).status == "invited"
    (event,) = house.recorded("account.created")
    assert event.account_id == admin.account_id


def test_disabling_ends_what_is_open_and_enabling_opens_it_as_far_as_it_was(
    house: House, admin: SignedIn
) -> None:
    person = house.account(kind="patient", password_hash="x")
    half = house.account(kind="patient")
    open_page = house.signed_in(person)
    for account in (person, half):
        account_desk.disable(house.portal, admin, account)
        assert state(house, account).status == "disabled"
        account_desk.enable(house.portal, admin, account)
    assert not sessions.stands(house.portal, open_page.session_id)
    assert (state(house, person).status, state(house, half).status) == ("active", "invited")


def test_nobody_shuts_themselves_or_the_last_administrator_out(
    house: House, admin: SignedIn
) -> None:
    for change in (
        lambda: account_desk.disable(house.portal, admin, admin.account_id),
        lambda: account_desk.change_role(house.portal, admin, admin.account_id, "auditor"),
    ):
        with pytest.raises(Invalid, match="your own account"):
            change()


def test_another_role_signs_out_everywhere(house: House, admin: SignedIn) -> None:
    other = house.account(kind="staff", role="administrator")
    open_page = house.signed_in(other)
    account_desk.change_role(house.portal, admin, other, "auditor")
    assert state(house, other).role == "auditor"
    assert not sessions.stands(house.portal, open_page.session_id)
    with pytest.raises(Invalid, match="Only staff"):
        account_desk.change_role(house.portal, admin, house.account(), "auditor")
    with pytest.raises(Invalid, match="one of"):
        account_desk.change_role(house.portal, admin, other, "owner")


def test_the_set_up_is_sent_again_to_who_has_not_used_it_only(
    house: House, admin: SignedIn
) -> None:
    made = accounts.create(house.portal, NewAccount("patient", "m@x.example", "Matilda Okafor"))
    assert account_desk.send_set_up_again(house.portal, admin, made) == "m@x.example"
    with pytest.raises(Invalid, match="Forgot password"):
        account_desk.send_set_up_again(house.portal, admin, house.account())


def test_a_record_is_linked_and_unlinked_at_the_desk(house: House, admin: SignedIn) -> None:
    owner, patient, study = house.owner_with_exam()
    other = house.account(kind="patient", name="Second account")
    details = account_desk.details(house.portal, admin.account_id, owner)
    (linked,) = details.linked
    assert (linked.name, linked.carer) == ("FRENCHIE, Chester", False)
    link_desk.link_own(house.portal, admin, other, linked.number)
    assert house.access(other, study)
    link_desk.unlink(house.portal, admin, other, patient)
    assert account_desk.details(house.portal, admin.account_id, other).linked == ()
    with pytest.raises(Invalid, match="Only accounts of patients"):
        link_desk.link_own(house.portal, admin, admin.account_id, linked.number)
