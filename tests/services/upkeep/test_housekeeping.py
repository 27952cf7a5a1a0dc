"""What goes on beside the requests: delivering what is posted, ending overdue sessions."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage

from structlog.testing import capture_logs

from services.letterhead import Letter
from services.messaging.delivery import mail_courier
from services.messaging.mailing import FolderTransport, Transport
from services.portal import Portal
from services.publisher import MessagePosted, SessionEnded
from services.upkeep.housekeeping import Housekeeping
from tests.factories import House

PATIENCE = 20.0  # seconds until a test gives up


class Telling(FolderTransport):
    """A folder that says when a message came."""

    def __init__(self, house: House) -> None:
        super().__init__(house.portal.settings.data_dir / "mail")
        self.came = threading.Semaphore(0)

    def send(self, mail: EmailMessage) -> None:
        super().send(mail)
        self.came.release()


@contextmanager
def running(portal: Portal, carrier: Transport) -> Iterator[None]:
    rounds = Housekeeping(portal, [mail_courier(portal, carrier)])
    rounds.start()
    try:
        yield
    finally:
        rounds.stop()


def post(house: House) -> None:
    with house.portal.transaction() as tx:
        tx.post("robin@x.example", Letter("test", "Hello", "Text"))


def test_what_waits_in_the_outbox_leaves_when_the_portal_starts(house: House) -> None:
    post(house)
    carrier = Telling(house)
    with running(house.portal, carrier):
        assert carrier.came.acquire(timeout=PATIENCE)


def test_a_message_leaves_as_soon_as_it_is_posted(house: House) -> None:
    carrier = Telling(house)
    with running(house.portal, carrier):
        for _ in range(3):
            post(house)
            assert carrier.came.acquire(timeout=PATIENCE)
    assert len(house.mail()) == 3


def test_overdue_sessions_end_by_themselves(house: House) -> None:
    session = house.signed_in(house.account())
    ended = threading.Event()
    house.portal.publisher.subscribe(SessionEnded(session.session_id), ended.set)
    house.clock.move(minutes=30)
    with running(house.portal, Telling(house)):
        assert ended.wait(PATIENCE)


def test_a_bad_round_is_told_in_the_logs_and_does_not_end_the_rounds(house: House) -> None:
    failed = threading.Event()

    def clock() -> datetime:
        if not failed.is_set():
            failed.set()
            raise RuntimeError("the clock stands still")
        return house.clock()

    portal, carrier = replace(house.portal, clock=clock), Telling(house)
    with capture_logs() as lines, running(portal, carrier):
        assert failed.wait(PATIENCE)
        post(house)
        assert carrier.came.acquire(timeout=PATIENCE)
    assert [line["event"] for line in lines] == ["housekeeping round failed"]


def test_once_stopped_it_listens_no_more(house: House) -> None:
    carrier = Telling(house)
    with running(house.portal, carrier):
        pass
    assert not [
        thread for thread in threading.enumerate() if thread.name.startswith("housekeeping")
    ]
    house.portal.publisher.publish(MessagePosted())
    post(house)
    assert not carrier.came.acquire(blocking=False)
