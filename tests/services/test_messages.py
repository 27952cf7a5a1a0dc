"""The outbox: every message leaves once, and none is lost to a mail server that is away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from services import login, messages
from services.errors import Invalid
from services.messages import FolderTransport, SmtpTransport
from storage.models import Message
from tests.factories import PASSWORD, QUICK_HASH, START, House, closed_port

ROBIN = "robin@x.example"


class MailServer:
    """What a real SMTP server (aiosmtpd) was handed; it refuses who is told to be refused."""

    def __init__(self) -> None:
        self.received: list[tuple[list[str], EmailMessage]] = []
        self.answers: dict[str, str] = {}

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if refusal := self.answers.get(address):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        mail = message_from_bytes(envelope.content, policy=policy.default)
        self.received.append((list(envelope.rcpt_tos), mail))
        return "250 OK"


@contextmanager
def serving(server: MailServer, port: int) -> Iterator[SmtpTransport]:
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        yield SmtpTransport(f"smtp://127.0.0.1:{port}", timeout=10)
    finally:
        controller.stop()


def post(house: House, recipient: str = ROBIN, subject: str = "Hello", **more: Any) -> None:
    with house.portal.transaction() as tx:
        tx.post(recipient, subject, "Text ✓\n", **more)


def outbox(house: House) -> list[Message]:
    with house.portal.reading() as db:
        return list(db.execute(select(Message).order_by(Message.id)).scalars())


def nowhere() -> SmtpTransport:
    return SmtpTransport(f"smtp://127.0.0.1:{closed_port()}", timeout=5)


# a folder


def test_without_a_mail_server_every_message_becomes_a_file(house: House) -> None:
    post(house, subject="First")
    post(house, "sam@x.example", subject="Second")
    assert house.mail() == [
        (ROBIN, "First", "Text ✓\n"),
        ("sam@x.example", "Second", "Text ✓\n"),
    ]
    folder = house.portal.settings.data_dir / "mail"
    assert sorted(p.name for p in folder.iterdir()) == ["00000001.eml", "00000002.eml"]


def test_the_configuration_chooses_folder_or_server(house: House) -> None:
    settings = house.portal.settings
    assert isinstance(messages.transport(settings), FolderTransport)
    with_server = settings.model_copy(update={"smtp_url": "smtp://mail.example"})
    assert isinstance(messages.transport(with_server), SmtpTransport)


# a mail server


def test_a_message_is_handed_to_the_mail_server_once(house: House) -> None:
    server = MailServer()
    post(house)
    with serving(server, closed_port()) as carrier:
        assert messages.deliver_due(house.portal, carrier) == 1
        assert messages.deliver_due(house.portal, carrier) == 0
    [(recipients, mail)] = server.received
    assert recipients == [ROBIN]
    assert mail["Subject"] == "Hello"
    body = mail.get_body(("plain",))
    assert body is not None
    assert body.get_content().strip() == "Text ✓"


def test_a_message_says_who_sends_it_and_that_no_person_did(house: House) -> None:
    server = MailServer()
    post(house)
    with serving(server, closed_port()) as carrier:
        messages.deliver_due(house.portal, carrier)
    [(_, mail)] = server.received
    assert mail["From"] == "My Imaging <imaging-help@hospital.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == START
    assert mail["Message-ID"].endswith("@127.0.0.1>")


def test_messages_leave_in_the_order_in_which_they_were_posted(house: House) -> None:
    server = MailServer()
    for number in range(5):
        post(house, subject=str(number))
    with serving(server, closed_port()) as carrier:
        messages.deliver_due(house.portal, carrier)
    assert [mail["Subject"] for _, mail in server.received] == list("01234")


def test_a_dead_mail_server_leaves_the_message_in_the_outbox_for_later(house: House) -> None:
    post(house)
    assert messages.deliver_due(house.portal, nowhere()) == 0
    [message] = outbox(house)
    assert (message.sent_at, message.failed_at, message.attempts) == (None, None, 1)
    assert message.not_before == START + timedelta(seconds=10)
    assert messages.waiting(house.portal) == 1


def test_it_arrives_once_the_mail_server_is_back(house: House) -> None:
    post(house)
    messages.deliver_due(house.portal, nowhere())
    server = MailServer()
    with serving(server, closed_port()) as carrier:
        assert messages.deliver_due(house.portal, carrier) == 0  # not yet due again
        house.clock.move(seconds=10)
        assert messages.deliver_due(house.portal, carrier) == 1
    assert len(server.received) == 1
    assert messages.waiting(house.portal) == 0


def test_waits_grow_to_half_an_hour_and_after_three_days_it_is_given_up(house: House) -> None:
    post(house)
    dead, waits = nowhere(), []
    for _ in range(200):
        messages.deliver_due(house.portal, dead)
        [message] = outbox(house)
        if message.failed_at is not None:
            break
        waits.append(message.not_before - house.clock.now)
        house.clock.now = message.not_before
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(minutes=30)
    assert message.failed_at is not None
    assert timedelta(days=3) < message.failed_at - START < timedelta(days=3, hours=1)
    assert messages.waiting(house.portal) == 0


def test_a_recipient_whom_the_server_will_never_accept_is_given_up_at_once(house: House) -> None:
    server = MailServer()
    server.answers[ROBIN] = "550 no such mailbox"
    post(house)
    post(house, "sam@x.example")
    with serving(server, closed_port()) as carrier:
        assert messages.deliver_due(house.portal, carrier) == 1
    refused, accepted = outbox(house)
    assert refused.failed_at == START
    assert refused.error == "refused with 550"
    assert accepted.sent_at == START


def test_a_recipient_whom_the_server_puts_off_is_tried_again(house: House) -> None:
    server = MailServer()
    server.answers[ROBIN] = "451 greylisted, come again"
    post(house)
    with serving(server, closed_port()) as carrier:
        assert messages.deliver_due(house.portal, carrier) == 0
        server.answers.clear()
        house.clock.move(minutes=1)
        assert messages.deliver_due(house.portal, carrier) == 1


class Broken(FolderTransport):
    """Fails in a way nobody foresaw for one recipient."""

    def send(self, mail: EmailMessage) -> None:
        if mail["To"] == ROBIN:
            raise KeyError("no letterhead")
        super().send(mail)


def test_a_message_that_breaks_its_carrier_does_not_hold_up_the_others(house: House) -> None:
    post(house)
    post(house, "sam@x.example")
    carrier = Broken(house.portal.settings.data_dir / "mail")
    assert messages.deliver_due(house.portal, carrier) == 1
    broken, sent = outbox(house)
    assert (broken.sent_at, broken.error) == (None, "KeyError")
    assert sent.sent_at == START


# secrets


def test_a_secret_message_loses_its_text_once_it_has_left(house: House) -> None:
    post(house, secret=True)
    post(house)
    house.mail()
    assert [message.text for message in outbox(house)] == ["", "Text ✓\n"]


def test_a_secret_message_keeps_its_text_until_it_has_left(house: House) -> None:
    post(house, secret=True)
    messages.deliver_due(house.portal, nowhere())
    assert outbox(house)[0].text
    house.clock.move(minutes=1)
    assert len(house.mail()) == 1


def test_a_one_time_password_that_is_too_late_is_not_mailed_any_more(house: House) -> None:
    house.account(ROBIN, password_hash=QUICK_HASH)
    login.begin(house.portal, ROBIN, PASSWORD, "browser")
    messages.deliver_due(house.portal, nowhere())
    house.clock.move(minutes=20)
    assert house.mail() == []
    [message] = outbox(house)
    assert message.failed_at is not None
    assert message.text == ""


# the server's address


@pytest.mark.parametrize(
    ("url", "port", "tls", "starttls"),
    [
        ("smtp://mail.example", 25, False, False),
        ("smtp://mail.example?starttls=1", 587, False, True),
        ("smtps://mail.example", 465, True, False),
        ("smtp://mail.example:2525", 2525, False, False),
    ],
)
def test_the_usual_ports_need_not_be_told(url: str, port: int, tls: bool, starttls: bool) -> None:
    carrier = SmtpTransport(url)
    assert (carrier.port, carrier.tls, carrier.starttls) == (port, tls, starttls)


def test_signs_in_user_and_password_are_written_percent_encoded() -> None:
    carrier = SmtpTransport("smtp://robin%40x.example:p%3Ass%2F@mail.example")
    assert (carrier.user, carrier.password) == (ROBIN, "p:ss/")


@pytest.mark.parametrize("url", ["mail.example", "http://mail.example", "smtp://"])
def test_an_address_that_is_no_mail_server_is_refused_at_the_start(url: str) -> None:
    with pytest.raises(Invalid, match="MYIMAGING_SMTP_URL"):
        SmtpTransport(url)
