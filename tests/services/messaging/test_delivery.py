"""The outbox: every message leaves, in order, once; none is lost to a mail server that is away."""

from __future__ import annotations

from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update
from structlog.testing import capture_logs

from services.letterhead import Letter
from services.messaging import delivery, messages
from services.messaging.delivery import Courier
from services.messaging.mailing import Fault, FolderTransport, SmtpTransport, Undeliverable
from services.signing_in import login
from storage.models import Message
from tests.factories import PASSWORD, QUICK_HASH, START, Clock, House
from tests.mail_server import MailServer

ROBIN, SAM = "robin@x.example", "sam@x.example"


def post(house: House, recipient: str = ROBIN, subject: str = "Hello", **more: Any) -> int:
    with house.portal.transaction() as tx:
        return tx.post(recipient, Letter("test", subject, "Text ✓\n", "<p>Text ✓"), **more).id


def outbox(house: House) -> list[Message]:
    with house.portal.reading() as db:
        return list(db.execute(select(Message).order_by(Message.id)).scalars())


def courier(house: House, carrier: SmtpTransport, chance: float = 1.0) -> Courier:
    return delivery.mail_courier(house.portal, carrier, jitter=lambda: chance)


def nowhere() -> SmtpTransport:
    return MailServer().transport(5)


# in order, once


def test_a_message_is_handed_to_the_mail_server_once(house: House) -> None:
    server = MailServer()
    post(house)
    with server.serving() as carrier:
        delivering = courier(house, carrier)
        assert delivering.round() == 1
        assert delivering.round() == 0
    assert server.subjects == ["Hello"]
    assert messages.waiting(house.portal) == 0


def test_messages_leave_in_the_order_in_which_they_were_posted(house: House) -> None:
    server = MailServer()
    for number in range(5):
        post(house, subject=str(number))
    with server.serving() as carrier:
        courier(house, carrier).round()
    assert server.subjects == list("01234")


def test_a_message_that_is_put_off_holds_back_later_ones_to_the_same_address_only(
    house: House,
) -> None:
    server = MailServer(answers={ROBIN: "451 greylisted"})
    post(house, ROBIN, "first")
    post(house, ROBIN, "second")
    post(house, SAM, "other")
    with server.serving() as carrier:
        delivering = courier(house, carrier)
        assert delivering.round() == 1
        server.answers.clear()
        assert delivering.round() == 0  # not yet due again
        house.clock.move(seconds=10)
        assert delivering.round() == 2
    assert server.subjects == ["other", "first", "second"]


def test_a_one_time_password_overtakes_a_letter_that_is_put_off(house: House) -> None:
    server = MailServer(answers={ROBIN: "451 greylisted"})
    post(house, ROBIN, "letter")
    with server.serving() as carrier:
        delivering = courier(house, carrier)
        delivering.round()
        server.answers.clear()
        post(house, ROBIN, "code", urgent=True)
        assert delivering.round() == 1
    assert server.subjects == ["code"]


def test_a_crash_between_handing_over_and_noting_that_sends_the_same_bytes_again(
    house: House,
) -> None:
    server = MailServer()
    post(house)

    class Killed(BaseException):
        pass

    with server.serving() as carrier:

        def carry_and_die(message: Message) -> None:
            carrier.send(delivery.mailing.envelope(house.portal, message))
            raise Killed

        with pytest.raises(Killed):
            Courier(house.portal, "mail", carry_and_die).round()
        started_again = courier(house, carrier)
        assert started_again.round() == 0  # the claim has not run out
        house.clock.move(minutes=2)
        assert started_again.round() == 1
        assert started_again.round() == 0
    first, second = server.raw
    assert first == second


def test_two_processes_do_not_hand_over_the_same_message(house: House) -> None:
    server = MailServer()
    post(house)
    with server.serving() as carrier:
        other = courier(house, carrier)

        def meanwhile(message: Message) -> None:
            assert other.round() == 0
            carrier.send(delivery.mailing.envelope(house.portal, message))

        assert Courier(house.portal, "mail", meanwhile).round() == 1
    assert len(server.received) == 1


