"""A new address or mobile number: the password again, then a code that was sent there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from services.errors import Expired, Invalid, NotAllowed, TooMany
from services.persons import accounts, contacts
from services.persons.contacts import Asked
from services.signing_in import login, sessions
from services.signing_in.sessions import SignedIn
from services.signing_in.step_up import PasswordNeeded
from storage.models import Account, Message
from tests.factories import PASSWORD, QUICK_HASH, House, open_house

OLD, NEW = "chester@x.example", "chester@y.example"
NUMBER = "+61 491 570 006"


@pytest.fixture
def chester(house: House) -> SignedIn:
    return stepped_up(house, house.account(OLD, "patient", password_hash=QUICK_HASH))


@pytest.fixture
def texting(tmp_path: Path) -> Iterator[House]:
    """A portal that can send text messages."""
    opened = open_house(tmp_path / "texting", sms_url="json://127.0.0.1:9/{mobile}")
    yield opened
    opened.portal.database.close()


def stepped_up(house: House, account: int) -> SignedIn:
    who = house.signed_in(account)
    house.step_up(who)
    return who


def account_of(house: House, who: SignedIn) -> Account:
    with house.portal.reading() as db:
        return db.get_one(Account, who.account_id)


def test_nothing_changes_without_the_password_again(house: House) -> None:
    who = house.signed_in(house.account(OLD, password_hash=QUICK_HASH))
    for change, value in ((contacts.change_email, NEW), (contacts.change_mobile, NUMBER)):
        with pytest.raises(PasswordNeeded):
            change(house.portal, who, value)


def test_the_address_changes_once_its_code_was_right(house: House, chester: SignedIn) -> None:
    asked = contacts.change_email(house.portal, chester, NEW)
    assert account_of(house, chester).email == OLD
    assert [to for to, _subject, _text in house.mail()] == [NEW]
    contacts.confirm(house.portal, chester, asked, house.secrets.codes[-1])
    assert account_of(house, chester).email == NEW
    assert login.begin(house.portal, NEW, PASSWORD, "a browser")
    told = [text for to, _subject, text in house.mail() if to == OLD]
    assert "was changed to c•••@y•••.example" in told[0]


def test_a_new_address_signs_the_other_browsers_out(house: House, chester: SignedIn) -> None:
    elsewhere = house.signed_in(chester.account_id)
    asked = contacts.change_email(house.portal, chester, NEW)
    contacts.confirm(house.portal, chester, asked, house.secrets.codes[-1])
    assert sessions.stands(house.portal, chester.session_id)
    assert not sessions.stands(house.portal, elsewhere.session_id)


def test_links_mailed_to_the_old_address_open_nothing_any_more(
    house: House, chester: SignedIn
) -> None:
    accounts.forgot_password(house.portal, OLD)
    link = house.mailed_link(OLD)
    asked = contacts.change_email(house.portal, chester, NEW)
    contacts.confirm(house.portal, chester, asked, house.secrets.codes[-1])
    with pytest.raises(Expired):
        accounts.reset_password(house.portal, link, "an otter ignores umbrellas")


def test_the_answer_does_not_tell_whether_an_address_has_an_account(
    house: House, chester: SignedIn
) -> None:
    house.account(NEW)
    asked = contacts.change_email(house.portal, chester, NEW)
    assert isinstance(asked, Asked)
    assert asked.value == NEW
    [(to, _subject, text)] = house.mail()
    assert to == NEW
    assert "has an account already" in text
    assert house.secrets.codes[-1] not in text
    with pytest.raises(Expired):
        contacts.confirm(house.portal, chester, asked, house.secrets.codes[-1])
    assert account_of(house, chester).email == OLD


def test_five_wrong_codes_end_the_change(house: House, chester: SignedIn) -> None:
    asked = contacts.change_email(house.portal, chester, NEW)
    for _number in range(contacts.TRIES - 1):
        with pytest.raises(NotAllowed):
            contacts.confirm(house.portal, chester, asked, "WRONG234")
    with pytest.raises(TooMany):
        contacts.confirm(house.portal, chester, asked, "WRONG234")
    with pytest.raises(Expired):
        contacts.confirm(house.portal, chester, asked, house.secrets.codes[-1])


def test_the_code_is_good_for_twenty_minutes_in_its_session_only(
    house: House, chester: SignedIn
) -> None:
    asked = contacts.change_email(house.portal, chester, NEW)
    elsewhere = house.signed_in(chester.account_id)
    with pytest.raises(Expired):
        contacts.confirm(house.portal, elsewhere, asked, house.secrets.codes[-1])
    house.clock.move(minutes=contacts.MINUTES)
    with pytest.raises(Expired):
        contacts.confirm(house.portal, chester, asked, house.secrets.codes[-1])


def test_a_newer_change_ends_the_older_one(house: House, chester: SignedIn) -> None:
    first = contacts.change_email(house.portal, chester, NEW)
    code = house.secrets.codes[-1]
    contacts.change_email(house.portal, chester, "another@y.example")
    with pytest.raises(Expired):
        contacts.confirm(house.portal, chester, first, code)


def test_mailboxes_of_strangers_are_not_flooded(house: House, chester: SignedIn) -> None:
    for number in range(5):
        contacts.change_email(house.portal, chester, f"somebody{number}@y.example")
    with pytest.raises(TooMany):
        contacts.change_email(house.portal, chester, NEW)


def test_a_new_number_is_confirmed_by_a_text_message(texting: House) -> None:
    account = texting.account(OLD, "patient", password_hash=QUICK_HASH)
    chester = stepped_up(texting, account)
    asked = contacts.change_mobile(texting.portal, chester, NUMBER)
    with texting.portal.reading() as db:
        [message] = db.execute(select(Message)).scalars()
    assert (message.channel, message.recipient) == ("sms", "+61491570006")
    assert account_of(texting, chester).mobile == ""
    contacts.confirm(texting.portal, chester, asked, texting.secrets.codes[-1])
    assert account_of(texting, chester).mobile == "+61491570006"


def test_without_text_messages_a_number_is_taken_as_it_is_and_told(
    house: House, chester: SignedIn
) -> None:
    assert contacts.change_mobile(house.portal, chester, NUMBER).change == ""
    assert account_of(house, chester).mobile == "+61491570006"
    assert "was changed to ••• 006" in house.mail()[-1][2]


def test_a_break_glass_account_keeps_a_number(house: House) -> None:
    account = house.account(kind="breakglass", password_hash=QUICK_HASH)
    who = stepped_up(house, account)
    contacts.change_mobile(house.portal, who, NUMBER)
    with pytest.raises(Invalid, match="needs a mobile number"):
        contacts.change_mobile(house.portal, who, "")


@pytest.mark.parametrize("typed", ["", "not an address", OLD, f"{NEW}\r\nBcc: all@y.example"])
def test_an_address_that_cannot_be_is_told_beside_its_field(
    house: House, chester: SignedIn, typed: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        contacts.change_email(house.portal, chester, typed)
    assert refusal.value.field == "email"
    assert house.mail() == []
