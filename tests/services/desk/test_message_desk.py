"""The outbox for staff: list, send again, take back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from services.audit import Action
from services.desk import message_desk
from services.errors import Invalid, NotAllowed, NotFound
from services.letterhead import Letter
from services.messaging import delivery
from services.persons import accounts
from services.persons.accounts import NewAccount
from services.signing_in import login
from tests.factories import PASSWORD, QUICK_HASH, House
from tests.mail_server import MailServer
from tests.services.at_desk import at_desk

ROBIN = "robin@x.example"


@pytest.fixture
def staff(house: House) -> int:
    return house.account("pacs@x.example", "staff", role="administrator")


def post(house: House, subject: str = "Hello") -> int:
    with house.portal.transaction() as tx:
        return tx.post(ROBIN, Letter("test", subject, "Text")).id


def refuse_everybody(house: House) -> None:
    server = MailServer(answers={ROBIN: "550 no"})
    with server.serving() as carrier:
        delivery.mail_courier(house.portal, carrier).round()


def test_staff_see_what_waits_what_left_and_what_failed_and_why(house: House, staff: int) -> None:
    post(house, "first")
    refuse_everybody(house)
    post(house, "second")
    entries = message_desk.listed(house.portal, staff)
    assert [(e.subject, e.state, e.reason) for e in entries] == [
        ("second", "waiting", ""),
        ("first", "failed", "address: answered 550"),
    ]
    assert [e.subject for e in message_desk.listed(house.portal, staff, state="failed")] == [
        "first"
    ]
    older = message_desk.listed(house.portal, staff, before=entries[0].number)
    assert [e.subject for e in older] == ["first"]


def test_no_secret_is_shown(house: House, staff: int) -> None:
    house.account(ROBIN, password_hash=QUICK_HASH)
    login.begin(house.portal, ROBIN, PASSWORD, "browser")
    assert house.secrets.codes[-1] not in repr(message_desk.listed(house.portal, staff))


@pytest.mark.parametrize(
    ("kind", "role"),
    [("patient", ""), ("guest", ""), ("breakglass", ""), ("staff", "clinician"),
     ("staff", "auditor")],
)  # fmt: skip
def test_nobody_else_sees_or_touches_messages(house: House, kind: str, role: str) -> None:
    other, number = house.account("other@x.example", kind, role=role), post(house)
    doors: list[Callable[[], object]] = [
        lambda: message_desk.listed(house.portal, other),
        lambda: message_desk.resend(house.portal, at_desk(house, other), number),
        lambda: message_desk.cancel(house.portal, at_desk(house, other), number),
    ]
    for door in doors:
        with pytest.raises(NotAllowed):
            door()


def test_a_message_that_failed_is_sent_once_more(house: House, staff: int) -> None:
    number = post(house)
    refuse_everybody(house)
    message_desk.resend(house.portal, at_desk(house, staff), number)
    assert [subject for _, subject, _ in house.mail()] == ["Hello"]
    [event] = house.recorded(Action.MESSAGE_RESENT)
    assert (event.account_id, event.detail) == (staff, {"message": number})


def test_a_message_that_waits_is_tried_now(house: House, staff: int) -> None:
    number = post(house)
    delivery.mail_courier(house.portal, MailServer().transport(5)).round()
    assert house.mail() == []
    message_desk.resend(house.portal, at_desk(house, staff), number)
    assert len(house.mail()) == 1


def test_an_invitation_is_sent_again_with_a_link_that_works(house: House, staff: int) -> None:
    owner, _, study = house.owner_with_exam()
    house.share(owner, study, ROBIN)
    refuse_everybody(house)
    [failed] = message_desk.listed(house.portal, staff, state="failed")
    message_desk.resend(house.portal, at_desk(house, staff), failed.number)
    assert accounts.prompts(house.portal, house.mailed_link(ROBIN)).purpose == "invite"


def test_a_set_up_letter_is_sent_again_with_a_new_link(house: House, staff: int) -> None:
    accounts.create(house.portal, NewAccount("patient", ROBIN, "Robin"))
    first = house.mailed_link(ROBIN)
    [entry] = message_desk.listed(house.portal, staff)
    message_desk.resend(house.portal, at_desk(house, staff), entry.number)
    assert house.mailed_link(ROBIN) != first
    assert accounts.prompts(house.portal, house.mailed_link(ROBIN)).purpose == "setup"


def test_a_one_time_password_is_never_sent_again(house: House, staff: int) -> None:
    house.account(ROBIN, password_hash=QUICK_HASH)
    login.begin(house.portal, ROBIN, PASSWORD, "browser")
    house.mail()
    [entry] = message_desk.listed(house.portal, staff)
    with pytest.raises(Invalid, match="gets a new one by logging in"):
        message_desk.resend(house.portal, at_desk(house, staff), entry.number)


def test_a_message_is_taken_back_before_it_left_and_not_after(house: House, staff: int) -> None:
    number = post(house)
    message_desk.cancel(house.portal, at_desk(house, staff), number)
    assert house.mail() == []
    assert [e.state for e in message_desk.listed(house.portal, staff)] == ["cancelled"]
    with pytest.raises(Invalid):
        message_desk.cancel(house.portal, at_desk(house, staff), number)
    with pytest.raises(NotFound):
        message_desk.cancel(house.portal, at_desk(house, staff), 999)