# a server that is away


def test_a_dead_mail_server_leaves_the_message_in_the_outbox_for_later(house: House) -> None:
    post(house)
    assert courier(house, nowhere()).round() == 0
    [message] = outbox(house)
    assert (message.state, message.attempts) == ("waiting", 1)
    assert message.not_before == START + timedelta(seconds=10)
    assert messages.waiting(house.portal) == 1


def test_a_dead_mail_server_is_tried_with_one_message_not_with_all(house: House) -> None:
    for number in range(30):
        post(house, f"person{number}@x.example")
    courier(house, nowhere()).round()
    assert [message.attempts for message in outbox(house)] == [1] + [0] * 29


def test_after_an_hour_without_a_mail_server_everything_arrives_within_a_minute_in_order(
    house: House,
) -> None:
    server = MailServer()
    away_until = START + timedelta(hours=1)
    delivering, posted = courier(house, server.transport(5)), 0
    while house.clock.now < away_until:
        if posted < 20:
            post(house, (ROBIN, SAM)[posted % 2], str(posted))
            posted += 1
        assert delivering.round() == 0
        house.clock.move(seconds=40)
    with server.serving():
        house.clock.move(minutes=1)
        assert delivering.round() == 20
    for person, numbers in ((ROBIN, range(0, 20, 2)), (SAM, range(1, 20, 2))):
        to_them = [str(mail["Subject"]) for to, mail in server.received if to == [person]]
        assert to_them == [str(number) for number in numbers]
    assert all(message.state == "sent" for message in outbox(house))


def test_a_one_time_password_is_tried_at_once_although_the_server_was_away(house: House) -> None:
    server = MailServer()
    delivering = courier(house, server.transport(5))
    post(house)
    delivering.round()
    post(house, SAM, "code", urgent=True)
    with server.serving():
        assert delivering.round() == 2  # and with it, everything knows that the server is back
    assert server.subjects == ["code", "Hello"]


def test_pauses_double_up_to_a_minute_and_chance_shortens_them_by_half_at_most(
    house: House,
) -> None:
    for chance, expected in ((1.0, [10, 20, 40, 60, 60]), (0.0, [5, 10, 20, 30, 30])):
        number, delivering, waits = post(house), courier(house, nowhere(), chance), []
        for _ in expected:
            delivering.round()
            message = next(m for m in outbox(house) if m.id == number)
            waits.append((message.not_before - house.clock.now).total_seconds())
            house.clock.now = message.not_before
        assert waits == expected
        with house.portal.transaction() as tx:
            messages.withdraw([tx.db.get_one(Message, number)])


def test_after_three_days_in_vain_a_message_is_given_up(house: House) -> None:
    post(house)
    house.clock.move(days=3)
    delivering = courier(house, nowhere())
    delivering.round()
    assert outbox(house)[0].state == "waiting"
    house.clock.move(minutes=1)
    delivering.round()
    [message] = outbox(house)
    assert (message.state, message.failed_at) == ("failed", house.clock.now)


# one recipient


def test_a_recipient_whom_the_server_will_never_accept_is_given_up_at_once(house: House) -> None:
    server = MailServer(answers={ROBIN: "550 no such mailbox"})
    post(house)
    post(house, SAM)
    with server.serving() as carrier, capture_logs() as lines:
        assert courier(house, carrier).round() == 1
    refused, accepted = outbox(house)
    assert (refused.state, refused.failed_at) == ("failed", START)
    assert refused.error == "address: answered 550"
    assert (accepted.state, accepted.sent_at) == ("sent", START)
    assert [line["reason"] for line in lines] == ["address: answered 550"]
    assert ROBIN not in str(lines)


