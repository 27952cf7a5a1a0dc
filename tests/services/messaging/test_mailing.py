"""Handing an e-mail over: what a real SMTP server is told, and what its answers mean."""

from __future__ import annotations

import socket
from email.message import EmailMessage

import pytest

from services.errors import Invalid
from services.letterhead import Letter
from services.messaging import mailing
from services.messaging.mailing import Fault, FolderTransport, SmtpTransport, Undeliverable
from storage.models import Message
from tests.factories import START, House, open_house
from tests.mail_server import MailServer

ROBIN = "robin@x.example"
LETTER = Letter("test", "Hello", "Text ✓\n", "<html><head></head><body>Text ✓</body></html>")


def made(house: House, letter: Letter = LETTER, recipient: str = ROBIN) -> EmailMessage:
    with house.portal.transaction() as tx:
        number = tx.post(recipient, letter).id
    with house.portal.reading() as db:
        return mailing.envelope(house.portal, db.get_one(Message, number))


def refusal(carrier: SmtpTransport, mail: EmailMessage) -> tuple[Fault, bool, str]:
    with pytest.raises(Undeliverable) as refused:
        carrier.send(mail)
    return refused.value.fault, refused.value.final, str(refused.value)


# the envelope


def test_a_letter_travels_as_text_and_as_html(house: House) -> None:
    server = MailServer()
    with server.serving() as carrier:
        carrier.send(made(house))
    [(recipients, mail)] = server.received
    assert recipients == [ROBIN]
    assert mail.get_content_type() == "multipart/alternative"
    parts = [(part.get_content_type(), part.get_content()) for part in mail.iter_parts()]
    assert (parts[0][0], parts[0][1].strip()) == ("text/plain", "Text ✓")
    assert parts[1][0] == "text/html"
    assert "Text ✓" in parts[1][1]


def test_a_message_says_who_sends_it_and_that_no_person_did(house: House) -> None:
    mail = made(house)
    assert mail["From"] == "My Imaging <imaging-help@hospital.example>"
    assert mail["To"] == ROBIN
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"].datetime == START
    assert mail["Message-ID"].endswith("@127.0.0.1>")


def test_a_message_made_twice_is_the_same_to_the_last_byte(house: House) -> None:
    with house.portal.transaction() as tx:
        number = tx.post(ROBIN, LETTER).id
    with house.portal.reading() as db:
        message = db.get_one(Message, number)
    first = mailing.envelope(house.portal, message).as_bytes()
    house.clock.move(hours=5)
    assert mailing.envelope(house.portal, message).as_bytes() == first


def test_two_messages_have_two_ids_that_nobody_can_guess(house: House) -> None:
    first, second = made(house)["Message-ID"], made(house)["Message-ID"]
    assert first != second
    assert len(first.split("@")[0]) > 24


@pytest.mark.parametrize("evil", ["Hi\r\nBcc: all@x.example", "Hi\nBcc: all@x.example", "Hi\x00"])
def test_nothing_in_a_subject_becomes_a_header(house: House, evil: str) -> None:
    mail = made(house, Letter("test", evil, "Text"))
    assert mail["Bcc"] is None
    assert "\nBcc" not in mail.as_string()


@pytest.mark.parametrize("evil", ["a@x.example\r\nBcc: b@x.example", "a@x.example, b@x.example"])
def test_nothing_in_an_address_becomes_a_second_one(house: House, evil: str) -> None:
    with pytest.raises(ValueError, match=r"(?i)invalid|address|header|linefeed"):
        made(house, recipient=evil)


def test_a_portals_name_with_quotes_and_commas_is_still_one_sender(house: House) -> None:
    odd = open_house(house.portal.settings.data_dir / "odd", portal_name='Imaging "North", Ltd\r\n')
    mail = made(odd)
    [sender] = mail["From"].addresses
    assert sender.addr_spec == "imaging-help@hospital.example"
    assert sender.display_name == 'Imaging "North", Ltd'
    odd.portal.database.close()


# what the answers mean


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("550 no such mailbox", (Fault.ADDRESS, True, "answered 550")),
        ("553 not allowed", (Fault.ADDRESS, True, "answered 553")),
        ("451 greylisted, come again", (Fault.LATER, False, "answered 451")),
        ("452 mailbox full", (Fault.LATER, False, "answered 452")),
        ("421 closing down", (Fault.AWAY, False, "answered 421")),
    ],
)
def test_an_answer_about_the_recipient(
    house: House, answer: str, expected: tuple[Fault, bool, str]
) -> None:
    server = MailServer(answers={ROBIN: answer})
    with server.serving() as carrier:
        assert refusal(carrier, made(house)) == expected
    assert server.received == []


def test_a_letter_refused_for_good_is_not_the_addresss_fault(house: House) -> None:
    server = MailServer(verdict="554 looks like spam")
    with server.serving() as carrier:
        assert refusal(carrier, made(house)) == (Fault.REFUSED, True, "answered 554")


def test_a_sender_that_is_refused_is_the_servers_matter_and_no_message_is_lost(
    house: House,
) -> None:
    server = MailServer(senders_refused="550 who are you")
    with server.serving() as carrier:
        assert refusal(carrier, made(house)) == (Fault.AWAY, False, "answered 550")


def test_a_server_nobody_answers_at_is_away(house: House) -> None:
    fault, final, _ = refusal(MailServer().transport(5), made(house))
    assert (fault, final) == (Fault.AWAY, False)


def test_a_server_that_takes_the_call_and_says_nothing_is_away(house: House) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        carrier = SmtpTransport(f"smtp://127.0.0.1:{silent.getsockname()[1]}", timeout=0.3)
        fault, final, _ = refusal(carrier, made(house))
    assert (fault, final) == (Fault.AWAY, False)


def test_a_server_that_hangs_over_one_recipient_is_given_up_for_now(house: House) -> None:
    server = MailServer(hangs_for={ROBIN})
    with server.serving():
        fault, final, _ = refusal(server.transport(0.3), made(house))
        assert (fault, final) == (Fault.LATER, False)
        server.transport().send(made(house, recipient="sam@x.example"))
    assert [to for to, _ in server.received] == [["sam@x.example"]]


# the configuration


def test_the_configuration_chooses_folder_or_server(house: House) -> None:
    settings = house.portal.settings
    assert isinstance(mailing.transport(settings), FolderTransport)
    with_server = settings.model_copy(update={"smtp_url": "smtp://mail.example"})
    assert isinstance(mailing.transport(with_server), SmtpTransport)


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


def test_without_a_mail_server_every_message_becomes_a_file(house: House) -> None:
    for recipient, subject in ((ROBIN, "First"), ("sam@x.example", "Second")):
        with house.portal.transaction() as tx:
            tx.post(recipient, Letter("test", subject, "Text ✓\n"))
    assert house.mail() == [
        (ROBIN, "First", "Text ✓\n"),
        ("sam@x.example", "Second", "Text ✓\n"),
    ]
    folder = house.portal.settings.data_dir / "mail"
    assert sorted(p.name for p in folder.iterdir()) == ["00000001.eml", "00000002.eml"]
