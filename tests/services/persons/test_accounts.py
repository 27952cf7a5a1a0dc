"""Accounts: made by staff or by a first share, set up by their owner, closed by staff."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from services import people
from services.errors import Expired, Invalid, NotAllowed, NotFound, TooMany
from services.persons import accounts
from services.persons.accounts import NewAccount
from services.publisher import AccessChanged, SessionEnded
from services.signing_in import login, passwords, sessions
from storage.models import Account, OneTimeLink, Patient
from tests.factories import PASSWORD, QUICK_HASH, House

ROBIN = "robin@practice.example"
NEW_PASSWORD = "four-green-umbrellas"


def invited(house: House, kind: str = "patient", email: str = ROBIN) -> str:
    """A new account; the token of its set-up link."""
    accounts.create(house.portal, NewAccount(kind, email, "Robin Lindqvist"))
    return house.mailed_link(email)


def set_up(house: House, token: str, **changed: object) -> None:
    typed = {"name": "Robin L", "mobile": "", "password": PASSWORD, "terms_accepted": True}
    accounts.set_up(house.portal, token, **{**typed, **changed})  # type: ignore[arg-type]


def account(house: House, email: str = ROBIN) -> Account:
    with house.portal.reading() as db:
        return db.execute(select(Account).where(Account.email == email)).scalar_one()


# making accounts


@pytest.mark.parametrize("kind", accounts.KINDS)
def test_a_new_account_gets_a_set_up_link_by_mail(house: House, kind: str) -> None:
    token = invited(house, kind)
    assert account(house).status == "invited"
    offered = accounts.prompts(house.portal, token)
    assert (offered.purpose, offered.email) == ("setup", ROBIN)


def test_making_an_account_is_recorded_with_who_did_it(house: House) -> None:
    by = house.account(kind="staff", role="administrator")
    number = accounts.create(house.portal, NewAccount("guest", ROBIN, "Robin"), by)
    [event] = house.recorded("account.created")
    assert (event.account_id, event.detail) == (by, {"account": number, "kind": "guest"})


def test_an_account_of_another_kind_is_refused(house: House) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.create(house.portal, NewAccount("root", ROBIN, "Robin"))
    assert refusal.value.field == "kind"


def test_staff_need_a_role_that_exists(house: House) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.create(house.portal, NewAccount("staff", ROBIN, "Robin", role="king"))
    assert refusal.value.field == "role"
    accounts.create(house.portal, NewAccount("staff", ROBIN, "Robin", role="auditor"))
    assert account(house).role == "auditor"


def test_one_address_has_one_account(house: House) -> None:
    invited(house)
    with pytest.raises(Invalid, match="already an account"):
        accounts.create(house.portal, NewAccount("patient", ROBIN.upper(), "Robin"))


def test_a_guest_who_becomes_a_patient_keeps_the_account_and_its_password(house: House) -> None:
    guest = house.account(ROBIN, "guest", password_hash=QUICK_HASH)
    patient = house.patient()
    with house.portal.reading() as db:
        number = db.get_one(Patient, patient).patient_id
    new = NewAccount("patient", ROBIN, "Robin", patient_ids=[f"TEST|{number}"])
    assert accounts.create(house.portal, new) == guest
    kept = account(house)
    assert (kept.kind, kept.status, kept.password_hash) == ("patient", "active", QUICK_HASH)
    assert house.access(guest, house.study(patient)).may_share


def test_an_account_with_a_password_is_ready_at_once(house: House) -> None:
    accounts.create(house.portal, NewAccount("staff", ROBIN, "Robin", password=PASSWORD))
    assert account(house).status == "active"
    assert house.mail() == []


def test_a_poor_password_makes_no_account(house: House) -> None:
    with pytest.raises(Invalid):
        accounts.create(house.portal, NewAccount("staff", ROBIN, "Robin", password="password1234"))
    assert accounts.listed(house.portal) == []


def test_a_patient_id_that_nobody_has_makes_no_account(house: House) -> None:
    with pytest.raises(Invalid, match="no patient with the id"):
        accounts.create(house.portal, NewAccount("patient", ROBIN, "R", patient_ids=["P9"]))
    assert accounts.listed(house.portal) == []
    assert house.mail() == []
    assert house.recorded("account.created") == []


def test_a_patient_id_that_two_hospitals_use_must_name_the_hospital(house: House) -> None:
    with house.portal.transaction() as tx:
        for issuer in ("NORTH", "SOUTH"):
            tx.db.add(Patient(issuer=issuer, patient_id="7"))
    with pytest.raises(Invalid, match=r"ISSUER\|ID"):
        accounts.create(house.portal, NewAccount("patient", ROBIN, "R", patient_ids=["7"]))
    assert accounts.create(house.portal, NewAccount("patient", ROBIN, "R", patient_ids=["NORTH|7"]))


def test_a_carer_sees_the_exams_of_the_one_they_care_for(house: House) -> None:
    carer = house.account()
    child = house.patient()
    study = house.study(child)
    with house.portal.reading() as db:
        number = db.get_one(Patient, child).patient_id
    told: list[str] = []
    house.portal.publisher.subscribe(AccessChanged(carer), lambda: told.append("changed"))
    accounts.link_patient(house.portal, carer, number, relation="carer")
    assert house.access(carer, study).why == "carer"
    assert told == ["changed"]


def test_linking_twice_changes_the_link(house: House) -> None:
    carer, child = house.account(), house.patient()
    with house.portal.reading() as db:
        number = db.get_one(Patient, child).patient_id
    accounts.link_patient(house.portal, carer, number, relation="carer")
    accounts.link_patient(house.portal, carer, number, relation="self")
    assert house.access(carer, house.study(child)).why == "own"


@pytest.mark.parametrize("kind", ["breakglass", "staff", "patient"])
def test_a_guest_who_becomes_more_signs_in_anew(house: House, kind: str) -> None:
    guest = house.signed_in(house.account(ROBIN, password_hash=QUICK_HASH))
    accounts.create(house.portal, NewAccount(kind, ROBIN, "Robin"))
    assert not sessions.stands(house.portal, guest.session_id)


@pytest.mark.parametrize("kind", ["breakglass", "staff"])
def test_whoever_was_checked_sets_up_no_other_name_or_number(house: House, kind: str) -> None:
    new = NewAccount(kind, ROBIN, "Dr Robin Checked", mobile="+61491570006")
    accounts.create(house.portal, new)
    token = house.mailed_link(ROBIN)
    assert accounts.prompts(house.portal, token).checked
    set_up(house, token, name="Dr Somebody Else", mobile="+61 491 570 157")
    assert (account(house).name, account(house).mobile) == ("Dr Robin Checked", "+61491570006")


def test_an_account_for_emergencies_is_not_ready_without_a_number(house: House) -> None:
    accounts.create(house.portal, NewAccount("breakglass", ROBIN, "Dr Robin"))
    token = house.mailed_link(ROBIN)
    with pytest.raises(Invalid, match="needs a mobile number"):
        set_up(house, token, mobile="")
    set_up(house, token, mobile="+61 491 570 006")
    assert account(house).mobile == "+61491570006"


# addresses, numbers and names


@pytest.mark.parametrize(
    "typed",
    ["", " ", "robin", "robin@", "@practice.example", "a@b", "a@@b.example", "a b@x.example",
     "robin@practice.example\nBcc: all@x.example", "x" * 250 + "@x.example"],
)  # fmt: skip
def test_an_address_that_cannot_be_is_refused(house: House, typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        accounts.create(house.portal, NewAccount("guest", typed, "Robin"))
    assert refusal.value.field == "email"
    assert str(refusal.value).startswith("Please check the email address")


def test_an_address_is_kept_in_lower_case_without_blanks() -> None:
    assert people.email_address("  Robin@Practice.EXAMPLE ") == ROBIN


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("", ""), (" ", ""), ("+61 491 570 006", "+61491570006"), ("+1 555 010-0123", "+15550100123")],
)  # fmt: skip
def test_a_mobile_number_is_kept_in_its_international_form(typed: str, kept: str) -> None:
    assert people.mobile_number(typed) == kept


@pytest.mark.parametrize("typed", ["12", "0491 570 006", "+61", "+61 1", "call me", "+" + "1" * 30])
def test_a_mobile_number_that_cannot_be_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        people.mobile_number(typed)
    assert refusal.value.field == "mobile"


@pytest.mark.parametrize("typed", ["", "  ", "x" * 121, "Robin\u202eL", "Robin\x00"])
def test_a_name_that_cannot_be_is_refused(typed: str) -> None:
    with pytest.raises(Invalid) as refusal:
        people.person_name(typed)
    assert refusal.value.field == "name"


def test_a_name_is_kept_on_one_line() -> None:
    assert people.person_name(" Robin \n  Lindqvist ") == "Robin Lindqvist"


def test_masks_show_just_enough_to_recognise_ones_own() -> None:
    assert people.masked_email("chester.frenchie@demo.example") == "c•••@d•••.example"
    assert people.masked_mobile("+61491570006") == "••• 006"


# setting up


def test_setting_up_makes_the_account_ready_for_the_owners_password(house: House) -> None:
    set_up(house, invited(house), mobile="+61 491 570 006")
    ready = account(house)
    assert (ready.status, ready.name, ready.mobile) == ("active", "Robin L", "+61491570006")
    assert ready.terms_accepted_at == house.clock()
    assert passwords.matches(PASSWORD, ready.password_hash)
    assert login.begin(house.portal, ROBIN, PASSWORD, "browser")


def test_a_set_up_link_works_once(house: House) -> None:
    token = invited(house)
    set_up(house, token)
    with pytest.raises(Expired, match="already used"):
        set_up(house, token, password=NEW_PASSWORD)
    with pytest.raises(Expired, match="already used"):
        accounts.prompts(house.portal, token)
    assert passwords.matches(PASSWORD, account(house).password_hash)


def test_opening_a_link_never_uses_it_up(house: House) -> None:
    token = invited(house)
    for _ in range(5):
        accounts.prompts(house.portal, token)
    set_up(house, token)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"terms_accepted": False}, "terms"),
        ({"name": " "}, "name"),
        ({"mobile": "12"}, "mobile"),
        ({"password": "short"}, "password"),
        ({"password": "robin@practice"}, "password"),
    ],
    ids=str,
)
def test_a_mistake_while_setting_up_is_told_and_uses_nothing_up(
    house: House, typed: dict[str, object], field: str
) -> None:
    token = invited(house)
    with pytest.raises(Invalid) as refusal:
        set_up(house, token, **typed)
    assert refusal.value.field == field
    assert account(house).status == "invited"
    set_up(house, token)


def test_a_set_up_link_is_too_old_after_fourteen_days(house: House) -> None:
    token = invited(house)
    house.clock.move(days=14)
    for use in (lambda: accounts.prompts(house.portal, token), lambda: set_up(house, token)):
        with pytest.raises(Expired, match="too old"):
            use()


@pytest.mark.parametrize("token", ["", "made up", "x" * 5000])
def test_a_link_nobody_sent_says_what_to_do(house: House, token: str) -> None:
    invited(house)
    with pytest.raises(NotFound, match="newest e-mail"):
        accounts.prompts(house.portal, token)


def test_a_link_sets_up_the_account_it_was_mailed_to_and_no_other(house: House) -> None:
    for_robin = invited(house)
    for_sam = invited(house, email="sam@practice.example")
    set_up(house, for_sam, name="Sam")
    assert account(house).status == "invited"
    assert accounts.prompts(house.portal, for_robin).email == ROBIN


def test_a_link_to_a_closed_account_says_so(house: House) -> None:
    token = invited(house)
    accounts.disable(house.portal, ROBIN)
    with pytest.raises(NotAllowed, match="closed"):
        set_up(house, token)


def test_only_the_hash_of_a_link_is_kept(house: House) -> None:
    token = invited(house)
    with house.portal.reading() as db:
        [kept] = db.execute(select(OneTimeLink.token_hash)).scalars()
    assert token not in kept
    with pytest.raises(NotFound):
        accounts.prompts(house.portal, kept)


def test_a_set_up_link_does_not_change_a_forgotten_password_nor_the_other_way_round(
    house: House,
) -> None:
    token = invited(house)
    with pytest.raises(NotFound):
        accounts.reset_password(house.portal, token, NEW_PASSWORD)
    house.account("sam@practice.example", password_hash=QUICK_HASH)
    accounts.forgot_password(house.portal, "sam@practice.example")
    with pytest.raises(NotFound):
        set_up(house, house.mailed_link("sam@practice.example"))


# a forgotten password


def test_forgot_password_gives_the_same_answer_for_every_address(house: House) -> None:
    house.account(ROBIN, password_hash=QUICK_HASH)
    house.account("closed@x.example", status="disabled")
    answers = [
        accounts.forgot_password(house.portal, address)  # type: ignore[func-returns-value]
        for address in (ROBIN, "closed@x.example", "nobody@x.example")
    ]
    assert answers == [None, None, None]
    assert [recipient for recipient, _, _ in house.mail()] == [ROBIN]
    assert len(house.recorded("password.reset_asked")) == 3


def test_asking_for_new_passwords_again_and_again_does_not_flood_a_mailbox(house: House) -> None:
    house.account(ROBIN, password_hash=QUICK_HASH)
    for address in (ROBIN, "nobody@x.example"):
        for _ in range(5):
            accounts.forgot_password(house.portal, address)
        with pytest.raises(TooMany):
            accounts.forgot_password(house.portal, address)
    assert len(house.mail()) == 5


def test_a_forgotten_password_is_replaced_by_the_mailed_link(house: House) -> None:
    house.account(ROBIN, password_hash=QUICK_HASH)
    accounts.forgot_password(house.portal, ROBIN)
    accounts.reset_password(house.portal, house.mailed_link(ROBIN), NEW_PASSWORD)
    assert passwords.matches(NEW_PASSWORD, account(house).password_hash)
    assert len(house.recorded("password.changed")) == 1


def test_a_forgotten_password_signs_every_browser_out(house: House) -> None:
    robin = house.account(ROBIN, password_hash=QUICK_HASH)
    session = house.signed_in(robin)
    accounts.forgot_password(house.portal, ROBIN)
    accounts.reset_password(house.portal, house.mailed_link(ROBIN), NEW_PASSWORD)
    assert not sessions.stands(house.portal, session.session_id)


def test_a_link_for_a_new_password_works_once_and_for_an_hour(house: House) -> None:
    house.account(ROBIN, password_hash=QUICK_HASH)
    accounts.forgot_password(house.portal, ROBIN)
    first = house.mailed_link(ROBIN)
    accounts.reset_password(house.portal, first, NEW_PASSWORD)
    with pytest.raises(Expired, match="already used"):
        accounts.reset_password(house.portal, first, PASSWORD)
    accounts.forgot_password(house.portal, ROBIN)
    second = house.mailed_link(ROBIN)
    house.clock.move(hours=1)
    with pytest.raises(Expired, match="too old"):
        accounts.reset_password(house.portal, second, PASSWORD)


def test_using_one_link_ends_the_older_ones_of_the_same_account(house: House) -> None:
    house.account(ROBIN, password_hash=QUICK_HASH)
    accounts.forgot_password(house.portal, ROBIN)
    older = house.mailed_link(ROBIN)
    accounts.forgot_password(house.portal, ROBIN)
    accounts.reset_password(house.portal, house.mailed_link(ROBIN), NEW_PASSWORD)
    with pytest.raises(Expired, match="already used"):
        accounts.reset_password(house.portal, older, PASSWORD)


def test_an_invited_person_who_forgot_gets_another_set_up_link(house: House) -> None:
    invited(house)
    house.clock.move(days=15)
    accounts.forgot_password(house.portal, ROBIN)
    set_up(house, house.mailed_link(ROBIN))


# changing and closing


def test_changing_the_password_signs_the_other_browsers_out(house: House) -> None:
    robin = house.account(ROBIN, password_hash=QUICK_HASH)
    here, elsewhere = house.signed_in(robin), house.signed_in(robin)
    told: list[str] = []
    house.portal.publisher.subscribe(
        SessionEnded(elsewhere.session_id), lambda: told.append("elsewhere")
    )
    accounts.change_password(house.portal, robin, here.session_id, PASSWORD, NEW_PASSWORD)
    assert sessions.stands(house.portal, here.session_id)
    assert not sessions.stands(house.portal, elsewhere.session_id)
    assert told == ["elsewhere"]
    assert passwords.matches(NEW_PASSWORD, account(house).password_hash)


@pytest.mark.parametrize(
    ("current", "new", "field"),
    [
        ("not-the-password", NEW_PASSWORD, "current"),
        (PASSWORD, PASSWORD, "password"),
        (PASSWORD, "short", "password"),
    ],
)
def test_a_password_change_that_cannot_be_changes_nothing(
    house: House, current: str, new: str, field: str
) -> None:
    robin = house.account(ROBIN, password_hash=QUICK_HASH)
    elsewhere = house.signed_in(robin)
    with pytest.raises(Invalid) as refusal:
        accounts.change_password(house.portal, robin, 0, current, new)
    assert refusal.value.field == field
    assert account(house).password_hash == QUICK_HASH
    assert sessions.stands(house.portal, elsewhere.session_id)


def test_a_closed_account_loses_its_sessions_and_its_exams_at_once(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    session = house.signed_in(owner)
    told: list[str] = []
    house.portal.publisher.subscribe(AccessChanged(owner), lambda: told.append("access"))
    house.portal.publisher.subscribe(
        SessionEnded(session.session_id), lambda: told.append("session")
    )
    accounts.disable(house.portal, house.email_of(owner))
    assert sorted(told) == ["access", "session"]
    assert not sessions.stands(house.portal, session.session_id)
    with pytest.raises(NotFound):
        house.access(owner, study)


def test_closing_an_account_that_is_not_there_says_so(house: House) -> None:
    with pytest.raises(NotFound, match="no account"):
        accounts.disable(house.portal, ROBIN)


def test_two_different_typings_of_a_password_are_told() -> None:
    accounts.check_same(PASSWORD, PASSWORD)
    with pytest.raises(Invalid) as refusal:
        accounts.check_same(PASSWORD, PASSWORD + " ")
    assert refusal.value.field == "again"


def test_a_carers_link_that_is_over_shows_nothing_more(house: House) -> None:
    carer, child = house.account(), house.patient()
    study = house.study(child)
    house.link(carer, child, "carer")
    with house.portal.transaction() as tx:
        [link] = tx.db.get_one(Account, carer).patients
        link.until = datetime(2026, 11, 3, tzinfo=UTC)
    assert house.access(carer, study).until == datetime(2026, 11, 3, tzinfo=UTC)
    house.clock.now = datetime(2026, 11, 3, tzinfo=UTC) - timedelta(seconds=1)
    assert house.access(carer, study)
    house.clock.move(seconds=1)
    with pytest.raises(NotFound):
        house.access(carer, study)