def test_a_recipient_whom_the_server_puts_off_waits_longer_each_time(house: House) -> None:
    server = MailServer(answers={ROBIN: "451 come again"})
    post(house)
    waits = []
    with server.serving() as carrier:
        delivering = courier(house, carrier)
        for _ in range(10):
            delivering.round()
            [message] = outbox(house)
            waits.append((message.not_before - house.clock.now).total_seconds())
            house.clock.now = message.not_before
        server.answers.clear()
        assert delivering.round() == 1
    assert waits == [10, 20, 40, 80, 160, 320, 640, 1280, 1800, 1800]


def test_a_server_that_hangs_over_one_recipient_does_not_starve_the_others(house: House) -> None:
    server = MailServer(hangs_for={ROBIN})
    post(house)
    for number in range(3):
        post(house, f"person{number}@x.example")
    with server.serving():
        assert courier(house, server.transport(0.3)).round() == 3
    assert [message.state for message in outbox(house)] == ["waiting", "sent", "sent", "sent"]


class Broken(FolderTransport):
    """Fails in a way nobody foresaw for one recipient."""

    def send(self, mail: EmailMessage) -> None:
        if mail["To"] == ROBIN:
            raise KeyError("no letterhead")
        super().send(mail)


def test_a_message_that_breaks_its_carrier_does_not_hold_up_the_others(house: House) -> None:
    post(house)
    post(house, SAM)
    carrier = Broken(house.portal.settings.data_dir / "mail")
    assert delivery.mail_courier(house.portal, carrier).round() == 1
    broken, sent = outbox(house)
    assert (broken.state, broken.error) == ("waiting", "later: KeyError")
    assert sent.state == "sent"


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_whatever_the_server_does_nothing_is_lost_doubled_or_out_of_order(
    house: House, data: st.DataObject
) -> None:
    clock: Clock = house.clock
    with house.portal.transaction() as tx:  # what the example before left
        tx.db.execute(update(Message).values(state="cancelled"))
    taken: list[tuple[str, int]] = []
    posted: list[tuple[str, int]] = []

    def carry(message: Message) -> None:
        fault = data.draw(st.sampled_from([None, None, Fault.AWAY, Fault.LATER]))
        if fault is not None:
            raise Undeliverable("by chance", fault)
        taken.append((message.recipient, message.id))

    delivering = Courier(house.portal, "mail", carry, jitter=lambda: 0.5)
    for recipient in data.draw(st.lists(st.sampled_from([ROBIN, SAM]), max_size=8)):
        posted.append((recipient, post(house, recipient)))
        delivering.round()
        clock.move(seconds=data.draw(st.sampled_from([0, 3, 30])))
    for _ in range(100):
        if len(taken) == len(posted):
            break
        clock.move(minutes=31)
        delivering.round()
    assert sorted(taken) == sorted(posted)
    for person in (ROBIN, SAM):
        assert [n for to, n in taken if to == person] == [n for to, n in posted if to == person]


# secrets


def test_a_secret_message_loses_its_text_once_it_has_left(house: House) -> None:
    post(house, secret=True)
    post(house)
    house.mail()
    assert [(m.text, m.html) for m in outbox(house)] == [("", ""), ("Text ✓\n", "<p>Text ✓")]


def test_a_secret_message_keeps_its_text_until_it_has_left(house: House) -> None:
    post(house, secret=True)
    courier(house, nowhere()).round()
    assert outbox(house)[0].text
    house.clock.move(minutes=1)
    assert len(house.mail()) == 1


def test_a_one_time_password_that_is_too_late_is_not_mailed_any_more(house: House) -> None:
    house.account(ROBIN, password_hash=QUICK_HASH)
    login.begin(house.portal, ROBIN, PASSWORD, "browser")
    courier(house, nowhere()).round()
    house.clock.move(minutes=20)
    assert house.mail() == []
    [message] = outbox(house)
    assert (message.state, message.text) == ("failed", "")


def test_what_is_taken_back_does_not_leave(house: House) -> None:
    number = post(house, secret=True)
    with house.portal.transaction() as tx:
        messages.withdraw([tx.db.get_one(Message, number)])
    assert house.mail() == []
    assert [(m.state, m.text) for m in outbox(house)] == [("cancelled", "")]
