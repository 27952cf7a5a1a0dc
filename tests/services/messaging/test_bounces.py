"""Mail that came back: the sharer learns of it, and nobody can make one up."""

from __future__ import annotations

from email.message import EmailMessage

import pytest
from sqlalchemy import select

from services.messaging import bounces, mailing
from services.shares import manage_sharing
from storage.models import Message
from tests.factories import House

ROBIN = "robin@x.example"


def letter(house: House) -> EmailMessage:
    """The invitation that a relay took, and could not deliver later."""
    owner, _, study = house.owner_with_exam()
    house.share(owner, study, ROBIN)
    with house.portal.reading() as db:
        message = db.execute(select(Message)).scalar_one()
        mail = mailing.envelope(house.portal, message)
    house.mail()
    return mail


def returned(
    original: str, status: str = "5.1.1", action: str = "failed", kind: str = "text/rfc822-headers"
) -> bytes:
    """A notification as RFC 3464 and RFC 6522 lay it out."""
    return (
        "From: MAILER-DAEMON@relay.example\r\nTo: imaging-help@hospital.example\r\n"
        "Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        "Reporting-MTA: dns; relay.example\r\n\r\n"
        f"Final-Recipient: rfc822; {ROBIN}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
        f"--b\r\nContent-Type: {kind}\r\n\r\n{original}\r\n--b--\r\n"
    ).encode()


def headers(mail: EmailMessage) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in mail.items())


def fate(house: House) -> str:
    [share] = manage_sharing.shares(house.portal, 1)
    return share.news.fate


@pytest.mark.parametrize("kind", ["text/rfc822-headers", "message/rfc822"])
def test_a_letter_that_came_back_is_told_to_the_sharer(house: House, kind: str) -> None:
    mail = letter(house)
    assert fate(house) == ""
    assert bounces.take_in(house.portal, returned(headers(mail), kind=kind))
    assert fate(house) == "could not be delivered: check the address"
    assert not bounces.take_in(house.portal, returned(headers(mail), kind=kind))


def test_a_full_mailbox_is_not_a_wrong_address(house: House) -> None:
    assert bounces.take_in(house.portal, returned(headers(letter(house)), status="5.2.2"))
    assert fate(house).startswith("could not be delivered: send it again")


@pytest.mark.parametrize(
    ("status", "action"), [("4.4.1", "delayed"), ("2.0.0", "delivered"), ("4.2.2", "failed")]
)
def test_what_is_late_or_arrived_changes_nothing(house: House, status: str, action: str) -> None:
    mail = letter(house)
    assert not bounces.take_in(house.portal, returned(headers(mail), status, action))
    assert fate(house) == ""


def test_nobody_can_make_one_up(house: House) -> None:
    mail = letter(house)
    made_up = headers(mail).replace(str(mail["Message-ID"])[3:20], "0" * 17)
    assert made_up != headers(mail)
    assert not bounces.take_in(house.portal, returned(made_up))
    assert fate(house) == ""


@pytest.mark.parametrize("rubbish", [b"", b"\x00\xff", b"Subject: Hi\r\n\r\nHi", b"--b\r\n" * 99])
def test_other_mail_changes_nothing(house: House, rubbish: bytes) -> None:
    letter(house)
    assert not bounces.take_in(house.portal, rubbish)
